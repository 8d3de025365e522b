// The checksums that S3 clients send with a body: x-amz-checksum-crc32 and its kin.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/crypto.h"
#include "gateway/auth/verified_body.h"

namespace lakeside::auth {

// "x-amz-checksum-crc32" (any case); nothing for other names, x-amz-checksum-mode among them.
[[nodiscard]] std::optional<ChecksumAlgorithm> checksum_of_header(std::string_view name);
// "CRC32" (any case), as in x-amz-sdk-checksum-algorithm.
[[nodiscard]] std::optional<ChecksumAlgorithm> checksum_named(std::string_view name);
// The raw bytes of a header's value, if it is base64 of the right length.
[[nodiscard]] std::optional<std::string> decode_checksum(ChecksumAlgorithm algorithm,
                                                         std::string_view base64);

class RunningChecksum {
 public:
  explicit RunningChecksum(ChecksumAlgorithm algorithm);
  void update(ByteView data);
  // Raw bytes, big-endian; the checksum is spent.
  [[nodiscard]] std::string finish();

 private:
  ChecksumAlgorithm algorithm_;
  std::uint64_t crc_ = 0;
  std::optional<Hasher> hasher_;
};

// What the head says about the checksum of its body.
struct AnnouncedChecksum {
  ChecksumAlgorithm algorithm;
  std::optional<std::string> value;  // raw bytes; nothing: it comes in the trailer
};
// `trailer`: whether the body's coding has one. Fails with a message for the client.
[[nodiscard]] std::expected<std::optional<AnnouncedChecksum>, std::string> announced_checksum(
    const http::RequestHead& head, bool trailer);

}  // namespace lakeside::auth
