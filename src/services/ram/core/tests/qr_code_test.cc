#include "services/ram/core/qr_code.h"

#include <gtest/gtest.h>

namespace lakeside::ram {
namespace {

TEST(QrCode, GrowsWithItsText) {
  EXPECT_EQ(qr_code("")->size(), 21U);
  EXPECT_EQ(qr_code(std::string(17, 'a'))->size(), 21U);
  EXPECT_EQ(qr_code(std::string(18, 'a'))->size(), 25U);
  EXPECT_EQ(qr_code(std::string(kMaxQrText, 'a'))->size(), 57U);
  EXPECT_FALSE(qr_code(std::string(kMaxQrText + 1, 'a')));
}

TEST(QrCode, IsAPng) {
  std::string png = qr_png(*qr_code("otpauth://totp/x"));
  EXPECT_TRUE(png.starts_with("\x89PNG\r\n\x1a\n"));
  EXPECT_NE(png.find("IEND"), png.npos);
}

}  // namespace
}  // namespace lakeside::ram
