#include "gateway/auth/authenticate.h"

#include "gateway/auth/attempt.h"
#include "gateway/auth/aws_payload.h"
#include "gateway/auth/aws_v2.h"
#include "gateway/auth/aws_v4.h"
#include "gateway/auth/claim.h"
#include "gateway/auth/oss_v1.h"
#include "gateway/auth/oss_v2.h"
#include "gateway/auth/oss_v4.h"

namespace lakeside::auth {
namespace {

Verdict anonymous(const Attempt& attempt) {
  auto rules = aws_unsigned_body_rules(attempt.headers);
  if (!rules) return std::unexpected(std::move(rules.error()));
  Identity identity;
  identity.principal.name = "anonymous";
  identity.body = std::move(*rules);
  return identity;
}

Verdict verify_header(const Attempt& attempt, Scheme scheme, std::string_view authorization) {
  switch (scheme) {
    case Scheme::kOssV1:
      return verify_oss_v1_header(attempt, authorization);
    case Scheme::kOssV2:
      return verify_oss_v2_header(attempt, authorization);
    case Scheme::kOssV4:
      return verify_oss_v4_header(attempt, authorization);
    case Scheme::kAwsV2:
      return verify_aws_v2_header(attempt, authorization);
    case Scheme::kAwsV4:
      return verify_aws_v4_header(attempt, authorization);
    case Scheme::kAnonymous:
    case Scheme::kRpcV1:
    case Scheme::kAcs3:
      break;
  }
  return refuse_scheme(authorization);
}

Verdict verify_query(const Attempt& attempt, Scheme scheme) {
  switch (scheme) {
    case Scheme::kOssV1:
      return verify_oss_v1_query(attempt);
    case Scheme::kOssV2:
      return verify_oss_v2_query(attempt);
    case Scheme::kOssV4:
      return verify_oss_v4_query(attempt);
    case Scheme::kAwsV2:
      return verify_aws_v2_query(attempt);
    case Scheme::kAwsV4:
      return verify_aws_v4_query(attempt);
    case Scheme::kAnonymous:
    case Scheme::kRpcV1:
    case Scheme::kAcs3:
      break;
  }
  return anonymous(attempt);
}

}  // namespace

std::expected<Identity, AuthError> authenticate(const http::RequestHead& head,
                                                const SignedTarget& target, const KeySource& keys,
                                                Time now, const AuthOptions& options) {
  Attempt attempt{head, LowerHeaders(head), target, keys, now, options};
  Claim claim = find_claim(head);
  if (!claim.authorization) return verify_query(attempt, claim.scheme);
  if (claim.in_query || claim.repeated) {
    return reject(
        AuthFault::kMalformed,
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, "
        "Signature query string parameter or the Authorization header should be specified",
        "Authorization", *claim.authorization);
  }
  return verify_header(attempt, claim.scheme, *claim.authorization);
}

}  // namespace lakeside::auth
