// Empties a partition of the database: what a reset leaves of it.
#pragma once

#include "base/result.h"
#include "base/task.h"
#include "engines/kv.h"

namespace lakeside::app {

// In pieces; what is written meanwhile may stay. Arguments live until it resumes.
[[nodiscard]] Task<Status> clear_partition(engines::Kv& kv, const engines::Partition& partition);

}  // namespace lakeside::app
