// What Encrypt and GenerateDataKey answer, under a symmetric key: docs/formats/kms-records.md.
// Pure.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "services/kms/core/wiped.h"

namespace lakeside::kms {

inline constexpr std::size_t kMaterialBytes = 32;  // AES-256
// What a ciphertext is longer than its plaintext.
inline constexpr std::size_t kCiphertextOverhead = 36 + 1 + 16 + 16 + 12 + 16;

// An encryption context: authenticated with the ciphertext, and not in it. Equal pairs are equal,
// in whatever order and form they came.
using EncryptionContext = std::map<std::string, std::string>;

// Which key and version encrypted it; both are UUIDs.
struct CiphertextHead {
  std::string key_id;
  std::string version_id;
};
// Nothing where it is no ciphertext of ours.
[[nodiscard]] std::optional<CiphertextHead> read_head(std::string_view ciphertext);

struct Salt {
  std::array<std::byte, 16> of_key;
  std::array<std::byte, 12> nonce;
  [[nodiscard]] static Salt random();
};

[[nodiscard]] std::string encrypt(const Wiped& material, const CiphertextHead& head,
                                  std::string_view plaintext, const EncryptionContext& context,
                                  const Salt& salt = Salt::random());
// Nothing where the material or the context is another one, or the ciphertext was changed.
[[nodiscard]] std::optional<Wiped> decrypt(const Wiped& material, std::string_view ciphertext,
                                           const EncryptionContext& context);

// 16 bytes of a UUID in its text form, lower case; nothing where it is none.
[[nodiscard]] std::optional<std::string> uuid_bytes(std::string_view text);
[[nodiscard]] std::string random_uuid();

}  // namespace lakeside::kms
