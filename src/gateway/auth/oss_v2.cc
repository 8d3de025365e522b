#include "gateway/auth/oss_v2.h"

#include "base/crypto.h"
#include "base/encoding.h"
#include "gateway/auth/additional_headers.h"
#include "gateway/auth/canonical.h"
#include "gateway/auth/request_date.h"

namespace lakeside::auth {
namespace {

struct Parts {
  std::string_view access_key_id;
  std::string_view additional_headers;
  std::string_view signature;
  std::string_view date;  // as signed
};

// `date`: the request's own, or the end of a URL's life.
std::string string_to_sign(const Attempt& attempt, const Parts& parts) {
  const http::RequestHead& head = attempt.head;
  AdditionalHeaders additional(parts.additional_headers);
  std::string out;
  out.reserve(512);
  out.append(head.method).append("\n");
  out.append(attempt.headers.get("content-md5")).append("\n");
  out.append(attempt.headers.get("content-type")).append("\n");
  out.append(parts.date).append("\n");
  HeaderLines lines;
  for (const http::Header& header : attempt.headers.all()) {
    if (header.name.starts_with("x-oss-") || additional.contains(header.name)) {
      lines.add(header.name, header.value);
    }
  }
  lines.append_to(out);
  out.append(additional.joined()).append("\n");
  // The slashes are encoded too, unlike V4's.
  percent_encode_to(out, resource_path(attempt.target.bucket, attempt.target.key));
  QueryLine query;
  query.reserve(head.query.size(), 2 * head.raw_query.size());
  for (const http::QueryParam& param : head.query) {
    if (param.name != "x-oss-signature") query.add(param.name, param.value);
  }
  if (!query.empty()) out.push_back('?');
  query.append_to(out, QueryLine::Empty::kNameAlone);
  return out;
}

Verdict verify(const Attempt& attempt, const Parts& parts, const Check& time, bool presigned) {
  if (has_too_many_names(parts.additional_headers)) {
    return reject(AuthFault::kMalformed, "Invalid AdditionalHeaders.", "AdditionalHeaders",
                  parts.additional_headers);
  }
  auto credential = admit(attempt, parts.access_key_id, Vendor::kOss, time);
  if (!credential) return std::unexpected(std::move(credential.error()));
  std::string to_sign = string_to_sign(attempt, parts);
  std::string expected =
      base64_encode(hmac_sha256(as_bytes(credential->secret), as_bytes(to_sign)));
  if (!constant_time_equal(expected, parts.signature)) {
    return mismatch({parts.access_key_id, parts.signature, to_sign, {}});
  }
  return accept(std::move(*credential), parts.access_key_id, Scheme::kOssV2, presigned);
}

}  // namespace

Verdict verify_oss_v2_header(const Attempt& attempt, std::string_view authorization) {
  AuthorizationFields fields(authorization.substr(std::string_view("OSS2 ").size()), ':');
  auto id = fields.find("AccessKeyId");
  auto signature = fields.find("Signature");
  if (!id || id->empty() || !signature || signature->empty()) {
    return reject(AuthFault::kMalformed,
                  "Authorization header requires the AccessKeyId and Signature fields.",
                  "Authorization", authorization);
  }
  auto date = request_date(attempt.headers, Vendor::kOss);
  if (!date) return std::unexpected(std::move(date.error()));
  Parts parts{*id, fields.find("AdditionalHeaders").value_or(""), *signature, date->text};
  return verify(attempt, parts, check_skew(date->time, attempt), false);
}

Verdict verify_oss_v2_query(const Attempt& attempt) {
  const http::RequestHead& head = attempt.head;
  for (std::string_view name :
       {"x-oss-signature-version", "x-oss-access-key-id", "x-oss-expires", "x-oss-signature"}) {
    if (head.has_param(name)) continue;
    return reject(AuthFault::kMalformed,
                  "Query-string authentication requires the parameter " + std::string(name) + ".",
                  name, {});
  }
  const http::QueryParam* additional = head.param("x-oss-additional-headers");
  std::string_view expires = head.param("x-oss-expires")->value;
  Parts parts{head.param("x-oss-access-key-id")->value,
              additional == nullptr ? std::string_view() : std::string_view(additional->value),
              head.param("x-oss-signature")->value, expires};
  return verify(attempt, parts, check_expires("x-oss-expires", expires, attempt.now), true);
}

}  // namespace lakeside::auth
