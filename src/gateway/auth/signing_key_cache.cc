#include "gateway/auth/signing_key_cache.h"

#include <functional>

#include "base/bytes.h"

namespace lakeside::auth {

SigningKey derive_signing_key(const SigningKeyInput& input) {
  std::string secret;
  secret.reserve(input.prefix.size() + input.secret.size());
  secret.append(input.prefix).append(input.secret);
  SigningKey key = hmac_sha256(as_bytes(secret), as_bytes(input.date));
  for (std::string_view part : {input.region, input.service, input.terminator}) {
    key = hmac_sha256(key, as_bytes(part));
  }
  return key;
}

SigningKeyCache::SigningKeyCache() : slots_(std::make_unique<std::array<Slot, kSlots>>()) {}

SigningKey SigningKeyCache::get(const SigningKeyInput& input) {
  if (input.credential.size() > kLongestCredential) return derive_signing_key(input);
  std::hash<std::string_view> hash;
  std::size_t secret_hash = hash(input.secret);
  Slot& slot = (*slots_)[hash(input.credential) % kSlots];
  {
    std::lock_guard lock(slot.mutex);
    if (slot.secret_hash == secret_hash && slot.credential == input.credential) return slot.key;
  }
  SigningKey key = derive_signing_key(input);
  std::lock_guard lock(slot.mutex);
  slot.credential = input.credential;
  slot.secret_hash = secret_hash;
  slot.key = key;
  return key;
}

SigningKeyCache& signing_key_cache() {
  static SigningKeyCache cache;
  return cache;
}

}  // namespace lakeside::auth
