#include "services/ram/core/records.h"

#include <nlohmann/json.hpp>

#include "base/encoding.h"

namespace lakeside::ram {
namespace {

using Json = nlohmann::json;

std::int64_t micros(Time time) { return time.time_since_epoch().count(); }
Time time_of(const Json& json) { return Time(std::chrono::microseconds(json.get<std::int64_t>())); }

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// What was sealed for one key or device opens for no other.
std::string context_of(std::string_view kind, std::string_view id) {
  return std::string(kind) + "/" + std::string(id);
}

std::string sealed(const SealingKey& key, std::string_view secret, const std::string& context) {
  return base64_encode(as_bytes(key.seal(secret, context)));
}

Status unseal(const SealingKey& key, const Json& json, const std::string& context,
              std::string& into) {
  auto raw = base64_decode(json.get_ref<const std::string&>());
  if (!raw) return fail(ErrorCode::kCorrupt, context + ": its secret is not base64");
  auto opened = key.open(*raw, context);
  if (!opened) return fail(opened.error().code, context + ": " + opened.error().detail);
  into = std::move(*opened);
  return {};
}

Json json_of(const std::vector<Attachment>& attachments) {
  Json list = Json::array();
  for (const Attachment& one : attachments) {
    list.push_back({{"policy", one.policy.name},
                    {"system", one.policy.system},
                    {"attached", micros(one.attached)}});
  }
  return list;
}

std::vector<Attachment> attachments_of(const Json& json) {
  std::vector<Attachment> list;
  for (const Json& one : json) {
    list.push_back({{one.at("policy").get<std::string>(), one.at("system").get<bool>()},
                    time_of(one.at("attached"))});
  }
  return list;
}

// Runs `read` on the parsed record.
template <class Read>
Status decode_json(std::string_view record, Read read) {
  try {
    Json json = Json::parse(record);
    if (json.at("v").get<int>() != 1) {
      return fail(ErrorCode::kUnsupported, "a record of RAM is of a later version");
    }
    return read(json);
  } catch (const Json::exception& error) {
    return fail(ErrorCode::kCorrupt, std::string("a record of RAM: ") + error.what());
  }
}

}  // namespace

const PolicyVersion* Policy::version(std::string_view id) const {
  for (const PolicyVersion& one : versions) {
    if (one.id == id) return &one;
  }
  return nullptr;
}

std::string encode(const User& user, const SealingKey& key) {
  Json keys = Json::array();
  for (const AccessKey& one : user.keys) {
    keys.push_back({{"id", one.id},
                    {"secret", sealed(key, one.secret, context_of("access-key", one.id))},
                    {"active", one.active},
                    {"created", micros(one.created)}});
  }
  Json groups = Json::array();
  for (const Membership& one : user.groups) {
    groups.push_back({{"group", one.group}, {"joined", micros(one.joined)}});
  }
  Json json = {{"v", 1},
               {"id", user.id},
               {"name", user.name},
               {"display_name", user.display_name},
               {"mobile_phone", user.mobile_phone},
               {"email", user.email},
               {"comments", user.comments},
               {"created", micros(user.created)},
               {"updated", micros(user.updated)},
               {"policies", json_of(user.policies)},
               {"groups", std::move(groups)},
               {"keys", std::move(keys)}};
  return text_of(json);
}

Status decode(std::string_view record, const SealingKey& key, User& user) {
  return decode_json(record, [&](const Json& json) -> Status {
    user.id = json.at("id").get<std::string>();
    user.name = json.at("name").get<std::string>();
    user.display_name = json.at("display_name").get<std::string>();
    user.mobile_phone = json.at("mobile_phone").get<std::string>();
    user.email = json.at("email").get<std::string>();
    user.comments = json.at("comments").get<std::string>();
    user.created = time_of(json.at("created"));
    user.updated = time_of(json.at("updated"));
    user.policies = attachments_of(json.at("policies"));
    for (const Json& one : json.at("groups")) {
      user.groups.push_back({one.at("group").get<std::string>(), time_of(one.at("joined"))});
    }
    for (const Json& one : json.at("keys")) {
      AccessKey access_key{one.at("id").get<std::string>(),
                           {},
                           one.at("active").get<bool>(),
                           time_of(one.at("created"))};
      Status opened =
          unseal(key, one.at("secret"), context_of("access-key", access_key.id), access_key.secret);
      if (!opened) return opened;
      user.keys.push_back(std::move(access_key));
    }
    return {};
  });
}

std::string encode(const Group& group, const SealingKey&) {
  return text_of({{"v", 1},
                  {"id", group.id},
                  {"name", group.name},
                  {"comments", group.comments},
                  {"created", micros(group.created)},
                  {"updated", micros(group.updated)},
                  {"policies", json_of(group.policies)}});
}

Status decode(std::string_view record, const SealingKey&, Group& group) {
  return decode_json(record, [&](const Json& json) -> Status {
    group.id = json.at("id").get<std::string>();
    group.name = json.at("name").get<std::string>();
    group.comments = json.at("comments").get<std::string>();
    group.created = time_of(json.at("created"));
    group.updated = time_of(json.at("updated"));
    group.policies = attachments_of(json.at("policies"));
    return {};
  });
}

std::string encode(const Role& role, const SealingKey&) {
  return text_of({{"v", 1},
                  {"id", role.id},
                  {"name", role.name},
                  {"description", role.description},
                  {"max_session_seconds", role.max_session_seconds},
                  {"trust", role.trust},
                  {"created", micros(role.created)},
                  {"updated", micros(role.updated)},
                  {"policies", json_of(role.policies)},
                  {"tags", role.tags}});
}

Status decode(std::string_view record, const SealingKey&, Role& role) {
  return decode_json(record, [&](const Json& json) -> Status {
    role.id = json.at("id").get<std::string>();
    role.name = json.at("name").get<std::string>();
    role.description = json.at("description").get<std::string>();
    role.max_session_seconds = json.at("max_session_seconds").get<std::uint64_t>();
    role.trust = json.at("trust").get<std::string>();
    role.created = time_of(json.at("created"));
    role.updated = time_of(json.at("updated"));
    role.policies = attachments_of(json.at("policies"));
    role.tags = json.at("tags").get<Tags>();
    auto compiled =
        policy::compile(role.trust, policy::Kind::kTrust, policy::kMaxTrustPolicyLength);
    if (!compiled) {
      return fail(ErrorCode::kCorrupt, "role " + role.name + ": " + compiled.error().text());
    }
    role.compiled_trust = std::move(*compiled);
    return {};
  });
}

std::string encode(const Policy& policy, const SealingKey&) {
  Json versions = Json::array();
  for (const PolicyVersion& one : policy.versions) {
    versions.push_back(
        {{"id", one.id}, {"document", one.document}, {"created", micros(one.created)}});
  }
  return text_of({{"v", 1},
                  {"name", policy.name},
                  {"description", policy.description},
                  {"versions", std::move(versions)},
                  {"default_version", policy.default_version},
                  {"next_version", policy.next_version},
                  {"created", micros(policy.created)},
                  {"updated", micros(policy.updated)},
                  {"tags", policy.tags}});
}

Status decode(std::string_view record, const SealingKey&, Policy& policy) {
  return decode_json(record, [&](const Json& json) -> Status {
    policy.name = json.at("name").get<std::string>();
    policy.description = json.at("description").get<std::string>();
    for (const Json& one : json.at("versions")) {
      policy.versions.push_back({one.at("id").get<std::string>(),
                                 one.at("document").get<std::string>(),
                                 time_of(one.at("created"))});
    }
    policy.default_version = json.at("default_version").get<std::string>();
    policy.next_version = json.at("next_version").get<std::uint64_t>();
    policy.created = time_of(json.at("created"));
    policy.updated = time_of(json.at("updated"));
    policy.tags = json.at("tags").get<Tags>();
    const PolicyVersion* version = policy.version(policy.default_version);
    if (version == nullptr) {
      return fail(ErrorCode::kCorrupt, "policy " + policy.name + " lacks its default version");
    }
    auto compiled = policy::compile(version->document, policy::Kind::kIdentity,
                                    policy::kMaxIdentityPolicyLength);
    if (!compiled) {
      return fail(ErrorCode::kCorrupt, "policy " + policy.name + ": " + compiled.error().text());
    }
    policy.compiled = std::move(*compiled);
    return {};
  });
}

}  // namespace lakeside::ram
