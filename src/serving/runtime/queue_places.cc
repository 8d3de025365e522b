#include "serving/runtime/queue_places.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace lakeside::serving {
namespace {

// A guess of how many requests end in a second.
constexpr std::uint32_t kEndInASecond = 8;
constexpr std::uint32_t kLongestRetry = 60;

}  // namespace

QueuePlace::~QueuePlace() { places_.give_back(tenant_); }

ModelResult<std::unique_ptr<QueuePlace>> QueuePlaces::take(const std::string& tenant) {
  std::lock_guard lock(mutex_);
  const auto found = by_tenant_.find(tenant);
  const std::uint32_t own = found == by_tenant_.end() ? 0 : found->second;
  if (taken_ >= most_ || own >= std::max(most_ / 2, 1U)) {
    const std::uint32_t retry = std::clamp(taken_ / kEndInASecond, 1U, kLongestRetry);
    return std::unexpected(ModelError{ModelFault::kQueueFull,
                                      "too many requests wait for this model",
                                      std::chrono::seconds(retry)});
  }
  ++taken_;
  ++by_tenant_[tenant];
  return std::make_unique<QueuePlace>(*this, tenant);
}

std::uint32_t QueuePlaces::taken() const {
  std::lock_guard lock(mutex_);
  return taken_;
}

void QueuePlaces::give_back(const std::string& tenant) {
  std::lock_guard lock(mutex_);
  --taken_;
  auto found = by_tenant_.find(tenant);
  if (--found->second == 0) by_tenant_.erase(found);
}

}  // namespace lakeside::serving
