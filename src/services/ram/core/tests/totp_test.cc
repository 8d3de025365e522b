#include "services/ram/core/totp.h"

#include <gtest/gtest.h>

namespace lakeside::ram {
namespace {

const std::string kSeed = "12345678901234567890";  // RFC 6238's

Time at(std::int64_t second) { return Time(std::chrono::seconds(second)); }

TEST(Totp, CodesAreThoseOfTheRfc) {
  EXPECT_EQ(totp_code(kSeed, totp_step(at(59))), "287082");
  EXPECT_EQ(totp_code(kSeed, totp_step(at(1111111109))), "081804");
  EXPECT_EQ(totp_code(kSeed, totp_step(at(20000000000))), "353130");
}

TEST(Totp, NoCodeIsTakenTwiceNorFarFromItsTime) {
  const std::uint64_t step = totp_step(at(1111111109));
  EXPECT_EQ(find_totp_step(kSeed, "081804", at(1111111109), 0), step);
  EXPECT_EQ(find_totp_step(kSeed, "081804", at(1111111109 + 30), 0), step);
  EXPECT_FALSE(find_totp_step(kSeed, "081804", at(1111111109 + 90), 0));
  EXPECT_FALSE(find_totp_step(kSeed, "081804", at(1111111109), step));
  EXPECT_FALSE(find_totp_step(kSeed, "081805", at(1111111109), 0));
}

TEST(Totp, SeedsAreWrittenInBase32) {
  EXPECT_EQ(base32_encode("foobar"), "MZXW6YTBOI");
  EXPECT_EQ(base32_encode(kSeed), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  EXPECT_EQ(otpauth_uri("foobar", "123", "ann"),
            "otpauth://totp/ann@123?secret=MZXW6YTBOI&issuer=Lakeside");
}

}  // namespace
}  // namespace lakeside::ram
