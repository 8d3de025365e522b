// A policy in the form that decides fast: patterns taken apart, values parsed. Pure.
#pragma once

#include <expected>
#include <memory>
#include <string_view>

#include "services/ram/policy/document.h"

namespace lakeside::ram::policy {

struct Rules;  // compiled_rules.h: for the evaluator alone

// Immutable: made once when a policy is written or first read, shared by all threads.
class CompiledPolicy {
 public:
  explicit CompiledPolicy(const Document& document);
  ~CompiledPolicy();
  CompiledPolicy(const CompiledPolicy&) = delete;
  CompiledPolicy& operator=(const CompiledPolicy&) = delete;

  [[nodiscard]] const Rules& rules() const { return *rules_; }
  [[nodiscard]] std::size_t statements() const;
  // Some statement allows everybody, without a condition on where from or with which key: what
  // PublicAccessBlock forbids to write and ignores where it is written.
  [[nodiscard]] bool is_public() const;

 private:
  std::unique_ptr<const Rules> rules_;
};

using PolicyPtr = std::shared_ptr<const CompiledPolicy>;

// parse() and compile in one.
[[nodiscard]] std::expected<PolicyPtr, Malformed> compile(std::string_view text, Kind kind,
                                                          std::size_t limit);

}  // namespace lakeside::ram::policy
