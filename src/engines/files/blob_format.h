// The bytes of a blob's file; docs/formats/blob-file.md describes them with an example.
//
//   data, zeros to a multiple of 4096
//   footer: one CRC32C for each block of the data, zeros, the trailer in the last 64 bytes
//
// Both parts are multiples of 4096 bytes, so that they can be written with direct I/O.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "engines/blob.h"

namespace lakeside::engines {

inline constexpr std::uint64_t kBlobAlignment = 4096;
inline constexpr std::uint64_t kBlobBlockSize = kBlobChunkQuantum;  // what one checksum covers
inline constexpr std::size_t kBlobTrailerSize = 64;
inline constexpr std::uint32_t kBlobVersion = 1;

using BlobUnique = std::array<std::byte, 16>;

[[nodiscard]] constexpr std::uint64_t align_up(std::uint64_t n) {
  return (n + kBlobAlignment - 1) / kBlobAlignment * kBlobAlignment;
}

struct BlobTrailer {
  std::uint64_t length;  // of the data
  Time created;
  BlobUnique unique;  // of the id: a file under another's name is noticed
  std::uint32_t table_crc;

  [[nodiscard]] std::uint64_t block_count() const {
    return length / kBlobBlockSize + (length % kBlobBlockSize != 0);
  }
  [[nodiscard]] std::uint64_t table_size() const { return 4 * block_count(); }
  [[nodiscard]] std::uint64_t footer_size() const {
    return align_up(table_size() + kBlobTrailerSize);
  }
  [[nodiscard]] std::uint64_t footer_offset() const { return align_up(length); }
};

// The footer of a blob whose blocks have these checksums; trailer.table_crc is not looked at.
[[nodiscard]] std::uint64_t blob_footer_size(std::uint64_t length);
void encode_blob_footer(const BlobTrailer& trailer, std::span<const std::uint32_t> table,
                        MutableBytes footer);

// `tail` ends where the file of `file_size` bytes ends. kCorrupt for what is not a blob,
// kUnsupported for a blob of a later version.
[[nodiscard]] Result<BlobTrailer> decode_blob_trailer(ByteView tail, std::uint64_t file_size);
// `footer` is the whole footer.
[[nodiscard]] Result<std::vector<std::uint32_t>> decode_blob_table(const BlobTrailer& trailer,
                                                                   ByteView footer);

}  // namespace lakeside::engines
