#include "gateway/pipeline/denial_log.h"

#include "base/log.h"

namespace lakeside::gateway {

void log_denial(const DeniedRequest& denied) {
  if (denied.detail.empty()) return;
  auto member = [&](std::string_view name) -> std::string {
    for (const auto& [key, value] : denied.detail) {
      if (key == name) return value;
    }
    return "";
  };
  log(LogLevel::kInfo, "access denied",
      {{"request_id", std::string(denied.request_id)},
       {"account", member("AuthPrincipalOwnerId")},
       {"principal_type", member("AuthPrincipalType")},
       {"principal", denied.principal.empty() ? member("AuthPrincipalDisplayName")
                                              : std::string(denied.principal)},
       {"action", member("AuthAction")},
       {"resource", std::string(denied.resource)},
       {"policy_type", member("PolicyType")},
       {"no_permission_type", member("NoPermissionType")},
       {"why", std::string(denied.why)},
       {"diagnostic", member("EncodedDiagnosticMessage")}});
}

}  // namespace lakeside::gateway
