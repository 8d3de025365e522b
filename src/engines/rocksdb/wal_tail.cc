#include "engines/rocksdb/wal_tail.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <optional>

#include "base/checksum.h"

namespace lakeside::engines {
namespace {

constexpr std::uint64_t kBlockSize = 32 << 10;
constexpr std::uint64_t kHeaderSize = 7;  // checksum 4, length 2, type 1
constexpr std::size_t kSequenceSize = 8;

enum RecordType : std::uint8_t { kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

struct Record {
  std::uint8_t type;
  ByteView data;
  std::uint64_t end;
};

bool begins_write(std::uint8_t type) { return type == kFull || type == kFirst; }
bool ends_write(std::uint8_t type) { return type == kFull || type == kLast; }

template <class T>
T little_endian(ByteView bytes) {
  T value = 0;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

std::uint32_t masked(std::uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8U; }

// Where the next record's header is: no header crosses a block.
std::uint64_t skip_block_end(std::uint64_t at) {
  std::uint64_t left = kBlockSize - at % kBlockSize;
  return left < kHeaderSize ? at + left : at;
}

// What the header at `at` says of its length, believed or not; nothing beyond the block.
std::optional<std::uint64_t> end_by_header(ByteView log, std::uint64_t at) {
  if (at + kHeaderSize > log.size()) return std::nullopt;
  std::uint64_t end = at + kHeaderSize + little_endian<std::uint16_t>(log.subspan(at + 4, 2));
  std::uint64_t block_end = (at / kBlockSize + 1) * kBlockSize;
  if (end > std::min<std::uint64_t>(block_end, log.size())) return std::nullopt;
  return end;
}

// The record at `at`, if it is one.
std::optional<Record> read_record(ByteView log, std::uint64_t at) {
  auto end = end_by_header(log, at);
  if (!end) return std::nullopt;
  auto type = std::to_integer<std::uint8_t>(log[at + 6]);
  if (type < kFull || type > kLast) return std::nullopt;
  std::uint32_t crc = crc32c(0, log.subspan(at + 6, *end - at - 6));
  if (little_endian<std::uint32_t>(log.subspan(at, 4)) != masked(crc)) return std::nullopt;
  return Record{type, log.subspan(at + kHeaderSize, *end - at - kHeaderSize), *end};
}

// Whether a write begins anywhere after the damaged record at `damage`.
bool has_later_write(ByteView log, std::uint64_t damage) {
  auto next_block = [](std::uint64_t at) { return (at / kBlockSize + 1) * kBlockSize; };
  auto end = end_by_header(log, damage);
  std::uint64_t at = end && *end > damage + kHeaderSize ? *end : next_block(damage);
  while (at < log.size()) {
    at = skip_block_end(at);
    auto record = read_record(log, at);
    if (record && begins_write(record->type)) return true;
    at = record ? record->end : next_block(at);
  }
  return false;
}

}  // namespace

WalTail find_wal_tail(ByteView log, std::uint64_t newest) {
  std::uint64_t good = 0;  // where the current write begins
  std::uint64_t at = 0;
  std::size_t fragments = 0;
  std::array<std::byte, kSequenceSize> head;  // the first bytes of the current write
  std::size_t head_size = 0;
  while (true) {
    at = skip_block_end(at);
    auto record = read_record(log, at);
    if (!record || begins_write(record->type) == (fragments > 0)) {
      return {good, at < log.size() && has_later_write(log, at)};
    }
    ++fragments;
    std::size_t part = std::min(head.size() - head_size, record->data.size());
    std::copy_n(record->data.begin(), part, head.begin() + static_cast<std::ptrdiff_t>(head_size));
    head_size += part;
    at = record->end;
    if (!ends_write(record->type)) continue;
    if (head_size == head.size() && little_endian<std::uint64_t>(head) > newest) {
      return {good, false};
    }
    good = at;
    fragments = 0;
    head_size = 0;
  }
}

}  // namespace lakeside::engines
