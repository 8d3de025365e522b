#include "base/checksum.h"
#include "base/crypto.h"
#include "services/oss/core/tests/fixture.h"

namespace lakeside::oss {
namespace {

class Objects : public StoreTest {};

TEST_F(Objects, PutAndGetOfEverySize) {
  for (std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{4096}, std::size_t{65536}, std::size_t{65537},
        std::size_t{1 << 20}, std::size_t{(1 << 20) + 1}, std::size_t{5 << 20}}) {
    std::string data = pattern(size, size + 1);
    auto info = put("key", data);
    ASSERT_TRUE(info) << info.error().internal;
    EXPECT_EQ(info->size, size);
    EXPECT_EQ(info->etag.oss, md5(as_bytes(data)));
    EXPECT_EQ(info->etag.s3, info->etag.oss);
    EXPECT_EQ(info->etag.parts, 0u);
    EXPECT_EQ(info->crc64, crc64_ecma(0, as_bytes(data)));
    auto back = get("key");
    ASSERT_TRUE(back) << size;
    EXPECT_TRUE(*back == data) << size;
    auto seen = head("key");
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->size, size);
  }
}

TEST_F(Objects, UnknownLengthAndSmallReads) {
  for (std::size_t size : {std::size_t{0}, std::size_t{100}, std::size_t{65536}, std::size_t{65537},
                           std::size_t{3 << 20}}) {
    std::string data = pattern(size);
    TestSource source(data, false, 60000);
    Body body{source, {}, {}, {}};
    PutOptions options;
    auto info = run_blocking(store_->put(kBucket, "key", options, body));
    ASSERT_TRUE(info) << info.error().internal;
    EXPECT_TRUE(*get("key") == data);
  }
}

TEST_F(Objects, MissingOnes) {
  EXPECT_CODE(get("key"), Errc::kNoSuchKey);
  EXPECT_CODE(head("key"), Errc::kNoSuchKey);
  EXPECT_TRUE(remove("key"));
  EXPECT_CODE(run_blocking(get_task("key", {}, "no-bucket")), Errc::kNoSuchBucket);
  EXPECT_CODE(run_blocking(put_task("key", "x", {}, "no-bucket")), Errc::kNoSuchBucket);
  EXPECT_CODE(run_blocking(store_->remove("no-bucket", "key")), Errc::kNoSuchBucket);
  EXPECT_CODE(run_blocking(store_->list("no-bucket", {})), Errc::kNoSuchBucket);
}

TEST_F(Objects, RemoveOneAndMany) {
  ASSERT_TRUE(put("a", "1"));
  ASSERT_TRUE(put("b", pattern(100000)));
  ASSERT_TRUE(put("c", "3"));
  EXPECT_TRUE(remove("a"));
  EXPECT_CODE(get("a"), Errc::kNoSuchKey);
  EXPECT_TRUE(run_blocking(store_->remove_many(kBucket, {"b", "c", "b", "nothing"})));
  EXPECT_TRUE(list({}).entries.empty());
  EXPECT_TRUE(records_of('d').empty());
  EXPECT_EQ(records_of('g').size(), 1u);
}

}  // namespace
}  // namespace lakeside::oss
