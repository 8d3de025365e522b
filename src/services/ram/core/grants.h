// What policies say of a user or of a session of a role, taken together.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/principal.h"
#include "services/ram/policy/evaluate.h"

namespace lakeside::ram {

// Immutable; holds what the views of `named` point into.
class PolicyGrants final : public Grants {
 public:
  struct Held {
    std::string name;
    std::string type;         // "Custom", "System"
    std::string version;      // "v1"
    std::string attached_to;  // "RamUser", "RamGroup", "RamRole"
    policy::PolicyPtr policy;
  };
  explicit PolicyGrants(std::vector<Held> held, policy::PolicyPtr session = nullptr,
                        bool mfa = false);

  [[nodiscard]] const std::vector<Held>& held() const { return held_; }
  [[nodiscard]] std::span<const policy::NamedPolicy> identity() const { return named_; }
  // Null: the session has no policy of its own.
  [[nodiscard]] const policy::NamedPolicy* session() const {
    return session_ == nullptr ? nullptr : &named_session_;
  }
  // The session is of a person who showed a second factor.
  [[nodiscard]] bool mfa() const { return mfa_; }

 private:
  const std::vector<Held> held_;
  const policy::PolicyPtr session_;
  std::vector<policy::NamedPolicy> named_;
  policy::NamedPolicy named_session_;
  const bool mfa_;
};

}  // namespace lakeside::ram
