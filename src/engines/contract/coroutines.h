// Running coroutines in tests.
#pragma once

#include <thread>
#include <utility>
#include <vector>

#include "base/executor.h"
#include "base/task.h"

namespace lakeside::engines::contract {

// Runs all tasks at once on the calling thread until the last has ended.
inline void run_together(std::vector<Task<void>> tasks) {
  BlockingExecutor executor;
  Executor::Scope scope(executor);
  std::size_t left = tasks.size();
  bool done = left == 0;
  for (Task<void>& task : tasks) {
    start(std::move(task), [&] { done = --left == 0; });
  }
  executor.run_until(done);
}

// Calls body(thread number) on `count` threads at once.
template <class F>
void on_threads(int count, const F& body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back([&body, i] { body(i); });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace lakeside::engines::contract
