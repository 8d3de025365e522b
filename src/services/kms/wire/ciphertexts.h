// Texts under keys, for the operations that encrypt and decrypt, and for secrets.
#pragma once

#include "services/kms/wire/fields.h"

namespace lakeside::kms::wire {

// With the key's primary version. Faults: the key is not enabled, or not for that.
[[nodiscard]] Read<std::string> encrypt_with(const Environment& env, const Invocation& in,
                                             const Key& key, const Wiped& plaintext,
                                             const EncryptionContext& context);

struct Opened {
  CiphertextHead head;
  Wiped plaintext;
};
// Faults: the key is not there or not enabled; the ciphertext does not open.
[[nodiscard]] Read<Opened> decrypt_any(const Environment& env, const Invocation& in,
                                       std::string_view ciphertext,
                                       const EncryptionContext& context);
// CiphertextBlob, in the context that a parameter has.
[[nodiscard]] Read<Opened> open_ciphertext(const Environment& env, const Invocation& in,
                                           std::string_view context_parameter);

// What the parameters of an asymmetric operation are called.
struct AsymmetricNames {
  const char* key = "KeyId";
  const char* version = "KeyVersionId";
  const char* algorithm = "Algorithm";
};
[[nodiscard]] Task<Read<Opened>> decrypt_asymmetric(Environment& env, const Invocation& in,
                                                    const AsymmetricNames& names);

inline constexpr std::size_t kMaxCiphertext = kMaxPlaintext + kCiphertextOverhead;

}  // namespace lakeside::kms::wire
