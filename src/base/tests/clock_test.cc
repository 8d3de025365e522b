#include "base/clock.h"

#include <gtest/gtest.h>

namespace lakeside {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

const Time kTime{seconds(1795302909) + microseconds(999999)};

TEST(Clock, SystemClockIsNow) {
  auto diff = std::chrono::system_clock::now() - system_clock().now();
  EXPECT_LT(std::chrono::abs(diff), seconds(5));
}

TEST(Clock, ManualClock) {
  ManualClock clock(kTime);
  const Clock& as_clock = clock;
  EXPECT_EQ(as_clock.now(), kTime);
  clock.set(Time{});
  EXPECT_EQ(as_clock.now(), Time{});
}

TEST(Clock, Formats) {
  EXPECT_EQ(format_iso8601_millis(kTime), "2026-11-21T23:15:09.000Z");
  EXPECT_EQ(format_iso8601_basic(kTime), "20261121T231509Z");
  EXPECT_EQ(format_http_date(kTime), "Sat, 21 Nov 2026 23:15:09 GMT");
  EXPECT_EQ(format_http_date(kTime), "Sat, 21 Nov 2026 23:15:09 GMT");  // from the cache
  EXPECT_EQ(format_http_date(kTime + seconds(1)), "Sat, 21 Nov 2026 23:15:10 GMT");
  EXPECT_EQ(format_http_date(Time{}), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(format_iso8601_millis(Time{microseconds(-1)}), "1969-12-31T23:59:59.000Z");
  EXPECT_EQ(format_iso8601_millis(Time::max()).size(), 24u);
  EXPECT_EQ(format_iso8601_basic(Time::min()).size(), 16u);
  EXPECT_EQ(format_http_date(Time::min()).size(), 29u);
}

TEST(Clock, EveryDayComesBack) {
  for (Time t{}; t < Time{} + std::chrono::years(130); t += std::chrono::hours(23) + seconds(59)) {
    Time second = std::chrono::floor<seconds>(t);
    ASSERT_EQ(parse_iso8601(format_iso8601_millis(t)), second);
    ASSERT_EQ(parse_iso8601_basic(format_iso8601_basic(t)), second);
    ASSERT_EQ(parse_http_date(format_http_date(t)), second);
  }
}

TEST(Clock, ParseIso8601) {
  const Time second = std::chrono::floor<seconds>(kTime);
  EXPECT_EQ(parse_iso8601("2026-11-21T23:15:09Z"), second);
  EXPECT_EQ(parse_iso8601("2026-11-21T23:15:09.5Z"), second + microseconds(500000));
  EXPECT_EQ(parse_iso8601("2026-11-21T23:15:09.000001Z"), second + microseconds(1));
  EXPECT_EQ(parse_iso8601("2026-11-21T23:15:09.999999999Z"), kTime);
  EXPECT_TRUE(parse_iso8601("2024-02-29T00:00:00Z"));
  for (auto bad : {"", "2026-11-21", "2026-11-21T23:15:09", "2026-11-21T23:15:09.Z",
                   "2026-11-21T23:15:09Z ", " 2026-11-21T23:15:09Z", "2026-11-21 23:15:09Z",
                   "2026-11-21T23:15:09+00:00", "2023-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
                   "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z",
                   "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z",
                   "2026-01-01t00:00:00z", "2o26-01-01T00:00:00Z", "-026-01-01T00:00:00Z"}) {
    EXPECT_EQ(parse_iso8601(bad), std::nullopt) << bad;
  }
}

TEST(Clock, ParseBasicAndHttp) {
  const Time second = std::chrono::floor<seconds>(kTime);
  EXPECT_EQ(parse_iso8601_basic("20261121T231509Z"), second);
  EXPECT_EQ(parse_http_date("Sat, 21 Nov 2026 23:15:09 GMT"), second);
  for (auto bad : {"", "20261121T231509", "20261121T231509Zx", "20261121231509Z",
                   "20261131T231509Z", "2026112T1231509Z"}) {
    EXPECT_EQ(parse_iso8601_basic(bad), std::nullopt) << bad;
  }
  for (auto bad : {"", "Sat, 21 Nov 2026 23:15:09", "Sat, 21 Nov 2026 23:15:09 UTC",
                   "Sat, 21 nov 2026 23:15:09 GMT", "Xxx, 21 Nov 2026 23:15:09 GMT",
                   "Sat, 1 Nov 2026 23:15:09 GMT", "Sat, 21 Nov 2026 23:15:09 GMT ",
                   "Saturday, 21-Nov-26 23:15:09 GMT", "Sat Nov 21 23:15:09 2026",
                   "Sat, 31 Nov 2026 23:15:09 GMT", "Sa"}) {
    EXPECT_EQ(parse_http_date(bad), std::nullopt) << bad;
  }
}

TEST(LogTime, HasItsMilliseconds) {
  EXPECT_EQ(format_log_time(Time(std::chrono::microseconds(1'700'000'000'045'999))),
            "2023-11-14T22:13:20.045Z");
}

}  // namespace
}  // namespace lakeside
