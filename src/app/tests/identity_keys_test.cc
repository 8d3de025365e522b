#include "app/identity_keys.h"

#include <gtest/gtest.h>

#include "engines/memory/memory_kv.h"

namespace lakeside::app {
namespace {

const Time kNow = Time(std::chrono::hours(500000));
const std::string kTrust =
    R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",)"
    R"("Principal":{"RAM":"acs:ram::1234567890123456:root"}}]})";

struct Account {
  Account() {
    ram::User user;
    user.id = "200000000000000001";
    user.name = "ann";
    user.keys.push_back({"LTAI5tAnn", "her secret", true, kNow});
    user.keys.push_back({"LTAI5tOff", "another", false, kNow});
    user.login.emplace().password_set = kNow;
    put(user);
    ram::Role role;
    role.id = "300000000000000001";
    role.name = "reader";
    role.trust = kTrust;
    role.compiled_trust = *ram::policy::compile(kTrust, ram::policy::Kind::kTrust,
                                                ram::policy::kMaxTrustPolicyLength);
    put(role);
  }

  template <class T>
  void put(T record) {
    ram::Change change;
    change.put(std::move(record));
    ASSERT_TRUE(run_blocking(store->commit(change)));
  }

  [[nodiscard]] ram::Session session() const {
    ram::Session session;
    session.access_key_id = "STS.N1";
    session.access_key_secret = "secret";
    session.name = "ann";
    session.expires = kNow + std::chrono::hours(1);
    return session;
  }
  [[nodiscard]] ram::Session of_user() const {
    ram::Session one = session();
    one.user = "ann";
    one.user_id = "200000000000000001";
    one.password_set = kNow;
    one.mfa = true;
    return one;
  }
  [[nodiscard]] ram::Session of_role() const {
    ram::Session one = session();
    one.role = "reader";
    one.role_id = "300000000000000001";
    return one;
  }
  [[nodiscard]] auto find(const ram::Session& session, Time now = kNow) const {
    return keys.find_session(session.access_key_id, store->token_of(session), now);
  }

  std::unique_ptr<engines::Kv> kv = engines::make_memory_kv();
  const SealingKey master = SealingKey::random();
  std::unique_ptr<ram::Accounts> accounts =
      std::move(*run_blocking(ram::Accounts::open(*kv, "1234567890123456", master)));
  ram::IdentityStore* store = &accounts->main();
  IdentityKeys keys{{"1234567890123456", "LTAI5tRoot", "root secret"}, *accounts};
};

TEST(IdentityKeys, FindsTheRootsAndUsersKeys) {
  Account account;
  auto root = account.keys.find("LTAI5tRoot");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->principal.kind, Principal::Kind::kRoot);
  auto ann = account.keys.find("LTAI5tAnn");
  ASSERT_TRUE(ann);
  EXPECT_EQ(ann->secret, "her secret");
  EXPECT_EQ(ann->principal.name, "ann");
  EXPECT_TRUE(ann->enabled);
  EXPECT_FALSE(account.keys.find("LTAI5tOff")->enabled);
  EXPECT_FALSE(account.keys.find("LTAI5tNobody"));
}

TEST(IdentityKeys, AUseIsSeenByTheStoreAndKept) {
  Account account;
  account.accounts->note_use("LTAI5tAnn", kNow, "oss");
  account.accounts->note_use("LTAI5tRoot", kNow, "oss");
  auto seen = account.store->key_owner("LTAI5tAnn")->use->seen();
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->service, "oss");
  EXPECT_EQ(*run_blocking(account.accounts->save_key_uses()), 1U);
  EXPECT_EQ(*run_blocking(account.accounts->save_key_uses()), 0U);
}

TEST(IdentityKeys, ASessionIsItsRoleOrItsUser) {
  Account account;
  auto role = account.find(account.of_role());
  ASSERT_TRUE(role);
  EXPECT_EQ(role->principal.kind, Principal::Kind::kRole);
  EXPECT_EQ(role->principal.name, "reader");
  auto user = account.find(account.of_user());
  ASSERT_TRUE(user);
  EXPECT_EQ(user->principal.kind, Principal::Kind::kUser);
  EXPECT_EQ(user->principal.name, "ann");
  EXPECT_TRUE(static_cast<const ram::PolicyGrants*>(user->principal.grants.get())->mfa());
}

TEST(IdentityKeys, ASessionEndsWithItsTimeItsPasswordAndItsUser) {
  Account account;
  const ram::Session session = account.of_user();
  EXPECT_EQ(account.find(session, session.expires).error(), auth::TokenFault::kExpired);
  EXPECT_EQ(account.keys.find_session("STS.N2", account.store->token_of(session), kNow).error(),
            auth::TokenFault::kMismatch);
  EXPECT_EQ(account.keys.find_session("STS.N1", "CAISnone", kNow).error(),
            auth::TokenFault::kMalformed);
  ram::User changed = *account.store->find<ram::User>("ann");
  changed.login->password_set = kNow + std::chrono::seconds(1);
  account.put(changed);
  EXPECT_EQ(account.find(session).error(), auth::TokenFault::kMalformed);
  changed.login->password_set = kNow;
  changed.login->active = false;
  account.put(changed);
  EXPECT_FALSE(account.find(session));
  ram::Role another = *account.store->find<ram::Role>("reader");
  another.id = "300000000000000002";
  account.put(another);
  EXPECT_FALSE(account.find(account.of_role()));
}

TEST(IdentityKeys, ASessionEndsWithTheKeyThatItWasMadeWith) {
  Account account;
  ram::Session session = account.of_user();
  session.made_with = "LTAI5tAnn";
  session.password_set = {};
  ASSERT_TRUE(account.find(session));
  ram::User changed = *account.store->find<ram::User>("ann");
  changed.login.reset();
  account.put(changed);
  EXPECT_TRUE(account.find(session));
  changed.keys[0].active = false;
  account.put(changed);
  EXPECT_EQ(account.find(session).error(), auth::TokenFault::kMalformed);
  changed.keys.clear();
  account.put(changed);
  EXPECT_FALSE(account.find(session));
}

TEST(IdentityKeys, TheRootsSessionIsTheRootAsLongAsItHasTheKey) {
  Account account;
  ram::Session session = account.session();
  session.made_with = "LTAI5tRoot";
  session.key_mark = ram::key_mark("root secret");
  auto root = account.find(session);
  ASSERT_TRUE(root);
  EXPECT_EQ(root->principal.kind, Principal::Kind::kRoot);
  EXPECT_EQ(root->principal.account_id, "1234567890123456");
  EXPECT_EQ(root->principal.access_key_id, "STS.N1");
  for (const char* other : {"", "LTAI5tAnn", "LTAI5tFormer"}) {
    session.made_with = other;
    EXPECT_FALSE(account.find(session)) << other;
  }
  session.made_with = "LTAI5tRoot";
  session.key_mark = ram::key_mark("its next secret");
  EXPECT_FALSE(account.find(session));
}

TEST(IdentityKeys, AnEndedSessionIsOver) {
  Account account;
  ASSERT_TRUE(account.find(account.of_user()));
  account.put(ram::EndedSession{"STS.N1", kNow + std::chrono::hours(6)});
  EXPECT_EQ(account.find(account.of_user()).error(), auth::TokenFault::kExpired);
  auto again = run_blocking(ram::Accounts::open(*account.kv, "1234567890123456", account.master));
  EXPECT_NE((*again)->main().find<ram::EndedSession>("STS.N1"), nullptr);
}

TEST(IdentityKeys, ARotationEndsNoSession) {
  Account account;
  const SealingKey first = SealingKey::random(), second = SealingKey::random();
  ASSERT_TRUE(run_blocking(account.accounts->rotate(first)));
  const std::string token = account.store->token_of(account.of_user());
  ASSERT_TRUE(run_blocking(account.accounts->rotate(SealingKeys({second, first}))));
  EXPECT_TRUE(account.keys.find_session("STS.N1", token, kNow));
  // All that rests is sealed with the new key alone.
  auto again = run_blocking(ram::IdentityStore::open(*account.kv, "1234567890123456", second));
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->key_owner("LTAI5tAnn")->key.secret, "her secret");
  EXPECT_FALSE(run_blocking(ram::IdentityStore::open(*account.kv, "1234567890123456", first)));
}

TEST(IdentityKeys, AResetLeavesNobody) {
  Account account;
  account.put(ram::EndedSession{"STS.Nroot", kNow + std::chrono::hours(6)});
  ASSERT_TRUE(run_blocking(account.accounts->reset()));
  EXPECT_FALSE(account.keys.find("LTAI5tAnn"));
  EXPECT_TRUE(account.keys.find("LTAI5tRoot"));
  auto again =
      run_blocking(ram::IdentityStore::open(*account.kv, "1234567890123456", SealingKey::random()));
  ASSERT_TRUE(again);
  EXPECT_TRUE((*again)->list<ram::Role>().empty());
  EXPECT_NE(account.store->find<ram::EndedSession>("STS.Nroot"), nullptr) << "the root's went on";
  EXPECT_NE((*again)->find<ram::EndedSession>("STS.Nroot"), nullptr);
}

}  // namespace
}  // namespace lakeside::app
