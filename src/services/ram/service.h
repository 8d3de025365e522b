// Identity: may this principal do this to that? Asked by every service, answered here.
#pragma once

#include <string>
#include <string_view>

#include "base/principal.h"

namespace lakeside::ram {

struct AccessRequest {
  std::string_view permission;     // "oss:GetObject"
  std::string_view resource;       // "acs:oss:*:ACCOUNT:bucket/key"
  std::string_view owner_account;  // of the resource; empty: none yet
  // What the resource's own access list grants to anybody.
  bool granted_to_all = false;
};

struct Decision {
  bool allowed;
  std::string_view why;  // names the rule that decided; fit for the client
};

// Explicit deny, then allow, else deny. Never blocks.
[[nodiscard]] Decision evaluate(const Principal& principal, const AccessRequest& request);

}  // namespace lakeside::ram
