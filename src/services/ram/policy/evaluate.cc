#include "services/ram/policy/evaluate.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/encoding.h"
#include "services/ram/policy/compiled_rules.h"

namespace lakeside::ram::policy {
namespace {

using Reason = Decision::Reason;

template <class T>
bool compare(Comparison comparison, const T& asked, const T& written) {
  switch (comparison) {
    case Comparison::kNumericLessThan:
    case Comparison::kDateLessThan:
      return asked < written;
    case Comparison::kNumericLessThanEquals:
    case Comparison::kDateLessThanEquals:
      return asked <= written;
    case Comparison::kNumericGreaterThan:
    case Comparison::kDateGreaterThan:
      return asked > written;
    case Comparison::kNumericGreaterThanEquals:
    case Comparison::kDateGreaterThanEquals:
      return asked >= written;
    default:
      return asked == written;
  }
}

// The request's values as what conditions take them for, each read once an evaluation: the source
// address is compared by many statements.
class ReadValues {
 public:
  const std::optional<IpAddress>& ip(const std::string& text) { return read(ips_, text, parse_ip); }
  const std::optional<double>& number(const std::string& text) {
    return read(numbers_, text, parse_number);
  }
  const std::optional<std::int64_t>& date(const std::string& text) {
    return read(dates_, text, parse_date);
  }

 private:
  // A value is known by where it is: the context does not change during an evaluation.
  template <class T>
  using Known = std::vector<std::pair<const std::string*, std::optional<T>>>;

  template <class T>
  static const std::optional<T>& read(Known<T>& known, const std::string& text,
                                      std::optional<T> (*parse)(std::string_view)) {
    for (const auto& [where, value] : known) {
      if (where == &text) return value;
    }
    return known.emplace_back(&text, parse(text)).second;
  }

  Known<IpAddress> ips_;
  Known<double> numbers_;
  Known<std::int64_t> dates_;
};

template <class T>
bool compares_to_any(const ConditionRule& rule, const std::optional<T>& asked) {
  if (!asked) return false;  // the request's value is none of this type
  return std::ranges::any_of(rule.values, [&](const ConditionRule::Value& value) {
    return compare(rule.op.comparison, *asked, std::get<T>(value));
  });
}

bool compares_to_any(const ConditionRule& rule, const std::string& asked, ReadValues& values) {
  auto any_text = [&](auto fits) {
    return std::ranges::any_of(rule.values, [&](const ConditionRule::Value& value) {
      return fits(std::get<std::string>(value));
    });
  };
  switch (rule.op.comparison) {
    case Comparison::kStringEquals:
      return any_text([&](const std::string& text) { return text == asked; });
    case Comparison::kStringEqualsIgnoreCase:
      return any_text([&](const std::string& text) { return equals_ignore_case(text, asked); });
    case Comparison::kStringLike:
      return any_text([&](const std::string& text) { return matches_pattern(text, asked); });
    case Comparison::kBool:
      return compares_to_any(rule, parse_bool(asked));
    case Comparison::kIpAddress: {
      const auto& address = values.ip(asked);
      return address && std::ranges::any_of(rule.values, [&](const ConditionRule::Value& value) {
               return std::get<IpRange>(value).contains(*address);
             });
    }
    case Comparison::kDateEquals:
    case Comparison::kDateLessThan:
    case Comparison::kDateLessThanEquals:
    case Comparison::kDateGreaterThan:
    case Comparison::kDateGreaterThanEquals:
      return compares_to_any(rule, values.date(asked));
    default:
      return compares_to_any(rule, values.number(asked));
  }
}

bool holds(const ConditionRule& rule, const Context& context, ReadValues& read) {
  const Context::Entry* entry = context.find(rule.key, rule.hash);
  const ConditionOperator& op = rule.op;
  if (entry == nullptr || entry->values.empty()) {
    if (op.if_exists) return true;
    if (op.quantifier != Quantifier::kNone) return op.quantifier == Quantifier::kForAllValues;
    return op.negated;
  }
  auto compares = [&](const std::string& value) { return compares_to_any(rule, value, read); };
  auto fits = [&](const std::string& value) { return compares(value) != op.negated; };
  switch (op.quantifier) {
    case Quantifier::kForAnyValue:
      return std::ranges::any_of(entry->values, fits);
    case Quantifier::kForAllValues:
      return std::ranges::all_of(entry->values, fits);
    case Quantifier::kNone:
      break;
  }
  return std::ranges::any_of(entry->values, compares) != op.negated;
}

bool equals_pattern_ignoring_case(std::string_view lower_pattern, std::string_view text) {
  if (!has_wildcard(lower_pattern)) return equals_ignore_case(lower_pattern, text);
  return matches_pattern(lower_pattern, to_lower_ascii(text));
}

bool is_in_account(const Caller& caller) {
  return caller.kind == Caller::Kind::kRoot || caller.kind == Caller::Kind::kUser ||
         caller.kind == Caller::Kind::kRole;
}

bool names(const PrincipalRule& rule, const Caller& caller, Effect effect) {
  if (!is_in_account(caller)) return false;
  if (rule.type == PrincipalName::Type::kUid) {
    if (caller.kind != Caller::Kind::kRoot && caller.id == rule.account) return true;
    // An account's uid: a grant to it is one to the account itself, a ban one of all that is in it.
    return caller.account_id == rule.account &&
           (caller.kind == Caller::Kind::kRoot || effect == Effect::kDeny);
  }
  if (!matches_pattern(rule.account, caller.account_id)) return false;
  switch (rule.type) {
    case PrincipalName::Type::kAccount:
      return true;
    case PrincipalName::Type::kUser:
      return caller.kind == Caller::Kind::kUser &&
             equals_pattern_ignoring_case(rule.name, caller.name);
    case PrincipalName::Type::kRole:
      return caller.kind == Caller::Kind::kRole &&
             equals_pattern_ignoring_case(rule.name, caller.name);
    case PrincipalName::Type::kRoleSession:
      return caller.kind == Caller::Kind::kRole &&
             equals_pattern_ignoring_case(rule.name, caller.name) &&
             matches_pattern(rule.session, caller.session);
    case PrincipalName::Type::kUid:
      break;
  }
  return false;
}

// One evaluation: what is asked, in the form in which rules compare it.
class Evaluation {
 public:
  Evaluation(const Caller& caller, const Request& request)
      : caller_(caller),
        request_(request),
        owner_is_caller_(
            caller.kind != Caller::Kind::kAnonymous &&
            (request.owner_account.empty() || request.owner_account == caller.account_id)) {}

  [[nodiscard]] bool owner_is_caller() const { return owner_is_caller_; }

  // The first that applies.
  const StatementRule* find(const std::vector<StatementRule>& statements) {
    for (const StatementRule& statement : statements) {
      if (applies(statement)) return &statement;
    }
    return nullptr;
  }

  Look look(const StatementRule& statement) {
    Look look{statement.index, statement.sid, statement.effect};
    if (!statement.actions.covers(asked().action)) {
      look.result = Look::Result::kAction;
    } else if (!statement.resources.covers(asked().resource)) {
      look.result = Look::Result::kResource;
    } else if (statement.principals && !names_caller(statement)) {
      look.result = Look::Result::kPrincipal;
    } else {
      for (const ConditionRule& condition : statement.conditions) {
        if (holds(condition, context(), read_)) continue;
        look.result = Look::Result::kCondition;
        look.condition = condition.key;
        break;
      }
    }
    return look;
  }

  bool applies(const StatementRule& statement) {
    return statement.actions.covers(asked().action) &&
           statement.resources.covers(asked().resource) &&
           (!statement.principals || names_caller(statement)) &&
           std::ranges::all_of(statement.conditions, [&](const ConditionRule& condition) {
             return holds(condition, context(), read_);
           });
  }

 private:
  bool names_caller(const StatementRule& statement) const {
    const PrincipalsRule& principals = *statement.principals;
    // "*" means the bucket's owner too only where there is a condition (OSS, "Bucket Policy").
    // In S3 it always does.
    bool is_owner =
        caller_.kind == Caller::Kind::kRoot && owner_is_caller_ && !principals.owner_too;
    if (principals.everyone && (!is_owner || !statement.conditions.empty())) return true;
    if (caller_.kind == Caller::Kind::kService) {
      return std::ranges::find(principals.services, caller_.name) != principals.services.end();
    }
    if (caller_.kind == Caller::Kind::kFederated) {
      return std::ranges::find(principals.providers, caller_.provider) !=
             principals.providers.end();
    }
    return std::ranges::any_of(principals.names, [&](const PrincipalRule& rule) {
      return names(rule, caller_, statement.effect);
    });
  }

  const Context& context() {
    if (!context_) {
      context_.emplace();
      if (request_.context != nullptr) request_.context->fill(*context_);
    }
    return *context_;
  }

  // As rules compare them. Where there is no statement, as for a root in its account, nobody asks.
  struct Asked {
    explicit Asked(const Request& request) : action(request.action), resource(request.resource) {}
    ActionName action;
    ResourceName resource;
  };
  const Asked& asked() {
    if (!asked_) asked_.emplace(request_);
    return *asked_;
  }

  const Caller& caller_;
  const Request& request_;
  bool owner_is_caller_;
  std::optional<Asked> asked_;
  std::optional<Context> context_;
  ReadValues read_;
};

struct Found {
  const NamedPolicy* policy = nullptr;
  const StatementRule* statement = nullptr;
  explicit operator bool() const { return statement != nullptr; }
};

using List = std::vector<StatementRule> Rules::*;

Found find(Evaluation& evaluation, const NamedPolicy* policy, List list) {
  if (policy == nullptr) return {};
  return {policy, evaluation.find(policy->policy->rules().*list)};
}

Found find(Evaluation& evaluation, std::span<const NamedPolicy> policies, List list) {
  for (const NamedPolicy& policy : policies) {
    if (Found found = find(evaluation, &policy, list)) return found;
  }
  return {};
}

Decision by_statement(bool allowed, PolicyType type, const Found& found) {
  Decision decision;
  decision.allowed = allowed;
  decision.reason = allowed ? Reason::kAllowed : Reason::kExplicitDeny;
  decision.type = type;
  decision.policy = found.policy->name;
  decision.policy_type = found.policy->type;
  decision.policy_version = found.policy->version;
  decision.attached_to = found.policy->attached_to;
  decision.statement = found.statement->index;
  decision.sid = found.statement->sid;
  return decision;
}

Decision plain(bool allowed, Reason reason, PolicyType type) {
  Decision decision;
  decision.allowed = allowed;
  decision.reason = reason;
  decision.type = type;
  return decision;
}

PolicyType type_of(const NamedPolicy& resource) {
  return resource.policy->rules().kind == Kind::kTrust ? PolicyType::kTrust : PolicyType::kResource;
}

std::optional<Decision> explicit_deny(Evaluation& evaluation, const Grounds& grounds) {
  if (Found session = find(evaluation, grounds.session, &Rules::denies)) {
    return by_statement(false, PolicyType::kSession, session);
  }
  Found identity = find(evaluation, grounds.identity, &Rules::denies);
  Found resource = find(evaluation, grounds.resource, &Rules::denies);
  if (identity) {
    Decision decision = by_statement(false, PolicyType::kIdentity, identity);
    decision.denied_by_both = static_cast<bool>(resource);
    return decision;
  }
  if (resource) return by_statement(false, type_of(*resource.policy), resource);
  return std::nullopt;
}

// The resource's policy, without what PublicAccessBlock takes from it.
Found resource_allow(Evaluation& evaluation, const Grounds& grounds, bool& blocked) {
  Found found = find(evaluation, grounds.resource, &Rules::allows);
  if (!found) return found;
  const CompiledPolicy& policy = *grounds.resource->policy;
  if (grounds.blocked.strangers && !evaluation.owner_is_caller() && policy.is_public()) {
    blocked = true;
    return {};
  }
  if (!grounds.blocked.public_statements || !found.statement->is_public) return found;
  blocked = true;
  for (const StatementRule& statement : policy.rules().allows) {
    if (!statement.is_public && evaluation.applies(statement)) {
      return {grounds.resource, &statement};
    }
  }
  return {};
}

}  // namespace

void Context::add(std::string_view key, std::string value) {
  if (entries_.empty()) entries_.reserve(16);
  std::string lower = to_lower_ascii(key);
  std::uint64_t hash = hash_text(lower);
  for (Entry& entry : entries_) {
    if (entry.hash == hash && entry.key == lower) {
      entry.values.push_back(std::move(value));
      return;
    }
  }
  entries_.push_back({hash, std::move(lower), {}});
  entries_.back().values.push_back(std::move(value));
}

const Context::Entry* Context::find(std::string_view key, std::uint64_t hash) const {
  for (const Entry& entry : entries_) {
    if (entry.hash == hash && entry.key == key) return &entry;
  }
  return nullptr;
}

// https://www.alibabacloud.com/help/en/oss/user-guide/authentication, the order for requests with
// an identity; and …/ram/policy-evaluation-process-of-assuming-a-ram-role for needs_both.
Decision evaluate(const Caller& caller, const Request& request, const Grounds& grounds) {
  Evaluation evaluation(caller, request);
  bool root = caller.kind == Caller::Kind::kRoot;
  if (auto denied = explicit_deny(evaluation, grounds)) return std::move(*denied);
  if (grounds.session != nullptr && !find(evaluation, grounds.session, &Rules::allows)) {
    return plain(false, Reason::kSession, PolicyType::kSession);
  }

  // In another account one's own policies allow nothing, unless that account must agree too.
  bool own = evaluation.owner_is_caller() || grounds.needs_both;
  bool owner = own && root;
  Found identity;
  if (own && !root) identity = find(evaluation, grounds.identity, &Rules::allows);
  bool blocked = false;
  if (grounds.needs_both) {
    if (!owner && !identity) return plain(false, Reason::kNoStatement, PolicyType::kIdentity);
    Found trust = resource_allow(evaluation, grounds, blocked);
    if (trust) return by_statement(true, type_of(*trust.policy), trust);
    PolicyType type = grounds.resource ? type_of(*grounds.resource) : PolicyType::kTrust;
    return plain(false, Reason::kNoStatement, type);
  }
  if (owner) return plain(true, Reason::kOwnerAccount, PolicyType::kNone);
  if (identity) return by_statement(true, PolicyType::kIdentity, identity);
  if (Found resource = resource_allow(evaluation, grounds, blocked)) {
    return by_statement(true, type_of(*resource.policy), resource);
  }
  if (grounds.granted_by_acl) {
    if (!grounds.blocked.access_list) return plain(true, Reason::kAccessList, PolicyType::kNone);
    blocked = true;
  }
  bool trust = grounds.resource != nullptr && type_of(*grounds.resource) == PolicyType::kTrust;
  return plain(false, blocked ? Reason::kPublicAccessBlocked : Reason::kNoStatement,
               blocked ? PolicyType::kNone
               : trust ? PolicyType::kTrust
                       : PolicyType::kIdentity);
}

std::vector<Step> steps(const Caller& caller, const Request& request, const Grounds& grounds) {
  Evaluation evaluation(caller, request);
  std::vector<Step> out;
  auto ask = [&](PolicyType type, const NamedPolicy& policy) {
    Step step{type, std::string(policy.name)};
    step.attached_to = policy.attached_to;
    const Rules& rules = policy.policy->rules();
    for (const auto* list : {&rules.denies, &rules.allows}) {
      for (const StatementRule& statement : *list) step.looks.push_back(evaluation.look(statement));
    }
    std::ranges::sort(step.looks, {}, &Look::statement);
    if (Found denies = find(evaluation, &policy, &Rules::denies)) {
      step.says = Step::Says::kDeny;
      step.statement = denies.statement->index;
    } else if (Found allows = find(evaluation, &policy, &Rules::allows)) {
      step.says = Step::Says::kAllow;
      step.statement = allows.statement->index;
    }
    out.push_back(std::move(step));
  };
  if (grounds.session != nullptr) ask(PolicyType::kSession, *grounds.session);
  for (const NamedPolicy& policy : grounds.identity) ask(PolicyType::kIdentity, policy);
  if (grounds.resource != nullptr) ask(type_of(*grounds.resource), *grounds.resource);
  return out;
}

}  // namespace lakeside::ram::policy
