// A Kv that lets other coroutines run before each call, at random: with it, coroutines on one
// thread interleave in ways that a seed reproduces.
#pragma once

#include <mutex>
#include <random>

#include "base/task.h"
#include "engines/kv.h"

namespace lakeside::oss {

struct Reschedule {
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> awaiter) { Executor::current().post(awaiter); }
  void await_resume() const noexcept {}
};

class YieldingKv final : public engines::Kv {
 public:
  YieldingKv(engines::Kv& inner, std::uint64_t seed) : inner_(inner), random_(seed) {}

  Task<Result<std::vector<std::optional<std::string>>>> get(
      const engines::Partition& partition, std::span<const std::string> keys) override {
    co_await yield();
    auto result = co_await inner_.get(partition, keys);
    co_await yield();
    co_return result;
  }
  Task<Status> commit(const engines::Partition& partition, const engines::Batch& batch) override {
    co_await yield();
    auto result = co_await inner_.commit(partition, batch);
    co_await yield();
    co_return result;
  }
  Task<Status> scan(const engines::Partition& partition, std::string_view from,
                    const engines::ScanVisitor& visitor) override {
    co_await yield();
    auto result = co_await inner_.scan(partition, from, visitor);
    co_await yield();
    co_return result;
  }

 private:
  Task<void> yield() {
    unsigned times;
    {
      std::lock_guard lock(mutex_);
      times = random_() % 4;
    }
    for (; times > 0; --times) co_await Reschedule{};
  }

  engines::Kv& inner_;
  std::mutex mutex_;
  std::mt19937_64 random_;
};

}  // namespace lakeside::oss
