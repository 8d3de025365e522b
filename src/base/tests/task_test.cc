#include "base/task.h"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/executor.h"
#include "base/result.h"

namespace lakeside {
namespace {

// Suspends once and comes back through the executor.
struct Yield {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> awaiting) const { Executor::current().post(awaiting); }
  void await_resume() const noexcept {}
};

Task<int> immediate(int value) { co_return value; }

Task<int> yielding(int value) {
  co_await Yield();
  co_return value;
}

Task<int> nested(int depth, bool async) {
  if (depth == 0) co_return async ? co_await yielding(1) : co_await immediate(1);
  co_return 1 + co_await nested(depth - 1, async);
}

TEST(Task, CompletesWithoutSuspending) {
  EXPECT_EQ(run_blocking(immediate(7)), 7);
  EXPECT_EQ(run_blocking(nested(100, false)), 101);
}

TEST(Task, CompletesAfterSuspending) {
  EXPECT_EQ(run_blocking(yielding(7)), 7);
  EXPECT_EQ(run_blocking(nested(100, true)), 101);
}

Task<void> two_steps(int& counter) {
  ++counter;
  co_await Yield();
  ++counter;
}

TEST(Task, Void) {
  int steps = 0;
  auto parent = [](int& counter) -> Task<void> {
    co_await two_steps(counter);
    co_await two_steps(counter);
  };
  run_blocking(parent(steps));
  EXPECT_EQ(steps, 4);
}

TEST(Task, ManyImmediateChildrenDoNotGrowTheStack) {
  auto loop = []() -> Task<long> {
    long sum = 0;
    for (int i = 0; i < 1'000'000; ++i) sum += co_await immediate(1);
    co_return sum;
  };
  EXPECT_EQ(run_blocking(loop()), 1'000'000);
}

TEST(Task, ManySuspendingChildrenDoNotGrowTheStack) {
  auto loop = []() -> Task<long> {
    long sum = 0;
    for (int i = 0; i < 200'000; ++i) sum += co_await yielding(1);
    co_return sum;
  };
  EXPECT_EQ(run_blocking(loop()), 200'000);
}

Task<std::unique_ptr<int>> make_five(bool suspend) {
  if (suspend) co_await Yield();
  co_return std::make_unique<int>(5);
}

TEST(Task, MoveOnlyResult) {
  auto outer = []() -> Task<std::unique_ptr<int>> {
    auto a = co_await make_five(false);
    auto b = co_await make_five(true);
    co_return std::make_unique<int>(*a + *b);
  };
  EXPECT_EQ(*run_blocking(outer()), 10);
}

TEST(Task, ResultOfExpected) {
  auto failing = []() -> Task<Result<int>> { co_return fail(ErrorCode::kTimeout, "late"); };
  auto fine = []() -> Task<Result<int>> { co_return 3; };
  auto status = []() -> Task<Status> { co_return Status{}; };
  EXPECT_EQ(run_blocking(failing()).error().detail, "late");
  EXPECT_EQ(*run_blocking(fine()), 3);
  EXPECT_TRUE(run_blocking(status()));
}

struct CountsDown {
  explicit CountsDown(int& alive) : counter(&alive) { ++alive; }
  CountsDown(CountsDown&& other) noexcept : counter(std::exchange(other.counter, nullptr)) {}
  CountsDown& operator=(CountsDown&&) = delete;
  ~CountsDown() {
    if (counter) --*counter;
  }
  int* counter;
};

TEST(Task, NeverStartedFreesItsArguments) {
  int alive = 0;
  bool ran = false;
  auto task = [](CountsDown, bool& flag) -> Task<void> {
    flag = true;
    co_return;
  };
  {
    Task<void> unused = task(CountsDown(alive), ran);
    EXPECT_EQ(alive, 1);
    Task<void> replaced = task(CountsDown(alive), ran);
    replaced = std::move(unused);
  }
  EXPECT_EQ(alive, 0);
  EXPECT_FALSE(ran);
}

TEST(Task, DestroyedWhileSuspendedFreesItsLocals) {
  int alive = 0;
  // Runs as an executor that never resumes: what shutting down an event loop looks like.
  struct Forgetful final : Executor {
    void post(std::coroutine_handle<>) override {}
  } executor;
  Executor::Scope scope(executor);
  auto inner = [](int& counter) -> Task<void> {
    CountsDown local(counter);
    co_await std::suspend_always();
  };
  struct Root {
    struct promise_type {
      Root get_return_object() {
        return {std::coroutine_handle<promise_type>::from_promise(*this)};
      }
      std::suspend_never initial_suspend() noexcept { return {}; }
      std::suspend_always final_suspend() noexcept { return {}; }
      void unhandled_exception() { std::terminate(); }
      void return_void() {}
    };
    std::coroutine_handle<promise_type> handle;
  };
  Root root = [](auto& make, int& counter) -> Root { co_await make(counter); }(inner, alive);
  EXPECT_EQ(alive, 1);
  root.handle.destroy();
  EXPECT_EQ(alive, 0);
}

TEST(Start, CallsBackWithTheResult) {
  BlockingExecutor executor;
  Executor::Scope scope(executor);
  int sum = 0;
  bool done = false;
  start(immediate(1), [&](int value) { sum += value; });
  EXPECT_EQ(sum, 1);
  start(yielding(2), [&](int value) {
    sum += value;
    done = true;
  });
  EXPECT_EQ(sum, 1);
  executor.run_until(done);
  EXPECT_EQ(sum, 3);
}

TEST(Start, ManyAtOnce) {
  BlockingExecutor executor;
  Executor::Scope scope(executor);
  int running = 1000;
  bool done = false;
  for (int i = 0; i < 1000; ++i) {
    start(nested(i % 10, true), [&](int) { done = --running == 0; });
  }
  executor.run_until(done);
  EXPECT_EQ(running, 0);
}

TEST(Executor, ScopesNest) {
  BlockingExecutor outer, inner;
  Executor::Scope a(outer);
  EXPECT_EQ(&Executor::current(), &outer);
  {
    Executor::Scope b(inner);
    EXPECT_EQ(&Executor::current(), &inner);
  }
  EXPECT_EQ(&Executor::current(), &outer);
}

TEST(RunOn, RunsElsewhereAndComesHome) {
  ThreadPool pool("test", 2);
  auto task = [](ThreadPool& workers) -> Task<std::string> {
    auto home = std::this_thread::get_id();
    std::thread::id elsewhere;
    auto text = co_await run_on(workers, [&] {
      elsewhere = std::this_thread::get_id();
      return std::make_unique<std::string>("done");
    });
    EXPECT_NE(elsewhere, home);
    EXPECT_EQ(std::this_thread::get_id(), home);
    bool ran = false;
    co_await run_on(workers, [&] { ran = true; });
    EXPECT_TRUE(ran);
    co_return std::move(*text);
  };
  EXPECT_EQ(run_blocking(task(pool)), "done");
}

Task<int> count_on(ThreadPool& pool, int times) {
  int sum = 0;
  for (int i = 0; i < times; ++i) sum += co_await run_on(pool, [] { return 1; });
  co_return sum;
}

TEST(RunOn, ManyTimes) {
  ThreadPool pool("test", 2);
  // Each executor dies as soon as its task is done: posting must not touch it after that.
  for (int i = 0; i < 5; ++i) EXPECT_EQ(run_blocking(count_on(pool, 2000)), 2000);
}

TEST(RunOn, SeveralExecutorsShareAPool) {
  ThreadPool pool("a-name-longer-than-the-kernel-keeps", 3);
  std::atomic<int> total = 0;
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] { total += run_blocking(count_on(pool, 500)); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(total, 2000);
}

TEST(ThreadPool, DestructorRunsWhatIsQueued) {
  std::atomic<int> ran = 0;
  {
    ThreadPool pool("test", 1);
    for (int i = 0; i < 100; ++i)
      pool.submit([&, owned = std::make_unique<int>(1)] { ran += *owned; });
  }
  EXPECT_EQ(ran, 100);
}

}  // namespace
}  // namespace lakeside
