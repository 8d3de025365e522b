#include "services/modelstudio/core/conversation_store.h"

#include <gtest/gtest.h>

#include "engines/memory/memory_kv.h"

namespace lakeside::modelstudio {
namespace {

using Known = ConversationStore::Known;

class ConversationStoreTest : public testing::Test {
 protected:
  using Items = std::vector<ConversationItem>;

  void SetUp() override { ASSERT_TRUE(run_blocking(store_->add(one_, {{"a", "1"}, {"b", "2"}}))); }
  Status append(const Items& items, Known known = Known::kRefuse) {
    return run_blocking(store_->append("default", "conv_1", items, known));
  }
  std::string ids(const std::vector<ConversationItem>& items) {
    std::string all;
    for (const ConversationItem& item : items) all += item.id;
    return all;
  }
  std::string all() { return ids(*run_blocking(store_->all("default", "conv_1", 1000))); }
  std::string page(const std::string& after, std::size_t limit, bool newest_first) {
    ConversationStore::ListOptions options{after, limit, newest_first};
    auto page = run_blocking(store_->list("default", "conv_1", options));
    return ids(page->items) + (page->more ? "+" : "");
  }
  std::size_t records() {
    std::size_t count = 0;
    engines::ScanVisitor visitor = [&](std::string_view, std::string_view) {
      ++count;
      return engines::ScanStep::next();
    };
    EXPECT_TRUE(run_blocking(kv_->scan({"modelstudio.conversations"}, "", visitor)));
    return count;
  }

  std::unique_ptr<engines::Kv> kv_ = engines::make_memory_kv();
  std::unique_ptr<ConversationStore> store_ = ConversationStore::create(*kv_);
  const Conversation one_{.id = "conv_1",
                          .workspace = "default",
                          .created = *parse_iso8601("2026-11-21T23:15:09Z"),
                          .metadata = "{}"};
};

TEST_F(ConversationStoreTest, KeepsItemsInTheirOrder) {
  ASSERT_TRUE(append({{"z", "3"}, {"c", "4"}}));
  EXPECT_EQ(all(), "abzc");
  auto found = run_blocking(store_->find("default", "conv_1"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->created, one_.created);
  EXPECT_EQ(found->metadata, "{}");
  EXPECT_EQ((*run_blocking(store_->item("default", "conv_1", "z")))->json, "3");
  EXPECT_FALSE(*run_blocking(store_->item("default", "conv_1", "q")));
}

TEST_F(ConversationStoreTest, ListsInPages) {
  ASSERT_TRUE(append({{"c", "3"}, {"d", "4"}}));
  EXPECT_EQ(page("", 10, true), "dcba");
  EXPECT_EQ(page("", 3, true), "dcb+");
  EXPECT_EQ(page("c", 1, true), "b+");
  EXPECT_EQ(page("b", 1, true), "a");
  EXPECT_EQ(page("", 3, false), "abc+");
  EXPECT_EQ(page("c", 3, false), "d");
  EXPECT_EQ(page("d", 3, false), "");
  ConversationStore::ListOptions options{"none", 3, false};
  EXPECT_EQ(run_blocking(store_->list("default", "conv_1", options)).error().code,
            ErrorCode::kInvalid);
}

TEST_F(ConversationStoreTest, ItemsAreThereOnce) {
  EXPECT_EQ(append({{"c", "3"}, {"a", "x"}}).error().code, ErrorCode::kGuardFailed);
  EXPECT_EQ(append({{"c", "3"}, {"c", "4"}}).error().code, ErrorCode::kGuardFailed);
  EXPECT_EQ(all(), "ab") << "all or none";
  ASSERT_TRUE(append({{"a", "x"}, {"c", "3"}}, Known::kSkip));
  EXPECT_EQ(all(), "abc");
  EXPECT_EQ((*run_blocking(store_->item("default", "conv_1", "a")))->json, "1");
  EXPECT_EQ(append({{"", "3"}}).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(append({{std::string(129, 'a'), "3"}}).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(append({{"d", std::string(kMaxConversationItem + 1, 'x')}}).error().code,
            ErrorCode::kTooLarge);
}

TEST_F(ConversationStoreTest, ItemsGoAlone) {
  EXPECT_TRUE(*run_blocking(store_->remove_item("default", "conv_1", "a")));
  EXPECT_FALSE(*run_blocking(store_->remove_item("default", "conv_1", "a")));
  EXPECT_EQ(all(), "b");
  ASSERT_TRUE(append({{"a", "again"}}));
  EXPECT_EQ(all(), "ba");
}

TEST_F(ConversationStoreTest, NobodyElseSeesIt) {
  for (const char* workspace : {"other", "default/conv_1"}) {
    EXPECT_EQ(run_blocking(store_->find(workspace, "conv_1")).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(run_blocking(store_->item(workspace, "conv_1", "a")).error().code,
              ErrorCode::kNotFound);
    EXPECT_EQ(run_blocking(store_->remove(workspace, "conv_1")).error().code, ErrorCode::kNotFound);
  }
  EXPECT_EQ(run_blocking(store_->find("default", "")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(run_blocking(store_->find("default", std::string(5000, 'x'))).error().code,
            ErrorCode::kNotFound);
}

TEST_F(ConversationStoreTest, RemovesAllOfIt) {
  Items many;
  for (int i = 0; i < 1500; ++i) many.push_back({"item" + std::to_string(i), "x"});
  ASSERT_TRUE(append(many));
  Conversation other = one_;
  other.id = "conv_10";  // whose name begins as the other's
  ASSERT_TRUE(run_blocking(store_->add(other, {{"a", "1"}})));
  ASSERT_TRUE(run_blocking(store_->remove("default", "conv_1")));
  EXPECT_EQ(run_blocking(store_->find("default", "conv_1")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(records(), 3U) << "the other's";
}

TEST_F(ConversationStoreTest, ReadsNoMoreThanItMay) {
  EXPECT_EQ(run_blocking(store_->all("default", "conv_1", 3)).error().code, ErrorCode::kTooLarge);
}

TEST_F(ConversationStoreTest, ChangesItsMetadata) {
  auto changed = run_blocking(store_->set_metadata("default", "conv_1", R"({"a":"b"})"));
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->metadata, R"({"a":"b"})");
  ASSERT_TRUE(append({{"c", "3"}}));
  EXPECT_EQ(all(), "abc");
  EXPECT_EQ(run_blocking(store_->find("default", "conv_1"))->metadata, R"({"a":"b"})");
}

}  // namespace
}  // namespace lakeside::modelstudio
