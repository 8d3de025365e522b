#include "services/ram/evaluate.h"

#include "services/ram/core/grants.h"
#include "services/ram/policy/values.h"

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

// RAM alone makes grants (core/identity_store.h), so that these are no others.
const PolicyGrants* grants_in(const Principal& principal) {
  return static_cast<const PolicyGrants*>(principal.grants.get());
}

// The request's keys, and what identity itself knows: no service needs to say it.
class FullContext final : public ContextSource {
 public:
  FullContext(const Principal& principal, const ContextSource* of_request)
      : principal_(principal), of_request_(of_request) {}

  void fill(Context& context) const override {
    if (of_request_ != nullptr) of_request_->fill(context);
    constexpr std::string_view kMfa = "acs:mfapresent";
    if (principal_.kind == Principal::Kind::kAnonymous) return;
    // A simulation may say otherwise.
    if (context.find(kMfa, policy::hash_text(kMfa)) != nullptr) return;
    const PolicyGrants* grants = grants_in(principal_);
    context.add("acs:MFAPresent", grants != nullptr && grants->mfa() ? "true" : "false");
  }

 private:
  const Principal& principal_;
  const ContextSource* of_request_;
};

policy::Request question(const AccessRequest& request, const ContextSource& context) {
  return {request.permission, request.resource, request.owner_account, &context};
}

policy::Grounds grounds_of(const Principal& principal, const AccessRequest& request) {
  policy::Grounds grounds;
  if (const PolicyGrants* grants = grants_in(principal)) {
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
  FullContext context(principal, request.context);
  return policy::evaluate(caller_of(principal), question(request, context), grounds);
}

Decision evaluate_federated(std::string_view provider_arn, const AccessRequest& request,
                            const policy::CompiledPolicy& trust) {
  policy::Caller caller;
  caller.kind = policy::Caller::Kind::kFederated;
  caller.account_id = request.owner_account;
  caller.provider = provider_arn;
  policy::NamedPolicy named{"the role's trust policy", &trust};
  policy::Grounds grounds;
  grounds.resource = &named;
  return policy::evaluate(
      caller, {request.permission, request.resource, request.owner_account, request.context},
      grounds);
}

Decision evaluate_trust(const Principal& principal, const AccessRequest& request,
                        const policy::CompiledPolicy& trust) {
  policy::NamedPolicy named{"the role's trust policy", &trust};
  policy::Grounds grounds = grounds_of(principal, request);
  grounds.resource = &named;
  grounds.needs_both = true;
  FullContext context(principal, request.context);
  return policy::evaluate(caller_of(principal), question(request, context), grounds);
}

Explained explain(const Principal& principal, const AccessRequest& request,
                  const policy::CompiledPolicy* trust) {
  policy::NamedPolicy named{trust != nullptr ? "the role's trust policy" : "",
                            trust != nullptr ? trust : request.resource_policy};
  policy::Grounds grounds = grounds_of(principal, request);
  if (named.policy != nullptr) grounds.resource = &named;
  grounds.needs_both = trust != nullptr;
  policy::Caller caller = caller_of(principal);
  FullContext context(principal, request.context);
  policy::Request asked = question(request, context);
  return {policy::evaluate(caller, asked, grounds).allowed, policy::trace(caller, asked, grounds),
          policy::trace_document(caller, asked, grounds)};
}

std::string arn_of(const Principal& principal) { return policy::arn_of(caller_of(principal)); }

Denial denial(const Principal& principal, const AccessRequest& request, const Decision& decision) {
  policy::Caller caller = caller_of(principal);
  FullContext context(principal, request.context);
  return {policy::arn_of(caller), policy::explain(decision),
          policy::access_denied_detail(decision, caller, question(request, context))};
}

}  // namespace lakeside::ram
