// One coroutine's wait for something that another thread does.
#pragma once

#include <coroutine>
#include <mutex>
#include <utility>

#include "base/executor.h"

namespace lakeside::serving {

// Set once or again and again; at most one coroutine waits at a time, and a set() that nobody
// waited for is kept. Whoever sets it keeps it alive for the time of the call (shared_ptr).
class Event {
 public:
  void set() {
    std::coroutine_handle<> waiting;
    Executor* home = nullptr;
    {
      std::lock_guard lock(mutex_);
      waiting = std::exchange(waiting_, nullptr);
      home = home_;
      if (!waiting) set_ = true;
    }
    if (waiting) home->post(waiting);
  }

  class Wait {
   public:
    explicit Wait(Event& event) : event_(event) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> awaiting) {
      std::lock_guard lock(event_.mutex_);
      if (std::exchange(event_.set_, false)) return false;
      event_.waiting_ = awaiting;
      event_.home_ = &Executor::current();
      return true;
    }
    void await_resume() const noexcept {}

   private:
    Event& event_;
  };
  [[nodiscard]] Wait wait() { return Wait(*this); }

 private:
  std::mutex mutex_;
  std::coroutine_handle<> waiting_;
  Executor* home_ = nullptr;
  bool set_ = false;
};

}  // namespace lakeside::serving
