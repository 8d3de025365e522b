// What RAM itself asks of the evaluator besides what every service asks (service.h).
#pragma once

#include "services/ram/service.h"

namespace lakeside::ram {

// Assuming a role: the caller's policies and the role's trust policy must both allow it.
[[nodiscard]] Decision evaluate_trust(const Principal& principal, const AccessRequest& request,
                                      const policy::CompiledPolicy& trust);

// The same for somebody whom an identity provider vouches for: the trust policy alone decides.
[[nodiscard]] Decision evaluate_federated(std::string_view provider_arn,
                                          const AccessRequest& request,
                                          const policy::CompiledPolicy& trust);

// A decision and the way to it, for people and for programs.
struct Explained {
  bool allowed = false;
  std::string text;
  std::string document;  // JSON
};
// `trust`: of the role that is assumed; null for all else.
[[nodiscard]] Explained explain(const Principal& principal, const AccessRequest& request,
                                const policy::CompiledPolicy* trust);

}  // namespace lakeside::ram
