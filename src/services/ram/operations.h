// RAM and STS as products of the RPC front door.
#pragma once

#include <memory>
#include <span>

#include "gateway/rpc/product.h"
#include "services/ram/core/identity_store.h"

namespace lakeside::ram {

// The store outlives them.
[[nodiscard]] std::unique_ptr<rpc::Product> make_ram(IdentityStore& store);
[[nodiscard]] std::unique_ptr<rpc::Product> make_sts(IdentityStore& store);

// Every operation of both APIs, as the tables have them.
[[nodiscard]] std::span<const gateway::OperationInfo> ram_operations();
[[nodiscard]] std::span<const gateway::OperationInfo> sts_operations();

}  // namespace lakeside::ram
