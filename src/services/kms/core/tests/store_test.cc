#include "services/kms/core/store.h"

#include <thread>

#include <gtest/gtest.h>

#include "base/executor.h"
#include "engines/fault/fault_kv.h"
#include "engines/memory/memory_kv.h"
#include "services/kms/core/ciphertext.h"

namespace lakeside::kms {
namespace {

using std::chrono::hours;

constexpr std::string_view kAccount = "1234567890123456";
const Time kNow{std::chrono::seconds(1'800'000'000)};
constexpr std::string_view kMaterial = "the 32 bytes that encrypt things";

struct Installation {
  std::unique_ptr<engines::Kv> kv = engines::make_memory_kv();
  SealingKey master = SealingKey::random();
  std::unique_ptr<Store> store = open();

  std::unique_ptr<Store> open() { return std::move(*run_blocking(Store::open(*kv, master))); }
  void reopen() { store = open(); }
  void commit(const Change& change) { ASSERT_TRUE(run_blocking(store->commit(change))); }
  template <class T>
  void put(T record) {
    Change change;
    change.put(std::move(record));
    commit(change);
  }
  std::shared_ptr<const Key> key(std::string_view account = kAccount) {
    return store->find<Key>(account, "k-1");
  }
  std::size_t due(Time now) { return run_blocking(store->do_what_is_due(now)).value(); }
  bool holds(std::string_view text) {
    bool found = false;
    engines::ScanVisitor look = [&](std::string_view key, std::string_view value) {
      found = found || key.find(text) != key.npos || value.find(text) != value.npos;
      return engines::ScanStep::next();
    };
    auto scan = [](engines::Kv& engine, const engines::ScanVisitor& visitor) -> Task<Status> {
      engines::Partition partition{"kms"};
      co_return co_await engine.scan(partition, "", visitor);
    };
    EXPECT_TRUE(run_blocking(scan(*kv, look)));
    return found;
  }
};

Key symmetric(const Store& store, std::string_view account = kAccount) {
  Key key;
  key.account = account;
  key.id = "k-1";
  key.description = "中文";
  key.created = kNow;
  key.tags = {{"Project", "Apollo"}};
  key.versions.push_back({"v-1", kNow, {}});
  key.versions[0].sealed = store.seal_material(key, "v-1", kMaterial);
  return key;
}

Secret secret_with_value(const Store& store, Change& change, std::string_view value) {
  Secret secret;
  secret.account = kAccount;
  secret.name = "db/password";
  secret.id = "s-1";
  secret.versions.push_back({"first", 1, false, kNow, {"ACSCurrent"}});
  change.put_value(secret, 1, store.seal_value(secret, 1, value));
  change.put(secret);
  return secret;
}

TEST(Store, KeepsKeysAndSealsTheirMaterial) {
  Installation it;
  Key key = symmetric(*it.store);
  key.delete_at = kNow + hours(1);
  key.rotation_every = std::chrono::days(7);
  it.put(key);
  EXPECT_FALSE(it.holds(kMaterial));
  it.reopen();
  auto found = it.key();
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->description, "中文");
  EXPECT_EQ(found->tags.at("Project"), "Apollo");
  EXPECT_EQ(found->delete_at, key.delete_at);
  EXPECT_EQ(next_rotation(*found), kNow + std::chrono::days(7));
  EXPECT_EQ(it.store->open_material(*found, found->primary())->view(), kMaterial);
}

TEST(Store, AccountsSeeTheirOwnAlone) {
  Installation it;
  it.put(symmetric(*it.store));
  it.put(symmetric(*it.store, "1234567890123457"));
  EXPECT_EQ(it.store->list<Key>(kAccount).size(), 1U);
  EXPECT_EQ(it.store->list<Key>("123456789012345").size(), 0U);
  EXPECT_EQ(it.key("1"), nullptr);
  // Material that was put into another account's record does not open.
  auto mine = it.key();
  auto theirs = it.key("1234567890123457");
  EXPECT_FALSE(it.store->open_material(*theirs, mine->primary()));
}

TEST(Store, AnotherMasterKeyStopsTheStart) {
  Installation it;
  it.put(symmetric(*it.store));
  auto opened = run_blocking(Store::open(*it.kv, SealingKey::random()));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kUnsupported);
}

TEST(Store, SecretsGoWithTheirValues) {
  Installation it;
  Change change;
  Secret secret = secret_with_value(*it.store, change, "a value of a secret");
  it.commit(change);
  EXPECT_FALSE(it.holds("a value of a secret"));
  EXPECT_EQ(run_blocking(it.store->value(secret, 1))->view(), "a value of a secret");
  EXPECT_EQ(run_blocking(it.store->value(secret, 2)).error().code, ErrorCode::kNotFound);
  it.reopen();
  auto found = it.store->find<Secret>(kAccount, "db/password");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->staged("ACSCurrent")->id, "first");
  Change removal;
  removal.remove(found);
  it.commit(removal);
  EXPECT_FALSE(it.holds("s-1"));
  EXPECT_EQ(it.store->find<Secret>(kAccount, "db/password"), nullptr);
}

TEST(States, FollowTheClock) {
  Installation it;
  Key key = symmetric(*it.store);
  EXPECT_EQ(state_of(key, kNow), KeyState::kEnabled);
  key.enabled = false;
  EXPECT_EQ(state_of(key, kNow), KeyState::kDisabled);
  key.material_expires = kNow;
  EXPECT_EQ(state_of(key, kNow), KeyState::kPendingImport);
  key.delete_at = kNow + hours(1);
  EXPECT_EQ(state_of(key, kNow), KeyState::kPendingDeletion);
  EXPECT_EQ(state_of(key, kNow + hours(1)), KeyState::kGone);
}

TEST(Housekeeping, RemovesKeysWithTheirAliases) {
  Installation it;
  Key key = symmetric(*it.store);
  key.delete_at = kNow + hours(1);
  it.put(key);
  it.put(Alias{std::string(kAccount), "alias/a", "k-1", kNow});
  it.put(Alias{std::string(kAccount), "alias/b", "k-2", kNow});
  EXPECT_EQ(it.due(kNow), 0U);
  EXPECT_EQ(it.due(kNow + hours(1)), 1U);
  EXPECT_EQ(it.due(kNow + hours(1)), 0U);
  it.reopen();
  EXPECT_EQ(it.key(), nullptr);
  EXPECT_EQ(it.store->list<Alias>(kAccount).size(), 1U);
}

TEST(Housekeeping, RotatesKeysThatAreEnabled) {
  Installation it;
  Key key = symmetric(*it.store);
  key.rotation_every = hours(24);
  key.enabled = false;
  it.put(key);
  const Time then = kNow + hours(24);
  EXPECT_EQ(it.due(then), 0U);
  key.enabled = true;
  it.put(key);
  EXPECT_EQ(it.due(then - hours(1)), 0U);
  EXPECT_EQ(it.due(then), 1U);
  EXPECT_EQ(it.due(then), 0U);
  it.reopen();
  auto rotated = it.key();
  ASSERT_EQ(rotated->versions.size(), 2U);
  EXPECT_EQ(rotated->primary().created, then);
  auto material = it.store->open_material(*rotated, rotated->primary());
  EXPECT_EQ(material->size(), kMaterialBytes);
  EXPECT_NE(material->view(), kMaterial);
  EXPECT_EQ(it.store->open_material(*rotated, rotated->versions[0])->view(), kMaterial);
}

TEST(Housekeeping, StopsRotatingAtTheQuota) {
  Installation it;
  Key key = symmetric(*it.store);
  key.rotation_every = hours(24);
  while (key.versions.size() < kMaxRotatedVersions) key.versions.push_back(key.versions[0]);
  it.put(key);
  EXPECT_EQ(it.due(kNow + hours(48)), 0U);
}

TEST(Housekeeping, RemovesExpiredMaterialAndSecrets) {
  Installation it;
  Key key = symmetric(*it.store);
  key.origin = Origin::kExternal;
  key.material_print = it.store->print_of(key, kMaterial);
  key.material_expires = kNow + hours(1);
  it.put(key);
  Change change;
  Secret secret = secret_with_value(*it.store, change, "x");
  secret.delete_at = kNow + hours(2);
  change.put(secret);
  it.commit(change);
  EXPECT_EQ(it.due(kNow + hours(1)), 1U);
  it.reopen();
  EXPECT_EQ(state_of(*it.key(), kNow), KeyState::kPendingImport);
  EXPECT_TRUE(it.key()->primary().sealed.empty());
  EXPECT_TRUE(it.store->is_same_material(*it.key(), kMaterial));
  EXPECT_FALSE(it.store->is_same_material(*it.key(), "another"));
  EXPECT_EQ(it.due(kNow + hours(2)), 1U);
  EXPECT_FALSE(it.holds("s-1"));
}

TEST(Tokens, OpenUnchangedAlone) {
  Installation it;
  std::string token = it.store->seal_token("what an import needs");
  EXPECT_EQ(it.store->read_token(token)->view(), "what an import needs");
  token.back() ^= 1;
  EXPECT_FALSE(it.store->read_token(token));
  EXPECT_FALSE(it.store->read_token(""));
}

// Keys of two versions, one of them imported, and values of a secret, more than one piece of each.
struct Filled {
  static constexpr int kKeys = 40;
  static constexpr std::uint64_t kValues = 150;
  std::unique_ptr<engines::Kv> kv = engines::make_memory_kv();
  SealingKey old_key = SealingKey::random();
  SealingKey new_key = SealingKey::random();
  SealingKeys both{{new_key, old_key}};
  Secret secret;

  Filled() {
    auto store = std::move(*run_blocking(Store::open(*kv, old_key)));
    Change change;
    for (int i = 0; i < kKeys; ++i) {
      Key key = symmetric(*store);
      key.id = "k-" + std::to_string(i);
      key.versions = {{"v-1", kNow, {}}, {"v-2", kNow, {}}};
      for (KeyVersion& one : key.versions) one.sealed = store->seal_material(key, one.id, one.id);
      key.material_print = store->print_of(key, kMaterial);
      change.put(std::move(key));
    }
    secret = secret_with_value(*store, change, "1");
    for (std::uint64_t i = 2; i <= kValues; ++i) {
      change.put_value(secret, i, store->seal_value(secret, i, std::to_string(i)));
    }
    EXPECT_TRUE(run_blocking(store->commit(change)));
  }

  Result<std::unique_ptr<Store>> open(const SealingKeys& master) {
    return run_blocking(Store::open(*kv, master));
  }
  void expect_all(const Store& store) {
    for (int i = 0; i < kKeys; ++i) {
      auto key = store.find<Key>(kAccount, "k-" + std::to_string(i));
      ASSERT_NE(key, nullptr);
      EXPECT_TRUE(store.is_same_material(*key, kMaterial));
      for (const KeyVersion& one : key->versions) {
        auto material = store.open_material(*key, one);
        ASSERT_TRUE(material) << i << one.id;
        EXPECT_EQ(material->view(), one.id);
      }
    }
    for (std::uint64_t i = 1; i <= kValues; ++i) {
      auto value = run_blocking(store.value(secret, i));
      ASSERT_TRUE(value) << i;
      EXPECT_EQ(value->view(), std::to_string(i));
    }
  }
};

TEST(MasterKey, IsReplacedWhileThereAreRequests) {
  Filled it;
  auto store = std::move(*it.open(it.old_key));
  std::string token = store->seal_token("what an import needs");
  ASSERT_TRUE(run_blocking(store->rotate(it.both)));
  it.expect_all(*store);
  EXPECT_TRUE(store->read_token(token));
  auto alone = it.open(it.new_key);
  ASSERT_TRUE(alone);
  it.expect_all(**alone);
  EXPECT_EQ(it.open(it.old_key).error().code, ErrorCode::kUnsupported);
}

Task<Status> add_key(Store& store, std::string id) {
  auto turn = co_await store.turn();
  Key key = symmetric(store);
  key.id = std::move(id);
  key.versions[0].sealed = store.seal_material(key, "v-1", kMaterial);
  Change change;
  change.put(std::move(key));
  co_return co_await store.commit(change);
}

TEST(MasterKey, WhatIsMadeMeanwhileIsNotMissed) {
  Filled it;
  auto store = std::move(*it.open(it.old_key));
  constexpr int kMade = 50;
  std::jthread others([&] {
    for (int i = 0; i < kMade; ++i) {
      EXPECT_TRUE(run_blocking(add_key(*store, "new-" + std::to_string(i))));
      it.expect_all(*store);
    }
  });
  EXPECT_TRUE(run_blocking(store->rotate(it.both)));
  EXPECT_TRUE(run_blocking(store->rotate(it.new_key)));
  others.join();
  auto alone = it.open(it.new_key);
  ASSERT_TRUE(alone);
  it.expect_all(**alone);
  for (int i = 0; i < kMade; ++i) {
    auto key = (*alone)->find<Key>(kAccount, "new-" + std::to_string(i));
    ASSERT_NE(key, nullptr);
    EXPECT_TRUE((*alone)->open_material(*key, key->primary())) << i;
  }
}

TEST(MasterKey, ThatIsTakenAwayAtOnceHasStillOpenedEverything) {
  Filled it;
  auto store = std::move(*it.open(it.old_key));
  ASSERT_TRUE(run_blocking(store->rotate(it.new_key)));
  it.expect_all(*store);
  it.expect_all(**it.open(it.new_key));
}

TEST(MasterKey, IsReplacedAtTheStart) {
  Filled it;
  ASSERT_TRUE(it.open(it.both));
  it.expect_all(**it.open(it.new_key));
}

// Cut off at every write in turn, by a process that then ends.
TEST(MasterKey, ReplacingGoesOnWhereItWasCutOff) {
  constexpr std::size_t kLast = 5;  // after a mark, two pieces of keys and two of values, a mark
  std::size_t writes = 0;
  for (bool done = false; !done; ++writes) {
    Filled it;
    engines::FaultPlan plan;
    auto faulty = engines::make_fault_kv(*it.kv, plan);
    auto store = std::move(*run_blocking(Store::open(*faulty, it.old_key)));
    plan.add({.point = engines::FaultPoint::kCommit,
              .after = writes,
              .times = engines::Fault::kForEver,
              .applied = writes % 2 == 1});
    done = run_blocking(store->rotate(it.both)).has_value();
    it.expect_all(*store);
    store.reset();
    // Once it has begun, nobody starts without the old key and finds half of what there was.
    if (!done && writes > 0 && writes < kLast) {
      EXPECT_FALSE(it.open(it.new_key)) << writes;
      EXPECT_FALSE(it.open(it.old_key)) << writes;
    }
    if (!done) {
      ASSERT_TRUE(it.open(it.both)) << writes;
    }
    auto alone = it.open(it.new_key);
    ASSERT_TRUE(alone) << writes;
    it.expect_all(**alone);
  }
  EXPECT_EQ(writes, kLast + 2);
}

TEST(Store, ResetLeavesNothing) {
  Filled it;
  auto store = std::move(*it.open(it.both));
  ASSERT_TRUE(run_blocking(store->reset()));
  EXPECT_TRUE(store->list<Key>(kAccount).empty());
  EXPECT_TRUE(store->list<Secret>(kAccount).empty());
  EXPECT_EQ(run_blocking(store->value(it.secret, 1)).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(it.open(SealingKey::random()));  // nothing is left that another key could not open
}

}  // namespace
}  // namespace lakeside::kms
