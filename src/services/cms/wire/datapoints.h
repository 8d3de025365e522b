// Sums as CloudMonitor writes them.
#pragma once

#include <vector>

#include "services/cms/wire/query.h"

namespace lakeside::cms::wire {

// One for each hour or day and each value of the dimensions, in the order of time:
// {"timestamp":1795320000000,"userId":"…","BucketName":"photos","Value":12}.
[[nodiscard]] Task<Read<std::vector<Value>>> datapoints(Environment& env, const MetricQuery& query);

}  // namespace lakeside::cms::wire
