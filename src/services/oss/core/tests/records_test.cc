#include "services/oss/core/records.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "services/oss/core/record_io.h"

namespace lakeside::oss {
namespace {

Time at(std::int64_t micros) { return Time(std::chrono::microseconds(micros)); }

Md5Digest digest(int first) {
  Md5Digest value;
  for (std::byte& byte : value) byte = static_cast<std::byte>(first++);
  return value;
}

ObjectRecord small_object() {
  ObjectRecord record;
  record.info.key = "key";
  record.info.size = 4096;
  record.info.modified = at(1'795'302'909'123'456);
  record.info.etag = {digest(0), digest(0), 0};
  record.info.crc64 = 0x0123456789ABCDEF;
  record.info.owner = "1234567890123456";
  record.info.headers.content_type = "text/plain";
  record.info.headers.user = {{"a", "1"}, {"b", ""}};
  record.tail = 4096;
  record.tail_crc64 = record.info.crc64;
  return record;
}

ObjectRecord large_object() {
  ObjectRecord record = small_object();
  record.info.type = ObjectType::kMultipart;
  record.info.storage_class = StorageClass::kIa;
  record.info.acl = Acl::kPublicRead;
  record.info.etag = {digest(0), digest(16), 2};
  record.info.size = 300;
  record.info.checksums = {{ChecksumAlgorithm::kCrc32c, "1234", true},
                           {ChecksumAlgorithm::kSha256, std::string(32, 's'), false}};
  record.slices = {{"blob-1", 0, 100}, {"blob-2", 7, 190}};
  record.tail = 10;
  record.tail_crc64 = 42;
  return record;
}

template <class T, class Decode>
void check(const T& value, const Decode& decode) {
  std::string bytes = encode(value);
  auto back = decode(bytes);
  ASSERT_TRUE(back) << back.error().detail;
  EXPECT_TRUE(*back == value);
  EXPECT_EQ(encode(*back), bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    auto cut = decode(std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(cut) << size;
    EXPECT_EQ(cut.error().code, ErrorCode::kCorrupt);
  }
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(decode(flipped)) << bit;
  }
  // A cut with a right checksum: the decoder itself must notice.
  for (std::size_t size = 1; size + kChecksumBytes < bytes.size(); ++size) {
    RecordWriter out(0, static_cast<std::uint8_t>(bytes[0]));
    out.bytes(as_bytes(bytes).subspan(1, size - 1));
    EXPECT_FALSE(decode(out.finish())) << size;
  }
  RecordWriter longer(0, static_cast<std::uint8_t>(bytes[0]));
  longer.bytes(as_bytes(bytes).subspan(1, bytes.size() - 1 - kChecksumBytes));
  longer.u8(0);
  EXPECT_FALSE(decode(longer.finish()));
  std::string newer = bytes;
  newer[0] = 3;
  auto unsupported = decode(newer);
  ASSERT_FALSE(unsupported);
  EXPECT_EQ(unsupported.error().code, ErrorCode::kUnsupported);
}

TEST(Records, RoundTripTruncationAndDamage) {
  BucketRecord bucket{{"name", "kid", "owner", at(5), Acl::kPublicRead, StorageClass::kIa}, 300};
  check(bucket, [](std::string_view bytes) { return decode_bucket("name", bytes); });
  EXPECT_EQ(encode(bucket)[0], 1);
  bucket.bucket.policy = {"{}", PolicyLanguage::kS3};
  EXPECT_EQ(encode(bucket)[0], 2);  // an older build must not take it for a bucket without
  check(bucket, [](std::string_view bytes) { return decode_bucket("name", bytes); });
  bucket.bucket.public_access_block = PublicAccessBlock{true, false, true, false, true};
  check(bucket, [](std::string_view bytes) { return decode_bucket("name", bytes); });
  bucket.bucket.policy = {};
  check(bucket, [](std::string_view bytes) { return decode_bucket("name", bytes); });
  check(AccountRecord{PublicAccessBlock::oss(true)}, decode_account);
  check(BucketState{}, decode_state);
  check(BucketState{true, 0xFFFF'FFFF'FFFF'FFFF}, decode_state);
  check(SweepRecord{true, at(77)}, decode_sweep);
  auto object = [](std::string_view bytes) { return decode_object("key", bytes); };
  check(small_object(), object);
  check(large_object(), object);
  ObjectRecord many = large_object();
  many.slices.clear();
  many.in_manifest = true;
  check(many, object);
  check(Manifest{large_object().slices}, decode_manifest);
  UploadRecord upload;
  upload.initiated = at(1);
  upload.owner = "o";
  upload.headers = large_object().info.headers;
  check(upload, decode_upload);
  upload.checksum_algorithm = ChecksumAlgorithm::kCrc64Nvme;
  upload.checksum_composite = true;
  upload.completing = 99;
  check(upload, decode_upload);
  check(PartRecord{5, at(2), digest(1), 7, {{ChecksumAlgorithm::kCrc32, "abcd", false}}, "blob"},
        decode_part);
  check(PartRecord{}, decode_part);
  check(GarbageRecord{{"b1", "b2"}, {}}, decode_garbage);
  check(GarbageRecord{{}, "0123"}, decode_garbage);
}

// The example in docs/formats/oss-records.md: its bytes must never change under version 1.
TEST(Records, BytesOfTheDocumentedExample) {
  ObjectRecord record;
  record.info.key = "hello.txt";
  record.info.size = 5;
  record.info.modified = at(1'795'302'909'123'456);
  record.info.etag.oss = md5(as_bytes("hello"));
  record.info.etag.s3 = record.info.etag.oss;
  record.info.crc64 = crc64_ecma(0, as_bytes("hello"));
  record.info.owner = "1234567890123456";
  record.info.headers.content_type = "text/plain";
  record.info.headers.user = {{"color", "blue"}};
  record.tail = 5;
  record.tail_crc64 = record.info.crc64;
  EXPECT_EQ(hex_lower(as_bytes(encode(record))),
            "01"                                  // version
            "0000"                                // Normal, Standard
            "0580b7a6c1989a9803"                  // size, modified
            "5d41402abc4b2a76b9719d911017c592"    // ETag
            "00"                                  // parts
            "1031323334353637383930313233343536"  // owner
            "0000"                                // checksums, ACL
            "b137b9dbe5da1e9b"                    // CRC64
            "000005"                              // no manifest, no slices, tail
            "0a746578742f706c61696e"              // Content-Type
            "0000000000"                          // five other headers
            "0105636f6c6f7204626c7565"            // one pair of user metadata
            "73bdf7c5");                          // CRC-32C
}

TEST(Records, ListingReadsTheFront) {
  ObjectRecord record = large_object();
  std::string bytes = encode(record);
  ListedObject listed;
  ASSERT_TRUE(decode_listed(bytes, listed));
  EXPECT_EQ(listed.size, record.info.size);
  EXPECT_EQ(listed.modified, record.info.modified);
  EXPECT_EQ(listed.etag, record.info.etag);
  EXPECT_EQ(listed.type, record.info.type);
  EXPECT_EQ(listed.storage_class, record.info.storage_class);
  EXPECT_EQ(listed.owner, record.info.owner);
  EXPECT_EQ(listed.checksum_algorithms,
            (std::vector{ChecksumAlgorithm::kCrc32c, ChecksumAlgorithm::kSha256}));
}

TEST(Records, SlicesMustAddUp) {
  ObjectRecord record = large_object();
  record.info.size += 1;
  EXPECT_FALSE(decode_object("key", encode(record)));
  record.info.size -= 2;
  EXPECT_FALSE(decode_object("key", encode(record)));
}

TEST(Records, VarintsHaveOneForm) {
  RecordWriter out;
  out.u8(0x80);
  out.u8(0x00);  // zero in two bytes
  std::string bytes = out.finish();
  auto in = RecordReader::open(bytes);
  ASSERT_TRUE(in);
  EXPECT_EQ(in->varint(), 0u);
  EXPECT_TRUE(in->failed());

  for (std::uint64_t value : {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128},
                              std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
    RecordWriter writer;
    writer.varint(value);
    std::string record = writer.finish();
    auto reader = RecordReader::open(record);
    EXPECT_EQ(reader->varint(), value);
    EXPECT_TRUE(reader->ok());
  }
}

}  // namespace
}  // namespace lakeside::oss
