#include "services/actiontrail/core/denials.h"

#include <gtest/gtest.h>

namespace lakeside::actiontrail {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

AuditEvent denied(const std::string& resource, Time at, const std::string& key = "LTAI5tAnn") {
  AuditEvent event;
  event.at = at;
  event.name = "GetObject";
  event.resource_name = resource;
  event.caller.account_id = "100";
  event.caller.access_key_id = key;
  return event;
}

const Time kHour = Time(std::chrono::hours(500'000));

TEST(DenialFilter, TheSameCallIsKeptOnceAMinute) {
  DenialFilter filter;
  EXPECT_TRUE(filter.admit(denied("a/k", kHour)));
  EXPECT_FALSE(filter.admit(denied("a/k", kHour + seconds(59))));
  EXPECT_TRUE(filter.admit(denied("a/other", kHour + seconds(1))));
  EXPECT_TRUE(filter.admit(denied("a/k", kHour + seconds(1), "LTAI5tBob")));
  EXPECT_TRUE(filter.admit(denied("a/k", kHour + minutes(1))));
}

TEST(DenialFilter, OneWhoIsDeniedMuchLeavesRoomForOthers) {
  DenialFilter filter;
  std::size_t kept = 0;
  for (int i = 0; i < 1'000; ++i) kept += filter.admit(denied(std::to_string(i), kHour)) ? 1 : 0;
  EXPECT_EQ(kept, DenialFilter::kPerHour);
  EXPECT_TRUE(filter.admit(denied("a/k", kHour, "LTAI5tBob")));
  EXPECT_TRUE(filter.admit(denied("a/k", kHour + minutes(60))));
}

}  // namespace
}  // namespace lakeside::actiontrail
