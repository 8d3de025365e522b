#include "gateway/auth/aws_v4.h"

#include <algorithm>
#include <vector>

#include "base/crypto.h"
#include "base/encoding.h"
#include "gateway/auth/aws_payload.h"
#include "gateway/auth/canonical.h"
#include "gateway/auth/request_date.h"

namespace lakeside::auth {
namespace {

struct Parts {
  ScopedCredential credential;
  std::string_view signed_headers;  // "host;x-amz-date"
  std::string_view signature;
  std::string timestamp;  // "20261121T231509Z"
  std::string_view payload_hash;
  bool presigned;
};

// S3 insists that host and every x-amz-* header are signed, or whoever holds a presigned URL
// could add an ACL to the upload.
Check check_coverage(const LowerHeaders& headers, const std::vector<std::string_view>& names) {
  for (const http::Header& header : headers.all()) {
    bool required = header.name == "host" || header.name.starts_with("x-amz-");
    if (!required || std::ranges::find(names, header.name) != names.end()) continue;
    return reject(AuthFault::kMalformed,
                  "There were headers present in the request which were not signed",
                  "HeadersNotSigned", header.name);
  }
  return {};
}

// A listed header that did not come counts as empty.
void append_header(std::string& out, const LowerHeaders& headers, std::string_view name) {
  out.append(name).append(":");
  bool again = false;
  for (const http::Header& header : headers.all()) {
    if (header.name != name) continue;
    if (again) out.push_back(',');
    again = true;
    append_collapsed(out, header.value);
  }
  out.push_back('\n');
}

std::string canonical_request(const Attempt& attempt, const Parts& parts,
                              const std::vector<std::string_view>& names,
                              std::string_view canonical_path) {
  const http::RequestHead& head = attempt.head;
  std::string out;
  out.reserve(kUsualRequestBytes);
  out.append(head.method).append("\n");
  out.append(canonical_path).append("\n");
  QueryLine query;
  query.reserve(head.query.size(), 2 * head.raw_query.size());
  for (const http::QueryParam& param : head.query) {
    if (param.name != "X-Amz-Signature") query.add(param.name, param.value);
  }
  query.append_to(out, QueryLine::Empty::kNameAndEquals);
  out.push_back('\n');
  for (std::string_view name : names) append_header(out, attempt.headers, name);
  out.push_back('\n');
  out.append(parts.signed_headers).append("\n");
  out.append(parts.payload_hash);
  return out;
}

struct Attested {
  bool matches;
  std::string canonical_request;
  std::string string_to_sign;
};
Attested attest(const Attempt& attempt, const Parts& parts,
                const std::vector<std::string_view>& names, std::string_view path,
                const SigningKey& key) {
  Attested out;
  out.canonical_request = canonical_request(attempt, parts, names, path);
  out.string_to_sign =
      v4_string_to_sign(kAwsV4, parts.timestamp, parts.credential.scope, out.canonical_request);
  out.matches = constant_time_equal(v4_signature(key, out.string_to_sign), parts.signature);
  return out;
}

// The path encoded once and in one way, as S3 computes it.
std::string encoded_path(std::string_view raw_path) {
  auto decoded = percent_decode(raw_path);
  return decoded ? percent_encode(*decoded, true) : std::string(raw_path);
}

void add_chunk_rules(BodyRules& rules, const Parts& parts, const SigningKey& key) {
  if (rules.coding != BodyRules::Coding::kSignedChunks &&
      rules.coding != BodyRules::Coding::kSignedChunksTrailer) {
    return;
  }
  rules.signing_key = as_text(key);
  rules.seed_signature = parts.signature;
  rules.scope = parts.credential.scope;
  rules.timestamp = parts.timestamp;
}

Verdict verify(const Attempt& attempt, const Parts& parts, const Check& time) {
  if (has_too_many_names(parts.signed_headers)) {
    return reject(AuthFault::kMalformed, "SignedHeaders names too many headers", "SignedHeaders",
                  {});
  }
  std::vector<std::string_view> names = split(parts.signed_headers, ';');
  auto rules = aws_body_rules(attempt.headers, parts.payload_hash);
  if (!rules) return std::unexpected(std::move(rules.error()));
  std::string_view id = parts.credential.access_key_id;
  auto credential = admit(attempt, id, Vendor::kAws, time);
  if (!credential) return std::unexpected(std::move(credential.error()));
  if (Check ok = check_coverage(attempt.headers, names); !ok) {
    return std::unexpected(std::move(ok.error()));
  }
  SigningKey key = signing_key(kAwsV4, parts.credential, credential->secret);
  std::string path = encoded_path(attempt.head.raw_path);
  Attested attested = attest(attempt, parts, names, path, key);
  // curl and hand-written signers may sign a path that is encoded otherwise, as they send it.
  bool matches =
      attested.matches || (path != attempt.head.raw_path &&
                           attest(attempt, parts, names, attempt.head.raw_path, key).matches);
  if (!matches) {
    return mismatch({id, parts.signature, attested.string_to_sign, attested.canonical_request});
  }
  Identity identity = accept(std::move(*credential), id, Scheme::kAwsV4, parts.presigned);
  add_chunk_rules(*rules, parts, key);
  identity.body = std::move(*rules);
  return identity;
}

}  // namespace

Check check_aws_scope(const ScopedCredential& credential, std::string_view timestamp,
                      std::string_view argument_name) {
  auto wrong = [&](std::string message) {
    return reject(AuthFault::kWrongScope, std::move(message), argument_name, credential.scope);
  };
  std::string_view day = timestamp.substr(0, 8);
  if (credential.date != day) {
    return wrong("Invalid credential date \"" + std::string(credential.date) +
                 "\". This date is not the same as X-Amz-Date: \"" + std::string(day) + "\".");
  }
  if (credential.service != "s3") {
    return wrong("incorrect service \"" + std::string(credential.service) +
                 "\". This endpoint belongs to \"s3\".");
  }
  if (credential.terminator != "aws4_request") {
    return wrong("incorrect terminal \"" + std::string(credential.terminator) +
                 "\". This endpoint uses \"aws4_request\".");
  }
  return {};
}

Verdict verify_aws_v4_header(const Attempt& attempt, std::string_view authorization) {
  auto malformed = [&](std::string_view why) {
    return reject(AuthFault::kMalformed,
                  "The authorization header is malformed; " + std::string(why), "Authorization",
                  authorization);
  };
  std::size_t space = authorization.find(' ');
  if (authorization.substr(0, space) != kAwsV4.algorithm) {
    return refuse_scheme(authorization);
  }
  if (space == std::string_view::npos) return malformed("it has no fields.");
  AuthorizationFields fields(authorization.substr(space + 1), '=');
  auto credential_text = fields.find("Credential");
  auto signed_headers = fields.find("SignedHeaders");
  auto signature = fields.find("Signature");
  if (!credential_text || !signed_headers || signed_headers->empty() || !signature) {
    return malformed(
        "the authorization header requires three components: Credential, SignedHeaders, and "
        "Signature.");
  }
  auto credential = parse_credential(*credential_text);
  if (!credential) {
    return malformed(
        "the Credential is mal-formed; expecting "
        "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
  }
  auto date = request_date(attempt.headers, Vendor::kAws);
  if (!date) return std::unexpected(std::move(date.error()));
  std::string timestamp = format_iso8601_basic(date->time);
  if (Check ok = check_aws_scope(*credential, timestamp, "Authorization"); !ok) {
    ok.error().message.insert(0, "The authorization header is malformed; ");
    return std::unexpected(std::move(ok.error()));
  }
  auto payload_hash = attempt.headers.find("x-amz-content-sha256");
  if (!payload_hash) {
    return reject(AuthFault::kMalformed,
                  "Missing required header for this request: x-amz-content-sha256",
                  "x-amz-content-sha256", {});
  }
  Parts parts{*credential, *signed_headers, *signature, std::move(timestamp), *payload_hash, false};
  return verify(attempt, parts, check_skew(date->time, attempt));
}

Verdict verify_aws_v4_query(const Attempt& attempt) {
  const http::RequestHead& head = attempt.head;
  for (std::string_view name : {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature",
                                "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Expires"}) {
    const http::QueryParam* param = head.param(name);
    if (param != nullptr && !param->value.empty()) continue;
    return reject(AuthFault::kMalformed,
                  "Query-string authentication version 4 requires the X-Amz-Algorithm, "
                  "X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and "
                  "X-Amz-Expires parameters.",
                  name, {});
  }
  auto value = [&](std::string_view name) -> std::string_view { return head.param(name)->value; };
  if (value("X-Amz-Algorithm") != kAwsV4.algorithm) {
    return reject(AuthFault::kUnsupported, "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"",
                  "X-Amz-Algorithm", value("X-Amz-Algorithm"));
  }
  auto credential = parse_credential(value("X-Amz-Credential"));
  if (!credential) {
    return reject(AuthFault::kMalformed,
                  "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; "
                  "expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".",
                  "X-Amz-Credential", value("X-Amz-Credential"));
  }
  auto start = parse_iso8601_basic(value("X-Amz-Date"));
  if (!start) {
    return reject(AuthFault::kMalformed,
                  "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"",
                  "X-Amz-Date", value("X-Amz-Date"));
  }
  if (Check ok = check_aws_scope(*credential, value("X-Amz-Date"), "X-Amz-Credential"); !ok) {
    ok.error().message.insert(0, "Error parsing the X-Amz-Credential parameter; ");
    return std::unexpected(std::move(ok.error()));
  }
  // The header where it came, else what the JS presigner moves into the query.
  const http::QueryParam* hoisted = head.param("X-Amz-Content-Sha256");
  std::string_view payload_hash = hoisted == nullptr ? kAwsUnsignedPayload : hoisted->value;
  payload_hash = attempt.headers.find("x-amz-content-sha256").value_or(payload_hash);
  Parts parts{*credential,
              value("X-Amz-SignedHeaders"),
              value("X-Amz-Signature"),
              std::string(value("X-Amz-Date")),
              payload_hash,
              true};
  return verify(attempt, parts,
                check_lifetime(*start, "X-Amz-Expires", value("X-Amz-Expires"), attempt));
}

}  // namespace lakeside::auth
