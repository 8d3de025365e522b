// What would be decided: `lakeside policy simulate` and the console's page for it.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/principal.h"
#include "services/ram/core/identity_store.h"
#include "services/ram/evaluate.h"

namespace lakeside::ram {

struct Simulation {
  std::string action;                                        // "oss:GetObject"
  std::string resource;                                      // "acs:oss:*:*:bucket/key"
  std::vector<std::pair<std::string, std::string>> context;  // "acs:SourceIp" → "10.0.0.1"
  // What the resource says for itself.
  std::string owner_account;  // empty: the principal's own
  bool granted_to_all = false;
  std::shared_ptr<const policy::CompiledPolicy> resource_policy = {};  // null: none
  policy::Blocked blocked = {};
};

// Whom a name means, with the policies that are attached now: "acs:ram::ACCOUNT:root",
// "…:user/NAME", "…:role/NAME", "…:assumed-role/NAME/SESSION" (a session without a policy of its
// own), the same without what is before the account's name, "anonymous". The error is fit for
// people.
[[nodiscard]] std::expected<Principal, std::string> principal_named(const IdentityStore& store,
                                                                    std::string_view name);

// Assuming a role asks its trust policy, too. The error: such a role there is not.
[[nodiscard]] std::expected<Explained, std::string> simulate(const IdentityStore& store,
                                                             const Principal& principal,
                                                             const Simulation& simulation);

}  // namespace lakeside::ram
