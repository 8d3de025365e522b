// Model Studio's management API (2026-02-10) as a product of the RPC front door: who may make,
// list, change and delete the keys with which models are called is for policies to say.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "gateway/rpc/product.h"
#include "services/modelstudio/core/model_keys.h"

namespace lakeside::modelstudio {

// The keys are one account's. They outlive it.
[[nodiscard]] std::unique_ptr<rpc::Product> make_management(KeyStore& keys, std::string account_id);

// Every operation of the API, as the table has them.
[[nodiscard]] std::span<const gateway::OperationInfo> management_operations();

}  // namespace lakeside::modelstudio
