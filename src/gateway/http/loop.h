// An event loop: one thread that waits for sockets and runs the coroutines that use them.
#pragma once

#include <sys/uio.h>

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "base/executor.h"
#include "gateway/http/send_batch.h"

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

  // `co_await loop.send(fd, pieces)`: one attempt to send, made together with those of the other
  // coroutines that are ready. The bytes sent, or -errno; -EAGAIN where it would block.
  struct Send : PendingSend {
    Send(Loop& loop, int fd, std::span<iovec> pieces);
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> coroutine);
    int await_resume() const noexcept { return result; }
    Loop& loop;
  };
  [[nodiscard]] Send send(int fd, std::span<iovec> pieces) { return {*this, fd, pieces}; }

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
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// A non-blocking socket on a loop, closed on destruction. At most one coroutine waits for it
// at a time, and it is destroyed only while none does. For the loop's thread only.
//
// The kernel reports changes once (edge-triggered), so what it said is remembered here until
// an attempt shows that it no longer holds: drained(), filled().
class Socket {
 public:
  Socket(Loop& loop, int fd);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  [[nodiscard]] int fd() const { return fd_; }

  // Nothing is left to read, or no room to write: wait for the next report.
  void drained() { ready_ &= static_cast<std::uint8_t>(~kReadable); }
  void filled() { ready_ &= static_cast<std::uint8_t>(~kWritable); }

  // `co_await socket.readable()`: until a read may move something, fail or see the end.
  // It may be wrong about that, so the read may still be blocked.
  struct Wait {
    Socket& socket;
    std::uint8_t wanted;
    bool await_ready() const noexcept { return (socket.ready_ & wanted) != 0; }
    void await_suspend(std::coroutine_handle<> coroutine) {
      socket.wanted_ = wanted;
      socket.waiting_ = coroutine;
    }
    void await_resume() const noexcept {}
  };
  [[nodiscard]] Wait readable() { return {*this, kReadable | kReadEnd}; }
  [[nodiscard]] Wait writable() { return {*this, kWritable | kWriteEnd}; }

  // Resumes, later, the coroutine that waits, if one does.
  void wake();

  // Calls `job` once, on the loop, when the peer sends no more: at once if that is known. One at a
  // time; nullptr takes it back.
  void when_ended(std::move_only_function<void()> job);

 private:
  friend class Loop;
  static constexpr std::uint8_t kReadable = 1;
  static constexpr std::uint8_t kWritable = 2;
  static constexpr std::uint8_t kReadEnd = 4;   // reading will never block again
  static constexpr std::uint8_t kWriteEnd = 8;  // …

  void report(std::uint32_t events);

  Loop& loop_;
  std::coroutine_handle<> waiting_;
  std::move_only_function<void()> when_ended_;
  int fd_;
  std::uint8_t wanted_ = 0;
  std::uint8_t ready_ = 0;
};

}  // namespace lakeside::http
