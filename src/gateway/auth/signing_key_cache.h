// The derived keys of the V4 schemes: four HMACs that are the same for a whole day.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/crypto.h"

namespace lakeside::auth {

using SigningKey = Sha256Digest;

struct SigningKeyInput {
  std::string_view credential;  // AK/date/region/service/terminator: what the key is found by
  std::string_view prefix;      // before the secret: "AWS4", "aliyun_v4"
  std::string_view secret;
  std::string_view date;
  std::string_view region;
  std::string_view service;
  std::string_view terminator;
};

[[nodiscard]] SigningKey derive_signing_key(const SigningKeyInput& input);

// Bounded and thread-safe. A direct-mapped table: two credentials that fall on one slot take
// turns in it, which costs a derivation (1.5 µs) and needs no order of use.
class SigningKeyCache {
 public:
  SigningKeyCache();
  [[nodiscard]] SigningKey get(const SigningKeyInput& input);

 private:
  static constexpr std::size_t kSlots = 1024;
  static constexpr std::size_t kLongestCredential = 256;  // longer ones are not kept

  struct Slot {
    std::mutex mutex;
    std::string credential;
    // Of the secret, so that a key id that got a new secret does not find the old one's key.
    std::size_t secret_hash = 0;
    SigningKey key{};
  };
  std::unique_ptr<std::array<Slot, kSlots>> slots_;
};

// The process's own.
[[nodiscard]] SigningKeyCache& signing_key_cache();

}  // namespace lakeside::auth
