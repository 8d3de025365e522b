#include "base/crypto.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace lakeside {
namespace {

TEST(Crypto, HashesOfKnownText) {
  EXPECT_EQ(hex_lower(md5({})), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(hex_lower(md5(as_bytes("abc"))), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(hex_lower(sha1(as_bytes("abc"))), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hex_lower(sha256({})),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex_lower(sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// RFC 2202 and RFC 4231.
TEST(Crypto, Hmac) {
  EXPECT_EQ(hex_lower(hmac_sha1(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(hex_lower(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  std::string long_key(80, '\xaa');
  EXPECT_EQ(
      hex_lower(hmac_sha1(as_bytes(long_key),
                          as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
      "aa4ae5e15272d00e95705637ce8a3b55ed402112");
  long_key.resize(131, '\xaa');
  EXPECT_EQ(
      hex_lower(hmac_sha256(as_bytes(long_key),
                            as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(hex_lower(hmac_sha256({}, {})),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Crypto, HasherEqualsOneShot) {
  std::string data;
  for (int i = 0; i < 1000; ++i) data += static_cast<char>(i);
  const auto text = [](auto digest) { return std::string(as_text(digest)); };
  const std::string expected[] = {text(md5(as_bytes(data))), text(sha1(as_bytes(data))),
                                  text(sha256(as_bytes(data)))};
  for (HashKind kind : {HashKind::kMd5, HashKind::kSha1, HashKind::kSha256}) {
    for (std::size_t step : {1u, 7u, 64u, 65u, 1000u}) {
      Hasher first(kind);
      Hasher hasher(std::move(first));
      for (std::size_t at = 0; at < data.size(); at += step) {
        hasher.update(as_bytes(std::string_view(data).substr(at, step)));
      }
      EXPECT_EQ(hasher.finish(), expected[static_cast<int>(kind)]);
    }
  }
}

TEST(Crypto, ConstantTimeEqual) {
  EXPECT_TRUE(constant_time_equal("", ""));
  EXPECT_TRUE(constant_time_equal("abc", "abc"));
  EXPECT_FALSE(constant_time_equal("abc", "abd"));
  EXPECT_FALSE(constant_time_equal("abc", "abcd"));
}

TEST(Crypto, Random) {
  EXPECT_EQ(random_hex_upper(12).size(), 24u);
  EXPECT_NE(random_hex_upper(12), random_hex_upper(12));
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(random_hex_upper(16));
  EXPECT_EQ(ids.size(), 1000u);
  EXPECT_EQ(random_hex_upper(0), "");
  EXPECT_EQ(random_hex_upper(5000).size(), 10000u);
  EXPECT_EQ(random_alphanumeric(0), "");
  EXPECT_EQ(random_alphanumeric(30).size(), 30u);
  std::set<char> seen;
  for (char c : random_alphanumeric(10000)) {
    EXPECT_TRUE(std::isalnum(static_cast<unsigned char>(c))) << c;
    seen.insert(c);
  }
  EXPECT_EQ(seen.size(), 62u);
  std::string large(100000, '\0');  // more than one getrandom() gives at once with certainty
  fill_random(std::as_writable_bytes(std::span(large)));
  EXPECT_LT(std::ranges::count(large, '\0'), 1000);
}

}  // namespace
}  // namespace lakeside
