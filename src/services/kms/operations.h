// KMS as a product of the RPC front door.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/executor.h"
#include "gateway/rpc/product.h"
#include "services/kms/core/store.h"

namespace lakeside::kms {

// Store and pool outlive it.
[[nodiscard]] std::unique_ptr<rpc::Product> make_kms(Store& store, std::string region,
                                                     ThreadPool& pool);

// Every operation of the API, as the table has them.
[[nodiscard]] std::span<const gateway::OperationInfo> kms_operations();

}  // namespace lakeside::kms
