// The cloud's object storage as services/actiontrail wants it.
#pragma once

#include <memory>

#include "services/actiontrail/core/delivery.h"
#include "services/oss/core/object_store.h"

namespace lakeside::app {

// The store outlives it.
[[nodiscard]] std::unique_ptr<actiontrail::LogBuckets> make_trail_buckets(oss::ObjectStore& store);

}  // namespace lakeside::app
