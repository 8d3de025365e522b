#include "gateway/auth/rpc.h"

#include <algorithm>
#include <array>

#include "base/crypto.h"
#include "base/encoding.h"
#include "gateway/auth/attempt.h"
#include "gateway/auth/canonical.h"

namespace lakeside::auth {
namespace {

constexpr std::string_view kAcs3 = "ACS3-HMAC-SHA256";
constexpr std::size_t kLongestNonce = 256;

std::unexpected<AuthError> missing(std::string_view name) {
  return reject(AuthFault::kMalformed,
                "The input parameter \"" + std::string(name) +
                    "\" that is mandatory for processing this request is not supplied.",
                name, {});
}

std::unexpected<AuthError> invalid(AuthFault fault, std::string_view name, std::string_view value) {
  return reject(fault, "The specified parameter \"" + std::string(name) + "\" is not valid.", name,
                value);
}

// What both have in common once their parts are found.
struct Claimed {
  std::string_view access_key_id;
  std::string_view token_name;
  std::string_view token;
  std::string_view time_name;
  std::string_view time;
  std::string_view nonce_name;
  std::string_view nonce;
  std::string_view signature;
};

// The key, unless there is a reason to refuse the request unseen.
std::expected<Credential, AuthError> admit_rpc(const Claimed& claimed, const KeySource& keys,
                                               Time now, const AuthOptions& options) {
  if (claimed.nonce.empty()) return missing(claimed.nonce_name);
  if (claimed.nonce.size() > kLongestNonce) {
    return invalid(AuthFault::kMalformed, claimed.nonce_name, {});
  }
  if (claimed.time.empty()) return missing(claimed.time_name);
  auto time = parse_iso8601(claimed.time);
  if (!time) {
    return reject(AuthFault::kMissingDate,
                  "Specified time stamp or date value is not well formatted.", claimed.time_name,
                  claimed.time);
  }
  auto distance = *time > now ? *time - now : now - *time;
  if (distance > options.max_skew) {
    return reject(AuthFault::kSkewed, "Specified time stamp or date value is expired.",
                  claimed.time_name, claimed.time);
  }
  return find_key(keys, claimed.access_key_id, claimed.token_name, claimed.token, now,
                  Vendor::kOss);
}

// Remembered only once it is known whose it is, so that strangers cannot fill the memory.
Verdict admit_once(Credential credential, const Claimed& claimed, Scheme scheme, Nonces& nonces,
                   Time now) {
  switch (nonces.add(claimed.access_key_id, claimed.nonce, now)) {
    case Nonces::Verdict::kUsed:
      return reject(AuthFault::kNonceUsed, "Specified signature nonce was used already.",
                    claimed.nonce_name, claimed.nonce);
    case Nonces::Verdict::kFull:
      return reject(AuthFault::kTooManyNonces, "Request was denied due to flow control.");
    case Nonces::Verdict::kNew:
      break;
  }
  return accept(std::move(credential), claimed.access_key_id, scheme, false);
}

// ---- V1 ----------------------------------------------------------------------------------------

std::string_view find(const RpcRequest& request, std::string_view name) {
  if (const http::QueryParam* param = request.head.param(name)) return param->value;
  auto found = std::ranges::find(request.form, name, &http::QueryParam::name);
  return found == request.form.end() ? std::string_view() : std::string_view(found->value);
}

std::string string_to_sign_v1(const RpcRequest& request) {
  std::vector<const http::QueryParam*> params;
  params.reserve(request.head.query.size() + request.form.size());
  for (const auto* list : {&request.head.query, &request.form}) {
    for (const http::QueryParam& param : *list) {
      if (param.name != "Signature") params.push_back(&param);
    }
  }
  std::ranges::sort(params, {},
                    [](const auto* param) -> std::pair<std::string_view, std::string_view> {
                      return {param->name, param->value};
                    });
  std::string joined;
  for (const http::QueryParam* param : params) {
    if (!joined.empty()) joined += '&';
    percent_encode_to(joined, param->name);
    joined += '=';
    percent_encode_to(joined, param->value);
  }
  std::string out(request.head.method);
  out += "&%2F&";
  percent_encode_to(out, joined);
  return out;
}

Verdict verify_v1(const RpcRequest& request, const KeySource& keys, Nonces& nonces, Time now,
                  const AuthOptions& options) {
  std::string_view method = find(request, "SignatureMethod");
  const bool sha256 = method == "HMAC-SHA256";
  Claimed claimed{.access_key_id = find(request, "AccessKeyId"),
                  .token_name = "SecurityToken",
                  .token = find(request, "SecurityToken"),
                  .time_name = "Timestamp",
                  .time = find(request, "Timestamp"),
                  .nonce_name = "SignatureNonce",
                  .nonce = find(request, "SignatureNonce"),
                  .signature = find(request, "Signature")};
  if (claimed.access_key_id.empty()) return missing("AccessKeyId");
  if (claimed.signature.empty()) return missing("Signature");
  if (method.empty()) return missing("SignatureMethod");
  if (!sha256 && method != "HMAC-SHA1") {
    return invalid(AuthFault::kUnsupported, "SignatureMethod", method);
  }
  std::string_view version = find(request, "SignatureVersion");
  if (version != "1.0") return invalid(AuthFault::kUnsupported, "SignatureVersion", version);
  // Empty, or BEARERTOKEN: which is another way of showing who calls.
  std::string_view type = find(request, "SignatureType");
  if (!type.empty()) return invalid(AuthFault::kUnsupported, "SignatureType", type);

  auto credential = admit_rpc(claimed, keys, now, options);
  if (!credential) return std::unexpected(std::move(credential.error()));
  std::string to_sign = string_to_sign_v1(request);
  std::string key = credential->secret + "&";
  std::string expected = sha256 ? base64_encode(hmac_sha256(as_bytes(key), as_bytes(to_sign)))
                                : base64_encode(hmac_sha1(as_bytes(key), as_bytes(to_sign)));
  if (!constant_time_equal(expected, claimed.signature)) {
    return mismatch({claimed.access_key_id, claimed.signature, to_sign, {}});
  }
  return admit_once(std::move(*credential), claimed, Scheme::kRpcV1, nonces, now);
}

// ---- V3 ----------------------------------------------------------------------------------------

// Whoever changes one of these changes what is asked: none may be there without being signed.
bool must_be_signed(std::string_view lower_name) {
  return lower_name == "host" || lower_name.starts_with("x-acs-");
}

std::string canonical_request(const RpcRequest& request, const LowerHeaders& headers,
                              const std::vector<std::string_view>& names, std::string_view list,
                              std::string_view payload_hash) {
  std::string out;
  out.reserve(kUsualRequestBytes);
  out.append(request.head.method).append("\n").append(request.head.raw_path).append("\n");
  QueryLine query;
  for (const http::QueryParam& param : request.head.query) query.add(param.name, param.value);
  query.append_to(out, QueryLine::Empty::kNameAndEquals);
  out.append("\n");
  for (std::string_view name : names) {
    out.append(name).append(":").append(headers.get(name)).append("\n");
  }
  out.append("\n").append(list).append("\n").append(payload_hash);
  return out;
}

Check check_signed_headers(const LowerHeaders& headers,
                           const std::vector<std::string_view>& names) {
  for (const http::Header& header : headers.all()) {
    if (must_be_signed(header.name) && std::ranges::find(names, header.name) == names.end()) {
      return reject(AuthFault::kMalformed,
                    "The header \"" + std::string(header.name) + "\" must be signed.",
                    "SignedHeaders", header.name);
    }
  }
  return {};
}

Verdict verify_v3(const RpcRequest& request, std::string_view authorization, const KeySource& keys,
                  Nonces& nonces, Time now, const AuthOptions& options) {
  std::string_view algorithm = authorization.substr(0, authorization.find(' '));
  if (algorithm != kAcs3) return invalid(AuthFault::kUnsupported, "Authorization", algorithm);
  AuthorizationFields fields(authorization.substr(algorithm.size()), '=');
  auto id = fields.find("Credential");
  auto list = fields.find("SignedHeaders");
  auto signature = fields.find("Signature");
  if (!id || id->empty()) return missing("Credential");
  if (!list || list->empty()) return missing("SignedHeaders");
  if (!signature || signature->empty()) return missing("Signature");
  if (has_too_many_names(*list)) return invalid(AuthFault::kMalformed, "SignedHeaders", {});

  LowerHeaders headers(request.head);
  Claimed claimed{.access_key_id = *id,
                  .token_name = "x-acs-security-token",
                  .token = headers.get("x-acs-security-token"),
                  .time_name = "x-acs-date",
                  .time = headers.get("x-acs-date"),
                  .nonce_name = "x-acs-signature-nonce",
                  .nonce = headers.get("x-acs-signature-nonce"),
                  .signature = *signature};
  auto names = split(*list, ';');
  if (Check ok = check_signed_headers(headers, names); !ok) {
    return std::unexpected(std::move(ok.error()));
  }
  auto credential = admit_rpc(claimed, keys, now, options);
  if (!credential) return std::unexpected(std::move(credential.error()));

  // Of the body that came, not of the header: one that was changed on its way does not match.
  std::string payload_hash = hex_lower(sha256(as_bytes(request.body)));
  std::string canonical = canonical_request(request, headers, names, *list, payload_hash);
  std::string to_sign = std::string(kAcs3) + "\n" + hex_lower(sha256(as_bytes(canonical)));
  std::string expected = hex_lower(hmac_sha256(as_bytes(credential->secret), as_bytes(to_sign)));
  if (!constant_time_equal(expected, claimed.signature)) {
    return mismatch({*id, claimed.signature, to_sign, canonical});
  }
  return admit_once(std::move(*credential), claimed, Scheme::kAcs3, nonces, now);
}

}  // namespace

bool claims_acs3(const http::RequestHead& head) {
  return head.header("authorization").value_or("").starts_with("ACS3-");
}

std::expected<Identity, AuthError> authenticate_rpc(const RpcRequest& request,
                                                    const KeySource& keys, Nonces& nonces, Time now,
                                                    const AuthOptions& options) {
  if (auto authorization = request.head.header("authorization")) {
    return verify_v3(request, *authorization, keys, nonces, now, options);
  }
  if (!find(request, "AccessKeyId").empty() || !find(request, "Signature").empty()) {
    return verify_v1(request, keys, nonces, now, options);
  }
  Identity anonymous;
  anonymous.principal.name = "anonymous";
  return anonymous;
}

}  // namespace lakeside::auth
