// The coroutine type of the whole program: lazily started, awaited exactly once,
// never moved between threads (see executor.h).
//
//   Task<Result<int>> f();      int x = *(co_await f());
//
// Why not asio::awaitable: the domain would carry Asio's headers everywhere, and every
// file would pay their compile time; docs/decisions/0002 has the figures.
//
// A child that completes without suspending does not use symmetric transfer: g++ 12
// turns that into a tail call only when optimising, and a loop over such children would
// grow the stack in debug and sanitizer builds. Since a coroutine is only ever resumed on
// its own thread, a plain flag tells the two cases apart.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/executor.h"

namespace lakeside {

template <class T>
class [[nodiscard]] Task;

namespace detail {

class PromiseBase {
 public:
  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) const noexcept {
      PromiseBase& promise = self.promise();
      promise.done_ = true;
      return promise.awaiter_suspended_ ? promise.awaiter_ : std::noop_coroutine();
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  // Our own code reports errors as values; what a library throws past its wrapper is a bug.
  [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }

  // Starts `self`; true if it is still running, in which case it resumes `awaiter` at its end.
  bool start(std::coroutine_handle<> self, std::coroutine_handle<> awaiter) {
    awaiter_ = awaiter;
    self.resume();
    if (done_) return false;
    awaiter_suspended_ = true;
    return true;
  }

 private:
  std::coroutine_handle<> awaiter_;
  bool done_ = false;
  bool awaiter_suspended_ = false;
};

template <class T>
class Promise final : public PromiseBase {
 public:
  Task<T> get_return_object() noexcept;
  template <class U>
  void return_value(U&& value) {
    value_.emplace(std::forward<U>(value));
  }
  T take() { return std::move(*value_); }

 private:
  std::optional<T> value_;
};

template <>
class Promise<void> final : public PromiseBase {
 public:
  Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void take() const noexcept {}
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) noexcept : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> awaiter) {
    return handle_.promise().start(handle_, awaiter);
  }
  T await_resume() { return handle_.promise().take(); }

 private:
  Handle handle_;
};

namespace detail {

template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

// Owns itself: starts at once, frees its frame when it ends.
struct Detached {
  struct promise_type {
    Detached get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }
    void return_void() const noexcept {}
  };
};

}  // namespace detail

// Runs `task` on the calling thread's executor without waiting for it; `done` is called
// there with its result. The caller keeps alive whatever the task refers to.
template <class T, class Done>
void start(Task<T> task, Done done) {
  [](Task<T> owned, Done callback) -> detail::Detached {
    if constexpr (std::is_void_v<T>) {
      co_await owned;
      callback();
    } else {
      callback(co_await owned);
    }
  }(std::move(task), std::move(done));
}

// Runs `task` to its end, blocking the calling thread, which becomes an executor for the
// time. For start-up, background threads and tests; never on an event loop.
class BlockingExecutor final : public Executor {
 public:
  BlockingExecutor();
  ~BlockingExecutor() override;
  void post(std::coroutine_handle<> coroutine) override;
  void run_until(const bool& done);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

template <class T>
T run_blocking(Task<T> task) {
  BlockingExecutor executor;
  Executor::Scope scope(executor);
  bool done = false;
  if constexpr (std::is_void_v<T>) {
    start(std::move(task), [&] { done = true; });
    executor.run_until(done);
  } else {
    std::optional<T> result;
    start(std::move(task), [&](T value) {
      result.emplace(std::move(value));
      done = true;
    });
    executor.run_until(done);
    return std::move(*result);
  }
}

}  // namespace lakeside
