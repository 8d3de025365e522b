#include "services/ram/policy/compiled.h"

#include <algorithm>
#include <utility>

#include "base/encoding.h"
#include "services/ram/policy/compiled_rules.h"

namespace lakeside::ram::policy {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool is_prefix_pattern(std::string_view pattern) {
  return pattern.find_first_of("*?") == pattern.size() - 1 && pattern.back() == '*';
}

std::size_t fourth_colon(std::string_view text) {
  std::size_t at = kNone;
  for (int i = 0; i < 4; ++i) {
    at = text.find(':', at == kNone ? 0 : at + 1);
    if (at == kNone) return kNone;
  }
  return at;
}

// service, region and account of what has five parts
std::array<std::string_view, 3> scope_of(std::string_view text) {
  std::array<std::string_view, 3> scope;
  text.remove_prefix(text.find(':') + 1);
  for (std::string_view& part : scope) {
    std::size_t colon = text.find(':');
    part = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  return scope;
}

PrincipalsRule compile_principals(const Principals& principals) {
  PrincipalsRule out{
      principals.everyone, principals.owner_too, {}, principals.services, principals.providers};
  for (const std::string& text : principals.names) {
    auto name = parse_principal_name(text);
    if (!name) continue;  // parse() lets none through
    out.names.push_back({name->type, std::string(name->account), to_lower_ascii(name->name),
                         std::string(name->session)});
  }
  return out;
}

// "One or more static fields … cannot contain *": of any account, that is.
bool names_anybody(const PrincipalsRule& principals) {
  return principals.everyone ||
         std::ranges::any_of(principals.names, [](const PrincipalRule& name) {
           return has_wildcard(name.account) || has_wildcard(name.name) ||
                  has_wildcard(name.session);
         });
}

// Keys that tie a grant to everybody down to a place or a key; see PublicAccessBlock's page.
bool ties_down(const ConditionRule& condition) {
  if (condition.op.negated || condition.op.if_exists ||
      condition.op.quantifier == Quantifier::kForAllValues) {
    return false;
  }
  if (condition.key == "acs:sourceip") {
    return condition.op.comparison == Comparison::kIpAddress &&
           std::ranges::none_of(condition.values, [](const ConditionRule::Value& value) {
             const auto& range = std::get<IpRange>(value);
             return range.everything || range.prefix == 0;
           });
  }
  if (condition.key != "acs:sourcevpc" && condition.key != "acs:accessid" &&
      condition.key != "oss:dataaccesspointarn" && condition.key != "oss:dataaccesspointaccount") {
    return false;
  }
  return std::ranges::all_of(condition.values, [](const ConditionRule::Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    return text != nullptr && !text->starts_with("*");
  });
}

ConditionRule::Value compile_value(Comparison comparison, const std::string& text) {
  switch (comparison) {
    case Comparison::kStringEquals:
    case Comparison::kStringLike:
      return text;
    case Comparison::kStringEqualsIgnoreCase:
      return to_lower_ascii(text);
    case Comparison::kNumericEquals:
    case Comparison::kNumericLessThan:
    case Comparison::kNumericLessThanEquals:
    case Comparison::kNumericGreaterThan:
    case Comparison::kNumericGreaterThanEquals:
      return parse_number(text).value();
    case Comparison::kDateEquals:
    case Comparison::kDateLessThan:
    case Comparison::kDateLessThanEquals:
    case Comparison::kDateGreaterThan:
    case Comparison::kDateGreaterThanEquals:
      return parse_date(text).value();
    case Comparison::kBool:
      return parse_bool(text).value();
    case Comparison::kIpAddress:
      break;
  }
  return parse_ip_range(text).value();
}

}  // namespace

ActionName::ActionName(std::string_view action) {
  char* to = short_.data();
  if (action.size() > short_.size()) {
    long_.resize(action.size());
    to = long_.data();
  }
  std::ranges::transform(action, to, [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  text = {to, action.size()};
  hash = hash_text(text);
}

ActionRule::ActionRule(const std::vector<std::string>& actions, bool negated) : negated_(negated) {
  for (const std::string& action : actions) {
    std::string lower = to_lower_ascii(action);
    if (lower == "*" || lower == "*:*") {
      all_ = true;
    } else if (!has_wildcard(lower)) {
      names_.emplace_back(hash_text(lower), lower);
    } else if (is_prefix_pattern(lower)) {
      lower.pop_back();
      prefixes_.push_back(std::move(lower));
    } else {
      patterns_.push_back(std::move(lower));
    }
  }
  std::ranges::sort(names_);
}

bool ActionRule::listed(const ActionName& action) const {
  if (all_) return true;
  auto at =
      std::ranges::lower_bound(names_, action.hash, {}, [](const auto& n) { return n.first; });
  for (; at != names_.end() && at->first == action.hash; ++at) {
    if (at->second == action.text) return true;
  }
  for (const std::string& prefix : prefixes_) {
    if (action.text.starts_with(prefix)) return true;
  }
  return std::ranges::any_of(patterns_,
                             [&](const std::string& p) { return matches_pattern(p, action.text); });
}

ResourceName::ResourceName(std::string_view resource) : text(resource) {
  std::size_t colon = fourth_colon(resource);
  if (colon == kNone || !resource.starts_with("acs:")) return;
  has_parts = true;
  scope = scope_of(resource);
  for (std::size_t i = 1; i < scope.size(); ++i) open[i] = scope[i].empty() || scope[i] == "*";
  relative = resource.substr(colon + 1);
}

TextRule::TextRule(std::string_view pattern) : form_(Form::kWhole), text_(pattern) {
  if (pattern == "*") {
    form_ = Form::kAny;
  } else if (has_wildcard(pattern)) {
    form_ = is_prefix_pattern(pattern) ? Form::kPrefix : Form::kPattern;
    if (form_ == Form::kPrefix) text_.pop_back();
  }
}

ResourcePattern::ResourcePattern(std::string_view pattern) : rest_(pattern) {
  std::size_t colon = fourth_colon(pattern);
  if (colon == kNone || !pattern.starts_with("acs:")) return;
  std::array<std::string_view, 3> scope = scope_of(pattern);
  for (std::size_t i = 0; i < scope.size(); ++i) {
    // acs:ram::1234:user/x has no region and means every one.
    scope_.emplace_back(i > 0 && scope[i].empty() ? "*" : scope[i]);
  }
  rest_ = TextRule(pattern.substr(colon + 1));
}

bool ResourcePattern::matches(const ResourceName& name) const {
  if (scope_.empty()) return rest_.matches(name.text);
  if (!name.has_parts || !rest_.matches(name.relative)) return false;
  for (std::size_t i = 0; i < scope_.size(); ++i) {
    if (!name.open[i] && !scope_[i].matches(name.scope[i])) return false;
  }
  return true;
}

ResourceRule::ResourceRule(const std::vector<std::string>& resources, bool negated)
    : negated_(negated), all_(resources.empty()) {
  for (const std::string& resource : resources) {
    if (resource == "*") {
      all_ = true;
    } else {
      patterns_.emplace_back(resource);
    }
  }
}

bool ResourceRule::listed(const ResourceName& name) const {
  return all_ ||
         std::ranges::any_of(patterns_, [&](const ResourcePattern& p) { return p.matches(name); });
}

ConditionRule::ConditionRule(const Condition& condition)
    : op(condition.op), key(to_lower_ascii(condition.key)), hash(hash_text(key)) {
  values.reserve(condition.values.size());
  for (const std::string& text : condition.values) {
    values.push_back(compile_value(op.comparison, text));
  }
}

StatementRule::StatementRule(const Statement& statement, std::size_t number)
    : index(number),
      sid(statement.sid),
      effect(statement.effect),
      actions(statement.actions, statement.not_action),
      resources(statement.resources, statement.not_resource),
      conditions(statement.conditions.begin(), statement.conditions.end()) {
  if (statement.principals) principals = compile_principals(*statement.principals);
  is_public = effect == Effect::kAllow && principals && names_anybody(*principals) &&
              std::ranges::none_of(conditions, ties_down);
}

CompiledPolicy::CompiledPolicy(const Document& document) {
  auto rules = std::make_unique<Rules>();
  rules->kind = document.kind;
  for (std::size_t i = 0; i < document.statements.size(); ++i) {
    const Statement& statement = document.statements[i];
    auto& to = statement.effect == Effect::kDeny ? rules->denies : rules->allows;
    to.emplace_back(statement, i);
  }
  rules_ = std::move(rules);
}

CompiledPolicy::~CompiledPolicy() = default;

std::size_t CompiledPolicy::statements() const {
  return rules_->denies.size() + rules_->allows.size();
}

bool CompiledPolicy::is_public() const {
  return std::ranges::any_of(rules_->allows, &StatementRule::is_public);
}

std::expected<PolicyPtr, Malformed> compile(std::string_view text, Kind kind, std::size_t limit) {
  auto document = parse(text, kind, limit);
  if (!document) return std::unexpected(std::move(document.error()));
  return std::make_shared<const CompiledPolicy>(*document);
}

}  // namespace lakeside::ram::policy
