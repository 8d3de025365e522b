#include "services/kms/core/ciphertext.h"

#include <cstdint>
#include <cstdlib>
#include <memory>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/crypto.h"
#include "base/encoding.h"

namespace lakeside::kms {
namespace {

// The version's id stands first and as text, as in the vendor's ciphertexts.
constexpr std::size_t kUuidText = 36, kUuid = 16, kSalt = 16, kNonce = 12, kTag = 16;
constexpr std::size_t kHead = kUuidText + 1 + kUuid;
constexpr std::size_t kTextAt = kHead + kSalt + kNonce;
constexpr char kFormat = 1;
static_assert(kTextAt + kTag == kCiphertextOverhead);

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* cipher) const { EVP_CIPHER_CTX_free(cipher); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(char* text) { return reinterpret_cast<unsigned char*>(text); }

std::string uuid_text(std::string_view raw) {
  std::string hex = hex_lower(as_bytes(raw));
  for (std::size_t at : {8, 13, 18, 23}) hex.insert(at, 1, '-');
  return hex;
}

void append_sized(std::string& out, std::string_view text) {
  auto size = static_cast<std::uint32_t>(text.size());
  for (int shift : {24, 16, 8, 0}) out += static_cast<char>(size >> shift);
  out += text;
}

// What is authenticated besides the text. Lengths go first, so that no two contexts are one.
std::string associated(std::string_view head, const EncryptionContext& context) {
  std::string data(head);
  for (const auto& [name, value] : context) {
    append_sized(data, name);
    append_sized(data, value);
  }
  return data;
}

// A key of its own for each ciphertext: no number of them wears the material out, as random nonces
// under one key would after 2^32.
Wiped key_of(const Wiped& material, std::string_view salt) {
  std::string input = "lakeside kms 1";
  input += salt;
  Sha256Digest digest = hmac_sha256(as_bytes(material.view()), as_bytes(input));
  Wiped key{as_text(digest)};
  OPENSSL_cleanse(digest.data(), digest.size());
  return key;
}

}  // namespace

Salt Salt::random() {
  Salt salt;
  fill_random(salt.of_key);
  fill_random(salt.nonce);
  return salt;
}

std::optional<std::string> uuid_bytes(std::string_view text) {
  if (text.size() != kUuidText) return std::nullopt;
  std::string hex;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (text[i] == '-') || (text[i] >= 'A' && text[i] <= 'F')) return std::nullopt;
    if (!dash) hex += text[i];
  }
  return hex_decode(hex);
}

std::string random_uuid() {
  std::array<std::byte, kUuid> raw;
  fill_random(raw);
  raw[6] = (raw[6] & std::byte{0x0F}) | std::byte{0x40};
  raw[8] = (raw[8] & std::byte{0x3F}) | std::byte{0x80};
  return uuid_text(as_text(raw));
}

std::optional<CiphertextHead> read_head(std::string_view ciphertext) {
  if (ciphertext.size() < kCiphertextOverhead || ciphertext[kUuidText] != kFormat) {
    return std::nullopt;
  }
  std::string_view version = ciphertext.substr(0, kUuidText);
  if (!uuid_bytes(version)) return std::nullopt;
  return CiphertextHead{uuid_text(ciphertext.substr(kUuidText + 1, kUuid)), std::string(version)};
}

std::string encrypt(const Wiped& material, const CiphertextHead& head, std::string_view plaintext,
                    const EncryptionContext& context, const Salt& salt) {
  std::string out = head.version_id;
  out += kFormat;
  out += uuid_bytes(head.key_id).value_or("");
  if (out.size() != kHead) std::abort();  // ids are made by random_uuid() alone
  const std::string data = associated(out, context);
  out += as_text(salt.of_key);
  out += as_text(salt.nonce);
  out.resize(kTextAt + plaintext.size() + kTag);
  const Wiped key = key_of(material, as_text(salt.of_key));
  char* text = out.data() + kTextAt;
  Cipher cipher(EVP_CIPHER_CTX_new());
  int n = 0;
  bool ok =
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes(key.view()),
                         bytes(out.data() + kTextAt - kNonce)) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &n, bytes(data), static_cast<int>(data.size())) ==
          1 &&
      EVP_EncryptUpdate(cipher.get(), bytes(text), &n, bytes(plaintext),
                        static_cast<int>(plaintext.size())) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), bytes(text + plaintext.size()), &n) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTag, text + plaintext.size()) == 1;
  // Only without memory; nothing may go out in the clear instead.
  if (!ok) std::abort();
  return out;
}

std::optional<Wiped> decrypt(const Wiped& material, std::string_view ciphertext,
                             const EncryptionContext& context) {
  if (!read_head(ciphertext)) return std::nullopt;
  const std::string data = associated(ciphertext.substr(0, kHead), context);
  const Wiped key = key_of(material, ciphertext.substr(kHead, kSalt));
  std::string_view text = ciphertext.substr(kTextAt, ciphertext.size() - kCiphertextOverhead);
  std::string tag(ciphertext.substr(ciphertext.size() - kTag));
  Wiped plain(text.size());
  unsigned char none = 0;
  Cipher cipher(EVP_CIPHER_CTX_new());
  int n = 0;
  bool ok = EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes(key.view()),
                               bytes(ciphertext.substr(kHead + kSalt, kNonce))) == 1 &&
            EVP_DecryptUpdate(cipher.get(), nullptr, &n, bytes(data),
                              static_cast<int>(data.size())) == 1 &&
            EVP_DecryptUpdate(cipher.get(), text.empty() ? &none : bytes(plain.data()), &n,
                              bytes(text), static_cast<int>(text.size())) == 1 &&
            EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTag, tag.data()) == 1 &&
            EVP_DecryptFinal_ex(cipher.get(), &none, &n) == 1;
  if (!ok) return std::nullopt;
  return plain;
}

}  // namespace lakeside::kms
