// Uploads in parts through the whole service, in both dialects.
#include <gtest/gtest.h>

#include "base/checksum.h"
#include "base/crypto.h"
#include "base/encoding.h"
#include "services/oss/tests/test_cloud.h"

namespace lakeside::oss {
namespace {

class Multipart : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(cloud.oss("PUT /bkt").status, 200); }

  std::string initiate(Headers headers = {}) {
    return cloud.oss("POST /bkt/k?uploads", std::move(headers)).element("UploadId");
  }
  Answer part(int number, const std::string& id, const std::string& body) {
    return cloud.oss("PUT /bkt/k?partNumber=" + std::to_string(number) + "&uploadId=" + id, {},
                     body);
  }
  static std::string list(const std::vector<std::string>& etags) {
    std::string out = "<CompleteMultipartUpload>";
    for (std::size_t i = 0; i < etags.size(); ++i) {
      out += "<Part><PartNumber>" + std::to_string(i + 1) + "</PartNumber><ETag>" + etags[i] +
             "</ETag></Part>";
    }
    return out + "</CompleteMultipartUpload>";
  }

  TestCloud cloud;
  const std::string big = std::string(100 << 10, 'a');
};

TEST_F(Multipart, Oss) {
  std::string id = initiate({{"x-oss-meta-color", "blue"}});
  ASSERT_NE(id, "");
  Answer one = part(1, id, big);
  EXPECT_EQ(one.status, 200);
  EXPECT_EQ(one.header("x-oss-hash-crc64ecma"), std::to_string(crc64_ecma(0, as_bytes(big))));
  EXPECT_EQ(one.header("Content-MD5"), base64_encode(md5(as_bytes(big))));
  Answer two = part(2, id, "end");
  EXPECT_TRUE(cloud.oss("GET /bkt?uploads").has("<UploadId>" + id + "</UploadId>"));
  Answer parts = cloud.oss("GET /bkt/k?uploadId=" + id);
  EXPECT_EQ(parts.operation, "ListParts");
  EXPECT_TRUE(parts.has("<PartNumber>2</PartNumber>"));

  Answer done =
      cloud.oss("POST /bkt/k?uploadId=" + id, {}, list({one.header("ETag"), two.header("ETag")}));
  EXPECT_EQ(done.status, 200);
  std::string parts_hex = hex_upper(md5(as_bytes(big))) + hex_upper(md5(as_bytes("end")));
  EXPECT_EQ(done.header("ETag"), "\"" + hex_upper(md5(as_bytes(parts_hex))) + "-2\"");
  EXPECT_EQ(done.header("x-oss-hash-crc64ecma"),
            std::to_string(crc64_ecma(0, as_bytes(big + "end"))));
  EXPECT_EQ(done.element("Location"), "http://127.0.0.1:4004/bkt/k");
  Answer got = cloud.oss("GET /bkt/k");
  EXPECT_EQ(got.body, big + "end");
  EXPECT_EQ(got.header("x-oss-object-type"), "Multipart");
  EXPECT_EQ(got.header("x-oss-meta-color"), "blue");
  EXPECT_EQ(got.header("Content-MD5"), "");
  EXPECT_EQ(part(3, id, "x").code, "NoSuchUpload");
}

TEST_F(Multipart, S3) {
  Answer made = cloud.s3("POST /bkt/k?uploads", {{"x-amz-checksum-algorithm", "CRC32"}});
  EXPECT_EQ(made.operation, "CreateMultipartUpload");
  EXPECT_EQ(made.header("x-amz-checksum-algorithm"), "CRC32");
  EXPECT_EQ(made.header("x-amz-checksum-type"), "COMPOSITE");
  std::string id = made.element("UploadId");
  Answer one = cloud.s3("PUT /bkt/k?partNumber=1&uploadId=" + id,
                        {{"x-amz-checksum-crc32", "NhCmhg=="}}, "hello");
  EXPECT_EQ(one.status, 200);
  EXPECT_EQ(one.header("x-amz-checksum-crc32"), "NhCmhg==");
  std::string document =
      "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + one.header("ETag") +
      "</ETag><ChecksumCRC32>NhCmhg==</ChecksumCRC32></Part></CompleteMultipartUpload>";
  Answer done = cloud.s3("POST /bkt/k?uploadId=" + id, {}, document);
  EXPECT_EQ(done.status, 200) << done.body;
  Answer got = cloud.s3("GET /bkt/k", {{"x-amz-checksum-mode", "ENABLED"}});
  EXPECT_EQ(got.body, "hello");
  EXPECT_TRUE(got.header("ETag").ends_with("-1\""));
  EXPECT_EQ(got.header("x-amz-checksum-type"), "COMPOSITE");
  EXPECT_TRUE(got.header("x-amz-checksum-crc32").ends_with("-1"));
}

TEST_F(Multipart, CompleteAll) {
  std::string id = initiate();
  part(1, id, big);
  part(2, id, "end");
  Headers all = {{"x-oss-complete-all", "yes"}};
  Answer both = cloud.oss("POST /bkt/k?uploadId=" + id, all, list({"x"}));
  EXPECT_EQ(both.status, 400);
  EXPECT_EQ(both.element("EC"), "0042-00000216");
  EXPECT_EQ(cloud.oss("POST /bkt/k?uploadId=" + id, all).status, 200);
  EXPECT_EQ(cloud.oss("GET /bkt/k").body, big + "end");
}

TEST_F(Multipart, Copy) {
  cloud.oss("PUT /bkt/src", {}, "0123456789");
  std::string id = initiate();
  Answer copied =
      cloud.oss("PUT /bkt/k?partNumber=1&uploadId=" + id,
                {{"x-oss-copy-source", "/bkt/src"}, {"x-oss-copy-source-range", "bytes=2-4"}});
  EXPECT_EQ(copied.status, 200);
  EXPECT_EQ(copied.operation, "UploadPartCopy");
  EXPECT_TRUE(copied.has("CopyPartResult"));
  EXPECT_EQ(cloud.oss("POST /bkt/k?uploadId=" + id, {{"x-oss-complete-all", "yes"}}).status, 200);
  EXPECT_EQ(cloud.oss("GET /bkt/k").body, "234");
  EXPECT_EQ(cloud
                .oss("PUT /bkt/k?partNumber=1&uploadId=" + id,
                     {{"x-oss-copy-source", "/bkt/src"}, {"x-oss-copy-source-range", "2-4"}})
                .code,
            "InvalidArgument");
}

TEST_F(Multipart, AbortAndErrors) {
  std::string id = initiate();
  EXPECT_EQ(part(0, id, "x").code, "InvalidArgument");
  EXPECT_EQ(part(10001, id, "x").code, "InvalidArgument");
  Answer one = part(1, id, "small");
  Answer two = part(2, id, "end");
  EXPECT_EQ(
      cloud.oss("POST /bkt/k?uploadId=" + id, {}, list({one.header("ETag"), two.header("ETag")}))
          .code,
      "EntityTooSmall");
  EXPECT_EQ(cloud.oss("POST /bkt/k?uploadId=" + id, {}, list({"\"x\""})).code, "InvalidPart");
  EXPECT_EQ(cloud.oss("POST /bkt/k?uploadId=" + id).code, "MalformedXML");
  EXPECT_EQ(cloud.oss("DELETE /bkt/k?uploadId=" + id).status, 204);
  Answer gone = cloud.oss("GET /bkt/k?uploadId=" + id);
  EXPECT_EQ(gone.status, 404);
  EXPECT_EQ(gone.element("UploadId"), id);
  EXPECT_EQ(cloud.oss("GET /bkt?uploads&max-uploads=0").code, "InvalidArgument");
  EXPECT_EQ(cloud.s3("POST /bkt/k?uploads", {{"x-amz-checksum-algorithm", "NOPE"}}).code,
            "InvalidRequest");
  EXPECT_EQ(cloud
                .s3("POST /bkt/k?uploads", {{"x-amz-checksum-algorithm", "SHA256"},
                                            {"x-amz-checksum-type", "FULL_OBJECT"}})
                .code,
            "InvalidRequest");
}

}  // namespace
}  // namespace lakeside::oss
