#include <gtest/gtest.h>

#include "services/ram/service.h"

namespace lakeside::ram {
namespace {

const Principal kAnonymous{Principal::Kind::kAnonymous, "", "anonymous", ""};
const Principal kRoot{Principal::Kind::kRoot, "100", "root", "AK"};
const Principal kOtherRoot{Principal::Kind::kRoot, "200", "root", "AK2"};
const Principal kUser{Principal::Kind::kUser, "100", "alice", "AK3"};

bool allowed(const Principal& who, std::string_view owner, bool granted_to_all) {
  Decision decision = evaluate(who, {.permission = "oss:GetObject",
                                     .resource = "acs:oss:*:100:b/k",
                                     .owner_account = owner,
                                     .granted_to_all = granted_to_all});
  EXPECT_FALSE(policy::explain(decision).empty());
  return decision.allowed;
}

TEST(Evaluate, RootOwnsItsAccountAndNothingElse) {
  EXPECT_TRUE(allowed(kRoot, "100", false));
  EXPECT_TRUE(allowed(kRoot, "", false));
  EXPECT_FALSE(allowed(kOtherRoot, "100", false));
}

TEST(Evaluate, AnAccessListOpensToEveryone) {
  EXPECT_TRUE(allowed(kAnonymous, "100", true));
  EXPECT_TRUE(allowed(kOtherRoot, "100", true));
  EXPECT_TRUE(allowed(kUser, "100", true));
}

TEST(Evaluate, TheRestIsDenied) {
  EXPECT_FALSE(allowed(kAnonymous, "100", false));
  EXPECT_FALSE(allowed(kAnonymous, "", false));
  EXPECT_FALSE(allowed(kUser, "100", false));
  EXPECT_FALSE(allowed(kUser, "", false));
}

TEST(Evaluate, ADenialSaysWhoAndWhy) {
  AccessRequest request{"oss:GetObject", "acs:oss:*:100:b/k", "100"};
  Denial told = denial(kUser, request, evaluate(kUser, request));
  EXPECT_EQ(told.principal, "acs:ram::100:user/alice");
  EXPECT_EQ(told.why, "no statement of a policy and no access list allows it");
  ASSERT_FALSE(told.detail.empty());
  EXPECT_EQ(told.detail[0],
            (std::pair<std::string, std::string>("PolicyType", "AccountLevelIdentityBasedPolicy")));
  EXPECT_TRUE(denial(kAnonymous, request, evaluate(kAnonymous, request)).detail.empty());
}

}  // namespace
}  // namespace lakeside::ram
