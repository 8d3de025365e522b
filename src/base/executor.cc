#include "base/executor.h"

#include <cassert>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <pthread.h>

#include "base/task.h"

namespace lakeside {
namespace {

Executor*& current_slot() {
  thread_local Executor* slot = nullptr;
  return slot;
}

}  // namespace

Executor& Executor::current() {
  Executor* executor = current_slot();
  assert(executor && "no Executor::Scope on this thread");
  return *executor;
}

Executor::Scope::Scope(Executor& executor) : previous_(std::exchange(current_slot(), &executor)) {}

Executor::Scope::~Scope() { current_slot() = previous_; }

struct ThreadPool::Impl {
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::move_only_function<void()>> jobs;
  std::size_t idle = 0;
  bool stopping = false;
  std::vector<std::thread> threads;

  void work() {
    std::unique_lock lock(mutex);
    while (true) {
      while (jobs.empty()) {
        if (stopping) return;
        ++idle;
        wake.wait(lock);
        --idle;
      }
      auto job = std::move(jobs.front());
      jobs.pop_front();
      lock.unlock();
      job();
      job = nullptr;  // whatever it owns dies outside the lock
      lock.lock();
    }
  }
};

ThreadPool::ThreadPool(const char* name, std::size_t threads) : impl_(std::make_unique<Impl>()) {
  assert(threads > 0);
  for (std::size_t i = 0; i < threads; ++i) {
    std::thread& thread = impl_->threads.emplace_back([impl = impl_.get()] { impl->work(); });
    // The kernel keeps 15 characters of a thread's name.
    std::string suffix = "-" + std::to_string(i);
    std::string thread_name = std::string(name).substr(0, 15 - suffix.size()) + suffix;
    pthread_setname_np(thread.native_handle(), thread_name.c_str());
  }
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_all();
  for (std::thread& thread : impl_->threads) thread.join();
}

void ThreadPool::submit(std::move_only_function<void()> job) {
  bool wake = false;
  {
    std::lock_guard lock(impl_->mutex);
    impl_->jobs.push_back(std::move(job));
    wake = impl_->idle > 0;
  }
  if (wake) impl_->wake.notify_one();
}

struct BlockingExecutor::Impl {
  std::mutex mutex;
  std::condition_variable wake;
  std::vector<std::coroutine_handle<>> ready;
};

BlockingExecutor::BlockingExecutor() : impl_(std::make_unique<Impl>()) {}
BlockingExecutor::~BlockingExecutor() = default;

void BlockingExecutor::post(std::coroutine_handle<> coroutine) {
  // Notifies under the lock: the coroutine may end the executor's life as soon as it runs.
  std::lock_guard lock(impl_->mutex);
  impl_->ready.push_back(coroutine);
  impl_->wake.notify_one();
}

void BlockingExecutor::run_until(const bool& done) {
  std::vector<std::coroutine_handle<>> batch;
  while (!done) {
    {
      std::unique_lock lock(impl_->mutex);
      impl_->wake.wait(lock, [&] { return !impl_->ready.empty(); });
      batch.swap(impl_->ready);
    }
    for (std::coroutine_handle<> coroutine : batch) coroutine.resume();
    batch.clear();
  }
}

}  // namespace lakeside
