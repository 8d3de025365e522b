// Tokens of OpenID Connect: JSON Web Tokens signed with RS256 or ES256 (RFC 7515, 7517, 7518),
// checked against an issuer's published keys. Pure, on OpenSSL.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace lakeside::ram {

inline constexpr std::size_t kMaxIdToken = 20000;  // characters, as the vendor's OIDCToken
inline constexpr std::size_t kMaxKeySet = 1 << 20;
inline constexpr std::size_t kMaxKeysOfSet = 100;

struct IdToken {
  std::string algorithm;  // "RS256"
  std::string key_id;     // empty: not named
  std::string issuer;
  std::string subject;
  std::vector<std::string> audiences;
  Time issued{}, expires{};
  std::optional<Time> not_before;

  std::string signed_part;  // header and claims, as they came
  std::string signature;
};

// What the token says; nothing of it is proved. Nothing: it is none, or lacks iss, sub, aud, iat
// or exp.
[[nodiscard]] std::optional<IdToken> read_id_token(std::string_view token);

enum class SignatureVerdict {
  kGood,
  kNoKey,  // the set has no key of that name and algorithm
  kBad,
};
// `key_set` is a JWKS document. Keys that are not RSA of 2048 bits or more, or of the curve P-256,
// are none.
[[nodiscard]] SignatureVerdict verify(const IdToken& token, std::string_view key_set);

}  // namespace lakeside::ram
