// How a partition's keys stand in the one key space of RocksDB: one byte with the length of the
// partition's name, the name, the key. No prefix is the beginning of another, so partitions
// cannot reach into each other, and each is one contiguous range.
#pragma once

#include <string>
#include <string_view>

#include "engines/kv.h"

namespace lakeside::engines {

inline void append_partition_prefix(const Partition& partition, std::string& out) {
  static_assert(kMaxPartitionName < 256);
  out += static_cast<char>(partition.name.size());
  out += partition.name;
}

inline std::string partition_prefix(const Partition& partition) {
  std::string prefix;
  append_partition_prefix(partition, prefix);
  return prefix;
}

// The first key after the partition's: its last byte is a letter of a name, never 0xff.
inline std::string partition_end(const Partition& partition) {
  std::string end = partition_prefix(partition);
  ++end.back();
  return end;
}

// No partition has an empty name, so this key is nobody's.
inline constexpr std::string_view kReservedKey{"\0", 1};

}  // namespace lakeside::engines
