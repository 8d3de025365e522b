// RocksDB's file system on a simulated disk.
#pragma once

#include <memory>

#include "engines/fault/simulated_disk.h"

namespace rocksdb {
class FileSystem;
}

namespace lakeside::engines {

// For RocksdbOptions::file_system. `disk` must outlive it.
[[nodiscard]] std::shared_ptr<rocksdb::FileSystem> make_fault_rocksdb_fs(SimulatedDisk& disk);

}  // namespace lakeside::engines
