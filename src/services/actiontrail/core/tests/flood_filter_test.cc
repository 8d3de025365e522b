#include "services/actiontrail/core/flood_filter.h"

#include <gtest/gtest.h>

namespace lakeside::actiontrail {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

AuditEvent denied(const std::string& resource, Time at, const std::string& who = "2001") {
  AuditEvent event;
  event.at = at;
  event.name = "GetObject";
  event.resource_name = resource;
  event.caller.account_id = "100";
  event.caller.access_key_id = "STS.N" + resource;  // one has many sessions
  event.caller.id = who;
  return event;
}

const Time kHour = Time(std::chrono::hours(500'000));

TEST(FloodFilter, TheSameCallIsKeptOnceAMinute) {
  FloodFilter filter;
  EXPECT_TRUE(filter.admit(denied("a/k", kHour)));
  EXPECT_FALSE(filter.admit(denied("a/k", kHour + seconds(59))));
  EXPECT_TRUE(filter.admit(denied("a/other", kHour + seconds(1))));
  EXPECT_TRUE(filter.admit(denied("a/k", kHour + seconds(1), "2002")));
  EXPECT_TRUE(filter.admit(denied("a/k", kHour + minutes(1))));
}

TEST(FloodFilter, OneWhoIsDeniedMuchLeavesRoomForOthers) {
  FloodFilter filter;
  std::size_t kept = 0;
  for (int i = 0; i < 1'000; ++i) kept += filter.admit(denied(std::to_string(i), kHour)) ? 1 : 0;
  EXPECT_EQ(kept, FloodFilter::kPerHour);
  EXPECT_TRUE(filter.admit(denied("a/k", kHour, "2002")));
  EXPECT_TRUE(filter.admit(denied("a/k", kHour + minutes(60))));
}

TEST(FloodFilter, HowACallEndedTellsItFromAnother) {
  FloodFilter filter;
  AuditEvent event = denied("a/k", kHour);
  EXPECT_TRUE(filter.admit(event));
  event.error_code = "NoPermission";
  EXPECT_TRUE(filter.admit(event));
}

// Whoever has many names keeps nobody out.
TEST(FloodFilter, CallersBeyondThoseThatAreKnownCountAsOne) {
  FloodFilter filter;
  for (std::size_t i = 0; i < FloodFilter::kCallers; ++i) {
    ASSERT_TRUE(filter.admit(denied("a/k", kHour, std::to_string(i))));
  }
  std::size_t kept = 0;
  for (int i = 0; i < 1'000; ++i) {
    const std::string name = "more" + std::to_string(i);
    kept += filter.admit(denied(name, kHour, name)) ? 1 : 0;
  }
  EXPECT_EQ(kept, FloodFilter::kPerHour);
  EXPECT_TRUE(filter.admit(denied("a/other", kHour, "0")));
}

TEST(FloodFilter, KeysWithoutAnIdAreCallersOfTheirOwn) {
  FloodFilter filter;
  EXPECT_TRUE(filter.admit(denied("x", kHour, "")));
  EXPECT_TRUE(filter.admit(denied("y", kHour, "")));
}

}  // namespace
}  // namespace lakeside::actiontrail
