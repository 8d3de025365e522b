// Cyclic checksums of object data. Each is a running function: start from 0 and feed the
// previous result back in.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace lakeside {

// CRC-64/XZ (ECMA-182 reflected), what OSS calls x-oss-hash-crc64ecma.
[[nodiscard]] std::uint64_t crc64_ecma(std::uint64_t crc, ByteView data);
// The checksum of A followed by B from those of A and of B, which has `length_b` bytes.
[[nodiscard]] std::uint64_t crc64_ecma_combine(std::uint64_t a, std::uint64_t b,
                                               std::uint64_t length_b);
// CRC-64/NVME, S3's x-amz-checksum-crc64nvme.
[[nodiscard]] std::uint64_t crc64_nvme(std::uint64_t crc, ByteView data);
[[nodiscard]] std::uint32_t crc32c(std::uint32_t crc, ByteView data);  // Castagnoli
[[nodiscard]] std::uint32_t crc32(std::uint32_t crc, ByteView data);   // IEEE 802.3 (zlib)

}  // namespace lakeside
