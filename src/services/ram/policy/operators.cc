#include "services/ram/policy/operators.h"

#include <algorithm>

#include "services/ram/policy/values.h"

namespace lakeside::ram::policy {
namespace {

struct Row {
  std::string_view name;
  Comparison comparison;
  bool negated = false;
};

// https://www.alibabacloud.com/help/en/ram/conditional-operator. OSS adds the two of "border": a
// block's first and last address belong to it here in any case, so that they are synonyms.
constexpr Row kOperators[] = {
    {"StringEquals", Comparison::kStringEquals},
    {"StringNotEquals", Comparison::kStringEquals, true},
    {"StringEqualsIgnoreCase", Comparison::kStringEqualsIgnoreCase},
    {"StringNotEqualsIgnoreCase", Comparison::kStringEqualsIgnoreCase, true},
    {"StringLike", Comparison::kStringLike},
    {"StringNotLike", Comparison::kStringLike, true},
    {"NumericEquals", Comparison::kNumericEquals},
    {"NumericNotEquals", Comparison::kNumericEquals, true},
    {"NumericLessThan", Comparison::kNumericLessThan},
    {"NumericLessThanEquals", Comparison::kNumericLessThanEquals},
    {"NumericGreaterThan", Comparison::kNumericGreaterThan},
    {"NumericGreaterThanEquals", Comparison::kNumericGreaterThanEquals},
    {"DateEquals", Comparison::kDateEquals},
    {"DateNotEquals", Comparison::kDateEquals, true},
    {"DateLessThan", Comparison::kDateLessThan},
    {"DateLessThanEquals", Comparison::kDateLessThanEquals},
    {"DateGreaterThan", Comparison::kDateGreaterThan},
    {"DateGreaterThanEquals", Comparison::kDateGreaterThanEquals},
    {"Bool", Comparison::kBool},
    {"IpAddress", Comparison::kIpAddress},
    {"NotIpAddress", Comparison::kIpAddress, true},
    {"IpAddressIncludeBorder", Comparison::kIpAddress},
    {"NotIpAddressIncludeBorder", Comparison::kIpAddress, true},
};

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// What is before the first `end`, which goes too.
std::optional<std::string_view> take_until(std::string_view& text, char end) {
  std::size_t at = text.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view part = text.substr(0, at);
  text.remove_prefix(at + 1);
  return part;
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_account(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || c == '*' || c == '?';
  });
}

std::optional<PrincipalName> role_session(PrincipalName out, std::string_view rest) {
  auto role = take_until(rest, '/');
  if (!role || role->empty() || rest.empty()) return std::nullopt;
  out.type = PrincipalName::Type::kRoleSession;
  out.name = *role;
  out.session = rest;
  return out;
}

}  // namespace

std::optional<ConditionOperator> parse_operator(std::string_view name) {
  ConditionOperator op;
  if (take_prefix(name, "ForAnyValue:")) {
    op.quantifier = Quantifier::kForAnyValue;
  } else if (take_prefix(name, "ForAllValues:")) {
    op.quantifier = Quantifier::kForAllValues;
  }
  if (name.ends_with("IfExists")) {
    op.if_exists = true;
    name.remove_suffix(8);
  }
  const Row* row = std::ranges::find(kOperators, name, &Row::name);
  if (row == std::end(kOperators)) return std::nullopt;
  op.comparison = row->comparison;
  op.negated = row->negated;
  return op;
}

std::string operator_names() {
  std::string out;
  for (const Row& row : kOperators) {
    if (!out.empty()) out += ", ";
    out += row.name;
  }
  return out;
}

std::string_view wrong_value(Comparison comparison, std::string_view text) {
  switch (comparison) {
    case Comparison::kStringEquals:
    case Comparison::kStringEqualsIgnoreCase:
    case Comparison::kStringLike:
      return "";
    case Comparison::kNumericEquals:
    case Comparison::kNumericLessThan:
    case Comparison::kNumericLessThanEquals:
    case Comparison::kNumericGreaterThan:
    case Comparison::kNumericGreaterThanEquals:
      return parse_number(text) ? "" : "number";
    case Comparison::kDateEquals:
    case Comparison::kDateLessThan:
    case Comparison::kDateLessThanEquals:
    case Comparison::kDateGreaterThan:
    case Comparison::kDateGreaterThanEquals:
      return parse_date(text) ? "" : "date of ISO 8601 with its zone, as 2026-11-22T10:00:00+08:00";
    case Comparison::kBool:
      return parse_bool(text) ? "" : "\"true\" or \"false\"";
    case Comparison::kIpAddress:
      return parse_ip_range(text) ? "" : "IP address or CIDR block";
  }
  return "";
}

std::optional<PrincipalName> parse_principal_name(std::string_view text) {
  PrincipalName out;
  if (all_digits(text)) {
    out.account = text;
    return out;
  }
  bool sts = text.starts_with("arn:sts::");
  if (!take_prefix(text, "arn:sts::") && !take_prefix(text, "acs:ram::")) return std::nullopt;
  auto account = take_until(text, ':');
  if (!account || !is_account(*account)) return std::nullopt;
  out.account = *account;
  if (sts) {  // OSS also writes arn:sts::*:*/*/* for all sessions
    if (!take_prefix(text, "assumed-role/") && !take_prefix(text, "*/")) return std::nullopt;
    return role_session(out, text);
  }
  if (text == "root") {
    out.type = PrincipalName::Type::kAccount;
    return out;
  }
  if (take_prefix(text, "assumed-role/")) return role_session(out, text);
  out.type = PrincipalName::Type::kUser;
  if (!take_prefix(text, "user/")) {
    out.type = PrincipalName::Type::kRole;
    if (!take_prefix(text, "role/")) return std::nullopt;
  }
  if (text.empty()) return std::nullopt;
  out.name = text;
  return out;
}

}  // namespace lakeside::ram::policy
