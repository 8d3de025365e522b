#include "services/ram/core/identity_store.h"

#include <gtest/gtest.h>

#include "engines/memory/memory_kv.h"

namespace lakeside::ram {
namespace {

const std::string kAllow =
    R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:*","Resource":"*"}]})";

struct Account {
  std::unique_ptr<engines::Kv> kv = engines::make_memory_kv();
  SealingKey master = SealingKey::random();
  std::unique_ptr<IdentityStore> store = open();

  std::unique_ptr<IdentityStore> open() {
    return std::move(*run_blocking(IdentityStore::open(*kv, "1234567890123456", master)));
  }
  void commit(const Change& change) { ASSERT_TRUE(run_blocking(store->commit(change))); }
};

User alice() {
  User user;
  user.id = "200000000000000001";
  user.name = "alice";
  user.comments = "中文";
  user.keys.push_back({"LTAI5tAlice", "her secret", true, Time()});
  return user;
}

Policy custom(const std::string& name) {
  Policy policy;
  policy.name = name;
  policy.default_version = "v1";
  policy.versions.push_back({"v1", kAllow, Time()});
  policy.compiled =
      *policy::compile(kAllow, policy::Kind::kIdentity, policy::kMaxIdentityPolicyLength);
  return policy;
}

TEST(IdentityStore, KeepsWhatItWasGivenAndSealsSecrets) {
  Account account;
  Change change;
  User user = alice();
  user.policies.push_back({{"mine", false}, Time()});
  user.groups.push_back({"staff", Time()});
  change.put(user);
  change.put(custom("mine"));
  Group group;
  group.name = "staff";
  group.policies.push_back({{"AdministratorAccess", true}, Time()});
  change.put(group);
  account.commit(change);

  bool leaked = false;
  engines::ScanVisitor look = [&](std::string_view, std::string_view value) {
    leaked = leaked || value.find("her secret") != value.npos;
    return engines::ScanStep::next();
  };
  auto scan = [](engines::Kv& kv, const engines::ScanVisitor& visitor) -> Task<Status> {
    engines::Partition partition{"ram.1234567890123456"};
    co_return co_await kv.scan(partition, "", visitor);
  };
  ASSERT_TRUE(run_blocking(scan(*account.kv, look)));
  EXPECT_FALSE(leaked);

  account.store = account.open();
  auto found = account.store->find<User>("alice");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->comments, "中文");
  auto owner = account.store->key_owner("LTAI5tAlice");
  ASSERT_TRUE(owner);
  EXPECT_EQ(owner->key.secret, "her secret");
  EXPECT_EQ(account.store->grants_of(*found)->identity().size(), 2U);
}

TEST(IdentityStore, AnotherMasterKeyOpensNothing) {
  Account account;
  Change change;
  change.put(alice());
  account.commit(change);
  auto other =
      run_blocking(IdentityStore::open(*account.kv, "1234567890123456", SealingKey::random()));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kUnsupported);
}

TEST(IdentityStore, ChangesHoldAtOnce) {
  Account account;
  Change change;
  change.put(alice());
  change.put(custom("mine"));
  account.commit(change);
  auto user = account.store->find<User>("alice");
  EXPECT_TRUE(account.store->grants_of(*user)->identity().empty());

  User attached = *user;
  attached.policies.push_back({{"mine", false}, Time()});
  attached.keys.clear();
  Change second;
  second.put(attached);
  account.commit(second);
  // Also for who still holds the user as it was.
  EXPECT_EQ(account.store->grants_of(*user)->identity().size(), 1U);
  EXPECT_FALSE(account.store->key_owner("LTAI5tAlice"));

  Change third;
  third.remove<User>("alice");
  account.commit(third);
  EXPECT_EQ(account.store->find<User>("alice"), nullptr);
  EXPECT_TRUE(account.store->grants_of(*user)->identity().empty());
}

TEST(IdentityStore, TokensAreItsOwnAlone) {
  Account account;
  Session session{"STS.x", "secret", "role", "300000000000000001", "me", "", Time()};
  std::string token = account.store->token_of(session);
  auto read = account.store->read_token(token);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->access_key_id, "STS.x");
  EXPECT_EQ(token.find("secret"), token.npos);
  for (std::size_t i = 0; i < token.size(); i += 7) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(account.store->read_token(changed));
  }
  Account other;
  EXPECT_FALSE(other.store->read_token(token));
}

TEST(SystemPolicies, CanAllBeRead) { EXPECT_GE(system_policies().size(), 7U); }

}  // namespace
}  // namespace lakeside::ram
