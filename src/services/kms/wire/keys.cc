#include "services/kms/wire/codecs.h"
#include "services/kms/wire/fields.h"
#include "services/kms/wire/key_metadata.h"

namespace lakeside::kms::wire {
namespace {

constexpr std::chrono::days kLeastRotation{7}, kMostRotation{730};

std::optional<Fault> read_spec_and_usage(const Parameters& in, Key& key) {
  std::string_view name = in.get("KeySpec");
  if (!name.empty()) {
    constexpr std::string_view kOthers[] = {"Aliyun_AES_128", "Aliyun_AES_192", "Aliyun_SM4",
                                            "EC_SM2",         "HMAC_SHA256",    "HMAC_SM3"};
    if (std::ranges::find(kOthers, name) != std::end(kOthers)) {
      return not_implemented("The KeySpec " + std::string(name));
    }
    const SpecInfo* spec = find_spec(name);
    if (spec == nullptr) {
      return rpc::invalid_parameter(
          "KeySpec", "Aliyun_AES_256, RSA_2048, RSA_3072, RSA_4096, EC_P256 or EC_P256K");
    }
    key.spec = spec->spec;
  }
  std::string_view usages = find_spec(name_of(key.spec))->usages;
  std::string_view usage = in.get("KeyUsage");
  if (usage.empty()) usage = usages.substr(0, usages.find(' '));
  bool known = usage == name_of(Usage::kEncrypt) || usage == name_of(Usage::kSign);
  if (!known || usages.find(usage) == usages.npos) {
    return rpc::invalid_parameter("KeyUsage", "of this KeySpec: " + std::string(usages));
  }
  key.usage = usage == name_of(Usage::kSign) ? Usage::kSign : Usage::kEncrypt;
  return std::nullopt;
}

std::optional<Fault> read_origin(const Parameters& in, Key& key) {
  auto origin = in.one_of("Origin", {name_of(Origin::kKms), name_of(Origin::kExternal)});
  if (!origin) return std::move(origin.error());
  if (*origin == name_of(Origin::kExternal)) key.origin = Origin::kExternal;
  if (key.origin == Origin::kExternal && !is_symmetric(key.spec)) {
    return rpc::invalid_parameter("Origin", "material of symmetric keys alone may be imported");
  }
  std::string_view level = in.get("ProtectionLevel");
  if (level == "HSM") {
    return Fault{400, "Unsupported.ProtectionLevel",
                 "This protection level is not valid for this region"};
  }
  if (!level.empty() && level != "SOFTWARE") {
    return rpc::invalid_parameter("ProtectionLevel", "SOFTWARE");
  }
  return std::nullopt;
}

std::optional<Fault> read_new_key(const Parameters& in, Key& key) {
  if (auto fault = refuse_unsupported(in, {"DKMSInstanceId", "Policy", "KeyStorageMechanism"})) {
    return fault;
  }
  if (auto fault = read_spec_and_usage(in, key)) return fault;
  if (auto fault = read_origin(in, key)) return fault;
  auto description = read_text(in, "Description", kMaxDescription);
  if (!description) return std::move(description.error());
  key.description = std::move(*description);
  auto tags = read_tags(in, "Tags");
  if (!tags) return std::move(tags.error());
  key.tags = std::move(*tags);
  auto rotates = in.flag("EnableAutomaticRotation", false);
  if (!rotates) return std::move(rotates.error());
  return *rotates ? read_rotation(in, key) : std::nullopt;
}

// What the first version encrypts or signs with: made, or nothing, to be imported.
struct Material {
  Wiped secret;
  std::string public_pem;
};
Task<Read<Material>> make_material(Environment& env, const Key& key) {
  if (key.origin == Origin::kExternal) co_return Material();
  if (is_symmetric(key.spec)) co_return Material{Wiped::random(kMaterialBytes), {}};
  auto pair = co_await make_pair(env, key.spec);
  if (!pair) co_return std::unexpected(std::move(pair.error()));
  co_return Material{std::move(pair->private_der), std::move(pair->public_pem)};
}

KeyVersion first_version(const Environment& env, const Key& key, Material material) {
  KeyVersion version{random_uuid(), key.created, {}, std::move(material.public_pem)};
  if (material.secret.size() == 0) return version;
  version.sealed = env.store.seal_material(key, version.id, material.secret.view());
  return version;
}

// Finds the key for a change, which is made of a copy.
Read<Key> key_to_change(const Environment& env, const Invocation& in) {
  auto key = find_key(env, in, "KeyId", Aliases::kRefused);
  if (!key) return std::unexpected(std::move(key.error()));
  return copy_of(*key);
}

Task<Answer> set_enabled(Environment& env, const Invocation& in, bool enabled) {
  auto turn = co_await env.store.turn();
  auto key = key_to_change(env, in);
  if (!key) co_return std::unexpected(std::move(key.error()));
  KeyState state = state_of(*key, in.now);
  if (state != KeyState::kEnabled && state != KeyState::kDisabled) {
    co_return std::unexpected(state_modified_failed());
  }
  key->enabled = enabled;
  Change change;
  change.put(std::move(*key));
  co_return co_await commit(env, change);
}

bool fits(const Key& key, const Filter& filter, Time now) {
  auto is_one = [&](std::string_view value) {
    return std::ranges::find(filter.values, value) != filter.values.end();
  };
  if (filter.key == "KeyState") return is_one(name_of(state_of(key, now)));
  if (filter.key == "KeySpec") return is_one(name_of(key.spec));
  if (filter.key == "KeyUsage") return is_one(name_of(key.usage));
  if (filter.key == "ProtectionLevel") return is_one("SOFTWARE");
  return is_one("User");  // CreatorType
}

}  // namespace

std::optional<Fault> read_rotation(const Parameters& in, Key& key) {
  if (!is_symmetric(key.spec) || key.origin == Origin::kExternal) {
    return rpc::invalid_parameter("EnableAutomaticRotation",
                                  "symmetric keys with material of KMS alone are rotated");
  }
  auto interval = read_interval(in, "RotationInterval", kLeastRotation, kMostRotation);
  if (!interval) return std::move(interval.error());
  key.rotation_every = *interval;
  return std::nullopt;
}

Value json_of(const Environment& env, const Invocation& in, const Key& key) {
  KeyState state = state_of(key, in.now);
  Value value = {{"CreationDate", date(key.created)},
                 {"Description", key.description},
                 {"KeyId", key.id},
                 {"KeySpec", name_of(key.spec)},
                 {"KeyState", name_of(state)},
                 {"KeyUsage", name_of(key.usage)},
                 {"DeleteDate", key.delete_at ? date(*key.delete_at) : ""},
                 {"Creator", key.creator},
                 {"Arn", arn(env, in, "key/" + key.id)},
                 {"Origin", name_of(key.origin)},
                 {"MaterialExpireTime", key.material_expires ? date(*key.material_expires) : ""},
                 {"ProtectionLevel", "SOFTWARE"},
                 {"LastRotationDate", date(key.primary().created)},
                 {"AutomaticRotation", "Disabled"},
                 {"DeletionProtection", key.protected_from_deletion ? "Enabled" : "Disabled"}};
  if (is_symmetric(key.spec)) value["PrimaryKeyVersion"] = key.primary().id;
  if (key.protected_from_deletion) {
    value["DeletionProtectionDescription"] = key.protection_description;
  }
  if (auto next = next_rotation(key)) {
    value["AutomaticRotation"] = state == KeyState::kEnabled ? "Enabled" : "Suspended";
    value["NextRotationDate"] = date(*next);
    value["RotationInterval"] = std::to_string(key.rotation_every.count()) + "s";
  }
  return value;
}

Task<Answer> create_key(Environment& env, const Invocation& in) {
  Key key;
  if (auto fault = read_new_key(in.parameters, key)) co_return std::unexpected(*fault);
  key.account = account_of(in);
  key.creator = account_of(in);
  key.id = random_uuid();
  key.created = in.now;
  // Before the work, which for RSA is much; and once more when nobody else may create one.
  if (keys_of(env, in).size() >= kMaxKeys) {
    co_return std::unexpected(limit_exceeded("keys", kMaxKeys));
  }
  auto material = co_await make_material(env, key);
  if (!material) co_return std::unexpected(std::move(material.error()));

  auto turn = co_await env.store.turn();
  if (keys_of(env, in).size() >= kMaxKeys) {
    co_return std::unexpected(limit_exceeded("keys", kMaxKeys));
  }
  key.versions.push_back(first_version(env, key, std::move(*material)));
  Value value;
  value["KeyMetadata"] = json_of(env, in, key);
  Change change;
  change.put(std::move(key));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> describe_key(Environment& env, const Invocation& in) {
  auto key = find_key(env, in, "KeyId", Aliases::kAccepted);
  if (!key) co_return std::unexpected(std::move(key.error()));
  Value value;
  value["KeyMetadata"] = json_of(env, in, **key);
  co_return value;
}

Task<Answer> list_keys(Environment& env, const Invocation& in) {
  auto page = read_page(in.parameters);
  if (!page) co_return std::unexpected(std::move(page.error()));
  auto filters = read_filters(
      in.parameters, {"KeyState", "KeySpec", "KeyUsage", "ProtectionLevel", "CreatorType"});
  if (!filters) co_return std::unexpected(std::move(filters.error()));
  auto keys = keys_of(env, in);
  for (const Filter& filter : *filters) {
    std::erase_if(keys, [&](const KeyPtr& key) { return !fits(*key, filter, in.now); });
  }
  co_return page_of(keys, *page, "Keys", "Key", [&](const KeyPtr& key) {
    return Value{{"KeyId", key->id}, {"KeyArn", arn(env, in, "key/" + key->id)}};
  });
}

Task<Answer> update_key_description(Environment& env, const Invocation& in) {
  if (in.parameters.find("Description") == nullptr) {
    co_return std::unexpected(rpc::missing_parameter("Description"));
  }
  auto description = read_text(in.parameters, "Description", kMaxDescription);
  if (!description) co_return std::unexpected(std::move(description.error()));
  auto turn = co_await env.store.turn();
  auto key = key_to_change(env, in);
  if (!key) co_return std::unexpected(std::move(key.error()));
  key->description = std::move(*description);
  Change change;
  change.put(std::move(*key));
  co_return co_await commit(env, change);
}

Task<Answer> enable_key(Environment& env, const Invocation& in) {
  co_return co_await set_enabled(env, in, true);
}
Task<Answer> disable_key(Environment& env, const Invocation& in) {
  co_return co_await set_enabled(env, in, false);
}

Task<Answer> schedule_key_deletion(Environment& env, const Invocation& in) {
  auto days = in.parameters.number("PendingWindowInDays", 30, {7, 366});
  if (!days) co_return std::unexpected(std::move(days.error()));
  auto turn = co_await env.store.turn();
  auto key = key_to_change(env, in);
  if (!key) co_return std::unexpected(std::move(key.error()));
  if (key->delete_at) co_return std::unexpected(state_modified_failed());
  if (key->protected_from_deletion) {
    co_return std::unexpected(
        Fault{409, "Rejected.DeletionProtection",
              "The key is protected from deletion: call SetDeletionProtection first."});
  }
  key->delete_at = in.now + std::chrono::days(static_cast<std::int64_t>(*days));
  Change change;
  change.put(std::move(*key));
  co_return co_await commit(env, change);
}

Task<Answer> cancel_key_deletion(Environment& env, const Invocation& in) {
  auto turn = co_await env.store.turn();
  auto key = key_to_change(env, in);
  if (!key) co_return std::unexpected(std::move(key.error()));
  if (!key->delete_at) co_return std::unexpected(state_modified_failed());
  key->delete_at.reset();
  key->enabled = true;
  Change change;
  change.put(std::move(*key));
  co_return co_await commit(env, change);
}

Task<Answer> set_deletion_protection(Environment& env, const Invocation& in) {
  if (auto fault = refuse_unsupported(in.parameters, {"KmsInstanceId"})) {
    co_return std::unexpected(*fault);
  }
  auto enable = in.parameters.required("EnableDeletionProtection");
  if (!enable) co_return std::unexpected(std::move(enable.error()));
  auto enabled = in.parameters.flag("EnableDeletionProtection", false);
  if (!enabled) co_return std::unexpected(std::move(enabled.error()));
  auto description = read_text(in.parameters, "DeletionProtectionDescription", kMaxDescription);
  if (!description) co_return std::unexpected(std::move(description.error()));
  auto turn = co_await env.store.turn();
  auto found = protected_key(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  Key key = copy_of(*found);
  if (key.delete_at) co_return std::unexpected(*refuse_unless_enabled(key, in.now));
  key.protected_from_deletion = *enabled;
  key.protection_description = *enabled ? std::move(*description) : "";
  Change change;
  change.put(std::move(key));
  co_return co_await commit(env, change);
}

Read<KeyPtr> protected_key(const Environment& env, const Invocation& in) {
  std::string_view named = in.parameters.get("ProtectedResourceArn");
  if (!named.empty()) return key_named(env, in, named, Aliases::kRefused);
  if (!in.parameters.get("KeyId").empty()) return find_key(env, in, "KeyId", Aliases::kRefused);
  return std::unexpected(rpc::missing_parameter("ProtectedResourceArn"));
}

}  // namespace lakeside::kms::wire
