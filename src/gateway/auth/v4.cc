#include "gateway/auth/v4.h"

#include "base/encoding.h"

namespace lakeside::auth {

std::optional<ScopedCredential> parse_credential(std::string_view text) {
  ScopedCredential out;
  out.text = text;
  std::string_view rest = text;
  // From the right: an access key id may, in principle, contain '/'.
  for (std::string_view* part : {&out.terminator, &out.service, &out.region, &out.date}) {
    std::size_t slash = rest.rfind('/');
    if (slash == std::string_view::npos || slash + 1 == rest.size()) return std::nullopt;
    *part = rest.substr(slash + 1);
    rest = rest.substr(0, slash);
  }
  if (rest.empty()) return std::nullopt;
  out.access_key_id = rest;
  out.scope = text.substr(rest.size() + 1);
  return out;
}

SigningKey signing_key(const V4Dialect& dialect, const ScopedCredential& credential,
                       std::string_view secret) {
  return signing_key_cache().get({.credential = credential.text,
                                  .prefix = dialect.key_prefix,
                                  .secret = secret,
                                  .date = credential.date,
                                  .region = credential.region,
                                  .service = credential.service,
                                  .terminator = credential.terminator});
}

std::string v4_string_to_sign(const V4Dialect& dialect, std::string_view timestamp,
                              std::string_view scope, std::string_view canonical_request) {
  std::string out;
  out.reserve(dialect.algorithm.size() + timestamp.size() + scope.size() + 67);
  out.append(dialect.algorithm).append("\n");
  out.append(timestamp).append("\n");
  out.append(scope).append("\n");
  out.append(hex_lower(sha256(as_bytes(canonical_request))));
  return out;
}

std::string v4_signature(const SigningKey& key, std::string_view string_to_sign) {
  return hex_lower(hmac_sha256(key, as_bytes(string_to_sign)));
}

}  // namespace lakeside::auth
