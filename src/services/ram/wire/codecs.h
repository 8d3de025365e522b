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
Task<Answer> get_access_key_last_used(Environment& env, const Invocation& in);
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
// login_profiles.cc
Task<Answer> create_login_profile(Environment& env, const Invocation& in);
Task<Answer> get_login_profile(Environment& env, const Invocation& in);
Task<Answer> update_login_profile(Environment& env, const Invocation& in);
Task<Answer> delete_login_profile(Environment& env, const Invocation& in);
Task<Answer> change_password(Environment& env, const Invocation& in);
// mfa_devices.cc
Task<Answer> create_virtual_mfa_device(Environment& env, const Invocation& in);
Task<Answer> delete_virtual_mfa_device(Environment& env, const Invocation& in);
Task<Answer> list_virtual_mfa_devices(Environment& env, const Invocation& in);
Task<Answer> bind_mfa_device(Environment& env, const Invocation& in);
Task<Answer> unbind_mfa_device(Environment& env, const Invocation& in);
Task<Answer> get_user_mfa_info(Environment& env, const Invocation& in);
// account.cc
Task<Answer> set_password_policy(Environment& env, const Invocation& in);
Task<Answer> get_password_policy(Environment& env, const Invocation& in);
Task<Answer> set_security_preference(Environment& env, const Invocation& in);
Task<Answer> get_security_preference(Environment& env, const Invocation& in);
Task<Answer> set_account_alias(Environment& env, const Invocation& in);
Task<Answer> get_account_alias(Environment& env, const Invocation& in);
Task<Answer> clear_account_alias(Environment& env, const Invocation& in);
// tags.cc
inline constexpr std::size_t kMaxNamesTagged = 50;
Task<Answer> tag_resources(Environment& env, const Invocation& in);
Task<Answer> untag_resources(Environment& env, const Invocation& in);
Task<Answer> list_tag_resources(Environment& env, const Invocation& in);
// diagnostics.cc
Task<Answer> decode_diagnostic_message(Environment& env, const Invocation& in);
// sign_in.cc
// The account in which somebody wants to sign in: an id or an alias; empty: none is named.
[[nodiscard]] std::string account_asked(const Parameters& in);
Task<Answer> sign_in(Environment& env, const Invocation& in);
// sessions.cc
Task<Answer> create_session(Environment& env, const Invocation& in);
Task<Answer> renew_session(Environment& env, const Invocation& in);
Task<Answer> end_session(Environment& env, const Invocation& in);
[[nodiscard]] Value credentials_of(const Environment& env, const Session& session);
[[nodiscard]] std::string new_session_id();
// sts.cc
Task<Answer> get_caller_identity(Environment& env, const Invocation& in);
Task<Answer> assume_role(Environment& env, const Invocation& in);
// sts_oidc.cc
Task<Answer> assume_role_with_oidc(Environment& env, const Invocation& in);
// oidc_providers.cc
Task<Answer> create_oidc_provider(Environment& env, const Invocation& in);
Task<Answer> get_oidc_provider(Environment& env, const Invocation& in);
Task<Answer> list_oidc_providers(Environment& env, const Invocation& in);
Task<Answer> update_oidc_provider(Environment& env, const Invocation& in);
Task<Answer> delete_oidc_provider(Environment& env, const Invocation& in);
Task<Answer> add_client_id(Environment& env, const Invocation& in);
Task<Answer> remove_client_id(Environment& env, const Invocation& in);
Task<Answer> add_fingerprint(Environment& env, const Invocation& in);
Task<Answer> remove_fingerprint(Environment& env, const Invocation& in);
// ims_table.cc
[[nodiscard]] std::span<const Row> ims_rows();
// ims.cc: what IMS alone has
Task<Answer> get_account_summary(Environment& env, const Invocation& in);
Task<Answer> get_default_domain(Environment& env, const Invocation& in);
Task<Answer> get_account_mfa_info(Environment& env, const Invocation& in);
Task<Answer> list_user_basic_infos(Environment& env, const Invocation& in);
Task<Answer> disable_virtual_mfa(Environment& env, const Invocation& in);

// The role that RoleArn names: of this account, and there.
[[nodiscard]] Read<std::shared_ptr<const Role>> role_to_assume(const Environment& env,
                                                               const Parameters& in);

// Policy, which narrows a session; empty: there is none.
[[nodiscard]] Read<std::string> read_session_policy(const Parameters& in);

// The session of a role that a request describes, by RoleSessionName, DurationSeconds and Policy.
[[nodiscard]] Read<Session> begin_session(const Invocation& in, const Role& role);
// {AssumedRoleUser, Credentials}
[[nodiscard]] Value json_of(const Environment& env, const Session& session);

// For signing in, which changes passwords and binds devices, too.
// The hash of a password that the account's policy takes for this user.
[[nodiscard]] Task<Read<std::string>> hash_new_password(Environment& env, const User& user,
                                                        std::string_view password,
                                                        std::string_view parameter);
[[nodiscard]] MfaDevice new_mfa_device(std::string name, Time now);
// With its seed, which is shown this once.
[[nodiscard]] Value json_of_new(const Environment& env, const MfaDevice& device);
// Takes two codes in a row, which show that the device is at hand.
[[nodiscard]] std::optional<Fault> activate(MfaDevice& device, std::string_view first,
                                            std::string_view second, Time now);

}  // namespace lakeside::ram::wire
