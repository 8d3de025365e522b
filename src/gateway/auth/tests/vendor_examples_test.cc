// The worked examples of the vendors' manuals.
#include <gtest/gtest.h>

#include "gateway/auth/tests/test_request.h"

namespace lakeside::auth::testing {
namespace {

constexpr std::string_view kAwsId = "AKIAIOSFODNN7EXAMPLE";
constexpr std::string_view kAwsSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

std::expected<Identity, AuthError> check(std::string_view text, const SignedTarget& target,
                                         Time now, std::string_view id, std::string_view secret) {
  TestRequest request = TestRequest::parse(text);
  return authenticate(request.head(), target, TestKeys(id, secret), now, {});
}

void expect_aws(std::string_view text, const SignedTarget& target, Time now) {
  auto verdict = check(text, target, now, kAwsId, kAwsSecret);
  EXPECT_TRUE(verdict) << verdict.error().message << "\n"
                       << verdict.error().string_to_sign << "\n"
                       << verdict.error().canonical_request;
}

// As ossutil 1.7.19 sent it, which is made of aliyun-oss-go-sdk 3.0.2: it signs Date as it stands.
TEST(VendorExamples, OssV4WithDateAlone) {
  const std::string request =
      "GET /?marker&prefix\n"
      "Host: 127.0.0.1:46643\n"
      "Date: Sun, 22 Nov 2026 12:42:04 GMT\n"
      "x-oss-content-sha256: UNSIGNED-PAYLOAD\n"
      "Authorization: OSS4-HMAC-SHA256 Credential=LTAI5tConsoleTests/20261122/cn-hangzhou/oss/"
      "aliyun_v4_request,"
      "Signature=aa04e4b479b71235c8be547108e19d9d7db30c89d2cc836c327e78bcf3a0b5c8\n";
  auto signed_by = [&](std::string_view secret) {
    return check(request, {}, at(1795351324), "LTAI5tConsoleTests", secret).has_value();
  };
  EXPECT_TRUE(signed_by("c0nsole/Tests+Secret=OfRoot"));
  EXPECT_FALSE(signed_by("another"));
}

// docs.aws.amazon.com/AmazonS3/latest/API: sig-v4-header-based-auth, sigv4-query-string-auth
TEST(VendorExamples, AwsV4) {
  Time now = at(1369353600);  // 20130524T000000Z
  expect_aws(
      "GET /test.txt\n"
      "Host: examplebucket.s3.amazonaws.com\n"
      "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
      "aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
      "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41\n"
      "Range: bytes=0-9\n"
      "x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"
      "x-amz-date: 20130524T000000Z\n",
      {"examplebucket", "test.txt"}, now);
  // The path as sent is not the path as signed.
  expect_aws(
      "PUT /test$file.text\n"
      "Host: examplebucket.s3.amazonaws.com\n"
      "Date: Fri, 24 May 2013 00:00:00 GMT\n"
      "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
      "aws4_request,SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,"
      "Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd\n"
      "x-amz-date: 20130524T000000Z\n"
      "x-amz-storage-class: REDUCED_REDUNDANCY\n"
      "x-amz-content-sha256: 44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072\n",
      {"examplebucket", "test$file.text"}, now);
  expect_aws(
      "GET /?lifecycle\n"
      "Host: examplebucket.s3.amazonaws.com\n"
      "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
      "aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,"
      "Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543\n"
      "x-amz-date: 20130524T000000Z\n"
      "x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n",
      {"examplebucket", ""}, now);
  expect_aws(
      "GET /?max-keys=2&prefix=J\n"
      "Host: examplebucket.s3.amazonaws.com\n"
      "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
      "aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,"
      "Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7\n"
      "x-amz-date: 20130524T000000Z\n"
      "x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n",
      {"examplebucket", ""}, now);
  expect_aws(
      "GET /test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F"
      "20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&"
      "X-Amz-SignedHeaders=host&"
      "X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404\n"
      "Host: examplebucket.s3.amazonaws.com\n",
      {"examplebucket", "test.txt"}, now);
}

// docs.aws.amazon.com/AmazonS3/latest/userguide: RESTAuthentication (before 2019)
TEST(VendorExamples, AwsV2) {
  Time now = at(1175024202);  // Tue, 27 Mar 2007 19:36:42 +0000
  expect_aws(
      "GET /photos/puppy.jpg\n"
      "Host: johnsmith.s3.amazonaws.com\n"
      "Date: Tue, 27 Mar 2007 19:36:42 +0000\n"
      "Authorization: AWS AKIAIOSFODNN7EXAMPLE:bWq2s1WEIj+Ydj0vQ697zp+IXMU=\n",
      {"johnsmith", "photos/puppy.jpg"}, now);
  expect_aws(
      "PUT /photos/puppy.jpg\n"
      "Content-Type: image/jpeg\n"
      "Content-Length: 94328\n"
      "Host: johnsmith.s3.amazonaws.com\n"
      "Date: Tue, 27 Mar 2007 21:15:45 +0000\n"
      "Authorization: AWS AKIAIOSFODNN7EXAMPLE:MyyxeRY7whkBe+bq8fHCL/2kKUg=\n",
      {"johnsmith", "photos/puppy.jpg"}, now + std::chrono::hours(1) + std::chrono::minutes(40));
  expect_aws(
      "GET /?prefix=photos&max-keys=50&marker=puppy\n"
      "User-Agent: Mozilla/5.0\n"
      "Host: johnsmith.s3.amazonaws.com\n"
      "Date: Tue, 27 Mar 2007 19:42:41 +0000\n"
      "Authorization: AWS AKIAIOSFODNN7EXAMPLE:htDYFYduRNen8P9ZfE/s9SuKy0U=\n",
      {"johnsmith", ""}, now);
  expect_aws(
      "GET /?acl\n"
      "Host: johnsmith.s3.amazonaws.com\n"
      "Date: Tue, 27 Mar 2007 19:44:46 +0000\n"
      "Authorization: AWS AKIAIOSFODNN7EXAMPLE:c2WLPFtWHVgbEmeEG93a4cG37dM=\n",
      {"johnsmith", ""}, now);
  expect_aws(
      "GET /\n"
      "Host: s3.amazonaws.com\n"
      "Date: Wed, 28 Mar 2007 01:29:59 +0000\n"
      "Authorization: AWS AKIAIOSFODNN7EXAMPLE:qGdzdERIC03wnaRNKh6OqZehG9s=\n",
      {"", ""}, now + std::chrono::hours(6));
  expect_aws(
      "PUT /db-backup.dat.gz\n"
      "User-Agent: curl/7.15.5\n"
      "Host: static.johnsmith.net:8080\n"
      "Date: Tue, 27 Mar 2007 21:06:08 +0000\n"
      "x-amz-acl: public-read\n"
      "content-type: application/x-download\n"
      "Content-MD5: 4gJE4saaMU4BqNR0kLY+lw==\n"
      "X-Amz-Meta-ReviewedBy: joe@johnsmith.net\n"
      "X-Amz-Meta-ReviewedBy: jane@johnsmith.net\n"
      "X-Amz-Meta-FileChecksum: 0x02661779\n"
      "X-Amz-Meta-ChecksumAlgorithm: crc32\n"
      "Content-Disposition: attachment; filename=database.dat\n"
      "Content-Encoding: gzip\n"
      "Content-Length: 5913339\n"
      "Authorization: AWS AKIAIOSFODNN7EXAMPLE:ilyl83RwaSoYIEdixDQcA4OnAnc=\n",
      {"static.johnsmith.net", "db-backup.dat.gz"}, now + std::chrono::minutes(90));
}

// www.alibabacloud.com/help/en/oss: Include signatures in the Authorization header
TEST(VendorExamples, OssV1) {
  auto verdict = check(
      "PUT /nelson\n"
      "Content-Md5: ODBGOERFMDMzQTczRUY3NUE3NzA5QzdFNUYzMDQxNEM=\n"
      "Content-Type: text/html\n"
      "Date: Thu, 17 Nov 2005 18:49:58 GMT\n"
      "Host: oss-example.oss-cn-hangzhou.aliyuncs.com\n"
      "X-OSS-Meta-Author: foo@bar.com\n"
      "X-OSS-Magic: abracadabra\n"
      "Authorization: OSS 44CF9590006BF252F707:26NBxoKdsyly4EDv6inkoDft/yA=\n",
      {"oss-example", "nelson"}, at(1132253398), "44CF9590006BF252F707",
      "OtxrzxIsfpFjA7SwPzILwy8Bw21TLhquhboDYROV");
  EXPECT_TRUE(verdict) << verdict.error().message << "\n" << verdict.error().string_to_sign;
}

}  // namespace
}  // namespace lakeside::auth::testing
