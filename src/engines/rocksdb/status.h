// RocksDB's errors as ours.
#pragma once

#include <rocksdb/status.h>

#include "base/result.h"

namespace lakeside::engines {

// `status` must not be ok.
[[nodiscard]] Error to_error(const rocksdb::Status& status);

}  // namespace lakeside::engines
