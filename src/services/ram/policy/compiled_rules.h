// What a compiled policy is made of; for compiled.cc and evaluate.cc.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/ram/policy/operators.h"
#include "services/ram/policy/values.h"

namespace lakeside::ram::policy {

// An action as the rules are asked for it: lower case, with its hash.
struct ActionName {
  explicit ActionName(std::string_view action);
  ActionName(const ActionName&) = delete;
  ActionName& operator=(const ActionName&) = delete;

  std::string_view text;
  std::uint64_t hash = 0;

 private:
  std::array<char, 64> short_;  // most names fit, so that the hot path does not allocate
  std::string long_;
};

class ActionRule {
 public:
  ActionRule(const std::vector<std::string>& actions, bool negated);
  [[nodiscard]] bool covers(const ActionName& action) const { return listed(action) != negated_; }

 private:
  [[nodiscard]] bool listed(const ActionName& action) const;

  bool negated_;
  bool all_ = false;
  // Ordered; whole names, by far the most, are told apart by their hashes alone.
  std::vector<std::pair<std::uint64_t, std::string>> names_;
  std::vector<std::string> prefixes_;  // "oss:get*" without the star
  std::vector<std::string> patterns_;
};

// "acs:oss:REGION:ACCOUNT:bucket/key", taken apart once for a request.
struct ResourceName {
  explicit ResourceName(std::string_view resource);

  std::string_view text;
  bool has_parts = false;
  std::array<std::string_view, 3> scope;  // service, region, account
  std::array<bool, 3> open{};  // a region or account that the request leaves open fits them all
  std::string_view relative;
};

// A text, the beginning of one, or a pattern.
class TextRule {
 public:
  explicit TextRule(std::string_view pattern);
  [[nodiscard]] bool matches(std::string_view text) const {
    switch (form_) {
      case Form::kAny:
        return true;
      case Form::kWhole:
        return text == text_;
      case Form::kPrefix:
        return text.starts_with(text_);
      case Form::kPattern:
        break;
    }
    return matches_pattern(text_, text);
  }

 private:
  enum class Form : std::uint8_t { kAny, kWhole, kPrefix, kPattern };
  Form form_;
  std::string text_;
};

// One pattern of Resource. Its parts are matched each for itself: a star for the account does not
// reach into the key. What has fewer than five parts is one pattern for the whole name.
class ResourcePattern {
 public:
  explicit ResourcePattern(std::string_view pattern);
  [[nodiscard]] bool matches(const ResourceName& name) const;

 private:
  std::vector<TextRule> scope_;  // service, region, account; empty where there are no parts
  TextRule rest_;                // the relative name, or the whole
};

class ResourceRule {
 public:
  ResourceRule(const std::vector<std::string>& resources, bool negated);
  [[nodiscard]] bool covers(const ResourceName& name) const { return listed(name) != negated_; }

 private:
  [[nodiscard]] bool listed(const ResourceName& name) const;

  bool negated_;
  bool all_;
  std::vector<ResourcePattern> patterns_;
};

struct ConditionRule {
  using Value = std::variant<std::string, double, std::int64_t, bool, IpRange>;

  explicit ConditionRule(const Condition& condition);

  ConditionOperator op;
  std::string key;  // lower case
  std::uint64_t hash;
  std::vector<Value> values;
};

struct PrincipalRule {
  PrincipalName::Type type;
  std::string account;
  std::string name;  // lower case: names of users and roles are unique without case
  std::string session;
};

struct PrincipalsRule {
  bool everyone = false;
  bool owner_too = false;
  std::vector<PrincipalRule> names;
  std::vector<std::string> services;
  std::vector<std::string> providers;
};

struct StatementRule {
  explicit StatementRule(const Statement& statement, std::size_t number);

  std::size_t index;  // in the document
  std::string sid;
  Effect effect;
  ActionRule actions;
  ResourceRule resources;
  std::optional<PrincipalsRule> principals;
  std::vector<ConditionRule> conditions;
  bool is_public;  // allows everybody, see CompiledPolicy::is_public
};

struct Rules {
  Kind kind = Kind::kIdentity;
  std::vector<StatementRule> denies;
  std::vector<StatementRule> allows;
};

}  // namespace lakeside::ram::policy
