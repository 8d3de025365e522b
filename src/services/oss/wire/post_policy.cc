#include "services/oss/wire/post_policy.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/encoding.h"

namespace lakeside::oss::wire {
namespace {

using nlohmann::json;
using Fields = std::vector<std::pair<std::string, std::string>>;

std::unexpected<OssError> invalid(std::string_view words) {
  return std::unexpected(OssError{Errc::kInvalidRequest,
                                  "Invalid Policy: " + std::string(words),
                                  {{"Code", "InvalidPolicyDocument"}},
                                  {}});
}

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// "$Key" → "key"
std::string field_name(const json& value) {
  std::string name = to_lower_ascii(value.get_ref<const std::string&>());
  return name.starts_with('$') ? name.substr(1) : name;
}

std::optional<std::uint64_t> number(const json& value) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  if (value.is_string()) return parse_uint(value.get_ref<const std::string&>());
  return std::nullopt;
}

// {"bucket": "b"}
OssStatus add_simple(const json& written, PostPolicy& policy) {
  if (written.size() != 1) {
    return invalid(
        "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.");
  }
  const std::string& name = written.begin().key();
  const json& value = written.begin().value();
  if (!value.is_string()) return invalid("Invalid Simple-Condition: value must be a string.");
  policy.conditions.push_back(
      {PostPolicy::Op::kEqual, to_lower_ascii(name), {value.get<std::string>()}, dump(written)});
  return {};
}

// ["content-length-range", 1, 10]
OssStatus add_length_range(const json& written, PostPolicy& policy) {
  auto least = number(written[1]);
  auto most = number(written[2]);
  if (!least || !most || *least > *most) {
    return invalid("Invalid Content-Length-Range condition.");
  }
  if (!policy.length) policy.length = {0, UINT64_MAX};
  policy.length->least = std::max(policy.length->least, *least);
  policy.length->most = std::min(policy.length->most, *most);
  return {};
}

std::optional<PostPolicy::Op> parse_op(const std::string& text) {
  std::string lower = to_lower_ascii(text);
  if (lower == "eq") return PostPolicy::Op::kEqual;
  if (lower == "starts-with") return PostPolicy::Op::kStartsWith;
  if (lower == "in") return PostPolicy::Op::kIn;
  if (lower == "not-in") return PostPolicy::Op::kNotIn;
  return std::nullopt;
}

// ["eq", "$key", "k"], ["in", "$content-type", ["a", "b"]]
OssStatus add_list(const json& written, PostPolicy& policy) {
  if (written.size() != 3 || !written[0].is_string()) {
    return invalid("Invalid Condition: a condition has three elements.");
  }
  const auto& name = written[0].get_ref<const std::string&>();
  if (equals_ignore_case(name, "content-length-range")) return add_length_range(written, policy);
  auto op = parse_op(name);
  if (!op || !written[1].is_string()) return invalid("Invalid Condition: unknown operation.");
  PostPolicy::Condition condition{*op, field_name(written[1]), {}, dump(written)};
  bool takes_list = *op == PostPolicy::Op::kIn || *op == PostPolicy::Op::kNotIn;
  if (takes_list != written[2].is_array()) return invalid("Invalid Condition: wrong value.");
  for (const json& value : takes_list ? written[2] : json::array({written[2]})) {
    if (!value.is_string()) return invalid("Invalid Condition: value must be a string.");
    condition.values.push_back(value.get<std::string>());
  }
  policy.conditions.push_back(std::move(condition));
  return {};
}

std::string_view value_of(const Fields& fields, std::string_view name) {
  auto found = std::ranges::find(fields, name, &Fields::value_type::first);
  return found == fields.end() ? std::string_view{} : found->second;
}

bool holds(const PostPolicy::Condition& condition, const Fields& fields) {
  std::string_view value = value_of(fields, condition.field);
  bool listed = std::ranges::find(condition.values, value) != condition.values.end();
  switch (condition.op) {
    case PostPolicy::Op::kEqual:
    case PostPolicy::Op::kIn:
      return listed;
    case PostPolicy::Op::kNotIn:
      return !listed;
    case PostPolicy::Op::kStartsWith:
      return value.starts_with(condition.values.front());
  }
  return false;
}

// Fields that vouch for the policy rather than being vouched for.
bool needs_no_condition(std::string_view name) {
  constexpr std::string_view kNames[] = {"awsaccesskeyid", "bucket", "policy", "signature",
                                         "x-amz-signature"};
  return std::ranges::find(kNames, name) != std::end(kNames) || name.starts_with("x-ignore-");
}

std::unexpected<OssError> denied(std::string_view words) {
  return fail(Errc::kAccessDenied, "Invalid according to Policy: " + std::string(words));
}

}  // namespace

OssResult<PostPolicy> parse_post_policy(std::string_view encoded) {
  auto text = base64_decode(encoded);
  if (!text) return invalid("Invalid base64.");
  json document = json::parse(*text, nullptr, false);
  if (!document.is_object()) return invalid("Invalid JSON.");
  PostPolicy policy;
  auto expiration = document.find("expiration");
  if (expiration == document.end()) return invalid("Policy missing expiration.");
  auto end = expiration->is_string() ? parse_iso8601(expiration->get_ref<const std::string&>())
                                     : std::nullopt;
  if (!end) return invalid("Invalid expiration.");
  policy.expiration = *end;
  auto conditions = document.find("conditions");
  if (conditions == document.end() || !conditions->is_array()) {
    return invalid("Policy missing conditions.");
  }
  for (const json& written : *conditions) {
    OssStatus added = invalid("Invalid Condition.");
    if (written.is_object()) added = add_simple(written, policy);
    if (written.is_array()) added = add_list(written, policy);
    if (!added) return std::unexpected(std::move(added.error()));
  }
  return policy;
}

OssStatus check_post_policy(const PostPolicy& policy, const Fields& fields, Time now,
                            Dialect dialect) {
  if (now > policy.expiration) return denied("Policy expired.");
  for (const PostPolicy::Condition& condition : policy.conditions) {
    if (!holds(condition, fields)) return denied("Policy Condition failed: " + condition.text);
  }
  if (dialect == Dialect::kOss) return {};
  for (const auto& [name, value] : fields) {
    bool named = std::ranges::find(policy.conditions, name, &PostPolicy::Condition::field) !=
                 policy.conditions.end();
    if (!named && !needs_no_condition(name)) return denied("Extra input fields: " + name);
  }
  return {};
}

}  // namespace lakeside::oss::wire
