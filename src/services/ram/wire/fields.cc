#include "services/ram/wire/fields.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/encoding.h"

namespace lakeside::ram::wire {
namespace {

constexpr std::size_t kMaxTags = 20;

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

Fault invalid_chars(std::string_view parameter) {
  return {400, "InvalidParameter." + std::string(parameter) + ".InvalidChars",
          "The parameter - \"" + std::string(parameter) + "\" contains invalid chars."};
}

Fault bad_length(std::string_view parameter) {
  return {400, "InvalidParameter." + std::string(parameter) + ".Length",
          "The parameter - \"" + std::string(parameter) + "\" beyond the length limit."};
}

// "User.Policy" → "user policy"
std::string words(std::string_view kind) {
  std::string text = to_lower_ascii(kind);
  std::ranges::replace(text, '.', ' ');
  return text;
}

}  // namespace

Read<std::string> read_name(const Parameters& in, std::string_view parameter, std::size_t most,
                            std::string_view marks) {
  auto name = in.required(parameter);
  if (!name) return name;
  if (name->size() > most) return std::unexpected(bad_length(parameter));
  bool fits = std::ranges::all_of(*name, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != marks.npos;
  });
  if (!fits) return std::unexpected(invalid_chars(parameter));
  return name;
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
    return std::unexpected(rpc::invalid_parameter("PolicyType", "System or Custom"));
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
  for (const auto& [key, value] : in.tags("Tag", kMaxTags + 1)) {
    if (key.empty() || characters(key) > 128 || characters(value) > 128) {
      return std::unexpected(bad_length("Tag"));
    }
    if (!is_valid_utf8(key) || !is_valid_utf8(value)) return std::unexpected(invalid_chars("Tag"));
    tags[key] = value;
  }
  if (tags.size() > kMaxTags) return std::unexpected(limit("Tag", kMaxTags));
  return tags;
}

Fault not_exist(std::string_view kind, std::string_view name) {
  return {404, "EntityNotExist." + std::string(kind),
          "The " + words(kind) + " does not exist: " + std::string(name) + "."};
}

Fault already_exists(std::string_view kind, std::string_view name) {
  return {409, "EntityAlreadyExists." + std::string(kind),
          "The " + words(kind) + " already exists: " + std::string(name) + "."};
}

Fault conflict(std::string_view kind, std::string_view message) {
  return {409, "DeleteConflict." + std::string(kind), std::string(message)};
}

Fault limit(std::string_view kind, std::size_t most) {
  return {409, "LimitExceeded." + std::string(kind),
          "There are " + std::to_string(most) + " already, which is the most there may be."};
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

Read<std::shared_ptr<const User>> user_or_caller(const Environment& env, const Invocation& in) {
  std::string name;
  if (!in.parameters.get("UserName").empty()) {
    auto named = read_name(in.parameters, "UserName");
    if (!named) return std::unexpected(std::move(named.error()));
    name = std::move(*named);
  } else if (in.caller().kind == Principal::Kind::kUser) {
    name = in.caller().name;
  } else {
    return std::unexpected(rpc::missing_parameter("UserName"));
  }
  auto user = env.store.find<User>(name);
  if (user == nullptr) return std::unexpected(not_exist("User", name));
  return user;
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
