// From calls to the least policy that allows them. Pure.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <vector>

namespace lakeside::ram::policy {

struct AskedFor {
  std::string action;    // "oss:GetObject"
  std::string resource;  // "acs:oss:*:ACCOUNT:bucket/key", as it was asked for
  friend auto operator<=>(const AskedFor&, const AskedFor&) = default;
};

// A document of an identity policy: a statement for each set of resources, with all actions that
// are asked for on just these. A resource that one of `patterns` covers is written as that pattern,
// all others as they are; a star or a question mark in an object's name becomes a question mark,
// since the language has no way to write either. The error is fit for people: there is nothing to
// allow, or it is longer than a policy may be.
[[nodiscard]] std::expected<std::string, std::string> generate(
    std::span<const AskedFor> calls, std::span<const std::string> patterns);

}  // namespace lakeside::ram::policy
