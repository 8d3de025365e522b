#include "services/kms/wire/codecs.h"
#include "services/kms/wire/secret_fields.h"

namespace lakeside::kms::wire {
namespace {

constexpr std::uint64_t kRecoveryDays = 30;

Value described(const Environment& env, const Invocation& in, const Secret& secret) {
  return {{"Arn", arn(env, in, "secret/" + secret.name)},
          {"SecretName", secret.name},
          {"SecretType", "Generic"},
          {"EncryptionKeyId", secret.key_id},
          {"Description", secret.description},
          {"CreateTime", date(secret.created)},
          {"UpdateTime", date(secret.updated)},
          {"PlannedDeleteTime", secret.delete_at ? date(*secret.delete_at) : ""}};
}

Value listed(const Secret& secret, bool with_tags) {
  Value value = {{"SecretName", secret.name},
                 {"SecretType", "Generic"},
                 {"CreateTime", date(secret.created)},
                 {"UpdateTime", date(secret.updated)},
                 {"PlannedDeleteTime", secret.delete_at ? date(*secret.delete_at) : ""}};
  if (with_tags) value["Tags"]["Tag"] = json_of(secret.tags);
  return value;
}

bool fits(const Secret& secret, const Filter& filter) {
  return std::ranges::any_of(filter.values, [&](const std::string& value) {
    if (filter.key == "SecretName") return secret.name.find(value) != std::string::npos;
    if (filter.key == "Description") return secret.description.find(value) != std::string::npos;
    if (filter.key == "TagKey") return secret.tags.contains(value);
    return std::ranges::any_of(secret.tags, [&](const auto& tag) { return tag.second == value; });
  });
}

std::optional<Fault> read_new_secret(const Environment& env, const Invocation& in, Secret& secret) {
  const Parameters& parameters = in.parameters;
  if (auto fault = refuse_unsupported(
          parameters, {"DKMSInstanceId", "Policy", "ExtendedConfig", "RotationInterval"})) {
    return fault;
  }
  auto rotates = parameters.flag("EnableAutomaticRotation", false);
  if (!rotates) return std::move(rotates.error());
  if (*rotates) return not_implemented("EnableAutomaticRotation of secrets");
  std::string_view type = parameters.get("SecretType");
  if (!type.empty() && type != "Generic") {
    return not_implemented("The SecretType " + std::string(type));
  }
  auto name = read_secret_name(parameters);
  if (!name) return std::move(name.error());
  secret.name = std::move(*name);
  auto description = read_text(parameters, "Description", kMaxDescription);
  if (!description) return std::move(description.error());
  secret.description = std::move(*description);
  auto tags = read_tags(parameters, "Tags");
  if (!tags) return std::move(tags.error());
  secret.tags = std::move(*tags);
  secret.account = account_of(in);
  secret.id = random_uuid();
  secret.created = secret.updated = in.now;
  if (parameters.get("EncryptionKeyId").empty()) return std::nullopt;
  auto key = find_key(env, in, "EncryptionKeyId", Aliases::kAccepted);
  if (!key) return std::move(key.error());
  secret.key_id = (*key)->id;
  return std::nullopt;
}

std::optional<Fault> refuse_existing(const Environment& env, const Invocation& in,
                                     const Secret& secret, Change& change) {
  auto existing = env.store.find<Secret>(account_of(in), secret.name);
  if (existing != nullptr) {
    bool gone = existing->delete_at && *existing->delete_at <= in.now;
    if (!gone) {
      auto deleted = refuse_if_deleted(*existing);
      return deleted ? deleted
                     : Fault{409, "Rejected.ResourceExist", "The resource already exists."};
    }
    change.remove(existing);  // before housekeeping comes to it
  }
  if (env.store.list<Secret>(account_of(in)).size() >= kMaxSecrets) {
    return limit_exceeded("secrets", kMaxSecrets);
  }
  return std::nullopt;
}

}  // namespace

Task<Answer> create_secret(Environment& env, const Invocation& in) {
  auto data = read_secret_data(in.parameters);
  if (!data) co_return std::unexpected(std::move(data.error()));
  auto version_id = read_version_id(in.parameters, "VersionId");
  if (!version_id) co_return std::unexpected(std::move(version_id.error()));
  auto turn = co_await env.store.turn();
  Secret secret;
  if (auto fault = read_new_secret(env, in, secret)) co_return std::unexpected(*fault);
  Change change;
  if (auto fault = refuse_existing(env, in, secret, change)) co_return std::unexpected(*fault);
  SecretVersion version{*version_id, 0, data->binary, in.now, {std::string(kCurrent)}};
  if (auto fault = add_version(env, in, secret, std::move(version), data->text, change)) {
    co_return std::unexpected(*fault);
  }
  Value value = {{"Arn", arn(env, in, "secret/" + secret.name)},
                 {"SecretName", secret.name},
                 {"SecretType", "Generic"},
                 {"VersionId", *version_id}};
  change.put(std::move(secret));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> describe_secret(Environment& env, const Invocation& in) {
  auto secret = find_secret(env, in);
  if (!secret) co_return std::unexpected(std::move(secret.error()));
  auto with_tags = in.parameters.flag("FetchTags", false);
  if (!with_tags) co_return std::unexpected(std::move(with_tags.error()));
  Value value = described(env, in, **secret);
  if (*with_tags) value["Tags"]["Tag"] = json_of((*secret)->tags);
  co_return value;
}

Task<Answer> list_secrets(Environment& env, const Invocation& in) {
  auto page = read_page(in.parameters);
  if (!page) co_return std::unexpected(std::move(page.error()));
  auto with_tags = in.parameters.flag("FetchTags", false);
  if (!with_tags) co_return std::unexpected(std::move(with_tags.error()));
  auto filters = read_filters(in.parameters, {"SecretName", "Description", "TagKey", "TagValue"});
  if (!filters) co_return std::unexpected(std::move(filters.error()));
  auto secrets = env.store.list<Secret>(account_of(in));
  std::erase_if(secrets, [&](const SecretPtr& secret) {
    bool gone = secret->delete_at && *secret->delete_at <= in.now;
    return gone || !std::ranges::all_of(
                       *filters, [&](const Filter& filter) { return fits(*secret, filter); });
  });
  co_return page_of(secrets, *page, "SecretList", "Secret",
                    [&](const SecretPtr& secret) { return listed(*secret, *with_tags); });
}

Task<Answer> update_secret(Environment& env, const Invocation& in) {
  if (auto fault =
          refuse_unsupported(in.parameters, {"ExtendedConfig", "ExtendedConfig.CustomData"})) {
    co_return std::unexpected(*fault);
  }
  auto description = read_text(in.parameters, "Description", kMaxDescription);
  if (!description) co_return std::unexpected(std::move(description.error()));
  auto turn = co_await env.store.turn();
  auto found = find_secret(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  if (auto fault = refuse_if_deleted(**found)) co_return std::unexpected(*fault);
  Secret secret = copy_of(*found);
  if (in.parameters.find("Description") != nullptr) {
    secret.description = std::move(*description);
    secret.updated = in.now;
  }
  Value value = {{"SecretName", secret.name}};
  Change change;
  change.put(std::move(secret));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> delete_secret(Environment& env, const Invocation& in) {
  auto at_once = in.parameters.flag("ForceDeleteWithoutRecovery", false);
  if (!at_once) co_return std::unexpected(std::move(at_once.error()));
  auto days = in.parameters.number("RecoveryWindowInDays", kRecoveryDays, {7, 30});
  if (!days) co_return std::unexpected(std::move(days.error()));
  auto turn = co_await env.store.turn();
  auto found = find_secret(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  Change change;
  Time planned = in.now;
  if (*at_once) {
    change.remove(*found);
  } else {
    if (auto fault = refuse_if_deleted(**found)) co_return std::unexpected(*fault);
    planned = in.now + std::chrono::days(static_cast<std::int64_t>(*days));
    Secret secret = copy_of(*found);
    secret.delete_at = planned;
    change.put(std::move(secret));
  }
  Value value = {{"SecretName", (*found)->name}, {"PlannedDeleteTime", date(planned)}};
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> restore_secret(Environment& env, const Invocation& in) {
  auto turn = co_await env.store.turn();
  auto found = find_secret(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  Secret secret = copy_of(*found);
  secret.delete_at.reset();
  Value value = {{"SecretName", secret.name}};
  Change change;
  change.put(std::move(secret));
  co_return co_await commit(env, change, std::move(value));
}

}  // namespace lakeside::kms::wire
