// Events as ActionTrail writes them: docs/formats/audit-events.md. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/audit.h"

namespace lakeside::actiontrail {

// What one event may hold, so that no request makes a record without bounds.
inline constexpr std::size_t kLongestValue = 2048;
inline constexpr std::size_t kMostParameters = 100;
inline constexpr std::size_t kMostAsked = 1000;

// JSON. `account` is that of the trail, `region` the cloud's.
[[nodiscard]] std::string to_json(const AuditEvent& event, std::string_view account,
                                  std::string_view region);

// 2026-11-22T08:30:01Z
[[nodiscard]] std::string event_time(Time time);

// Whether the event, as JSON, has that value at what LookupEvents calls `key` ("EventName",
// "ServiceName"…).
[[nodiscard]] bool has_attribute(std::string_view json, std::string_view key,
                                 std::string_view value);
[[nodiscard]] bool is_attribute(std::string_view key);

}  // namespace lakeside::actiontrail
