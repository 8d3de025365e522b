#include "base/seal.h"

#include <gtest/gtest.h>

namespace lakeside {
namespace {

TEST(Seal, OpensForItsContextAndKeyAlone) {
  SealingKey key = SealingKey::random();
  for (std::string plain : {"", "x", "a secret of some length"}) {
    std::string sealed = key.seal(plain, "here");
    EXPECT_EQ(*key.open(sealed, "here"), plain);
    EXPECT_EQ(key.open(sealed, "there").error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(SealingKey::random().open(sealed, "here").error().code, ErrorCode::kUnsupported);
    EXPECT_EQ(key.derive("x").open(sealed, "here").error().code, ErrorCode::kUnsupported);
    EXPECT_NE(key.seal(plain, "here"), sealed);
    for (std::size_t i = 0; i < sealed.size(); ++i) {
      std::string changed = sealed;
      changed[i] ^= 1;
      EXPECT_FALSE(key.open(changed, "here"));
      EXPECT_FALSE(key.open(sealed.substr(0, i), "here"));
    }
  }
}

TEST(Seal, KeysAreReadAsTheyAreWritten) {
  SealingKey key = SealingKey::random();
  std::string sealed = key.seal("x", "y");
  auto again = SealingKey::parse(key.hex() + "\n");
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->open(sealed, "y"));
  EXPECT_FALSE(SealingKey::parse("abc"));
  EXPECT_FALSE(SealingKey::parse(key.hex() + "00"));
}

}  // namespace
}  // namespace lakeside
