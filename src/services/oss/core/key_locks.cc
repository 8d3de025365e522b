#include "services/oss/core/key_locks.h"

#include <algorithm>
#include <functional>

namespace lakeside::oss {

KeyLocks::Slot KeyLocks::slot_of(std::string_view partition, std::string_view key) {
  std::hash<std::string_view> hash;
  return static_cast<Slot>((hash(key) * 31 + hash(partition)) % kSlots);
}

bool KeyLocks::Acquire::await_suspend(std::coroutine_handle<> awaiter) {
  std::lock_guard lock(locks_.mutex_of(slot_));
  State& state = locks_.states_[slot_];
  if (!state.held) {
    state.held = true;
    return false;
  }
  awaiter_ = awaiter;
  home_ = &Executor::current();
  (state.first == nullptr ? state.first : state.last->next_) = this;
  state.last = this;
  return true;
}

void KeyLocks::release(Slot slot) {
  Acquire* heir;
  {
    std::lock_guard lock(mutex_of(slot));
    State& state = states_[slot];
    heir = state.first;
    if (heir == nullptr) {
      state.held = false;
      return;
    }
    state.first = heir->next_;
  }
  // The lock passes on held. `heir` is in a frame that lives until it is resumed.
  heir->home_->post(heir->awaiter_);
}

Task<std::vector<KeyLocks::Held>> KeyLocks::acquire_all(std::vector<Slot> slots) {
  std::ranges::sort(slots);
  const auto [first, last] = std::ranges::unique(slots);
  slots.erase(first, last);
  std::vector<Held> held;
  held.reserve(slots.size());
  for (Slot slot : slots) held.push_back(co_await acquire(slot));
  co_return held;
}

}  // namespace lakeside::oss
