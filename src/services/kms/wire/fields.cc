#include "services/kms/wire/fields.h"

#include "base/characters.h"
#include "base/encoding.h"

namespace lakeside::kms::wire {
namespace {

constexpr std::size_t kMaxContextPairs = 256;
constexpr std::size_t kMaxJson = 16 << 10;  // of lists, filters and tags
constexpr std::size_t kMaxTagText = 128;
constexpr std::size_t kMaxPage = 1'000'000;

bool has_only(std::string_view text, std::string_view marks) {
  return std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != marks.npos;
  });
}

std::unexpected<Fault> invalid(std::string_view parameter, std::string_view help) {
  return std::unexpected(rpc::invalid_parameter(parameter, help));
}

// Null (not discarded) where it did not come; discarded where it is no JSON.
Value parse_json(const Parameters& in, std::string_view parameter, std::size_t most) {
  std::string_view text = in.get(parameter);
  if (text.empty()) return nullptr;
  if (text.size() > most) return Value(Value::value_t::discarded);
  return Value::parse(text, nullptr, false);
}

const std::string* text_in(const Value& object, const char* member) {
  auto found = object.find(member);
  return found == object.end() ? nullptr : found->get_ptr<const std::string*>();
}

std::optional<std::vector<std::string>> texts_of(const Value& json, std::size_t most) {
  if (!json.is_array() || json.size() > most) return std::nullopt;
  std::vector<std::string> texts;
  for (const Value& one : json) {
    if (!one.is_string()) return std::nullopt;
    texts.push_back(one.get<std::string>());
  }
  return texts;
}

// "key/ID" or "alias/NAME" of an ARN of this account; the text itself where it is no ARN; nothing
// where it is another account's.
std::optional<std::string_view> without_arn(const Invocation& in, std::string_view text) {
  constexpr std::string_view kStart = "acs:kms:";
  if (!text.starts_with(kStart)) return text;
  std::string_view rest = text.substr(kStart.size());
  std::size_t region = std::min(rest.find(':'), rest.size());
  rest.remove_prefix(std::min(region + 1, rest.size()));
  std::size_t account = std::min(rest.find(':'), rest.size());
  if (rest.substr(0, account) != account_of(in)) return std::nullopt;
  rest.remove_prefix(std::min(account + 1, rest.size()));
  if (rest.starts_with("key/")) rest.remove_prefix(4);
  return rest;
}

}  // namespace

Fault key_not_found() { return {404, "Forbidden.KeyNotFound", "The specified Key is not found."}; }
Fault key_version_not_found() {
  return {404, "Forbidden.KeyVersionNotFound", "The specified Key version is not found."};
}
Fault alias_not_found() {
  return {404, "Forbidden.AliasNotFound", "The specified Alias is not found."};
}
Fault secret_not_found(std::string_view name) {
  return {404, "Forbidden.ResourceNotFound", "The resource is not found: " + std::string(name)};
}
Fault state_modified_failed() {
  return {409, "Rejected.StateModifiedFailed", "Keystate modified failed."};
}
Fault limit_exceeded(std::string_view what, std::size_t most) {
  return {400, "Rejected.LimitExceeded",
          "The request was rejected because user create resource limit was exceeded: at most " +
              std::to_string(most) + " " + std::string(what) + "."};
}
Fault unsupported_operation(std::string_view why) {
  return {400, "UnsupportedOperation", "This operation is not supported: " + std::string(why)};
}
Fault unsupported_origin() {
  return {400, "Unsupported.Origin", "This key origin is not valid for this api."};
}
Fault not_implemented(std::string_view what) {
  return {501, "NotImplemented", std::string(what) + " is not implemented here."};
}

std::optional<Fault> refuse_unsupported(const Parameters& in,
                                        std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (!in.get(name).empty()) return not_implemented("The parameter " + std::string(name));
  }
  return std::nullopt;
}

std::optional<Fault> refuse_unless_enabled(const Key& key, Time now) {
  KeyState state = state_of(key, now);
  if (state == KeyState::kEnabled) return std::nullopt;
  std::string name(name_of(state));
  return Fault{409, "Rejected." + name,
               "The request was rejected because the key state is " + name + "."};
}

Read<std::string> read_text(const Parameters& in, std::string_view parameter, std::size_t most) {
  std::string text(in.get(parameter));
  if (!is_valid_utf8(text)) return invalid(parameter, "text in UTF-8");
  if (characters(text) > most) {
    return invalid(parameter, "at most " + std::to_string(most) + " characters");
  }
  return text;
}

Read<std::string> read_base64(const Parameters& in, std::string_view parameter, std::size_t most) {
  std::string_view text = in.get(parameter);
  if (text.empty()) return std::unexpected(rpc::missing_parameter(parameter));
  auto raw = text.size() > (most + 2) / 3 * 4 ? std::nullopt : base64_decode(text);
  if (!raw || raw->size() > most) {
    return invalid(parameter, "base64 of at most " + std::to_string(most) + " bytes");
  }
  return std::move(*raw);
}

Read<Wiped> read_plaintext(const Parameters& in, std::size_t most) {
  auto raw = read_base64(in, "Plaintext", most);
  if (!raw) return std::unexpected(std::move(raw.error()));
  return Wiped::taken(std::move(*raw));
}

Read<EncryptionContext> read_context(const Parameters& in, std::string_view parameter) {
  EncryptionContext context;
  const std::string help =
      "a map of texts to texts, of at most " + std::to_string(kMaxContext) + " characters in JSON";
  auto members = in.members(parameter, kMaxContextPairs + 1);
  if (!in.get(parameter).empty()) {
    Value json = parse_json(in, parameter, kMaxContext);
    if (!json.is_object() || json.size() > kMaxContextPairs || !members.empty()) {
      return invalid(parameter, help);
    }
    for (const auto& [name, value] : json.items()) {
      if (!value.is_string()) return invalid(parameter, help);
      context[name] = value.get<std::string>();
    }
    return context;
  }
  std::size_t size = 2;  // as JSON it would have: {"name":"value",…}
  for (auto& [name, value] : members) {
    size += name.size() + value.size() + 6;
    context[name] = std::move(value);
  }
  if (members.size() > kMaxContextPairs || size > kMaxContext) return invalid(parameter, help);
  return context;
}

Read<std::chrono::seconds> read_interval(const Parameters& in, std::string_view parameter,
                                         std::chrono::days least, std::chrono::days most) {
  std::string_view text = in.get(parameter);
  if (text.empty()) return std::unexpected(rpc::missing_parameter(parameter));
  constexpr std::pair<char, std::uint64_t> kUnits[] = {
      {'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};
  const auto* unit = std::ranges::find(kUnits, text.back(), &std::pair<char, std::uint64_t>::first);
  auto count = parse_uint(text.substr(0, text.size() - 1));
  constexpr std::uint64_t kMostCount = 1'000'000'000;
  if (unit != std::end(kUnits) && count && *count <= kMostCount) {
    std::chrono::seconds interval(static_cast<std::int64_t>(*count * unit->second));
    if (interval >= least && interval <= most) return interval;
  }
  return invalid(parameter, "a number with d, h, m or s, from " + std::to_string(least.count()) +
                                " to " + std::to_string(most.count()) + " days");
}

std::optional<Fault> refuse_tag(std::string_view parameter, std::string_view key,
                                std::string_view value) {
  bool fits = !key.empty() && characters(key) <= kMaxTagText && characters(value) <= kMaxTagText &&
              is_valid_utf8(key) && is_valid_utf8(value);
  if (fits) return std::nullopt;
  return rpc::invalid_parameter(parameter, "keys of 1 to 128 characters, values of at most 128");
}

Read<Tags> read_tags(const Parameters& in, std::string_view parameter) {
  Tags tags;
  Value json = parse_json(in, parameter, kMaxJson);
  if (json.is_null() && !json.is_discarded()) return tags;
  if (!json.is_array() || json.size() > kMaxTags) {
    return invalid(parameter, "a JSON list of at most 20 objects of TagKey and TagValue");
  }
  for (const Value& one : json) {
    const std::string* key = one.is_object() ? text_in(one, "TagKey") : nullptr;
    const std::string* value = one.is_object() ? text_in(one, "TagValue") : nullptr;
    if (key == nullptr || value == nullptr) {
      return invalid(parameter, "a JSON list of objects of TagKey and TagValue");
    }
    if (auto fault = refuse_tag(parameter, *key, *value)) return std::unexpected(*fault);
    tags[*key] = *value;
  }
  return tags;
}

Read<std::vector<std::string>> read_list(const Parameters& in, std::string_view parameter,
                                         std::size_t most) {
  auto texts = texts_of(parse_json(in, parameter, kMaxJson), most);
  if (!texts) {
    return invalid(parameter, "a JSON list of at most " + std::to_string(most) + " texts");
  }
  return std::move(*texts);
}

Read<std::vector<Filter>> read_filters(const Parameters& in, std::vector<std::string_view> keys) {
  constexpr std::size_t kMaxFilters = 10, kMaxValues = 10;
  std::vector<Filter> filters;
  Value json = parse_json(in, "Filters", kMaxJson);
  if (json.is_null() && !json.is_discarded()) return filters;
  std::string help = "a JSON list of objects of Key and Values; keys are";
  for (std::string_view key : keys) help += " " + std::string(key);
  if (!json.is_array() || json.size() > kMaxFilters) return invalid("Filters", help);
  for (const Value& one : json) {
    const std::string* key = one.is_object() ? text_in(one, "Key") : nullptr;
    if (key == nullptr || std::ranges::find(keys, *key) == keys.end() || !one.contains("Values")) {
      return invalid("Filters", help);
    }
    auto values = texts_of(one["Values"], kMaxValues);
    if (!values) return invalid("Filters", help);
    filters.push_back({*key, std::move(*values)});
  }
  return filters;
}

Read<KeyPtr> key_named(const Environment& env, const Invocation& in, std::string_view text,
                       Aliases aliases) {
  auto name = without_arn(in, text);
  if (!name) return std::unexpected(key_not_found());
  std::string id(*name);
  if (id.starts_with("alias/")) {
    if (aliases == Aliases::kRefused) {
      return std::unexpected(Fault{400, "Unsupported.Alias", "Alias is not valid for this api."});
    }
    auto alias = env.store.find<Alias>(account_of(in), id);
    id = in.meant_by(id, alias == nullptr ? std::string() : alias->key_id);
    if (id.empty()) return std::unexpected(alias_not_found());
  }
  auto key = env.store.find<Key>(account_of(in), id);
  if (key == nullptr || state_of(*key, in.now) == KeyState::kGone) {
    return std::unexpected(key_not_found());
  }
  return key;
}

Read<KeyPtr> find_key(const Environment& env, const Invocation& in, std::string_view parameter,
                      Aliases aliases) {
  auto text = in.parameters.required(parameter);
  if (!text) return std::unexpected(std::move(text.error()));
  return key_named(env, in, *text, aliases);
}

std::vector<KeyPtr> keys_of(const Environment& env, const Invocation& in) {
  auto keys = env.store.list<Key>(account_of(in));
  std::erase_if(keys, [&](const KeyPtr& key) { return state_of(*key, in.now) == KeyState::kGone; });
  return keys;
}

Read<std::string> read_alias_name(const Parameters& in) {
  constexpr std::string_view kStart = "alias/";
  auto name = in.required("AliasName");
  if (!name) return name;
  std::string_view rest = std::string_view(*name).substr(std::min(kStart.size(), name->size()));
  if (!name->starts_with(kStart) || rest.empty() || rest.size() > 255 || !has_only(rest, "/_-")) {
    return invalid("AliasName", "alias/ and 1 to 255 letters, digits, / _ -");
  }
  if (rest == "acs" || rest.starts_with("acs/")) {
    return invalid("AliasName", "alias/acs is reserved");
  }
  return name;
}

Read<std::string> read_secret_name(const Parameters& in) {
  auto name = in.required("SecretName");
  if (!name) return name;
  if (name->size() > 192 || !has_only(*name, "_/+=.@-")) {
    return invalid("SecretName", "1 to 192 letters, digits, _ / + = . @ -");
  }
  return name;
}

SecretPtr secret_named(const Environment& env, const Invocation& in, std::string_view name) {
  auto secret = env.store.find<Secret>(account_of(in), name);
  const std::string id = secret == nullptr ? std::string() : secret->id;
  return in.meant_by("secret/" + std::string(name), id) == id ? secret : nullptr;
}

Read<SecretPtr> find_secret(const Environment& env, const Invocation& in) {
  auto name = read_secret_name(in.parameters);
  if (!name) return std::unexpected(std::move(name.error()));
  auto secret = secret_named(env, in, *name);
  if (secret == nullptr || (secret->delete_at && *secret->delete_at <= in.now)) {
    return std::unexpected(secret_not_found(*name));
  }
  return secret;
}

std::optional<Fault> refuse_if_deleted(const Secret& secret) {
  if (!secret.delete_at) return std::nullopt;
  return Fault{409, "Rejected.ResourceInDeleteWindow", "The secret is planned to be deleted."};
}

const std::string& account_of(const Invocation& in) { return in.caller().account_id; }

std::string date(Time time) { return format_iso8601_millis(time).substr(0, 19) + "Z"; }

std::string arn(const Environment& env, const Invocation& in, std::string_view what) {
  return "acs:kms:" + env.region + ":" + account_of(in) + ":" + std::string(what);
}

std::string base64_of(std::string_view bytes) { return base64_encode(as_bytes(bytes)); }

Value json_of(const Tags& tags) {
  Value list = Value::array();
  for (const auto& [key, value] : tags) list.push_back({{"TagKey", key}, {"TagValue", value}});
  return list;
}

Read<Page> read_page(const Parameters& in) {
  auto number = in.number("PageNumber", 1, {1, kMaxPage});
  if (!number) return std::unexpected(std::move(number.error()));
  auto size = in.number("PageSize", 10, {1, 100});
  if (!size) return std::unexpected(std::move(size.error()));
  return Page{static_cast<std::size_t>(*number), static_cast<std::size_t>(*size)};
}

Task<Read<KeyPair>> make_pair(Environment& env, Spec spec) {
  struct Counted {
    explicit Counted(std::atomic<std::size_t>& of) : count(of), before(of++) {}
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted() { --count; }
    std::atomic<std::size_t>& count;
    const std::size_t before;
  };
  // A queue of these would be seconds long for each.
  constexpr std::size_t kMostAtOnce = 32;
  Counted counted(env.finding);
  if (counted.before >= kMostAtOnce) {
    co_return std::unexpected(Fault{429, "Rejected.Throttling", "QPS Limit Exceeded"});
  }
  auto make = [spec] { return generate_pair(spec); };
  auto job = run_on(env.pool, make);
  co_return co_await job;
}

Task<Answer> commit(Environment& env, const Change& change, Value value) {
  Status written = co_await env.store.commit(change);
  if (!written) co_return std::unexpected(rpc::internal_error(written.error()));
  co_return std::move(value);
}

Read<Wiped> open_material(const Environment& env, const Key& key, const KeyVersion& version) {
  auto material = env.store.open_material(key, version);
  if (!material) return std::unexpected(rpc::internal_error(material.error()));
  return std::move(*material);
}

}  // namespace lakeside::kms::wire
