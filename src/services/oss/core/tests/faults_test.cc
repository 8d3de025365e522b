// Crashes and failing engines: whatever was acknowledged is there, what was refused left nothing,
// and what was under way is either.
#include <map>
#include <set>

#include "engines/fault/fault_blob.h"
#include "engines/fault/fault_kv.h"
#include "services/oss/core/tests/fixture.h"

namespace lakeside::oss {
namespace {

using engines::Fault;
using engines::FaultPoint;

// What may be found under a key. No value: the key may be absent.
using Allowed = std::set<std::optional<std::string>>;

class Faults : public StoreTest {
 public:
  engines::Kv& kv() override { return *fault_kv_; }
  engines::BlobStore& blobs() override { return *fault_blobs_; }

  void SetUp() override {
    fresh();
    StoreTest::SetUp();
  }
  void fresh() {
    store_.reset();
    kv_ = engines::make_memory_kv();
    blobs_ = engines::make_memory_blob_store(clock_);
    plan_.clear();
    fault_kv_ = engines::make_fault_kv(*kv_, plan_);
    fault_blobs_ = engines::make_fault_blob_store(*blobs_, plan_);
    allowed_.clear();
  }

  // Notes what a change did: `after` for certain when it was acknowledged, else perhaps.
  template <class T>
  void note(const std::string& key, const OssResult<T>& result, std::optional<std::string> after) {
    Allowed& allowed = allowed_.try_emplace(key, Allowed{std::nullopt}).first->second;
    if (result) allowed.clear();
    allowed.insert(std::move(after));
  }
  std::string sure(const std::string& key) {
    auto found = allowed_.find(key);
    if (found == allowed_.end() || found->second.size() != 1) return {};
    return found->second.begin()->value_or("");
  }

  void note_put(const std::string& key, const std::string& data) {
    note(key, put(key, data), data);
  }
  void note_append(const std::string& key, const std::string& data) {
    std::string before = sure(key);
    TestSource source(data);
    Body body{source, {}, {}, {}};
    PutOptions options;
    auto result = run_blocking(store_->append(kBucket, key, before.size(), options, body));
    note(key, result, before + data);
  }
  void note_multipart(const std::string& key) {
    auto upload = run_blocking(store_->initiate(kBucket, key, {}));
    if (!upload) return;
    std::string whole;
    for (std::uint32_t number : {1u, 2u}) {
      std::string data = pattern(150'000, number);
      TestSource source(data);
      Body body{source, {}, {}, {}};
      if (!run_blocking(store_->upload_part(kBucket, key, upload->upload_id, number, body))) return;
      whole += data;
    }
    CompleteOptions options;
    options.all_parts = true;
    note(key, run_blocking(store_->complete(kBucket, key, upload->upload_id, options)), whole);
    auto other = run_blocking(store_->initiate(kBucket, key, {}));
    if (!other) return;
    TestSource source(pattern(1000));
    Body body{source, {}, {}, {}};
    static_cast<void>(run_blocking(store_->upload_part(kBucket, key, other->upload_id, 1, body)));
    static_cast<void>(run_blocking(store_->abort(kBucket, key, other->upload_id)));
  }

  void scenario() {
    static_cast<void>(create(kBucket));
    note_put("small", "one");
    note_put("small", "two");
    note_put("large", pattern(100'000, 1));
    note_put("large", pattern(100'000, 2));
    note_put("large", "now small");
    note_put("gone", pattern(70'000, 3));
    note("gone", remove("gone"), std::nullopt);
    note_append("log", pattern(40'000, 4));
    note_append("log", pattern(40'000, 5));
    note_append("log", pattern(1'200'000, 6));
    note_append("log", "end");
    note_multipart("parts");
    std::string large = sure("large");
    if (!large.empty()) {
      note("copy", run_blocking(store_->copy(kBucket, "large", kBucket, "copy", {})), large);
    }
    static_cast<void>(run_blocking(store_->set_object_acl(kBucket, "small", Acl::kPublicRead)));
    note("small", run_blocking(store_->remove_many(kBucket, {"small"})), std::nullopt);
    if (create("brief-bucket"))
      static_cast<void>(run_blocking(store_->delete_bucket("brief-bucket")));
  }

  void verify(const std::string& context) {
    bool bucket_made = run_blocking(store_->get_bucket(kBucket)).has_value();
    for (const auto& [key, allowed] : allowed_) {
      auto found = get(key);
      std::optional<std::string> data;
      if (found) data = std::move(*found);
      if (!found) {
        Errc expected = bucket_made ? Errc::kNoSuchKey : Errc::kNoSuchBucket;
        EXPECT_EQ(found.error().code, expected) << context << key << found.error().internal;
      }
      EXPECT_TRUE(allowed.contains(data)) << context << key;
    }
  }

  // After the restart: what is there is as it should be, it stays so while what is left over is
  // cleaned away, and the store takes new work.
  void recover(const std::string& context) {
    plan_.clear();
    restart();
    verify(context + "after restart: ");
    for (int i = 0; i < 4; ++i) {
      clock_.set(clock_.now() + std::chrono::hours(2));
      ASSERT_TRUE(run_blocking(store_->collect_garbage())) << context;
      ASSERT_TRUE(run_blocking(store_->collect_orphans())) << context;
    }
    verify(context + "after cleaning: ");
    if (!run_blocking(store_->get_bucket(kBucket))) {
      ASSERT_TRUE(create(kBucket)) << context;
    }
    EXPECT_EQ(blob_count(), records_of('r').size()) << context;
    EXPECT_TRUE(records_of('g').empty()) << context;
    ASSERT_TRUE(put("new", "work")) << context;
    ASSERT_TRUE(remove("new")) << context;
  }

  engines::FaultPlan plan_;
  std::unique_ptr<engines::Kv> fault_kv_;
  std::unique_ptr<engines::BlobStore> fault_blobs_;
  std::map<std::string, Allowed> allowed_;
};

TEST_F(Faults, CrashAtEveryCommit) {
  std::size_t before = plan_.calls(FaultPoint::kCommit);
  scenario();
  std::size_t commits = plan_.calls(FaultPoint::kCommit) - before;
  EXPECT_GT(commits, 25u);
  for (std::size_t at = 0; at <= commits; ++at) {
    for (bool applied : {false, true}) {
      fresh();
      restart();
      plan_.add({FaultPoint::kCommit, at, 1, ErrorCode::kIo, applied});
      plan_.add({FaultPoint::kCommit, at, Fault::kForEver, ErrorCode::kUnavailable});
      // A dead process removes nothing either.
      scenario();
      recover("commit " + std::to_string(at) + (applied ? " (applied): " : ": "));
      if (HasFailure()) return;
    }
  }
}

// The engine fails for a while, and the process goes on.
TEST_F(Faults, EveryCallFailsOnce) {
  std::map<FaultPoint, std::size_t> counts;
  const std::vector<FaultPoint> points{
      FaultPoint::kGet,    FaultPoint::kCommit, FaultPoint::kScan,
      FaultPoint::kCreate, FaultPoint::kAppend, FaultPoint::kFinish,
      FaultPoint::kOpen,   FaultPoint::kNext,   FaultPoint::kRemove};
  for (FaultPoint point : points) counts[point] = plan_.calls(point);
  scenario();
  for (FaultPoint point : points) counts[point] = plan_.calls(point) - counts[point];
  for (FaultPoint point : points) {
    for (std::size_t at = 0; at < counts[point]; ++at) {
      for (ErrorCode code : {ErrorCode::kIo, ErrorCode::kNoSpace}) {
        fresh();
        restart();
        plan_.add({point, at, 1, code});
        scenario();
        recover("point " + std::to_string(static_cast<int>(point)) + " call " + std::to_string(at) +
                ": ");
        if (HasFailure()) return;
      }
    }
  }
}

TEST_F(Faults, DiskFull) {
  ASSERT_TRUE(put("old", "data"));
  plan_.add({FaultPoint::kAppend, 0, Fault::kForEver, ErrorCode::kNoSpace});
  plan_.add({FaultPoint::kCommit, 0, Fault::kForEver, ErrorCode::kNoSpace});
  EXPECT_CODE(put("new", "x"), Errc::kServiceUnavailable);
  EXPECT_CODE(put("new", pattern(3'000'000)), Errc::kServiceUnavailable);
  EXPECT_CODE(remove("old"), Errc::kServiceUnavailable);
  EXPECT_EQ(*get("old"), "data");
  plan_.clear();
  EXPECT_EQ(blob_count(), 0u);  // what did not fit takes no space
  EXPECT_TRUE(put("new", "x"));
}

TEST_F(Faults, DamageInTheMiddleOfAStream) {
  ASSERT_TRUE(put("key", pattern(3'000'000)));
  plan_.add({FaultPoint::kNext, 1, 1, ErrorCode::kCorrupt});
  EXPECT_CODE(get("key"), Errc::kInternalError);
  plan_.add({FaultPoint::kNext, 1, 1, ErrorCode::kCorrupt});
  EXPECT_CODE(run_blocking(store_->copy(kBucket, "key", kBucket, "copy", {})),
              Errc::kInternalError);
  EXPECT_CODE(get("copy"), Errc::kNoSuchKey);
  EXPECT_EQ(blob_count(), 1u);
}

TEST_F(Faults, OneBadBlobDoesNotStopTheCollector) {
  ASSERT_TRUE(create("another-bucket"));
  ASSERT_TRUE(run_blocking(put_task("a", pattern(100'000), {}, "another-bucket")));
  ASSERT_TRUE(run_blocking(store_->remove("another-bucket", "a")));
  ASSERT_TRUE(put("a", pattern(100'000)));
  ASSERT_TRUE(remove("a"));
  clock_.set(clock_.now() + std::chrono::hours(1));
  plan_.add({FaultPoint::kRemove, 0, 1, ErrorCode::kIo});
  EXPECT_FALSE(run_blocking(store_->collect_garbage()));
  plan_.clear();
  EXPECT_EQ(blob_count(), 1u);
  EXPECT_EQ(*run_blocking(store_->collect_garbage()), 1u);
}

}  // namespace
}  // namespace lakeside::oss
