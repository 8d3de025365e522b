#include "services/kms/core/asymmetric.h"

#include <gtest/gtest.h>

#include "base/crypto.h"
#include "base/encoding.h"
#include "services/kms/core/tests/vectors.h"

namespace lakeside::kms {
namespace {

std::string raw(const char* base64) { return base64_decode(base64).value(); }
Wiped rsa_private() { return Wiped::taken(raw(vectors::kRsaPrivate)); }
std::string digest() {
  auto hash = sha256(as_bytes(std::string_view("message")));
  return std::string(as_text(hash));
}

TEST(Asymmetric, ReadsAndMakesWhatOthersDo) {
  EXPECT_EQ(sign(rsa_private(), Algorithm::kPkcs1Sha256, digest()), raw(vectors::kPkcs1Signature));
  EXPECT_TRUE(verify(vectors::kRsaPublic, Algorithm::kPkcs1Sha256, digest(),
                     raw(vectors::kPkcs1Signature)));
  for (const char* signature : {vectors::kPssSignature, vectors::kPssLongSalt}) {
    EXPECT_TRUE(verify(vectors::kRsaPublic, Algorithm::kPssSha256, digest(), raw(signature)));
  }
  EXPECT_TRUE(verify(vectors::kP256Public, Algorithm::kEcdsaSha256, digest(),
                     raw(vectors::kP256Signature)));
  EXPECT_TRUE(verify(vectors::kP256kPublic, Algorithm::kEcdsaSha256, digest(),
                     raw(vectors::kP256kSignature)));
  const std::pair<Algorithm, const char*> encrypted[] = {
      {Algorithm::kOaepSha256, vectors::kOaepSha256},
      {Algorithm::kOaepSha1, vectors::kOaepSha1},
      {Algorithm::kPkcs1Encryption, vectors::kPkcs1Encrypted}};
  for (const auto& [algorithm, ciphertext] : encrypted) {
    auto plain = asymmetric_decrypt(rsa_private(), algorithm, raw(ciphertext));
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->view(), "plain text");
  }
}

TEST(Asymmetric, RefusesWhatIsNotItsOwn) {
  std::string signature = raw(vectors::kPkcs1Signature);
  EXPECT_FALSE(verify(vectors::kRsaPublic, Algorithm::kPssSha256, digest(), signature));
  EXPECT_FALSE(verify(vectors::kP256Public, Algorithm::kPkcs1Sha256, digest(), signature));
  EXPECT_FALSE(verify(vectors::kRsaPublic, Algorithm::kPkcs1Sha256, digest(), ""));
  EXPECT_FALSE(verify(vectors::kRsaPublic, Algorithm::kPkcs1Sha256, "short", signature));
  EXPECT_FALSE(verify("", Algorithm::kPkcs1Sha256, digest(), signature));
  signature.back() ^= 1;
  EXPECT_FALSE(verify(vectors::kRsaPublic, Algorithm::kPkcs1Sha256, digest(), signature));
  EXPECT_FALSE(sign(rsa_private(), Algorithm::kPssSha256, "short"));
  EXPECT_FALSE(asymmetric_decrypt(rsa_private(), Algorithm::kOaepSha1, raw(vectors::kOaepSha256)));
  EXPECT_FALSE(asymmetric_decrypt(rsa_private(), Algorithm::kOaepSha1, "short"));
  EXPECT_FALSE(asymmetric_encrypt("", Algorithm::kOaepSha1, "x"));
}

TEST(Asymmetric, EncryptsAsMuchAsTheVendorSays) {
  const std::pair<Algorithm, std::size_t> most[] = {{Algorithm::kOaepSha256, 190},
                                                    {Algorithm::kOaepSha1, 214}};
  for (const auto& [algorithm, size] : most) {
    std::string plain(size, 'x');
    auto encrypted = asymmetric_encrypt(vectors::kRsaPublic, algorithm, plain);
    ASSERT_TRUE(encrypted);
    EXPECT_EQ(asymmetric_decrypt(rsa_private(), algorithm, *encrypted)->view(), plain);
    EXPECT_FALSE(asymmetric_encrypt(vectors::kRsaPublic, algorithm, plain + "x"));
  }
}

TEST(Asymmetric, EveryCurveSignsWhatItVerifies) {
  for (Spec spec : {Spec::kEcP256, Spec::kEcP256k}) {
    KeyPair pair = generate_pair(spec);
    auto signature = sign(pair.private_der, Algorithm::kEcdsaSha256, digest());
    ASSERT_TRUE(signature);
    EXPECT_TRUE(verify(pair.public_pem, Algorithm::kEcdsaSha256, digest(), *signature));
    EXPECT_TRUE(pair.public_pem.starts_with("-----BEGIN PUBLIC KEY-----\n"));
  }
}

TEST(Asymmetric, GeneratedRsaWorks) {
  KeyPair pair = generate_pair(Spec::kRsa2048);
  auto signature = sign(pair.private_der, Algorithm::kPssSha256, digest());
  ASSERT_TRUE(signature);
  EXPECT_TRUE(verify(pair.public_pem, Algorithm::kPssSha256, digest(), *signature));
}

TEST(Asymmetric, AlgorithmsBelongToKeys) {
  EXPECT_EQ(find_algorithm("RSA_PSS_SHA_256", Spec::kRsa3072, Usage::kSign), Algorithm::kPssSha256);
  EXPECT_FALSE(find_algorithm("RSA_PSS_SHA_256", Spec::kRsa3072, Usage::kEncrypt));
  EXPECT_FALSE(find_algorithm("RSAES_OAEP_SHA_1", Spec::kRsa3072, Usage::kSign));
  EXPECT_FALSE(find_algorithm("ECDSA_SHA_256", Spec::kRsa2048, Usage::kSign));
  EXPECT_FALSE(find_algorithm("ECDSA_SHA_256", Spec::kAes256, Usage::kEncrypt));
  EXPECT_FALSE(find_algorithm("RSAES_PKCS1_V1_5", Spec::kRsa2048, Usage::kEncrypt));
  EXPECT_EQ(find_wrapping("RSAES_PKCS1_V1_5"), Algorithm::kPkcs1Encryption);
  EXPECT_FALSE(find_wrapping("SM2PKE"));
}

TEST(WrappingKey, IsRsaOf2048Bits) {
  std::string der = public_der(vectors::kRsaPublic);
  EXPECT_EQ(read_wrapping_key(der), vectors::kRsaPublic);
  EXPECT_FALSE(read_wrapping_key(public_der(vectors::kP256Public)));
  EXPECT_FALSE(read_wrapping_key(der + "x"));
  EXPECT_FALSE(read_wrapping_key(der.substr(0, der.size() - 1)));
  EXPECT_FALSE(read_wrapping_key(""));
  EXPECT_EQ(public_der("nothing"), "");
}

}  // namespace
}  // namespace lakeside::kms
