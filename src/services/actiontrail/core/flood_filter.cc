#include "services/actiontrail/core/flood_filter.h"

#include <chrono>
#include <functional>
#include <utility>

namespace lakeside::actiontrail {

FloodFilter::Caller& FloodFilter::caller_of(const AuditEvent& event) {
  // Keys for models have no id.
  const std::string& id = event.caller.id.empty() ? event.caller.access_key_id : event.caller.id;
  std::string who = event.caller.account_id + '/' + id;
  auto found = callers_.find(who);
  if (found != callers_.end()) return found->second;
  if (callers_.size() >= kCallers) return others_;
  return callers_[std::move(who)];
}

bool FloodFilter::admit(const AuditEvent& event) {
  const Time hour = std::chrono::floor<std::chrono::hours>(event.at);
  const std::size_t what =
      std::hash<std::string>()(event.name + ' ' + event.error_code + ' ' + event.resource_name);
  std::lock_guard lock(mutex_);
  if (hour != hour_) {
    callers_.clear();
    others_ = {};
    hour_ = hour;
  }
  Caller& caller = caller_of(event);
  if (caller.admitted >= kPerHour) return false;
  auto [latest, first] = caller.latest.try_emplace(what, event.at);
  if (!first && event.at - latest->second < std::chrono::minutes(1)) return false;
  latest->second = event.at;
  ++caller.admitted;
  return true;
}

}  // namespace lakeside::actiontrail
