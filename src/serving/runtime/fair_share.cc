#include "serving/runtime/fair_share.h"

#include <algorithm>
#include <limits>

namespace lakeside::serving {
namespace {

constexpr double kLeastWeight = 1e-3;

double credit(const FairShare::Account& account) { return FairShare::kCredit / account.weight; }

}  // namespace

FairShare::Account& FairShare::enter(const Tenant& tenant) {
  Account& account = accounts_[tenant.id];
  account.weight = std::max(tenant.weight, kLeastWeight);
  if (account.jobs++ == 0) account.time = std::max(account.time, floor_ - credit(account));
  return account;
}

void FairShare::leave(const std::string& tenant) {
  auto found = accounts_.find(tenant);
  if (found == accounts_.end()) return;
  if (--found->second.jobs == 0 && forgettable(found->second)) accounts_.erase(found);
}

bool FairShare::forgettable(const Account& account) const {
  return account.time <= floor_ - credit(account);
}

double FairShare::lag(const Account& account) const {
  return std::clamp((floor_ - account.time) * account.weight, 0.0, kCredit);
}

void FairShare::settle() {
  double least_behind = std::numeric_limits<double>::infinity();
  double most = 0;
  for (const auto& [id, account] : accounts_) {
    if (account.jobs == 0) continue;
    most = std::max(most, account.time);
    if (account.behind) least_behind = std::min(least_behind, account.time);
  }
  const double claim = std::min(least_behind, most);
  double least = std::numeric_limits<double>::infinity();
  for (auto& [id, account] : accounts_) {
    if (account.jobs == 0) continue;
    if (!account.behind) account.time = std::max(account.time, claim - credit(account));
    account.behind = false;
    least = std::min(least, account.time);
  }
  if (least < std::numeric_limits<double>::infinity()) floor_ = std::max(floor_, least);
  std::erase_if(accounts_, [this](const auto& entry) {
    return entry.second.jobs == 0 && forgettable(entry.second);
  });
}

}  // namespace lakeside::serving
