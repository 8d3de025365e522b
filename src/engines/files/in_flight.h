// Jobs of one coroutine that run on other threads at the same time.
#pragma once

#include <coroutine>
#include <cstddef>
#include <mutex>
#include <utility>

#include "base/executor.h"
#include "base/result.h"

namespace lakeside::engines {

// One coroutine begins jobs and waits; each job's thread calls end() once, last of all that it
// does with what the coroutine owns.
class InFlight {
 public:
  void begin() {
    std::lock_guard lock(mutex_);
    ++running_;
  }

  void end(Status status) {
    std::coroutine_handle<> wake;
    Executor* home = nullptr;
    {
      std::lock_guard lock(mutex_);
      --running_;
      if (!status && first_error_) first_error_ = std::move(status);
      if (!waiter_ || running_ > limit_) return;
      wake = std::exchange(waiter_, nullptr);
      home = home_;
    }
    home->post(wake);
  }

  // Awaitable: waits until at most `limit` jobs run; gives the first error of all so far.
  class AtMost {
   public:
    AtMost(InFlight& jobs, std::size_t limit) : jobs_(jobs), limit_(limit) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> waiter) {
      std::lock_guard lock(jobs_.mutex_);
      if (jobs_.running_ <= limit_) return false;
      jobs_.waiter_ = waiter;
      jobs_.home_ = &Executor::current();
      jobs_.limit_ = limit_;
      return true;
    }
    Status await_resume() {
      std::lock_guard lock(jobs_.mutex_);
      return jobs_.first_error_;
    }

   private:
    InFlight& jobs_;
    std::size_t limit_;
  };
  [[nodiscard]] AtMost at_most(std::size_t limit) { return {*this, limit}; }

 private:
  std::mutex mutex_;
  std::size_t running_ = 0;
  std::size_t limit_ = 0;
  std::coroutine_handle<> waiter_;
  Executor* home_ = nullptr;
  Status first_error_;
};

}  // namespace lakeside::engines
