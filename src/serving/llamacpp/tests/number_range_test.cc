#include "serving/llamacpp/number_range.h"

#include <cmath>
#include <random>
#include <regex>

#include <gtest/gtest.h>

namespace lakeside::serving {
namespace {

// The rules use of GBNF only what regular expressions have too.
std::regex as_regex(const std::string& rule) {
  std::string text;
  bool quoted = false;
  for (char c : rule) {
    if (c == '"') {
      text += quoted ? ")" : "(";
      quoted = !quoted;
    } else if (c == '.') {
      text += "\\.";
    } else if (c != ' ') {
      text += c;
    }
  }
  return std::regex(text);
}

bool inside(const NumberRange& range, double value) {
  if (range.least &&
      (range.least->itself ? value < range.least->value : value <= range.least->value)) {
    return false;
  }
  return !range.most ||
         (range.most->itself ? value <= range.most->value : value < range.most->value);
}

// As people write numbers: with up to three digits behind the point.
std::string text_of(std::int64_t thousandths, int digits) {
  std::string sign = thousandths < 0 ? "-" : "";
  std::int64_t size = std::abs(thousandths);
  std::string fraction = std::to_string(1000 + size % 1000).substr(1);
  std::string text = sign + std::to_string(size / 1000);
  return digits == 0 ? text : text + "." + fraction.substr(0, static_cast<std::size_t>(digits));
}

void expect_right(const NumberRange& range) {
  auto rule = number_rule(range);
  const std::regex regex = rule ? as_regex(*rule) : std::regex("none");
  for (std::int64_t thousandths = -13000; thousandths <= 13000; thousandths += 7) {
    for (int digits = 0; digits <= 3; ++digits) {
      const std::string text = text_of(thousandths, digits);
      const double value = std::stod(text);
      if (value == 0 && text.starts_with('-')) continue;
      ASSERT_EQ(std::regex_match(text, regex), inside(range, value))
          << text << " by " << (rule ? *rule : "none");
    }
  }
}

TEST(NumberRangeTest, TheUsualOnes) {
  expect_right({.least = {{0, true}}, .most = {{1, true}}});
  expect_right({.least = {{0, false}}, .most = {{1, false}}});
  expect_right({.least = {{0, false}}, .most = {}});
  expect_right({.least = {}, .most = {{-0.5, true}}});
  expect_right({.least = {{-1, true}}, .most = {{1, true}}});
  expect_right({.least = {{2.5, true}}, .most = {{2.5, true}}});
  expect_right({.least = {{3, true}}, .most = {{3, true}}});
  expect_right({.least = {{0.05, true}}, .most = {{0.1, false}}});
}

TEST(NumberRangeTest, AnyBounds) {
  std::mt19937 random(7);
  for (int round = 0; round < 40; ++round) {
    auto bound = [&] {
      static constexpr double kSteps[] = {1, 0.5, 0.25, 0.1, 0.001};
      double step = kSteps[random() % 5];
      double value = std::round((static_cast<double>(random() % 24001) / 1000 - 12) / step) * step;
      return NumberRange::Bound{std::round(value * 1000) / 1000, random() % 2 == 0};
    };
    NumberRange range{bound(), bound()};
    if (range.least->value > range.most->value) std::swap(range.least, range.most);
    if (random() % 5 == 0) range.least.reset();
    if (random() % 5 == 0) range.most.reset();
    expect_right(range);
  }
}

TEST(NumberRangeTest, WholeNumbersOfManyDigits) {
  const std::regex regex =
      as_regex(*number_rule({.least = {{95, true}}, .most = {{123456, true}}}));
  for (const char* in :
       {"95", "99", "100", "999.5", "1000", "99999", "100000", "123455.9", "123456"}) {
    EXPECT_TRUE(std::regex_match(in, regex)) << in;
  }
  for (const char* out :
       {"9", "94", "094", "123456.1", "123457", "200000", "1000000", "1e3", "-95"}) {
    EXPECT_FALSE(std::regex_match(out, regex)) << out;
  }
}

TEST(NumberRangeTest, RefusesWhatNoNumberFits) {
  EXPECT_EQ(number_rule({.least = {{1, false}}, .most = {{1, true}}}).error().code,
            ErrorCode::kInvalid);
  EXPECT_EQ(number_rule({.least = {{2, true}}, .most = {{1, true}}}).error().code,
            ErrorCode::kInvalid);
  EXPECT_EQ(number_rule({.least = {{1e300, true}}, .most = {}}).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(number_rule({.least = {{1e-300, true}}, .most = {}}).error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace lakeside::serving
