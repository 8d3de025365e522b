#include "gateway/http/loop.h"

#include <mutex>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace lakeside::http {

namespace asio = boost::asio;

struct Loop::Impl {
  // Descriptors are used by the loop's thread alone; only posting comes from elsewhere.
  asio::io_context context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};

  // What was posted; one wake-up of the loop serves all that came before it ran.
  std::mutex mutex;
  std::vector<std::coroutine_handle<>> ready;
  std::vector<std::coroutine_handle<>> running;

  void drain() {
    {
      std::lock_guard lock(mutex);
      running.swap(ready);
    }
    for (std::coroutine_handle<> coroutine : running) coroutine.resume();
    running.clear();
  }
};

Loop::Loop() : impl_(std::make_unique<Impl>()) {}
Loop::~Loop() = default;

void Loop::run() {
  Executor::Scope scope(*this);
  impl_->context.run();
}

void Loop::quit() { impl_->context.stop(); }

void Loop::post(std::coroutine_handle<> coroutine) {
  bool first = false;
  {
    std::lock_guard lock(impl_->mutex);
    first = impl_->ready.empty();
    impl_->ready.push_back(coroutine);
  }
  if (first) asio::post(impl_->context, [impl = impl_.get()] { impl->drain(); });
}

void Loop::submit(std::move_only_function<void()> job) {
  asio::post(impl_->context, std::move(job));
}

void Loop::after(std::chrono::milliseconds delay, std::move_only_function<void()> job) {
  auto timer = std::make_unique<asio::steady_timer>(impl_->context, delay);
  asio::steady_timer& started = *timer;
  started.async_wait(
      [owned = std::move(timer), call = std::move(job)](boost::system::error_code error) mutable {
        if (!error) call();
      });
}

struct Socket::Impl {
  asio::posix::stream_descriptor descriptor;
};

Socket::Socket(Loop& loop, int fd)
    : impl_(new Impl{asio::posix::stream_descriptor(loop.impl_->context, fd)}), fd_(fd) {}
Socket::~Socket() = default;

void Socket::wake() { impl_->descriptor.cancel(); }

void Socket::wait(std::coroutine_handle<> coroutine, bool for_write) {
  using Descriptor = asio::posix::stream_descriptor;
  impl_->descriptor.async_wait(for_write ? Descriptor::wait_write : Descriptor::wait_read,
                               [coroutine](boost::system::error_code) { coroutine.resume(); });
}

}  // namespace lakeside::http
