// What each bucket of an account holds, for the meters.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "services/cms/core/sums.h"
#include "services/oss/core/object_store.h"

namespace lakeside::app {

// Reads every record of every bucket. A bucket that goes away meanwhile is left out. Errors: the
// engine's.
[[nodiscard]] Task<Result<std::vector<cms::Stored>>> bucket_sizes(oss::ObjectStore& store,
                                                                  const std::string& account_id);

}  // namespace lakeside::app
