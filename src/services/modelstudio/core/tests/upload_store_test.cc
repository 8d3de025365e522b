#include "services/modelstudio/core/upload_store.h"

#include <gtest/gtest.h>

#include "base/crypto.h"
#include "base/encoding.h"
#include "engines/memory/memory_kv.h"
#include "services/modelstudio/core/tests/memory_objects.h"

namespace lakeside::modelstudio {
namespace {

// Runs something once, in the middle of a body.
class InterruptedSource final : public ByteSource {
 public:
  InterruptedSource(std::string data, std::function<Task<void>()> between)
      : data_(std::move(data)), between_(std::move(between)), reader_(data_) {}
  Task<Result<std::size_t>> read(MutableBytes into) override {
    if (between_) {
      co_await between_();
      between_ = nullptr;
    }
    co_return co_await reader_.read(into);
  }
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return std::nullopt; }

 private:
  const std::string data_;
  std::function<Task<void>()> between_;
  StringReader reader_;
};

// Ends before its time.
class BrokenSource final : public ByteSource {
 public:
  Task<Result<std::size_t>> read(MutableBytes) override {
    co_return fail(ErrorCode::kDisconnected, "the client left");
  }
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return std::nullopt; }
};

class UploadStoreTest : public testing::Test {
 protected:
  Upload begin(std::uint64_t bytes) {
    return *run_blocking(store_->begin({.workspace = "default",
                                        .purpose = "user_data",
                                        .filename = "a.txt",
                                        .content_type = "text/plain",
                                        .bytes = bytes}));
  }
  UploadResult<UploadPart> add(const Upload& upload, std::string_view data) {
    StringReader source(data);
    return run_blocking(store_->add_part(upload.workspace, upload.id, source));
  }
  std::string part(const Upload& upload, std::string_view data) { return add(upload, data)->id; }
  UploadResult<Upload> complete(const Upload& upload, std::vector<std::string> parts,
                                std::string md5 = {}) {
    UploadStore::Completion completion{std::move(parts), std::move(md5)};
    return run_blocking(store_->complete(upload.workspace, upload.id, completion));
  }
  UploadFault why_not(const UploadResult<Upload>& result) {
    EXPECT_FALSE(result);
    return result ? UploadFault::kStorage : result.error().fault;
  }
  std::size_t files() { return run_blocking(files_->list("default", {}))->files.size(); }
  std::size_t records() {
    std::size_t count = 0;
    engines::ScanVisitor visitor = [&](std::string_view, std::string_view) {
      ++count;
      return engines::ScanStep::next();
    };
    EXPECT_TRUE(run_blocking(kv_->scan({"modelstudio.uploads"}, "", visitor)));
    return count;
  }
  std::string record_of(const Upload& upload) {
    return **run_blocking(
        engines::get_one(*kv_, {"modelstudio.uploads"}, "u/" + upload.workspace + "/" + upload.id));
  }
  void unpublish(const StoredFile& file) {
    engines::Batch batch;
    batch.remove(file.workspace + "/" + file.id);
    ASSERT_TRUE(run_blocking(kv_->commit({"modelstudio.files"}, batch)));
  }
  void put_record(const Upload& upload, std::string record) {
    engines::Batch batch;
    batch.put("u/" + upload.workspace + "/" + upload.id, std::move(record));
    ASSERT_TRUE(run_blocking(kv_->commit({"modelstudio.uploads"}, batch)));
  }

  ManualClock clock_{*parse_iso8601("2026-11-21T23:15:09Z")};
  std::unique_ptr<engines::Kv> kv_ = engines::make_memory_kv();
  MemoryObjects objects_;
  std::unique_ptr<FileStore> files_ = FileStore::create(*kv_, objects_, clock_);
  std::unique_ptr<UploadStore> store_ = UploadStore::create(*kv_, objects_, *files_, clock_);
};

TEST_F(UploadStoreTest, PartsBecomeAFileInTheOrderAskedFor) {
  const Upload upload = begin(9);
  EXPECT_EQ(upload.expires, clock_.now() + kUploadsLast);
  const std::string world = part(upload, "world");
  const std::string hello = part(upload, "hell");
  auto done = complete(upload, {hello, world}, "7D793037A0760186574B0282F2F435E7");
  EXPECT_EQ(why_not(done), UploadFault::kWrongChecksum);
  EXPECT_EQ(files(), 0U);
  done = complete(upload, {hello, world}, hex_lower(md5(as_bytes("hellworld"))));
  ASSERT_TRUE(done) << done.error().detail << done.error().object.internal;
  EXPECT_EQ(done->status, Upload::Status::kCompleted);
  auto file = run_blocking(files_->find("default", done->file.id));
  ASSERT_TRUE(file);
  EXPECT_EQ(file->filename, "a.txt");
  EXPECT_EQ(file->bytes, 9U);
  EXPECT_FALSE(file->expires);
  EXPECT_EQ(objects_.text(file->object), "hellworld");
  EXPECT_EQ(objects_.all.begin()->second.content_type, "text/plain");
  EXPECT_EQ(objects_.all.size(), 1U) << "the parts are gone";
  // Whoever did not hear the answer asks again.
  auto again = complete(upload, {hello, world});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->file.id, done->file.id);
  EXPECT_EQ(files(), 1U);
  EXPECT_EQ(add(upload, "x").error().fault, UploadFault::kCompleted);
  EXPECT_EQ(why_not(run_blocking(store_->cancel("default", upload.id))), UploadFault::kCompleted);
}

TEST_F(UploadStoreTest, PartsThatDoNotFit) {
  const Upload upload = begin(3);
  const std::string one = part(upload, "ab");
  EXPECT_EQ(why_not(complete(upload, {one})), UploadFault::kWrongSize);
  EXPECT_EQ(complete(upload, {one}).error().detail, "2");
  EXPECT_EQ(why_not(complete(upload, {one, one})), UploadFault::kRepeatedPart);
  EXPECT_EQ(why_not(complete(upload, {"part_0"})), UploadFault::kNoSuchPart);
  const Upload other = begin(3);
  EXPECT_EQ(why_not(complete(other, {one})), UploadFault::kNoSuchPart);
  // None of that was the end of it.
  EXPECT_TRUE(complete(upload, {one, part(upload, "c")}));
}

TEST_F(UploadStoreTest, NobodyElseSeesIt) {
  Upload upload = begin(1);
  const std::string one = part(upload, "a");
  upload.workspace = "other";
  EXPECT_EQ(add(upload, "x").error().fault, UploadFault::kNoSuchUpload);
  EXPECT_EQ(why_not(complete(upload, {one})), UploadFault::kNoSuchUpload);
  EXPECT_EQ(why_not(run_blocking(store_->cancel("other", upload.id))), UploadFault::kNoSuchUpload);
}

TEST_F(UploadStoreTest, CancelledItLeavesNothing) {
  const Upload upload = begin(2);
  const std::string one = part(upload, "ab");
  EXPECT_EQ(objects_.all.size(), 1U);
  auto cancelled = run_blocking(store_->cancel("default", upload.id));
  ASSERT_TRUE(cancelled);
  EXPECT_EQ(cancelled->status, Upload::Status::kCancelled);
  EXPECT_TRUE(objects_.all.empty());
  EXPECT_TRUE(run_blocking(store_->cancel("default", upload.id)));
  EXPECT_EQ(why_not(complete(upload, {one})), UploadFault::kCancelled);
  EXPECT_EQ(add(upload, "x").error().fault, UploadFault::kCancelled);
}

TEST_F(UploadStoreTest, APartWhoseUploadIsCancelledMeanwhile) {
  const Upload upload = begin(2);
  InterruptedSource source(
      "ab", [&]() -> Task<void> { (void)co_await store_->cancel("default", upload.id); });
  auto added = run_blocking(store_->add_part("default", upload.id, source));
  EXPECT_EQ(added.error().fault, UploadFault::kCancelled);
  EXPECT_TRUE(objects_.all.empty());
}

TEST_F(UploadStoreTest, APartThatBreaksOff) {
  const Upload upload = begin(2);
  BrokenSource source;
  auto added = run_blocking(store_->add_part("default", upload.id, source));
  EXPECT_EQ(added.error().object.fault, ObjectFault::kIncomplete);
  EXPECT_EQ(records(), 1U);
  EXPECT_TRUE(complete(upload, {part(upload, "ab")}));
}

TEST_F(UploadStoreTest, FarMoreThanWasAnnounced) {
  const Upload upload = begin(1);
  const std::string large(kMaxPartBytes, 'x');
  EXPECT_EQ(add(upload, large + "x").error().object.fault, ObjectFault::kTooLarge);
  EXPECT_TRUE(add(upload, large));
  EXPECT_TRUE(add(upload, "abc"));
  EXPECT_EQ(add(upload, "a").error().fault, UploadFault::kTooManyParts);
}

TEST_F(UploadStoreTest, AProcessThatIsKilledBeforeItsFileIsSeen) {
  const Upload upload = begin(2);
  const std::string one = part(upload, "ab");
  auto done = complete(upload, {one});
  ASSERT_TRUE(done);
  // As it stood before the file was published.
  unpublish(done->file);
  std::string record = record_of(upload);
  record.replace(record.find("\"completed\""), 11, "\"completing\"");
  put_record(upload, record);
  EXPECT_EQ(files(), 0U);
  auto again = complete(upload, {one});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->file.id, done->file.id);
  EXPECT_EQ(files(), 1U);
  // Nobody asks again: what it held goes with it.
  unpublish(done->file);
  put_record(upload, record);
  clock_.set(clock_.now() + std::chrono::hours(26));
  EXPECT_EQ(*run_blocking(store_->remove_expired()), 1U);
  EXPECT_TRUE(objects_.all.empty());
}

TEST_F(UploadStoreTest, ItExpires) {
  const Upload upload = begin(2);
  const std::string one = part(upload, "ab");
  const Upload whole = begin(2);
  ASSERT_TRUE(complete(whole, {part(whole, "cd")}));
  clock_.set(clock_.now() + kUploadsLast);
  EXPECT_EQ(add(upload, "x").error().fault, UploadFault::kExpired);
  EXPECT_EQ(why_not(complete(upload, {one})), UploadFault::kExpired);
  EXPECT_EQ(*run_blocking(store_->remove_expired()), 0U) << "who is late is told so";
  clock_.set(clock_.now() + std::chrono::hours(24));
  EXPECT_EQ(*run_blocking(store_->remove_expired()), 2U);
  EXPECT_EQ(records(), 0U);
  EXPECT_EQ(objects_.all.size(), 1U) << "the file stays";
  EXPECT_EQ(files(), 1U);
}

TEST_F(UploadStoreTest, StorageThatFails) {
  const Upload upload = begin(2);
  const std::string one = part(upload, "ab");
  objects_.refuse = ObjectError{ObjectFault::kNoSpace, {}};
  EXPECT_EQ(add(upload, "x").error().object.fault, ObjectFault::kNoSpace);
  EXPECT_EQ(why_not(complete(upload, {one})), UploadFault::kStorage);
  objects_.refuse.reset();
  EXPECT_TRUE(complete(upload, {one}));
}

}  // namespace
}  // namespace lakeside::modelstudio
