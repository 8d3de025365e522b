#include "gateway/http/loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <mutex>
#include <span>
#include <vector>

#include "gateway/http/fd.h"

namespace lakeside::http {

using SteadyClock = std::chrono::steady_clock;

class Loop::Impl {
 public:
  Impl();

  void run();
  void quit() { quitting_ = true; }
  void post(std::coroutine_handle<> coroutine);
  void submit(std::move_only_function<void()> job);
  void after(std::chrono::milliseconds delay, std::move_only_function<void()> job);
  void add(PendingSend& send) { sends_.add(send); }
  void add(Socket& socket);
  void forget(const Socket& socket);

 private:
  struct Timer {
    SteadyClock::time_point due;
    std::move_only_function<void()> job;
    bool operator<(const Timer& other) const { return due > other.due; }  // the first on top
  };

  void wake_if_asleep();
  void run_posted();
  void run_timers();
  // In milliseconds, for epoll_wait.
  int time_to_wait();
  void wait_and_dispatch(int timeout);

  Fd epoll_;
  Fd wake_;
  std::array<epoll_event, 256> events_;
  std::span<epoll_event> undispatched_;
  std::vector<Timer> timers_;  // a heap
  SendBatch sends_{static_cast<unsigned>(std::tuple_size_v<decltype(events_)>)};
  bool quitting_ = false;
  std::vector<std::coroutine_handle<>> running_;
  std::vector<std::move_only_function<void()>> running_jobs_;

  std::mutex mutex_;  // guards what follows
  std::vector<std::coroutine_handle<>> ready_;
  std::vector<std::move_only_function<void()>> jobs_;
  bool asleep_ = false;
};

Loop::Impl::Impl()
    : epoll_(epoll_create1(EPOLL_CLOEXEC)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  assert(epoll_.get() >= 0 && wake_.get() >= 0);
  epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.ptr = nullptr}};
  epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event);
}

void Loop::Impl::run() {
  while (!quitting_) {
    run_posted();
    run_timers();
    sends_.run();
    if (!quitting_) wait_and_dispatch(time_to_wait());
  }
}

// --- posting ----------------------------------------------------------------------------

// Wakes under the lock: what was posted may end the loop's life as soon as it runs.
void Loop::Impl::post(std::coroutine_handle<> coroutine) {
  std::lock_guard lock(mutex_);
  ready_.push_back(coroutine);
  wake_if_asleep();
}

void Loop::Impl::submit(std::move_only_function<void()> job) {
  std::lock_guard lock(mutex_);
  jobs_.push_back(std::move(job));
  wake_if_asleep();
}

// Whoever finds the loop asleep wakes it; what is posted until it runs comes along.
void Loop::Impl::wake_if_asleep() {
  if (!std::exchange(asleep_, false)) return;
  std::uint64_t one = 1;
  while (write(wake_.get(), &one, sizeof(one)) < 0 && errno == EINTR) {
  }
}

void Loop::Impl::run_posted() {
  {
    std::lock_guard lock(mutex_);
    asleep_ = false;
    running_.swap(ready_);
    running_jobs_.swap(jobs_);
  }
  for (std::coroutine_handle<> coroutine : running_) coroutine.resume();
  running_.clear();
  for (auto& job : running_jobs_) job();
  running_jobs_.clear();
}

// --- timers -----------------------------------------------------------------------------

void Loop::Impl::after(std::chrono::milliseconds delay, std::move_only_function<void()> job) {
  timers_.push_back({SteadyClock::now() + delay, std::move(job)});
  std::push_heap(timers_.begin(), timers_.end());
}

void Loop::Impl::run_timers() {
  if (timers_.empty()) return;
  SteadyClock::time_point now = SteadyClock::now();
  while (!timers_.empty() && timers_.front().due <= now) {
    std::pop_heap(timers_.begin(), timers_.end());
    Timer timer = std::move(timers_.back());
    timers_.pop_back();
    timer.job();
  }
}

int Loop::Impl::time_to_wait() {
  {
    std::lock_guard lock(mutex_);
    if (!ready_.empty() || !jobs_.empty() || !sends_.empty()) return 0;
    asleep_ = true;
  }
  if (timers_.empty()) return -1;
  auto left =
      std::chrono::ceil<std::chrono::milliseconds>(timers_.front().due - SteadyClock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

// --- sockets ----------------------------------------------------------------------------

void Loop::Impl::add(Socket& socket) {
  epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.ptr = &socket}};
  int result = epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket.fd(), &event);
  // Out of memory, or of watches: the socket looks broken, which ends its connection.
  if (result != 0) socket.report(EPOLLHUP);
}

// A socket that ends may still be named in the reports at hand.
void Loop::Impl::forget(const Socket& socket) {
  for (epoll_event& event : undispatched_) {
    if (event.data.ptr == &socket) event.data.ptr = nullptr;
  }
}

void Loop::Impl::wait_and_dispatch(int timeout) {
  int count = epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), timeout);
  undispatched_ = std::span(events_).first(static_cast<std::size_t>(std::max(count, 0)));
  while (!undispatched_.empty()) {
    epoll_event event = undispatched_.front();
    undispatched_ = undispatched_.subspan(1);
    // The wake-up's own counter is never read: edge-triggered, each write reports anew.
    if (event.data.ptr) static_cast<Socket*>(event.data.ptr)->report(event.events);
  }
}

Loop::Loop() : impl_(std::make_unique<Impl>()) {}
Loop::~Loop() = default;

void Loop::run() {
  Executor::Scope scope(*this);
  impl_->run();
}

Loop::Send::Send(Loop& on, int socket, std::span<iovec> pieces)
    : PendingSend{socket, {}, {}}, loop(on) {
  message.msg_iov = pieces.data();
  message.msg_iovlen = pieces.size();
}

void Loop::Send::await_suspend(std::coroutine_handle<> coroutine) {
  waiting = coroutine;
  loop.impl_->add(*this);
}

void Loop::quit() { impl_->quit(); }
void Loop::post(std::coroutine_handle<> coroutine) { impl_->post(coroutine); }
void Loop::submit(std::move_only_function<void()> job) { impl_->submit(std::move(job)); }
void Loop::after(std::chrono::milliseconds delay, std::move_only_function<void()> job) {
  impl_->after(delay, std::move(job));
}

Socket::Socket(Loop& loop, int fd) : loop_(loop), fd_(fd) { loop.impl_->add(*this); }

Socket::~Socket() {
  loop_.impl_->forget(*this);
  close(fd_);  // which also ends the kernel's reports
}

void Socket::wake() {
  if (waiting_) loop_.post(std::exchange(waiting_, nullptr));
}

void Socket::when_ended(std::move_only_function<void()> job) {
  if (job && (ready_ & kReadEnd) != 0) return job();
  when_ended_ = std::move(job);
}

void Socket::report(std::uint32_t events) {
  if (events & EPOLLIN) ready_ |= kReadable;
  if (events & EPOLLOUT) ready_ |= kWritable;
  if (events & EPOLLRDHUP) ready_ |= kReadEnd;
  if (events & (EPOLLHUP | EPOLLERR)) ready_ |= kReadEnd | kWriteEnd;
  if (when_ended_ && (ready_ & kReadEnd) != 0) std::exchange(when_ended_, nullptr)();
  if (waiting_ && (ready_ & wanted_) != 0) std::exchange(waiting_, nullptr).resume();
}

}  // namespace lakeside::http
