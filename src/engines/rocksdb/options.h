// How Lakeside sets up RocksDB.
#pragma once

#include <memory>

#include <rocksdb/env.h>
#include <rocksdb/options.h>

#include "engines/rocksdb/rocksdb_kv.h"

namespace lakeside::engines {

// `env` must outlive the database.
[[nodiscard]] rocksdb::Options make_options(const RocksdbOptions& options, rocksdb::Env* env);

}  // namespace lakeside::engines
