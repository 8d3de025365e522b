// An event loop: one thread that waits for sockets and runs the coroutines that use them.
#pragma once

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/executor.h"

namespace lakeside::http {

class Loop final : public Executor {
 public:
  Loop();
  ~Loop() override;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs on the calling thread until quit().
  void run();
  // On the loop's thread.
  void quit();

  // Thread-safe.
  void post(std::coroutine_handle<> coroutine) override;
  void submit(std::move_only_function<void()> job);

  // On the loop's thread. `job` runs there once, after `delay`, unless the loop quits first.
  void after(std::chrono::milliseconds delay, std::move_only_function<void()> job);

  // Lets everything else that is ready run first: `co_await loop.yield()`.
  struct Yield {
    Loop& loop;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> coroutine) { loop.post(coroutine); }
    void await_resume() const noexcept {}
  };
  [[nodiscard]] Yield yield() { return {*this}; }

  // `co_await loop.sleep(delay)`.
  struct Sleep {
    Loop& loop;
    std::chrono::milliseconds delay;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> coroutine) {
      loop.after(delay, [coroutine] { coroutine.resume(); });
    }
    void await_resume() const noexcept {}
  };
  [[nodiscard]] Sleep sleep(std::chrono::milliseconds delay) { return {*this, delay}; }

 private:
  friend class Socket;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A non-blocking socket on a loop, closed on destruction. At most one coroutine waits for it
// at a time, and it is destroyed only while none does. For the loop's thread only.
class Socket {
 public:
  Socket(Loop& loop, int fd);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  [[nodiscard]] int fd() const { return fd_; }

  // `co_await socket.readable()`: until a read would not block (data, end, error) or wake().
  struct Wait {
    Socket& socket;
    bool for_write;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> coroutine) { socket.wait(coroutine, for_write); }
    void await_resume() const noexcept {}
  };
  [[nodiscard]] Wait readable() { return {*this, false}; }
  [[nodiscard]] Wait writable() { return {*this, true}; }

  // Resumes, later, the coroutine that waits.
  void wake();

 private:
  void wait(std::coroutine_handle<> coroutine, bool for_write);

  struct Impl;
  std::unique_ptr<Impl> impl_;
  int fd_;
};

}  // namespace lakeside::http
