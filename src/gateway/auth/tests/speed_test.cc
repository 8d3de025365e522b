// Run by hand, on a release build: auth_test --gtest_also_run_disabled_tests --gtest_filter=Speed.*
#include <chrono>
#include <cstdio>
#include <cstring>
#include <limits>

#include <gtest/gtest.h>

#include "base/crypto.h"
#include "gateway/auth/tests/test_request.h"
#include "gateway/auth/verified_body.h"

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

// `text` over and over, `total` bytes in all.
class RepeatingSource final : public ByteSource {
 public:
  RepeatingSource(std::string_view text, std::size_t total) : text_(text), left_(total) {}
  Task<Result<std::size_t>> read(MutableBytes into) override {
    std::size_t count = std::min({into.size(), left_, text_.size() - place_});
    std::memcpy(into.data(), text_.data() + place_, count);
    place_ = (place_ + count) % text_.size();
    left_ -= count;
    co_return count;
  }
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return std::nullopt; }

 private:
  std::string_view text_;
  std::size_t left_;
  std::size_t place_ = 0;
};

Task<void> drain(ByteSource& source) {
  std::vector<std::byte> buffer(256 << 10);
  while (true) {
    Result<std::size_t> got = co_await source.read(buffer);
    if (!got || *got == 0) co_return;
  }
}

double gigabytes_per_second(const http::RequestHead& head, const BodyRules& rules,
                            std::string_view text) {
  std::size_t total = text.size() * 256;
  double best = 0;
  for (int i = 0; i < 5; ++i) {
    RepeatingSource raw(text, total);
    auto body = VerifiedBody::create(head, rules, raw).value();
    auto start = std::chrono::steady_clock::now();
    run_blocking(drain(*body));
    std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - start;
    best = std::max(best, static_cast<double>(total) / spent.count());
  }
  return best;
}

TEST(Speed, DISABLED_VerifiedBody) {
  std::string chunk = "10000\r\n" + std::string(65536, 'x') + "\r\n";
  TestRequest request = TestRequest::parse("PUT /b/k\n");
  BodyRules rules;
  auto print = [&](const char* what) {
    std::printf("%6.2f GB/s  %s\n", gigabytes_per_second(request.head(), rules, chunk), what);
  };
  print("plain");
  rules.coding = BodyRules::Coding::kUnsignedTrailer;
  print("aws-chunked, unsigned");
  for (const char* name : {"crc32", "crc32c", "crc64nvme", "sha1", "sha256"}) {
    request.header("x-amz-trailer") = "x-amz-checksum-" + std::string(name);
    print(name);
  }
  request.remove_header("x-amz-trailer");
  rules = {};
  rules.sha256_hex = std::string(64, '0');
  print("plain, signed sha256");
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
