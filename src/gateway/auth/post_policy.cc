// The signature of a browser's form upload: over the base64 policy as it stands in the form.
// What the policy says, its end included, is the service's to check.
#include <algorithm>

#include "base/crypto.h"
#include "base/encoding.h"
#include "gateway/auth/attempt.h"
#include "gateway/auth/aws_v4.h"
#include "gateway/auth/oss_v4.h"

namespace lakeside::auth {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Form {
  const Fields& fields;
  const KeySource& keys;
  Time now;
  const AuthOptions& options;

  [[nodiscard]] const std::string* find(std::string_view name) const {
    auto it = std::ranges::find(fields, name, &Fields::value_type::first);
    return it == fields.end() ? nullptr : &it->second;
  }
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  // Only for names that `require` has found.
  [[nodiscard]] std::string_view get(std::string_view name) const { return *find(name); }
};

Check require(const Form& form, std::initializer_list<std::string_view> names) {
  for (std::string_view name : names) {
    const std::string* value = form.find(name);
    if (value != nullptr && !value->empty()) continue;
    return reject(AuthFault::kMalformed,
                  "Bucket POST must contain a field named '" + std::string(name) + "'.", name, {});
  }
  return {};
}

std::expected<Credential, AuthError> admit_form(const Form& form, std::string_view access_key_id,
                                                Vendor vendor) {
  for (std::string_view name : {"x-oss-security-token", "security-token", "x-amz-security-token"}) {
    const std::string* value = form.find(name);
    if (value == nullptr || value->empty()) continue;
    return find_key(form.keys, access_key_id, name, *value, form.now, vendor);
  }
  return find_key(form.keys, access_key_id, vendor);
}

// Base64 HMAC-SHA1 with the secret itself: OSS V1 and AWS V2.
Verdict verify_v1(const Form& form, std::string_view id_field, Scheme scheme, Vendor vendor) {
  if (Check ok = require(form, {id_field, "policy", "signature"}); !ok) {
    return std::unexpected(std::move(ok.error()));
  }
  std::string_view id = form.get(id_field);
  auto credential = admit_form(form, id, vendor);
  if (!credential) return std::unexpected(std::move(credential.error()));
  std::string_view policy = form.get("policy");
  std::string expected = base64_encode(hmac_sha1(as_bytes(credential->secret), as_bytes(policy)));
  if (!constant_time_equal(expected, form.get("signature"))) {
    return mismatch({id, form.get("signature"), policy, {}});
  }
  return accept(std::move(*credential), id, scheme, false);
}

struct V4Names {
  V4Dialect dialect;
  Scheme scheme;
  Vendor vendor;
  std::string_view algorithm, credential, date, signature;
};
constexpr V4Names kOssNames{
    kOssV4,       Scheme::kOssV4,   Vendor::kOss, "x-oss-signature-version", "x-oss-credential",
    "x-oss-date", "x-oss-signature"};
constexpr V4Names kAwsNames{
    kAwsV4,       Scheme::kAwsV4,   Vendor::kAws, "x-amz-algorithm", "x-amz-credential",
    "x-amz-date", "x-amz-signature"};

// A form lives as long as its policy says, but no signature outlives its key's week.
Check check_form_age(const Form& form, Time signed_at) {
  if (signed_at > form.now + form.options.max_skew) {
    return reject(AuthFault::kSkewed, "Request is not yet valid.");
  }
  if (form.now <= signed_at + form.options.max_presign) return {};
  return reject(AuthFault::kExpired, "Request has expired.");
}

Check check_scope(const Form& form, const V4Names& names, const ScopedCredential& credential) {
  std::string_view timestamp = form.get(names.date);
  if (names.vendor == Vendor::kAws) {
    return check_aws_scope(credential, timestamp, names.credential);
  }
  return check_oss_scope(credential, timestamp, form.options.region, "form");
}

Verdict verify_v4(const Form& form, const V4Names& names) {
  if (Check ok =
          require(form, {names.algorithm, names.credential, names.date, names.signature, "policy"});
      !ok) {
    return std::unexpected(std::move(ok.error()));
  }
  auto invalid = [&](AuthFault fault, std::string_view name) {
    return reject(fault, "Invalid value of the field '" + std::string(name) + "'.", name,
                  form.get(name));
  };
  if (form.get(names.algorithm) != names.dialect.algorithm) {
    return invalid(AuthFault::kUnsupported, names.algorithm);
  }
  auto scoped = parse_credential(form.get(names.credential));
  if (!scoped) return invalid(AuthFault::kMalformed, names.credential);
  auto signed_at = parse_iso8601_basic(form.get(names.date));
  if (!signed_at) return invalid(AuthFault::kMalformed, names.date);
  if (Check ok = check_scope(form, names, *scoped); !ok) {
    return std::unexpected(std::move(ok.error()));
  }
  auto credential = admit_form(form, scoped->access_key_id, names.vendor);
  if (!credential) return std::unexpected(std::move(credential.error()));
  if (Check ok = check_form_age(form, *signed_at); !ok) {
    return std::unexpected(std::move(ok.error()));
  }
  SigningKey key = signing_key(names.dialect, *scoped, credential->secret);
  std::string_view policy = form.get("policy");
  if (!constant_time_equal(v4_signature(key, policy), form.get(names.signature))) {
    return mismatch({scoped->access_key_id, form.get(names.signature), policy, {}});
  }
  return accept(std::move(*credential), scoped->access_key_id, names.scheme, false);
}

}  // namespace

std::expected<Identity, AuthError> authenticate_post_policy(const Fields& fields,
                                                            const KeySource& keys, Time now,
                                                            const AuthOptions& options) {
  Form form{fields, keys, now, options};
  if (form.has("x-oss-signature-version") || form.has("x-oss-signature") ||
      form.has("x-oss-credential")) {
    return verify_v4(form, kOssNames);
  }
  if (form.has("x-amz-algorithm") || form.has("x-amz-signature") || form.has("x-amz-credential")) {
    return verify_v4(form, kAwsNames);
  }
  if (form.has("awsaccesskeyid")) {
    return verify_v1(form, "awsaccesskeyid", Scheme::kAwsV2, Vendor::kAws);
  }
  if (form.has("ossaccesskeyid") || form.has("signature") || form.has("policy")) {
    return verify_v1(form, "ossaccesskeyid", Scheme::kOssV1, Vendor::kOss);
  }
  Identity anonymous;
  anonymous.principal.name = "anonymous";
  return anonymous;
}

}  // namespace lakeside::auth
