// Looks for the end of what is certain in a write-ahead log of RocksDB.
//
// The format is RocksDB's own: blocks of 32 KiB with records, each with a checksum, of which
// one or more make up a write
// (https://github.com/facebook/rocksdb/wiki/Write-Ahead-Log-File-Format).
#pragma once

#include <cstdint>
#include <limits>

#include "base/bytes.h"

namespace lakeside::engines {

struct WalTail {
  std::uint64_t good_size;  // all writes up to here are whole, and not newer than asked for
  // A write begins, whole, after the first damage. Since each write was synced before the next
  // began, what is damaged had been acknowledged.
  bool damaged_before_end;
};

// Only writes up to the sequence number `newest` are asked for.
[[nodiscard]] WalTail find_wal_tail(
    ByteView log, std::uint64_t newest = std::numeric_limits<std::uint64_t>::max());

}  // namespace lakeside::engines
