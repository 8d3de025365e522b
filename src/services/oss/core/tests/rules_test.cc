// Names, keys of records, conditions, ranges, checksums: all that is pure.
#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/task.h"
#include "services/oss/core/conditions.h"
#include "services/oss/core/digests.h"
#include "services/oss/core/keys.h"
#include "services/oss/core/names.h"
#include "services/oss/core/object_store.h"
#include "services/oss/core/segments.h"

namespace lakeside::oss {
namespace {

using namespace std::string_literals;

TEST(Names, Buckets) {
  for (const char* good : {"abc", "a-b", "0ab", "my.bucket.name", "1.2.3", "1.2.3.4.5", "a1.2.3.4",
                           "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    EXPECT_TRUE(check_bucket_name(good)) << good;
  }
  for (const char* bad :
       {"", "ab", "Abc", "a_b", "-ab", "ab-", ".ab", "ab.", "a..b", "1.2.3.4", "192.168.0.1", "a b",
        "a/b", "ü-ü", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    EXPECT_FALSE(check_bucket_name(bad)) << bad;
  }
}

TEST(Names, Keys) {
  EXPECT_TRUE(check_key("a"));
  EXPECT_TRUE(check_key("/leading"));
  EXPECT_TRUE(check_key("中文/ключ"));
  EXPECT_TRUE(check_key("nul\0inside"s));
  EXPECT_TRUE(check_key(std::string(1023, 'k')));
  EXPECT_EQ(check_key(std::string(1024, 'k')).error().code, Errc::kKeyTooLong);
  EXPECT_EQ(check_key("").error().code, Errc::kInvalidObjectName);
  EXPECT_EQ(check_key("\xFF").error().code, Errc::kInvalidObjectName);
}

TEST(Names, Metadata) {
  ObjectHeaders headers;
  headers.user = {{"name", std::string((8 << 10) - 4, 'v')}};
  EXPECT_TRUE(check_headers(headers));
  headers.user[0].second += "v";
  EXPECT_EQ(check_headers(headers).error().code, Errc::kMetadataTooLarge);
}

TEST(Keys, UploadsKeepTheOrderOfObjectKeys) {
  std::mt19937 random(1);
  std::vector<std::string> names{"a", "a\0"s, "a\0\0"s, "a\0b"s, "a\x01"s, "ab", "a\xC3\xBF", "b"};
  for (int i = 0; i < 200; ++i) {
    std::string name;
    for (int n = random() % 4 + 1; n > 0; --n) name.push_back("\0\1\2ab"[random() % 5]);
    names.push_back(name);
  }
  std::string id(32, '0');
  for (const std::string& a : names) {
    auto parsed = keys::parse_upload(keys::upload(a, id));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->key, a);
    for (const std::string& b : names) {
      EXPECT_EQ(a < b, keys::upload(a, id) < keys::upload(b, id));
      EXPECT_EQ(a < b, keys::uploads_after_key(a) < keys::upload(b, id)) << a << " " << b;
      EXPECT_EQ(b.starts_with(a), keys::upload(b, id).starts_with(keys::uploads_from_prefix(a)));
    }
  }
  EXPECT_FALSE(keys::parse_upload("u"));
  EXPECT_FALSE(keys::parse_upload("uabc"));
  EXPECT_FALSE(keys::parse_upload("uabc\0"s));
  EXPECT_FALSE(keys::parse_upload("uabc\0\x01"s));
  EXPECT_FALSE(keys::parse_upload("uabc\0\x05xyz"s));
}

TEST(Keys, AfterPrefix) {
  EXPECT_EQ(keys::after_prefix("ab"), "ac");
  EXPECT_EQ(keys::after_prefix("a\xFF"), "b");
  EXPECT_EQ(keys::after_prefix("\xFF\xFF"), "");
  EXPECT_EQ(keys::parse_part_number(keys::part(std::string(32, 'A'), 10000)), 10000u);
  Time time(std::chrono::microseconds(1234567));
  EXPECT_EQ(keys::parse_garbage_time(keys::garbage(time, "x")), time);
}

ObjectInfo example() {
  ObjectInfo info;
  info.modified = Time(std::chrono::seconds(1000)) + std::chrono::microseconds(500);
  info.etag = {md5(as_bytes("a")), md5(as_bytes("b")), 0};
  return info;
}
const std::string kOss = hex_upper(md5(as_bytes("a")));
const std::string kS3 = hex_lower(md5(as_bytes("b")));
const std::string kOther = hex_lower(md5(as_bytes("c")));
Time second(int s) { return Time(std::chrono::seconds(s)); }

TEST(Conditions, ETags) {
  ETag etag = example().etag;
  EXPECT_TRUE(matches("*", etag));
  EXPECT_TRUE(matches(kOss, etag));
  EXPECT_TRUE(matches(to_lower_ascii(kOss), etag));
  EXPECT_TRUE(matches(kS3, etag));
  EXPECT_TRUE(matches("W/" + kS3, etag));
  EXPECT_FALSE(matches(kOther, etag));
  EXPECT_FALSE(matches("", etag));
  EXPECT_FALSE(matches(kOss + "-1", etag));
  EXPECT_FALSE(matches(kOss.substr(1), etag));
  etag.parts = 12;
  EXPECT_TRUE(matches(kOss + "-12", etag));
  EXPECT_TRUE(matches(kS3 + "-12", etag));
  EXPECT_FALSE(matches(kS3, etag));
  EXPECT_FALSE(matches(kS3 + "-0", etag));
  EXPECT_FALSE(matches(kS3 + "-x", etag));
}

struct Case {
  Preconditions conditions;
  int verdict;  // 200, 304, 412
};

TEST(Conditions, Reads) {
  const std::vector<Case> cases{
      {{}, 200},
      {{{kOss}, {}, {}, {}}, 200},
      {{{kOther}, {}, {}, {}}, 412},
      {{{kOther, kS3}, {}, {}, {}}, 200},
      {{{"*"}, {}, {}, {}}, 200},
      {{{}, {kOss}, {}, {}}, 304},
      {{{}, {kOther}, {}, {}}, 200},
      {{{}, {kOther, "*"}, {}, {}}, 304},
      // Whole seconds: an object of 1000.0005 s is as old as its Last-Modified says.
      {{{}, {}, second(1000), {}}, 304},
      {{{}, {}, second(1001), {}}, 304},
      {{{}, {}, second(999), {}}, 200},
      {{{}, {}, {}, second(1000)}, 200},
      {{{}, {}, {}, second(1001)}, 200},
      {{{}, {}, {}, second(999)}, 412},
      // The ETag's condition outweighs the date's of the same kind.
      {{{kOss}, {}, {}, second(999)}, 200},
      {{{kOther}, {}, {}, second(1001)}, 412},
      {{{}, {kOther}, second(1001), {}}, 200},
      {{{}, {kOss}, second(999), {}}, 304},
      // A failed condition comes before "not modified".
      {{{kOther}, {kOss}, {}, {}}, 412},
      {{{kOss}, {kOss}, {}, {}}, 304},
      {{{kOss}, {kOther}, {}, {}}, 200},
      {{{}, {}, second(1001), second(999)}, 412},
  };
  ObjectInfo info = example();
  for (std::size_t i = 0; i < cases.size(); ++i) {
    auto read = check_read(cases[i].conditions, info);
    int verdict = read                                             ? 200
                  : read.error().code == Errc::kNotModified        ? 304
                  : read.error().code == Errc::kPreconditionFailed ? 412
                                                                   : 0;
    EXPECT_EQ(verdict, cases[i].verdict) << i;
    OssStatus write = check_write(cases[i].conditions, &info);
    EXPECT_EQ(write.has_value(), cases[i].verdict == 200) << i;
    if (!write) {
      EXPECT_EQ(write.error().code, Errc::kPreconditionFailed);
    }
  }
}

TEST(Conditions, WritesWithoutAnObject) {
  EXPECT_TRUE(check_write({}, nullptr));
  EXPECT_TRUE(check_write({{}, {"*"}, {}, {}}, nullptr));
  EXPECT_EQ(check_write({{"*"}, {}, {}, {}}, nullptr).error().code, Errc::kNoSuchKey);
  EXPECT_EQ(check_write({{kOss}, {}, {}, {}}, nullptr).error().code, Errc::kNoSuchKey);
}

TEST(Ranges, Resolve) {
  auto expect = [](const ByteRange& range, std::uint64_t size, std::uint64_t offset,
                   std::uint64_t length) {
    auto resolved = resolve(range, size);
    ASSERT_EQ(resolved.has_value(), length != 0);
    if (!resolved) return;
    EXPECT_EQ(resolved->offset, offset);
    EXPECT_EQ(resolved->length, length);
  };
  expect({0, 0}, 10, 0, 1);
  expect({0, 9}, 10, 0, 10);
  expect({3, 5}, 10, 3, 3);
  expect({3, 500}, 10, 3, 7);
  expect({9, std::nullopt}, 10, 9, 1);
  expect({10, std::nullopt}, 10, 0, 0);
  expect({10, 20}, 10, 0, 0);
  expect({5, 3}, 10, 0, 0);
  expect({std::nullopt, 3}, 10, 7, 3);
  expect({std::nullopt, 30}, 10, 0, 10);
  expect({std::nullopt, 0}, 10, 0, 0);
  expect({0, std::nullopt}, 0, 0, 0);
  expect({std::nullopt, 5}, 0, 0, 0);
  expect({0, ~std::uint64_t{0}}, 10, 0, 10);
  expect({std::nullopt, std::nullopt}, 10, 0, 0);
}

TEST(Ranges, CutSlices) {
  std::vector<BlobSlice> slices{{"a", 0, 10}, {"b", 5, 10}, {"c", 0, 10}};
  for (std::uint64_t offset = 0; offset < 35; ++offset) {
    for (std::uint64_t length = 1; offset + length <= 35; ++length) {
      Extent extent = cut(slices, 5, {offset, length});
      std::vector<std::pair<std::string, std::uint64_t>> bytes;
      for (const BlobSlice& slice : extent.slices) {
        ASSERT_NE(slice.length, 0u);
        for (std::uint64_t i = 0; i < slice.length; ++i) {
          bytes.emplace_back(slice.blob, slice.offset + i);
        }
      }
      for (std::uint64_t i = 0; i < extent.tail_length; ++i) {
        bytes.emplace_back("", extent.tail_offset + i);
      }
      ASSERT_EQ(bytes.size(), length);
      for (std::uint64_t i = 0; i < length; ++i) {
        std::uint64_t at = offset + i;
        std::pair<std::string, std::uint64_t> expected = at < 10   ? std::pair{"a"s, at}
                                                         : at < 20 ? std::pair{"b"s, at - 5}
                                                         : at < 30 ? std::pair{"c"s, at - 20}
                                                                   : std::pair{""s, at - 30};
        ASSERT_EQ(bytes[i], expected);
      }
    }
  }
}

Task<std::string> crc_of(Md5Service& service, ChecksumAlgorithm algorithm, std::string data) {
  Digests digests({false, algorithm});
  co_await digests.update(service, as_bytes(data));
  co_return digests.crc()->value;
}

TEST(Digests, CrcOfPartsIsThatOfTheWhole) {
  Md5Service service;
  std::mt19937 random(7);
  for (auto algorithm :
       {ChecksumAlgorithm::kCrc32, ChecksumAlgorithm::kCrc32c, ChecksumAlgorithm::kCrc64Nvme}) {
    for (int i = 0; i < 50; ++i) {
      std::string a(random() % 3000, '\0');
      std::string b(i == 0 ? 0 : random() % 70000, '\0');
      for (std::string* text : {&a, &b}) {
        for (char& c : *text) c = static_cast<char>(random());
      }
      std::string combined =
          combine_crc(algorithm, checksum_of(algorithm, a), checksum_of(algorithm, b), b.size());
      EXPECT_EQ(combined, checksum_of(algorithm, a + b));
      EXPECT_EQ(run_blocking(crc_of(service, algorithm, a + b)), combined);
    }
  }
  // The check values of the catalogue of parametrised CRC algorithms.
  EXPECT_EQ(hex_lower(as_bytes(checksum_of(ChecksumAlgorithm::kCrc32, "123456789"))), "cbf43926");
  EXPECT_EQ(hex_lower(as_bytes(checksum_of(ChecksumAlgorithm::kCrc32c, "123456789"))), "e3069283");
  EXPECT_EQ(hex_lower(as_bytes(checksum_of(ChecksumAlgorithm::kCrc64Nvme, "123456789"))),
            "ae8b14860a799888");
}

TEST(Errors, FromEngine) {
  auto code = [](ErrorCode engine) { return from_engine({engine, "x"}).error().code; };
  EXPECT_EQ(code(ErrorCode::kNoSpace), Errc::kServiceUnavailable);
  EXPECT_EQ(code(ErrorCode::kUnavailable), Errc::kServiceUnavailable);
  EXPECT_EQ(code(ErrorCode::kDisconnected), Errc::kIncompleteBody);
  EXPECT_EQ(code(ErrorCode::kTimeout), Errc::kRequestTimeout);
  EXPECT_EQ(code(ErrorCode::kTooLarge), Errc::kEntityTooLarge);
  EXPECT_EQ(code(ErrorCode::kInvalid), Errc::kInvalidRequest);
  EXPECT_EQ(code(ErrorCode::kIo), Errc::kInternalError);
  EXPECT_EQ(code(ErrorCode::kCorrupt), Errc::kInternalError);
  EXPECT_EQ(code(ErrorCode::kNotFound), Errc::kInternalError);
}

}  // namespace
}  // namespace lakeside::oss
