#include "base/checksum.h"
#include "base/encoding.h"
#include "services/oss/core/keys.h"
#include "services/oss/core/records.h"
#include "services/oss/core/tests/fixture.h"

namespace lakeside::oss {
namespace {

class Objects : public StoreTest {
 protected:
  OssResult<ObjectInfo> put_body(TestSource& source, Body& body, const std::string& key = "key") {
    static_cast<void>(source);
    PutOptions options;
    return run_blocking(store_->put(kBucket, key, options, body));
  }
};

TEST_F(Objects, PutAndGetOfEverySize) {
  for (std::size_t size :
       {0ul, 1ul, 4096ul, 65536ul, 65537ul, 1ul << 20, (1ul << 20) + 1, 2ul << 20, 5'000'000ul}) {
    std::string data = pattern(size, size + 1);
    auto info = put("key", data);
    ASSERT_TRUE(info) << info.error().internal;
    EXPECT_EQ(info->key, "key");
    EXPECT_EQ(info->size, size);
    EXPECT_EQ(info->modified, clock_.now());
    EXPECT_EQ(info->etag.oss, md5(as_bytes(data)));
    EXPECT_EQ(info->etag.s3, info->etag.oss);
    EXPECT_EQ(info->etag.parts, 0u);
    EXPECT_EQ(info->crc64, crc64_ecma(0, as_bytes(data)));
    EXPECT_EQ(info->type, ObjectType::kNormal);
    auto back = get("key");
    ASSERT_TRUE(back) << size;
    EXPECT_TRUE(*back == data) << size;
    auto seen = head("key");
    ASSERT_TRUE(seen);
    EXPECT_EQ(*seen, *info);
  }
  // Small to large and back: what was before is garbage, what is inline is gone.
  EXPECT_EQ(records_of('d').size(), 0u);
  ASSERT_TRUE(put("key", "small"));
  EXPECT_EQ(records_of('d').size(), 1u);
  ASSERT_TRUE(put("key", ""));
  EXPECT_EQ(records_of('d').size(), 0u);
  EXPECT_EQ(records_of('g').size(), 5u);
}

TEST_F(Objects, UnknownLengthAndSmallReads) {
  for (std::size_t size : {0ul, 100ul, 65536ul, 65537ul, 3ul << 20}) {
    std::string data = pattern(size);
    TestSource source(data, false, 60000);
    Body body{source, {}, {}, {}};
    ASSERT_TRUE(put_body(source, body));
    EXPECT_TRUE(*get("key") == data);
    EXPECT_EQ(head("key")->etag.oss, md5(as_bytes(data)));
  }
}

TEST_F(Objects, WhatTheWriterSaidComesBack) {
  PutOptions options;
  options.owner = "owner";
  options.acl = Acl::kPublicRead;
  options.storage_class = StorageClass::kArchive;
  options.headers = {"text/plain",
                     "no-cache",
                     "attachment",
                     "gzip",
                     "en",
                     "Thu, 01 Dec 1994",
                     {{"a", "1"}, {"b", "2"}}};
  TestSource source("data");
  Body body{source, {}, {}, {}};
  body.checksums = [] {
    return std::vector<ObjectChecksum>{{ChecksumAlgorithm::kCrc32c, "1234", false}};
  };
  auto info = run_blocking(store_->put(kBucket, "key", options, body));
  ASSERT_TRUE(info);
  EXPECT_EQ(info->headers, options.headers);
  EXPECT_EQ(info->owner, "owner");
  EXPECT_EQ(info->acl, Acl::kPublicRead);
  EXPECT_EQ(info->storage_class, StorageClass::kArchive);
  ASSERT_EQ(info->checksums.size(), 1u);
  restart();
  EXPECT_EQ(*head("key"), *info);
}

TEST_F(Objects, BodiesThatFail) {
  for (std::size_t size : {1000ul, 100'000ul, 3'000'000ul}) {
    for (bool announced : {true, false}) {
      for (std::size_t at : {0ul, size / 2, size - 1}) {
        TestSource source(pattern(size), announced, 50'000);
        source.fail_at(at, ErrorCode::kDisconnected);
        Body body{source, {}, {}, {}};
        EXPECT_CODE(put_body(source, body), Errc::kIncompleteBody);
      }
    }
    TestSource source(pattern(size));
    source.fail_at(size, ErrorCode::kInvalid);  // the check at the end
    Body body{source, {}, {}, {}};
    body.explain = [](const Error&) { return OssError{Errc::kBadDigest, "explained", {}, {}}; };
    EXPECT_CODE(put_body(source, body), Errc::kBadDigest);
  }
  EXPECT_CODE(get("key"), Errc::kNoSuchKey);
  EXPECT_EQ(blob_count(), 0u);
}

TEST_F(Objects, ContentMd5) {
  for (std::size_t size : {10ul, 200'000ul}) {
    std::string data = pattern(size);
    TestSource source(data);
    Body body{source, md5(as_bytes("other")), {}, {}};
    EXPECT_CODE(put_body(source, body), Errc::kInvalidDigest);
    EXPECT_CODE(get("key"), Errc::kNoSuchKey);
    EXPECT_EQ(blob_count(), 0u);
  }
  for (std::size_t size : {10ul, 200'000ul}) {
    std::string data = pattern(size);
    TestSource source(data);
    Body body{source, md5(as_bytes(data)), {}, {}};
    EXPECT_TRUE(put_body(source, body));
  }
}

class AnnouncedSource final : public ByteSource {
 public:
  explicit AnnouncedSource(std::uint64_t length) : length_(length) {}
  Task<Result<std::size_t>> read(MutableBytes) override { co_return std::size_t{0}; }
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return length_; }

 private:
  std::uint64_t length_;
};

TEST_F(Objects, TooLargeToBePutOnce) {
  AnnouncedSource source(kMaxSinglePut + 1);
  Body body{source, {}, {}, {}};
  PutOptions options;
  EXPECT_CODE(run_blocking(store_->put(kBucket, "key", options, body)), Errc::kEntityTooLarge);
}

TEST_F(Objects, Names) {
  EXPECT_CODE(put("", "x"), Errc::kInvalidObjectName);
  EXPECT_CODE(put("\xC0", "x"), Errc::kInvalidObjectName);
  EXPECT_CODE(put(std::string(1024, 'k'), "x"), Errc::kKeyTooLong);
  EXPECT_TRUE(put(std::string(1023, 'k'), "x"));
  EXPECT_CODE(get(""), Errc::kInvalidObjectName);
  EXPECT_CODE(head(""), Errc::kInvalidObjectName);
  EXPECT_CODE(remove(""), Errc::kInvalidObjectName);
  EXPECT_CODE(run_blocking(store_->remove_many(kBucket, {"a", ""})), Errc::kInvalidObjectName);
  PutOptions options;
  options.headers.user = {{"name", std::string(9000, 'v')}};
  EXPECT_CODE(put("key", "x", options), Errc::kMetadataTooLarge);
  std::string odd("a\0b/\x01\n\xE4\xB8\xAD", 9);
  ASSERT_TRUE(put(odd, "odd"));
  EXPECT_EQ(*get(odd), "odd");
}

TEST_F(Objects, MissingOnes) {
  EXPECT_CODE(get("key"), Errc::kNoSuchKey);
  EXPECT_CODE(head("key"), Errc::kNoSuchKey);
  EXPECT_TRUE(remove("key"));
  EXPECT_TRUE(run_blocking(store_->remove_many(kBucket, {"a", "b"})));
  EXPECT_TRUE(run_blocking(store_->remove_many(kBucket, {})));
  EXPECT_CODE(run_blocking(get_task("key", {}, "no-bucket")), Errc::kNoSuchBucket);
  EXPECT_CODE(run_blocking(put_task("key", "x", {}, "no-bucket")), Errc::kNoSuchBucket);
  EXPECT_CODE(run_blocking(store_->remove("no-bucket", "key")), Errc::kNoSuchBucket);
  EXPECT_CODE(run_blocking(store_->remove_many("no-bucket", {"a"})), Errc::kNoSuchBucket);
  EXPECT_CODE(run_blocking(store_->list("no-bucket", {})), Errc::kNoSuchBucket);
}

TEST_F(Objects, RemoveOneAndMany) {
  ASSERT_TRUE(put("a", "1"));
  ASSERT_TRUE(put("b", pattern(100'000)));
  ASSERT_TRUE(put("c", "3"));
  ASSERT_TRUE(put("d", "4"));
  EXPECT_TRUE(remove("a"));
  EXPECT_CODE(get("a"), Errc::kNoSuchKey);
  EXPECT_TRUE(run_blocking(store_->remove_many(kBucket, {"b", "c", "b", "nothing"})));
  EXPECT_EQ(list({}).entries.size(), 1u);
  EXPECT_EQ(records_of('d').size(), 1u);
  EXPECT_EQ(records_of('g').size(), 1u);
}

TEST_F(Objects, WritesWithConditions) {
  PutOptions forbid;
  forbid.forbid_overwrite = true;
  PutOptions if_absent;
  if_absent.conditions.if_none_match = {"*"};
  PutOptions if_there;
  if_there.conditions.if_match = {"*"};
  EXPECT_CODE(put("key", "1", if_there), Errc::kNoSuchKey);
  ASSERT_TRUE(put("key", "1", forbid));
  EXPECT_CODE(put("key", "2", forbid), Errc::kFileAlreadyExists);
  EXPECT_CODE(put("key", "2", if_absent), Errc::kPreconditionFailed);
  EXPECT_CODE(put("key", pattern(100'000), if_absent), Errc::kPreconditionFailed);
  EXPECT_EQ(*get("key"), "1");
  EXPECT_TRUE(put("key", "2", if_there));
  PutOptions exactly;
  exactly.conditions.if_match = {hex_upper(md5(as_bytes("2")))};
  EXPECT_TRUE(put("key", "3", exactly));
  EXPECT_CODE(put("key", "4", exactly), Errc::kPreconditionFailed);
  EXPECT_EQ(*get("key"), "3");
  EXPECT_EQ(blob_count(), 0u);

  // Of a length that is only known at the end: the blob is there when the condition fails.
  TestSource source(pattern(100'000), false);
  Body body{source, {}, {}, {}};
  EXPECT_CODE(run_blocking(store_->put(kBucket, "key", forbid, body)), Errc::kFileAlreadyExists);
  EXPECT_EQ(blob_count(), 0u);
}

TEST_F(Objects, ReadsWithConditions) {
  auto info = put("key", "data");
  std::string etag = hex_lower(info->etag.oss);
  GetOptions options;
  options.conditions.if_none_match = {etag};
  EXPECT_CODE(get("key", options), Errc::kNotModified);
  EXPECT_CODE(head("key", options.conditions), Errc::kNotModified);
  options.conditions = {};
  options.conditions.if_match = {"0"};
  EXPECT_CODE(get("key", options), Errc::kPreconditionFailed);
  EXPECT_CODE(head("key", options.conditions), Errc::kPreconditionFailed);
  options.conditions.if_match = {etag};
  EXPECT_TRUE(get("key", options));
  EXPECT_TRUE(head("key", options.conditions));
}

TEST_F(Objects, Ranges) {
  for (std::size_t size : {1000ul, 3'000'000ul}) {
    std::string data = pattern(size);
    ASSERT_TRUE(put("key", data));
    auto expect = [&](ByteRange range, std::size_t offset, std::size_t length) {
      GetOptions options;
      options.range = range;
      auto found = run_blocking(store_->get(kBucket, "key", options));
      ASSERT_TRUE(found);
      ASSERT_TRUE(found->range);
      EXPECT_EQ(found->range->offset, offset);
      EXPECT_EQ(found->range->length, length);
      EXPECT_EQ(found->info->size, size);
      EXPECT_TRUE(*get("key", options) == data.substr(offset, length));
    };
    expect({0, 0}, 0, 1);
    expect({10, 19}, 10, 10);
    expect({10, std::nullopt}, 10, size - 10);
    expect({std::nullopt, 7}, size - 7, 7);
    expect({size - 1, size + 5}, size - 1, 1);
    expect({std::nullopt, size + 5}, 0, size);

    GetOptions invalid;
    for (ByteRange range :
         {ByteRange{size, std::nullopt}, ByteRange{5, 3}, ByteRange{std::nullopt, 0}}) {
      invalid.range = range;
      invalid.invalid_range = InvalidRangeIs::kError;
      EXPECT_CODE(get("key", invalid), Errc::kInvalidRange);
      invalid.invalid_range = InvalidRangeIs::kWholeObject;
      auto whole = run_blocking(store_->get(kBucket, "key", invalid));
      ASSERT_TRUE(whole);
      EXPECT_FALSE(whole->range);
      EXPECT_TRUE(*get("key", invalid) == data);
    }
    // To OSS an end beyond the object makes the range invalid as well.
    invalid.range = ByteRange{10, size};
    EXPECT_TRUE(*get("key", invalid) == data);
    invalid.range = ByteRange{10, size - 1};
    EXPECT_TRUE(*get("key", invalid) == data.substr(10));
  }
  ASSERT_TRUE(put("empty", ""));
  GetOptions options;
  options.range = ByteRange{0, std::nullopt};
  EXPECT_CODE(get("empty", options), Errc::kInvalidRange);
  options.invalid_range = InvalidRangeIs::kWholeObject;
  EXPECT_EQ(*get("empty", options), "");
}

TEST_F(Objects, Acl) {
  auto info = put("key", "data");
  EXPECT_TRUE(run_blocking(store_->set_object_acl(kBucket, "key", Acl::kPublicReadWrite)));
  auto changed = head("key");
  EXPECT_EQ(changed->acl, Acl::kPublicReadWrite);
  EXPECT_EQ(changed->modified, info->modified);
  EXPECT_EQ(*get("key"), "data");
  EXPECT_CODE(run_blocking(store_->set_object_acl(kBucket, "none", Acl::kPrivate)),
              Errc::kNoSuchKey);
  EXPECT_CODE(run_blocking(store_->set_object_acl("no-bucket", "none", Acl::kPrivate)),
              Errc::kNoSuchBucket);
}

// ---- damage ----

class Damage : public Objects {
 protected:
  engines::Partition partition() { return {run_blocking(store_->get_bucket(kBucket)).value()->id}; }
  void overwrite(const std::string& key, const std::string& value) {
    engines::Batch batch;
    batch.put(key, value);
    ASSERT_TRUE(run_blocking(kv_->commit(partition(), batch)));
  }
};

TEST_F(Damage, InlineDataIsDetected) {
  ASSERT_TRUE(put("key", "data"));
  overwrite(keys::data("key"), "dama");
  EXPECT_CODE(get("key"), Errc::kInternalError);
  overwrite(keys::data("key"), "data too long");
  EXPECT_CODE(get("key"), Errc::kInternalError);
  EXPECT_TRUE(head("key"));
  ASSERT_TRUE(put("key", "again"));
  EXPECT_EQ(*get("key"), "again");
}

TEST_F(Damage, ACopyDoesNotSpreadIt) {
  ASSERT_TRUE(put("key", "data"));
  overwrite(keys::data("key"), "dama");
  EXPECT_CODE(run_blocking(store_->copy(kBucket, "key", kBucket, "copy", {})),
              Errc::kInternalError);
  EXPECT_CODE(get("copy"), Errc::kNoSuchKey);
}

TEST_F(Damage, AnUnreadableRecordCanBeReplacedAndRemoved) {
  for (bool replace : {true, false}) {
    ASSERT_TRUE(put("key", "data"));
    overwrite(keys::object("key"), "\x01garbage");
    EXPECT_CODE(get("key"), Errc::kInternalError);
    EXPECT_CODE(head("key"), Errc::kInternalError);
    EXPECT_CODE(run_blocking(store_->list(kBucket, {})), Errc::kInternalError);
    PutOptions conditional;
    conditional.conditions.if_match = {"*"};
    EXPECT_CODE(put("key", "x", conditional), Errc::kInternalError);
    if (replace) {
      ASSERT_TRUE(put("key", ""));
      EXPECT_EQ(*get("key"), "");
    } else {
      ASSERT_TRUE(remove("key"));
      EXPECT_CODE(get("key"), Errc::kNoSuchKey);
    }
    EXPECT_TRUE(records_of('d').empty());
  }
}

TEST_F(Damage, ANewerRecordIsNotTouched) {
  ASSERT_TRUE(put("key", "data"));
  overwrite(keys::object("key"), "\x02newer");
  EXPECT_CODE(get("key"), Errc::kInternalError);
  EXPECT_CODE(put("key", "x"), Errc::kInternalError);
  EXPECT_CODE(remove("key"), Errc::kInternalError);
  EXPECT_CODE(run_blocking(store_->remove_many(kBucket, {"key"})), Errc::kInternalError);
}

TEST_F(Damage, AMissingBlob) {
  ASSERT_TRUE(put("key", pattern(100'000)));
  auto references = records_of('r');
  ASSERT_EQ(references.size(), 1u);
  engines::BlobId id = keys::blob_id(partition().name, keys::parse_reference(references[0]));
  ASSERT_TRUE(run_blocking(blobs_->remove(id)));
  EXPECT_CODE(get("key"), Errc::kInternalError);
}

}  // namespace
}  // namespace lakeside::oss
