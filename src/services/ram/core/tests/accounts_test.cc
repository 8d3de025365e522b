#include "services/ram/core/accounts.h"

#include <gtest/gtest.h>

#include "base/executor.h"
#include "engines/memory/memory_kv.h"

namespace lakeside::ram {
namespace {

constexpr const char* kMain = "1234567890123456";

struct Installation {
  std::unique_ptr<engines::Kv> kv = engines::make_memory_kv();
  SealingKey master = SealingKey::random();
  std::unique_ptr<Accounts> accounts = open();

  std::unique_ptr<Accounts> open() {
    return std::move(*run_blocking(Accounts::open(*kv, kMain, master)));
  }
  Account create(const std::string& name) {
    return *run_blocking(accounts->create(name, Time(std::chrono::microseconds(5))));
  }
};

TEST(Accounts, OneAloneNeedsNothing) {
  Installation one;
  EXPECT_EQ(one.accounts->find(kMain), &one.accounts->main());
  EXPECT_EQ(one.accounts->find("1"), nullptr);
  EXPECT_TRUE(one.accounts->list().empty());
  EXPECT_FALSE(one.accounts->is_disabled(kMain));
  EXPECT_EQ(run_blocking(one.accounts->set_disabled(kMain, true)).error().code,
            ErrorCode::kInvalid);
  EXPECT_EQ(run_blocking(one.accounts->set_disabled("1", true)).error().code, ErrorCode::kNotFound);
}

TEST(Accounts, LastAndAreKeptApart) {
  Installation here;
  Account made = here.create("Research 研究");
  EXPECT_EQ(made.id.size(), 16U);
  EXPECT_FALSE(made.access_key_secret.empty());
  ASSERT_TRUE(run_blocking(here.accounts->set_disabled(made.id, true)));
  here.accounts = here.open();
  ASSERT_EQ(here.accounts->list().size(), 1U);
  Account listed = here.accounts->list().front();
  EXPECT_EQ(listed.name, "Research 研究");
  EXPECT_TRUE(listed.disabled);
  EXPECT_TRUE(listed.access_key_secret.empty());  // shown once
  auto root = here.accounts->root_of(made.access_key_id);
  ASSERT_TRUE(root);
  EXPECT_EQ(root->access_key_secret, made.access_key_secret);
  EXPECT_TRUE(here.accounts->is_disabled(made.id));

  IdentityStore& theirs = *here.accounts->find(made.id);
  EXPECT_EQ(theirs.account_id(), made.id);
  Change change;
  User user;
  user.id = "2";
  user.name = "ann";
  user.keys.push_back({"LTAIann", "secret"});
  change.put(user);
  ASSERT_TRUE(run_blocking(theirs.commit(change)));
  EXPECT_EQ(here.accounts->main().find<User>("ann"), nullptr);
  EXPECT_EQ(here.accounts->holder_of("LTAIann"), &theirs);
  EXPECT_EQ(here.accounts->holder_of("LTAIann"), &theirs);  // where it was found last
  EXPECT_EQ(here.accounts->holder_of("LTAInobody"), nullptr);
}

TEST(Accounts, AResetLeavesTheMainOne) {
  Installation here;
  Account made = here.create("Research");
  ASSERT_TRUE(run_blocking(here.accounts->reset()));
  EXPECT_TRUE(here.accounts->list().empty());
  EXPECT_EQ(here.accounts->find(made.id), nullptr);
  EXPECT_FALSE(here.accounts->root_of(made.access_key_id));
  EXPECT_EQ(here.accounts->stores().size(), 1U);
  Account again = here.create("Research");
  here.accounts = here.open();
  ASSERT_EQ(here.accounts->list().size(), 1U);
  EXPECT_EQ(here.accounts->list().front().id, again.id);
}

TEST(Accounts, SecretsRestSealed) {
  Installation here;
  Account made = here.create("a");
  std::string all;
  run_blocking(here.kv->scan({"accounts"}, "", [&](std::string_view key, std::string_view value) {
    all += std::string(key) + std::string(value);
    return engines::ScanStep::next();
  }));
  EXPECT_NE(all.find(made.id), std::string::npos);
  EXPECT_EQ(all.find(made.access_key_secret), std::string::npos);
  EXPECT_FALSE(run_blocking(Accounts::open(*here.kv, kMain, SealingKey::random())));
  EXPECT_EQ(run_blocking(here.accounts->create("a\nb", {})).error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace lakeside::ram
