// Every way in which authentication fails, and what the answer tells.
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/encoding.h"
#include "gateway/auth/tests/test_request.h"

namespace lakeside::auth::testing {
namespace {

using std::chrono::seconds;

// The first SDK request of that scheme and form.
TestRequest sample(Scheme scheme, bool presigned) {
  static const std::vector<SdkRequest> all = sdk_requests();
  for (const SdkRequest& sdk : all) {
    if (sdk.scheme == scheme && sdk.presigned == presigned) return sdk.request;
  }
  std::abort();
}

AuthError refusal(const TestRequest& request, const AuthOptions& options = {}) {
  auto verdict = request.authenticate(options);
  EXPECT_FALSE(verdict);
  return verdict ? AuthError{} : verdict.error();
}

AuthFault fault_of(const TestRequest& request) { return refusal(request).fault; }

constexpr Scheme kSchemes[] = {Scheme::kOssV1, Scheme::kOssV2, Scheme::kOssV4, Scheme::kAwsV2,
                               Scheme::kAwsV4};

void replace(std::string& text, std::string_view from, std::string_view to) {
  std::size_t place = text.find(from);
  ASSERT_NE(place, std::string::npos) << from << " in " << text;
  text.replace(place, from.size(), to);
}

TEST(Faults, UnknownAndDisabledKeys) {
  for (Scheme scheme : kSchemes) {
    TestRequest request = sample(scheme, false);
    replace(request.header("authorization"), kTestKeyId, "NOBODY");
    AuthError error = refusal(request);
    EXPECT_EQ(error.fault, AuthFault::kUnknownKey);
    EXPECT_EQ(error.access_key_id, "NOBODY");
    replace(request.header("authorization"), "NOBODY", "DISABLED");
    EXPECT_EQ(fault_of(request), AuthFault::kDisabledKey);

    request = sample(scheme, true);
    request.edit_target(kTestKeyId, "NOBODY");
    EXPECT_EQ(fault_of(request), AuthFault::kUnknownKey);
    request.edit_target("NOBODY", "DISABLED");
    EXPECT_EQ(fault_of(request), AuthFault::kDisabledKey);
  }
}

TEST(Faults, UnknownKeysAreNamedInTheVendorsWords) {
  TestRequest request = sample(Scheme::kOssV4, false);
  replace(request.header("authorization"), kTestKeyId, "NOBODY");
  EXPECT_EQ(refusal(request).message,
            "The OSS Access Key Id you provided does not exist in our records.");
  request = sample(Scheme::kAwsV4, false);
  replace(request.header("authorization"), kTestKeyId, "NOBODY");
  EXPECT_EQ(refusal(request).message,
            "The AWS Access Key Id you provided does not exist in our records.");
}

TEST(Faults, ClockSkew) {
  for (Scheme scheme : kSchemes) {
    TestRequest request = sample(scheme, false);
    request.now += seconds(899);
    EXPECT_TRUE(request.accepted());
    request.now += seconds(3);
    EXPECT_EQ(fault_of(request), AuthFault::kSkewed);
    request.now -= seconds(902 + 899);
    EXPECT_TRUE(request.accepted());
    request.now -= seconds(3);
    EXPECT_EQ(fault_of(request), AuthFault::kSkewed);
  }
}

TEST(Faults, ExpiredUrls) {
  for (Scheme scheme : kSchemes) {
    TestRequest request = sample(scheme, true);
    bool aws = scheme == Scheme::kAwsV2 || scheme == Scheme::kAwsV4;
    request.now += seconds(aws ? 598 : 3598);
    EXPECT_TRUE(request.accepted());
    request.now += seconds(4);
    EXPECT_EQ(fault_of(request), AuthFault::kExpired);
  }
}

TEST(Faults, UrlsFromTheFuture) {
  for (Scheme scheme : {Scheme::kOssV4, Scheme::kAwsV4}) {
    TestRequest request = sample(scheme, true);
    request.now -= seconds(890);
    EXPECT_TRUE(request.accepted());
    request.now -= seconds(20);
    EXPECT_EQ(fault_of(request), AuthFault::kSkewed);
  }
}

TEST(Faults, UnreadableLifetimes) {
  for (const char* value : {"", "x", "-1", "0", "604801", "18446744073709551617", "1.5"}) {
    TestRequest request = sample(Scheme::kAwsV4, true);
    request.edit_target("X-Amz-Expires=600", std::string("X-Amz-Expires=") + value);
    EXPECT_EQ(fault_of(request), AuthFault::kMalformed) << value;
    request = sample(Scheme::kOssV4, true);
    request.edit_target("x-oss-expires=3600", std::string("x-oss-expires=") + value);
    EXPECT_EQ(fault_of(request), AuthFault::kMalformed) << value;
  }
  for (const char* value : {"", "x", "-1", "18446744073709551617", "18446744073709551615"}) {
    TestRequest request = sample(Scheme::kOssV1, true);
    std::string expires = request.head().param("Expires")->value;
    request.edit_target("Expires=" + expires, std::string("Expires=") + value);
    AuthError error = refusal(request);
    EXPECT_EQ(error.fault, AuthFault::kMalformed) << value;
    EXPECT_EQ(error.argument_name, "Expires");
  }
}

TEST(Faults, MissingOrUnreadableDates) {
  for (Scheme scheme : kSchemes) {
    TestRequest request = sample(scheme, false);
    for (const char* name : {"date", "x-oss-date", "x-amz-date"}) request.remove_header(name);
    EXPECT_EQ(fault_of(request), AuthFault::kMissingDate);
    for (const char* text : {"yesterday", "Sat, 31 Feb 2026 00:00:00 GMT", "20261332T000000Z"}) {
      request.header("date") = text;
      EXPECT_EQ(fault_of(request), AuthFault::kMissingDate) << text;
    }
  }
}

TEST(Faults, ScopesOfAnotherRegionServiceOrDay) {
  TestRequest request = sample(Scheme::kOssV4, false);
  AuthOptions elsewhere;
  elsewhere.region = "cn-beijing";
  AuthError error = refusal(request, elsewhere);
  EXPECT_EQ(error.fault, AuthFault::kWrongRegion);
  EXPECT_EQ(error.message, "Invalid signing region in Authorization header.");  // asserted by oss2

  struct {
    const char* from;
    const char* to;
    AuthFault fault;
  } changes[] = {{"/oss/", "/ots/", AuthFault::kWrongScope},
                 {"aliyun_v4_request", "aliyun_v5_request", AuthFault::kWrongScope},
                 {"/2026", "/2025", AuthFault::kWrongScope},
                 {"/cn-hangzhou", "/oss-cn-hangzhou", AuthFault::kWrongRegion},
                 {"/cn-hangzhou", "", AuthFault::kMalformed},
                 {"/cn-hangzhou", "/", AuthFault::kMalformed}};
  for (const auto& change : changes) {
    for (bool presigned : {false, true}) {
      request = sample(Scheme::kOssV4, presigned);
      if (presigned) {
        request.target = "/?" + percent_decode(request.head().raw_query).value();
        request.edit_target(change.from, change.to);
      } else {
        replace(request.header("authorization"), change.from, change.to);
      }
      EXPECT_EQ(fault_of(request), change.fault) << change.to;
    }
  }
  request = sample(Scheme::kAwsV4, false);
  replace(request.header("authorization"), "/s3/", "/iam/");
  EXPECT_EQ(fault_of(request), AuthFault::kWrongScope);
  request = sample(Scheme::kAwsV4, false);
  replace(request.header("authorization"), "aws4_request", "aws5_request");
  EXPECT_EQ(fault_of(request), AuthFault::kWrongScope);
  request = sample(Scheme::kAwsV4, false);
  replace(request.header("authorization"), "/2026", "/2025");
  EXPECT_EQ(fault_of(request), AuthFault::kWrongScope);
  // Any region will do, if it is the one that was signed.
  request = sample(Scheme::kAwsV4, false);
  replace(request.header("authorization"), "/us-east-1/", "/eu-west-1/");
  EXPECT_EQ(fault_of(request), AuthFault::kSignatureMismatch);
}

TEST(Faults, HeadersThatCannotBeParsed) {
  const char* values[] = {"OSS ",
                          "OSS x",
                          "OSS :x",
                          "OSS x:",
                          "OSS2 ",
                          "OSS2 AccessKeyId:x",
                          "OSS2 Signature:x",
                          "OSS4-HMAC-SHA256 ",
                          "OSS4-HMAC-SHA256 Credential=x,Signature=y",
                          "OSS4-HMAC-SHA256 Credential=a/b/c/d/e",
                          "AWS ",
                          "AWS x",
                          "AWS4-HMAC-SHA256",
                          "AWS4-HMAC-SHA256 ",
                          "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, Signature=x",
                          "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=, Signature=x",
                          "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=x"};
  for (const char* value : values) {
    TestRequest request =
        TestRequest::parse("GET /b/k\nHost: h\nDate: Sat, 21 Nov 2026 23:50:50 GMT\n");
    request.now = at(1795305050);
    request.header("Authorization") = value;
    AuthError error = refusal(request);
    EXPECT_EQ(error.fault, AuthFault::kMalformed) << value;
    EXPECT_EQ(error.argument_name, "Authorization") << value;
  }
}

TEST(Faults, SchemesThatAreNotServed) {
  for (const char* value : {"Bearer x", "Basic eDp5", "", "oss x:y", "OSS4-HMAC-SM3 Credential=x",
                            "AWS4-ECDSA-P256-SHA256 Credential=x"}) {
    TestRequest request = TestRequest::parse("GET /b/k\nHost: h\n");
    request.header("Authorization") = value;
    EXPECT_EQ(fault_of(request), AuthFault::kUnsupported) << value;
  }
  TestRequest request = sample(Scheme::kAwsV4, true);
  request.edit_target("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256");
  EXPECT_EQ(fault_of(request), AuthFault::kUnsupported);
}

TEST(Faults, TwoSignatures) {
  for (Scheme scheme : kSchemes) {
    TestRequest request = sample(scheme, true);
    request.headers.emplace_back("Authorization", "OSS a:b");
    AuthError error = refusal(request);
    EXPECT_EQ(error.fault, AuthFault::kMalformed);
    EXPECT_TRUE(error.message.starts_with("Only one auth mechanism allowed"));

    request = sample(scheme, false);
    std::string again = request.header("authorization");
    request.headers.emplace_back("Authorization", again);
    EXPECT_EQ(fault_of(request), AuthFault::kMalformed);
  }
}

TEST(Faults, UrlsThatLostAParameter) {
  for (Scheme scheme : kSchemes) {
    TestRequest original = sample(scheme, true);
    http::RequestHead head = original.head();
    auto rows = http::parse_query(head.raw_query).value();
    for (std::size_t lost = 0; lost < rows.size(); ++lost) {
      TestRequest request = original;
      request.target = std::string(head.raw_path) + "?";
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i == lost) continue;
        request.target += percent_encode(rows[i].name) + "=" + percent_encode(rows[i].value) + "&";
      }
      EXPECT_FALSE(request.accepted()) << request.target;
    }
  }
  for (const char* query :
       {"Signature=x", "OSSAccessKeyId=x", "OSSAccessKeyId=x&Expires=1", "AWSAccessKeyId=x",
        "AWSAccessKeyId=x&Signature=y", "X-Amz-Signature=x", "X-Amz-Credential=x",
        "X-Amz-Algorithm=x", "x-oss-signature=x", "x-oss-credential=x",
        "x-oss-signature-version=OSS2", "x-oss-signature-version=OSS4", "x-oss-access-key-id=x"}) {
    TestRequest request = TestRequest::parse("GET /b/k?" + std::string(query) + "\nHost: h\n");
    EXPECT_EQ(fault_of(request), AuthFault::kMalformed) << query;
  }
}

TEST(Faults, SecurityTokensBesidePermanentKeys) {
  struct {
    Scheme scheme;
    const char* header;
  } rows[] = {{Scheme::kOssV1, "x-oss-security-token"},
              {Scheme::kOssV1, "security-token"},
              {Scheme::kOssV4, "x-oss-security-token"},
              {Scheme::kAwsV2, "x-amz-security-token"},
              {Scheme::kAwsV4, "X-Amz-Security-Token"}};
  for (const auto& row : rows) {
    TestRequest request = sample(row.scheme, false);
    request.header(row.header) = "CAIS-secret";
    AuthError error = refusal(request);
    EXPECT_EQ(error.fault, AuthFault::kMalformed);
    EXPECT_TRUE(equals_ignore_case(error.argument_name, row.header));
    EXPECT_EQ(error.message.find("CAIS"), std::string::npos);
    EXPECT_TRUE(error.argument_value.empty());
    // With a key that nobody knows it is the key that is wrong.
    replace(request.header("authorization"), kTestKeyId, "NOBODY");
    EXPECT_EQ(fault_of(request), AuthFault::kUnknownKey);
    // A temporary key is one only with its token, so that it is the token that is wrong.
    replace(request.header("authorization"), "NOBODY", "STS.NOBODY");
    EXPECT_EQ(fault_of(request), AuthFault::kMalformedToken);
  }
}

TEST(Faults, AwsV4HeadersThatAreNotSigned) {
  TestRequest request = sample(Scheme::kAwsV4, true);
  request.header("x-amz-acl") = "public-read";
  AuthError error = refusal(request);
  EXPECT_EQ(error.fault, AuthFault::kMalformed);
  EXPECT_EQ(error.argument_name, "HeadersNotSigned");
  EXPECT_EQ(error.argument_value, "x-amz-acl");
  request = sample(Scheme::kAwsV4, false);
  request.header("x-amz-meta-a") = "b";
  EXPECT_EQ(fault_of(request), AuthFault::kMalformed);
  // Headers of other names may be added on the way.
  request = sample(Scheme::kAwsV4, false);
  request.header("x-forwarded-for") = "10.0.0.1";
  EXPECT_TRUE(request.accepted());
}

TEST(Faults, PayloadHashes) {
  TestRequest request = sample(Scheme::kAwsV4, false);
  request.remove_header("x-amz-content-sha256");
  EXPECT_EQ(fault_of(request), AuthFault::kMalformed);
  request.header("x-amz-content-sha256") = "beef";
  EXPECT_EQ(fault_of(request), AuthFault::kMalformed);
  request.header("x-amz-content-sha256") = "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD";
  EXPECT_EQ(fault_of(request), AuthFault::kUnsupported);
  request.header("x-amz-content-sha256") = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
  request.header("x-amz-decoded-content-length") = "ten";
  EXPECT_EQ(fault_of(request), AuthFault::kMalformed);
  request = sample(Scheme::kOssV4, false);
  request.header("x-oss-content-sha256") = "78a";
  EXPECT_EQ(fault_of(request), AuthFault::kMalformed);
}

TEST(Faults, EmptyAdditionalHeaders) {
  TestRequest request = sample(Scheme::kOssV4, false);
  request.header("authorization") += ",AdditionalHeaders=";
  EXPECT_EQ(fault_of(request), AuthFault::kMalformed);
}

TEST(Faults, MoreSignedHeadersThanARequestCanHave) {
  std::string many;
  for (int i = 0; i < 20000; ++i) many += "a;";
  TestRequest request = sample(Scheme::kAwsV4, false);
  replace(request.header("authorization"), "SignedHeaders=", "SignedHeaders=" + many);
  EXPECT_EQ(fault_of(request), AuthFault::kMalformed);
  request = sample(Scheme::kOssV4, false);
  request.header("authorization") += ",AdditionalHeaders=" + many;
  EXPECT_EQ(fault_of(request), AuthFault::kMalformed);
  request = sample(Scheme::kOssV2, false);
  request.header("authorization") += ",AdditionalHeaders:" + many;
  EXPECT_EQ(fault_of(request), AuthFault::kMalformed);
}

TEST(Faults, MismatchTellsWhatWasSigned) {
  TestRequest request = TestRequest::parse(
      "PUT /bkt/a%20b?acl=&x-oss-process=y&prefix=p\n"
      "Host: h\n"
      "Content-Type: text/plain\n"
      "Date: Sat, 21 Nov 2026 23:50:50 GMT\n"
      "X-Oss-Meta-B:  2 \n"
      "x-oss-meta-a: 1\n"
      "x-oss-meta-B: 3\n"
      "Authorization: OSS LTAI5tLakesideTest:AAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
  request.now = at(1795305050);
  request.signed_target = {"bkt", "a b"};
  AuthError error = refusal(request);
  EXPECT_EQ(error.fault, AuthFault::kSignatureMismatch);
  EXPECT_EQ(error.signature_provided, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
  EXPECT_EQ(error.string_to_sign,
            "PUT\n\ntext/plain\nSat, 21 Nov 2026 23:50:50 GMT\nx-oss-meta-a:1\nx-oss-meta-b:2,3\n"
            "/bkt/a b?acl&x-oss-process=y");
  EXPECT_TRUE(error.canonical_request.empty());
}

TEST(Faults, V4MismatchTellsTheCanonicalRequest) {
  TestRequest request = TestRequest::parse(
      "GET /bkt/a%2Bb?b=%2F&a=&append\n"
      "Host: h\n"
      "Content-Type: text/plain\n"
      "x-oss-date: 20261121T235050Z\n"
      "x-oss-content-sha256: UNSIGNED-PAYLOAD\n"
      "Range: bytes=0-1\n"
      "Authorization: OSS4-HMAC-SHA256 Credential=LTAI5tLakesideTest/20261121/cn-hangzhou/oss/"
      "aliyun_v4_request, Signature=00, AdditionalHeaders=Range;host\n");
  request.now = at(1795305050);
  request.signed_target = {"bkt", "a+b"};
  AuthError error = refusal(request);
  EXPECT_EQ(error.fault, AuthFault::kSignatureMismatch);
  EXPECT_EQ(error.canonical_request,
            "GET\n/bkt/a%2Bb\na&append&b=%2F\ncontent-type:text/plain\nhost:h\nrange:bytes=0-1\n"
            "x-oss-content-sha256:UNSIGNED-PAYLOAD\nx-oss-date:20261121T235050Z\n\nhost;range\n"
            "UNSIGNED-PAYLOAD");
  EXPECT_EQ(error.string_to_sign,
            "OSS4-HMAC-SHA256\n20261121T235050Z\n20261121/cn-hangzhou/oss/aliyun_v4_request\n" +
                hex_lower(sha256(as_bytes(error.canonical_request))));
}

TEST(Faults, AwsV4CanonicalRequest) {
  TestRequest request = TestRequest::parse(
      "GET /bkt/it's(a)*~%7e+%2f?b=%2F&a&b=%20&B=x\n"
      "Host: h\n"
      "X-Amz-Date: 20261121T235050Z\n"
      "X-Amz-Content-Sha256: UNSIGNED-PAYLOAD\n"
      "X-Amz-Meta-A:  a   b\t c \n"
      "X-Amz-Meta-A: d\n"
      "Authorization: AWS4-HMAC-SHA256 Credential=LTAI5tLakesideTest/20261121/any-where/s3/"
      "aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-meta-a;x-gone,"
      "Signature=00\n");
  request.now = at(1795305050);
  AuthError error = refusal(request);
  EXPECT_EQ(error.fault, AuthFault::kSignatureMismatch);
  EXPECT_EQ(error.canonical_request,
            "GET\n/bkt/it%27s%28a%29%2A~~%2B/\nB=x&a=&b=%20&b=%2F\nhost:h\n"
            "x-amz-content-sha256:UNSIGNED-PAYLOAD\nx-amz-date:20261121T235050Z\n"
            "x-amz-meta-a:a b c,d\nx-gone:\n\n"
            "host;x-amz-content-sha256;x-amz-date;x-amz-meta-a;x-gone\nUNSIGNED-PAYLOAD");
}

TEST(Anonymous, WithoutAnySignature) {
  TestRequest request = TestRequest::parse("GET /b/k?prefix=x&Expires=5\nHost: h\n");
  EXPECT_EQ(claimed_scheme(request.head()), Scheme::kAnonymous);
  auto verdict = request.authenticate();
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->principal.kind, Principal::Kind::kAnonymous);
  EXPECT_EQ(verdict->principal.name, "anonymous");
  EXPECT_EQ(verdict->body.coding, BodyRules::Coding::kPlain);
}

TEST(Anonymous, MaySendChunks) {
  TestRequest request = TestRequest::parse(
      "PUT /b/k\nHost: h\nContent-Encoding: gzip,aws-chunked\nx-amz-trailer: x-amz-checksum-crc32\n"
      "x-amz-decoded-content-length: 5\n");
  auto verdict = request.authenticate();
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->body.coding, BodyRules::Coding::kUnsignedTrailer);
  EXPECT_EQ(verdict->body.decoded_length, 5U);
}

TEST(BodyRules, FollowTheSignedPayloadHash) {
  for (const SdkRequest& sdk : sdk_requests()) {
    auto verdict = sdk.request.authenticate();
    ASSERT_TRUE(verdict) << sdk.name;
    std::string hash(sdk.request.head().header("x-amz-content-sha256").value_or(""));
    if (hash == "STREAMING-UNSIGNED-PAYLOAD-TRAILER") {
      EXPECT_EQ(verdict->body.coding, BodyRules::Coding::kUnsignedTrailer) << sdk.name;
      EXPECT_EQ(verdict->body.decoded_length, 5U);
    } else {
      EXPECT_EQ(verdict->body.coding, BodyRules::Coding::kPlain) << sdk.name;
      EXPECT_EQ(verdict->body.sha256_hex, hash.size() == 64 ? hash : "") << sdk.name;
    }
  }
}

TEST(OddInput, NeverCrashes) {
  std::string big(1 << 20, 'x');
  for (Scheme scheme : kSchemes) {
    for (bool presigned : {false, true}) {
      TestRequest original = sample(scheme, presigned);
      TestRequest request = original;
      request.header("x-oss-meta-big") = big;
      (void)request.authenticate();
      request = original;
      request.signed_target.key = "\xff\xfe\x80" + big;
      (void)request.authenticate();
      request = original;
      request.headers.emplace_back("", "");
      request.headers.emplace_back("x-amz-", "\xff");
      request.headers.emplace_back("x-oss-", "\xff");
      (void)request.authenticate();
      request = original;
      request.target += (request.target.find('?') == std::string::npos ? "?" : "&");
      request.target += "=&&=x&x-oss-=&%FF=%00&X-Amz-Signature=1&Signature=2&x-oss-signature=3";
      (void)request.authenticate();
    }
  }
}

TEST(ClaimedScheme, OfHeadersAndQueries) {
  struct {
    const char* request;
    Scheme scheme;
  } rows[] = {
      {"GET /\nAuthorization: OSS a:b\n", Scheme::kOssV1},
      {"GET /\nAuthorization: OSS2 AccessKeyId:a\n", Scheme::kOssV2},
      {"GET /\nauthorization: OSS4-HMAC-SHA256 x\n", Scheme::kOssV4},
      {"GET /\nauthorization: AWS a:b\n", Scheme::kAwsV2},
      {"GET /\nauthorization: AWS4-HMAC-SHA256 x\n", Scheme::kAwsV4},
      {"GET /\nauthorization: AWS4-ECDSA-P256-SHA256 x\n", Scheme::kAwsV4},
      {"GET /\nauthorization: Bearer x\n", Scheme::kAnonymous},
      {"GET /?OSSAccessKeyId=x\n", Scheme::kOssV1},
      {"GET /?Signature=x&AWSAccessKeyId=x\n", Scheme::kAwsV2},
      {"GET /?x-oss-signature-version=OSS2\n", Scheme::kOssV2},
      {"GET /?x-oss-signature=y&x-oss-signature-version=OSS2\n", Scheme::kOssV2},
      {"GET /?x-oss-signature-version=OSS4-HMAC-SHA256\n", Scheme::kOssV4},
      {"GET /?X-Amz-Algorithm=AWS4-HMAC-SHA256\n", Scheme::kAwsV4},
      {"GET /?prefix=Signature\n", Scheme::kAnonymous},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(claimed_scheme(TestRequest::parse(row.request).head()), row.scheme) << row.request;
  }
}

}  // namespace
}  // namespace lakeside::auth::testing
