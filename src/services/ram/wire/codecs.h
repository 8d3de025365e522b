// The operations that are implemented, a file for each family.
#pragma once

#include "services/ram/wire/operation.h"

namespace lakeside::ram::wire {

// users.cc
Task<Answer> create_user(Environment& env, const Invocation& in);
Task<Answer> get_user(Environment& env, const Invocation& in);
Task<Answer> update_user(Environment& env, const Invocation& in);
Task<Answer> delete_user(Environment& env, const Invocation& in);
Task<Answer> list_users(Environment& env, const Invocation& in);
// access_keys.cc
Task<Answer> create_access_key(Environment& env, const Invocation& in);
Task<Answer> update_access_key(Environment& env, const Invocation& in);
Task<Answer> delete_access_key(Environment& env, const Invocation& in);
Task<Answer> list_access_keys(Environment& env, const Invocation& in);
// policies.cc
Task<Answer> create_policy(Environment& env, const Invocation& in);
Task<Answer> get_policy(Environment& env, const Invocation& in);
Task<Answer> delete_policy(Environment& env, const Invocation& in);
Task<Answer> list_policies(Environment& env, const Invocation& in);
Task<Answer> update_policy_description(Environment& env, const Invocation& in);
Task<Answer> create_policy_version(Environment& env, const Invocation& in);
Task<Answer> get_policy_version(Environment& env, const Invocation& in);
Task<Answer> delete_policy_version(Environment& env, const Invocation& in);
Task<Answer> list_policy_versions(Environment& env, const Invocation& in);
Task<Answer> set_default_policy_version(Environment& env, const Invocation& in);
// attachments.cc
Task<Answer> attach_policy_to_user(Environment& env, const Invocation& in);
Task<Answer> attach_policy_to_group(Environment& env, const Invocation& in);
Task<Answer> attach_policy_to_role(Environment& env, const Invocation& in);
Task<Answer> detach_policy_from_user(Environment& env, const Invocation& in);
Task<Answer> detach_policy_from_group(Environment& env, const Invocation& in);
Task<Answer> detach_policy_from_role(Environment& env, const Invocation& in);
Task<Answer> list_policies_for_user(Environment& env, const Invocation& in);
Task<Answer> list_policies_for_group(Environment& env, const Invocation& in);
Task<Answer> list_policies_for_role(Environment& env, const Invocation& in);
Task<Answer> list_entities_for_policy(Environment& env, const Invocation& in);
// groups.cc
Task<Answer> create_group(Environment& env, const Invocation& in);
Task<Answer> get_group(Environment& env, const Invocation& in);
Task<Answer> update_group(Environment& env, const Invocation& in);
Task<Answer> delete_group(Environment& env, const Invocation& in);
Task<Answer> list_groups(Environment& env, const Invocation& in);
Task<Answer> add_user_to_group(Environment& env, const Invocation& in);
Task<Answer> remove_user_from_group(Environment& env, const Invocation& in);
Task<Answer> list_groups_for_user(Environment& env, const Invocation& in);
Task<Answer> list_users_for_group(Environment& env, const Invocation& in);
// roles.cc
Task<Answer> create_role(Environment& env, const Invocation& in);
Task<Answer> get_role(Environment& env, const Invocation& in);
Task<Answer> update_role(Environment& env, const Invocation& in);
Task<Answer> delete_role(Environment& env, const Invocation& in);
Task<Answer> list_roles(Environment& env, const Invocation& in);
// sts.cc
Task<Answer> get_caller_identity(Environment& env, const Invocation& in);
Task<Answer> assume_role(Environment& env, const Invocation& in);

// The role that RoleArn names: of this account, and there.
[[nodiscard]] Read<std::shared_ptr<const Role>> role_to_assume(const Environment& env,
                                                               const Parameters& in);

}  // namespace lakeside::ram::wire
