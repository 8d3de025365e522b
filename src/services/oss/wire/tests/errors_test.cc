#include "services/oss/wire/errors.h"

#include <memory>

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "services/oss/wire/tests/test_call.h"

namespace lakeside::oss::wire {
namespace {

constexpr Dialect kOss = Dialect::kOss;
constexpr Dialect kS3 = Dialect::kS3;

std::string body_of(const http::Response& response) {
  return std::string(response.text().value_or(std::string_view()));
}

TEST(Errors, OssDocument) {
  TestCall test(kOss, "GET /bkt/k", {{"Host", "127.0.0.1:4004"}});
  test.call.target = {"bkt", "k"};
  http::Response response = error_response(test.call, OssError{Errc::kNoSuchKey, {}, {}, {}});
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(body_of(response),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code>"
            "<Message>The specified key does not exist.</Message>"
            "<RequestId>0123456789ABCDEF01234567</RequestId><HostId>127.0.0.1:4004</HostId>"
            "<Key>k</Key><EC>0026-00000001</EC>"
            "<RecommendDoc>https://api.aliyun.com/troubleshoot?q=0026-00000001</RecommendDoc>"
            "</Error>");
}

TEST(Errors, S3Document) {
  TestCall test(kS3, "GET /bkt/k%20", {{"Host", "127.0.0.1:4004"}});
  test.call.target = {"bkt", "k "};
  http::Response response = error_response(test.call, OssError{Errc::kNoSuchBucket, {}, {}, {}});
  std::string body = body_of(response);
  EXPECT_NE(body.find("<Resource>/bkt/k%20</Resource>"), std::string::npos) << body;
  EXPECT_EQ(body.find("<EC>"), std::string::npos);
  EXPECT_NE(body.find("<HostId>" + extended_request_id("0123456789ABCDEF01234567") + "</HostId>"),
            std::string::npos);
}

TEST(Errors, EveryCodeHasARowAndNoneIs401) {
  for (int i = 0; i <= static_cast<int>(Errc::kUserDisabled); ++i) {
    auto errc = static_cast<Errc>(i);
    for (Dialect dialect : {kOss, kS3}) {
      WireError wire = to_wire(OssError{errc, {}, {}, {}}, dialect);
      EXPECT_FALSE(wire.code.empty()) << i;
      EXPECT_FALSE(wire.message.empty()) << i;
      // go-v2 and python-v2 retry a 401.
      EXPECT_NE(wire.status, 401) << i;
      EXPECT_EQ(wire.code == "InternalError", errc == Errc::kInternalError) << i;
    }
  }
}

TEST(Errors, WhoDeniedHasItsCode) {
  struct Case {
    Denial::By by;
    const char* ec;
    const char* message;
  };
  const Case cases[] = {
      {Denial::By::kNobody, "0003-00000001",
       "You have no right to access this object because of bucket acl."},
      {Denial::By::kSessionPolicy, "0003-00000301", "Access denied by authorizer's policy."},
      {Denial::By::kIdentityPolicy, "0003-00000201", "Access denied by bucket policy."},
      {Denial::By::kBucketPolicy, "0003-00000101", "Access denied by bucket policy."},
      {Denial::By::kBothPolicies, "0003-00000203", "Access denied by bucket policy."},
  };
  for (const Case& each : cases) {
    OssError error{Errc::kAccessDenied, {}, {}, {}};
    error.denial = std::make_shared<const Denial>(Denial{.by = each.by});
    WireError wire = to_wire(error, kOss);
    EXPECT_EQ(wire.ec, each.ec);
    EXPECT_EQ(wire.message, each.message);
    EXPECT_EQ(to_wire(error, kS3).message, "Access Denied");
  }
}

TEST(Errors, AccessDeniedDetailIsOsss) {
  OssError error{Errc::kAccessDenied, {}, {}, {}};
  error.denial = std::make_shared<const Denial>(
      Denial{.by = Denial::By::kIdentityPolicy,
             .detail = {{"NoPermissionType", "ExplicitDeny"}, {"AuthAction", "oss:GetObject"}}});
  TestCall oss(kOss, "GET /bkt/k", {{"Host", "h"}});
  std::string body = body_of(error_response(oss.call, error));
  EXPECT_NE(body.find("<HostId>h</HostId><AccessDeniedDetail>"
                      "<NoPermissionType>ExplicitDeny</NoPermissionType>"
                      "<AuthAction>oss:GetObject</AuthAction></AccessDeniedDetail>"
                      "<EC>0003-00000201</EC>"),
            std::string::npos)
      << body;
  TestCall s3(kS3, "GET /bkt/k", {{"Host", "h"}});
  EXPECT_EQ(body_of(error_response(s3.call, error)).find("AccessDeniedDetail"), std::string::npos);
}

TEST(Errors, DetailsReplace) {
  OssError error{
      Errc::kInvalidRequest, "words", {{"Code", "X"}, {"Status", "403"}, {"EC", "1"}}, {}};
  WireError wire = to_wire(error, kOss);
  EXPECT_EQ(wire.code, "X");
  EXPECT_EQ(wire.status, 403);
  EXPECT_EQ(wire.ec, "1");
  EXPECT_TRUE(wire.details.empty());
}

TEST(Errors, InternalNeverTravels) {
  TestCall test(kOss, "GET /bkt/k");
  OssError error{Errc::kInternalError, {}, {}, "/secret/path: broken"};
  EXPECT_EQ(body_of(error_response(test.call, error)).find("secret"), std::string::npos);
}

TEST(Errors, HeadAndNotModified) {
  TestCall test(kOss, "HEAD /bkt/k");
  http::Response head = error_response(test.call, OssError{Errc::kNoSuchKey, {}, {}, {}});
  EXPECT_EQ(body_of(head), "");
  EXPECT_NE(head.headers.text().find("x-oss-err: "), std::string::npos);
  TestCall get(kOss, "GET /bkt/k");
  http::Response same = error_response(get.call, OssError{Errc::kNotModified, {}, {}, {}});
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(body_of(same), "");
  ObjectInfo object;
  OssError unchanged{Errc::kNotModified, {}, {}, {}, std::make_shared<ObjectInfo>(object)};
  EXPECT_NE(error_response(get.call, unchanged).headers.text().find("ETag: \"0000"),
            std::string::npos);
}

WireError said(Dialect dialect, auth::AuthFault fault,
               std::vector<std::pair<std::string, std::string>> headers = {}) {
  TestCall test(dialect, "GET /bkt/k", std::move(headers));
  auth::AuthError error;
  error.fault = fault;
  error.message = "words";
  error.access_key_id = "AK";
  error.signature_provided = "SIG";
  error.string_to_sign = "a\nb";
  error.canonical_request = "CR";
  error.argument_name = "Authorization";
  return to_wire(error, test.call);
}

std::string detail(const WireError& error, std::string_view name) {
  for (const auto& [key, value] : error.details) {
    if (key == name) return value;
  }
  return "(none)";
}

TEST(AuthErrors, SignatureMismatch) {
  WireError oss = said(kOss, auth::AuthFault::kSignatureMismatch);
  EXPECT_EQ(oss.code, "SignatureDoesNotMatch");
  EXPECT_EQ(oss.status, 403);
  EXPECT_EQ(detail(oss, "OSSAccessKeyId"), "AK");
  EXPECT_EQ(detail(oss, "SignatureProvided"), "SIG");
  EXPECT_EQ(detail(oss, "StringToSign"), "a\nb");
  EXPECT_EQ(detail(oss, "StringToSignBytes"), "61 0A 62");
  EXPECT_EQ(detail(oss, "CanonicalRequest"), "CR");
  EXPECT_EQ(detail(said(kS3, auth::AuthFault::kSignatureMismatch), "AWSAccessKeyId"), "AK");
}

TEST(AuthErrors, Others) {
  EXPECT_EQ(said(kOss, auth::AuthFault::kUnknownKey).code, "InvalidAccessKeyId");
  EXPECT_EQ(said(kOss, auth::AuthFault::kUnknownKey).message,
            "The OSS Access Key Id you provided does not exist in our records.");
  EXPECT_EQ(said(kOss, auth::AuthFault::kUnknownKey).ec, "0002-00000902");
  EXPECT_EQ(said(kOss, auth::AuthFault::kExpired).message, "Request has expired.");
  EXPECT_EQ(said(kOss, auth::AuthFault::kExpired).code, "AccessDenied");
  WireError skewed = said(kOss, auth::AuthFault::kSkewed, {{"x-oss-date", "20201121T231509Z"}});
  EXPECT_EQ(skewed.code, "RequestTimeTooSkewed");
  EXPECT_EQ(detail(skewed, "RequestTime"), "2020-11-21T23:15:09.000Z");
  EXPECT_EQ(detail(skewed, "ServerTime"), "2026-11-21T23:15:09.000Z");
  EXPECT_EQ(detail(skewed, "MaxAllowedSkewMilliseconds"), "900000");
  EXPECT_EQ(said(kOss, auth::AuthFault::kMalformed).code, "InvalidArgument");
  EXPECT_EQ(said(kOss, auth::AuthFault::kWrongRegion).ec, "0002-00000226");
  EXPECT_EQ(said(kS3, auth::AuthFault::kWrongScope, {{"Authorization", "x"}}).code,
            "AuthorizationHeaderMalformed");
  EXPECT_EQ(said(kS3, auth::AuthFault::kMalformed).code, "AuthorizationQueryParametersError");
  EXPECT_EQ(said(kS3, auth::AuthFault::kUnsupported).status, 501);
  for (int i = 0; i <= static_cast<int>(auth::AuthFault::kMissingDate); ++i) {
    for (Dialect dialect : {kOss, kS3}) {
      WireError wire = said(dialect, static_cast<auth::AuthFault>(i));
      EXPECT_NE(wire.status, 401);
      EXPECT_FALSE(wire.code.empty());
    }
  }
}

TEST(BodyErrors, Names) {
  EXPECT_EQ(to_wire(body_error(auth::BodyFault::kSha256Mismatch), kS3).code,
            "XAmzContentSHA256Mismatch");
  EXPECT_EQ(to_wire(body_error(auth::BodyFault::kChecksumMismatch), kS3).code, "BadDigest");
  WireError chunk = to_wire(body_error(auth::BodyFault::kChunkSignature), kS3);
  EXPECT_EQ(chunk.code, "SignatureDoesNotMatch");
  EXPECT_EQ(chunk.status, 403);
  EXPECT_EQ(to_wire(body_error(auth::BodyFault::kLengthMismatch), kS3).code, "IncompleteBody");
}

}  // namespace
}  // namespace lakeside::oss::wire
