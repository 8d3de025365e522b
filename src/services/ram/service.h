// Identity: may this principal do this to that? Asked by every service, answered here.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/principal.h"
#include "services/ram/policy/explain.h"

namespace lakeside::ram {

using policy::Context;
using policy::ContextSource;
using policy::Decision;

struct AccessRequest {
  std::string_view permission;     // "oss:GetObject"
  std::string_view resource;       // "acs:oss:*:ACCOUNT:bucket/key"
  std::string_view owner_account;  // of the resource; empty: none yet
  // What the resource's own access list grants to anybody.
  bool granted_to_all = false;
  // Asked where a policy has conditions; null: there are no keys.
  const ContextSource* context = nullptr;
  // The resource's own policy, where it has one, and what of it does not count.
  const policy::CompiledPolicy* resource_policy = nullptr;
  policy::Blocked blocked = {};
};

// Explicit deny, then allow, else deny: policy/evaluate.h. Never blocks.
[[nodiscard]] Decision evaluate(const Principal& principal, const AccessRequest& request);

// "acs:ram::ACCOUNT:user/NAME"; "anonymous".
[[nodiscard]] std::string arn_of(const Principal& principal);

// A denial as the client and the log have it.
struct Denial {
  std::string principal;  // "acs:ram::ACCOUNT:user/NAME"
  std::string why;        // "no statement of a policy and no access list allows it"
  // AccessDeniedDetail; empty for anonymous callers.
  std::vector<std::pair<std::string, std::string>> detail;
};
[[nodiscard]] Denial denial(const Principal& principal, const AccessRequest& request,
                            const Decision& decision);

}  // namespace lakeside::ram
