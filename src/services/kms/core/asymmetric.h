// RSA and elliptic curves: generation, encryption, signatures. On OpenSSL; pure. RSA takes
// milliseconds, and its keys seconds to be found: call these on a pool.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/kms/core/types.h"
#include "services/kms/core/wiped.h"

namespace lakeside::kms {

enum class Algorithm : std::uint8_t {
  kOaepSha256,
  kOaepSha1,
  kPkcs1Encryption,  // RSAES-PKCS1-v1_5: for wrapping imported and exported keys alone
  kPssSha256,
  kPkcs1Sha256,
  kEcdsaSha256,
};
// Those of a key; nothing where the key knows it not.
[[nodiscard]] std::optional<Algorithm> find_algorithm(std::string_view name, Spec spec,
                                                      Usage usage);
[[nodiscard]] std::optional<Algorithm> find_wrapping(std::string_view name);

inline constexpr std::size_t kDigestBytes = 32;  // of every signature's digest

struct KeyPair {
  Wiped private_der;  // PKCS #8
  std::string public_pem;
};
[[nodiscard]] KeyPair generate_pair(Spec spec);

// Nothing where the plaintext is too long for the key.
[[nodiscard]] std::optional<std::string> asymmetric_encrypt(std::string_view public_pem,
                                                            Algorithm algorithm,
                                                            std::string_view plaintext);
// Nothing where the ciphertext is none of this key's.
[[nodiscard]] std::optional<Wiped> asymmetric_decrypt(const Wiped& private_der, Algorithm algorithm,
                                                      std::string_view ciphertext);
// Nothing where the digest has not kDigestBytes.
[[nodiscard]] std::optional<std::string> sign(const Wiped& private_der, Algorithm algorithm,
                                              std::string_view digest);
[[nodiscard]] bool verify(std::string_view public_pem, Algorithm algorithm, std::string_view digest,
                          std::string_view signature);

// SubjectPublicKeyInfo in DER, of RSA with 2048 bits: as PEM; nothing where it is something else.
[[nodiscard]] std::optional<std::string> read_wrapping_key(std::string_view der);
// The other way round.
[[nodiscard]] std::string public_der(std::string_view pem);

}  // namespace lakeside::kms
