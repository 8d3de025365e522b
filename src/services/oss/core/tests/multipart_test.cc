#include "base/checksum.h"
#include "base/encoding.h"
#include "services/oss/core/digests.h"
#include "services/oss/core/keys.h"
#include "services/oss/core/tests/fixture.h"

namespace lakeside::oss {
namespace {

class Multipart : public StoreTest {
 protected:
  std::string initiate(const std::string& key, const InitiateOptions& options = {}) {
    auto upload = run_blocking(store_->initiate(kBucket, key, options));
    EXPECT_TRUE(upload) << upload.error().message;
    return upload ? upload->upload_id : "";
  }
  OssResult<Part> upload(const std::string& key, const std::string& id, std::uint32_t number,
                         const std::string& data, std::vector<ObjectChecksum> checksums = {}) {
    TestSource source(data);
    Body body{source, {}, {}, {}};
    body.checksums = [&checksums] { return checksums; };
    return run_blocking(store_->upload_part(kBucket, key, id, number, body));
  }
  static CompletePart named(std::uint32_t number, const std::string& data) {
    return {number, hex_upper(md5(as_bytes(data))), {}};
  }
  OssResult<ObjectInfo> complete(const std::string& key, const std::string& id,
                                 const CompleteOptions& options) {
    return run_blocking(store_->complete(kBucket, key, id, options));
  }
  OssResult<PartsPage> parts(const std::string& key, const std::string& id, std::uint32_t after = 0,
                             std::uint32_t max = 1000) {
    return run_blocking(store_->list_parts(kBucket, key, id, after, max));
  }
};

// The formula of protocols.md §2, that a picture in the Go SDK's tests confirms: OSS hashes the
// parts' MD5s as upper-case hex text, S3 as bytes.
TEST_F(Multipart, WholeRoundAndETags) {
  InitiateOptions options;
  options.put.headers.content_type = "image/jpeg";
  options.put.acl = Acl::kPublicRead;
  options.put.storage_class = StorageClass::kIa;
  options.put.owner = "owner";
  std::string id = initiate("key", options);
  EXPECT_EQ(id.size(), 32u);
  std::string whole, hex, binary;
  CompleteOptions completion;
  for (std::uint32_t number : {1u, 3u, 10000u}) {
    std::string data = pattern(200'000 + number, number);
    auto part = upload("key", id, number, data);
    ASSERT_TRUE(part) << part.error().internal;
    EXPECT_EQ(part->number, number);
    EXPECT_EQ(part->etag, md5(as_bytes(data)));
    EXPECT_EQ(part->crc64, crc64_ecma(0, as_bytes(data)));
    whole += data;
    hex += hex_upper(md5(as_bytes(data)));
    binary += as_text(md5(as_bytes(data)));
    completion.parts.push_back(named(number, data));
  }
  completion.parts[1].etag = to_lower_ascii(completion.parts[1].etag);
  EXPECT_CODE(get("key"), Errc::kNoSuchKey);
  auto info = complete("key", id, completion);
  ASSERT_TRUE(info) << info.error().internal;
  EXPECT_EQ(info->key, "key");
  EXPECT_EQ(info->size, whole.size());
  EXPECT_EQ(info->etag.oss, md5(as_bytes(hex)));
  EXPECT_EQ(info->etag.s3, md5(as_bytes(binary)));
  EXPECT_EQ(info->etag.parts, 3u);
  EXPECT_EQ(info->crc64, crc64_ecma(0, as_bytes(whole)));
  EXPECT_EQ(info->type, ObjectType::kMultipart);
  EXPECT_EQ(info->headers.content_type, "image/jpeg");
  EXPECT_EQ(info->acl, Acl::kPublicRead);
  EXPECT_EQ(info->storage_class, StorageClass::kIa);
  EXPECT_EQ(info->owner, "owner");
  EXPECT_TRUE(*get("key") == whole);
  EXPECT_EQ(*head("key"), *info);
  GetOptions range;
  range.range = ByteRange{199'990, 400'020};
  EXPECT_TRUE(*get("key", range) == whole.substr(199'990, 200'031));

  EXPECT_TRUE(records_of('p').empty());
  EXPECT_TRUE(records_of('u').empty());
  EXPECT_TRUE(records_of('g').empty());
  EXPECT_EQ(records_of('r').size(), 3u);
  EXPECT_CODE(complete("key", id, completion), Errc::kNoSuchUpload);
  EXPECT_CODE(parts("key", id), Errc::kNoSuchUpload);
  EXPECT_CODE(upload("key", id, 1, "x"), Errc::kNoSuchUpload);
  EXPECT_CODE(run_blocking(store_->abort(kBucket, "key", id)), Errc::kNoSuchUpload);
}

// The digests of 100 KiB of zeros and of "hello", put together and hashed by Python.
TEST_F(Multipart, KnownETag) {
  std::string id = initiate("key");
  std::string zeros(102'400, '\0');
  ASSERT_TRUE(upload("key", id, 1, zeros));
  ASSERT_TRUE(upload("key", id, 2, "hello"));
  CompleteOptions options;
  options.parts = {named(1, zeros), named(2, "hello")};
  auto info = complete("key", id, options);
  ASSERT_TRUE(info);
  EXPECT_EQ(hex_upper(info->etag.oss), "A2CED76DC8551081D8035FACA38ECAD9");
  EXPECT_EQ(hex_lower(info->etag.s3), "a1f9f337b385e11a957232a408978ab2");
}

TEST_F(Multipart, CompleteRefusesWhatIsWrong) {
  std::string id = initiate("key");
  std::string big = pattern(150'000);
  ASSERT_TRUE(upload("key", id, 1, big));
  ASSERT_TRUE(upload("key", id, 2, "small"));
  ASSERT_TRUE(upload("key", id, 3, big));
  auto code = [&](std::vector<CompletePart> list) {
    CompleteOptions options;
    options.parts = std::move(list);
    auto result = complete("key", id, options);
    return result ? Errc::kNotImplemented : result.error().code;
  };
  EXPECT_EQ(code({}), Errc::kMalformedXml);
  EXPECT_EQ(code({named(3, big), named(1, big)}), Errc::kInvalidPartOrder);
  EXPECT_EQ(code({named(1, big), named(1, big)}), Errc::kInvalidPartOrder);
  EXPECT_EQ(code({named(0, big)}), Errc::kInvalidPartOrder);
  EXPECT_EQ(code({named(4, big)}), Errc::kInvalidPart);
  EXPECT_EQ(code({named(1, "other")}), Errc::kInvalidPart);
  EXPECT_EQ(code({{1, "", {}}}), Errc::kInvalidPart);
  EXPECT_EQ(code({named(1, big), named(2, "small"), named(3, big)}), Errc::kEntityTooSmall);
  // It can still be completed, with some of its parts: the others are garbage.
  CompleteOptions options;
  options.parts = {named(1, big), named(2, "small")};
  ASSERT_TRUE(complete("key", id, options));
  EXPECT_TRUE(*get("key") == big + "small");
  EXPECT_EQ(records_of('g').size(), 1u);
}

TEST_F(Multipart, CompleteAll) {
  std::string id = initiate("key");
  CompleteOptions all;
  all.all_parts = true;
  EXPECT_CODE(complete("key", id, all), Errc::kInvalidPart);
  ASSERT_TRUE(upload("key", id, 7, "second"));
  ASSERT_TRUE(upload("key", id, 2, pattern(102'400)));
  all.acl = Acl::kPublicReadWrite;
  auto info = complete("key", id, all);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->etag.parts, 2u);
  EXPECT_EQ(info->acl, Acl::kPublicReadWrite);
  EXPECT_TRUE(*get("key") == pattern(102'400) + "second");
}

TEST_F(Multipart, CompleteOverAnObject) {
  ASSERT_TRUE(put("key", "old"));
  std::string id = initiate("key");
  ASSERT_TRUE(upload("key", id, 1, "new"));
  CompleteOptions options;
  options.parts = {named(1, "new")};
  options.forbid_overwrite = true;
  EXPECT_CODE(complete("key", id, options), Errc::kFileAlreadyExists);
  options.forbid_overwrite = false;
  options.conditions.if_none_match = {"*"};
  EXPECT_CODE(complete("key", id, options), Errc::kPreconditionFailed);
  options.conditions = {};
  EXPECT_TRUE(complete("key", id, options));
  EXPECT_EQ(*get("key"), "new");
  EXPECT_TRUE(records_of('d').empty());

  InitiateOptions forbid;
  forbid.put.forbid_overwrite = true;
  EXPECT_CODE(run_blocking(store_->initiate(kBucket, "key", forbid)), Errc::kFileAlreadyExists);
}

TEST_F(Multipart, EmptyParts) {
  std::string id = initiate("key");
  ASSERT_TRUE(upload("key", id, 1, ""));
  CompleteOptions options;
  options.parts = {named(1, "")};
  auto info = complete("key", id, options);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->size, 0u);
  EXPECT_EQ(info->etag.parts, 1u);
  EXPECT_EQ(*get("key"), "");
}

TEST_F(Multipart, ManyPartsRestInAManifest) {
  std::string id = initiate("key");
  CompleteOptions options;
  options.min_part_size = 1;
  options.all_parts = true;
  std::string whole;
  for (std::uint32_t number = 1; number <= 150; ++number) {
    std::string data = pattern(100 + number, number);
    ASSERT_TRUE(upload("key", id, number, data));
    whole += data;
  }
  ASSERT_TRUE(complete("key", id, options));
  EXPECT_EQ(records_of('m').size(), 1u);
  EXPECT_TRUE(*get("key") == whole);
  EXPECT_EQ(head("key")->crc64, crc64_ecma(0, as_bytes(whole)));
  for (std::size_t offset : {0ul, 100ul, 5000ul, whole.size() - 1}) {
    GetOptions range;
    range.range = ByteRange{offset, offset + 700};
    EXPECT_TRUE(*get("key", range) == whole.substr(offset, 701));
  }
  // What changes the record alone leaves the manifest where it is.
  ASSERT_TRUE(run_blocking(store_->set_object_acl(kBucket, "key", Acl::kPublicRead)));
  EXPECT_TRUE(*get("key") == whole);
  CopyOptions headers;
  headers.replace_headers = true;
  auto copied = run_blocking(store_->copy(kBucket, "key", kBucket, "key", headers));
  ASSERT_TRUE(copied);
  EXPECT_EQ(copied->etag.parts, 150u);
  EXPECT_EQ(copied->type, ObjectType::kMultipart);
  EXPECT_TRUE(*get("key") == whole);
  EXPECT_TRUE(records_of('g').empty());
  ASSERT_TRUE(put("key", "small"));
  EXPECT_TRUE(records_of('m').empty());
  EXPECT_EQ(records_of('g').size(), 1u);
  clock_.set(kEpoch + std::chrono::hours(1));
  EXPECT_EQ(*run_blocking(store_->collect_garbage()), 150u);
  EXPECT_EQ(blob_count(), 0u);
  EXPECT_TRUE(records_of('r').empty());
}

TEST_F(Multipart, PartsAreReplacedAndListed) {
  std::string id = initiate("key");
  for (std::uint32_t number : {5u, 1u, 3u, 2u}) {
    ASSERT_TRUE(upload("key", id, number, pattern(number)));
  }
  ASSERT_TRUE(upload("key", id, 3, "replaced"));
  EXPECT_EQ(records_of('g').size(), 1u);
  auto page = parts("key", id);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->upload.key, "key");
  EXPECT_EQ(page->upload.upload_id, id);
  ASSERT_EQ(page->parts.size(), 4u);
  EXPECT_FALSE(page->truncated);
  EXPECT_EQ(page->next_part_number_marker, 5u);
  EXPECT_EQ(page->parts[2].number, 3u);
  EXPECT_EQ(page->parts[2].size, 8u);
  EXPECT_EQ(page->parts[2].etag, md5(as_bytes("replaced")));
  page = parts("key", id, 1, 2);
  ASSERT_EQ(page->parts.size(), 2u);
  EXPECT_EQ(page->parts[0].number, 2u);
  EXPECT_TRUE(page->truncated);
  EXPECT_EQ(page->next_part_number_marker, 3u);
  page = parts("key", id, 3, 1);
  EXPECT_FALSE(page->truncated);
  EXPECT_TRUE(parts("key", id, 10000, 1)->parts.empty());
  EXPECT_TRUE(parts("key", id, 0, 0)->parts.empty());
}

TEST_F(Multipart, ArgumentsThatAreWrong) {
  std::string id = initiate("key");
  EXPECT_CODE(upload("key", id, 0, "x"), Errc::kInvalidArgument);
  EXPECT_CODE(upload("key", id, 10001, "x"), Errc::kInvalidArgument);
  EXPECT_CODE(upload("other", id, 1, "x"), Errc::kNoSuchUpload);
  EXPECT_CODE(upload("key", "", 1, "x"), Errc::kNoSuchUpload);
  EXPECT_CODE(upload("key", std::string(32, 'g'), 1, "x"), Errc::kNoSuchUpload);
  EXPECT_CODE(upload("key", std::string(32, 'A'), 1, "x"), Errc::kNoSuchUpload);
  EXPECT_CODE(parts("key", "x"), Errc::kNoSuchUpload);
  EXPECT_CODE(run_blocking(store_->initiate("no-bucket", "key", {})), Errc::kNoSuchBucket);
  EXPECT_CODE(run_blocking(store_->initiate(kBucket, "", {})), Errc::kInvalidObjectName);
  TestSource source(pattern(200'000));
  Body body{source, md5(as_bytes("other")), {}, {}};
  EXPECT_CODE(run_blocking(store_->upload_part(kBucket, "key", id, 1, body)), Errc::kInvalidDigest);
  EXPECT_EQ(blob_count(), 0u);
}

TEST_F(Multipart, AbortLeavesNothing) {
  std::string id = initiate("key");
  for (std::uint32_t number = 1; number <= 5; ++number) {
    ASSERT_TRUE(upload("key", id, number, pattern(1000)));
  }
  EXPECT_TRUE(run_blocking(store_->abort(kBucket, "key", id)));
  EXPECT_CODE(upload("key", id, 6, "x"), Errc::kNoSuchUpload);
  EXPECT_EQ(blob_count(), 5u);
  clock_.set(clock_.now() + std::chrono::hours(1));
  EXPECT_EQ(*run_blocking(store_->collect_garbage()), 5u);
  EXPECT_EQ(blob_count(), 0u);
  EXPECT_TRUE(records_of('p').empty());
  EXPECT_TRUE(records_of('r').empty());
  EXPECT_TRUE(records_of('g').empty());
}

TEST_F(Multipart, ChecksumsOfTheWhole) {
  std::string a = pattern(120'000, 1), b = pattern(70'001, 2);
  for (auto algorithm :
       {ChecksumAlgorithm::kCrc32, ChecksumAlgorithm::kCrc32c, ChecksumAlgorithm::kCrc64Nvme}) {
    InitiateOptions options;
    options.checksum_algorithm = algorithm;
    std::string id = initiate("key", options);
    // The first comes with its checksum, of the second it is computed.
    ASSERT_TRUE(upload("key", id, 1, a, {{algorithm, checksum_of(algorithm, a), false}}));
    auto second = upload("key", id, 2, b);
    ASSERT_TRUE(second);
    ASSERT_EQ(second->checksums.size(), 1u);
    EXPECT_EQ(second->checksums[0].value, checksum_of(algorithm, b));
    CompleteOptions completion;
    completion.parts = {named(1, a), named(2, b)};
    completion.expected_checksums = {{algorithm, checksum_of(algorithm, a), false}};
    EXPECT_CODE(complete("key", id, completion), Errc::kBadDigest);
    completion.expected_checksums = {{ChecksumAlgorithm::kSha1, "x", false}};
    EXPECT_CODE(complete("key", id, completion), Errc::kInvalidRequest);
    completion.expected_checksums = {{algorithm, checksum_of(algorithm, a + b), false}};
    completion.parts[1].checksums = {{algorithm, "wrong", false}};
    EXPECT_CODE(complete("key", id, completion), Errc::kInvalidPart);
    completion.parts[1].checksums = {{algorithm, checksum_of(algorithm, b), false}};
    auto info = complete("key", id, completion);
    ASSERT_TRUE(info) << info.error().message;
    ASSERT_EQ(info->checksums.size(), 1u);
    EXPECT_EQ(info->checksums[0],
              (ObjectChecksum{algorithm, checksum_of(algorithm, a + b), false}));
  }
}

TEST_F(Multipart, ChecksumsOfChecksums) {
  std::string a = pattern(120'000, 1), b = pattern(70'001, 2);
  for (auto algorithm : {ChecksumAlgorithm::kCrc32c, ChecksumAlgorithm::kSha256}) {
    InitiateOptions options;
    options.checksum_algorithm = algorithm;
    options.checksum_composite = algorithm == ChecksumAlgorithm::kCrc32c;  // SHA always is
    std::string id = initiate("key", options);
    std::string all = checksum_of(algorithm, a) + checksum_of(algorithm, b);
    ASSERT_TRUE(upload("key", id, 1, a, {{algorithm, checksum_of(algorithm, a), false}}));
    CompleteOptions completion;
    completion.parts = {named(1, a), named(2, b)};
    if (!is_crc(algorithm)) {
      ASSERT_TRUE(upload("key", id, 2, b));  // a hash is not computed for the client
      EXPECT_CODE(complete("key", id, completion), Errc::kInvalidRequest);
    }
    ASSERT_TRUE(upload("key", id, 2, b, {{algorithm, checksum_of(algorithm, b), false}}));
    auto info = complete("key", id, completion);
    ASSERT_TRUE(info) << info.error().message;
    EXPECT_EQ(info->checksums[0], (ObjectChecksum{algorithm, checksum_of(algorithm, all), true}));
    // A copy has no parts: what is said of parts is not true of it.
    auto copy = run_blocking(store_->copy(kBucket, "key", kBucket, "copy", {}));
    ASSERT_TRUE(copy);
    EXPECT_TRUE(copy->checksums.empty());
  }
  InitiateOptions nvme;
  nvme.checksum_algorithm = ChecksumAlgorithm::kCrc64Nvme;
  nvme.checksum_composite = true;
  EXPECT_CODE(run_blocking(store_->initiate(kBucket, "key", nvme)), Errc::kInvalidRequest);
}

TEST_F(Multipart, PartsCopiedFromObjects) {
  std::string large = pattern(3'000'000), small = pattern(1000, 2);
  ASSERT_TRUE(put("large", large));
  auto info = put("small", small);
  std::string id = initiate("key");
  auto copy = [&](std::uint32_t number, const std::string& source, std::optional<ByteRange> range,
                  const Preconditions& conditions = {}) {
    return run_blocking(
        store_->upload_part_copy(kBucket, "key", id, number, kBucket, source, range, conditions));
  };
  ASSERT_TRUE(copy(1, "large", std::nullopt));
  auto part = copy(2, "large", ByteRange{1'000'000, 1'999'999});
  ASSERT_TRUE(part);
  EXPECT_EQ(part->size, 1'000'000u);
  EXPECT_EQ(part->etag, md5(as_bytes(large.substr(1'000'000, 1'000'000))));
  ASSERT_TRUE(copy(3, "small", ByteRange{10, 19}));
  EXPECT_CODE(copy(4, "none", std::nullopt), Errc::kNoSuchKey);
  EXPECT_CODE(copy(4, "small", ByteRange{5000, 5001}), Errc::kInvalidRange);
  Preconditions conditions;
  conditions.if_none_match = {hex_lower(info->etag.oss)};
  EXPECT_CODE(copy(4, "small", std::nullopt, conditions), Errc::kNotModified);
  CompleteOptions all;
  all.all_parts = true;
  ASSERT_TRUE(complete("key", id, all));
  EXPECT_TRUE(*get("key") == large + large.substr(1'000'000, 1'000'000) + small.substr(10, 10));
}

TEST_F(Multipart, UploadsAreListed) {
  std::vector<std::pair<std::string, std::string>> made;
  for (const char* key : {"a", "a", "a/1", "a/2", "b", "c/1"}) {
    clock_.set(clock_.now() + std::chrono::seconds(1));
    made.emplace_back(key, initiate(key));
  }
  auto list = [&](const UploadsOptions& options) {
    auto page = run_blocking(store_->list_uploads(kBucket, options));
    EXPECT_TRUE(page);
    return *page;
  };
  UploadsPage all = list({});
  ASSERT_EQ(all.uploads.size(), 6u);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(all.uploads[i].key, made[i].first);
    EXPECT_EQ(all.uploads[i].upload_id, made[i].second);  // of one key, the oldest first
  }
  EXPECT_FALSE(all.truncated);

  UploadsPage grouped = list({"", "/", "", "", 1000});
  EXPECT_EQ(grouped.uploads.size(), 3u);
  EXPECT_EQ(grouped.common_prefixes, (std::vector<std::string>{"a/", "c/"}));
  EXPECT_EQ(list({"a/", "/", "", "", 1000}).uploads.size(), 2u);
  EXPECT_EQ(list({"", "", "a", "", 1000}).uploads.size(), 4u);
  EXPECT_EQ(list({"", "", "a", made[0].second, 1000}).uploads.size(), 5u);
  EXPECT_EQ(list({"", "", "", made[0].second, 1000}).uploads.size(), 6u);
  EXPECT_EQ(list({"", "/", "a/1", "", 1000}).common_prefixes, (std::vector<std::string>{"c/"}));
  EXPECT_TRUE(list({"", "", "", "", 0}).uploads.empty());

  for (const char* delimiter : {"", "/"}) {
    UploadsOptions options{"", delimiter, "", "", 1};
    std::size_t seen = 0;
    while (true) {
      UploadsPage page = list(options);
      seen += page.uploads.size() + page.common_prefixes.size();
      if (!page.truncated) break;
      options.key_marker = page.next_key_marker;
      options.upload_id_marker = page.next_upload_id_marker;
    }
    EXPECT_EQ(seen, delimiter[0] == '/' ? 5u : 6u);
  }
  EXPECT_CODE(run_blocking(store_->list_uploads("no-bucket", {})), Errc::kNoSuchBucket);
}

}  // namespace
}  // namespace lakeside::oss
