#include "services/oss/core/object_cache.h"

#include <gtest/gtest.h>

#include "services/oss/core/tests/fixture.h"

namespace lakeside::oss {
namespace {

StoredObjectRef object(std::size_t size) {
  StoredObject made;
  made.tail.assign(size, 'x');
  made.record.info.size = size;
  return std::make_shared<const StoredObject>(std::move(made));
}

// On the heap: g++ 12's AddressSanitizer does not align large frames as the shards want it.
std::unique_ptr<ObjectCache> make_cache(std::size_t capacity) {
  return std::make_unique<ObjectCache>(capacity);
}

TEST(ObjectCache, FindsWhatWasInserted) {
  auto made = make_cache(16 << 20);
  ObjectCache& cache = *made;
  StoredObjectRef one = object(10);
  cache.insert("bucket", "key", one, cache.generation("bucket", "key"));
  EXPECT_EQ(cache.find("bucket", "key"), one);
  EXPECT_EQ(cache.find("bucket", "ke"), nullptr);
  EXPECT_EQ(cache.find("bucke", "key"), nullptr);
}

TEST(ObjectCache, KeepsNothingWithoutCapacity) {
  auto made = make_cache(0);
  ObjectCache& cache = *made;
  cache.insert("bucket", "key", object(10), cache.generation("bucket", "key"));
  EXPECT_EQ(cache.find("bucket", "key"), nullptr);
}

TEST(ObjectCache, TheLeastRecentlyUsedGoesFirst) {
  auto made = make_cache(16 * 100'000);  // 100,000 bytes a shard
  ObjectCache& cache = *made;
  auto insert = [&](const std::string& key) {
    cache.insert("bucket", key, object(20'000), cache.generation("bucket", key));
  };
  insert("used");
  for (int i = 0; i < 1000; ++i) {
    insert(std::to_string(i));
    ASSERT_NE(cache.find("bucket", "used"), nullptr) << i;
  }
  int left = 0;
  for (int i = 0; i < 1000; ++i) left += cache.find("bucket", std::to_string(i)) ? 1 : 0;
  EXPECT_GT(left, 16);
  EXPECT_LE(left, 16 * 4);
}

TEST(ObjectCache, AChangeForgetsAndKeepsOldReadsOut) {
  auto made = make_cache(16 << 20);
  ObjectCache& cache = *made;
  std::uint64_t before = cache.generation("bucket", "key");
  cache.insert("bucket", "key", object(1), before);
  std::uint64_t within = 0;
  {
    ObjectCache::Change change(cache, "bucket", {"key"});
    EXPECT_EQ(cache.find("bucket", "key"), nullptr);
    within = cache.generation("bucket", "key");
    cache.insert("bucket", "key", object(1), within);  // it may be what is being replaced
    EXPECT_EQ(cache.find("bucket", "key"), nullptr);
  }
  cache.insert("bucket", "key", object(1), before);
  cache.insert("bucket", "key", object(1), within);
  EXPECT_EQ(cache.find("bucket", "key"), nullptr);
  cache.insert("bucket", "key", object(1), cache.generation("bucket", "key"));
  EXPECT_NE(cache.find("bucket", "key"), nullptr);
}

class CachedStoreTest : public StoreTest {
 public:
  void SetUp() override {
    options_.object_cache_bytes = 1 << 20;
    StoreTest::SetUp();
  }
};

TEST_F(CachedStoreTest, AReadAfterAChangeSeesIt) {
  ASSERT_TRUE(put("key", "first"));
  EXPECT_EQ(*get("key"), "first");
  EXPECT_EQ(*get("key"), "first");
  ASSERT_TRUE(put("key", "second"));
  EXPECT_EQ(*get("key"), "second");
  EXPECT_EQ(head("key")->size, 6u);
  ASSERT_TRUE(run_blocking(store_->set_object_acl(kBucket, "key", Acl::kPublicRead)));
  EXPECT_EQ(head("key")->acl, Acl::kPublicRead);
  ASSERT_TRUE(remove("key"));
  EXPECT_CODE(get("key"), Errc::kNoSuchKey);
}

TEST_F(CachedStoreTest, ARangeOfACachedObject) {
  ASSERT_TRUE(put("key", "0123456789"));
  EXPECT_EQ(*get("key"), "0123456789");
  GetOptions options;
  options.range = ByteRange{2, 4};
  EXPECT_EQ(*get("key", options), "234");
}

TEST_F(CachedStoreTest, AHeadDoesNotHideTheData) {
  ASSERT_TRUE(put("key", "content"));
  ASSERT_TRUE(head("key"));
  EXPECT_EQ(*get("key"), "content");
}

}  // namespace
}  // namespace lakeside::oss
