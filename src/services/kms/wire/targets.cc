#include "services/kms/wire/targets.h"

#include "services/kms/wire/ciphertexts.h"
#include "services/kms/wire/fields.h"
#include "services/kms/wire/key_metadata.h"

namespace lakeside::kms::wire {
namespace {

class Gathering {
 public:
  Gathering(const Row& row, const Environment& env, const Invocation& in)
      : row_(row), env_(env), in_(in) {}

  std::vector<Asked> gather() &&;

 private:
  void add(std::string_view permission, std::string_view what, Tags tags = {}) {
    asked_.push_back({std::string(permission), arn(env_, in_, what), std::move(tags)});
  }
  void add_key(std::string_view permission, const Read<KeyPtr>& key, std::string_view given) {
    if (key) {
      add(permission, "key/" + (*key)->id, (*key)->tags);
    } else {
      add(permission, "key/" + std::string(given.empty() ? "*" : given));
    }
  }
  // The key that a parameter names, by its id even where the parameter is an alias.
  void add_key_of(std::string_view permission, std::string_view parameter) {
    std::string_view given = in_.parameters.get(parameter);
    add_key(permission, key_named(env_, in_, given, Aliases::kAccepted), given);
  }
  void add_key_of_ciphertext(std::string_view permission);
  void add_secret(std::string_view name);
  void add_secret_and_key();
  void add_alias_and_key(std::string_view key_parameter);
  void add_tagged();

  const Row& row_;
  const Environment& env_;
  const Invocation& in_;
  std::vector<Asked> asked_;
};

void Gathering::add_key_of_ciphertext(std::string_view permission) {
  auto ciphertext = read_base64(in_.parameters, "CiphertextBlob", kMaxCiphertext);
  auto head = ciphertext ? read_head(*ciphertext) : std::nullopt;
  const std::string id = head ? head->key_id : "*";
  add_key(permission, key_named(env_, in_, id, Aliases::kRefused), id);
}

void Gathering::add_secret(std::string_view name) {
  auto secret = secret_named(env_, in_, name);
  add(row_.info.permission, "secret/" + std::string(name.empty() ? "*" : name),
      secret ? secret->tags : Tags());
}

// A secret's value needs a permission on the key that encrypts it, where it has one.
void Gathering::add_secret_and_key() {
  std::string_view name = in_.parameters.get("SecretName");
  add_secret(name);
  auto secret = secret_named(env_, in_, name);
  if (secret == nullptr || secret->key_id.empty()) return;
  add_key(row_.key_permission, key_named(env_, in_, secret->key_id, Aliases::kRefused),
          secret->key_id);
}

void Gathering::add_alias_and_key(std::string_view key_parameter) {
  std::string_view name = in_.parameters.get("AliasName");
  constexpr std::string_view kStart = "alias/";
  std::string_view rest = name.starts_with(kStart) ? name.substr(kStart.size()) : name;
  add(row_.info.permission, "alias/" + std::string(rest.empty() ? "*" : rest));
  add_key_of(row_.info.permission, key_parameter);
}

void Gathering::add_tagged() {
  const bool secrets = in_.parameters.get("ResourceType") == "secret";
  auto ids = in_.parameters.list("ResourceId", 51);  // one more is refused later
  if (ids.empty()) add(row_.info.permission, secrets ? "secret" : "key");
  for (const std::string& id : ids) {
    if (secrets) {
      add_secret(id);
    } else {
      add_key(row_.info.permission, key_named(env_, in_, id, Aliases::kRefused), id);
    }
  }
}

std::vector<Asked> Gathering::gather() && {
  std::string_view permission = row_.info.permission;
  switch (row_.target) {
    case Target::kNothing:
      break;
    case Target::kAccount:
      add(permission, "*");
      break;
    case Target::kKeys:
      add(permission, "key");
      break;
    case Target::kAliases:
      add(permission, "alias");
      break;
    case Target::kSecrets:
      add(permission, "secret");
      if (!row_.key_permission.empty() && !in_.parameters.get("EncryptionKeyId").empty()) {
        add_key_of(row_.key_permission, "EncryptionKeyId");
      }
      break;
    case Target::kKey:
      add_key_of(permission, "KeyId");
      break;
    case Target::kAliasAndKey:
      add_alias_and_key("KeyId");
      break;
    case Target::kAliasOfKey:
      add_alias_and_key("AliasName");
      break;
    case Target::kSecret:
      add_secret(in_.parameters.get("SecretName"));
      break;
    case Target::kSecretAndKey:
      add_secret_and_key();
      break;
    case Target::kCiphertext:
      add_key_of_ciphertext(permission);
      break;
    case Target::kReEncrypt:
      // As open_source() takes it: what is asked about must be what is opened.
      if (in_.parameters.get("SourceEncryptionAlgorithm").empty()) {
        add_key_of_ciphertext(permission);
      } else {
        add_key_of(permission, "SourceKeyId");
      }
      add_key_of(row_.key_permission, "DestinationKeyId");
      break;
    case Target::kProtected:
      add_key(permission, protected_key(env_, in_), {});
      break;
    case Target::kKeyOrSecret:
      if (in_.parameters.get("SecretName").empty()) {
        add_key_of(permission, "KeyId");
      } else {
        add_secret(in_.parameters.get("SecretName"));
      }
      break;
    case Target::kTagged:
      add_tagged();
      break;
  }
  return std::move(asked_);
}

}  // namespace

std::vector<Asked> asked_of(const Row& row, const Environment& env, const Invocation& in) {
  return Gathering(row, env, in).gather();
}

}  // namespace lakeside::kms::wire
