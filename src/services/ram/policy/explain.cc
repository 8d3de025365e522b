#include "services/ram/policy/explain.h"

#include <nlohmann/json.hpp>

#include "base/encoding.h"

namespace lakeside::ram::policy {
namespace {

using Json = nlohmann::ordered_json;
using Reason = Decision::Reason;

std::string_view in_words(PolicyType type) {
  switch (type) {
    case PolicyType::kIdentity:
      return "policy";
    case PolicyType::kSession:
      return "session policy";
    case PolicyType::kResource:
      return "bucket policy";
    case PolicyType::kTrust:
      return "trust policy";
    case PolicyType::kNone:
      break;
  }
  return "rule";
}

std::string the_statement(PolicyType type, const std::string& policy, std::size_t statement) {
  std::string out = "statement " + std::to_string(statement + 1) + " of the ";
  out += in_words(type);
  if (!policy.empty()) out += " " + policy;
  return out;
}

std::string_view principal_type(Caller::Kind kind) {
  switch (kind) {
    case Caller::Kind::kRoot:
      return "RootUser";
    case Caller::Kind::kUser:
      return "SubUser";
    case Caller::Kind::kRole:
      return "AssumedRoleUser";
    case Caller::Kind::kFederated:
      return "Federated";
    case Caller::Kind::kService:
      return "Service";
    case Caller::Kind::kAnonymous:
      break;
  }
  return "";
}

// A user's uid, a role with its session: what the vendor shows.
std::string display_name(const Caller& caller) {
  switch (caller.kind) {
    case Caller::Kind::kRoot:
      return std::string(caller.account_id);
    case Caller::Kind::kUser:
      return std::string(caller.id.empty() ? caller.name : caller.id);
    case Caller::Kind::kRole:
      return std::string(caller.name) + ":" + std::string(caller.session);
    case Caller::Kind::kFederated:
      return std::string(caller.provider);
    case Caller::Kind::kService:
      return std::string(caller.name);
    case Caller::Kind::kAnonymous:
      break;
  }
  return {};
}

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string_view result_in_words(Look::Result result) {
  switch (result) {
    case Look::Result::kApplies:
      return "applies";
    case Look::Result::kAction:
      return "another action";
    case Look::Result::kResource:
      return "another resource";
    case Look::Result::kPrincipal:
      return "another principal";
    case Look::Result::kCondition:
      break;
  }
  return "a condition does not hold";
}

std::string_view effect_in_words(Effect effect) {
  return effect == Effect::kAllow ? "Allow" : "Deny";
}

std::string line_of(const Look& look) {
  std::string out = "\n    statement " + std::to_string(look.statement + 1) + " (";
  out += effect_in_words(look.effect);
  if (!look.sid.empty()) out += " \"" + look.sid + "\"";
  out += "): ";
  out += result_in_words(look.result);
  if (!look.condition.empty()) out += ": " + look.condition;
  return out;
}

std::string_view said(Step::Says says) {
  switch (says) {
    case Step::Says::kAllow:
      return "allows";
    case Step::Says::kDeny:
      return "denies";
    case Step::Says::kNothing:
      break;
  }
  return "nothing";
}

Json document_of(const Step& step) {
  Json out = {{"type", policy_type_name(step.type)}, {"policy", step.policy}};
  if (!step.attached_to.empty()) out["attachedTo"] = step.attached_to;
  out["says"] = said(step.says);
  if (step.says != Step::Says::kNothing) out["statement"] = step.statement;
  out["statements"] = Json::array();
  for (const Look& look : step.looks) {
    Json one = {{"statement", look.statement}, {"effect", effect_in_words(look.effect)}};
    if (!look.sid.empty()) one["sid"] = look.sid;
    one["result"] = result_in_words(look.result);
    if (!look.condition.empty()) one["condition"] = look.condition;
    out["statements"].push_back(std::move(one));
  }
  return out;
}

Json conditions_of(const Request& request) {
  Json out = Json::array();
  if (request.context == nullptr) return out;
  Context context;
  request.context->fill(context);
  for (const Context::Entry& entry : context.entries()) {
    out.push_back({{"ConditionKey", entry.key}, {"ConditionValues", entry.values}});
  }
  return out;
}

// Who wrote a policy is known by its side; a stranger learns nothing of the resource's owner's.
bool may_learn_policy(const Decision& decision, const Caller& caller, const Request& request) {
  if (decision.policy.empty() && decision.reason != Reason::kExplicitDeny) return false;
  if (decision.type == PolicyType::kIdentity || decision.type == PolicyType::kSession) return true;
  return request.owner_account.empty() || request.owner_account == caller.account_id;
}

Json matched_policy(const Decision& decision) {
  Json policy{{"Effect", "Deny"}};
  policy["PolicyIdentifier"] = decision.policy;
  policy["Statement"] = decision.statement;  // ours; the vendor's has none
  if (!decision.policy_type.empty()) policy["PolicyType"] = decision.policy_type;
  if (!decision.policy_version.empty()) policy["PolicyVersion"] = decision.policy_version;
  if (!decision.attached_to.empty()) policy["AttachedEntityType"] = decision.attached_to;
  if (decision.type == PolicyType::kIdentity) policy["AttachedScope"] = "Account";
  return policy;
}

}  // namespace

std::string_view policy_type_name(PolicyType type) {
  switch (type) {
    case PolicyType::kIdentity:
      return "AccountLevelIdentityBasedPolicy";
    case PolicyType::kSession:
      return "SessionPolicy";
    case PolicyType::kResource:
      return "ResourceBasedPolicy";
    case PolicyType::kTrust:
      return "AssumeRolePolicy";
    case PolicyType::kNone:
      break;
  }
  return "";
}

std::string explain(const Decision& decision) {
  std::string statement = the_statement(decision.type, decision.policy, decision.statement);
  switch (decision.reason) {
    case Reason::kOwnerAccount:
      return "the root account may do everything in its account";
    case Reason::kAllowed:
      return "allowed by " + statement;
    case Reason::kAccessList:
      return "allowed by the resource's access list";
    case Reason::kExplicitDeny:
      return "denied by " + statement;
    case Reason::kSession:
      return "no statement of the session policy allows it";
    case Reason::kPublicAccessBlocked:
      return "it is granted to everybody only, which PublicAccessBlock turns off";
    case Reason::kNoStatement:
      break;
  }
  if (decision.type == PolicyType::kTrust)
    return "no statement of the role's trust policy allows it";
  return "no statement of a policy and no access list allows it";
}

std::string arn_of(const Caller& caller) {
  std::string out = "acs:ram::" + std::string(caller.account_id) + ":";
  switch (caller.kind) {
    case Caller::Kind::kRoot:
      return out + "root";
    case Caller::Kind::kUser:
      return out + "user/" + std::string(caller.name);
    case Caller::Kind::kRole:
      return out + "assumed-role/" + std::string(caller.name) + "/" + std::string(caller.session);
    case Caller::Kind::kService:
      return std::string(caller.name);
    case Caller::Kind::kFederated:
      return std::string(caller.provider);
    case Caller::Kind::kAnonymous:
      break;
  }
  return "anonymous";
}

std::string trace(const Caller& caller, const Request& request, const Grounds& grounds) {
  Decision decision = evaluate(caller, request, grounds);
  std::string out = "principal: " + arn_of(caller);
  out += "\naction: " + std::string(request.action);
  out += "\nresource: " + std::string(request.resource);
  if (request.context != nullptr) {
    Context context;
    request.context->fill(context);
    for (const Context::Entry& entry : context.entries()) {
      out += "\ncontext: " + entry.key + " =";
      for (const std::string& value : entry.values) out += " \"" + value + "\"";
    }
  }
  out += decision.allowed ? "\nverdict: allowed: " : "\nverdict: denied: ";
  out += explain(decision);
  for (const Step& step : steps(caller, request, grounds)) {
    out += "\n- ";
    out += in_words(step.type);
    if (!step.policy.empty()) out += " " + step.policy;
    if (!step.attached_to.empty()) out += " (" + step.attached_to + ")";
    switch (step.says) {
      case Step::Says::kNothing:
        out += ": no statement applies";
        break;
      case Step::Says::kAllow:
        out += ": statement " + std::to_string(step.statement + 1) + " allows";
        break;
      case Step::Says::kDeny:
        out += ": statement " + std::to_string(step.statement + 1) + " denies";
        break;
    }
    for (const Look& look : step.looks) out += line_of(look);
  }
  if (grounds.granted_by_acl) out += "\n- access list: grants it";
  if (grounds.blocked.any()) out += "\n- PublicAccessBlock is on";
  return out + "\n";
}

std::string trace_document(const Caller& caller, const Request& request, const Grounds& grounds) {
  Decision decision = evaluate(caller, request, grounds);
  Json out;
  out["principal"] = arn_of(caller);
  out["action"] = std::string(request.action);
  out["resource"] = std::string(request.resource);
  out["context"] = conditions_of(request);
  out["allowed"] = decision.allowed;
  out["why"] = explain(decision);
  out["policies"] = Json::array();
  for (const Step& step : steps(caller, request, grounds)) {
    out["policies"].push_back(document_of(step));
  }
  if (grounds.granted_by_acl) out["grantedByAccessList"] = true;
  if (grounds.blocked.any()) out["publicAccessBlock"] = true;
  if (!decision.allowed) {
    Json& detail = out["accessDeniedDetail"] = Json::object();
    for (auto& [name, value] : access_denied_detail(decision, caller, request)) {
      detail[name] = value;
    }
  }
  return text_of(out);
}

std::string diagnostic(const Decision& decision, const Caller& caller, const Request& request) {
  Json out;
  out["ExplicitDeny"] = decision.reason == Reason::kExplicitDeny;
  out["NoPermissionPolicyType"] = policy_type_name(decision.type);
  out["AuthAction"] = std::string(request.action);
  out["AuthResource"] = std::string(request.resource);
  out["AuthPrincipal"] = {{"AuthPrincipalType", principal_type(caller.kind)},
                          {"AuthPrincipalOwnerId", std::string(caller.account_id)},
                          {"AuthPrincipalDisplayName", display_name(caller)}};
  out["AuthConditions"] = conditions_of(request);
  out["MatchedPolicies"] = Json::array();
  if (decision.reason == Reason::kExplicitDeny && may_learn_policy(decision, caller, request)) {
    out["MatchedPolicies"].push_back(matched_policy(decision));
  }
  return text_of(out);
}

std::vector<std::pair<std::string, std::string>> access_denied_detail(const Decision& decision,
                                                                      const Caller& caller,
                                                                      const Request& request) {
  std::vector<std::pair<std::string, std::string>> out;
  if (caller.kind == Caller::Kind::kAnonymous) return out;
  auto add = [&](const char* name, std::string value) {
    if (!value.empty()) out.emplace_back(name, std::move(value));
  };
  bool is_explicit = decision.reason == Reason::kExplicitDeny;
  add("PolicyType", std::string(policy_type_name(decision.type)));
  add("AuthPrincipalOwnerId", std::string(caller.account_id));
  add("AuthPrincipalType", std::string(principal_type(caller.kind)));
  add("AuthPrincipalDisplayName", display_name(caller));
  add("NoPermissionType", is_explicit ? "ExplicitDeny" : "ImplicitDeny");
  add("AuthAction", std::string(request.action));
  add("EncodedDiagnosticMessage", base64_encode(as_bytes(diagnostic(decision, caller, request))));
  return out;
}

}  // namespace lakeside::ram::policy
