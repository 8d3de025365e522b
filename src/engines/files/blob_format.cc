#include "engines/files/blob_format.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <string_view>

#include "base/checksum.h"

namespace lakeside::engines {
namespace {

constexpr std::string_view kMagic = "LakeBlob";

// Offsets in the trailer. A later version keeps the magic, the version and the last checksum
// where they are.
constexpr std::size_t kVersionAt = 8;
constexpr std::size_t kBlockSizeAt = 12;
constexpr std::size_t kLengthAt = 16;
constexpr std::size_t kCreatedAt = 24;
constexpr std::size_t kUniqueAt = 32;
constexpr std::size_t kReservedAt = 48;
constexpr std::size_t kTableCrcAt = 56;
constexpr std::size_t kTrailerCrcAt = 60;

template <class T>
void put(MutableBytes out, std::size_t at, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    out[at + i] = static_cast<std::byte>(static_cast<std::uint64_t>(value) >> (8 * i));
  }
}

template <class T>
T take(ByteView in, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value |= static_cast<std::uint64_t>(in[at + i]) << (8 * i);
  }
  return static_cast<T>(value);
}

}  // namespace

std::uint64_t blob_footer_size(std::uint64_t length) {
  BlobTrailer trailer{};
  trailer.length = length;
  return trailer.footer_size();
}

void encode_blob_footer(const BlobTrailer& trailer, std::span<const std::uint32_t> table,
                        MutableBytes footer) {
  assert(table.size() == trailer.block_count() && footer.size() == trailer.footer_size());
  std::fill(footer.begin(), footer.end(), std::byte{0});
  for (std::size_t i = 0; i < table.size(); ++i) put(footer, 4 * i, table[i]);
  MutableBytes out = footer.last(kBlobTrailerSize);
  std::memcpy(out.data(), kMagic.data(), kMagic.size());
  put(out, kVersionAt, kBlobVersion);
  put(out, kBlockSizeAt, static_cast<std::uint32_t>(kBlobBlockSize));
  put(out, kLengthAt, trailer.length);
  put(out, kCreatedAt, trailer.created.time_since_epoch().count());
  std::memcpy(&out[kUniqueAt], trailer.unique.data(), trailer.unique.size());
  put(out, kTableCrcAt, crc32c(0, footer.first(trailer.table_size())));
  put(out, kTrailerCrcAt, crc32c(0, out.first(kTrailerCrcAt)));
}

Result<BlobTrailer> decode_blob_trailer(ByteView tail, std::uint64_t file_size) {
  if (tail.size() < kBlobTrailerSize) return fail(ErrorCode::kCorrupt, "blob cut short");
  ByteView in = tail.last(kBlobTrailerSize);
  if (as_text(in.first(kMagic.size())) != kMagic) {
    return fail(ErrorCode::kCorrupt, "no blob trailer");
  }
  if (take<std::uint32_t>(in, kTrailerCrcAt) != crc32c(0, in.first(kTrailerCrcAt))) {
    return fail(ErrorCode::kCorrupt, "wrong checksum of a blob trailer");
  }
  auto version = take<std::uint32_t>(in, kVersionAt);
  if (version > kBlobVersion) {
    return fail(ErrorCode::kUnsupported, "blob written by a newer Lakeside");
  }
  BlobTrailer trailer{};
  trailer.length = take<std::uint64_t>(in, kLengthAt);
  trailer.created = Time(Time::duration(take<Time::rep>(in, kCreatedAt)));
  std::memcpy(trailer.unique.data(), &in[kUniqueAt], trailer.unique.size());
  trailer.table_crc = take<std::uint32_t>(in, kTableCrcAt);
  if (version != kBlobVersion || take<std::uint64_t>(in, kReservedAt) != 0) {
    return fail(ErrorCode::kCorrupt, "no blob trailer of version 1");
  }
  if (take<std::uint32_t>(in, kBlockSizeAt) != kBlobBlockSize || trailer.length > file_size ||
      trailer.footer_offset() + trailer.footer_size() != file_size) {
    return fail(ErrorCode::kCorrupt, "blob trailer does not fit its file");
  }
  return trailer;
}

Result<std::vector<std::uint32_t>> decode_blob_table(const BlobTrailer& trailer, ByteView footer) {
  if (footer.size() != trailer.footer_size()) {
    return fail(ErrorCode::kCorrupt, "blob footer cut short");
  }
  if (crc32c(0, footer.first(trailer.table_size())) != trailer.table_crc) {
    return fail(ErrorCode::kCorrupt, "wrong checksum of a blob's checksums");
  }
  std::vector<std::uint32_t> table(trailer.block_count());
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = take<std::uint32_t>(footer, 4 * i);
  return table;
}

}  // namespace lakeside::engines
