#include "services/ram/core/jwt.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include <nlohmann/json.hpp>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "base/encoding.h"

namespace lakeside::ram {
namespace {

using Json = nlohmann::json;

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* it) const {
    Free(it);
  }
};
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

const unsigned char* bytes(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Number number(const std::string& big_endian) {
  return Number(BN_bin2bn(bytes(big_endian), static_cast<int>(big_endian.size()), nullptr));
}

// A member that is text; empty otherwise.
std::string text_of(const Json& json, const char* name) {
  auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string bytes_of(const Json& json, const char* name) {
  return base64url_decode(text_of(json, name)).value_or("");
}

Key make_key(const char* type, OSSL_PARAM_BLD* builder) {
  Params params(OSSL_PARAM_BLD_to_param(builder));
  KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  return Key(key);
}

Key rsa_key(const Json& json) {
  const std::string modulus = bytes_of(json, "n"), exponent = bytes_of(json, "e");
  if (modulus.size() < 256 || modulus.size() > 1024 || exponent.empty() || exponent.size() > 8) {
    return nullptr;
  }
  Number n = number(modulus), e = number(exponent);
  Builder builder(OSSL_PARAM_BLD_new());
  if (OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return nullptr;
  }
  return make_key("RSA", builder.get());
}

Key ec_key(const Json& json) {
  const std::string x = bytes_of(json, "x"), y = bytes_of(json, "y");
  if (text_of(json, "crv") != "P-256" || x.size() != 32 || y.size() != 32) return nullptr;
  const std::string point = "\x04" + x + y;
  Builder builder(OSSL_PARAM_BLD_new());
  if (OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return nullptr;
  }
  return make_key("EC", builder.get());
}

// r and s side by side, as JWTs have them, in the DER that OpenSSL reads.
std::string der_of(const std::string& raw) {
  if (raw.size() != 64) return {};
  EcSignature signature(ECDSA_SIG_new());
  Number r = number(raw.substr(0, 32)), s = number(raw.substr(32));
  if (signature == nullptr || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) return {};
  (void)r.release();  // the signature's now
  (void)s.release();
  unsigned char* out = nullptr;
  int length = i2d_ECDSA_SIG(signature.get(), &out);
  std::string der =
      length > 0 ? std::string(reinterpret_cast<char*>(out), static_cast<std::size_t>(length))
                 : std::string();
  OPENSSL_free(out);
  return der;
}

bool is_signed(const IdToken& token, EVP_PKEY* key) {
  const std::string signature =
      token.algorithm == "ES256" ? der_of(token.signature) : token.signature;
  Digest digest(EVP_MD_CTX_new());
  return !signature.empty() && digest != nullptr &&
         EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
         EVP_DigestVerify(digest.get(), bytes(signature), signature.size(),
                          bytes(token.signed_part), token.signed_part.size()) == 1;
}

// Seconds since 1970, of which fractions may be given.
std::optional<Time> time_of(const Json& claims, const char* name) {
  auto found = claims.find(name);
  if (found == claims.end() || !found->is_number()) return std::nullopt;
  double seconds = found->get<double>();
  if (!std::isfinite(seconds) || seconds < 0 || seconds > 1e11) return std::nullopt;
  return Time(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

std::vector<std::string> audiences_of(const Json& claims) {
  auto found = claims.find("aud");
  std::vector<std::string> all;
  if (found == claims.end()) return all;
  if (found->is_string()) return {found->get<std::string>()};
  if (!found->is_array()) return all;
  for (const Json& one : *found) {
    if (one.is_string()) all.push_back(one.get<std::string>());
  }
  return all;
}

Json object_in(std::string_view part) {
  auto text = base64url_decode(part);
  Json json = Json::parse(text.value_or(""), nullptr, false);
  return json.is_object() ? json : Json();
}

}  // namespace

std::optional<IdToken> read_id_token(std::string_view token) {
  if (token.size() > kMaxIdToken) return std::nullopt;
  std::size_t first = token.find('.');
  std::size_t second = first == token.npos ? token.npos : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) return std::nullopt;
  Json header = object_in(token.substr(0, first));
  Json claims = object_in(token.substr(first + 1, second - first - 1));
  auto signature = base64url_decode(token.substr(second + 1));
  if (header.is_null() || claims.is_null() || !signature) return std::nullopt;
  // What must be understood (RFC 7515, 4.1.11), and is not.
  if (header.contains("crit")) return std::nullopt;
  IdToken read;
  read.algorithm = text_of(header, "alg");
  read.key_id = text_of(header, "kid");
  read.issuer = text_of(claims, "iss");
  read.subject = text_of(claims, "sub");
  read.audiences = audiences_of(claims);
  read.not_before = time_of(claims, "nbf");
  read.signed_part = token.substr(0, second);
  read.signature = std::move(*signature);
  auto issued = time_of(claims, "iat"), expires = time_of(claims, "exp");
  if (!issued || !expires || read.issuer.empty() || read.subject.empty() ||
      read.audiences.empty()) {
    return std::nullopt;
  }
  read.issued = *issued;
  read.expires = *expires;
  return read;
}

SignatureVerdict verify(const IdToken& token, std::string_view key_set) {
  // Never what the token likes: "none", or a public key taken for a secret.
  const bool rsa = token.algorithm == "RS256";
  if (!rsa && token.algorithm != "ES256") return SignatureVerdict::kBad;
  Json set = key_set.size() > kMaxKeySet ? Json() : Json::parse(key_set, nullptr, false);
  auto keys = set.is_object() ? set.find("keys") : set.end();
  if (!set.is_object() || keys == set.end() || !keys->is_array() || keys->size() > kMaxKeysOfSet) {
    return SignatureVerdict::kNoKey;
  }
  auto verdict = SignatureVerdict::kNoKey;
  for (const Json& json : *keys) {
    if (!json.is_object() || text_of(json, "kty") != (rsa ? "RSA" : "EC")) continue;
    if (!token.key_id.empty() && text_of(json, "kid") != token.key_id) continue;
    if (std::string use = text_of(json, "use"); !use.empty() && use != "sig") continue;
    Key key = rsa ? rsa_key(json) : ec_key(json);
    if (key == nullptr) continue;
    if (is_signed(token, key.get())) return SignatureVerdict::kGood;
    verdict = SignatureVerdict::kBad;
  }
  return verdict;
}

}  // namespace lakeside::ram
