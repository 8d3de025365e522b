#include "services/kms/core/asymmetric.h"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace lakeside::kms {
namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(PKCS8_PRIV_KEY_INFO* info) const { PKCS8_PRIV_KEY_INFO_free(info); }
};
using PKey = std::unique_ptr<EVP_PKEY, Free>;
using Work = std::unique_ptr<EVP_PKEY_CTX, Free>;
using Bio = std::unique_ptr<BIO, Free>;
using Pkcs8 = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Free>;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(char* text) { return reinterpret_cast<unsigned char*>(text); }

PKey make_key(Spec spec) {
  switch (spec) {
    case Spec::kRsa2048:
      return PKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}));
    case Spec::kRsa3072:
      return PKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{3072}));
    case Spec::kRsa4096:
      return PKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{4096}));
    case Spec::kEcP256:
      return PKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    case Spec::kEcP256k:
      return PKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "secp256k1"));
    case Spec::kAes256:
      break;
  }
  return nullptr;
}

Wiped private_der_of(EVP_PKEY* key) {
  Pkcs8 info(EVP_PKEY2PKCS8(key));
  int size = info ? i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr) : 0;
  if (size <= 0) std::abort();  // only without memory
  Wiped der(static_cast<std::size_t>(size));
  unsigned char* end = bytes(der.data());
  i2d_PKCS8_PRIV_KEY_INFO(info.get(), &end);
  return der;
}

std::string public_pem_of(EVP_PKEY* key) {
  Bio bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_PUBKEY(bio.get(), key) != 1) std::abort();
  char* text = nullptr;
  long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

PKey read_private(const Wiped& der) {
  const unsigned char* at = bytes(der.view());
  return PKey(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
}

PKey read_public(std::string_view pem) {
  Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return PKey(bio ? PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr) : nullptr);
}

bool set_padding(EVP_PKEY_CTX* work, Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kOaepSha256:
    case Algorithm::kOaepSha1: {
      const EVP_MD* md = algorithm == Algorithm::kOaepSha256 ? EVP_sha256() : EVP_sha1();
      return EVP_PKEY_CTX_set_rsa_padding(work, RSA_PKCS1_OAEP_PADDING) > 0 &&
             EVP_PKEY_CTX_set_rsa_oaep_md(work, md) > 0 &&
             EVP_PKEY_CTX_set_rsa_mgf1_md(work, md) > 0;
    }
    case Algorithm::kPkcs1Encryption:
      return EVP_PKEY_CTX_set_rsa_padding(work, RSA_PKCS1_PADDING) > 0;
    case Algorithm::kPssSha256:
      return EVP_PKEY_CTX_set_rsa_padding(work, RSA_PKCS1_PSS_PADDING) > 0 &&
             EVP_PKEY_CTX_set_signature_md(work, EVP_sha256()) > 0 &&
             EVP_PKEY_CTX_set_rsa_mgf1_md(work, EVP_sha256()) > 0 &&
             EVP_PKEY_CTX_set_rsa_pss_saltlen(work, RSA_PSS_SALTLEN_DIGEST) > 0;
    case Algorithm::kPkcs1Sha256:
      return EVP_PKEY_CTX_set_rsa_padding(work, RSA_PKCS1_PADDING) > 0 &&
             EVP_PKEY_CTX_set_signature_md(work, EVP_sha256()) > 0;
    case Algorithm::kEcdsaSha256:
      return EVP_PKEY_CTX_set_signature_md(work, EVP_sha256()) > 0;
  }
  return false;
}

// A context on which `begin` has been called.
Work begin(const PKey& key, int (*start)(EVP_PKEY_CTX*), Algorithm algorithm) {
  Work work(key ? EVP_PKEY_CTX_new(key.get(), nullptr) : nullptr);
  if (!work || start(work.get()) <= 0 || !set_padding(work.get(), algorithm)) return nullptr;
  return work;
}

// What fails here must not be taken for a failure of this thread's TLS connections.
struct ClearErrors {
  ClearErrors() = default;
  ClearErrors(const ClearErrors&) = delete;
  ClearErrors& operator=(const ClearErrors&) = delete;
  ~ClearErrors() { ERR_clear_error(); }
};

struct Named {
  std::string_view name;
  Algorithm algorithm;
};
constexpr Named kRsaEncryption[] = {{"RSAES_OAEP_SHA_256", Algorithm::kOaepSha256},
                                    {"RSAES_OAEP_SHA_1", Algorithm::kOaepSha1}};
constexpr Named kRsaSignatures[] = {{"RSA_PSS_SHA_256", Algorithm::kPssSha256},
                                    {"RSA_PKCS1_SHA_256", Algorithm::kPkcs1Sha256}};
constexpr Named kEcSignatures[] = {{"ECDSA_SHA_256", Algorithm::kEcdsaSha256}};

template <std::size_t N>
std::optional<Algorithm> find_in(const Named (&names)[N], std::string_view name) {
  const auto* found = std::ranges::find(names, name, &Named::name);
  if (found == std::end(names)) return std::nullopt;
  return found->algorithm;
}

}  // namespace

std::optional<Algorithm> find_algorithm(std::string_view name, Spec spec, Usage usage) {
  if (is_symmetric(spec)) return std::nullopt;
  if (spec == Spec::kEcP256 || spec == Spec::kEcP256k) return find_in(kEcSignatures, name);
  if (usage == Usage::kSign) return find_in(kRsaSignatures, name);
  return find_in(kRsaEncryption, name);
}

std::optional<Algorithm> find_wrapping(std::string_view name) {
  if (name == "RSAES_PKCS1_V1_5") return Algorithm::kPkcs1Encryption;
  return find_in(kRsaEncryption, name);
}

KeyPair generate_pair(Spec spec) {
  PKey key = make_key(spec);
  if (!key) std::abort();  // only without memory
  return {private_der_of(key.get()), public_pem_of(key.get())};
}

std::optional<std::string> asymmetric_encrypt(std::string_view public_pem, Algorithm algorithm,
                                              std::string_view plaintext) {
  ClearErrors clear;
  PKey key = read_public(public_pem);
  Work work = begin(key, EVP_PKEY_encrypt_init, algorithm);
  if (!work) return std::nullopt;
  std::string out(static_cast<std::size_t>(EVP_PKEY_get_size(key.get())), '\0');
  std::size_t size = out.size();
  if (EVP_PKEY_encrypt(work.get(), bytes(out.data()), &size, bytes(plaintext), plaintext.size()) <=
      0) {
    return std::nullopt;
  }
  out.resize(size);
  return out;
}

std::optional<Wiped> asymmetric_decrypt(const Wiped& private_der, Algorithm algorithm,
                                        std::string_view ciphertext) {
  ClearErrors clear;
  PKey key = read_private(private_der);
  Work work = begin(key, EVP_PKEY_decrypt_init, algorithm);
  if (!work) return std::nullopt;
  Wiped out(static_cast<std::size_t>(EVP_PKEY_get_size(key.get())));
  std::size_t size = out.size();
  if (EVP_PKEY_decrypt(work.get(), bytes(out.data()), &size, bytes(ciphertext),
                       ciphertext.size()) <= 0) {
    return std::nullopt;
  }
  out.shrink(size);
  return out;
}

std::optional<std::string> sign(const Wiped& private_der, Algorithm algorithm,
                                std::string_view digest) {
  if (digest.size() != kDigestBytes) return std::nullopt;
  ClearErrors clear;
  PKey key = read_private(private_der);
  Work work = begin(key, EVP_PKEY_sign_init, algorithm);
  if (!work) return std::nullopt;
  std::string out(static_cast<std::size_t>(EVP_PKEY_get_size(key.get())), '\0');
  std::size_t size = out.size();
  if (EVP_PKEY_sign(work.get(), bytes(out.data()), &size, bytes(digest), digest.size()) <= 0) {
    return std::nullopt;
  }
  out.resize(size);
  return out;
}

bool verify(std::string_view public_pem, Algorithm algorithm, std::string_view digest,
            std::string_view signature) {
  if (digest.size() != kDigestBytes) return false;
  ClearErrors clear;
  PKey key = read_public(public_pem);
  Work work = begin(key, EVP_PKEY_verify_init, algorithm);
  if (!work) return false;
  // Others may have signed with another length of salt.
  if (algorithm == Algorithm::kPssSha256 &&
      EVP_PKEY_CTX_set_rsa_pss_saltlen(work.get(), RSA_PSS_SALTLEN_AUTO) <= 0) {
    return false;
  }
  return EVP_PKEY_verify(work.get(), bytes(signature), signature.size(), bytes(digest),
                         digest.size()) == 1;
}

std::optional<std::string> read_wrapping_key(std::string_view der) {
  ClearErrors clear;
  const unsigned char* at = bytes(der);
  PKey key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  bool whole = key && at == bytes(der) + der.size();
  if (!whole || EVP_PKEY_is_a(key.get(), "RSA") != 1 || EVP_PKEY_get_bits(key.get()) != 2048) {
    return std::nullopt;
  }
  return public_pem_of(key.get());
}

std::string public_der(std::string_view pem) {
  PKey key = read_public(pem);
  int size = key ? i2d_PUBKEY(key.get(), nullptr) : 0;
  std::string der(static_cast<std::size_t>(std::max(size, 0)), '\0');
  unsigned char* end = bytes(der.data());
  if (size > 0) i2d_PUBKEY(key.get(), &end);
  return der;
}

}  // namespace lakeside::kms
