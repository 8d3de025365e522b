// ActionTrail as a product of the RPC front door.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "gateway/rpc/product.h"
#include "services/actiontrail/core/delivery.h"
#include "services/actiontrail/core/journal.h"
#include "services/actiontrail/core/trails.h"

namespace lakeside::actiontrail {

// What it runs on. All outlive it.
struct Parts {
  Journal& journal;
  TrailStore& trails;
  Delivery& delivery;
  LogBuckets& buckets;
};

[[nodiscard]] std::unique_ptr<rpc::Product> make_actiontrail(const Parts& parts);

// Every operation of the API, as the table has them.
[[nodiscard]] std::span<const gateway::OperationInfo> actiontrail_operations();

}  // namespace lakeside::actiontrail
