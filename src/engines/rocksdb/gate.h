// Lets many threads through at once, or one alone.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <thread>

namespace lakeside::engines {

// Cheaper for those who pass than a shared mutex: threads count themselves in places of their
// own. Closing is slow, and meant for rare events.
class Gate {
 public:
  // False while it is closed. Who entered must leave, on the same thread.
  [[nodiscard]] bool try_enter() {
    // Sequentially consistent against close(): one of the two sees the other.
    inside().fetch_add(1);
    if (!closed_.load()) return true;
    leave();
    return false;
  }

  // Waits while it is closed.
  void enter() {
    while (!try_enter()) closed_.wait(true);
  }

  void leave() { inside().fetch_sub(1, std::memory_order_release); }

  // Keeps others out, and waits until all who are inside have left.
  void close() {
    closed_.store(true);
    for (Place& place : places_) {
      while (place.count.load() != 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  }

  void open() {
    closed_.store(false);
    closed_.notify_all();
  }

 private:
  struct alignas(64) Place {
    std::atomic<int> count = 0;
  };

  std::atomic<int>& inside() {
    static std::atomic<std::size_t> threads = 0;
    thread_local const std::size_t mine = threads.fetch_add(1, std::memory_order_relaxed);
    return places_[mine % places_.size()].count;
  }

  std::array<Place, 16> places_;
  std::atomic<bool> closed_ = false;
};

}  // namespace lakeside::engines
