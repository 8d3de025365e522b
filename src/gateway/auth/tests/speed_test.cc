// Run by hand, on a release build: auth_test --gtest_also_run_disabled_tests --gtest_filter=Speed.*
#include <chrono>
#include <cstdio>
#include <limits>

#include <gtest/gtest.h>

#include "base/crypto.h"
#include "gateway/auth/tests/test_request.h"

namespace lakeside::auth::testing {
namespace {

// The best of many short batches: the machine may be busy with other things.
double nanoseconds_each(const auto& work) {
  constexpr int kBatches = 300;
  constexpr int kBatch = 50;
  double best = std::numeric_limits<double>::max();
  for (int i = 0; i < kBatches; ++i) {
    auto start = std::chrono::steady_clock::now();
    for (int k = 0; k < kBatch; ++k) work();
    std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - start;
    best = std::min(best, spent.count() / kBatch);
  }
  return best;
}

TEST(Speed, DISABLED_Authenticate) {
  std::string text(700, 'x');
  std::string key(32, 'k');
  ByteView bytes = as_bytes(text);
  volatile int sink = 0;
  std::printf("%6.0f ns  sha256 of 700 bytes\n",
              nanoseconds_each([&] { sink = std::to_integer<int>(sha256(bytes)[0]); }));
  std::printf("%6.0f ns  HMAC-SHA256 of 140 bytes\n", nanoseconds_each([&] {
                sink = std::to_integer<int>(hmac_sha256(as_bytes(key), bytes.first(140))[0]);
              }));
  std::printf("%6.0f ns  HMAC-SHA1 of 140 bytes\n", nanoseconds_each([&] {
                sink = std::to_integer<int>(hmac_sha1(as_bytes(key), bytes.first(140))[0]);
              }));
  TestKeys keys;
  std::printf("%6.0f ns  finding the key\n",
              nanoseconds_each([&] { sink = keys.find(kTestKeyId)->enabled ? 1 : 0; }));
  AuthOptions options;
  for (const SdkRequest& sdk : sdk_requests()) {
    http::RequestHead head = sdk.request.head();
    bool ok = true;
    double spent = nanoseconds_each([&] {
      ok &=
          authenticate(head, sdk.request.signed_target, keys, sdk.request.now, options).has_value();
    });
    ASSERT_TRUE(ok);
    std::printf("%6.0f ns  %s\n", spent, sdk.name.c_str());
  }
}

}  // namespace
}  // namespace lakeside::auth::testing
