// Identity providers that speak OpenID Connect. Their keys come with core/oidc_keys.h; fingerprints
// are kept as data: certificates are checked against the system's authorities.
#include <algorithm>

#include "services/ram/wire/codecs.h"
#include "services/ram/wire/fields.h"

namespace lakeside::ram::wire {
namespace {

constexpr std::size_t kMaxClientIds = 50, kMaxClientId = 128;
constexpr std::size_t kMaxFingerprints = 5;
constexpr rpc::Range kIssuanceHours{1, 168};

std::string joined(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& one : list) text += (text.empty() ? "" : ",") + one;
  return text;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> list;
  while (!text.empty()) {
    std::string_view one = text.substr(0, text.find(','));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    if (!one.empty()) list.emplace_back(one);
  }
  return list;
}

Value json_of(const Environment& env, const OidcProvider& provider) {
  return {{"OIDCProviderName", provider.name},
          {"Arn", arn(env, "oidc-provider/" + provider.name)},
          {"IssuerUrl", provider.issuer},
          {"Description", provider.description},
          {"ClientIds", joined(provider.client_ids)},
          {"Fingerprints", joined(provider.fingerprints)},
          {"IssuanceLimitTime", provider.issuance_limit_hours},
          {"CreateDate", date(provider.created)},
          {"UpdateDate", date(provider.updated)},
          {"GmtCreate", std::to_string(provider.created.time_since_epoch().count() / 1000)},
          {"GmtModified", std::to_string(provider.updated.time_since_epoch().count() / 1000)}};
}

bool is_client_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxClientId &&
         std::ranges::all_of(id, [](char c) { return c > ' ' && c <= '~' && c != ','; });
}

bool is_fingerprint(std::string_view text) {
  return text.size() == 40 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

std::optional<Fault> check_client_ids(const std::vector<std::string>& ids) {
  if (ids.size() > kMaxClientIds) return limit("OIDCProvider.ClientId");
  if (!std::ranges::all_of(ids, is_client_id)) return bad_format("ClientIds");
  return std::nullopt;
}

std::optional<Fault> check_fingerprints(const std::vector<std::string>& prints) {
  if (prints.size() > kMaxFingerprints) return limit("OIDCProvider.Fingerprint");
  if (!std::ranges::all_of(prints, is_fingerprint)) return bad_format("Fingerprints");
  return std::nullopt;
}

// Changes a provider by `edit`, which may refuse.
template <class Edit>
Task<Answer> edit_provider(Environment& env, const Invocation& in, Edit edit) {
  auto turn = co_await env.store.turn();
  auto found = find_named<OidcProvider>(env, in, "OIDCProvider", "OIDCProviderName");
  if (!found) co_return std::unexpected(std::move(found.error()));
  OidcProvider provider = copy_of(*found);
  if (std::optional<Fault> fault = edit(provider)) co_return std::unexpected(*fault);
  provider.updated = in.now;
  Value value;
  value["OIDCProvider"] = json_of(env, provider);
  Change change;
  change.put(std::move(provider));
  co_return co_await commit(env, change, std::move(value));
}

// Adds to a list without doubles, or takes from it.
template <auto List, auto Check>
Task<Answer> edit_list(Environment& env, const Invocation& in, const char* parameter, bool add) {
  auto value = in.parameters.required(parameter);
  if (!value) co_return std::unexpected(std::move(value.error()));
  auto edit = [&value, add](OidcProvider& provider) {
    std::vector<std::string>& list = provider.*List;
    std::erase(list, *value);
    if (add) list.push_back(*value);
    return Check(list);
  };
  co_return co_await edit_provider(env, in, edit);
}

}  // namespace

Task<Answer> create_oidc_provider(Environment& env, const Invocation& in) {
  auto name = read_name(in.parameters, "OIDCProviderName", 128);
  if (!name) co_return std::unexpected(std::move(name.error()));
  auto issuer = in.parameters.required("IssuerUrl");
  if (!issuer) co_return std::unexpected(std::move(issuer.error()));
  if (issuer->size() > 255 || !issuer->starts_with("https://") || issuer->size() == 8) {
    co_return std::unexpected(bad_format("IssuerUrl"));
  }
  auto description = read_text(in.parameters, "Description", 256);
  if (!description) co_return std::unexpected(std::move(description.error()));
  auto hours = read_number(in.parameters, "IssuanceLimitTime", 12, kIssuanceHours);
  if (!hours) co_return std::unexpected(std::move(hours.error()));
  OidcProvider provider;
  provider.name = std::move(*name);
  provider.issuer = std::move(*issuer);
  provider.description = std::move(*description);
  provider.client_ids = split(in.parameters.get("ClientIds"));
  provider.fingerprints = split(in.parameters.get("Fingerprints"));
  provider.issuance_limit_hours = *hours;
  provider.created = provider.updated = in.now;
  if (auto fault = check_client_ids(provider.client_ids)) co_return std::unexpected(*fault);
  if (auto fault = check_fingerprints(provider.fingerprints)) co_return std::unexpected(*fault);

  auto turn = co_await env.store.turn();
  if (env.store.find<OidcProvider>(provider.name)) {
    co_return std::unexpected(already_exists("OIDCProvider"));
  }
  if (env.store.list<OidcProvider>().size() >= kMaxOidcProviders) {
    co_return std::unexpected(limit("OIDCProvider"));
  }
  Value value;
  value["OIDCProvider"] = json_of(env, provider);
  Change change;
  change.put(std::move(provider));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> get_oidc_provider(Environment& env, const Invocation& in) {
  auto provider = find_named<OidcProvider>(env, in, "OIDCProvider", "OIDCProviderName");
  if (!provider) co_return std::unexpected(std::move(provider.error()));
  Value value;
  value["OIDCProvider"] = json_of(env, **provider);
  co_return value;
}

Task<Answer> list_oidc_providers(Environment& env, const Invocation& in) {
  auto page = read_page(in.parameters);
  if (!page) co_return std::unexpected(std::move(page.error()));
  auto providers = env.store.list<OidcProvider>();
  co_return page_of(
      providers, *page, "OIDCProviders", "OIDCProvider",
      [](const OidcProvider& provider) { return provider.name; },
      [&](const OidcProvider& provider) { return json_of(env, provider); });
}

Task<Answer> update_oidc_provider(Environment& env, const Invocation& in) {
  auto description = read_text(in.parameters, "NewDescription", 256);
  if (!description) co_return std::unexpected(std::move(description.error()));
  auto hours = read_number(in.parameters, "IssuanceLimitTime", 0, kIssuanceHours);
  if (!hours) co_return std::unexpected(std::move(hours.error()));
  auto edit = [&](OidcProvider& provider) -> std::optional<Fault> {
    if (in.parameters.find("NewDescription") != nullptr) provider.description = *description;
    if (*hours != 0) provider.issuance_limit_hours = *hours;
    if (const std::string* ids = in.parameters.find("ClientIds")) provider.client_ids = split(*ids);
    return check_client_ids(provider.client_ids);
  };
  co_return co_await edit_provider(env, in, edit);
}

Task<Answer> delete_oidc_provider(Environment& env, const Invocation& in) {
  auto turn = co_await env.store.turn();
  auto provider = find_named<OidcProvider>(env, in, "OIDCProvider", "OIDCProviderName");
  if (!provider) co_return std::unexpected(std::move(provider.error()));
  Change change;
  change.remove<OidcProvider>((*provider)->name);
  co_return co_await commit(env, change);
}

Task<Answer> add_client_id(Environment& env, const Invocation& in) {
  return edit_list<&OidcProvider::client_ids, check_client_ids>(env, in, "ClientId", true);
}
Task<Answer> remove_client_id(Environment& env, const Invocation& in) {
  return edit_list<&OidcProvider::client_ids, check_client_ids>(env, in, "ClientId", false);
}
Task<Answer> add_fingerprint(Environment& env, const Invocation& in) {
  return edit_list<&OidcProvider::fingerprints, check_fingerprints>(env, in, "Fingerprint", true);
}
Task<Answer> remove_fingerprint(Environment& env, const Invocation& in) {
  return edit_list<&OidcProvider::fingerprints, check_fingerprints>(env, in, "Fingerprint", false);
}

}  // namespace lakeside::ram::wire
