#include "services/modelstudio/core/model_keys.h"

#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "base/crypto.h"
#include "base/encoding.h"
#include "engines/memory/memory_kv.h"
#include "services/modelstudio/core/key_records.h"

namespace lakeside::modelstudio {
namespace {

class ModelKeysTest : public testing::Test {
 protected:
  std::unique_ptr<KeyStore> open() {
    return std::move(*run_blocking(KeyStore::open(*kv_, clock_)));
  }
  static KeyStore::Created make(KeyStore& keys, const KeySettings& settings) {
    return std::move(*run_blocking(keys.create(settings, {})));
  }

  ManualClock clock_{*parse_iso8601("2026-11-21T23:15:09Z")};
  std::unique_ptr<engines::Kv> kv_ = engines::make_memory_kv();
};

TEST_F(ModelKeysTest, AKeyIsFoundByItsTextAlone) {
  auto keys = open();
  auto made =
      make(*keys, {.name = "ci", .weight = 3, .max_concurrent = 4, .expires = clock_.now()});
  EXPECT_TRUE(made.secret.starts_with("sk-"));
  EXPECT_EQ(made.secret.size(), 46U);
  auto found = keys->find(made.secret);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, made.key.id);
  EXPECT_EQ(found->settings.name, "ci");
  EXPECT_FALSE(keys->find(made.secret.substr(1)));
  EXPECT_FALSE(keys->find(""));
  EXPECT_FALSE(keys->find(made.key.id));
  serving::Tenant tenant = tenant_of(*found);
  EXPECT_EQ(tenant.id, made.key.id);
  EXPECT_EQ(tenant.weight, 3);
  EXPECT_EQ(tenant.max_concurrent, 4U);
}

TEST_F(ModelKeysTest, KeysSurviveAndTheStoreHasNoSecret) {
  KeyStore::Created made;
  {
    auto keys = open();
    made = make(*keys, {.name = "a",
                        .priority = -2,
                        .tokens_per_minute = 1000,
                        .share_prefixes = false,
                        .expires = clock_.now(),
                        .workspace = "team-1",
                        .buckets = {"models"}});
  }
  auto keys = open();
  auto found = keys->find(made.secret);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->created, clock_.now());
  EXPECT_EQ(found->settings.priority, -2);
  EXPECT_EQ(found->settings.tokens_per_minute, 1000U);
  EXPECT_FALSE(found->settings.share_prefixes);
  EXPECT_EQ(found->settings.expires, clock_.now());
  EXPECT_EQ(found->settings.workspace, "team-1");
  EXPECT_EQ(found->settings.buckets, std::vector<std::string>{"models"});
  std::string all;
  engines::ScanVisitor visitor = [&](std::string_view key, std::string_view value) {
    all.append(key).append(value);
    return engines::ScanStep::next();
  };
  ASSERT_TRUE(run_blocking(kv_->scan({"modelstudio.keys"}, "", visitor)));
  EXPECT_FALSE(all.empty());
  EXPECT_EQ(all.find(made.secret.substr(3)), std::string::npos);
}

TEST_F(ModelKeysTest, AChangeHoldsFromTheNextRequestOn) {
  auto keys = open();
  auto made = make(*keys, {.name = "a"});
  KeySettings settings = made.key.settings;
  settings.enabled = false;
  ASSERT_TRUE(run_blocking(keys->change(made.key.id, settings)));
  EXPECT_FALSE(keys->find(made.secret)->settings.enabled);
  EXPECT_FALSE(open()->find(made.secret)->settings.enabled);
  ASSERT_TRUE(run_blocking(keys->revoke(made.key.id)));
  EXPECT_FALSE(keys->find(made.secret));
  EXPECT_FALSE(open()->find(made.secret));
  EXPECT_EQ(run_blocking(keys->revoke(made.key.id)).error().code, ErrorCode::kNotFound);
}

TEST_F(ModelKeysTest, AResetKeyIsTheSameWithAnotherText) {
  auto keys = open();
  auto made = make(*keys, {.name = "a"});
  auto again = run_blocking(keys->reset(made.key.id));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->key.id, made.key.id);
  EXPECT_FALSE(keys->find(made.secret));
  EXPECT_EQ(open()->find(again->secret)->settings.name, "a");
  EXPECT_FALSE(open()->find(made.secret));
  EXPECT_EQ(run_blocking(keys->reset("key-0")).error().code, ErrorCode::kNotFound);
}

TEST_F(ModelKeysTest, AKeyCallsTheModelsItNames) {
  auto keys = open();
  EXPECT_TRUE(may_call(make(*keys, {}).key, "any"));
  auto some = make(*keys, {.models = {"a", "b"}, .created_by = "acs:ram::1:user/ann"});
  EXPECT_TRUE(may_call(some.key, "b"));
  EXPECT_FALSE(may_call(some.key, "c"));
  EXPECT_FALSE(may_call(make(*keys, {.models = {}}).key, "a"));
  auto found = open()->find(some.secret);
  EXPECT_EQ(found->settings.models, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(found->settings.created_by, "acs:ram::1:user/ann");
}

TEST_F(ModelKeysTest, ListsTheOldestFirst) {
  auto keys = open();
  for (std::string name : {"a", "b", "c"}) {
    make(*keys, {.name = name});
    clock_.set(clock_.now() + std::chrono::seconds(1));
  }
  std::string names;
  std::set<std::string> ids;
  for (const ModelKey& key : keys->list()) {
    names += key.settings.name;
    ids.insert(key.id);
  }
  EXPECT_EQ(names, "abc");
  EXPECT_EQ(ids.size(), 3U);
}

TEST_F(ModelKeysTest, RefusesWhatMakesNoSense) {
  auto keys = open();
  auto code = [&](const KeySettings& settings, const std::optional<std::string>& secret) {
    auto made = run_blocking(keys->create(settings, secret));
    return made ? "" : std::string(to_string(made.error().code));
  };
  std::string invalid(to_string(ErrorCode::kInvalid));
  EXPECT_EQ(code({.name = std::string(129, 'x')}, {}), invalid);
  EXPECT_EQ(code({.weight = 0}, {}), invalid);
  EXPECT_EQ(code({.weight = std::numeric_limits<double>::quiet_NaN()}, {}), invalid);
  EXPECT_EQ(code({.workspace = ""}, {}), invalid);
  EXPECT_EQ(code({.workspace = std::string(65, 'a')}, {}), invalid);
  EXPECT_EQ(code({.workspace = "a/b"}, {}), invalid);
  EXPECT_EQ(code({.buckets = {"a/b"}}, {}), invalid);
  EXPECT_EQ(code({.buckets = std::vector<std::string>(257, "a")}, {}), invalid);
  EXPECT_EQ(code({.models = {""}}, {}), invalid);
  EXPECT_EQ(code({}, "sk-fixed"), "");
  EXPECT_EQ(code({}, "sk-fixed"), to_string(ErrorCode::kGuardFailed));
  EXPECT_TRUE(keys->find("sk-fixed"));
}

TEST_F(ModelKeysTest, AKeyReachesTheBucketsItNames) {
  ModelKey key;
  EXPECT_FALSE(may_reach(key, "data"));
  key.settings.buckets = {"models", "data"};
  EXPECT_TRUE(may_reach(key, "data"));
  EXPECT_FALSE(may_reach(key, "dat"));
  EXPECT_FALSE(may_reach(key, "*"));
  key.settings.buckets = {"*"};
  EXPECT_TRUE(may_reach(key, "data"));
}

TEST_F(ModelKeysTest, ARecordOfTheFirstVersionReadsAsTheDefaultsAndCanBeChanged) {
  engines::Batch batch;
  batch.put(hex_lower(sha256(as_bytes("sk-old"))),
            R"({"v":1,"id":"key-1","created":0,"name":"a","weight":1.0,"priority":0,)"
            R"("max_concurrent":0,"tokens_per_minute":0,"share_prefixes":true,"enabled":true})");
  ASSERT_TRUE(run_blocking(kv_->commit(engines::Partition{"modelstudio.keys"}, batch)));
  auto keys = open();
  auto key = keys->find("sk-old");
  ASSERT_TRUE(key);
  EXPECT_EQ(key->settings.workspace, "default");
  EXPECT_TRUE(key->settings.buckets.empty());
  key->settings.buckets = {"*"};
  ASSERT_TRUE(run_blocking(keys->change(key->id, key->settings)));
  EXPECT_TRUE(may_reach(*open()->find("sk-old"), "data"));
}

TEST_F(ModelKeysTest, ARecordThatIsNoneIsCorrupt) {
  EXPECT_EQ(decode_key("{").error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(decode_key("{\"v\":1}").error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(decode_key("{\"v\":2}").error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace lakeside::modelstudio
