// What OSS V4 and AWS V4 share: the scoped credential, the derived key, the string to sign.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/auth/signing_key_cache.h"

namespace lakeside::auth {

// "AK/20261121/cn-hangzhou/oss/aliyun_v4_request". Views into the parsed text.
struct ScopedCredential {
  std::string_view text;
  std::string_view access_key_id;
  std::string_view scope;  // from the date to the end
  std::string_view date;
  std::string_view region;
  std::string_view service;
  std::string_view terminator;
};
// Nothing unless there are five parts, none of them empty.
[[nodiscard]] std::optional<ScopedCredential> parse_credential(std::string_view text);

// The two vendors' constants.
struct V4Dialect {
  std::string_view algorithm;   // "AWS4-HMAC-SHA256"
  std::string_view key_prefix;  // "AWS4", put before the secret
};
inline constexpr V4Dialect kOssV4{"OSS4-HMAC-SHA256", "aliyun_v4"};
inline constexpr V4Dialect kAwsV4{"AWS4-HMAC-SHA256", "AWS4"};

// The cached key of `secret` in the credential's scope.
[[nodiscard]] SigningKey signing_key(const V4Dialect& dialect, const ScopedCredential& credential,
                                     std::string_view secret);

[[nodiscard]] std::string v4_string_to_sign(const V4Dialect& dialect, std::string_view timestamp,
                                            std::string_view scope,
                                            std::string_view canonical_request);
// In lower-case hex.
[[nodiscard]] std::string v4_signature(const SigningKey& key, std::string_view string_to_sign);

}  // namespace lakeside::auth
