// Places that coroutines of one executor take and give back, first come, first served.
#pragma once

#include <coroutine>
#include <cstddef>
#include <deque>

#include "base/executor.h"

namespace lakeside {

// All calls on one executor's thread.
class Slots {
 public:
  explicit Slots(std::size_t free) : free_(free) {}

  class Take {
   public:
    explicit Take(Slots& slots) : slots_(slots) {}
    [[nodiscard]] bool await_ready() const noexcept {
      if (slots_.free_ == 0 || !slots_.waiting_.empty()) return false;
      --slots_.free_;
      return true;
    }
    void await_suspend(std::coroutine_handle<> awaiting) { slots_.waiting_.push_back(awaiting); }
    void await_resume() const noexcept {}

   private:
    Slots& slots_;
  };
  [[nodiscard]] Take take() { return Take(*this); }

  void give() {
    if (waiting_.empty()) {
      ++free_;
      return;
    }
    Executor::current().post(waiting_.front());
    waiting_.pop_front();
  }

 private:
  std::size_t free_;
  std::deque<std::coroutine_handle<>> waiting_;
};

}  // namespace lakeside
