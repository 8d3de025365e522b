// What wakes a model's thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace lakeside::serving {

class Signal {
 public:
  void raise() {
    std::lock_guard lock(mutex_);
    raised_ = true;
    wake_.notify_one();
  }
  // Waits until it was raised since the last time.
  void wait() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return raised_; });
    raised_ = false;
  }
  // The same, but not longer than so.
  void wait_for(std::chrono::milliseconds longest) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, longest, [this] { return raised_; });
    raised_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool raised_ = false;
};

}  // namespace lakeside::serving
