#include "services/ram/core/sign_in_limiter.h"

#include <gtest/gtest.h>

namespace lakeside::ram {
namespace {

const Time kNow = Time(std::chrono::hours(500000));

TEST(SignInLimiter, LocksAUserForAnHour) {
  SignInLimiter limiter;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(limiter.admit("ann", "1.2.3.4", 5, kNow));
  EXPECT_FALSE(limiter.admit("ann", "1.2.3.5", 5, kNow));
  EXPECT_TRUE(limiter.admit("bob", "1.2.3.4", 5, kNow));
  EXPECT_FALSE(limiter.admit("ann", "1.2.3.4", 5, kNow + std::chrono::minutes(59)));
  EXPECT_TRUE(limiter.admit("ann", "1.2.3.4", 5, kNow + std::chrono::minutes(60)));
}

TEST(SignInLimiter, HasALimitWhereThePolicyHasNone) {
  SignInLimiter limiter;
  for (std::uint64_t i = 0; i < SignInLimiter::kMostOfUser; ++i) {
    EXPECT_TRUE(limiter.admit("ann", "1.2.3.4", 0, kNow));
  }
  EXPECT_FALSE(limiter.admit("ann", "1.2.3.4", 0, kNow));
}

TEST(SignInLimiter, WhatSucceededOrWasNotCompleteDoesNotCount) {
  SignInLimiter limiter;
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(limiter.admit("ann", "1.2.3.4", 2, kNow));
    limiter.take_back("ann", "1.2.3.4");
  }
  EXPECT_TRUE(limiter.admit("ann", "1.2.3.4", 2, kNow));
  EXPECT_TRUE(limiter.admit("ann", "1.2.3.4", 2, kNow));
  limiter.succeeded("ann", "1.2.3.4");
  EXPECT_TRUE(limiter.admit("ann", "1.2.3.4", 2, kNow));
}

TEST(SignInLimiter, LimitsAnAddressAndANetworkOfIpv6) {
  SignInLimiter limiter;
  for (std::uint64_t i = 0; i < SignInLimiter::kMostOfAddress; ++i) {
    EXPECT_TRUE(
        limiter.admit("user" + std::to_string(i), "2001:db8::" + std::to_string(i), 5, kNow));
  }
  EXPECT_FALSE(limiter.admit("another", "2001:db8::ffff", 5, kNow));
  EXPECT_TRUE(limiter.admit("another", "2001:db9::1", 5, kNow));
}

}  // namespace
}  // namespace lakeside::ram
