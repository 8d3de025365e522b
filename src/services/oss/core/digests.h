// The running checksums of a stream of object data: what ETag, CRC64 and S3 checksums need.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/checksum.h"
#include "base/crypto.h"
#include "base/md5_lanes.h"
#include "base/task.h"
#include "services/oss/core/types.h"

namespace lakeside::oss {

// Which to compute: CRC64 is always there.
struct DigestPlan {
  bool md5 = true;
  std::optional<ChecksumAlgorithm> crc;  // only kCrc32, kCrc32c, kCrc64Nvme
};

class Digests {
 public:
  explicit Digests(DigestPlan plan) : plan_(plan) {}

  // Takes `data` in. MD5 of much data is the service's work; CRCs are far faster, and
  // are computed here. One update at a time.
  Task<void> update(Md5Service& service, ByteView data);

  // Of all data so far; MD5 zeros where it was not asked for. Once.
  [[nodiscard]] Md5Digest finish_md5() { return plan_.md5 ? md5_.finish() : Md5Digest{}; }
  [[nodiscard]] std::uint64_t crc64() const { return crc64_; }
  // The planned CRC in the bytes of S3 (big-endian), if any.
  [[nodiscard]] std::optional<ObjectChecksum> crc() const;

 private:
  DigestPlan plan_;
  Md5Stream md5_;
  std::uint64_t crc64_ = 0;
  std::uint64_t crc_ = 0;
};

// Whether S3 checksums of this kind can be combined from those of the parts.
[[nodiscard]] constexpr bool is_crc(ChecksumAlgorithm algorithm) {
  return algorithm == ChecksumAlgorithm::kCrc32 || algorithm == ChecksumAlgorithm::kCrc32c ||
         algorithm == ChecksumAlgorithm::kCrc64Nvme;
}

// The checksum (raw big-endian bytes) of A followed by B from those of both; B has `length_b`
// bytes. `is_crc(algorithm)` holds, and both values have the algorithm's length.
[[nodiscard]] std::string combine_crc(ChecksumAlgorithm algorithm, std::string_view a,
                                      std::string_view b, std::uint64_t length_b);

// The checksum of raw data, whatever the algorithm: for composites.
[[nodiscard]] std::string checksum_of(ChecksumAlgorithm algorithm, std::string_view data);

}  // namespace lakeside::oss
