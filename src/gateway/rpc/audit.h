// What the audit trail keeps of an RPC request. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/rpc/parameters.h"

namespace lakeside::rpc {

// Those that say what was asked for: no secrets (passwords, keys, tokens, plaintexts, codes of a
// second factor), and nothing of the signature.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> audited_parameters(
    const Parameters& parameters);

[[nodiscard]] bool is_secret(std::string_view parameter);

// "ACS::RAM::User" and "ann" of "acs:ram:*:ACCOUNT:user/ann"; empty for what is no single thing.
struct NamedResource {
  std::string type;
  std::string name;
};
[[nodiscard]] NamedResource resource_of(std::string_view resource);

}  // namespace lakeside::rpc
