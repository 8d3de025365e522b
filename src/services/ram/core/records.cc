#include "services/ram/core/records.h"

#include "services/ram/core/record_parts.h"

namespace lakeside::ram {
namespace {

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

Json json_of(const LoginProfile& login, const std::string& user_id, const SealingKeys& key) {
  const std::string context = context_of("password", user_id);
  Json earlier = Json::array();
  for (const std::string& one : login.earlier) earlier.push_back(sealed(key, one, context));
  return {{"password", sealed(key, login.password, context)},
          {"earlier", std::move(earlier)},
          {"password_set", micros(login.password_set)},
          {"reset_required", login.reset_required},
          {"mfa_required", login.mfa_required},
          {"active", login.active},
          {"created", micros(login.created)},
          {"updated", micros(login.updated)}};
}

Status login_of(const Json& json, const std::string& user_id, const SealingKeys& key,
                LoginProfile& login) {
  const std::string context = context_of("password", user_id);
  Status opened = unseal(key, json.at("password"), context, login.password);
  for (const Json& one : json.at("earlier")) {
    if (opened) opened = unseal(key, one, context, login.earlier.emplace_back());
  }
  login.password_set = time_of(json.at("password_set"));
  login.reset_required = json.at("reset_required").get<bool>();
  login.mfa_required = json.at("mfa_required").get<bool>();
  login.active = json.at("active").get<bool>();
  login.created = time_of(json.at("created"));
  login.updated = time_of(json.at("updated"));
  return opened;
}

}  // namespace

const PolicyVersion* Policy::version(std::string_view id) const {
  for (const PolicyVersion& one : versions) {
    if (one.id == id) return &one;
  }
  return nullptr;
}

std::string encode(const User& user, const SealingKeys& key) {
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
  // Of later builds: users without them are written as before.
  if (user.login) json["login"] = json_of(*user.login, user.id, key);
  if (!user.mfa_device.empty()) json["mfa_device"] = user.mfa_device;
  if (user.last_login != Time()) json["last_login"] = micros(user.last_login);
  return text_of(json);
}

Status decode(std::string_view record, const SealingKeys& key, User& user) {
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
    user.mfa_device = json.value("mfa_device", "");
    if (json.contains("last_login")) user.last_login = time_of(json.at("last_login"));
    if (json.contains("login")) {
      return login_of(json.at("login"), user.id, key, user.login.emplace());
    }
    return {};
  });
}

std::string encode(const Group& group, const SealingKeys&) {
  return text_of({{"v", 1},
                  {"id", group.id},
                  {"name", group.name},
                  {"comments", group.comments},
                  {"display_name", group.display_name},
                  {"created", micros(group.created)},
                  {"updated", micros(group.updated)},
                  {"policies", json_of(group.policies)}});
}

Status decode(std::string_view record, const SealingKeys&, Group& group) {
  return decode_json(record, [&](const Json& json) -> Status {
    group.id = json.at("id").get<std::string>();
    group.name = json.at("name").get<std::string>();
    group.comments = json.at("comments").get<std::string>();
    group.display_name = json.value("display_name", "");
    group.created = time_of(json.at("created"));
    group.updated = time_of(json.at("updated"));
    group.policies = attachments_of(json.at("policies"));
    return {};
  });
}

std::string encode(const Role& role, const SealingKeys&) {
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

Status decode(std::string_view record, const SealingKeys&, Role& role) {
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

std::string encode(const Policy& policy, const SealingKeys&) {
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

Status decode(std::string_view record, const SealingKeys&, Policy& policy) {
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
