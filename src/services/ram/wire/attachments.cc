// Policies of users, groups and roles: the same three times, each with its vendor's words.
#include <algorithm>

#include "services/ram/wire/codecs.h"
#include "services/ram/wire/fields.h"

namespace lakeside::ram::wire {
namespace {

template <class T>
struct Entity;
template <>
struct Entity<User> {
  static constexpr const char* kKind = "User";
  static constexpr const char* kParameter = "UserName";
};
template <>
struct Entity<Group> {
  static constexpr const char* kKind = "Group";
  static constexpr const char* kParameter = "GroupName";
};
template <>
struct Entity<Role> {
  static constexpr const char* kKind = "Role";
  static constexpr const char* kParameter = "RoleName";
};

template <class T>
std::string policy_of() {
  return std::string(Entity<T>::kKind) + ".Policy";
}

template <class T>
Task<Answer> attach(Environment& env, const Invocation& in) {
  auto name = read_policy_name(in.parameters);
  if (!name) co_return std::unexpected(std::move(name.error()));
  auto turn = co_await env.store.turn();
  auto found = find_named<T>(env, in, Entity<T>::kKind, Entity<T>::kParameter);
  if (!found) co_return std::unexpected(std::move(found.error()));
  if (env.store.policy(*name) == nullptr) {
    co_return std::unexpected(not_exist("Policy"));
  }
  T record = copy_of(*found);
  if (std::ranges::find(record.policies, *name, &Attachment::policy) != record.policies.end()) {
    co_return std::unexpected(already_exists(policy_of<T>()));
  }
  auto of_type = std::ranges::count_if(
      record.policies, [&](const Attachment& one) { return one.policy.system == name->system; });
  if (static_cast<std::size_t>(of_type) >= kMaxPoliciesAttached) {
    co_return std::unexpected(limit(policy_of<T>()));
  }
  record.policies.push_back({std::move(*name), in.now});
  Change change;
  change.put(std::move(record));
  co_return co_await commit(env, change);
}

template <class T>
Task<Answer> detach(Environment& env, const Invocation& in) {
  auto name = read_policy_name(in.parameters);
  if (!name) co_return std::unexpected(std::move(name.error()));
  auto turn = co_await env.store.turn();
  auto found = find_named<T>(env, in, Entity<T>::kKind, Entity<T>::kParameter);
  if (!found) co_return std::unexpected(std::move(found.error()));
  T record = copy_of(*found);
  auto gone =
      std::erase_if(record.policies, [&](const Attachment& one) { return one.policy == *name; });
  if (gone == 0) co_return std::unexpected(not_exist(policy_of<T>()));
  Change change;
  change.put(std::move(record));
  co_return co_await commit(env, change);
}

template <class T>
Task<Answer> list_policies_for(Environment& env, const Invocation& in) {
  auto found = find_named<T>(env, in, Entity<T>::kKind, Entity<T>::kParameter);
  if (!found) co_return std::unexpected(std::move(found.error()));
  Value policies = Value::array();
  for (const Attachment& one : (*found)->policies) {
    auto policy = env.store.policy(one.policy);
    if (policy == nullptr) continue;
    policies.push_back({{"PolicyName", one.policy.name},
                        {"PolicyType", one.policy.system ? "System" : "Custom"},
                        {"Description", policy->description},
                        {"DefaultVersion", policy->default_version},
                        {"AttachDate", date(one.attached)}});
  }
  Value value;
  value["Policies"]["Policy"] = std::move(policies);
  co_return value;
}

// The date at which the policy was attached to that one.
template <class T>
std::optional<std::string> attached(const T& record, const PolicyName& name) {
  auto found = std::ranges::find(record.policies, name, &Attachment::policy);
  if (found == record.policies.end()) return std::nullopt;
  return date(found->attached);
}

}  // namespace

Task<Answer> attach_policy_to_user(Environment& env, const Invocation& in) {
  return attach<User>(env, in);
}
Task<Answer> attach_policy_to_group(Environment& env, const Invocation& in) {
  return attach<Group>(env, in);
}
Task<Answer> attach_policy_to_role(Environment& env, const Invocation& in) {
  return attach<Role>(env, in);
}
Task<Answer> detach_policy_from_user(Environment& env, const Invocation& in) {
  return detach<User>(env, in);
}
Task<Answer> detach_policy_from_group(Environment& env, const Invocation& in) {
  return detach<Group>(env, in);
}
Task<Answer> detach_policy_from_role(Environment& env, const Invocation& in) {
  return detach<Role>(env, in);
}
Task<Answer> list_policies_for_user(Environment& env, const Invocation& in) {
  return list_policies_for<User>(env, in);
}
Task<Answer> list_policies_for_group(Environment& env, const Invocation& in) {
  return list_policies_for<Group>(env, in);
}
Task<Answer> list_policies_for_role(Environment& env, const Invocation& in) {
  return list_policies_for<Role>(env, in);
}

Task<Answer> list_entities_for_policy(Environment& env, const Invocation& in) {
  auto name = read_policy_name(in.parameters);
  if (!name) co_return std::unexpected(std::move(name.error()));
  if (env.store.policy(*name) == nullptr) {
    co_return std::unexpected(not_exist("Policy"));
  }
  Value users = Value::array(), groups = Value::array(), roles = Value::array();
  for (const auto& user : env.store.list<User>()) {
    if (auto when = attached(*user, *name)) {
      users.push_back({{"UserId", user->id},
                       {"UserName", user->name},
                       {"DisplayName", user->display_name},
                       {"AttachDate", *when}});
    }
  }
  for (const auto& group : env.store.list<Group>()) {
    if (auto when = attached(*group, *name)) {
      groups.push_back(
          {{"GroupName", group->name}, {"Comments", group->comments}, {"AttachDate", *when}});
    }
  }
  for (const auto& role : env.store.list<Role>()) {
    if (auto when = attached(*role, *name)) {
      roles.push_back({{"RoleId", role->id},
                       {"RoleName", role->name},
                       {"Arn", arn(env, "role/" + role->name)},
                       {"Description", role->description},
                       {"AttachDate", *when}});
    }
  }
  Value value;
  value["Groups"]["Group"] = std::move(groups);
  value["Users"]["User"] = std::move(users);
  value["Roles"]["Role"] = std::move(roles);
  co_return value;
}

}  // namespace lakeside::ram::wire
