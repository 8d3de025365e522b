#include "services/ram/simulate.h"

#include <gtest/gtest.h>

#include "engines/memory/memory_kv.h"

namespace lakeside::ram {
namespace {

constexpr std::string_view kAccount = "1234567890123456";

std::string document(std::string_view statement) {
  return R"({"Version":"1","Statement":[)" + std::string(statement) + "]}";
}

Policy custom(const std::string& name, std::string_view statement) {
  Policy policy;
  policy.name = name;
  policy.default_version = "v1";
  policy.versions.push_back({"v1", document(statement), Time()});
  policy.compiled = *policy::compile(document(statement), policy::Kind::kIdentity,
                                     policy::kMaxIdentityPolicyLength);
  return policy;
}

// An account with ann, who may read photos, and the role reader, which she may assume.
struct Account {
  std::unique_ptr<engines::Kv> kv = engines::make_memory_kv();
  SealingKey master = SealingKey::random();
  std::unique_ptr<IdentityStore> store =
      std::move(*run_blocking(IdentityStore::open(*kv, std::string(kAccount), master)));

  Account() {
    Change change;
    change.put(custom("photos", R"({"Effect":"Allow","Action":"oss:GetObject",
        "Resource":"acs:oss:*:*:photos/*","Condition":{"Bool":{"acs:SecureTransport":"true"}}},
        {"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"})"));
    User ann;
    ann.id = "200000000000000001";
    ann.name = "ann";
    ann.policies.push_back({{"photos", false}, Time()});
    change.put(ann);
    Role role;
    role.id = "300000000000000001";
    role.name = "reader";
    role.trust = document(R"({"Effect":"Allow","Action":"sts:AssumeRole",
        "Principal":{"RAM":"acs:ram::1234567890123456:user/bob"}})");
    role.compiled_trust =
        *policy::compile(role.trust, policy::Kind::kTrust, policy::kMaxTrustPolicyLength);
    change.put(role);
    EXPECT_TRUE(run_blocking(store->commit(change)));
  }

  Explained ask(std::string_view who, const Simulation& simulation) {
    auto principal = principal_named(*store, who);
    EXPECT_TRUE(principal);
    auto explained = simulate(*store, *principal, simulation);
    EXPECT_TRUE(explained);
    return *explained;
  }
};

TEST(Simulate, AUserIsAskedWithItsPoliciesAndTheContext) {
  Account account;
  Simulation read{
      "oss:GetObject", "acs:oss:*:1234567890123456:photos/1", {}, std::string(kAccount)};
  Explained without = account.ask("acs:ram::1234567890123456:user/ann", read);
  EXPECT_FALSE(without.allowed);
  EXPECT_NE(without.text.find("a condition does not hold: acs:securetransport"), std::string::npos);
  read.context.emplace_back("acs:SecureTransport", "true");
  EXPECT_TRUE(account.ask("user/ann", read).allowed);
  EXPECT_NE(account.ask("user/ann", read).text.find("policy photos (RamUser): statement 1 allows"),
            std::string::npos);
}

TEST(Simulate, TheRootAndAnonymousCallers) {
  Account account;
  Simulation read{
      "oss:GetObject", "acs:oss:*:1234567890123456:photos/1", {}, std::string(kAccount)};
  EXPECT_TRUE(account.ask("root", read).allowed);
  EXPECT_FALSE(account.ask("anonymous", read).allowed);
  read.granted_to_all = true;
  EXPECT_TRUE(account.ask("anonymous", read).allowed);
}

TEST(Simulate, AssumingARoleAsksItsTrustPolicy) {
  Account account;
  Simulation assume{"sts:AssumeRole", "acs:ram:*:1234567890123456:role/reader"};
  Explained explained = account.ask("user/ann", assume);
  EXPECT_FALSE(explained.allowed);
  EXPECT_NE(explained.text.find("trust policy the role's trust policy"), std::string::npos);
  assume.resource = "acs:ram:*:1234567890123456:role/nobody";
  EXPECT_FALSE(simulate(*account.store, *principal_named(*account.store, "user/ann"), assume));
}

TEST(Simulate, NamesThatMeanNobody) {
  Account account;
  for (const char* name :
       {"user/bob", "role/writer", "acs:ram::1:root", "ann", "user/ann/more", ""}) {
    EXPECT_FALSE(principal_named(*account.store, name)) << name;
  }
}

}  // namespace
}  // namespace lakeside::ram
