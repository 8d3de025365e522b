#include <algorithm>

#include "services/ram/wire/codecs.h"
#include "services/ram/wire/fields.h"

namespace lakeside::ram::wire {
namespace {

constexpr rpc::Range kSessionSeconds{3600, 43200};

Value json_of(const Environment& env, const Role& role, bool with_document) {
  Value value = {{"RoleId", role.id},
                 {"RoleName", role.name},
                 {"Arn", arn(env, "role/" + role.name)},
                 {"Description", role.description},
                 {"MaxSessionDuration", role.max_session_seconds},
                 {"CreateDate", date(role.created)},
                 {"UpdateDate", date(role.updated)}};
  if (with_document) {
    value["AssumeRolePolicyDocument"] = role.trust;
  } else if (!role.tags.empty()) {
    Value& tags = value["Tags"]["Tag"] = Value::array();
    for (const auto& [key, text] : role.tags) {
      tags.push_back({{"TagKey", key}, {"TagValue", text}});
    }
  }
  return value;
}

Read<ReadDocument> read_trust(const Parameters& in, std::string_view parameter) {
  return read_document(in, parameter, policy::Kind::kTrust, policy::kMaxTrustPolicyLength);
}

}  // namespace

Task<Answer> create_role(Environment& env, const Invocation& in) {
  auto name = read_name(in.parameters, "RoleName");
  if (!name) co_return std::unexpected(std::move(name.error()));
  auto trust = read_trust(in.parameters, "AssumeRolePolicyDocument");
  if (!trust) co_return std::unexpected(std::move(trust.error()));
  auto description = read_text(in.parameters, "Description", 1024);
  if (!description) co_return std::unexpected(std::move(description.error()));
  auto seconds = in.parameters.number("MaxSessionDuration", 3600, kSessionSeconds);
  if (!seconds) co_return std::unexpected(std::move(seconds.error()));
  auto tags = read_tags(in.parameters);
  if (!tags) co_return std::unexpected(std::move(tags.error()));

  auto turn = co_await env.store.turn();
  if (env.store.find<Role>(*name)) co_return std::unexpected(already_exists("Role"));
  if (env.store.list<Role>().size() >= kMaxRoles) {
    co_return std::unexpected(limit("Role"));
  }
  Role role;
  role.id = random_digits(18);
  role.name = std::move(*name);
  role.description = std::move(*description);
  role.max_session_seconds = *seconds;
  role.trust = std::move(trust->text);
  role.compiled_trust = std::move(trust->compiled);
  role.tags = std::move(*tags);
  role.created = role.updated = in.now;
  Value value;
  value["Role"] = json_of(env, role, true);
  Change change;
  change.put(std::move(role));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> get_role(Environment& env, const Invocation& in) {
  auto role = find_named<Role>(env, in, "Role", "RoleName");
  if (!role) co_return std::unexpected(std::move(role.error()));
  Value value;
  value["Role"] = json_of(env, **role, true);
  co_return value;
}

Task<Answer> update_role(Environment& env, const Invocation& in) {
  auto seconds = in.parameters.number("NewMaxSessionDuration", 0, kSessionSeconds);
  if (!seconds) co_return std::unexpected(std::move(seconds.error()));
  auto turn = co_await env.store.turn();
  auto found = find_named<Role>(env, in, "Role", "RoleName");
  if (!found) co_return std::unexpected(std::move(found.error()));
  Role role = copy_of(*found);
  if (!in.parameters.get("NewAssumeRolePolicyDocument").empty()) {
    auto trust = read_trust(in.parameters, "NewAssumeRolePolicyDocument");
    if (!trust) co_return std::unexpected(std::move(trust.error()));
    role.trust = std::move(trust->text);
    role.compiled_trust = std::move(trust->compiled);
  }
  if (in.parameters.find("NewDescription") != nullptr) {
    auto description = read_text(in.parameters, "NewDescription", 1024);
    if (!description) co_return std::unexpected(std::move(description.error()));
    role.description = std::move(*description);
  }
  if (*seconds != 0) role.max_session_seconds = *seconds;
  role.updated = in.now;
  Value value;
  value["Role"] = json_of(env, role, true);
  Change change;
  change.put(std::move(role));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> delete_role(Environment& env, const Invocation& in) {
  auto turn = co_await env.store.turn();
  auto role = find_named<Role>(env, in, "Role", "RoleName");
  if (!role) co_return std::unexpected(std::move(role.error()));
  if (!(*role)->policies.empty()) {
    co_return std::unexpected(conflict("Role.Policy"));
  }
  Change change;
  change.remove<Role>((*role)->name);
  co_return co_await commit(env, change);
}

Task<Answer> list_roles(Environment& env, const Invocation& in) {
  auto page = read_page(in.parameters);
  if (!page) co_return std::unexpected(std::move(page.error()));
  auto wanted = read_tags(in.parameters);
  if (!wanted) co_return std::unexpected(std::move(wanted.error()));
  auto roles = env.store.list<Role>();
  std::erase_if(roles, [&](const auto& role) {
    return !std::ranges::all_of(*wanted, [&](const auto& tag) {
      auto found = role->tags.find(tag.first);
      return found != role->tags.end() && found->second == tag.second;
    });
  });
  co_return page_of(
      roles, *page, "Roles", "Role", [](const Role& role) { return role.name; },
      [&](const Role& role) { return json_of(env, role, false); });
}

}  // namespace lakeside::ram::wire
