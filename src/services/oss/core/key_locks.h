// Serialises the writers of one key within this process. The guards of a batch alone would
// keep the store right, but of 64 writers of one key all but one would lose each round.
#pragma once

#include <array>
#include <coroutine>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "base/executor.h"
#include "base/task.h"

namespace lakeside::oss {

// Keys share a fixed number of locks, first come, first served. Who waits is suspended.
class KeyLocks {
 public:
  using Slot = std::uint32_t;

  class Held {
   public:
    Held() = default;
    Held(KeyLocks& locks, Slot slot) : locks_(&locks), slot_(slot) {}
    Held(Held&& other) noexcept
        : locks_(std::exchange(other.locks_, nullptr)), slot_(other.slot_) {}
    Held& operator=(Held&& other) noexcept {
      std::swap(locks_, other.locks_);
      std::swap(slot_, other.slot_);
      return *this;
    }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ~Held() {
      if (locks_ != nullptr) locks_->release(slot_);
    }

   private:
    KeyLocks* locks_ = nullptr;
    Slot slot_ = 0;
  };

  class Acquire {
   public:
    Acquire(KeyLocks& locks, Slot slot) : locks_(locks), slot_(slot) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> awaiter);
    Held await_resume() { return {locks_, slot_}; }

   private:
    friend class KeyLocks;
    KeyLocks& locks_;
    Slot slot_;
    std::coroutine_handle<> awaiter_;
    Executor* home_ = nullptr;
    Acquire* next_ = nullptr;
  };

  [[nodiscard]] static Slot slot_of(std::string_view partition, std::string_view key);

  // `auto held = co_await locks.acquire(slot)`. A coroutine that holds a lock acquires no other.
  [[nodiscard]] Acquire acquire(Slot slot) { return {*this, slot}; }
  // Those of several keys, in an order that cannot deadlock.
  [[nodiscard]] Task<std::vector<Held>> acquire_all(std::vector<Slot> slots);

 private:
  static constexpr std::size_t kSlots = 4096;
  static constexpr std::size_t kMutexes = 64;
  struct State {
    bool held = false;
    Acquire* first = nullptr;
    Acquire* last = nullptr;
  };

  void release(Slot slot);
  std::mutex& mutex_of(Slot slot) { return mutexes_[slot % kMutexes]; }

  std::array<std::mutex, kMutexes> mutexes_;
  std::array<State, kSlots> states_;
};

}  // namespace lakeside::oss
