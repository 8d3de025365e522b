#include "base/timer_loop.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include <pthread.h>

namespace lakeside {

using Instant = std::chrono::steady_clock::time_point;

struct TimerLoop::Impl {
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::move_only_function<void()>> ready;
  std::multimap<Instant, std::coroutine_handle<>> sleepers;
  bool stopping = false;
  std::thread thread;

  // Notifies under the lock, as all do here: what is added may end the loop's life as soon as it
  // runs.
  void add(std::move_only_function<void()> job) {
    std::lock_guard lock(mutex);
    ready.push_back(std::move(job));
    wake.notify_one();
  }

  // Moves those who have slept long enough to the ready ones.
  void wake_until(Instant time) {
    auto end = sleepers.upper_bound(time);
    for (auto at = sleepers.begin(); at != end; ++at) ready.emplace_back(at->second);
    sleepers.erase(sleepers.begin(), end);
  }

  void work() {
    std::unique_lock lock(mutex);
    while (true) {
      wake_until(std::chrono::steady_clock::now());
      if (ready.empty()) {
        if (stopping) return;
        if (sleepers.empty()) {
          wake.wait(lock);
        } else {
          Instant first = sleepers.begin()->first;
          wake.wait_until(lock, first);
        }
        continue;
      }
      auto job = std::move(ready.front());
      ready.pop_front();
      lock.unlock();
      job();
      job = nullptr;  // whatever it owns dies outside the lock
      lock.lock();
    }
  }
};

TimerLoop::TimerLoop(const char* name) : impl_(std::make_unique<Impl>()) {
  impl_->thread = std::thread([this] {
    Scope scope(*this);
    impl_->work();
  });
  pthread_setname_np(impl_->thread.native_handle(), std::string(name).substr(0, 15).c_str());
}

TimerLoop::~TimerLoop() {
  {
    std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_one();
  impl_->thread.join();
}

void TimerLoop::post(std::coroutine_handle<> coroutine) { impl_->add(coroutine); }

void TimerLoop::run(std::move_only_function<void()> job) { impl_->add(std::move(job)); }

void TimerLoop::add_sleeper(std::chrono::milliseconds time, std::coroutine_handle<> coroutine) {
  std::lock_guard lock(impl_->mutex);
  impl_->sleepers.emplace(std::chrono::steady_clock::now() + time, coroutine);
  impl_->wake.notify_one();
}

void TimerLoop::wake_sleepers() {
  std::lock_guard lock(impl_->mutex);
  impl_->wake_until(Instant::max());
  impl_->wake.notify_one();
}

}  // namespace lakeside
