// Objects through the whole service, in both dialects.
#include <gtest/gtest.h>

#include "base/checksum.h"
#include "base/crypto.h"
#include "base/encoding.h"
#include "services/oss/tests/test_cloud.h"

namespace lakeside::oss {
namespace {

class Objects : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(cloud.oss("PUT /bkt").status, 200); }
  TestCloud cloud;
};

const std::string kMd5Hello = base64_encode(md5(as_bytes("hello")));

TEST_F(Objects, PutAndGetOss) {
  Answer put = cloud.oss("PUT /bkt/a%2Fb",
                         {{"Content-Type", "text/plain"},
                          {"x-oss-meta-Color", "blue"},
                          {"Cache-Control", "no-cache"},
                          {"Content-MD5", kMd5Hello}},
                         "hello");
  EXPECT_EQ(put.status, 200);
  EXPECT_EQ(put.operation, "PutObject");
  EXPECT_EQ(put.header("ETag"), "\"5D41402ABC4B2A76B9719D911017C592\"");
  EXPECT_EQ(put.header("x-oss-hash-crc64ecma"), std::to_string(crc64_ecma(0, as_bytes("hello"))));
  EXPECT_EQ(put.header("Content-MD5"), kMd5Hello);
  EXPECT_EQ(put.header("x-oss-request-id"), "0123456789ABCDEF01234567");
  EXPECT_EQ(put.header("x-oss-server-time"), "0");

  Answer got = cloud.oss("GET /bkt/a/b");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body, "hello");
  EXPECT_EQ(got.content_length, 5U);
  EXPECT_EQ(got.header("Content-Type"), "text/plain");
  EXPECT_EQ(got.header("x-oss-meta-color"), "blue");
  EXPECT_EQ(got.header("Cache-Control"), "no-cache");
  EXPECT_EQ(got.header("Last-Modified"), "Sat, 21 Nov 2026 23:15:09 GMT");
  EXPECT_EQ(got.header("x-oss-object-type"), "Normal");
  EXPECT_EQ(got.header("x-oss-storage-class"), "Standard");
  EXPECT_EQ(got.header("Content-MD5"), kMd5Hello);
  EXPECT_EQ(got.header("Accept-Ranges"), "bytes");

  Answer head = cloud.oss("HEAD /bkt/a/b");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.content_length, 5U);
  EXPECT_EQ(head.body, "");
  Answer meta = cloud.oss("HEAD /bkt/a/b?objectMeta");
  EXPECT_EQ(meta.operation, "GetObjectMeta");
  EXPECT_EQ(meta.content_length, 5U);
  EXPECT_EQ(meta.header("ETag"), put.header("ETag"));
}

TEST_F(Objects, SameObjectThroughS3) {
  cloud.oss("PUT /bkt/k", {{"x-oss-meta-color", "blue"}}, "hello");
  Answer got = cloud.s3("GET /bkt/k?x-id=GetObject");
  EXPECT_EQ(got.body, "hello");
  EXPECT_EQ(got.header("ETag"), "\"5d41402abc4b2a76b9719d911017c592\"");
  EXPECT_EQ(got.header("x-amz-meta-color"), "blue");
  EXPECT_EQ(got.header("Content-Type"), "binary/octet-stream");
  EXPECT_EQ(got.header("x-amz-request-id"), "0123456789ABCDEF01234567");
  EXPECT_NE(got.header("x-amz-id-2"), "");
  EXPECT_EQ(got.header("x-oss-hash-crc64ecma"), "");
}

TEST_F(Objects, S3ChecksumIsVerifiedStoredAndShown) {
  Answer bad = cloud.s3("PUT /bkt/k", {{"x-amz-checksum-crc32", "AAAAAA=="}}, "hello");
  EXPECT_EQ(bad.status, 400);
  EXPECT_EQ(bad.code, "BadDigest");
  EXPECT_EQ(cloud.s3("GET /bkt/k").code, "NoSuchKey");

  Answer put = cloud.s3("PUT /bkt/k", {{"x-amz-checksum-crc32", "NhCmhg=="}}, "hello");
  EXPECT_EQ(put.status, 200);
  EXPECT_EQ(put.header("x-amz-checksum-crc32"), "NhCmhg==");
  EXPECT_EQ(put.header("x-amz-checksum-type"), "FULL_OBJECT");
  EXPECT_EQ(cloud.s3("GET /bkt/k").header("x-amz-checksum-crc32"), "");
  Answer got = cloud.s3("GET /bkt/k", {{"x-amz-checksum-mode", "ENABLED"}});
  EXPECT_EQ(got.header("x-amz-checksum-crc32"), "NhCmhg==");
}

TEST_F(Objects, ContentMd5) {
  std::string wrong = base64_encode(md5(as_bytes("other")));
  Answer oss = cloud.oss("PUT /bkt/k", {{"Content-MD5", wrong}}, "hello");
  EXPECT_EQ(oss.status, 400);
  EXPECT_EQ(oss.code, "InvalidDigest");
  EXPECT_EQ(cloud.s3("PUT /bkt/k", {{"Content-MD5", wrong}}, "hello").code, "BadDigest");
  EXPECT_EQ(cloud.s3("PUT /bkt/k", {{"Content-MD5", "x"}}, "hello").code, "InvalidDigest");
  EXPECT_EQ(cloud.oss("GET /bkt/k").code, "NoSuchKey");
}

TEST_F(Objects, MissingContentLength) {
  Answer put = cloud.oss("PUT /bkt/k", {{"Content-Length", "(none)"}}, "");
  EXPECT_EQ(put.status, 411);
  EXPECT_EQ(put.code, "MissingContentLength");
  EXPECT_EQ(cloud
                .oss("PUT /bkt/k", {{"Content-Length", "(none)"}, {"Transfer-Encoding", "chunked"}},
                     "hello")
                .status,
            200);
}

TEST_F(Objects, RangesS3) {
  cloud.s3("PUT /bkt/k", {}, "0123456789");
  Answer part = cloud.s3("GET /bkt/k", {{"Range", "bytes=2-4"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "234");
  EXPECT_EQ(part.content_length, 3U);
  EXPECT_EQ(part.header("Content-Range"), "bytes 2-4/10");
  EXPECT_EQ(cloud.s3("GET /bkt/k", {{"Range", "bytes=8-99"}}).body, "89");
  EXPECT_EQ(cloud.s3("GET /bkt/k", {{"Range", "bytes=-3"}}).body, "789");
  EXPECT_EQ(cloud.s3("GET /bkt/k", {{"Range", "bytes=7-"}}).body, "789");
  EXPECT_EQ(cloud.s3("GET /bkt/k", {{"Range", "bytes=1-2,4-5"}}).status, 200);
  EXPECT_EQ(cloud.s3("GET /bkt/k", {{"Range", "bytes=x"}}).status, 200);
  Answer behind = cloud.s3("GET /bkt/k", {{"Range", "bytes=10-"}});
  EXPECT_EQ(behind.status, 416);
  EXPECT_EQ(behind.code, "InvalidRange");
  Answer head = cloud.s3("HEAD /bkt/k", {{"Range", "bytes=2-4"}});
  EXPECT_EQ(head.status, 206);
  EXPECT_EQ(head.content_length, 3U);
}

TEST_F(Objects, RangesOss) {
  cloud.oss("PUT /bkt/k", {}, "0123456789");
  EXPECT_EQ(cloud.oss("GET /bkt/k", {{"Range", "bytes=2-4"}}).body, "234");
  EXPECT_EQ(cloud.oss("GET /bkt/k", {{"Range", "bytes=2-9"}}).status, 206);
  EXPECT_EQ(cloud.oss("GET /bkt/k", {{"Range", "bytes=1-2,4-5"}}).body, "12");
  for (const char* range : {"bytes=8-10", "bytes=10-", "bytes=10-20", "bytes=-11", "byte=0-4"}) {
    Answer whole = cloud.oss("GET /bkt/k", {{"Range", range}});
    EXPECT_EQ(whole.status, 200) << range;
    EXPECT_EQ(whole.body, "0123456789") << range;
    EXPECT_EQ(whole.header("Content-Range"), "") << range;
  }
  Headers standard = {{"Range", "bytes=8-20"}, {"x-oss-range-behavior", "standard"}};
  EXPECT_EQ(cloud.oss("GET /bkt/k", standard).body, "89");
  standard[0].second = "bytes=10-20";
  EXPECT_EQ(cloud.oss("GET /bkt/k", standard).status, 416);
}

TEST_F(Objects, ConditionsAndOverrides) {
  cloud.oss("PUT /bkt/k", {}, "hello");
  std::string etag = "\"5D41402ABC4B2A76B9719D911017C592\"";
  EXPECT_EQ(cloud.oss("GET /bkt/k", {{"If-None-Match", etag}}).status, 304);
  EXPECT_EQ(cloud.oss("GET /bkt/k", {{"If-None-Match", etag}}).body, "");
  EXPECT_EQ(cloud.oss("GET /bkt/k", {{"If-Match", "\"x\""}}).code, "PreconditionFailed");
  EXPECT_EQ(cloud.oss("GET /bkt/k", {{"If-Match", etag}}).status, 200);
  EXPECT_EQ(
      cloud.oss("GET /bkt/k", {{"If-Modified-Since", "Sat, 21 Nov 2026 23:15:10 GMT"}}).status,
      304);
  Answer replaced = cloud.oss("GET /bkt/k?response-content-type=a%2Fb&response-expires=soon");
  EXPECT_EQ(replaced.header("Content-Type"), "a/b");
  EXPECT_EQ(replaced.header("Expires"), "soon");
}

TEST_F(Objects, WriteConditions) {
  EXPECT_EQ(cloud.s3("PUT /bkt/k", {{"If-None-Match", "*"}}, "1").status, 200);
  EXPECT_EQ(cloud.s3("PUT /bkt/k", {{"If-None-Match", "*"}}, "2").status, 412);
  EXPECT_EQ(cloud.s3("PUT /bkt/k", {{"If-None-Match", "\"x\""}}, "2").status, 501);
  EXPECT_EQ(cloud.s3("PUT /bkt/k", {{"If-Match", "\"x\""}}, "2").status, 412);
  EXPECT_EQ(cloud.s3("PUT /bkt/other", {{"If-Match", "\"x\""}}, "2").code, "NoSuchKey");
  Answer forbidden = cloud.oss("PUT /bkt/k", {{"x-oss-forbid-overwrite", "true"}}, "2");
  EXPECT_EQ(forbidden.status, 409);
  EXPECT_EQ(forbidden.code, "FileAlreadyExists");
  Answer unknown = cloud.oss("PUT /bkt/k", {{"If-None-Match", "*"}}, "2");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_EQ(unknown.code, "NotImplemented");
  EXPECT_EQ(cloud.oss("GET /bkt/k").body, "1");
}

TEST_F(Objects, WhatIsNotImplementedIsNotIgnored) {
  for (const char* header :
       {"x-oss-server-side-encryption", "x-oss-tagging", "x-oss-callback", "x-oss-traffic-limit",
        "x-oss-request-payer", "x-oss-object-worm-mode"}) {
    Answer answer = cloud.oss("PUT /bkt/k", {{header, "x"}}, "1");
    EXPECT_EQ(answer.code, "NotImplemented") << header;
    EXPECT_EQ(answer.status, 400) << header;
  }
  for (const char* header :
       {"x-amz-server-side-encryption", "x-amz-tagging", "x-amz-grant-read",
        "x-amz-website-redirect-location", "x-amz-object-lock-mode", "x-amz-request-payer"}) {
    EXPECT_EQ(cloud.s3("PUT /bkt/k", {{header, "x"}}, "1").status, 501) << header;
  }
  EXPECT_EQ(cloud.oss("PUT /bkt/k", {{"x-oss-storage-class", "Archive"}}, "1").code,
            "NotImplemented");
  EXPECT_EQ(cloud.oss("PUT /bkt/k", {{"x-oss-storage-class", "Nope"}}, "1").code,
            "InvalidArgument");
  EXPECT_EQ(cloud.oss("GET /bkt/k").code, "NoSuchKey");
}

TEST_F(Objects, DeleteAndDeleteMany) {
  cloud.oss("PUT /bkt/a", {}, "1");
  cloud.oss("PUT /bkt/b", {}, "1");
  cloud.oss("PUT /bkt/c", {}, "1");
  EXPECT_EQ(cloud.oss("DELETE /bkt/a").status, 204);
  EXPECT_EQ(cloud.oss("DELETE /bkt/a").status, 204);
  EXPECT_EQ(cloud.oss("DELETE /none/a").code, "NoSuchBucket");

  std::string two = "<Delete><Object><Key>b</Key></Object><Object><Key>x</Key></Object></Delete>";
  Answer loud = cloud.oss("POST /bkt?delete", {}, two);
  EXPECT_EQ(loud.status, 200);
  EXPECT_TRUE(loud.has("<Key>b</Key>"));
  std::string quiet = "<Delete><Quiet>true</Quiet><Object><Key>c</Key></Object></Delete>";
  Answer silent = cloud.oss("POST /bkt?delete", {}, quiet);
  EXPECT_EQ(silent.status, 200);
  EXPECT_EQ(silent.body, "");
  EXPECT_EQ(cloud.oss("GET /bkt/c").status, 404);

  EXPECT_EQ(cloud.s3("POST /bkt?delete", {}, two).code, "InvalidRequest");
  Answer s3 =
      cloud.s3("POST /bkt?delete", {{"Content-MD5", base64_encode(md5(as_bytes(two)))}}, two);
  EXPECT_EQ(s3.status, 200);
  EXPECT_TRUE(s3.has("<Deleted>"));
  EXPECT_EQ(cloud.oss("POST /bkt?delete", {{"Content-MD5", kMd5Hello}}, two).code, "InvalidDigest");
  EXPECT_EQ(cloud.oss("POST /bkt?delete", {}, "<Delete>").code, "MalformedXML");
}

TEST_F(Objects, Copy) {
  cloud.oss("PUT /bkt/a/1", {{"x-oss-meta-color", "blue"}}, "hello");
  Answer copied = cloud.oss("PUT /bkt/c", {{"x-oss-copy-source", "/bkt/a%2F1"}});
  EXPECT_EQ(copied.status, 200);
  EXPECT_EQ(copied.operation, "CopyObject");
  EXPECT_TRUE(copied.has("<ETag>\"5D41402ABC4B2A76B9719D911017C592\"</ETag>") ||
              copied.has("5D41402ABC4B2A76B9719D911017C592"));
  EXPECT_EQ(cloud.oss("GET /bkt/c").header("x-oss-meta-color"), "blue");

  Answer replaced = cloud.s3("PUT /bkt/d", {{"x-amz-copy-source", "bkt/a/1"},
                                            {"x-amz-metadata-directive", "REPLACE"},
                                            {"x-amz-meta-size", "big"}});
  EXPECT_EQ(replaced.status, 200);
  Answer got = cloud.s3("GET /bkt/d");
  EXPECT_EQ(got.header("x-amz-meta-size"), "big");
  EXPECT_EQ(got.header("x-amz-meta-color"), "");

  EXPECT_EQ(cloud.s3("PUT /bkt/d", {{"x-amz-copy-source", "bkt/d"}}).code, "InvalidRequest");
  EXPECT_EQ(cloud.oss("PUT /bkt/d", {{"x-oss-copy-source", "/bkt/none"}}).code, "NoSuchKey");
  EXPECT_EQ(cloud.oss("PUT /bkt/d", {{"x-oss-copy-source", "nothing"}}).code, "InvalidArgument");
  EXPECT_EQ(cloud.oss("PUT /bkt/d", {{"x-oss-copy-source", "/bkt/c?versionId=1"}}).code,
            "NotImplemented");
  EXPECT_EQ(
      cloud
          .oss("PUT /bkt/d", {{"x-oss-copy-source", "/bkt/c"}, {"x-oss-copy-source-if-match", "x"}})
          .code,
      "PreconditionFailed");
}

TEST_F(Objects, Append) {
  Answer first = cloud.oss("POST /bkt/log?append&position=0", {}, "hello");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.header("x-oss-next-append-position"), "5");
  Answer wrong = cloud.oss("POST /bkt/log?append&position=3", {}, "x");
  EXPECT_EQ(wrong.status, 409);
  EXPECT_EQ(wrong.code, "PositionNotEqualToLength");
  EXPECT_EQ(wrong.header("x-oss-next-append-position"), "5");
  EXPECT_EQ(wrong.header("x-oss-ec"), "0026-00000016");
  EXPECT_FALSE(wrong.has("next-append"));
  EXPECT_EQ(cloud.oss("POST /bkt/log?append&position=5", {}, "!").status, 200);
  Answer got = cloud.oss("GET /bkt/log");
  EXPECT_EQ(got.body, "hello!");
  EXPECT_EQ(got.header("x-oss-object-type"), "Appendable");
  EXPECT_EQ(got.header("x-oss-next-append-position"), "6");
  EXPECT_EQ(cloud.oss("POST /bkt/log?append", {}, "!").code, "InvalidArgument");
  EXPECT_EQ(cloud.oss("POST /bkt/log?append&position=-1", {}, "!").code, "InvalidArgument");
}

TEST_F(Objects, Errors) {
  Answer oss = cloud.oss("GET /bkt/none");
  EXPECT_EQ(oss.status, 404);
  EXPECT_EQ(oss.element("Code"), "NoSuchKey");
  EXPECT_EQ(oss.element("RequestId"), "0123456789ABCDEF01234567");
  EXPECT_EQ(oss.element("HostId"), "127.0.0.1:4004");
  EXPECT_EQ(oss.element("Key"), "none");
  EXPECT_EQ(oss.element("EC"), "0026-00000001");
  EXPECT_EQ(oss.header("x-oss-ec"), "0026-00000001");

  Answer head = cloud.oss("HEAD /bkt/none");
  EXPECT_EQ(head.status, 404);
  EXPECT_EQ(head.body, "");
  auto document = base64_decode(head.header("x-oss-err"));
  ASSERT_TRUE(document);
  EXPECT_NE(document->find("<Code>NoSuchKey</Code>"), std::string::npos);

  Answer s3 = cloud.s3("GET /bkt/none");
  EXPECT_EQ(s3.element("Code"), "NoSuchKey");
  EXPECT_EQ(s3.element("Resource"), "/bkt/none");
  EXPECT_EQ(s3.element("EC"), "");
  EXPECT_EQ(cloud.s3("HEAD /bkt/none").header("x-oss-err"), "");

  EXPECT_EQ(cloud.oss("GET /bkt/%zz").status, 400);
  EXPECT_EQ(cloud.oss("POST /bkt/k").status, 405);
  EXPECT_EQ(cloud.oss("GET //k").code, "InvalidBucketName");
}

TEST_F(Objects, List) {
  for (const char* key : {"a", "b/1", "b/2", "c"})
    cloud.oss(std::string("PUT /bkt/") + key, {}, "1");
  Answer page = cloud.oss("GET /bkt?delimiter=%2F&max-keys=2&prefix&marker");
  EXPECT_EQ(page.operation, "ListObjects");
  EXPECT_TRUE(page.has("<Key>a</Key>"));
  EXPECT_TRUE(page.has("<Prefix>b/</Prefix>"));
  EXPECT_EQ(page.element("IsTruncated"), "true");
  Answer next = cloud.oss("GET /bkt?delimiter=%2F&max-keys=2&marker=" + page.element("NextMarker"));
  EXPECT_TRUE(next.has("<Key>c</Key>"));
  EXPECT_FALSE(next.has("<Prefix>b/"));

  Answer v2 = cloud.s3("GET /bkt?list-type=2&max-keys=2");
  EXPECT_EQ(v2.element("KeyCount"), "2");
  Answer v2_next =
      cloud.s3("GET /bkt?list-type=2&continuation-token=" + v2.element("NextContinuationToken"));
  EXPECT_TRUE(v2_next.has("<Key>b/2</Key>"));
  EXPECT_FALSE(v2_next.has("<Key>a</Key>"));
  EXPECT_TRUE(cloud.s3("GET /bkt?list-type=2&start-after=b/2").has("<Key>c</Key>"));

  EXPECT_EQ(cloud.oss("GET /bkt?max-keys=1001").code, "InvalidArgument");
  EXPECT_EQ(cloud.oss("GET /bkt?max-keys=0").code, "InvalidArgument");
  EXPECT_EQ(cloud.s3("GET /bkt?max-keys=1001").status, 200);
  EXPECT_EQ(cloud.s3("GET /bkt?max-keys=x").code, "InvalidArgument");
  EXPECT_EQ(cloud.s3("GET /bkt?encoding-type=x").code, "InvalidArgument");
  EXPECT_EQ(cloud.s3("GET /bkt?list-type=2&continuation-token=zz").code, "InvalidArgument");
}

}  // namespace
}  // namespace lakeside::oss
