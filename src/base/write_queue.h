// One writer at a time, without blocking a thread.
#pragma once

#include <coroutine>
#include <deque>
#include <mutex>
#include <utility>

#include "base/executor.h"

namespace lakeside {

class WriteQueue {
 public:
  // Held by the writer whose turn it is; the next one goes on when it ends.
  class Turn {
   public:
    explicit Turn(WriteQueue& queue) : queue_(&queue) {}
    Turn(Turn&& other) noexcept : queue_(std::exchange(other.queue_, nullptr)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (queue_ != nullptr) queue_->next();
    }

   private:
    WriteQueue* queue_;
  };

  class Waiting {
   public:
    explicit Waiting(WriteQueue& queue) : queue_(queue) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> awaiting) {
      std::lock_guard lock(queue_.mutex_);
      if (!std::exchange(queue_.busy_, true)) return false;
      queue_.waiting_.emplace_back(awaiting, &Executor::current());
      return true;
    }
    Turn await_resume() { return Turn(queue_); }

   private:
    WriteQueue& queue_;
  };

  // `auto turn = co_await queue.turn();`
  [[nodiscard]] Waiting turn() { return Waiting(*this); }

 private:
  void next() {
    std::lock_guard lock(mutex_);
    busy_ = !waiting_.empty();
    if (!busy_) return;
    auto [coroutine, home] = waiting_.front();
    waiting_.pop_front();
    home->post(coroutine);
  }

  std::mutex mutex_;
  bool busy_ = false;
  std::deque<std::pair<std::coroutine_handle<>, Executor*>> waiting_;
};

}  // namespace lakeside
