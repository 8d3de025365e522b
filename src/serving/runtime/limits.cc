#include "serving/runtime/limits.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace lakeside::serving {

// A tenant's tokens leak out of its account at its rate; it is full at one minute's worth.
void Limits::forgive(Account& account, const Tenant& tenant) const {
  const Time now = clock_.now();
  const double minutes = std::chrono::duration<double, std::ratio<60>>(now - account.at).count();
  account.used -= std::max(minutes, 0.0) * static_cast<double>(tenant.tokens_per_minute);
  account.used = std::max(account.used, 0.0);
  account.at = now;
}

ModelResult<std::unique_ptr<Limits::Ticket>> Limits::enter(const Tenant& tenant) {
  std::lock_guard lock(mutex_);
  Account& account = accounts_[tenant.id];
  if (tenant.max_concurrent != 0 && account.running >= tenant.max_concurrent) {
    return std::unexpected(ModelError{
        ModelFault::kOverQuota,
        "this key may have " + std::to_string(tenant.max_concurrent) + " requests at once",
        std::chrono::seconds(1)});
  }
  if (tenant.tokens_per_minute != 0) {
    forgive(account, tenant);
    const double rate = static_cast<double>(tenant.tokens_per_minute);
    if (account.used >= rate) {
      const auto seconds = static_cast<std::int64_t>(std::ceil((account.used - rate) / rate * 60));
      return std::unexpected(ModelError{
          ModelFault::kRateLimited,
          "this key may use " + std::to_string(tenant.tokens_per_minute) + " tokens a minute",
          std::chrono::seconds(seconds + 1)});
    }
  }
  // Who has no such limit does not count toward it: a key's batches leave it all its requests.
  if (tenant.max_concurrent != 0) ++account.running;
  return std::make_unique<Ticket>(*this, tenant);
}

void Limits::leave(const Tenant& tenant) {
  std::lock_guard lock(mutex_);
  auto found = accounts_.find(tenant.id);
  if (found == accounts_.end()) return;
  Account& account = found->second;
  if (tenant.max_concurrent != 0) --account.running;
  if (account.running == 0 && account.used <= 0) accounts_.erase(found);
}

void Limits::charge(const Tenant& tenant, std::uint64_t tokens) {
  if (tenant.tokens_per_minute == 0) return;
  std::lock_guard lock(mutex_);
  Account& account = accounts_[tenant.id];
  forgive(account, tenant);
  account.used += static_cast<double>(tokens);
}

}  // namespace lakeside::serving
