// Secrets at rest: sealed with AES-256-GCM under a master key. On OpenSSL.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace lakeside {

class SealingKey {
 public:
  static constexpr std::size_t kBytes = 32;
  // 64 hex digits, with or without a line end.
  [[nodiscard]] static std::optional<SealingKey> parse(std::string_view hex);
  [[nodiscard]] static SealingKey random();
  // Another key that follows from this one; of use for `purpose` alone.
  [[nodiscard]] SealingKey derive(std::string_view purpose) const;
  [[nodiscard]] std::string hex() const;
  ~SealingKey();
  SealingKey(const SealingKey&) = default;
  SealingKey& operator=(const SealingKey&) = default;

  // Bytes: a format number, 4 that name the key, a nonce, the text, a tag. What was sealed for one
  // `context` opens for no other.
  [[nodiscard]] std::string seal(std::string_view plain, std::string_view context) const;
  // Errors: kUnsupported (sealed with another key), kCorrupt.
  [[nodiscard]] Result<std::string> open(std::string_view sealed, std::string_view context) const;

 private:
  SealingKey() = default;
  [[nodiscard]] std::string name() const;  // 4 bytes of a hash of it

  std::array<std::byte, kBytes> key_{};
};

// The key that seals, and those before it, which still open what they sealed.
class SealingKeys {
 public:
  // One key is a ring, too: NOLINTNEXTLINE(google-explicit-constructor)
  SealingKeys(const SealingKey& key) : keys_{key} {}
  // The first of them seals. There is one at least.
  explicit SealingKeys(std::vector<SealingKey> keys) : keys_(std::move(keys)) {}

  [[nodiscard]] SealingKeys derive(std::string_view purpose) const;
  [[nodiscard]] std::string seal(std::string_view plain, std::string_view context) const {
    return keys_.front().seal(plain, context);
  }
  // Errors: those of SealingKey; kUnsupported, sealed with none of them.
  [[nodiscard]] Result<std::string> open(std::string_view sealed, std::string_view context) const;
  [[nodiscard]] const std::vector<SealingKey>& keys() const { return keys_; }

 private:
  std::vector<SealingKey> keys_;
};

}  // namespace lakeside
