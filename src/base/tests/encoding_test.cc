#include "base/encoding.h"

#include <gtest/gtest.h>

namespace lakeside {
namespace {

using namespace std::string_view_literals;

TEST(Hex, BothWays) {
  EXPECT_EQ(hex_lower(as_bytes("\x00\x7f\xff"sv)), "007fff");
  EXPECT_EQ(hex_upper(as_bytes("\x00\x7f\xff"sv)), "007FFF");
  EXPECT_EQ(hex_decode("007fFF"), "\x00\x7f\xff"sv);
  EXPECT_EQ(hex_decode(""), "");
  EXPECT_EQ(hex_decode("0"), std::nullopt);
  EXPECT_EQ(hex_decode("0g"), std::nullopt);
  EXPECT_EQ(hex_decode("\xff\xff"), std::nullopt);
}

TEST(Base64, Rfc4648) {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
  for (auto [plain, encoded] : vectors) {
    EXPECT_EQ(base64_encode(as_bytes(plain)), encoded);
    EXPECT_EQ(base64_decode(encoded), plain);
    std::string_view unpadded = encoded.substr(0, encoded.find('='));
    EXPECT_EQ(base64url_encode(as_bytes(plain)), unpadded);
    EXPECT_EQ(base64url_decode(unpadded), plain);
  }
  EXPECT_EQ(base64_encode(as_bytes("\xfb\xff\xfe"sv)), "+//+");
  EXPECT_EQ(base64url_encode(as_bytes("\xfb\xff\xfe"sv)), "-__-");
}

TEST(Base64, RefusesAllButTheOneForm) {
  for (auto bad : {"Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zh==", "Zm9=", "Zm9v=", "Zm9v====",
                   "Zg==Zg==", "Zm 9", "Zm9v\n", "-__-", "Zm\0v"}) {
    EXPECT_EQ(base64_decode(bad), std::nullopt) << bad;
  }
  for (auto bad : {"Zg==", "Z", "Zh", "+//+", "Zm9vY"}) {
    EXPECT_EQ(base64url_decode(bad), std::nullopt) << bad;
  }
}

TEST(Percent, Encode) {
  EXPECT_EQ(percent_encode(""), "");
  EXPECT_EQ(percent_encode("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(percent_encode("a b/c+d"), "a%20b%2Fc%2Bd");
  EXPECT_EQ(percent_encode("a b/c", true), "a%20b/c");
  EXPECT_EQ(percent_encode("\xe4\xbd\xa0\x00!"sv), "%E4%BD%A0%00%21");
  std::string out = "x=";
  percent_encode_to(out, "=y");
  EXPECT_EQ(out, "x=%3Dy");
}

TEST(Percent, Decode) {
  EXPECT_EQ(percent_decode("a%20b+c%2f%2F"), "a b+c//");
  EXPECT_EQ(query_decode("a%20b+c%2B"), "a b c+");
  EXPECT_EQ(percent_decode("%00"), "\0"sv);
  for (auto bad : {"%", "%2", "a%", "%zz", "%2g", "%%41"}) {
    EXPECT_EQ(percent_decode(bad), std::nullopt) << bad;
    EXPECT_EQ(query_decode(bad), std::nullopt) << bad;
  }
}

TEST(Percent, AllBytesComeBack) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_EQ(percent_decode(percent_encode(all)), all);
  EXPECT_EQ(query_decode(percent_encode(all)), all);
  EXPECT_EQ(base64_decode(base64_encode(as_bytes(all))), all);
  EXPECT_EQ(hex_decode(hex_upper(as_bytes(all))), all);
}

TEST(ParseUint, Strict) {
  EXPECT_EQ(parse_uint("0"), 0u);
  EXPECT_EQ(parse_uint("007"), 7u);
  EXPECT_EQ(parse_uint("18446744073709551615"), UINT64_MAX);
  for (auto bad : {"", "18446744073709551616", "99999999999999999999999", "-1", "+1", " 1", "1 ",
                   "0x1", "1.0"}) {
    EXPECT_EQ(parse_uint(bad), std::nullopt) << bad;
  }
}

TEST(Utf8, Valid) {
  for (auto good : {""sv, "ascii, longer than a word"sv, "\0"sv, "\u00e9"sv, "\u4f60\u597d"sv,
                    "\U0001F600"sv, "\U0010FFFF"sv, "12345678\u00e9"sv, "\uD7FF\uE000"sv}) {
    EXPECT_TRUE(is_valid_utf8(good)) << good;
  }
}

TEST(Utf8, Invalid) {
  for (auto bad : {"\x80"sv, "\xc0\x80"sv, "\xc1\xbf"sv, "\xe0\x80\x80"sv, "\xed\xa0\x80"sv,
                   "\xed\xbf\xbf"sv, "\xf0\x80\x80\x80"sv, "\xf4\x90\x80\x80"sv,
                   "\xf5\x80\x80\x80"sv, "\xff"sv, "\xe4\xbd"sv, "\xf0\x9f\x98"sv, "\xc3"sv,
                   "12345678\xff"sv, "\xc3\x28"sv, "\xe2\x28\xa1"sv, "\xe2\x82\x28"sv}) {
    EXPECT_FALSE(is_valid_utf8(bad)) << hex_lower(as_bytes(bad));
  }
}

TEST(Ascii, CaseAndTrim) {
  EXPECT_EQ(to_lower_ascii("X-Oss-Meta-\u00c9"), "x-oss-meta-\u00c9");
  EXPECT_TRUE(equals_ignore_case("Content-MD5", "content-md5"));
  EXPECT_FALSE(equals_ignore_case("a", "ab"));
  EXPECT_FALSE(equals_ignore_case("[", "{"));  // one case bit apart
  EXPECT_EQ(trim(" \ta b\t "), "a b");
  EXPECT_EQ(trim(" \t "), "");
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim("\na\n"), "\na\n");
}

}  // namespace
}  // namespace lakeside
