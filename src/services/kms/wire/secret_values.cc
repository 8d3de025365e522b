#include "base/crypto.h"
#include "services/kms/core/passwords.h"
#include "services/kms/wire/codecs.h"
#include "services/kms/wire/secret_fields.h"

namespace lakeside::kms::wire {
namespace {

Fault version_not_found(std::string_view name) {
  return {404, "Forbidden.ResourceNotFound",
          "The resource is not found: " + std::string(name) + " has no such version."};
}

// By VersionId, by VersionStage, by both where both fit, else the current one.
Read<const SecretVersion*> choose_version(const Parameters& in, const Secret& secret) {
  std::string_view id = in.get("VersionId");
  std::string_view stage = in.get("VersionStage");
  if (id.empty() && stage.empty()) stage = kCurrent;
  const SecretVersion* version = id.empty() ? secret.staged(stage) : secret.version(id);
  bool fits = version != nullptr && (stage.empty() || secret.staged(stage) == version);
  if (!fits) return std::unexpected(version_not_found(secret.name));
  return version;
}

Read<std::vector<std::string>> read_stages(const Parameters& in) {
  if (in.get("VersionStages").empty()) return std::vector<std::string>{std::string(kCurrent)};
  auto stages = read_list(in, "VersionStages", kMaxStagesOfVersion);
  if (!stages) return stages;
  for (const std::string& stage : *stages) {
    if (auto fault = refuse_stage("VersionStages", stage)) return std::unexpected(*fault);
  }
  if (stages->empty()) {
    return std::unexpected(rpc::invalid_parameter("VersionStages", "one stage or more"));
  }
  return stages;
}

// The vendor keeps ten versions and removes the earliest; never one that a stage still names while
// another is there, and never the current one.
void remove_surplus(Secret& secret, Change& change) {
  while (secret.versions.size() > kMaxVersionsOfSecret) {
    auto gone = std::ranges::find_if(secret.versions,
                                     [](const SecretVersion& one) { return one.stages.empty(); });
    if (gone == secret.versions.end()) {
      gone = std::ranges::find_if(secret.versions, [](const SecretVersion& one) {
        return std::ranges::find(one.stages, kCurrent) == one.stages.end();
      });
    }
    change.remove_value(secret, gone->serial);
    secret.versions.erase(gone);
  }
}

Value answer_of(const Secret& secret, const SecretVersion& version) {
  return {{"SecretName", secret.name},
          {"VersionId", version.id},
          {"VersionStages", stages_of(version)}};
}

// A repeated request changes nothing; another value under the same name is refused.
Task<Answer> put_again(Environment& env, const Invocation& in, const Secret& secret,
                       const SecretVersion& version, const SecretData& data) {
  auto value = co_await read_value(env, in, secret, version);
  if (!value) co_return std::unexpected(std::move(value.error()));
  if (version.binary != data.binary || !constant_time_equal(value->view(), data.text)) {
    co_return std::unexpected(
        Fault{409, "Rejected.ResourceExist", "The version exists already and has another value."});
  }
  co_return answer_of(secret, version);
}

}  // namespace

Task<Answer> get_secret_value(Environment& env, const Invocation& in) {
  if (auto fault = refuse_unsupported(in.parameters, {"Recipient"})) {
    co_return std::unexpected(*fault);
  }
  // Of generic secrets it changes nothing, says the vendor.
  auto extended = in.parameters.flag("FetchExtendedConfig", false);
  if (!extended) co_return std::unexpected(std::move(extended.error()));
  auto secret = find_secret(env, in);
  if (!secret) co_return std::unexpected(std::move(secret.error()));
  if (auto fault = refuse_if_deleted(**secret)) co_return std::unexpected(*fault);
  auto version = choose_version(in.parameters, **secret);
  if (!version) co_return std::unexpected(std::move(version.error()));
  auto data = co_await read_value(env, in, **secret, **version);
  if (!data) co_return std::unexpected(std::move(data.error()));
  co_return Value{{"SecretName", (*secret)->name},
                  {"SecretType", "Generic"},
                  {"VersionId", (*version)->id},
                  {"VersionStages", stages_of(**version)},
                  {"CreateTime", date((*version)->created)},
                  {"SecretDataType", type_of(**version)},
                  {"SecretData", data->view()}};
}

Task<Answer> put_secret_value(Environment& env, const Invocation& in) {
  auto data = read_secret_data(in.parameters);
  if (!data) co_return std::unexpected(std::move(data.error()));
  auto id = read_version_id(in.parameters, "VersionId");
  if (!id) co_return std::unexpected(std::move(id.error()));
  auto stages = read_stages(in.parameters);
  if (!stages) co_return std::unexpected(std::move(stages.error()));
  auto turn = co_await env.store.turn();
  auto found = find_secret(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  if (auto fault = refuse_if_deleted(**found)) co_return std::unexpected(*fault);
  if (const SecretVersion* same = (*found)->version(*id)) {
    co_return co_await put_again(env, in, **found, *same, *data);
  }
  Secret secret = copy_of(*found);
  Change change;
  SecretVersion version{*id, 0, data->binary, in.now, {}};
  if (auto fault = add_version(env, in, secret, std::move(version), data->text, change)) {
    co_return std::unexpected(*fault);
  }
  for (const std::string& stage : *stages) move_stage(secret, stage, *id);
  remove_surplus(secret, change);
  Value value = answer_of(secret, *secret.version(*id));
  change.put(std::move(secret));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> list_secret_version_ids(Environment& env, const Invocation& in) {
  auto page = read_page(in.parameters);
  if (!page) co_return std::unexpected(std::move(page.error()));
  auto deprecated = in.parameters.flag("IncludeDeprecated", false);
  if (!deprecated) co_return std::unexpected(std::move(deprecated.error()));
  auto secret = find_secret(env, in);
  if (!secret) co_return std::unexpected(std::move(secret.error()));
  std::vector<SecretVersion> versions = (*secret)->versions;
  if (!*deprecated) {
    std::erase_if(versions, [](const SecretVersion& version) { return version.stages.empty(); });
  }
  Value value =
      page_of(versions, *page, "VersionIds", "VersionId", [](const SecretVersion& version) {
        return Value{{"VersionId", version.id},
                     {"CreateTime", date(version.created)},
                     {"VersionStages", stages_of(version)}};
      });
  value["SecretName"] = (*secret)->name;
  co_return value;
}

Task<Answer> update_secret_version_stage(Environment& env, const Invocation& in) {
  auto stage = in.parameters.required("VersionStage");
  if (!stage) co_return std::unexpected(std::move(stage.error()));
  if (auto fault = refuse_stage("VersionStage", *stage)) co_return std::unexpected(*fault);
  const std::string from(in.parameters.get("RemoveFromVersion"));
  const std::string to(in.parameters.get("MoveToVersion"));
  const bool by_service = *stage == kCurrent || *stage == kPrevious;
  if (to.empty() && (by_service || from.empty())) {
    co_return std::unexpected(rpc::missing_parameter("MoveToVersion"));
  }
  auto turn = co_await env.store.turn();
  auto found = find_secret(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  if (auto fault = refuse_if_deleted(**found)) co_return std::unexpected(*fault);
  Secret secret = copy_of(*found);
  const SecretVersion* had = secret.staged(*stage);
  // Who says where it is must be right.
  if (!from.empty() && (had == nullptr || had->id != from)) {
    co_return std::unexpected(version_not_found(secret.name));
  }
  const SecretVersion* target = secret.version(to);
  if (!to.empty() && target == nullptr) co_return std::unexpected(version_not_found(secret.name));
  if (target != nullptr && target != had && target->stages.size() >= kMaxStagesOfVersion) {
    co_return std::unexpected(limit_exceeded("stages of a version", kMaxStagesOfVersion));
  }
  move_stage(secret, *stage, to);
  secret.updated = in.now;
  Value value = {{"SecretName", secret.name}};
  Change change;
  change.put(std::move(secret));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> get_random_password(Environment&, const Invocation& in) {
  const Parameters& parameters = in.parameters;
  auto length = parameters.number("PasswordLength", 32, {kLeastPassword, kMostPassword});
  if (!length) co_return std::unexpected(std::move(length.error()));
  PasswordRules rules;
  rules.length = static_cast<std::size_t>(*length);
  rules.without = parameters.get("ExcludeCharacters");
  constexpr std::pair<const char*, bool PasswordRules::*> kExcluded[] = {
      {"ExcludeLowercase", &PasswordRules::lowercase},
      {"ExcludeUppercase", &PasswordRules::uppercase},
      {"ExcludeNumbers", &PasswordRules::numbers},
      {"ExcludePunctuation", &PasswordRules::punctuation}};
  for (const auto& [parameter, included] : kExcluded) {
    auto excluded = parameters.flag(parameter, false);
    if (!excluded) co_return std::unexpected(std::move(excluded.error()));
    rules.*included = !*excluded;
  }
  auto each_type = parameters.flag("RequireEachIncludedType", true);
  if (!each_type) co_return std::unexpected(std::move(each_type.error()));
  rules.each_type = *each_type;
  auto password = random_password(rules);
  if (!password) {
    co_return std::unexpected(
        rpc::invalid_parameter("ExcludeCharacters", "leave characters of each type"));
  }
  co_return Value{{"RandomPassword", password->view()}};
}

}  // namespace lakeside::kms::wire
