// Model Studio's management API (2026-02-10) as a product of the RPC front door: who may make,
// list, change and delete the keys with which models are called, and who may look after the models
// themselves, is for policies to say.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "gateway/rpc/product.h"
#include "services/modelstudio/core/model_admin.h"
#include "services/modelstudio/core/model_keys.h"
#include "services/modelstudio/core/object_access.h"

namespace lakeside::modelstudio {

// Keys and models are one account's. All given outlives it.
[[nodiscard]] std::unique_ptr<rpc::Product> make_management(KeyStore& keys, ModelAdmin& models,
                                                            const ObjectAccess& objects,
                                                            std::string account_id);

// Every operation of the API, as the table has them.
[[nodiscard]] std::span<const gateway::OperationInfo> management_operations();

}  // namespace lakeside::modelstudio
