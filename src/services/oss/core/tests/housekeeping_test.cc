#include "engines/fault/fault_blob.h"
#include "services/oss/core/keys.h"
#include "services/oss/core/records.h"
#include "services/oss/core/tests/fixture.h"

namespace lakeside::oss {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class Housekeeping : public StoreTest {
 public:
  void pass(std::chrono::microseconds time) { clock_.set(clock_.now() + time); }
  std::size_t garbage() { return *run_blocking(store_->collect_garbage()); }
  std::size_t orphans() { return *run_blocking(store_->collect_orphans()); }
  std::string id_of(const std::string& bucket) {
    return run_blocking(store_->get_bucket(bucket)).value()->id;
  }
  std::size_t keys_in(const std::string& partition_name) {
    std::size_t count = 0;
    engines::Partition partition{partition_name};
    engines::ScanVisitor visit = [&](std::string_view, std::string_view) {
      ++count;
      return engines::ScanStep::next();
    };
    EXPECT_TRUE(run_blocking(kv_->scan(partition, "", visit)));
    return count;
  }
  engines::BlobId stray_blob(const std::string& group) {
    auto write = [](engines::BlobStore& blobs, std::string name) -> Task<engines::BlobId> {
      auto writer = co_await blobs.create(name);
      Chunk chunk = Chunk::allocate(4096);
      chunk.extend(100);
      EXPECT_TRUE(co_await (*writer)->append(std::move(chunk)));
      co_return *co_await (*writer)->finish();
    };
    return run_blocking(write(*blobs_, group));
  }
  std::string three_blobs(const std::string& key) {
    auto upload = run_blocking(store_->initiate(kBucket, key, {}));
    std::string whole;
    for (std::uint32_t number : {1u, 2u, 3u}) {
      std::string data = pattern(200'000, number);
      TestSource source(data);
      Body body{source, {}, {}, {}};
      EXPECT_TRUE(run_blocking(store_->upload_part(kBucket, key, upload->upload_id, number, body)));
      whole += data;
    }
    CompleteOptions options;
    options.all_parts = true;
    EXPECT_TRUE(run_blocking(store_->complete(kBucket, key, upload->upload_id, options)));
    return whole;
  }
};

TEST_F(Housekeeping, GarbageWaitsForTheGrace) {
  ASSERT_TRUE(put("a", pattern(100'000)));
  ASSERT_TRUE(put("b", pattern(100'000)));
  ASSERT_TRUE(remove("a"));
  EXPECT_EQ(garbage(), 0u);
  pass(seconds(59));
  EXPECT_EQ(garbage(), 0u);
  EXPECT_EQ(blob_count(), 2u);
  pass(seconds(2));
  EXPECT_EQ(garbage(), 1u);
  EXPECT_EQ(blob_count(), 1u);
  EXPECT_EQ(records_of('r').size(), 1u);
  EXPECT_TRUE(records_of('g').empty());
  EXPECT_TRUE(*get("b") == pattern(100'000));
}

TEST_F(Housekeeping, ManyBucketsAndMuchGarbage) {
  for (int b = 0; b < 5; ++b) {
    std::string bucket = "bucket-" + std::to_string(b);
    ASSERT_TRUE(create(bucket));
    for (int i = 0; i < 400; ++i) {
      ASSERT_TRUE(run_blocking(put_task("key", pattern(70'000), {}, bucket)));
    }
  }
  pass(hours(1));
  std::size_t total = 0;
  for (int call = 0; call < 10; ++call) {
    std::size_t removed = garbage();
    EXPECT_LE(removed, 1500u);
    total += removed;
  }
  EXPECT_EQ(total, 5u * 399);
  EXPECT_EQ(blob_count(), 5u);
}

TEST_F(Housekeeping, AReaderKeepsWhatItHasYetToRead) {
  std::string whole = three_blobs("key");
  std::string read;
  {
    auto found = run_blocking(store_->get(kBucket, "key", {}));
    ASSERT_TRUE(found);
    auto first = run_blocking(found->stream->next());
    read += as_text(std::get<Chunk>(**first).view());
    ASSERT_TRUE(remove("key"));
    pass(hours(1));
    EXPECT_EQ(garbage(), 0u);
    EXPECT_EQ(blob_count(), 3u);
    // Nor does the deletion of the whole bucket take it away.
    ASSERT_TRUE(run_blocking(store_->delete_bucket(kBucket)));
    pass(hours(1));
    static_cast<void>(garbage());
    read += *run_blocking(read_all(*found->stream));
    EXPECT_TRUE(read == whole);
  }
  static_cast<void>(garbage());
  EXPECT_EQ(blob_count(), 0u);
}

TEST_F(Housekeeping, OneStreamHoldsItsPinNoLongerThanItNeeds) {
  three_blobs("key");
  auto found = run_blocking(store_->get(kBucket, "key", {}));
  ASSERT_TRUE(remove("key"));
  pass(hours(1));
  found->stream.reset();  // the client went away
  EXPECT_EQ(garbage(), 3u);
}

TEST_F(Housekeeping, OrphansOfThisProcess) {
  ASSERT_TRUE(put("kept", pattern(100'000)));
  stray_blob(id_of(kBucket));
  engines::BlobId foreign = stray_blob("models");
  EXPECT_EQ(orphans(), 0u);
  pass(std::chrono::minutes(30));
  EXPECT_EQ(orphans(), 0u);  // it may be about to be referenced
  EXPECT_EQ(blob_count(), 3u);
  pass(std::chrono::minutes(31));
  EXPECT_EQ(orphans(), 1u);
  EXPECT_EQ(blob_count(), 2u);
  EXPECT_TRUE(run_blocking(blobs_->verify(foreign)));
  EXPECT_TRUE(*get("kept") == pattern(100'000));
}

TEST_F(Housekeeping, OrphansOfAnEarlierProcess) {
  ASSERT_TRUE(put("kept", pattern(100'000)));
  for (int i = 0; i < 10; ++i) stray_blob(id_of(kBucket));
  stray_blob("k" + std::string(20, 'z'));  // of a bucket that is no more
  pass(seconds(1));
  restart();
  EXPECT_EQ(orphans(), 0u);
  pass(seconds(61));
  EXPECT_EQ(orphans(), 11u);
  EXPECT_EQ(blob_count(), 1u);
}

TEST_F(Housekeeping, ASuspectThatIsReferencedLater) {
  engines::BlobId id = stray_blob(id_of(kBucket));
  EXPECT_EQ(orphans(), 0u);
  engines::Batch batch;
  batch.put(keys::reference(keys::blob_name(id)), reference_value());
  engines::Partition partition{id_of(kBucket)};
  ASSERT_TRUE(run_blocking(kv_->commit(partition, batch)));
  pass(hours(2));
  EXPECT_EQ(orphans(), 0u);
  EXPECT_EQ(orphans(), 0u);
  EXPECT_EQ(blob_count(), 1u);
}

TEST_F(Housekeeping, ManyBlobsInTurn) {
  for (int i = 0; i < 9000; ++i) stray_blob(id_of(kBucket));
  for (int call = 0; call < 10; ++call) {
    EXPECT_EQ(orphans(), 0u);
    pass(std::chrono::minutes(1));
  }
  pass(hours(2));
  std::size_t removed = 0;
  for (int call = 0; call < 10; ++call) removed += orphans();
  EXPECT_EQ(removed, 9000u);
}

TEST_F(Housekeeping, NothingRemainsOfADeletedBucket) {
  ASSERT_TRUE(put("a", pattern(100'000)));
  ASSERT_TRUE(put("a", "small"));
  auto upload = run_blocking(store_->initiate(kBucket, "up", {}));
  TestSource source(pattern(1000));
  Body body{source, {}, {}, {}};
  ASSERT_TRUE(run_blocking(store_->upload_part(kBucket, "up", upload->upload_id, 1, body)));
  ASSERT_TRUE(run_blocking(store_->abort(kBucket, "up", upload->upload_id)));
  ASSERT_TRUE(remove("a"));
  std::string id = id_of(kBucket);
  ASSERT_TRUE(run_blocking(store_->delete_bucket(kBucket)));
  EXPECT_EQ(garbage(), 0u);
  EXPECT_EQ(blob_count(), 2u);
  pass(seconds(61));
  EXPECT_GT(garbage(), 0u);
  EXPECT_EQ(blob_count(), 0u);
  EXPECT_EQ(keys_in(id), 0u);
  EXPECT_EQ(keys_in("buckets"), 0u);
}

TEST_F(Housekeeping, ABucketWithManyKeysIsSweptInSteps) {
  std::string id = id_of(kBucket);
  for (int i = 0; i < 45; ++i) {
    engines::Batch batch;
    for (int n = 0; n < 1000; ++n) batch.put("g" + std::to_string(i * 1000 + n), "x");
    ASSERT_TRUE(run_blocking(kv_->commit({id}, batch)));
  }
  ASSERT_TRUE(run_blocking(store_->delete_bucket(kBucket)));
  pass(hours(1));
  EXPECT_EQ(garbage(), 20'000u);
  EXPECT_EQ(garbage(), 20'000u);
  EXPECT_EQ(garbage(), 5001u);
  EXPECT_EQ(keys_in(id), 0u);
}

TEST_F(Housekeeping, ACreationThatDied) {
  auto leave = [&](const std::string& id) {
    engines::Batch intent;
    intent.put(keys::sweep(id), encode(SweepRecord{true, clock_.now()}));
    ASSERT_TRUE(run_blocking(kv_->commit(keys::buckets_partition(), intent)));
    engines::Batch open;
    open.put(keys::state(), encode(BucketState{}));
    ASSERT_TRUE(run_blocking(kv_->commit({id}, open)));
  };
  std::string id = "k" + std::string(20, 'a');
  leave(id);
  pass(std::chrono::minutes(50));
  EXPECT_EQ(garbage(), 0u);
  EXPECT_EQ(keys_in(id), 1u);  // perhaps it is only slow
  restart();
  static_cast<void>(garbage());  // claims it
  pass(seconds(61));
  static_cast<void>(garbage());
  EXPECT_EQ(keys_in(id), 0u);
  EXPECT_EQ(keys_in("buckets"), 1u);  // test-bucket

  leave(id);
  pass(std::chrono::minutes(61));
  static_cast<void>(garbage());
  pass(seconds(61));
  static_cast<void>(garbage());
  EXPECT_EQ(keys_in(id), 0u);
}

TEST_F(Housekeeping, Reset) {
  for (int i = 0; i < 150; ++i) ASSERT_TRUE(create("bucket-" + std::to_string(i)));
  ASSERT_TRUE(put("a", pattern(100'000)));
  ASSERT_TRUE(put("b", "small"));
  three_blobs("c");
  std::string id = id_of(kBucket);
  ASSERT_TRUE(run_blocking(store_->reset()));
  EXPECT_EQ(blob_count(), 0u);
  EXPECT_EQ(keys_in(id), 0u);
  EXPECT_EQ(keys_in("buckets"), 0u);
  EXPECT_CODE(get("a"), Errc::kNoSuchBucket);
  ASSERT_TRUE(create(kBucket));
  EXPECT_CODE(get("a"), Errc::kNoSuchKey);
  ASSERT_TRUE(put("a", "again"));
}

TEST_F(Housekeeping, ScrubGoesThroughAllBlobs) {
  EXPECT_EQ(*run_blocking(store_->scrub()), 0u);
  for (int i = 0; i < 600; ++i) stray_blob(id_of(kBucket));
  std::size_t verified = 0;
  for (int call = 0; call < 3; ++call) {
    std::size_t now = *run_blocking(store_->scrub());
    EXPECT_LE(now, 256u);
    verified += now;
  }
  EXPECT_EQ(verified, 600u);
}

TEST_F(Housekeeping, ScrubNeverRemoves) {
  engines::FaultPlan plan;
  auto faulty = engines::make_fault_blob_store(*blobs_, plan);
  auto store = ObjectStore::create(*kv_, *faulty, pool_, clock_, options_);
  ASSERT_TRUE(put("a", pattern(100'000)));
  plan.add({engines::FaultPoint::kVerify, 0, 1, ErrorCode::kCorrupt});
  EXPECT_EQ(*run_blocking(store->scrub()), 1u);
  EXPECT_EQ(blob_count(), 1u);
  EXPECT_EQ(*run_blocking(store->scrub()), 1u);
}

}  // namespace
}  // namespace lakeside::oss
