#include "services/ram/core/passwords.h"

#include <gtest/gtest.h>

namespace lakeside::ram {
namespace {

constexpr ScryptCost kCheap{4, 1, 1};

TEST(Passwords, AHashIsOfItsPasswordAlone) {
  std::string hash = hash_password("Tr0ub4dor&3", kCheap);
  EXPECT_TRUE(hash.starts_with("$scrypt$ln=4,r=1,p=1$"));
  EXPECT_TRUE(is_password("Tr0ub4dor&3", hash));
  EXPECT_FALSE(is_password("Tr0ub4dor&4", hash));
  EXPECT_NE(hash, hash_password("Tr0ub4dor&3", kCheap));
  EXPECT_FALSE(is_password("", ""));
  for (const char* wrong : {"$scrypt$ln=99,r=8,p=1$c2FsdA$aGFzaA", "$scrypt$ln=4,r=1$c2FsdA$aGFzaA",
                            "$scrypt$ln=4,r=1,p=1$$", "plain"}) {
    EXPECT_FALSE(is_password("plain", wrong)) << wrong;
  }
}

TEST(Passwords, AreHashedOnOtherThreads) {
  PasswordHasher hasher(kCheap, 1);
  auto hash = run_blocking(hasher.hash("secret"));
  ASSERT_TRUE(hash);
  EXPECT_TRUE(*run_blocking(hasher.matches("secret", {"", *hash})));
  EXPECT_FALSE(*run_blocking(hasher.matches("Secret", {*hash})));
  EXPECT_FALSE(*run_blocking(hasher.matches("", {""})));
}

TEST(Passwords, AreAsThePolicyDemands) {
  PasswordPolicy policy;
  EXPECT_TRUE(is_strong(policy, "abcdefgh", "ann"));
  EXPECT_FALSE(is_strong(policy, "abcdefg", "ann"));
  EXPECT_FALSE(is_strong(policy, "abc defgh", "ann"));
  EXPECT_FALSE(is_strong(policy, std::string(kMaxPasswordLength + 1, 'a'), "ann"));
  policy.lowercase = policy.uppercase = policy.numbers = policy.symbols = true;
  EXPECT_TRUE(is_strong(policy, "abcDEF1!", "ann"));
  for (const char* weak : {"ABCDEF1!", "abcdef1!", "abcDEFG!", "abcDEF12"}) {
    EXPECT_FALSE(is_strong(policy, weak, "ann")) << weak;
  }
  policy.different_characters = 8;
  EXPECT_FALSE(is_strong(policy, "aaaDEF1!", "ann"));
  policy.not_contain_user_name = true;
  EXPECT_FALSE(is_strong(policy, "xxANNabcDEF1!", "ann"));
}

TEST(Passwords, FormerOnesAreBarredAsFarAsThePolicySays) {
  LoginProfile login;
  for (int i = 0; i < 30; ++i) set_password(login, "hash" + std::to_string(i), Time());
  EXPECT_EQ(login.earlier.size(), kMaxEarlierPasswords);
  PasswordPolicy policy;
  EXPECT_TRUE(barred(policy, login).empty());
  policy.reuse_prevention = 3;
  EXPECT_EQ(barred(policy, login), (std::vector<std::string>{"hash29", "hash28", "hash27"}));
  EXPECT_TRUE(barred(policy, std::nullopt).empty());
}

TEST(Passwords, ExpireWithTheirAge) {
  PasswordPolicy policy;
  LoginProfile login;
  const Time later = Time() + std::chrono::hours(24) * 30;
  EXPECT_FALSE(has_expired(policy, login, later));
  policy.max_age_days = 30;
  EXPECT_TRUE(has_expired(policy, login, later));
  EXPECT_FALSE(has_expired(policy, login, later - std::chrono::seconds(1)));
}

}  // namespace
}  // namespace lakeside::ram
