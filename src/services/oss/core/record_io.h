// The bytes that all records are made of: a version first, a CRC-32C last, between them fixed
// little-endian numbers, varints and length-prefixed strings. docs/formats/oss-records.md.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/checksum.h"
#include "base/result.h"

namespace lakeside::oss {

inline constexpr std::uint8_t kRecordVersion = 1;
inline constexpr std::size_t kChecksumBytes = 4;

class RecordWriter {
 public:
  explicit RecordWriter(std::size_t size_hint = 0, std::uint8_t version = kRecordVersion) {
    out_.reserve(size_hint);
    u8(version);
  }

  void u8(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
  template <std::unsigned_integral T>
  void fixed(T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i) u8(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) u8(static_cast<std::uint8_t>(value | 0x80));
    u8(static_cast<std::uint8_t>(value));
  }
  void bytes(ByteView value) { out_ += as_text(value); }
  void text(std::string_view value) {
    varint(value.size());
    out_ += value;
  }

  // The record with its checksum.
  [[nodiscard]] std::string finish() {
    fixed(crc32c(0, as_bytes(out_)));
    return std::move(out_);
  }

 private:
  std::string out_;
};

// Reads what RecordWriter wrote. A read past the end or of a form that the writer would not
// have chosen makes the reader fail, and all later reads give zeros; ask `ok` at the end.
class RecordReader {
 public:
  // Checks version and checksum: kUnsupported, kCorrupt.
  [[nodiscard]] static Result<RecordReader> open(std::string_view record,
                                                 std::uint8_t newest = kRecordVersion) {
    if (record.empty()) return fail(ErrorCode::kCorrupt, "record: empty");
    auto version = static_cast<std::uint8_t>(record.front());
    if (version > newest) {
      return fail(ErrorCode::kUnsupported, "record: version " + std::to_string(version) +
                                               ", this build knows " + std::to_string(newest));
    }
    if (version == 0 || record.size() < 1 + kChecksumBytes) {
      return fail(ErrorCode::kCorrupt, "record: malformed");
    }
    std::string_view body = record.substr(0, record.size() - kChecksumBytes);
    RecordReader tail(record.substr(body.size()));
    if (tail.fixed<std::uint32_t>() != crc32c(0, as_bytes(body))) {
      return fail(ErrorCode::kCorrupt, "record: checksum");
    }
    RecordReader reader(body.substr(1));
    reader.version_ = version;
    return reader;
  }
  [[nodiscard]] std::uint8_t version() const { return version_; }

  std::uint8_t u8() {
    if (rest_.empty()) return refuse();
    auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }
  // A byte that is at most `most`.
  std::uint8_t u8_up_to(std::uint8_t most) {
    std::uint8_t value = u8();
    return value <= most ? value : refuse();
  }
  template <std::unsigned_integral T>
  T fixed() {
    std::string_view raw = take(sizeof(T));
    T value = 0;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      value |= static_cast<T>(static_cast<T>(static_cast<std::uint8_t>(raw[i])) << (8 * i));
    }
    return value;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      std::uint8_t byte = u8();
      if (shift == 63 && byte > 1) return refuse();
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return byte == 0 && shift > 0 ? refuse() : value;
    }
    return refuse();
  }
  std::uint64_t varint_up_to(std::uint64_t most) {
    std::uint64_t value = varint();
    return value <= most ? value : refuse();
  }
  template <std::size_t N>
  std::array<std::byte, N> array() {
    std::array<std::byte, N> value{};
    std::string_view raw = take(N);
    if (!raw.empty()) std::memcpy(value.data(), raw.data(), raw.size());
    return value;
  }
  std::string_view text() { return take(varint()); }

  // How many elements of at least `least` bytes each can still follow: for lists.
  std::uint64_t count(std::size_t least) { return varint_up_to(rest_.size() / least); }

  void refuse_if(bool wrong) {
    if (wrong) refuse();
  }
  [[nodiscard]] bool failed() const { return failed_; }
  // Everything was read and was well-formed.
  [[nodiscard]] Status ok() const {
    if (failed_ || !rest_.empty()) return fail(ErrorCode::kCorrupt, "record: malformed");
    return {};
  }

 private:
  explicit RecordReader(std::string_view rest) : rest_(rest) {}
  std::uint8_t refuse() {
    failed_ = true;
    rest_ = {};
    return 0;
  }
  std::string_view take(std::uint64_t size) {
    if (size > rest_.size()) {
      refuse();
      return {};
    }
    std::string_view value = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return value;
  }

  std::string_view rest_;
  std::uint8_t version_ = kRecordVersion;
  bool failed_ = false;
};

}  // namespace lakeside::oss
