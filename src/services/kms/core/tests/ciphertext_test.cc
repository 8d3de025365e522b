#include "services/kms/core/ciphertext.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "services/kms/core/tests/vectors.h"

namespace lakeside::kms {
namespace {

const CiphertextHead kHead{"05754286-3ba2-4fa6-8d41-4323aca61234",
                           "86a9efd9-3d16-4894-bd4f-1fc43f3f2abf"};
const EncryptionContext kContext{{"a", "1"}, {"文", "中"}};

Wiped material() {
  Wiped material(kMaterialBytes);
  for (std::size_t i = 0; i < kMaterialBytes; ++i) material.data()[i] = static_cast<char>(i);
  return material;
}

Salt salt() {
  Salt salt{};
  for (std::size_t i = 0; i < 16; ++i) salt.of_key[i] = static_cast<std::byte>(100 + i);
  for (std::size_t i = 0; i < 12; ++i) salt.nonce[i] = static_cast<std::byte>(200 + i);
  return salt;
}

TEST(Ciphertext, IsWhatTheFormatSays) {
  std::string made = encrypt(material(), kHead, "hello", kContext, salt());
  EXPECT_EQ(base64_encode(as_bytes(made)), vectors::kCiphertext);
  EXPECT_EQ(made.size(), 5 + kCiphertextOverhead);
  auto plain = decrypt(material(), *base64_decode(vectors::kCiphertext), kContext);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->view(), "hello");
  auto head = read_head(made);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->key_id, kHead.key_id);
  EXPECT_EQ(head->version_id, kHead.version_id);
}

TEST(Ciphertext, IsAnotherEachTimeAndKeepsAnything) {
  for (const std::string& text : {std::string(), std::string(1, '\0'), std::string(6144, 'x')}) {
    std::string once = encrypt(material(), kHead, text, {});
    EXPECT_NE(once, encrypt(material(), kHead, text, {}));
    auto plain = decrypt(material(), once, {});
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->view(), text);
  }
}

TEST(Ciphertext, OpensForItsKeyAndContextAlone) {
  std::string made = encrypt(material(), kHead, "hello", kContext);
  Wiped other = material();
  other.data()[0] = 1;
  EXPECT_FALSE(decrypt(other, made, kContext));
  EXPECT_FALSE(decrypt(material(), made, {}));
  EXPECT_FALSE(decrypt(material(), made, {{"a", "1"}}));
  EXPECT_FALSE(decrypt(material(), made, {{"a", "1文"}, {"", "中"}}));
  EXPECT_FALSE(decrypt(material(), encrypt(material(), kHead, "x", {}), {{"", ""}}));
}

TEST(Ciphertext, ChangedAnywhereDoesNotOpen) {
  const std::string made = encrypt(material(), kHead, "hello", kContext);
  for (std::size_t i = 0; i < made.size(); ++i) {
    std::string changed = made;
    changed[i] ^= 1;
    EXPECT_FALSE(decrypt(material(), changed, kContext)) << i;
    EXPECT_FALSE(decrypt(material(), made.substr(0, i), kContext)) << i;
  }
  EXPECT_FALSE(decrypt(material(), made + "x", kContext));
}

TEST(Uuid, HasOneForm) {
  std::string id = random_uuid();
  EXPECT_EQ(id.size(), 36U);
  EXPECT_EQ(id[14], '4');
  EXPECT_EQ(uuid_bytes(id)->size(), 16U);
  EXPECT_NE(id, random_uuid());
  EXPECT_FALSE(uuid_bytes("86A9EFD9-3d16-4894-bd4f-1fc43f3f2abf"));
  EXPECT_FALSE(uuid_bytes("86a9efd9-3d16-4894-bd4f-1fc43f3f2ab"));
  EXPECT_FALSE(uuid_bytes("86a9efd903d16-4894-bd4f-1fc43f3f2abf"));
  EXPECT_FALSE(uuid_bytes("alias/86a9efd9-3d16-4894-bd4f-1fc43f"));
}

}  // namespace
}  // namespace lakeside::kms
