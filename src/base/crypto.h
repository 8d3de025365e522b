// Hashes, MACs and random bytes, on OpenSSL.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace lakeside {

using Md5Digest = std::array<std::byte, 16>;
using Sha1Digest = std::array<std::byte, 20>;
using Sha256Digest = std::array<std::byte, 32>;

[[nodiscard]] Md5Digest md5(ByteView data);
[[nodiscard]] Sha1Digest sha1(ByteView data);
[[nodiscard]] Sha256Digest sha256(ByteView data);
[[nodiscard]] Sha1Digest hmac_sha1(ByteView key, ByteView data);
[[nodiscard]] Sha256Digest hmac_sha256(ByteView key, ByteView data);

enum class HashKind { kMd5, kSha1, kSha256 };

// A running hash. Move-only; one thread at a time.
class Hasher {
 public:
  explicit Hasher(HashKind kind);
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  void update(ByteView data);
  // The digest's raw bytes; the hasher is spent.
  [[nodiscard]] std::string finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Takes the same time whatever the contents; different lengths are unequal at once.
[[nodiscard]] bool constant_time_equal(std::string_view a, std::string_view b);

// From the kernel's generator; aborts the process if it has none.
void fill_random(MutableBytes out);
[[nodiscard]] std::string random_hex_upper(std::size_t bytes);
// `length` characters of [A-Za-z0-9], uniformly.
[[nodiscard]] std::string random_alphanumeric(std::size_t length);

}  // namespace lakeside
