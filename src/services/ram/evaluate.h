// What RAM itself asks of the evaluator besides what every service asks (service.h).
#pragma once

#include "services/ram/service.h"

namespace lakeside::ram {

// Assuming a role: the caller's policies and the role's trust policy must both allow it.
[[nodiscard]] Decision evaluate_trust(const Principal& principal, const AccessRequest& request,
                                      const policy::CompiledPolicy& trust);

}  // namespace lakeside::ram
