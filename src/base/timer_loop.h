// A thread of coroutines that may sleep: for work in the background, which mostly waits.
#pragma once

#include <chrono>
#include <coroutine>
#include <functional>
#include <memory>

#include "base/executor.h"

namespace lakeside {

class TimerLoop final : public Executor {
 public:
  // The kernel keeps 15 characters of the name.
  explicit TimerLoop(const char* name);
  // Ends the thread. No coroutine is under way anymore.
  ~TimerLoop() override;
  TimerLoop(const TimerLoop&) = delete;
  TimerLoop& operator=(const TimerLoop&) = delete;

  void post(std::coroutine_handle<> coroutine) override;
  // Calls `job` on the thread, soon. Thread-safe.
  void run(std::move_only_function<void()> job);

  // Awaited by a coroutine of this loop, which goes on after that time, or at wake_sleepers().
  class Sleep {
   public:
    Sleep(TimerLoop& loop, std::chrono::milliseconds time) : loop_(loop), time_(time) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> awaiting) { loop_.add_sleeper(time_, awaiting); }
    void await_resume() const noexcept {}

   private:
    TimerLoop& loop_;
    const std::chrono::milliseconds time_;
  };
  [[nodiscard]] Sleep sleep_for(std::chrono::milliseconds time) { return Sleep(*this, time); }
  // Thread-safe.
  void wake_sleepers();

 private:
  struct Impl;
  void add_sleeper(std::chrono::milliseconds time, std::coroutine_handle<> coroutine);

  std::unique_ptr<Impl> impl_;
};

}  // namespace lakeside
