#include "services/ram/wire/fields.h"

#include <algorithm>

#include "base/characters.h"
#include "base/crypto.h"
#include "base/encoding.h"

namespace lakeside::ram::wire {
namespace {

// Of every account's users, before which its alias or id stands.
constexpr const char* kDomain = ".onaliyun.com";

// Tag.1.Key and Tag.1.Value, or Tag with a list in JSON, as the generated clients send it.
Read<std::vector<Parameters::Tag>> json_or_tags(const Parameters& in) {
  std::string_view text = in.get("Tag");
  if (text.empty()) return in.tags("Tag", kMaxTagsOfOne + 1);
  auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_array() || json.size() > kMaxTagsOfOne) return std::unexpected(bad_format("Tag"));
  std::vector<Parameters::Tag> tags;
  for (const auto& one : json) {
    auto text_of = [&](const char* name) -> const std::string* {
      auto found = one.find(name);
      return found == one.end() ? nullptr : found->template get_ptr<const std::string*>();
    };
    const std::string* key = one.is_object() ? text_of("Key") : nullptr;
    if (key == nullptr) return std::unexpected(bad_format("Tag"));
    const std::string* value = text_of("Value");
    tags.push_back({*key, value == nullptr ? std::string() : *value});
  }
  return tags;
}

constexpr std::size_t kMaxName = 64;
constexpr std::string_view kUserMarks = ".-_";

bool is_name(std::string_view text, std::string_view marks) {
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != marks.npos;
  });
}

}  // namespace

Read<std::string> read_name(const Parameters& in, std::string_view parameter, std::size_t most,
                            std::string_view marks) {
  auto name = in.required(parameter);
  if (!name) return name;
  if (name->size() > most) return std::unexpected(bad_length(parameter));
  if (!is_name(*name, marks)) return std::unexpected(invalid_chars(parameter));
  return name;
}

Read<std::uint64_t> read_number(const Parameters& in, std::string_view parameter,
                                std::uint64_t otherwise, rpc::Range range) {
  auto value = in.number(parameter, otherwise, range);
  if (!value) return std::unexpected(out_of_range(parameter, range.least, range.most));
  return value;
}

Read<std::string> read_text(const Parameters& in, std::string_view parameter, std::size_t most) {
  std::string text(in.get(parameter));
  if (!is_valid_utf8(text)) return std::unexpected(invalid_chars(parameter));
  if (characters(text) > most) return std::unexpected(bad_length(parameter));
  return text;
}

Read<PolicyName> read_policy_name(const Parameters& in) {
  auto name = read_name(in, "PolicyName", 128, "-");
  if (!name) return std::unexpected(std::move(name.error()));
  auto type = in.required("PolicyType");
  if (!type) return std::unexpected(std::move(type.error()));
  if (*type != "System" && *type != "Custom") {
    return std::unexpected(incorrect("PolicyType"));
  }
  return PolicyName{*name, *type == "System"};
}

Read<ReadDocument> read_document(const Parameters& in, std::string_view parameter,
                                 policy::Kind kind, std::size_t most) {
  auto text = in.required(parameter);
  if (!text) return std::unexpected(std::move(text.error()));
  auto compiled = policy::compile(*text, kind, most);
  if (compiled) return ReadDocument{std::move(*text), std::move(*compiled)};
  if (compiled.error().fault == policy::Malformed::Fault::kTooLong) {
    return std::unexpected(bad_length(parameter));
  }
  return std::unexpected(Fault{400, "MalformedPolicyDocument", compiled.error().text()});
}

Read<Tags> read_tags(const Parameters& in) {
  Tags tags;
  auto listed = json_or_tags(in);
  if (!listed) return std::unexpected(std::move(listed.error()));
  for (const auto& [key, value] : *listed) {
    if (key.empty() || characters(key) > 128 || characters(value) > 256) {
      return std::unexpected(bad_length("Tag"));
    }
    if (!is_valid_utf8(key) || !is_valid_utf8(value)) return std::unexpected(invalid_chars("Tag"));
    tags[key] = value;
  }
  if (tags.size() > kMaxTagsOfOne) return std::unexpected(limit("Tag"));
  return tags;
}

Read<std::vector<std::string>> read_list(const Parameters& in, std::string_view parameter,
                                         std::size_t most) {
  std::string_view text = in.get(parameter);
  auto list = in.list(parameter, most + 1);
  if (!text.empty()) {
    auto json = nlohmann::json::parse(text, nullptr, false);
    bool texts = json.is_array() &&
                 std::ranges::all_of(json, [](const auto& one) { return one.is_string(); });
    if (!texts) return std::unexpected(bad_format(parameter));
    list = json.get<std::vector<std::string>>();
  }
  if (list.size() > most) return std::unexpected(bad_length(parameter));
  return list;
}

std::string date(Time time) {
  std::string text = format_iso8601_millis(time);
  return text.substr(0, 19) + "Z";
}

std::string random_digits(std::size_t count) {
  std::string digits;
  while (digits.size() < count) {
    for (char c : random_alphanumeric(4 * count)) {
      bool first_zero = digits.empty() && c == '0';
      if (c >= '0' && c <= '9' && !first_zero && digits.size() < count) digits += c;
    }
  }
  return digits;
}

std::string arn(const Environment& env, std::string_view what) {
  return "acs:ram::" + env.store.account_id() + ":" + std::string(what);
}

std::string principal_name(const Environment& env, std::string_view user) {
  const std::string alias = env.store.settings()->alias;
  return std::string(user) + "@" + (alias.empty() ? env.store.account_id() : alias) + kDomain;
}

Read<std::shared_ptr<const User>> find_user(const Environment& env, const Invocation& in) {
  Read<std::string> name = std::string();
  if (env.form == Form::kRam) {
    name = read_name(in.parameters, "UserName");
  } else {
    name = read_principal_name(env, in.parameters, "UserPrincipalName");
  }
  if (!name) return std::unexpected(std::move(name.error()));
  auto user = env.store.find<User>(*name);
  if (user == nullptr) return std::unexpected(not_exist("User"));
  return user;
}

namespace {

// IMS also takes a user's id, or one of its keys.
std::shared_ptr<const User> user_of_other_name(const Environment& env, const Parameters& in) {
  if (env.form != Form::kIms) return nullptr;
  if (std::string_view id = in.get("UserId"); !id.empty()) return env.store.user_of_id(id);
  if (!in.get("UserPrincipalName").empty()) return nullptr;
  auto owner = env.store.key_owner(in.get("UserAccessKeyId"));
  return owner ? owner->user : nullptr;
}

}  // namespace

Read<std::shared_ptr<const User>> user_or_caller(const Environment& env, const Invocation& in) {
  if (auto user = user_of_other_name(env, in.parameters)) return user;
  const char* parameter = env.form == Form::kRam ? "UserName" : "UserPrincipalName";
  if (!in.parameters.get(parameter).empty()) return find_user(env, in);
  if (in.caller().kind != Principal::Kind::kUser) {
    return std::unexpected(rpc::missing_parameter(parameter));
  }
  auto user = env.store.find<User>(in.caller().name);
  if (user == nullptr) return std::unexpected(not_exist("User"));
  return user;
}

Read<std::string> read_principal_name(const Environment& env, const Parameters& in,
                                      std::string_view parameter) {
  auto whole = in.required(parameter);
  if (!whole) return whole;
  std::size_t at = whole->find('@');
  const std::string domain = at == whole->npos ? std::string() : whole->substr(at + 1);
  const std::string alias = env.store.settings()->alias;
  bool ours =
      domain == env.store.account_id() + kDomain || (!alias.empty() && domain == alias + kDomain);
  std::string name = whole->substr(0, at);
  if (at == whole->npos || !is_name(name, kUserMarks))
    return std::unexpected(bad_format(parameter));
  if (name.size() > kMaxName) return std::unexpected(bad_length(parameter));
  if (!ours) return std::unexpected(not_exist("User"));
  return name;
}

Read<Page> read_page(const Parameters& in) {
  auto most = in.number("MaxItems", 100, {1, 1000});
  if (!most) return std::unexpected(std::move(most.error()));
  return Page{std::string(in.get("Marker")), static_cast<std::size_t>(*most)};
}

Task<Answer> commit(Environment& env, const Change& change, Value value) {
  Status written = co_await env.store.commit(change);
  if (!written) co_return std::unexpected(rpc::internal_error(written.error()));
  co_return std::move(value);
}

}  // namespace lakeside::ram::wire
