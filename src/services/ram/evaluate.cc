#include "services/ram/service.h"

namespace lakeside::ram {
namespace {

policy::Caller caller_of(const Principal& principal) {
  policy::Caller caller;
  switch (principal.kind) {
    case Principal::Kind::kAnonymous:
      return caller;
    case Principal::Kind::kRoot:
      caller.kind = policy::Caller::Kind::kRoot;
      break;
    case Principal::Kind::kUser:
      caller.kind = policy::Caller::Kind::kUser;
      break;
  }
  caller.account_id = principal.account_id;
  caller.name = principal.name;
  return caller;
}

policy::Request question(const AccessRequest& request) {
  return {request.permission, request.resource, request.owner_account, request.context};
}

}  // namespace

// There are no stored policies yet: the account and the access list decide.
Decision evaluate(const Principal& principal, const AccessRequest& request) {
  policy::Grounds grounds;
  grounds.granted_by_acl = request.granted_to_all;
  return policy::evaluate(caller_of(principal), question(request), grounds);
}

Denial denial(const Principal& principal, const AccessRequest& request, const Decision& decision) {
  policy::Caller caller = caller_of(principal);
  return {policy::arn_of(caller), policy::explain(decision),
          policy::access_denied_detail(decision, caller, question(request))};
}

}  // namespace lakeside::ram
