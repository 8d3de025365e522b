// Where coroutines run. An event loop is an Executor; every coroutine stays on the
// executor it was started on, and whoever suspends it for work elsewhere posts it back.
#pragma once

#include <coroutine>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace lakeside {

class Executor {
 public:
  virtual ~Executor() = default;

  // Resumes `coroutine` on the executor's thread, later. Thread-safe; never resumes inline.
  virtual void post(std::coroutine_handle<> coroutine) = 0;

  // The executor whose thread this is. Required to be set where coroutines run.
  [[nodiscard]] static Executor& current();

  // Marks the calling thread as belonging to `executor` for the scope's lifetime.
  class Scope {
   public:
    explicit Scope(Executor& executor);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Executor* previous_;
  };
};

// Threads for work that blocks (disk, long computations), first come, first served.
// The destructor runs what is queued, then joins.
class ThreadPool {
 public:
  ThreadPool(const char* name, std::size_t threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // Thread-safe. `job` must not throw.
  void submit(std::move_only_function<void()> job);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// `co_await run_on(pool, function)`: runs function() on a thread of the pool and resumes
// the awaiting coroutine on its own executor with what it returned. The function may
// refer to the coroutine's locals: the coroutine cannot go on before it has ended.
template <class F>
class RunOn {
 public:
  using R = std::invoke_result_t<F&>;
  RunOn(ThreadPool& pool, F function) : pool_(pool), function_(std::move(function)) {}

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> awaiting) {
    pool_.submit([this, awaiting, &home = Executor::current()] {
      if constexpr (std::is_void_v<R>) {
        function_();
      } else {
        result_.emplace(function_());
      }
      home.post(awaiting);
    });
  }
  R await_resume() {
    if constexpr (!std::is_void_v<R>) return std::move(*result_);
  }

 private:
  struct Nothing {};
  ThreadPool& pool_;
  F function_;
  std::optional<std::conditional_t<std::is_void_v<R>, Nothing, R>> result_;
};

template <class F>
[[nodiscard]] RunOn<F> run_on(ThreadPool& pool, F function) {
  return RunOn<F>(pool, std::move(function));
}

}  // namespace lakeside
