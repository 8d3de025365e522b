#include "gateway/auth/oss_v1.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <vector>

#include "base/crypto.h"
#include "base/encoding.h"
#include "gateway/auth/canonical.h"
#include "gateway/auth/request_date.h"

namespace lakeside::auth {
namespace {

// The union of the lists in the SDKs: each signs what it sends, and no name is sent unsigned
// by one and signed by another. In ASCII order, for the binary search.
constexpr auto kSubResources = std::to_array<std::string_view>({
    "accessPoint",
    "accessPointConfigForObjectProcess",
    "accessPointForObjectProcess",
    "accessPointPolicy",
    "accessPointPolicyForObjectProcess",
    "acl",
    "append",
    "asyncFetch",
    "bucketArchiveDirectRead",
    "bucketInfo",
    "callback",
    "callback-var",
    "cleanRestoredObject",
    "cloudboxes",
    "cname",
    "comp",
    "continuation-token",
    "cors",
    "delete",
    "encryption",
    "endTime",
    "group",
    "httpsConfig",
    "img",
    "inventory",
    "inventoryId",
    "legalHold",
    "lifecycle",
    "link",
    "live",
    "location",
    "logging",
    "metaQuery",
    "objectInfo",
    "objectMeta",
    "objectWorm",
    "overwriteConfig",
    "partNumber",
    "policy",
    "policyStatus",
    "position",
    "publicAccessBlock",
    "qos",
    "qosInfo",
    "qosRequester",
    "redundancyTransition",
    "referer",
    "regionList",
    "replication",
    "replicationLocation",
    "replicationProgress",
    "requestPayment",
    "requesterQosInfo",
    "resourceGroup",
    "resourcePool",
    "resourcePoolBuckets",
    "resourcePoolInfo",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "responseHeader",
    "restore",
    "retention",
    "rtc",
    "seal",
    "security-token",
    "sequential",
    "startTime",
    "stat",
    "status",
    "style",
    "styleName",
    "symlink",
    "tagging",
    "transferAcceleration",
    "udf",
    "udfApplication",
    "udfApplicationLog",
    "udfId",
    "udfImage",
    "udfImageDesc",
    "udfName",
    "uploadId",
    "uploads",
    "userDefinedLogFieldsConfig",
    "versionId",
    "versioning",
    "versions",
    "vip",
    "vod",
    "vpcip",
    "website",
    "withHashContext",
    "worm",
    "wormExtend",
    "wormId",
});
static_assert(std::ranges::is_sorted(kSubResources));

// "?acl&versionId=x": sorted, decoded, the name alone where the value is empty.
void append_sub_resources(std::string& out, const std::vector<http::QueryParam>& query) {
  std::vector<const http::QueryParam*> signed_params;
  for (const http::QueryParam& param : query) {
    if (is_oss_sub_resource(param.name)) signed_params.push_back(&param);
  }
  std::ranges::sort(signed_params, [](const auto* a, const auto* b) {
    return std::tie(a->name, a->value) < std::tie(b->name, b->value);
  });
  char separator = '?';
  for (const http::QueryParam* param : signed_params) {
    out.push_back(separator);
    separator = '&';
    out.append(param->name);
    if (!param->value.empty()) out.append("=").append(param->value);
  }
}

// `date`: the request's own, or the end of a URL's life.
std::string string_to_sign(const Attempt& attempt, std::string_view date) {
  const http::RequestHead& head = attempt.head;
  std::string out;
  out.reserve(512);
  out.append(head.method).append("\n");
  out.append(attempt.headers.get("content-md5")).append("\n");
  out.append(attempt.headers.get("content-type")).append("\n");
  out.append(date).append("\n");
  HeaderLines lines;
  for (const http::Header& header : attempt.headers.all()) {
    if (header.name.starts_with("x-oss-")) lines.add(header.name, header.value);
  }
  lines.append_to(out);
  out.append(resource_path(attempt.target.bucket, attempt.target.key));
  append_sub_resources(out, head.query);
  return out;
}

Verdict verify(const Attempt& attempt, Credential credential, std::string_view access_key_id,
               std::string_view provided, std::string_view date, bool presigned) {
  std::string to_sign = string_to_sign(attempt, date);
  std::string expected = base64_encode(hmac_sha1(as_bytes(credential.secret), as_bytes(to_sign)));
  if (!constant_time_equal(expected, provided)) {
    return mismatch({access_key_id, provided, to_sign, {}});
  }
  return accept(std::move(credential), access_key_id, Scheme::kOssV1, presigned);
}

}  // namespace

bool is_oss_sub_resource(std::string_view name) {
  // Parameters of the signature itself begin with a capital letter, no sub-resource does.
  if (name.empty() || name.front() < 'a') return false;
  return name.starts_with("x-oss-") || std::ranges::binary_search(kSubResources, name);
}

Verdict verify_oss_v1_header(const Attempt& attempt, std::string_view authorization) {
  std::string_view pair = trim(authorization.substr(std::string_view("OSS ").size()));
  std::size_t colon = pair.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == pair.size()) {
    return reject(AuthFault::kMalformed, "Authorization header is invalid.", "Authorization",
                  authorization);
  }
  std::string_view access_key_id = pair.substr(0, colon);
  auto date = request_date(attempt.headers, Vendor::kOss);
  if (!date) return std::unexpected(std::move(date.error()));
  auto credential = admit(attempt, access_key_id, Vendor::kOss, check_skew(date->time, attempt));
  if (!credential) return std::unexpected(std::move(credential.error()));
  return verify(attempt, std::move(*credential), access_key_id, pair.substr(colon + 1), date->text,
                false);
}

Verdict verify_oss_v1_query(const Attempt& attempt) {
  const http::QueryParam* id = attempt.head.param("OSSAccessKeyId");
  const http::QueryParam* expires = attempt.head.param("Expires");
  const http::QueryParam* signature = attempt.head.param("Signature");
  if (id == nullptr || expires == nullptr || signature == nullptr) {
    return reject(AuthFault::kMalformed,
                  "Query-string authentication requires the Signature, Expires and "
                  "OSSAccessKeyId parameters.",
                  id == nullptr        ? "OSSAccessKeyId"
                  : expires == nullptr ? "Expires"
                                       : "Signature",
                  {});
  }
  auto credential = admit(attempt, id->value, Vendor::kOss,
                          check_expires("Expires", expires->value, attempt.now));
  if (!credential) return std::unexpected(std::move(credential.error()));
  return verify(attempt, std::move(*credential), id->value, signature->value, expires->value, true);
}

}  // namespace lakeside::auth
