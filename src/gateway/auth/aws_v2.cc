#include "gateway/auth/aws_v2.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <vector>

#include "base/crypto.h"
#include "base/encoding.h"
#include "gateway/auth/aws_payload.h"
#include "gateway/auth/canonical.h"
#include "gateway/auth/request_date.h"

namespace lakeside::auth {
namespace {

// What botocore and s3cmd sign, in ASCII order for the binary search.
constexpr auto kSubResources = std::to_array<std::string_view>({
    "accelerate",
    "acl",
    "analytics",
    "cors",
    "defaultObjectAcl",
    "delete",
    "inventory",
    "lifecycle",
    "location",
    "logging",
    "metrics",
    "notification",
    "object-lock",
    "partNumber",
    "policy",
    "replication",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "restore",
    "select",
    "select-type",
    "storageClass",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "website",
});
static_assert(std::ranges::is_sorted(kSubResources));

struct Parts {
  std::string_view access_key_id;
  std::string_view signature;
  std::string_view date;  // as signed
  bool presigned;
};

// The paths that the client may have signed: as sent, with the bucket before it where only the
// Host names it. For "/bucket" botocore signs "/bucket/", others what they send.
std::vector<std::string> candidate_resources(const Attempt& attempt) {
  const SignedTarget& target = attempt.target;
  std::string sent(attempt.head.raw_path);
  auto decoded = percent_decode(sent);
  std::string path_style = resource_path(target.bucket, target.key);
  if (target.bucket.empty() || decoded == path_style) return {sent};
  if (target.key.empty() && decoded && *decoded + "/" == path_style) return {sent + "/", sent};
  return {"/" + target.bucket + sent};
}

void append_sub_resources(std::string& out, const std::vector<http::QueryParam>& query) {
  std::vector<const http::QueryParam*> signed_params;
  for (const http::QueryParam& param : query) {
    if (std::ranges::binary_search(kSubResources, param.name)) signed_params.push_back(&param);
  }
  std::ranges::sort(signed_params, [](const auto* a, const auto* b) {
    return std::tie(a->name, a->value) < std::tie(b->name, b->value);
  });
  char separator = '?';
  for (const http::QueryParam* param : signed_params) {
    out.push_back(separator);
    separator = '&';
    out.append(param->name);
    if (param->has_value) out.append("=").append(param->value);
  }
}

// boto3 moves the headers that it signs into the query of a URL; a header that comes with the
// request goes first.
std::string_view header_or_param(const Attempt& attempt, std::string_view name, bool presigned) {
  if (auto header = attempt.headers.find(name)) return *header;
  const http::QueryParam* param = presigned ? attempt.head.param(name) : nullptr;
  return param == nullptr ? std::string_view() : std::string_view(param->value);
}

void append_headers(std::string& out, const Attempt& attempt, bool presigned) {
  HeaderLines lines;
  for (const http::Header& header : attempt.headers.all()) {
    if (header.name.starts_with("x-amz-")) lines.add(header.name, header.value);
  }
  if (presigned) {
    for (const http::QueryParam& param : attempt.head.query) {
      if (param.name.starts_with("x-amz-") && !attempt.headers.find(param.name)) {
        lines.add(param.name, param.value);
      }
    }
  }
  lines.append_to(out);
}

std::string string_to_sign(const Attempt& attempt, const Parts& parts, std::string_view resource) {
  const http::RequestHead& head = attempt.head;
  std::string out;
  out.reserve(512);
  out.append(head.method).append("\n");
  out.append(header_or_param(attempt, "content-md5", parts.presigned)).append("\n");
  out.append(header_or_param(attempt, "content-type", parts.presigned)).append("\n");
  out.append(parts.date).append("\n");
  append_headers(out, attempt, parts.presigned);
  out.append(resource);
  append_sub_resources(out, head.query);
  return out;
}

Verdict verify(const Attempt& attempt, const Parts& parts, const Check& time) {
  auto rules = aws_unsigned_body_rules(attempt.headers);
  if (!rules) return std::unexpected(std::move(rules.error()));
  auto credential = admit(attempt, parts.access_key_id, Vendor::kAws, time);
  if (!credential) return std::unexpected(std::move(credential.error()));
  std::string to_sign;
  for (const std::string& resource : candidate_resources(attempt)) {
    to_sign = string_to_sign(attempt, parts, resource);
    std::string expected =
        base64_encode(hmac_sha1(as_bytes(credential->secret), as_bytes(to_sign)));
    if (!constant_time_equal(expected, parts.signature)) continue;
    Identity identity =
        accept(std::move(*credential), parts.access_key_id, Scheme::kAwsV2, parts.presigned);
    identity.body = std::move(*rules);
    return identity;
  }
  return mismatch({parts.access_key_id, parts.signature, to_sign, {}});
}

}  // namespace

Verdict verify_aws_v2_header(const Attempt& attempt, std::string_view authorization) {
  std::string_view pair = trim(authorization.substr(std::string_view("AWS ").size()));
  std::size_t colon = pair.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == pair.size()) {
    return reject(AuthFault::kMalformed,
                  "AWS authorization header is invalid. Expected AwsAccessKeyId:signature",
                  "Authorization", authorization);
  }
  auto date = request_date(attempt.headers, Vendor::kAws);
  if (!date) return std::unexpected(std::move(date.error()));
  // With x-amz-date among the signed headers, the place of the date stays empty.
  Parts parts{pair.substr(0, colon), pair.substr(colon + 1),
              date->own_header ? std::string_view() : date->text, false};
  return verify(attempt, parts, check_skew(date->time, attempt));
}

Verdict verify_aws_v2_query(const Attempt& attempt) {
  const http::RequestHead& head = attempt.head;
  for (std::string_view name : {"AWSAccessKeyId", "Expires", "Signature"}) {
    if (head.has_param(name)) continue;
    return reject(AuthFault::kMalformed,
                  "Query-string authentication requires the Signature, Expires and "
                  "AWSAccessKeyId parameters",
                  name, {});
  }
  std::string_view expires = head.param("Expires")->value;
  Parts parts{head.param("AWSAccessKeyId")->value, head.param("Signature")->value, expires, true};
  return verify(attempt, parts, check_expires("Expires", expires, attempt.now));
}

}  // namespace lakeside::auth
