#include "base/seal.h"

#include <algorithm>
#include <memory>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/crypto.h"
#include "base/encoding.h"

namespace lakeside {
namespace {

constexpr char kFormat = 1;
constexpr std::size_t kName = 4, kNonce = 12, kTag = 16;
constexpr std::size_t kHead = 1 + kName + kNonce;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
int size(std::string_view text) { return static_cast<int>(text.size()); }

}  // namespace

std::optional<SealingKey> SealingKey::parse(std::string_view hex) {
  while (!hex.empty() && (hex.back() == '\n' || hex.back() == '\r' || hex.back() == ' ')) {
    hex.remove_suffix(1);
  }
  auto raw = hex_decode(hex);
  if (!raw || raw->size() != kBytes) return std::nullopt;
  SealingKey key;
  std::ranges::copy(as_bytes(*raw), key.key_.begin());
  OPENSSL_cleanse(raw->data(), raw->size());
  return key;
}

SealingKey SealingKey::random() {
  SealingKey key;
  fill_random(key.key_);
  return key;
}

SealingKey SealingKey::derive(std::string_view purpose) const {
  SealingKey key;
  std::ranges::copy(hmac_sha256(key_, as_bytes(purpose)), key.key_.begin());
  return key;
}

std::string SealingKey::hex() const { return hex_lower(key_); }

SealingKey::~SealingKey() { OPENSSL_cleanse(key_.data(), key_.size()); }

std::string SealingKey::name() const { return std::string(as_text(sha256(key_)).substr(0, kName)); }

std::string SealingKey::seal(std::string_view plain, std::string_view context) const {
  std::string out(kHead + plain.size() + kTag, '\0');
  out[0] = kFormat;
  name().copy(out.data() + 1, kName);
  fill_random({reinterpret_cast<std::byte*>(out.data()) + 1 + kName, kNonce});
  Context cipher(EVP_CIPHER_CTX_new());
  int n = 0;
  bool ok =
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr,
                         reinterpret_cast<const unsigned char*>(key_.data()),
                         bytes(out) + 1 + kName) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &n, bytes(context), size(context)) == 1 &&
      EVP_EncryptUpdate(cipher.get(), bytes(out) + kHead, &n, bytes(plain), size(plain)) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), bytes(out) + kHead + plain.size(), &n) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTag,
                          bytes(out) + kHead + plain.size()) == 1;
  // Only without memory; no secret may be written in the clear instead.
  if (!ok) std::abort();
  return out;
}

Result<std::string> SealingKey::open(std::string_view sealed, std::string_view context) const {
  if (sealed.size() < kHead + kTag || sealed[0] != kFormat) {
    return fail(ErrorCode::kCorrupt, "a sealed secret is cut short or of a later format");
  }
  if (sealed.substr(1, kName) != name()) {
    return fail(ErrorCode::kUnsupported, "a secret was sealed with another master key");
  }
  std::string_view text = sealed.substr(kHead, sealed.size() - kHead - kTag);
  std::string tag(sealed.substr(sealed.size() - kTag));
  std::string out(text.size(), '\0');
  Context cipher(EVP_CIPHER_CTX_new());
  int n = 0;
  unsigned char none = 0;
  bool ok = EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr,
                               reinterpret_cast<const unsigned char*>(key_.data()),
                               bytes(sealed) + 1 + kName) == 1 &&
            EVP_DecryptUpdate(cipher.get(), nullptr, &n, bytes(context), size(context)) == 1 &&
            EVP_DecryptUpdate(cipher.get(), out.empty() ? &none : bytes(out), &n, bytes(text),
                              size(text)) == 1 &&
            EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTag, tag.data()) == 1 &&
            EVP_DecryptFinal_ex(cipher.get(), &none, &n) == 1;
  if (!ok) return fail(ErrorCode::kCorrupt, "a sealed secret does not open");
  return out;
}

SealingKeys SealingKeys::derive(std::string_view purpose) const {
  std::vector<SealingKey> derived;
  derived.reserve(keys_.size());
  for (const SealingKey& key : keys_) derived.push_back(key.derive(purpose));
  return SealingKeys(std::move(derived));
}

Result<std::string> SealingKeys::open(std::string_view sealed, std::string_view context) const {
  auto opened = keys_.front().open(sealed, context);
  for (std::size_t i = 1; i < keys_.size(); ++i) {
    if (opened || opened.error().code != ErrorCode::kUnsupported) break;
    opened = keys_[i].open(sealed, context);
  }
  return opened;
}

}  // namespace lakeside
