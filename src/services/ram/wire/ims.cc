// What IMS (2019-08-15) has and RAM has not. All else of it is RAM's operations in its form.
#include <algorithm>

#include "services/ram/wire/codecs.h"
#include "services/ram/wire/fields.h"

namespace lakeside::ram::wire {

Task<Answer> get_account_summary(Environment& env, const Invocation&) {
  const IdentityStore& store = env.store;
  const auto users = store.list<User>();
  auto devices_in_use =
      std::ranges::count_if(users, [](const auto& user) { return !user->mfa_device.empty(); });
  Value value;
  value["SummaryMap"] = {{"Users", users.size()},
                         {"UsersQuota", kMaxUsers},
                         {"Groups", store.list<Group>().size()},
                         {"GroupsQuota", kMaxGroups},
                         {"GroupsPerUserQuota", kMaxGroupsOfUser},
                         {"Roles", store.list<Role>().size()},
                         {"RolesQuota", kMaxRoles},
                         {"Policies", store.list<Policy>().size()},
                         {"PoliciesQuota", kMaxPolicies},
                         {"PolicySizeQuota", policy::kMaxIdentityPolicyLength},
                         {"VersionsPerPolicyQuota", kMaxVersions},
                         {"AccessKeysPerUserQuota", kMaxKeysOfUser},
                         {"AttachedPoliciesPerUserQuota", kMaxPoliciesAttached},
                         {"AttachedPoliciesPerGroupQuota", kMaxPoliciesAttached},
                         {"AttachedPoliciesPerRoleQuota", kMaxPoliciesAttached},
                         {"AttachedSystemPoliciesPerUserQuota", kMaxPoliciesAttached},
                         {"AttachedSystemPoliciesPerGroupQuota", kMaxPoliciesAttached},
                         {"AttachedSystemPoliciesPerRoleQuota", kMaxPoliciesAttached},
                         {"MFADevices", store.list<MfaDevice>().size()},
                         {"MFADevicesInUse", devices_in_use},
                         {"VirtualMFADevicesQuota", kMaxMfaDevices}};
  co_return value;
}

Task<Answer> get_default_domain(Environment& env, const Invocation&) {
  Value value;
  value["DefaultDomainName"] = principal_name(env, "").substr(1);
  co_return value;
}

// Of the root account, which has keys and no password.
Task<Answer> get_account_mfa_info(Environment&, const Invocation&) {
  Value value;
  value["IsMFAEnable"] = false;
  co_return value;
}

Task<Answer> list_user_basic_infos(Environment& env, const Invocation& in) {
  if (auto fault = refuse_tags(in.parameters)) co_return std::unexpected(*fault);
  auto page = read_page(in.parameters);
  if (!page) co_return std::unexpected(std::move(page.error()));
  auto write = [&](const User& user) -> Value {
    return {{"UserId", user.id},
            {"UserPrincipalName", principal_name(env, user.name)},
            {"DisplayName", user.display_name},
            {"Status", "active"}};
  };
  auto users = env.store.list<User>();
  co_return page_of(
      users, *page, "UserBasicInfos", "UserBasicInfo", [](const User& user) { return user.name; },
      write);
}

// Unbinds and deletes at once.
Task<Answer> disable_virtual_mfa(Environment& env, const Invocation& in) {
  auto turn = co_await env.store.turn();
  auto found = find_user(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  User user = copy_of(*found);
  if (user.mfa_device.empty()) co_return std::unexpected(not_exist("User.MFADevice"));
  Change change;
  change.remove<MfaDevice>(user.mfa_device);
  user.mfa_device.clear();
  change.put(std::move(user));
  co_return co_await commit(env, change);
}

}  // namespace lakeside::ram::wire
