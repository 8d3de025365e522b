// `/_lakeside/policy/…`: what `lakeside policy` asks for, and the console, each with its caller's
// own rights.
#pragma once

#include "base/principal.h"
#include "base/task.h"
#include "gateway/http/message.h"
#include "services/oss/core/object_store.h"
#include "services/ram/core/accounts.h"

namespace lakeside::app {

class PolicyEndpoints {
 public:
  // Both outlive it.
  PolicyEndpoints(const ram::Accounts& accounts, oss::ObjectStore& objects)
      : accounts_(accounts), objects_(objects) {}

  // Whoever may read RAM (ram:GetPolicySimulation, which ram:Get* covers).
  [[nodiscard]] bool may_simulate(const Principal& caller) const;
  // principal, action, resource, and context=KEY=VALUE as often as wanted, in the query. As text,
  // or as JSON where Accept asks for it. The principal is one of the caller's account.
  [[nodiscard]] Task<http::Response> simulate(const Principal& caller,
                                              const http::RequestHead& head) const;

 private:
  const ram::Accounts& accounts_;
  oss::ObjectStore& objects_;
};

}  // namespace lakeside::app
