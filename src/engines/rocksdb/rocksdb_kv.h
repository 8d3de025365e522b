// kv.h on an embedded RocksDB: the default engine for metadata and small objects.
//
// One committer thread gathers the waiting batches of all coroutines into one synced write.
// Reads answer on the calling thread from memory, and from a few threads of their own when a
// read of the disk may be needed. docs/formats/kv-layout.md has the encoding of keys.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/result.h"
#include "engines/kv.h"

namespace rocksdb {
class FileSystem;
}

namespace lakeside::engines {

enum class Durability {
  kStrict,   // a commit survives a power cut once acknowledged
  kRelaxed,  // it survives the end of the process, but a power cut loses the last seconds
};

struct RocksdbOptions {
  std::string path;  // a folder of its own, created with its parents where missing
  Durability durability = Durability::kStrict;

  // Most memory for cached blocks and values; it is taken as they are read.
  std::size_t block_cache_bytes = 32 << 20;
  // Most memory of one of up to four write buffers; it is taken as it fills.
  std::size_t write_buffer_bytes = 32 << 20;
  std::size_t read_threads = 4;

  // For tests; empty: the operating system's.
  std::shared_ptr<rocksdb::FileSystem> file_system;
};

// Blocks while it opens and recovers. Errors: kIo; kCorrupt where an acknowledged write is
// damaged; kUnavailable when another process has the folder open.
//
// After kIo or kNoSpace of a commit the store reads only, and each later commit tries, at most
// a few times a second, to make it writable again.
[[nodiscard]] Result<std::unique_ptr<Kv>> open_rocksdb_kv(const RocksdbOptions& options);

}  // namespace lakeside::engines
