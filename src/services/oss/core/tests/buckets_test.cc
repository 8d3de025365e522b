#include "services/oss/core/keys.h"
#include "services/oss/core/records.h"
#include "services/oss/core/tests/fixture.h"

namespace lakeside::oss {
namespace {

class Buckets : public StoreTest {
 protected:
  OssStatus erase(const std::string& name) { return run_blocking(store_->delete_bucket(name)); }
  OssResult<Bucket> find(const std::string& name) {
    auto bucket = run_blocking(store_->get_bucket(name));
    if (!bucket) return std::unexpected(bucket.error());
    return **bucket;
  }

  // Writes '!' as a deletion under way, or one that died, would.
  void close(const std::string& name, std::uint64_t nonce) {
    engines::Partition partition{find(name)->id};
    engines::Batch batch;
    batch.put(keys::state(), encode(BucketState{true, nonce}));
    ASSERT_TRUE(run_blocking(kv_->commit(partition, batch)));
  }
};

TEST_F(Buckets, CreateFindDelete) {
  clock_.set(kEpoch + std::chrono::seconds(5));
  Bucket wanted;
  wanted.name = "second";
  wanted.owner = kOwner;
  wanted.acl = Acl::kPublicRead;
  wanted.storage_class = StorageClass::kIa;
  auto made = run_blocking(store_->create_bucket(wanted));
  ASSERT_TRUE(made);
  EXPECT_EQ(made->name, "second");
  EXPECT_EQ(made->created, clock_.now());
  EXPECT_EQ(made->id.size(), 21u);
  EXPECT_EQ(*find("second"), *made);
  EXPECT_NE(find(kBucket)->id, made->id);
  EXPECT_TRUE(erase("second"));
  EXPECT_CODE(find("second"), Errc::kNoSuchBucket);
  EXPECT_CODE(erase("second"), Errc::kNoSuchBucket);
  auto again = run_blocking(store_->create_bucket(wanted));
  EXPECT_NE(again->id, made->id);
}

TEST_F(Buckets, NamesThatAreTaken) {
  EXPECT_CODE(create(kBucket), Errc::kBucketAlreadyOwnedByYou);
  EXPECT_CODE(create(kBucket, "someone-else"), Errc::kBucketAlreadyExists);
  EXPECT_CODE(create("No"), Errc::kInvalidBucketName);
  EXPECT_CODE(find("No"), Errc::kInvalidBucketName);
  EXPECT_CODE(erase("No"), Errc::kInvalidBucketName);
}

TEST_F(Buckets, AReservedNameIsForItsAccountAlone) {
  options_.reserved_buckets = {{"reserved", kOwner}};
  restart();
  EXPECT_CODE(create("reserved", "6543210987654321"), Errc::kBucketAlreadyExists);
  EXPECT_TRUE(create("reserved"));
}

TEST_F(Buckets, NoMoreThanTheLimit) {
  for (std::size_t i = 1; i < kMaxBucketsPerAccount; ++i) {
    ASSERT_TRUE(create("bucket-" + std::to_string(i)));
  }
  EXPECT_CODE(create("one-too-many"), Errc::kTooManyBuckets);
  EXPECT_TRUE(create("of-another-account", "other"));
}

TEST_F(Buckets, AclIsSeenAtOnceAndAfterARestart) {
  EXPECT_EQ(find(kBucket)->acl, Acl::kPrivate);
  EXPECT_TRUE(run_blocking(store_->set_bucket_acl(kBucket, Acl::kPublicReadWrite)));
  EXPECT_EQ(find(kBucket)->acl, Acl::kPublicReadWrite);
  restart();
  EXPECT_EQ(find(kBucket)->acl, Acl::kPublicReadWrite);
  EXPECT_CODE(run_blocking(store_->set_bucket_acl("no-bucket", Acl::kPrivate)),
              Errc::kNoSuchBucket);
}

TEST_F(Buckets, ListsThoseOfAnOwner) {
  ASSERT_TRUE(create("aaa"));
  ASSERT_TRUE(create("aab", "other"));
  ASSERT_TRUE(create("zzz"));
  auto names = [&](const std::string& owner, const std::string& prefix, const std::string& after,
                   std::uint32_t max) {
    std::vector<std::string> out;
    auto page = run_blocking(store_->list_buckets(owner, prefix, after, max));
    for (const Bucket& bucket : *page) out.push_back(bucket.name);
    return out;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names(kOwner, "", "", 100), (Names{"aaa", kBucket, "zzz"}));
  EXPECT_EQ(names(kOwner, "", "", 2), (Names{"aaa", kBucket}));
  EXPECT_EQ(names(kOwner, "", "aaa", 100), (Names{kBucket, "zzz"}));
  EXPECT_EQ(names(kOwner, "z", "", 100), (Names{"zzz"}));
  EXPECT_EQ(names(kOwner, "a", "aaa", 100), (Names{}));
  EXPECT_EQ(names(kOwner, "t", "aaa", 100), (Names{kBucket}));
  EXPECT_EQ(names("other", "", "", 100), (Names{"aab"}));
  EXPECT_EQ(names(kOwner, "", "", 0), (Names{}));
}

TEST_F(Buckets, OnlyAnEmptyOneIsDeleted) {
  ASSERT_TRUE(put("key", "x"));
  EXPECT_CODE(erase(kBucket), Errc::kBucketNotEmpty);
  ASSERT_TRUE(put("key", "y"));  // it is open again
  ASSERT_TRUE(remove("key"));
  auto upload = run_blocking(store_->initiate(kBucket, "key", {}));
  ASSERT_TRUE(upload);
  EXPECT_CODE(erase(kBucket), Errc::kBucketNotEmpty);
  ASSERT_TRUE(run_blocking(store_->abort(kBucket, "key", upload->upload_id)));
  EXPECT_TRUE(erase(kBucket));
  EXPECT_CODE(put("key", "x"), Errc::kNoSuchBucket);
}

TEST_F(Buckets, AWriterReopensWhatADeadDeletionClosed) {
  ASSERT_TRUE(put("old", "x"));
  close(kBucket, 77);
  EXPECT_EQ(*get("old"), "x");  // reads go on
  EXPECT_CODE(get("none"), Errc::kNoSuchKey);
  EXPECT_TRUE(list({}).entries.size() == 1);
  ASSERT_TRUE(put("new", "y"));
  EXPECT_EQ(*get("new"), "y");
  close(kBucket, 78);
  EXPECT_TRUE(remove("old"));
  close(kBucket, 79);
  EXPECT_TRUE(remove("new"));
  close(kBucket, 80);
  EXPECT_TRUE(erase(kBucket));
}

// A store that still remembers a bucket which another process deleted.
TEST_F(Buckets, StaleMemoryOfADeletedBucket) {
  auto other = ObjectStore::create(*kv_, *blobs_, pool_, clock_, options_);
  ASSERT_TRUE(find(kBucket));
  ASSERT_TRUE(run_blocking(other->delete_bucket(kBucket)));
  ASSERT_TRUE(find(kBucket));  // stale
  EXPECT_CODE(put("key", "x"), Errc::kNoSuchBucket);
  EXPECT_CODE(find(kBucket), Errc::kNoSuchBucket);
}

TEST_F(Buckets, StaleMemoryAndReads) {
  auto other = ObjectStore::create(*kv_, *blobs_, pool_, clock_, options_);
  ASSERT_TRUE(find(kBucket));
  ASSERT_TRUE(run_blocking(other->delete_bucket(kBucket)));
  EXPECT_CODE(get("key"), Errc::kNoSuchBucket);
  ASSERT_TRUE(create(kBucket));
  ASSERT_TRUE(run_blocking(other->delete_bucket(kBucket)));
  EXPECT_CODE(run_blocking(store_->list(kBucket, {})), Errc::kNoSuchBucket);
}

TEST_F(Buckets, Stat) {
  ASSERT_TRUE(put("a", pattern(100)));
  ASSERT_TRUE(put("b", pattern(100'000)));
  auto upload = run_blocking(store_->initiate(kBucket, "c", {}));
  for (std::uint32_t number : {1u, 2u}) {
    TestSource source(pattern(1000));
    Body body{source, {}, {}, {}};
    ASSERT_TRUE(run_blocking(store_->upload_part(kBucket, "c", upload->upload_id, number, body)));
  }
  auto stat = run_blocking(store_->bucket_stat(kBucket));
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->object_count, 2u);
  EXPECT_EQ(stat->storage, 102'100u);
  EXPECT_EQ(stat->multipart_upload_count, 1u);
  EXPECT_EQ(stat->multipart_part_count, 2u);
  EXPECT_CODE(run_blocking(store_->bucket_stat("no-bucket")), Errc::kNoSuchBucket);
}

TEST_F(Buckets, StatOfMoreThanOneScan) {
  for (int i = 0; i < 20'500; ++i) ASSERT_TRUE(put(std::to_string(i), "12"));
  auto stat = run_blocking(store_->bucket_stat(kBucket));
  EXPECT_EQ(stat->object_count, 20'500u);
  EXPECT_EQ(stat->storage, 41'000u);
}

// A Kv that does something before its nth commit.
class HookedKv final : public engines::Kv {
 public:
  HookedKv(engines::Kv& inner, int nth, std::function<void()> hook)
      : inner_(inner), left_(nth), hook_(std::move(hook)) {}
  Task<Result<std::vector<std::optional<std::string>>>> get(
      const engines::Partition& partition, std::span<const std::string> keys) override {
    return inner_.get(partition, keys);
  }
  Task<Status> commit(const engines::Partition& partition, const engines::Batch& batch) override {
    if (--left_ == 0) hook_();
    return inner_.commit(partition, batch);
  }
  Task<Status> scan(const engines::Partition& partition, std::string_view from,
                    const engines::ScanVisitor& visitor) override {
    return inner_.scan(partition, from, visitor);
  }

 private:
  engines::Kv& inner_;
  int left_;
  std::function<void()> hook_;
};

// The sweeper takes a creation for dead that is only slow: it must not come to life afterwards.
TEST_F(Buckets, ACreationThatWasSweptMeanwhile) {
  auto claim = [this] {
    std::string key;
    engines::ScanVisitor visit = [&key](std::string_view found, std::string_view) {
      key = found;
      return engines::ScanStep::stop();
    };
    ASSERT_TRUE(run_blocking(kv_->scan(keys::buckets_partition(), "x", visit)));
    engines::Batch batch;
    batch.put(key, encode(SweepRecord{false, kEpoch}));
    ASSERT_TRUE(run_blocking(kv_->commit(keys::buckets_partition(), batch)));
  };
  HookedKv hooked(*kv_, 3, claim);
  auto store = ObjectStore::create(hooked, *blobs_, pool_, clock_, options_);
  Bucket wanted;
  wanted.name = "slow-bucket";
  EXPECT_CODE(run_blocking(store->create_bucket(wanted)), Errc::kServiceUnavailable);
  EXPECT_CODE(find("slow-bucket"), Errc::kNoSuchBucket);
  EXPECT_TRUE(create("slow-bucket"));
}

}  // namespace
}  // namespace lakeside::oss
