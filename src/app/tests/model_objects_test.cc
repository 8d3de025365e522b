#include "app/model_objects.h"

#include <gtest/gtest.h>

#include "base/stream_readers.h"
#include "engines/memory/memory_blob.h"
#include "engines/memory/memory_kv.h"

namespace lakeside::app {
namespace {

using modelstudio::ObjectFault;
using modelstudio::ObjectName;

class BrokenSource final : public ByteSource {
 public:
  Task<Result<std::size_t>> read(MutableBytes) override {
    co_return fail(ErrorCode::kDisconnected, "test");
  }
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return std::nullopt; }
};

// Bytes whose number is not known before.
class UnannouncedSource final : public ByteSource {
 public:
  explicit UnannouncedSource(std::string_view text) : reader_(text) {}
  Task<Result<std::size_t>> read(MutableBytes into) override { return reader_.read(into); }
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return std::nullopt; }

 private:
  StringReader reader_;
};

class ModelObjectsTest : public testing::Test {
 protected:
  modelstudio::ObjectResult<std::uint64_t> put(const ObjectName& name, ByteSource& source,
                                               std::uint64_t most = 1 << 20) {
    std::string type = "text/plain";
    return run_blocking(objects_->put(name, type, source, most));
  }
  void put_text(const ObjectName& name, std::string_view text) {
    StringReader source(text);
    ASSERT_TRUE(put(name, source));
  }
  std::string read(const ObjectName& name, std::uint64_t offset) {
    auto stream = run_blocking(objects_->open(name, offset));
    EXPECT_TRUE(stream);
    SegmentReader reader(*stream->data, stream->bytes);
    std::string text(stream->bytes + 1, '\0');
    MutableBytes into{reinterpret_cast<std::byte*>(text.data()), text.size()};
    auto n = run_blocking(reader.read(into));
    EXPECT_TRUE(n);
    text.resize(*n);
    return text;
  }

  ThreadPool pool_{"hash", 1};
  std::unique_ptr<engines::Kv> kv_ = engines::make_memory_kv();
  std::unique_ptr<engines::BlobStore> blobs_ = engines::make_memory_blob_store();
  std::unique_ptr<oss::ObjectStore> store_ =
      oss::ObjectStore::create(*kv_, *blobs_, pool_, system_clock(), {});
  std::unique_ptr<modelstudio::Objects> objects_ = make_model_objects(*store_, "1234567890123456");
  const ObjectName name_{"modelstudio", "files/default/a"};
};

TEST_F(ModelObjectsTest, MakesItsBucketWhenFirstNeeded) {
  EXPECT_EQ(run_blocking(objects_->open(name_, 0)).error().fault, ObjectFault::kNoSuchBucket);
  put_text(name_, "one");
  put_text(name_, "second");
  EXPECT_EQ(read(name_, 0), "second");
  auto bucket = run_blocking(store_->get_bucket("modelstudio"));
  ASSERT_TRUE(bucket);
  EXPECT_EQ((*bucket)->owner, "1234567890123456");
  EXPECT_EQ((*bucket)->acl, oss::Acl::kPrivate);
  ASSERT_TRUE(run_blocking(store_->reset()));
  put_text(name_, "third");
}

TEST_F(ModelObjectsTest, MakesNoOtherBucket) {
  StringReader source("one");
  EXPECT_EQ(put({"other", "a"}, source).error().fault, ObjectFault::kNoSuchBucket);
  EXPECT_EQ(put({"NO", "a"}, source).error().fault, ObjectFault::kInvalidName);
}

TEST_F(ModelObjectsTest, ReadsFromAnOffsetOn) {
  put_text(name_, "0123456789");
  EXPECT_EQ(read(name_, 4), "456789");
  EXPECT_EQ(read(name_, 10), "");
  EXPECT_EQ(read(name_, 11), "");
  auto whole = run_blocking(objects_->open(name_, 0));
  auto end = run_blocking(objects_->open(name_, 10));
  EXPECT_EQ(whole->etag, end->etag);
  const ObjectName absent{"modelstudio", "b"};
  EXPECT_EQ(run_blocking(objects_->open(absent, 3)).error().fault, ObjectFault::kNoSuchObject);
}

TEST_F(ModelObjectsTest, WhatIsTooLargeOrBreaksOffIsNotStored) {
  StringReader announced("0123456789");
  EXPECT_EQ(put(name_, announced, 9).error().fault, ObjectFault::kTooLarge);
  UnannouncedSource unannounced("0123456789");
  EXPECT_EQ(put(name_, unannounced, 9).error().fault, ObjectFault::kTooLarge);
  BrokenSource broken;
  EXPECT_EQ(put(name_, broken).error().fault, ObjectFault::kIncomplete);
  EXPECT_EQ(run_blocking(objects_->open(name_, 0)).error().fault, ObjectFault::kNoSuchObject);
  UnannouncedSource fits("0123456789");
  EXPECT_EQ(put(name_, fits, 10), 10U);
}

TEST_F(ModelObjectsTest, RemovesWhatIsThereAndWhatIsNot) {
  put_text(name_, "one");
  EXPECT_TRUE(run_blocking(objects_->remove(name_)));
  EXPECT_TRUE(run_blocking(objects_->remove(name_)));
}

}  // namespace
}  // namespace lakeside::app
