#include "services/modelstudio/wire/management.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/encoding.h"

namespace lakeside::modelstudio::wire {
namespace {

using rpc::Fault;
using rpc::Parameters;
using rpc::Read;
using rpc::Value;

constexpr std::size_t kMostModels = 256;
constexpr std::size_t kMostListed = 100;

std::unexpected<Fault> failed(const Error& error, std::string_view id) {
  if (error.code == ErrorCode::kNotFound) {
    return std::unexpected(
        Fault{404, "ApiKeyNotFound", "There is no key " + std::string(id) + "."});
  }
  if (error.code == ErrorCode::kInvalid) {
    return std::unexpected(Fault{400, "InvalidParameter", error.detail});
  }
  if (error.code == ErrorCode::kGuardFailed) {
    return std::unexpected(
        Fault{409, "OperationConflict", "The key was changed at the same time."});
  }
  return std::unexpected(rpc::internal_error(error));
}

Value succeeded(const Invocation& in) {
  return {{"requestId", in.request.id},
          {"success", true},
          {"code", "Success"},
          {"httpStatusCode", 200}};
}

std::string arn_of(const Principal& caller) {
  std::string arn = "acs:ram::" + caller.account_id + ":";
  switch (caller.kind) {
    case Principal::Kind::kUser:
      return arn + "user/" + caller.name;
    case Principal::Kind::kRole:
      return arn + "role/" + caller.name;
    default:
      return arn + "root";
  }
}

// Where the vendor's API says nothing of it, a parameter of our own does: the limits, and the end.
std::optional<Fault> read_limits(const Parameters& in, KeySettings& settings) {
  auto concurrent = in.number("maxConcurrent", settings.max_concurrent,
                              {0, std::numeric_limits<std::uint32_t>::max()});
  if (!concurrent) return concurrent.error();
  settings.max_concurrent = static_cast<std::uint32_t>(*concurrent);
  auto tokens = in.number("tokensPerMinute", settings.tokens_per_minute,
                          {0, std::numeric_limits<std::int64_t>::max()});
  if (!tokens) return tokens.error();
  settings.tokens_per_minute = *tokens;
  if (std::string_view text = in.get("weight"); !text.empty()) {
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), settings.weight);
    if (error != std::errc() || end != text.data() + text.size()) {
      return rpc::invalid_parameter("weight", "a number above 0");
    }
  }
  if (std::string_view text = in.get("expiresAt"); !text.empty()) {
    settings.expires = parse_iso8601(text);
    if (!settings.expires) return rpc::invalid_parameter("expiresAt", "YYYY-MM-DDThh:mm:ssZ");
  }
  return std::nullopt;
}

// All traffic is what the vendor takes for none said.
bool is_everywhere(std::string_view address) { return address == "0.0.0.0/0" || address == "::/0"; }

std::optional<Fault> read_auth(const Parameters& in, KeySettings& settings) {
  for (const std::string& address : in.list("auth.accessIps", kMostModels)) {
    if (!is_everywhere(address)) {
      return Fault{501, "NotImplemented",
                   "auth.accessIps is not implemented but for all addresses."};
    }
  }
  auto models = models_asked_for(in);
  if (!models.empty()) settings.models = std::move(models);
  if (in.get("auth.type").empty()) return std::nullopt;
  auto type = in.one_of("auth.type", {"All", "Custom"});
  if (!type) return type.error();
  const bool listed = equals_ignore_case(in.get("auth.modelAccessScope.allowAllModels"), "false");
  if (*type == "Custom" && listed && in.list("auth.modelAccessScope.accessibleModels", 1).empty()) {
    settings.models.clear();  // a key that may call none
  }
  return std::nullopt;
}

std::optional<Fault> read_settings(const Parameters& in, KeySettings& settings) {
  if (const std::string* description = in.find("description")) settings.name = *description;
  if (auto fault = read_auth(in, settings)) return fault;
  return read_limits(in, settings);
}

Value auth_of(const KeySettings& settings) {
  const bool all = std::ranges::find(settings.models, kAllModels) != settings.models.end();
  Value models = Value::array();
  for (const std::string& model : settings.models) {
    if (model != kAllModels) models.push_back(model);
  }
  return {{"type", all ? "All" : "Custom"},
          {"accessIps", {"0.0.0.0/0", "::/0"}},
          {"modelAccessScope", {{"allowAllModels", all}, {"accessibleModels", std::move(models)}}}};
}

Value described(const ModelKey& key) {
  const KeySettings& settings = key.settings;
  Value value = {{"apiKeyId", key.id},
                 {"description", settings.name},
                 {"workspaceId", settings.workspace},
                 {"workspaceName", settings.workspace},
                 {"createdBy", settings.created_by},
                 {"gmtCreate", key.created.time_since_epoch().count() / 1000},
                 {"disabled", settings.enabled ? 0 : 1},
                 {"auth", auth_of(settings)},
                 // Ours:
                 {"weight", settings.weight},
                 {"maxConcurrent", settings.max_concurrent},
                 {"tokensPerMinute", settings.tokens_per_minute}};
  if (settings.expires) value["expiresAt"] = format_iso8601_millis(*settings.expires);
  return value;
}

Read<ModelKey> find_key(const KeyStore& keys, const Invocation& in) {
  auto id = in.parameters.required("apiKeyId");
  if (!id) return std::unexpected(std::move(id.error()));
  auto key = keys.named(*id);
  if (!key) return failed(Error{ErrorCode::kNotFound, {}}, *id);
  return std::move(*key);
}

Task<Answer> set_enabled(KeyStore& keys, const Invocation& in, bool enabled) {
  auto key = find_key(keys, in);
  if (!key) co_return std::unexpected(std::move(key.error()));
  key->settings.enabled = enabled;
  auto changed = co_await keys.change(key->id, key->settings);
  if (!changed) co_return failed(changed.error(), key->id);
  co_return succeeded(in);
}

// As ListApiKeys filters.
bool is_listed(const Parameters& in, const ModelKey& key) {
  auto same = [&](std::string_view name, std::string_view value) {
    std::string_view wanted = in.get(name);
    return wanted.empty() || wanted == value;
  };
  return same("apiKeyId", key.id) && same("workspaceId", key.settings.workspace) &&
         key.settings.name.find(in.get("description")) != std::string::npos;
}

}  // namespace

std::vector<std::string> models_asked_for(const Parameters& in) {
  constexpr std::string_view kScope = "auth.modelAccessScope.";
  if (in.get("auth.type").empty()) return {};
  const std::string all = std::string(kScope) + "allowAllModels";
  if (in.get("auth.type") == "Custom" && equals_ignore_case(in.get(all), "false")) {
    return in.list(std::string(kScope) + "accessibleModels", kMostModels);
  }
  return {std::string(kAllModels)};
}

Task<Answer> create_api_key(KeyStore& keys, const Invocation& in) {
  KeySettings settings;
  if (auto workspace = in.parameters.get("workspaceId"); !workspace.empty()) {
    settings.workspace = workspace;
  }
  if (auto fault = read_settings(in.parameters, settings)) {
    co_return std::unexpected(std::move(*fault));
  }
  settings.created_by = arn_of(in.caller());
  std::optional<std::string> random;
  auto made = co_await keys.create(settings, random);
  if (!made) co_return failed(made.error(), {});
  Value value = succeeded(in);
  value["apiKey"] = described(made->key);
  value["apiKey"]["apiKeyValue"] = made->secret;  // now, and never again
  co_return value;
}

Task<Answer> list_api_keys(KeyStore& keys, const Invocation& in) {
  auto most = in.parameters.number("maxResults", 20, {1, kMostListed});
  if (!most) co_return std::unexpected(std::move(most.error()));
  auto order = in.parameters.one_of("order", {"DESC", "ASC"});
  if (!order) co_return std::unexpected(std::move(order.error()));
  auto by = in.parameters.one_of("orderBy", {"apiKeyId", "gmtCreate"});
  if (!by) co_return std::unexpected(std::move(by.error()));
  auto start = in.parameters.number("nextToken", 0, {0, 1'000'000});
  if (!start) co_return std::unexpected(std::move(start.error()));
  auto all = keys.list();
  std::erase_if(all, [&](const ModelKey& key) { return !is_listed(in.parameters, key); });
  if (*by == "apiKeyId") std::ranges::sort(all, {}, &ModelKey::id);
  if (*order == "DESC") std::ranges::reverse(all);
  Value value = succeeded(in);
  value["totalCount"] = all.size();
  value["maxResults"] = *most;
  value["apiKeys"] = Value::array();
  for (std::uint64_t i = *start; i < all.size() && i < *start + *most; ++i) {
    value["apiKeys"].push_back(described(all[i]));
  }
  if (*start + *most < all.size()) value["nextToken"] = std::to_string(*start + *most);
  co_return value;
}

Task<Answer> get_api_key(KeyStore& keys, const Invocation& in) {
  auto key = find_key(keys, in);
  if (!key) co_return std::unexpected(std::move(key.error()));
  Value value = succeeded(in);
  value["apiKey"] = described(*key);
  co_return value;
}

Task<Answer> update_api_key(KeyStore& keys, const Invocation& in) {
  auto key = find_key(keys, in);
  if (!key) co_return std::unexpected(std::move(key.error()));
  if (auto fault = read_settings(in.parameters, key->settings)) {
    co_return std::unexpected(std::move(*fault));
  }
  auto changed = co_await keys.change(key->id, key->settings);
  if (!changed) co_return failed(changed.error(), key->id);
  co_return succeeded(in);
}

Task<Answer> enable_api_key(KeyStore& keys, const Invocation& in) {
  co_return co_await set_enabled(keys, in, true);
}

Task<Answer> disable_api_key(KeyStore& keys, const Invocation& in) {
  co_return co_await set_enabled(keys, in, false);
}

Task<Answer> reset_api_key(KeyStore& keys, const Invocation& in) {
  auto key = find_key(keys, in);
  if (!key) co_return std::unexpected(std::move(key.error()));
  auto made = co_await keys.reset(key->id);
  if (!made) co_return failed(made.error(), key->id);
  Value value = succeeded(in);
  value["apiKey"] = {{"apiKeyId", made->key.id},
                     {"apiKeyValue", made->secret},
                     {"workspaceId", made->key.settings.workspace}};
  co_return value;
}

Task<Answer> delete_api_key(KeyStore& keys, const Invocation& in) {
  auto id = in.parameters.required("apiKeyId");
  if (!id) co_return std::unexpected(std::move(id.error()));
  Status done = co_await keys.revoke(*id);
  if (!done) co_return failed(done.error(), *id);
  co_return succeeded(in);
}

}  // namespace lakeside::modelstudio::wire
