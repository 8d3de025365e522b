#include "services/kms/core/records.h"

#include <nlohmann/json.hpp>

#include "base/encoding.h"

namespace lakeside::kms {
namespace {

using Json = nlohmann::json;

std::int64_t micros(Time time) { return time.time_since_epoch().count(); }
Time time_of(const Json& json) { return Time(std::chrono::microseconds(json.get<std::int64_t>())); }

Json json_of(const std::optional<Time>& time) { return time ? Json(micros(*time)) : Json(); }
std::optional<Time> maybe_time_of(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return time_of(json);
}

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string base64_of(std::string_view bytes) { return base64_encode(as_bytes(bytes)); }

Status read_base64(const Json& json, std::string& into) {
  auto raw = base64_decode(json.get_ref<const std::string&>());
  if (!raw) return fail(ErrorCode::kCorrupt, "a record of KMS: what is sealed is not base64");
  into = std::move(*raw);
  return {};
}

// Runs `read` on the parsed record.
template <class Read>
Status decode_json(std::string_view record, Read read) {
  try {
    Json json = Json::parse(record);
    if (json.at("v").get<int>() != 1) {
      return fail(ErrorCode::kUnsupported, "a record of KMS is of a later version");
    }
    return read(json);
  } catch (const Json::exception& error) {
    return fail(ErrorCode::kCorrupt, std::string("a record of KMS: ") + error.what());
  }
}

Status read_versions(const Json& json, Key& key) {
  for (const Json& one : json) {
    KeyVersion version{one.at("id").get<std::string>(), time_of(one.at("created")), {}};
    version.public_pem = one.at("public").get<std::string>();
    Status sealed = read_base64(one.at("sealed"), version.sealed);
    if (!sealed) return sealed;
    key.versions.push_back(std::move(version));
  }
  if (key.versions.empty()) return fail(ErrorCode::kCorrupt, "key " + key.id + " has no version");
  return {};
}

}  // namespace

std::string encode(const Key& key) {
  Json versions = Json::array();
  for (const KeyVersion& one : key.versions) {
    versions.push_back({{"id", one.id},
                        {"created", micros(one.created)},
                        {"sealed", base64_of(one.sealed)},
                        {"public", one.public_pem}});
  }
  return text_of({{"v", 1},
                  {"account", key.account},
                  {"id", key.id},
                  {"spec", name_of(key.spec)},
                  {"usage", name_of(key.usage)},
                  {"origin", name_of(key.origin)},
                  {"description", key.description},
                  {"creator", key.creator},
                  {"created", micros(key.created)},
                  {"enabled", key.enabled},
                  {"delete_at", json_of(key.delete_at)},
                  {"protected", key.protected_from_deletion},
                  {"protection_description", key.protection_description},
                  {"versions", std::move(versions)},
                  {"rotation_seconds", key.rotation_every.count()},
                  {"material_expires", json_of(key.material_expires)},
                  {"material_print", base64_of(key.material_print)},
                  {"tags", key.tags}});
}

Status decode(std::string_view record, Key& key) {
  return decode_json(record, [&](const Json& json) -> Status {
    key.account = json.at("account").get<std::string>();
    key.id = json.at("id").get<std::string>();
    const SpecInfo* spec = find_spec(json.at("spec").get_ref<const std::string&>());
    if (spec == nullptr) return fail(ErrorCode::kUnsupported, "key " + key.id + ": unknown spec");
    key.spec = spec->spec;
    key.usage = json.at("usage") == name_of(Usage::kSign) ? Usage::kSign : Usage::kEncrypt;
    key.origin = json.at("origin") == name_of(Origin::kKms) ? Origin::kKms : Origin::kExternal;
    key.description = json.at("description").get<std::string>();
    key.creator = json.at("creator").get<std::string>();
    key.created = time_of(json.at("created"));
    key.enabled = json.at("enabled").get<bool>();
    key.delete_at = maybe_time_of(json.at("delete_at"));
    key.protected_from_deletion = json.at("protected").get<bool>();
    key.protection_description = json.at("protection_description").get<std::string>();
    key.rotation_every = std::chrono::seconds(json.at("rotation_seconds").get<std::int64_t>());
    key.material_expires = maybe_time_of(json.at("material_expires"));
    key.tags = json.at("tags").get<Tags>();
    Status print = read_base64(json.at("material_print"), key.material_print);
    if (!print) return print;
    return read_versions(json.at("versions"), key);
  });
}

std::string encode(const Alias& alias) {
  return text_of({{"v", 1},
                  {"account", alias.account},
                  {"name", alias.name},
                  {"key", alias.key_id},
                  {"created", micros(alias.created)}});
}

Status decode(std::string_view record, Alias& alias) {
  return decode_json(record, [&](const Json& json) -> Status {
    alias.account = json.at("account").get<std::string>();
    alias.name = json.at("name").get<std::string>();
    alias.key_id = json.at("key").get<std::string>();
    alias.created = time_of(json.at("created"));
    return {};
  });
}

std::string encode(const Secret& secret) {
  Json versions = Json::array();
  for (const SecretVersion& one : secret.versions) {
    versions.push_back({{"id", one.id},
                        {"serial", one.serial},
                        {"binary", one.binary},
                        {"created", micros(one.created)},
                        {"stages", one.stages}});
  }
  return text_of({{"v", 1},
                  {"account", secret.account},
                  {"name", secret.name},
                  {"id", secret.id},
                  {"description", secret.description},
                  {"key", secret.key_id},
                  {"created", micros(secret.created)},
                  {"updated", micros(secret.updated)},
                  {"delete_at", json_of(secret.delete_at)},
                  {"versions", std::move(versions)},
                  {"next_serial", secret.next_serial},
                  {"tags", secret.tags}});
}

Status decode(std::string_view record, Secret& secret) {
  return decode_json(record, [&](const Json& json) -> Status {
    secret.account = json.at("account").get<std::string>();
    secret.name = json.at("name").get<std::string>();
    secret.id = json.at("id").get<std::string>();
    secret.description = json.at("description").get<std::string>();
    secret.key_id = json.at("key").get<std::string>();
    secret.created = time_of(json.at("created"));
    secret.updated = time_of(json.at("updated"));
    secret.delete_at = maybe_time_of(json.at("delete_at"));
    for (const Json& one : json.at("versions")) {
      secret.versions.push_back({one.at("id").get<std::string>(),
                                 one.at("serial").get<std::uint64_t>(),
                                 one.at("binary").get<bool>(), time_of(one.at("created")),
                                 one.at("stages").get<std::vector<std::string>>()});
    }
    secret.next_serial = json.at("next_serial").get<std::uint64_t>();
    secret.tags = json.at("tags").get<Tags>();
    if (secret.versions.empty()) {
      return fail(ErrorCode::kCorrupt, "secret " + secret.name + " has no version");
    }
    return {};
  });
}

}  // namespace lakeside::kms
