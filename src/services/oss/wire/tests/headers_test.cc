#include <gtest/gtest.h>

#include "base/crypto.h"
#include "base/encoding.h"
#include "services/oss/wire/request_headers.h"
#include "services/oss/wire/response_headers.h"
#include "services/oss/wire/tests/test_call.h"

namespace lakeside::oss::wire {
namespace {

constexpr Dialect kOss = Dialect::kOss;
constexpr Dialect kS3 = Dialect::kS3;

std::string shown(const std::optional<ByteRange>& range) {
  if (!range) return "none";
  return (range->first ? std::to_string(*range->first) : "") + "-" +
         (range->last ? std::to_string(*range->last) : "");
}

TEST(RequestHeaders, Range) {
  struct Case {
    const char* text;
    const char* oss;
    const char* s3;
  };
  const Case cases[] = {
      {"bytes=0-4", "0-4", "0-4"},   {"bytes=5-", "5-", "5-"},
      {"bytes=-5", "-5", "-5"},      {"Bytes= 1 - 2 ", "1-2", "1-2"},
      {"bytes=0-0", "0-0", "0-0"},   {"bytes=0-1,3-4", "0-1", "none"},
      {"bytes=4-3", "none", "none"}, {"bytes=-", "none", "none"},
      {"bytes=a-b", "none", "none"}, {"bytes=1", "none", "none"},
      {"byte=0-4", "none", "none"},  {"bytes=18446744073709551616-", "none", "none"},
      {"", "none", "none"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(shown(parse_range(c.text, kOss)), c.oss) << c.text;
    EXPECT_EQ(shown(parse_range(c.text, kS3)), c.s3) << c.text;
  }
}

TEST(RequestHeaders, ETags) {
  using List = std::vector<std::string>;
  EXPECT_EQ(parse_etags("\"a\""), List({"a"}));
  EXPECT_EQ(parse_etags("a"), List({"a"}));
  EXPECT_EQ(parse_etags("W/\"a\", \"b-2\" ,c"), List({"a", "b-2", "c"}));
  EXPECT_EQ(parse_etags("*"), List({"*"}));
  EXPECT_EQ(parse_etags(" , "), List());
}

TEST(RequestHeaders, CopySource) {
  struct Case {
    const char* text;
    const char* bucket;
    const char* key;
  };
  const Case good[] = {
      {"/bkt/key", "bkt", "key"},       {"bkt/key", "bkt", "key"},
      {"/bkt/a%2Fb", "bkt", "a/b"},     {"/bkt/a/b", "bkt", "a/b"},
      {"bkt%2Fa%2Fb", "bkt", "a/b"},    {"%2Fbkt%2Fa", "bkt", "a"},
      {"/bkt/a+b%20c", "bkt", "a+b c"}, {"/bkt/a?versionId=null", "bkt", "a"},
      {"/bkt//a", "bkt", "/a"},         {"/bkt/a?b", "bkt", "a?b"},
  };
  for (const Case& c : good) {
    auto name = parse_copy_source(c.text);
    ASSERT_TRUE(name) << c.text;
    EXPECT_EQ(name->bucket, c.bucket) << c.text;
    EXPECT_EQ(name->key, c.key) << c.text;
  }
  for (const char* bad : {"", "/", "bkt", "/bkt/", "//key", "/bkt/%zz"}) {
    auto name = parse_copy_source(bad);
    ASSERT_FALSE(name) << bad;
    EXPECT_EQ(name.error().code, Errc::kInvalidArgument) << bad;
  }
  EXPECT_EQ(parse_copy_source("/bkt/a?versionId=x").error().code, Errc::kNotImplemented);
}

TEST(RequestHeaders, ObjectHeaders) {
  TestCall test(kS3, "PUT /b/k?x-amz-meta-signed=yes",
                {{"content-type", "text/plain"},
                 {"CONTENT-ENCODING", "aws-chunked, gzip"},
                 {"Content-Language", "zh"},
                 {"X-Amz-Meta-Color", "blue"},
                 {"x-amz-meta-color", "red"},
                 {"x-amz-meta-", "nameless"},
                 {"x-oss-meta-other", "dialect"}});
  ObjectHeaders headers = object_headers(test.call);
  EXPECT_EQ(headers.content_type, "text/plain");
  EXPECT_EQ(headers.content_encoding, "gzip");
  EXPECT_EQ(headers.content_language, "zh");
  ASSERT_EQ(headers.user.size(), 2U);
  EXPECT_EQ(headers.user[0].first, "color");
  EXPECT_EQ(headers.user[0].second, "blue,red");
  EXPECT_EQ(headers.user[1].first, "signed");
}

TEST(RequestHeaders, Preconditions) {
  TestCall test(kOss, "GET /b/k",
                {{"If-Match", "\"a\",\"b\""},
                 {"if-none-match", "*"},
                 {"If-Modified-Since", "Sat, 21 Nov 2026 23:15:09 GMT"},
                 {"If-Unmodified-Since", "yesterday"},
                 {"x-oss-copy-source-if-match", "c"}});
  Preconditions own = preconditions(test.call.head());
  EXPECT_EQ(own.if_match.size(), 2U);
  EXPECT_EQ(own.if_none_match, std::vector<std::string>({"*"}));
  EXPECT_TRUE(own.if_modified_since);
  EXPECT_FALSE(own.if_unmodified_since);
  Preconditions source = preconditions(test.call.head(), "x-oss-copy-source-");
  EXPECT_EQ(source.if_match, std::vector<std::string>({"c"}));
  EXPECT_FALSE(source.if_modified_since);
}

TEST(RequestHeaders, ContentMd5) {
  TestCall none(kOss, "PUT /b/k");
  EXPECT_FALSE(content_md5(none.call.head())->has_value());
  TestCall good(kOss, "PUT /b/k", {{"Content-MD5", base64_encode(md5(as_bytes("x")))}});
  EXPECT_EQ(content_md5(good.call.head())->value(), md5(as_bytes("x")));
  TestCall bad(kOss, "PUT /b/k", {{"Content-MD5", "AAAA"}});
  EXPECT_EQ(content_md5(bad.call.head()).error().code, Errc::kInvalidDigest);
}

TEST(RequestHeaders, Unsupported) {
  TestCall oss(kOss, "PUT /b/k", {{"X-OSS-Server-Side-Encryption", "AES256"}});
  EXPECT_EQ(check_headers(oss.call).error().code, Errc::kNotImplemented);
  TestCall harmless(kS3, "PUT /b/k",
                    {{"x-amz-tagging-directive", "COPY"},
                     {"x-amz-bucket-object-lock-enabled", "false"},
                     {"x-oss-tagging", "a=b"}});
  EXPECT_TRUE(check_headers(harmless.call));
  TestCall tags(kS3, "PUT /b/k", {{"x-amz-tagging-directive", "REPLACE"}});
  EXPECT_FALSE(check_headers(tags.call));
}

TEST(RequestHeaders, Numbers) {
  TestCall test(kOss, "GET /b?a=7&b=x&c=&d=2000&e=-1");
  EXPECT_EQ(*number_param(test.call, "a", 1, 1, 10), 7U);
  EXPECT_EQ(*number_param(test.call, "none", 1, 1, 10), 1U);
  EXPECT_EQ(*number_param(test.call, "c", 1, 1, 10), 1U);
  for (const char* name : {"b", "d", "e"}) {
    EXPECT_FALSE(number_param(test.call, name, 1, 1, 1000)) << name;
  }
  test.call.dialect = kS3;
  EXPECT_EQ(*number_param(test.call, "d", 1, 1, 1000), 1000U);
}

TEST(DialectChoice, ByWhoSpeaks) {
  struct Case {
    const char* line;
    std::vector<std::pair<std::string, std::string>> headers;
    Dialect dialect;
  };
  const Case cases[] = {
      {"GET /", {}, kOss},
      {"GET /", {{"Authorization", "OSS AK:sig"}}, kOss},
      {"GET /", {{"Authorization", "OSS AK:sig"}, {"x-amz-date", "x"}}, kOss},
      {"GET /", {{"Authorization", "OSS4-HMAC-SHA256 Credential=x"}}, kOss},
      {"GET /", {{"Authorization", "AWS AK:sig"}}, kS3},
      {"GET /", {{"Authorization", "AWS4-HMAC-SHA256 Credential=x"}}, kS3},
      {"GET /b/k?OSSAccessKeyId=a&Expires=1&Signature=b", {}, kOss},
      {"GET /b/k?AWSAccessKeyId=a&Expires=1&Signature=b", {}, kS3},
      {"GET /b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256", {}, kS3},
      {"GET /b/k", {{"X-Amz-Content-Sha256", "x"}}, kS3},
      {"GET /b/k", {{"amz-sdk-invocation-id", "x"}}, kS3},
      {"GET /b?x-id=ListObjects", {}, kS3},
      {"GET /b?list-type=2", {}, kOss},
  };
  for (const Case& c : cases) {
    TestHead head(c.line, c.headers);
    EXPECT_EQ(choose_dialect(head, false), c.dialect) << c.line;
  }
  TestHead plain("GET /");
  EXPECT_EQ(choose_dialect(plain, true), kS3);
}

TEST(ResponseHeaders, ContentRange) {
  http::HeaderBlock headers;
  add_content_range(headers, {2, 3}, 10);
  EXPECT_EQ(headers.text(), "Content-Range: bytes 2-4/10\r\n");
}

TEST(ResponseHeaders, CompositeChecksum) {
  http::HeaderBlock headers;
  add_checksums(headers, {{ChecksumAlgorithm::kCrc32, "1234", true}}, 3, kS3);
  EXPECT_EQ(headers.text(),
            "x-amz-checksum-crc32: MTIzNA==-3\r\nx-amz-checksum-type: COMPOSITE\r\n");
  http::HeaderBlock none;
  add_checksums(none, {{ChecksumAlgorithm::kCrc32, "1234", true}}, 3, kOss);
  EXPECT_EQ(none.text(), "");
}

}  // namespace
}  // namespace lakeside::oss::wire
