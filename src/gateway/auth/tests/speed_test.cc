// Run by hand, on a release build: auth_test --gtest_also_run_disabled_tests --gtest_filter=*Speed*
#include <gtest/gtest.h>

#include <chrono>
#include <iostream>

#include "base/encoding.h"
#include "gateway/auth/tests/test_request.h"

namespace lakeside::auth::testing {
namespace {

double microseconds_each(int times, const auto& work) {
  auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < times; ++i) work();
  std::chrono::duration<double, std::micro> spent = std::chrono::steady_clock::now() - start;
  return spent.count() / times;
}

TEST(Speed, DISABLED_Authenticate) {
  constexpr int kTimes = 100000;
  TestKeys keys;
  AuthOptions options;
  for (const SdkRequest& sdk : sdk_requests()) {
    http::RequestHead head = sdk.request.head();
    bool ok = true;
    double spent = 1e9;
    for (int round = 0; round < 5; ++round) {
      spent = std::min(spent, microseconds_each(kTimes / 5, [&] {
        ok &= authenticate(head, sdk.request.signed_target, keys, sdk.request.now, options)
                  .has_value();
      }));
    }
    ASSERT_TRUE(ok);
    std::cout << spent << " us  " << sdk.name << "\n";
  }
}

}  // namespace
}  // namespace lakeside::auth::testing
