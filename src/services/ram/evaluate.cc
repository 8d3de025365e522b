#include "services/ram/evaluate.h"

#include "services/ram/core/grants.h"

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
    case Principal::Kind::kRole:
      caller.kind = policy::Caller::Kind::kRole;
      break;
  }
  caller.account_id = principal.account_id;
  caller.id = principal.id;
  caller.name = principal.name;
  caller.session = principal.session;
  return caller;
}

policy::Request question(const AccessRequest& request) {
  return {request.permission, request.resource, request.owner_account, request.context};
}

policy::Grounds grounds_of(const Principal& principal, const AccessRequest& request) {
  policy::Grounds grounds;
  // RAM alone makes grants (core/identity_store.h), so that these are no others.
  if (const auto* grants = static_cast<const PolicyGrants*>(principal.grants.get())) {
    grounds.identity = grants->identity();
    grounds.session = grants->session();
  }
  grounds.granted_by_acl = request.granted_to_all;
  grounds.blocked = request.blocked;
  return grounds;
}

}  // namespace

Decision evaluate(const Principal& principal, const AccessRequest& request) {
  policy::Grounds grounds = grounds_of(principal, request);
  policy::NamedPolicy named{"", request.resource_policy};
  if (named.policy != nullptr) grounds.resource = &named;
  return policy::evaluate(caller_of(principal), question(request), grounds);
}

Decision evaluate_trust(const Principal& principal, const AccessRequest& request,
                        const policy::CompiledPolicy& trust) {
  policy::NamedPolicy named{"the role's trust policy", &trust};
  policy::Grounds grounds = grounds_of(principal, request);
  grounds.resource = &named;
  grounds.needs_both = true;
  return policy::evaluate(caller_of(principal), question(request), grounds);
}

Explained explain(const Principal& principal, const AccessRequest& request,
                  const policy::CompiledPolicy* trust) {
  policy::NamedPolicy named{trust != nullptr ? "the role's trust policy" : "",
                            trust != nullptr ? trust : request.resource_policy};
  policy::Grounds grounds = grounds_of(principal, request);
  if (named.policy != nullptr) grounds.resource = &named;
  grounds.needs_both = trust != nullptr;
  policy::Caller caller = caller_of(principal);
  policy::Request asked = question(request);
  return {policy::evaluate(caller, asked, grounds).allowed, policy::trace(caller, asked, grounds),
          policy::trace_document(caller, asked, grounds)};
}

std::string arn_of(const Principal& principal) { return policy::arn_of(caller_of(principal)); }

Denial denial(const Principal& principal, const AccessRequest& request, const Decision& decision) {
  policy::Caller caller = caller_of(principal);
  return {policy::arn_of(caller), policy::explain(decision),
          policy::access_denied_detail(decision, caller, question(request))};
}

}  // namespace lakeside::ram
