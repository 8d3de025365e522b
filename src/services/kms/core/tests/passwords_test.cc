#include "services/kms/core/passwords.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace lakeside::kms {
namespace {

TEST(RandomPassword, HasEachTypeUnlessToldOtherwise) {
  for (int i = 0; i < 50; ++i) {
    PasswordRules rules;
    rules.length = 8;
    auto password = random_password(rules);
    ASSERT_TRUE(password);
    std::string_view text = password->view();
    EXPECT_EQ(text.size(), 8U);
    EXPECT_TRUE(std::ranges::any_of(text, [](char c) { return c >= 'a' && c <= 'z'; }));
    EXPECT_TRUE(std::ranges::any_of(text, [](char c) { return c >= 'A' && c <= 'Z'; }));
    EXPECT_TRUE(std::ranges::any_of(text, [](char c) { return c >= '0' && c <= '9'; }));
    EXPECT_TRUE(std::ranges::any_of(text, [](unsigned char c) { return std::ispunct(c) != 0; }));
  }
}

TEST(RandomPassword, LeavesOutWhatItIsTold) {
  PasswordRules rules;
  rules.length = 128;
  rules.uppercase = rules.numbers = rules.punctuation = false;
  rules.without = "abcdefghijklmnopqrstuvwxy";
  EXPECT_EQ(random_password(rules)->view(), std::string(128, 'z'));
  rules.without = "abcdefghijklmnopqrstuvwxyz";
  EXPECT_FALSE(random_password(rules));
  rules.numbers = true;
  EXPECT_FALSE(random_password(rules));  // no lowercase letter is left
  rules.each_type = false;
  EXPECT_TRUE(random_password(rules));
}

}  // namespace
}  // namespace lakeside::kms
