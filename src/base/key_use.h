// When an access key was last seen to work, and where. Noted with each request, written now and
// then.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"

namespace lakeside {

class KeyUse {
 public:
  struct Seen {
    Time at{};
    std::string service;  // "oss"
  };

  KeyUse() = default;
  // What was written of it before.
  explicit KeyUse(Seen seen) : second_(second_of(seen.at)), seen_(std::move(seen)) {}

  // Thread-safe; of the notes of one second the first one counts, and the others cost one load.
  void note(Time now, std::string_view service) {
    const std::int64_t second = second_of(now);
    if (second_.load(std::memory_order_relaxed) == second) return;
    std::lock_guard lock(mutex_);
    second_.store(second, std::memory_order_relaxed);
    seen_ = {now, std::string(service)};
    unsaved_ = true;
  }

  // Nothing: never.
  [[nodiscard]] std::optional<Seen> seen() const {
    std::lock_guard lock(mutex_);
    if (seen_.at == Time()) return std::nullopt;
    return seen_;
  }
  // What has not been taken yet.
  [[nodiscard]] std::optional<Seen> take_unsaved() {
    std::lock_guard lock(mutex_);
    if (!std::exchange(unsaved_, false)) return std::nullopt;
    return seen_;
  }

 private:
  static std::int64_t second_of(Time time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  }

  std::atomic<std::int64_t> second_{0};
  mutable std::mutex mutex_;
  Seen seen_;
  bool unsaved_ = false;
};

}  // namespace lakeside
