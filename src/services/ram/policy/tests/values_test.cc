#include "services/ram/policy/values.h"

#include <string>

#include <gtest/gtest.h>

namespace lakeside::ram::policy {
namespace {

TEST(Pattern, StarsAndQuestionMarks) {
  EXPECT_TRUE(matches_pattern("", ""));
  EXPECT_TRUE(matches_pattern("*", ""));
  EXPECT_TRUE(matches_pattern("a*c", "abbbc"));
  EXPECT_TRUE(matches_pattern("a*b*c", "a-b-b-c"));
  EXPECT_TRUE(matches_pattern("*.txt", "a.txt.txt"));
  EXPECT_TRUE(matches_pattern("a?c", "abc"));
  EXPECT_TRUE(matches_pattern("?", "ö"));  // one character of two bytes
  EXPECT_FALSE(matches_pattern("??", "ö"));
  EXPECT_FALSE(matches_pattern("a", "A"));
  EXPECT_FALSE(matches_pattern("a*c", "abb"));
  EXPECT_FALSE(matches_pattern("a?", "a"));
  EXPECT_FALSE(matches_pattern("", "a"));
}

TEST(Pattern, ManyStarsAreNoTrap) {
  std::string pattern;
  for (int i = 0; i < 1000; ++i) pattern += "*a";
  EXPECT_FALSE(matches_pattern(pattern + "b", std::string(2000, 'a')));
}

TEST(Values, Numbers) {
  EXPECT_EQ(parse_number("-2.5"), -2.5);
  EXPECT_EQ(parse_number("1e3"), 1000);
  for (const char* bad : {"", "x", "1x", " 1", "+1", "0x10", "nan", "inf", "1e999"}) {
    EXPECT_FALSE(parse_number(bad)) << bad;
  }
}

TEST(Values, Dates) {
  constexpr std::int64_t kSecond = 1000000;
  EXPECT_EQ(parse_date("1970-01-01T00:00:01Z"), kSecond);
  EXPECT_EQ(parse_date("1970-01-02"), 86400 * kSecond);
  EXPECT_EQ(parse_date("1970-01-01T08:00+08:00"), 0);
  EXPECT_EQ(parse_date("1970-01-01T00:00:00.25Z"), kSecond / 4);
  for (const char* bad :
       {"", "2026", "2026-13-01", "2026-02-29", "2026-01-01T10:00:00", "1730000000",
        "2026-01-01T24:00:00Z", "2026-01-01T10:00:00+8", "2026-01-01T10:00:00ZZ"}) {
    EXPECT_FALSE(parse_date(bad)) << bad;
  }
}

bool inside(std::string_view range, std::string_view address) {
  auto r = parse_ip_range(range);
  auto a = parse_ip(address);
  return r && a && r->contains(*a);
}

TEST(Values, Addresses) {
  EXPECT_TRUE(inside("192.168.0.0/16", "192.168.255.255"));
  EXPECT_TRUE(inside("192.168.3.4/16", "192.168.0.0"));  // bits behind the prefix do not count
  EXPECT_TRUE(inside("10.0.0.1", "10.0.0.1"));
  EXPECT_TRUE(inside("10.0.0.1", "::ffff:10.0.0.1"));
  EXPECT_TRUE(inside("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_TRUE(inside("*", "::1"));
  EXPECT_FALSE(inside("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_FALSE(inside("192.168.0.0/16", "192.169.0.1"));
  EXPECT_FALSE(inside("0.0.0.0/0", "::1"));
  EXPECT_FALSE(inside("::/0", "10.0.0.1"));
  for (const char* bad : {"", "10.0.0", "10.0.0.0/33", "10.0.0.0/", "::1/129", "10.0.0.*", "x/8"}) {
    EXPECT_FALSE(parse_ip_range(bad)) << bad;
  }
}

}  // namespace
}  // namespace lakeside::ram::policy
