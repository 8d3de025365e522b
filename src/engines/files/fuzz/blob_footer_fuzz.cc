// Any bytes as the footer of a blob's file. What decodes must fit its file, and must be the one
// form that encodes, but for the gap between table and trailer: no checksum covers it, nobody reads
// it.
//
// The input: a byte of flags, 8 bytes of the file's size, the table with the trailer behind it.
// The gap is put in here, else hardly an input would be as long as a footer.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/checksum.h"
#include "engines/files/blob_format.h"

namespace lakeside::engines {
namespace {

// Right checksums and a size that fits hardly ever come by chance.
constexpr std::uint8_t kRightTableChecksum = 1;
constexpr std::uint8_t kRightTrailerChecksum = 2;
constexpr std::uint8_t kSizeOfTheTrailer = 4;

constexpr std::size_t kHeadSize = 1 + sizeof(std::uint64_t);

void require(bool condition) {
  if (!condition) std::abort();
}

bool same(ByteView a, ByteView b) { return as_text(a) == as_text(b); }

MutableBytes writable(std::string& text) {
  return {reinterpret_cast<std::byte*>(text.data()), text.size()};
}

std::string footer_of(std::string_view bytes) {
  std::string footer(align_up(bytes.size()), '\0');
  std::size_t table_size = bytes.size() - kBlobTrailerSize;
  bytes.copy(footer.data(), table_size);
  bytes.copy(footer.data() + footer.size() - kBlobTrailerSize, kBlobTrailerSize, table_size);
  return footer;
}

template <class T>
T load(std::string_view bytes) {
  T value = 0;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

void put_checksum(MutableBytes out, ByteView covered) {
  std::uint32_t crc = crc32c(0, covered);
  std::memcpy(out.data(), &crc, sizeof crc);
}

void only_known_errors(const Error& error) {
  require(error.code == ErrorCode::kCorrupt || error.code == ErrorCode::kUnsupported);
}

bool fits(const BlobTrailer& trailer, std::uint64_t file_size) {
  return trailer.length <= file_size && trailer.footer_size() <= file_size &&
         file_size - trailer.footer_size() - trailer.length < kBlobAlignment;
}

// The trailer is read before the size of the whole footer is known: only the end counts.
void same_from_the_end_alone(ByteView footer, std::uint64_t file_size, bool decodes) {
  auto trailer = decode_blob_trailer(footer.last(kBlobTrailerSize), file_size);
  require(trailer.has_value() == decodes);
  require(!decode_blob_trailer(footer.last(kBlobTrailerSize - 1), file_size));
}

void decode(ByteView footer, std::uint64_t file_size) {
  auto trailer = decode_blob_trailer(footer, file_size);
  same_from_the_end_alone(footer, file_size, trailer.has_value());
  if (!trailer) return only_known_errors(trailer.error());
  require(fits(*trailer, file_size));
  auto table = decode_blob_table(*trailer, footer);
  if (!table) return only_known_errors(table.error());
  std::string again(trailer->footer_size(), '\0');
  encode_blob_footer(*trailer, *table, writable(again));
  ByteView encoded = as_bytes(again);
  std::size_t table_size = trailer->table_size();
  require(same(encoded.first(table_size), footer.first(table_size)));
  require(same(encoded.last(kBlobTrailerSize), footer.last(kBlobTrailerSize)));
}

void fuzz(std::uint8_t flags, std::uint64_t file_size, std::string_view bytes) {
  std::string text = footer_of(bytes);
  MutableBytes footer = writable(text);
  MutableBytes trailer = footer.last(kBlobTrailerSize);
  if ((flags & kRightTableChecksum) != 0) {
    put_checksum(trailer.subspan(56), footer.first(bytes.size() - kBlobTrailerSize));
  }
  if ((flags & kRightTrailerChecksum) != 0) put_checksum(trailer.subspan(60), trailer.first(60));
  if ((flags & kSizeOfTheTrailer) != 0) {
    file_size = align_up(load<std::uint64_t>(as_text(trailer).substr(16))) + footer.size();
  }
  decode(footer, file_size);
}

}  // namespace
}  // namespace lakeside::engines

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lakeside::engines;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (size < kHeadSize + kBlobTrailerSize) return 0;
  fuzz(data[0], load<std::uint64_t>(bytes.substr(1)), bytes.substr(kHeadSize));
  return 0;
}
