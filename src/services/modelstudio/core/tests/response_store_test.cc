#include "services/modelstudio/core/response_store.h"

#include <gtest/gtest.h>

#include "engines/memory/memory_kv.h"

namespace lakeside::modelstudio {
namespace {

class ResponseStoreTest : public testing::Test {
 protected:
  Status add(const StoredResponse& response) { return run_blocking(store_->add(response)); }
  bool has(const std::string& workspace, const std::string& id) {
    auto found = run_blocking(store_->find(workspace, id));
    EXPECT_TRUE(found || found.error().code == ErrorCode::kNotFound);
    return found.has_value();
  }
  std::size_t keys() {
    std::size_t count = 0;
    engines::ScanVisitor visitor = [&](std::string_view, std::string_view) {
      ++count;
      return engines::ScanStep::next();
    };
    EXPECT_TRUE(run_blocking(kv_->scan({"modelstudio.responses"}, "", visitor)));
    return count;
  }

  ManualClock clock_{*parse_iso8601("2026-11-21T23:15:09Z")};
  std::unique_ptr<engines::Kv> kv_ = engines::make_memory_kv();
  std::unique_ptr<ResponseStore> store_ = ResponseStore::create(*kv_, clock_);
  StoredResponse one_{.id = "resp_1",
                      .workspace = "default",
                      .previous = "resp_0",
                      .created = clock_.now(),
                      .input = "[]",
                      .document = "{\"id\":\"resp_1\"}"};
};

TEST_F(ResponseStoreTest, KeepsWhatItIsGiven) {
  ASSERT_TRUE(add(one_));
  auto found = run_blocking(store_->find("default", "resp_1"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, "resp_1");
  EXPECT_EQ(found->previous, "resp_0");
  EXPECT_EQ(found->created, clock_.now());
  EXPECT_EQ(found->input, "[]");
  EXPECT_EQ(found->document, one_.document);
  EXPECT_FALSE(has("other", "resp_1"));
  EXPECT_FALSE(has("default", "resp_2"));
  EXPECT_FALSE(has("default", ""));
  EXPECT_FALSE(has("default", std::string(5000, 'a')));
  EXPECT_EQ(add(one_).error().code, ErrorCode::kGuardFailed);
}

TEST_F(ResponseStoreTest, ChangesWhatIsThere) {
  ASSERT_TRUE(add(one_));
  auto change = [this](const std::string& workspace,
                       const std::function<bool(StoredResponse&)>& edit) {
    return run_blocking(store_->change(workspace, "resp_1", edit));
  };
  int edits = 0;
  // Somebody else is faster the first time.
  auto changed = change("default", [&](StoredResponse& response) {
    if (++edits == 1) {
      EXPECT_TRUE(change("default", [](StoredResponse& other) {
        other.document = "first";
        return true;
      }));
    }
    response.document += "+";
    return true;
  });
  ASSERT_TRUE(changed);
  EXPECT_EQ(edits, 2);
  EXPECT_EQ(changed->document, "first+");
  EXPECT_EQ(run_blocking(store_->find("default", "resp_1"))->document, "first+");
  auto left = change("default", [](StoredResponse&) { return false; });
  EXPECT_EQ(left->document, "first+");
  auto large = change("default", [](StoredResponse& response) {
    response.document.assign(kMaxStoredResponse, 'x');
    return true;
  });
  EXPECT_EQ(large.error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(change("other", [](StoredResponse&) { return true; }).error().code,
            ErrorCode::kNotFound);
}

TEST_F(ResponseStoreTest, RemovesAllOfIt) {
  ASSERT_TRUE(add(one_));
  EXPECT_EQ(run_blocking(store_->remove("other", "resp_1")).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(run_blocking(store_->remove("default", "resp_1")));
  EXPECT_FALSE(has("default", "resp_1"));
  EXPECT_EQ(keys(), 0U);
}

TEST_F(ResponseStoreTest, KeepsItForThirtyDays) {
  ASSERT_TRUE(add(one_));
  clock_.set(clock_.now() + std::chrono::days(1));
  one_.id = "resp_2";
  one_.created = clock_.now();
  ASSERT_TRUE(add(one_));
  clock_.set(clock_.now() + std::chrono::days(28));
  EXPECT_EQ(run_blocking(store_->remove_expired()), 0U);
  EXPECT_TRUE(has("default", "resp_1"));
  clock_.set(clock_.now() + std::chrono::days(1));
  EXPECT_FALSE(has("default", "resp_1"));
  EXPECT_EQ(run_blocking(store_->remove_expired()), 1U);
  EXPECT_TRUE(has("default", "resp_2"));
  EXPECT_EQ(keys(), 2U);
}

TEST_F(ResponseStoreTest, ClearsHoweverManyThereAre) {
  for (int i = 0; i < 600; ++i) {
    one_.id = "resp_" + std::to_string(i);
    ASSERT_TRUE(add(one_));
  }
  ASSERT_TRUE(run_blocking(store_->clear()));
  EXPECT_EQ(keys(), 0U);
}

TEST_F(ResponseStoreTest, RefusesWhatIsTooLarge) {
  one_.input = std::string(kMaxStoredResponse, 'x');
  EXPECT_EQ(add(one_).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(keys(), 0U);
}

}  // namespace
}  // namespace lakeside::modelstudio
