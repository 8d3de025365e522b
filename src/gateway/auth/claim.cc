#include "gateway/auth/claim.h"

#include "base/encoding.h"

namespace lakeside::auth {
namespace {

Scheme scheme_of_header(std::string_view value) {
  // "OSS4-HMAC-SHA256" and "OSS2" before "OSS": the first is a prefix of the others.
  if (value.starts_with("OSS4-")) return Scheme::kOssV4;
  if (value.starts_with("OSS2 ")) return Scheme::kOssV2;
  if (value.starts_with("OSS ")) return Scheme::kOssV1;
  if (value.starts_with("AWS4-")) return Scheme::kAwsV4;  // V4A too: it is refused by name
  if (value.starts_with("AWS ")) return Scheme::kAwsV2;
  return Scheme::kAnonymous;
}

Scheme scheme_of_oss_version(std::string_view version) {
  return version == "OSS2" ? Scheme::kOssV2 : Scheme::kOssV4;
}

// One parameter is enough for a claim: a URL that lost the others is refused, not anonymous.
Scheme scheme_of_query(const std::vector<http::QueryParam>& query) {
  Scheme found = Scheme::kAnonymous;
  for (const http::QueryParam& param : query) {
    std::string_view name = param.name;
    if (name.empty()) continue;
    switch (name.front()) {
      case 'x':
        if (name == "x-oss-signature-version") return scheme_of_oss_version(param.value);
        if (name == "x-oss-signature" || name == "x-oss-credential") found = Scheme::kOssV4;
        if (name == "x-oss-access-key-id") found = Scheme::kOssV2;
        break;
      case 'X':
        if (name == "X-Amz-Algorithm" || name == "X-Amz-Signature" || name == "X-Amz-Credential") {
          return Scheme::kAwsV4;
        }
        break;
      case 'O':
        if (name == "OSSAccessKeyId") return Scheme::kOssV1;
        break;
      case 'A':
        if (name == "AWSAccessKeyId") return Scheme::kAwsV2;
        break;
      case 'S':
        if (name == "Signature" && found == Scheme::kAnonymous) found = Scheme::kOssV1;
        break;
      default:
        break;
    }
  }
  return found;
}

}  // namespace

Claim find_claim(const http::RequestHead& head) {
  Claim claim;
  for (const http::Header& header : head.headers) {
    if (!equals_ignore_case(header.name, "authorization")) continue;
    claim.repeated = claim.authorization.has_value();
    if (claim.repeated) break;
    claim.authorization = header.value;
    claim.scheme = scheme_of_header(header.value);
  }
  Scheme in_query = scheme_of_query(head.query);
  claim.in_query = in_query != Scheme::kAnonymous;
  if (claim.scheme == Scheme::kAnonymous) claim.scheme = in_query;
  return claim;
}

Scheme claimed_scheme(const http::RequestHead& head) { return find_claim(head).scheme; }

}  // namespace lakeside::auth
