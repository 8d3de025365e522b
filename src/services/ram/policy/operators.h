// Names of the language: condition operators and principals. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/ram/policy/document.h"

namespace lakeside::ram::policy {

// "ForAnyValue:StringNotLikeIfExists". Nothing where it is none.
[[nodiscard]] std::optional<ConditionOperator> parse_operator(std::string_view name);
// Of all, without prefix and suffix: "StringEquals, StringNotEquals, …".
[[nodiscard]] std::string operator_names();

// What a text should be that the comparison cannot use ("number"); empty where it can.
[[nodiscard]] std::string_view wrong_value(Comparison comparison, std::string_view text);

// A principal by its parts, each of which may have wildcards.
struct PrincipalName {
  enum class Type : std::uint8_t {
    kUid,          // of an account or of a user
    kAccount,      // "acs:ram::ACCOUNT:root"
    kUser,         // "acs:ram::ACCOUNT:user/NAME"
    kRole,         // "acs:ram::ACCOUNT:role/NAME"
    kRoleSession,  // "arn:sts::ACCOUNT:assumed-role/ROLE/SESSION", also with acs:ram
  };
  Type type = Type::kUid;
  std::string_view account;  // kUid: the uid
  std::string_view name;
  std::string_view session;
};

[[nodiscard]] std::optional<PrincipalName> parse_principal_name(std::string_view text);
[[nodiscard]] inline bool is_principal_name(std::string_view text) {
  return parse_principal_name(text).has_value();
}

}  // namespace lakeside::ram::policy
