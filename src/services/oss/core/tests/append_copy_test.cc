#include <random>

#include "base/checksum.h"
#include "base/encoding.h"
#include "services/oss/core/tests/fixture.h"

namespace lakeside::oss {
namespace {

class Append : public StoreTest {
 protected:
  OssResult<AppendResult> append(const std::string& key, std::uint64_t position,
                                 const std::string& data, const PutOptions& options = {},
                                 bool announced = true) {
    TestSource source(data, announced);
    Body body{source, {}, {}, {}};
    return run_blocking(store_->append(kBucket, key, position, options, body));
  }
  void expect_position(const OssResult<AppendResult>& result, std::uint64_t next) {
    EXPECT_CODE(result, Errc::kPositionNotEqualToLength);
    ASSERT_EQ(result.error().details.size(), 1u);
    EXPECT_EQ(result.error().details[0].first, "next-append-position");
    EXPECT_EQ(result.error().details[0].second, std::to_string(next));
  }
};

TEST_F(Append, GrowsThroughAllForms) {
  std::mt19937 random(1);
  std::string whole;
  PutOptions options;
  options.headers.content_type = "text/plain";
  options.owner = "owner";
  std::vector<std::size_t> sizes{0, 10, 0, 65'526, 1, 100'000, 5, 1'000'000, 60'000, 60'000};
  for (int i = 0; i < 60; ++i) sizes.push_back(random() % 90'000);
  sizes.insert(sizes.end(), {1'500'000, 10, 3'000'000, 1'048'576, 0, 65'536});
  Md5Digest last_etag{};
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    std::string data = pattern(sizes[i], i);
    auto result = append("key", whole.size(), data, options, i % 3 != 0);
    ASSERT_TRUE(result) << i << result.error().internal;
    whole += data;
    EXPECT_EQ(result->next_position, whole.size());
    EXPECT_EQ(result->info.size, whole.size());
    EXPECT_EQ(result->info.crc64, crc64_ecma(0, as_bytes(whole)));
    EXPECT_EQ(result->info.type, ObjectType::kAppendable);
    EXPECT_EQ(result->info.etag.parts, 0u);
    if (sizes[i] != 0) {
      EXPECT_NE(result->info.etag.oss, last_etag);
    }
    last_etag = result->info.etag.oss;
    ASSERT_TRUE(*get("key") == whole) << i;
    options.headers.content_type = "ignored/later";
  }
  EXPECT_EQ(head("key")->headers.content_type, "text/plain");
  EXPECT_EQ(head("key")->owner, "owner");
  for (int i = 0; i < 100; ++i) {
    std::uint64_t offset = random() % whole.size();
    GetOptions range;
    range.range = ByteRange{offset, offset + random() % 200'000};
    EXPECT_TRUE(*get("key", range) == whole.substr(offset, *range.range->last - offset + 1));
  }
  // All that was rewritten can go, and what remains is whole.
  clock_.set(clock_.now() + std::chrono::hours(1));
  EXPECT_GT(*run_blocking(store_->collect_garbage()), 0u);
  EXPECT_TRUE(*get("key") == whole);
  EXPECT_EQ(blob_count(), records_of('r').size());
}

TEST_F(Append, ManySmallOnesMakeFewBlobs) {
  std::string whole;
  for (int i = 0; i < 10'000; ++i) {
    std::string data = pattern(500, i);
    ASSERT_TRUE(append("key", whole.size(), data));
    whole += data;
  }
  EXPECT_TRUE(*get("key") == whole);
  for (int i = 0; i < 5; ++i) {
    clock_.set(clock_.now() + std::chrono::hours(1));
    ASSERT_TRUE(run_blocking(store_->collect_garbage()));
  }
  EXPECT_LE(blob_count(), 6u);
}

TEST_F(Append, Refusals) {
  expect_position(append("key", 5, "x"), 0);
  ASSERT_TRUE(append("key", 0, "hello"));
  expect_position(append("key", 0, "x"), 5);
  expect_position(append("key", 6, "x"), 5);
  expect_position(append("key", 4, pattern(3'000'000)), 5);
  expect_position(append("key", 4, pattern(3'000'000), {}, false), 5);
  EXPECT_EQ(blob_count(), 0u);
  ASSERT_TRUE(put("normal", "hello"));
  EXPECT_CODE(append("normal", 5, "x"), Errc::kObjectNotAppendable);
  EXPECT_CODE(append("normal", 5, pattern(3'000'000)), Errc::kObjectNotAppendable);
  EXPECT_CODE(append("", 0, "x"), Errc::kInvalidObjectName);
  TestSource source("x");
  Body body{source, {}, {}, {}};
  PutOptions options;
  EXPECT_CODE(run_blocking(store_->append("no-bucket", "key", 0, options, body)),
              Errc::kNoSuchBucket);
  TestSource wrong("x");
  Body digest{wrong, md5(as_bytes("y")), {}, {}};
  EXPECT_CODE(run_blocking(store_->append(kBucket, "key", 5, options, digest)),
              Errc::kInvalidDigest);
  EXPECT_EQ(*get("key"), "hello");
  // A put makes it a normal object.
  ASSERT_TRUE(put("key", "12345"));
  EXPECT_CODE(append("key", 5, "x"), Errc::kObjectNotAppendable);
}

class Copy : public StoreTest {
 protected:
  OssResult<ObjectInfo> copy(const std::string& from, const std::string& to,
                             const CopyOptions& options = {}) {
    return run_blocking(store_->copy(kBucket, from, kBucket, to, options));
  }
};

TEST_F(Copy, DataAndHeaders) {
  for (std::size_t size : {0ul, 100ul, 65'537ul, 3'000'000ul}) {
    std::string data = pattern(size);
    PutOptions options;
    options.headers.content_type = "text/plain";
    options.headers.user = {{"a", "1"}};
    options.acl = Acl::kPublicRead;
    auto source = put("source", data, options);
    CopyOptions as_is;
    as_is.put.owner = "copier";
    auto info = copy("source", "copy", as_is);
    ASSERT_TRUE(info) << info.error().internal;
    EXPECT_TRUE(*get("copy") == data);
    EXPECT_EQ(info->etag, source->etag);
    EXPECT_EQ(info->crc64, source->crc64);
    EXPECT_EQ(info->headers, source->headers);
    EXPECT_EQ(info->acl, Acl::kDefault);  // an ACL does not travel
    EXPECT_EQ(info->owner, "copier");
    CopyOptions replaced;
    replaced.replace_headers = true;
    replaced.put.headers.content_type = "image/png";
    replaced.put.storage_class = StorageClass::kIa;
    info = copy("source", "copy", replaced);
    ASSERT_TRUE(info);
    EXPECT_EQ(info->headers, replaced.put.headers);
    EXPECT_EQ(info->storage_class, StorageClass::kIa);
    // The copy is independent.
    ASSERT_TRUE(remove("source"));
    clock_.set(clock_.now() + std::chrono::hours(1));
    ASSERT_TRUE(run_blocking(store_->collect_garbage()));
    EXPECT_TRUE(*get("copy") == data);
  }
}

TEST_F(Copy, OntoItself) {
  for (std::size_t size : {100ul, 3'000'000ul}) {
    auto before = put("key", pattern(size));
    clock_.set(clock_.now() + std::chrono::seconds(10));
    CopyOptions options;
    options.replace_headers = true;
    options.put.headers.content_type = "image/png";
    std::size_t blobs = blob_count();
    auto after = copy("key", "key", options);
    ASSERT_TRUE(after);
    EXPECT_EQ(after->etag, before->etag);
    EXPECT_EQ(after->headers.content_type, "image/png");
    EXPECT_GT(after->modified, before->modified);
    EXPECT_EQ(blob_count(), blobs);
    EXPECT_TRUE(*get("key") == pattern(size));
    options.replace_headers = false;
    EXPECT_EQ(copy("key", "key", options)->headers.content_type, "image/png");
  }
  EXPECT_CODE(copy("none", "none"), Errc::kNoSuchKey);
}

TEST_F(Copy, Refusals) {
  auto source = put("source", "data");
  ASSERT_TRUE(put("there", "old"));
  EXPECT_CODE(copy("none", "copy"), Errc::kNoSuchKey);
  EXPECT_CODE(copy("", "copy"), Errc::kInvalidObjectName);
  EXPECT_CODE(copy("source", ""), Errc::kInvalidObjectName);
  EXPECT_CODE(run_blocking(store_->copy("no-bucket", "source", kBucket, "copy", {})),
              Errc::kNoSuchBucket);
  EXPECT_CODE(run_blocking(store_->copy(kBucket, "source", "no-bucket", "copy", {})),
              Errc::kNoSuchBucket);
  CopyOptions options;
  options.source_conditions.if_none_match = {hex_lower(source->etag.oss)};
  EXPECT_CODE(copy("source", "copy", options), Errc::kNotModified);
  EXPECT_CODE(copy("source", "source", options), Errc::kNotModified);
  options = {};
  options.put.forbid_overwrite = true;
  EXPECT_CODE(copy("source", "there", options), Errc::kFileAlreadyExists);
  EXPECT_EQ(*get("there"), "old");
}

TEST_F(Copy, BetweenBuckets) {
  ASSERT_TRUE(create("other-bucket"));
  std::string data = pattern(2'000'000);
  ASSERT_TRUE(put("source", data));
  ASSERT_TRUE(run_blocking(store_->copy(kBucket, "source", "other-bucket", "source", {})));
  EXPECT_TRUE(*run_blocking(get_task("source", {}, "other-bucket")) == data);
  EXPECT_EQ(records_of('r', "other-bucket").size(), 1u);
}

}  // namespace
}  // namespace lakeside::oss
