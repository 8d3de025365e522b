#include "gateway/auth/signing_key_cache.h"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace lakeside::auth {
namespace {

SigningKeyInput input(std::string_view credential, std::string_view secret) {
  return {.credential = credential,
          .prefix = "AWS4",
          .secret = secret,
          .date = "20120215",
          .region = "us-east-1",
          .service = "iam",
          .terminator = "aws4_request"};
}

constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

// docs.aws.amazon.com/general/latest/gr: Examples of how to derive a signing key
TEST(SigningKeyCache, DerivesAsAwsDoes) {
  EXPECT_EQ(hex_lower(derive_signing_key(input("", kSecret))),
            "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d");
}

TEST(SigningKeyCache, GivesTheSameKeyAgain) {
  SigningKeyCache cache;
  SigningKeyInput asked = input("AK/20120215/us-east-1/iam/aws4_request", kSecret);
  EXPECT_EQ(cache.get(asked), derive_signing_key(asked));
  EXPECT_EQ(cache.get(asked), derive_signing_key(asked));
}

TEST(SigningKeyCache, ANewSecretIsANewKey) {
  SigningKeyCache cache;
  SigningKeyInput old_key = input("AK/s", "old");
  SigningKeyInput new_key = input("AK/s", "new");
  EXPECT_EQ(cache.get(old_key), derive_signing_key(old_key));
  EXPECT_EQ(cache.get(new_key), derive_signing_key(new_key));
}

TEST(SigningKeyCache, HoldsMoreCredentialsThanSlotsCorrectly) {
  SigningKeyCache cache;
  std::atomic<int> wrong = 0;
  auto work = [&] {
    for (int i = 0; i < 3000; ++i) {
      std::string credential = "AK" + std::to_string(i % 1500);
      std::string secret = "secret" + std::to_string(i % 1500);
      SigningKeyInput asked = input(credential, secret);
      if (cache.get(asked) != derive_signing_key(asked)) ++wrong;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(SigningKeyCache, LongCredentialsAreNotKept) {
  SigningKeyCache cache;
  std::string credential(100000, 'x');
  SigningKeyInput asked = input(credential, kSecret);
  EXPECT_EQ(cache.get(asked), derive_signing_key(asked));
}

}  // namespace
}  // namespace lakeside::auth
