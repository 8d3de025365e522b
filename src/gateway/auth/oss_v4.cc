#include "gateway/auth/oss_v4.h"

#include "base/crypto.h"
#include "base/encoding.h"
#include "gateway/auth/additional_headers.h"
#include "gateway/auth/canonical.h"
#include "gateway/auth/request_date.h"

namespace lakeside::auth {
namespace {

constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";
constexpr std::string_view kHeaderPlace = "Authorization header";
constexpr std::string_view kQueryPlace = "query";

struct Parts {
  ScopedCredential credential;
  std::optional<std::string_view> additional_headers;
  std::string_view signature;
  std::string timestamp;  // "20261121T231509Z"
  std::string_view date;  // of the header Date alone, as sent; empty where there is x-oss-date
  std::string_view place;
  bool presigned;
};

std::string canonical_request(const Attempt& attempt, std::string_view additional_list,
                              std::string_view payload_hash) {
  const http::RequestHead& head = attempt.head;
  AdditionalHeaders additional(additional_list);
  std::string out;
  out.reserve(kUsualRequestBytes);
  out.append(head.method).append("\n");
  percent_encode_to(out, resource_path(attempt.target.bucket, attempt.target.key), true);
  out.push_back('\n');
  QueryLine query;
  query.reserve(head.query.size(), 2 * head.raw_query.size());
  for (const http::QueryParam& param : head.query) {
    if (param.name != "x-oss-signature") query.add(param.name, param.value);
  }
  query.append_to(out, QueryLine::Empty::kNameAlone);
  out.push_back('\n');
  HeaderLines lines;
  for (const http::Header& header : attempt.headers.all()) {
    if (header.name.starts_with("x-oss-") || header.name == "content-type" ||
        header.name == "content-md5" || additional.contains(header.name)) {
      lines.add(header.name, header.value);
    }
  }
  lines.append_to(out);
  out.push_back('\n');
  out.append(additional.joined()).append("\n");
  out.append(payload_hash);
  return out;
}

Verdict verify(const Attempt& attempt, const Parts& parts, const Check& time) {
  std::string_view additional = parts.additional_headers.value_or("");
  if (parts.additional_headers && (additional.empty() || has_too_many_names(additional))) {
    return reject(AuthFault::kMalformed, "Invalid AdditionalHeaders.", "AdditionalHeaders",
                  additional);
  }
  std::string_view payload_hash =
      attempt.headers.find("x-oss-content-sha256").value_or(kUnsignedPayload);
  // OSS documents UNSIGNED-PAYLOAD alone; a real hash is honoured, for it can be.
  auto body_hash = normalised_sha256(payload_hash);
  if (!body_hash && payload_hash != kUnsignedPayload) {
    return reject(AuthFault::kMalformed, "Invalid x-oss-content-sha256.", "x-oss-content-sha256",
                  payload_hash);
  }
  if (Check scope =
          check_oss_scope(parts.credential, parts.timestamp, attempt.options.region, parts.place);
      !scope) {
    return std::unexpected(std::move(scope.error()));
  }
  std::string_view id = parts.credential.access_key_id;
  auto credential = admit(attempt, id, Vendor::kOss, time);
  if (!credential) return std::unexpected(std::move(credential.error()));

  std::string request = canonical_request(attempt, additional, payload_hash);
  std::string to_sign = v4_string_to_sign(kOssV4, parts.timestamp, parts.credential.scope, request);
  SigningKey key = signing_key(kOssV4, parts.credential, credential->secret);
  bool right = constant_time_equal(v4_signature(key, to_sign), parts.signature);
  if (!right && !parts.date.empty()) {
    // aliyun-oss-go-sdk, and so ossutil 1, sends no x-oss-date and signs Date as it stands there.
    const std::string as_sent =
        v4_string_to_sign(kOssV4, parts.date, parts.credential.scope, request);
    right = constant_time_equal(v4_signature(key, as_sent), parts.signature);
  }
  if (!right) {
    return mismatch({id, parts.signature, to_sign, request});
  }
  Identity identity = accept(std::move(*credential), id, Scheme::kOssV4, parts.presigned);
  if (body_hash) identity.body.sha256_hex = std::move(*body_hash);
  return identity;
}

}  // namespace

Check check_oss_scope(const ScopedCredential& credential, std::string_view timestamp,
                      std::string_view region, std::string_view where) {
  auto invalid = [&](AuthFault fault, const char* what) {
    return reject(fault, std::string("Invalid ") + what + " in " + std::string(where) + ".",
                  "Credential", credential.scope);
  };
  if (credential.date != timestamp.substr(0, 8)) {
    return invalid(AuthFault::kWrongScope, "signing date");
  }
  if (credential.region != region) return invalid(AuthFault::kWrongRegion, "signing region");
  if (credential.service != "oss") return invalid(AuthFault::kWrongScope, "signing product");
  if (credential.terminator != "aliyun_v4_request") {
    return invalid(AuthFault::kWrongScope, "signing version");
  }
  return {};
}

Verdict verify_oss_v4_header(const Attempt& attempt, std::string_view authorization) {
  auto malformed = [&](const char* message) {
    return reject(AuthFault::kMalformed, message, "Authorization", authorization);
  };
  std::size_t space = authorization.find(' ');
  if (authorization.substr(0, space) != kOssV4.algorithm || space == std::string_view::npos) {
    return reject(AuthFault::kUnsupported, "Unsupported signature algorithm.", "Authorization",
                  authorization);
  }
  AuthorizationFields fields(authorization.substr(space + 1), '=');
  auto credential_text = fields.find("Credential");
  auto signature = fields.find("Signature");
  if (!credential_text || !signature) {
    return malformed("Authorization header requires the Credential and Signature fields.");
  }
  auto credential = parse_credential(*credential_text);
  if (!credential) return malformed("Invalid Credential in Authorization header.");
  auto date = request_date(attempt.headers, Vendor::kOss);
  if (!date) return std::unexpected(std::move(date.error()));
  Parts parts{*credential,
              fields.find("AdditionalHeaders"),
              *signature,
              format_iso8601_basic(date->time),
              date->own_header ? std::string_view() : date->text,
              kHeaderPlace,
              false};
  return verify(attempt, parts, check_skew(date->time, attempt));
}

Verdict verify_oss_v4_query(const Attempt& attempt) {
  const http::RequestHead& head = attempt.head;
  for (std::string_view name : {"x-oss-signature-version", "x-oss-credential", "x-oss-date",
                                "x-oss-expires", "x-oss-signature"}) {
    if (head.has_param(name)) continue;
    return reject(AuthFault::kMalformed,
                  "Query-string authentication requires the parameter " + std::string(name) + ".",
                  name, {});
  }
  auto malformed = [&](std::string_view name) {
    return reject(AuthFault::kMalformed, "Invalid " + std::string(name) + " in query.", name,
                  head.param(name)->value);
  };
  if (head.param("x-oss-signature-version")->value != kOssV4.algorithm) {
    return malformed("x-oss-signature-version");
  }
  auto credential = parse_credential(head.param("x-oss-credential")->value);
  if (!credential) return malformed("x-oss-credential");
  std::string_view timestamp = head.param("x-oss-date")->value;
  auto start = parse_iso8601_basic(timestamp);
  if (!start) return malformed("x-oss-date");
  const http::QueryParam* additional = head.param("x-oss-additional-headers");
  Parts parts{
      *credential, std::nullopt, head.param("x-oss-signature")->value, std::string(timestamp), {},
      kQueryPlace, true};
  if (additional != nullptr) parts.additional_headers = additional->value;
  return verify(
      attempt, parts,
      check_lifetime(*start, "x-oss-expires", head.param("x-oss-expires")->value, attempt));
}

}  // namespace lakeside::auth
