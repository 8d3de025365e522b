// `/_lakeside/policy/…`: what `lakeside policy` asks for, and the console, each with its caller's
// own rights.
#pragma once

#include "base/principal.h"
#include "base/task.h"
#include "gateway/http/message.h"
#include "services/actiontrail/core/journal.h"
#include "services/oss/core/object_store.h"
#include "services/ram/core/accounts.h"

namespace lakeside::app {

class PolicyEndpoints {
 public:
  // All outlive it.
  PolicyEndpoints(const ram::Accounts& accounts, oss::ObjectStore& objects,
                  actiontrail::Journal& journal, const Clock& clock)
      : accounts_(accounts), objects_(objects), journal_(journal), clock_(clock) {}

  // Whoever may read RAM (ram:GetPolicySimulation, which ram:Get* covers).
  [[nodiscard]] bool may_simulate(const Principal& caller) const;
  // principal, action, resource, and context=KEY=VALUE as often as wanted, in the query. As text,
  // or as JSON where Accept asks for it. The principal is one of the caller's account.
  [[nodiscard]] Task<http::Response> simulate(const Principal& caller,
                                              const http::RequestHead& head) const;

  // Whoever may look up events (actiontrail:LookupEvents).
  [[nodiscard]] bool may_generate(const Principal& caller) const;
  // Of the calls in the audit trail: principal, access-key, since, until (times, or 30m, 2h, 7d
  // ago) say which, generalise=PATTERN as often as wanted, denied=true adds those that were denied.
  // JSON: {"policy","calls","dataEvents"}. The calls are those in the trail of the caller's
  // account.
  [[nodiscard]] Task<http::Response> generate(const Principal& caller,
                                              const http::RequestHead& head) const;

 private:
  const ram::Accounts& accounts_;
  oss::ObjectStore& objects_;
  actiontrail::Journal& journal_;
  const Clock& clock_;
};

}  // namespace lakeside::app
