// Removing all records of a partition, when the whole cloud is reset.
#pragma once

#include "base/result.h"
#include "base/task.h"
#include "engines/kv.h"

namespace lakeside::modelstudio {

// In batches: who reads meanwhile sees some of them gone.
[[nodiscard]] Task<Status> clear(engines::Kv& kv, const engines::Partition& partition);

}  // namespace lakeside::modelstudio
