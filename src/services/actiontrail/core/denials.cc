#include "services/actiontrail/core/denials.h"

#include <chrono>

namespace lakeside::actiontrail {

bool DenialFilter::admit(const AuditEvent& event) {
  const Time hour = std::chrono::floor<std::chrono::hours>(event.at);
  std::string who = event.caller.account_id + '/' + event.caller.access_key_id;
  std::string what = event.name + ' ' + event.resource_name;
  std::lock_guard lock(mutex_);
  if (hour != hour_) {
    callers_.clear();
    hour_ = hour;
  }
  if (callers_.size() >= kCallers && !callers_.contains(who)) return false;
  Caller& caller = callers_[std::move(who)];
  if (caller.admitted >= kPerHour) return false;
  auto [latest, first] = caller.latest.try_emplace(std::move(what), event.at);
  if (!first && event.at - latest->second < std::chrono::minutes(1)) return false;
  latest->second = event.at;
  ++caller.admitted;
  return true;
}

}  // namespace lakeside::actiontrail
