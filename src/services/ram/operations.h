// RAM and STS as products of the RPC front door.
#pragma once

#include <memory>
#include <span>

#include "gateway/rpc/product.h"
#include "services/ram/core/accounts.h"

namespace lakeside::ram {

// Each request is about its caller's account, assuming a role about the role's. The accounts
// outlive them.
[[nodiscard]] std::unique_ptr<rpc::Product> make_ram(const Accounts& accounts);
[[nodiscard]] std::unique_ptr<rpc::Product> make_sts(const Accounts& accounts);

// Every operation of both APIs, as the tables have them.
[[nodiscard]] std::span<const gateway::OperationInfo> ram_operations();
[[nodiscard]] std::span<const gateway::OperationInfo> sts_operations();

}  // namespace lakeside::ram
