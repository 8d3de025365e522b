#include "services/ram/core/jwt.h"

#include <memory>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "base/encoding.h"

namespace lakeside::ram {
namespace {

using Json = nlohmann::json;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

std::string number_of(EVP_PKEY* key, const char* name, std::size_t size) {
  BIGNUM* number = nullptr;
  EXPECT_EQ(EVP_PKEY_get_bn_param(key, name, &number), 1);
  std::string out(size == 0 ? static_cast<std::size_t>(BN_num_bytes(number)) : size, '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size()));
  BN_free(number);
  return base64url_encode(as_bytes(out));
}

struct Issuer {
  explicit Issuer(std::string with)
      : algorithm(std::move(with)),
        key(algorithm == "RS256" ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256"), EVP_PKEY_free) {}

  [[nodiscard]] std::string key_set(const std::string& id = "k1") const {
    Json jwk = {{"kid", id}, {"use", "sig"}};
    if (algorithm == "RS256") {
      jwk.update({{"kty", "RSA"},
                  {"n", number_of(key.get(), OSSL_PKEY_PARAM_RSA_N, 0)},
                  {"e", number_of(key.get(), OSSL_PKEY_PARAM_RSA_E, 0)}});
    } else {
      jwk.update({{"kty", "EC"},
                  {"crv", "P-256"},
                  {"x", number_of(key.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32)},
                  {"y", number_of(key.get(), OSSL_PKEY_PARAM_EC_PUB_Y, 32)}});
    }
    return Json{{"keys", Json::array({jwk})}}.dump();
  }

  [[nodiscard]] std::string token(const Json& header, const Json& claims) const {
    std::string text =
        base64url_encode(as_bytes(header.dump())) + "." + base64url_encode(as_bytes(claims.dump()));
    return text + "." + base64url_encode(as_bytes(sign(text)));
  }

  [[nodiscard]] std::string sign(const std::string& text) const {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key.get());
    std::string out(512, '\0');
    std::size_t size = out.size();
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(out.data()), &size,
                   reinterpret_cast<const unsigned char*>(text.data()), text.size());
    EVP_MD_CTX_free(context);
    out.resize(size);
    if (algorithm == "RS256") return out;
    const auto* der = reinterpret_cast<const unsigned char*>(out.data());
    ECDSA_SIG* parts = d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(out.size()));
    std::string raw(64, '\0');
    auto* to = reinterpret_cast<unsigned char*>(raw.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(parts), to, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(parts), to + 32, 32);
    ECDSA_SIG_free(parts);
    return raw;
  }

  const std::string algorithm;
  const Key key;
};

const Json kClaims = {{"iss", "https://issuer.example"},
                      {"sub", "ann"},
                      {"aud", "app"},
                      {"iat", 1000},
                      {"exp", 2000},
                      {"nbf", 1500.5}};

TEST(Jwt, SaysWhatItSays) {
  Issuer issuer("ES256");
  auto token = read_id_token(issuer.token({{"alg", "ES256"}, {"kid", "k1"}}, kClaims));
  ASSERT_TRUE(token);
  EXPECT_EQ(token->issuer, "https://issuer.example");
  EXPECT_EQ(token->subject, "ann");
  EXPECT_EQ(token->audiences, std::vector<std::string>{"app"});
  EXPECT_EQ(token->expires, Time(std::chrono::seconds(2000)));
  EXPECT_EQ(token->not_before, Time(std::chrono::seconds(1500)));
}

TEST(Jwt, IsSignedByAKeyOfTheSet) {
  for (const char* algorithm : {"RS256", "ES256"}) {
    Issuer issuer(algorithm), other(algorithm);
    auto token = read_id_token(issuer.token({{"alg", algorithm}, {"kid", "k1"}}, kClaims));
    ASSERT_TRUE(token);
    EXPECT_EQ(verify(*token, issuer.key_set()), SignatureVerdict::kGood) << algorithm;
    EXPECT_EQ(verify(*token, other.key_set()), SignatureVerdict::kBad) << algorithm;
    EXPECT_EQ(verify(*token, issuer.key_set("k2")), SignatureVerdict::kNoKey) << algorithm;
    EXPECT_EQ(verify(*token, "{}"), SignatureVerdict::kNoKey);
    EXPECT_EQ(verify(*token, "not json"), SignatureVerdict::kNoKey);
    IdToken changed = *token;
    changed.signed_part[5] ^= 1;
    EXPECT_EQ(verify(changed, issuer.key_set()), SignatureVerdict::kBad);
    changed = *token;
    changed.signature.clear();
    EXPECT_EQ(verify(changed, issuer.key_set()), SignatureVerdict::kBad);
  }
}

TEST(Jwt, ItsAlgorithmIsNotItsOwnChoice) {
  Issuer issuer("RS256");
  for (const char* algorithm : {"none", "HS256", "ES256", "PS256"}) {
    auto token = read_id_token(issuer.token({{"alg", algorithm}, {"kid", "k1"}}, kClaims));
    ASSERT_TRUE(token);
    EXPECT_NE(verify(*token, issuer.key_set()), SignatureVerdict::kGood) << algorithm;
  }
}

TEST(Jwt, WhatLacksAPartIsNone) {
  Issuer issuer("ES256");
  const Json header = {{"alg", "ES256"}};
  for (const char* name : {"iss", "sub", "aud", "iat", "exp"}) {
    Json claims = kClaims;
    claims.erase(name);
    EXPECT_FALSE(read_id_token(issuer.token(header, claims))) << name;
  }
  EXPECT_FALSE(read_id_token(issuer.token({{"alg", "ES256"}, {"crit", {"x"}}}, kClaims)));
  for (const char* text : {"", "a.b", "a.b.c", "..", "e30.e30.", "e30.e30.x.y"}) {
    EXPECT_FALSE(read_id_token(text)) << text;
  }
  EXPECT_FALSE(read_id_token(std::string(kMaxIdToken + 1, 'a')));
}

}  // namespace
}  // namespace lakeside::ram
