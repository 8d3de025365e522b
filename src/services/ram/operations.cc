// THE tables of operations, RAM's (2015-05-01, as @alicloud/ram20150501 1.2.1 has them) and STS's
// (2015-04-01): start reading here. What is a row without a function answers NotImplemented.
#include "services/ram/operations.h"

#include <array>
#include <vector>

#include "services/ram/calls.h"
#include "services/ram/evaluate.h"
#include "services/ram/wire/codecs.h"
#include "services/ram/wire/fields.h"

namespace lakeside::ram {
namespace {

using wire::Row;

constexpr Row ram(std::string_view name, std::string_view permission, std::string_view resource,
                  wire::Run run) {
  return {{name, permission, "rpc", true, "ram"}, resource, run};
}
constexpr Row ram(std::string_view name, std::string_view permission, std::string_view resource,
                  wire::Run run, bool SecurityPreference::* own) {
  return {{name, permission, "rpc", true, "ram"}, resource, run, own};
}
constexpr Row sts(std::string_view name, std::string_view permission, std::string_view resource,
                  wire::Run run) {
  return {{name, permission, "rpc", true, "sts"}, resource, run};
}
constexpr Row sts(std::string_view name, std::string_view permission) {
  return {{name, permission, "rpc", false, "sts"}, {}, nullptr};
}

constexpr auto kOwnKeys = &SecurityPreference::manage_access_keys;
constexpr auto kOwnDevices = &SecurityPreference::manage_mfa_devices;
constexpr std::string_view kTagged = "{ResourceType}/{ResourceNames}";

// Name, permission, what it acts on, function; which users may do to themselves, by what
// preference.
constexpr Row kRam[] = {
    ram("CreateUser", "ram:CreateUser", "user/{UserName}", wire::create_user),
    ram("GetUser", "ram:GetUser", "user/{UserName}", wire::get_user),
    ram("UpdateUser", "ram:UpdateUser", "user/{UserName}", wire::update_user),
    ram("DeleteUser", "ram:DeleteUser", "user/{UserName}", wire::delete_user),
    ram("ListUsers", "ram:ListUsers", "user/*", wire::list_users),
    ram("CreateAccessKey", "ram:CreateAccessKey", "user/{UserName}", wire::create_access_key,
        kOwnKeys),
    ram("UpdateAccessKey", "ram:UpdateAccessKey", "user/{UserName}", wire::update_access_key,
        kOwnKeys),
    ram("DeleteAccessKey", "ram:DeleteAccessKey", "user/{UserName}", wire::delete_access_key,
        kOwnKeys),
    ram("ListAccessKeys", "ram:ListAccessKeys", "user/{UserName}", wire::list_access_keys,
        kOwnKeys),
    ram("CreatePolicy", "ram:CreatePolicy", "policy/{PolicyName}", wire::create_policy),
    ram("GetPolicy", "ram:GetPolicy", "policy/{PolicyName}", wire::get_policy),
    ram("DeletePolicy", "ram:DeletePolicy", "policy/{PolicyName}", wire::delete_policy),
    ram("ListPolicies", "ram:ListPolicies", "policy/*", wire::list_policies),
    ram("UpdatePolicyDescription", "ram:UpdatePolicyDescription", "policy/{PolicyName}",
        wire::update_policy_description),
    ram("CreatePolicyVersion", "ram:CreatePolicyVersion", "policy/{PolicyName}",
        wire::create_policy_version),
    ram("GetPolicyVersion", "ram:GetPolicyVersion", "policy/{PolicyName}",
        wire::get_policy_version),
    ram("DeletePolicyVersion", "ram:DeletePolicyVersion", "policy/{PolicyName}",
        wire::delete_policy_version),
    ram("ListPolicyVersions", "ram:ListPolicyVersions", "policy/{PolicyName}",
        wire::list_policy_versions),
    ram("SetDefaultPolicyVersion", "ram:SetDefaultPolicyVersion", "policy/{PolicyName}",
        wire::set_default_policy_version),
    ram("AttachPolicyToUser", "ram:AttachPolicyToUser", "user/{UserName}",
        wire::attach_policy_to_user),
    ram("AttachPolicyToGroup", "ram:AttachPolicyToGroup", "group/{GroupName}",
        wire::attach_policy_to_group),
    ram("AttachPolicyToRole", "ram:AttachPolicyToRole", "role/{RoleName}",
        wire::attach_policy_to_role),
    ram("DetachPolicyFromUser", "ram:DetachPolicyFromUser", "user/{UserName}",
        wire::detach_policy_from_user),
    ram("DetachPolicyFromGroup", "ram:DetachPolicyFromGroup", "group/{GroupName}",
        wire::detach_policy_from_group),
    ram("DetachPolicyFromRole", "ram:DetachPolicyFromRole", "role/{RoleName}",
        wire::detach_policy_from_role),
    ram("ListPoliciesForUser", "ram:ListPoliciesForUser", "user/{UserName}",
        wire::list_policies_for_user),
    ram("ListPoliciesForGroup", "ram:ListPoliciesForGroup", "group/{GroupName}",
        wire::list_policies_for_group),
    ram("ListPoliciesForRole", "ram:ListPoliciesForRole", "role/{RoleName}",
        wire::list_policies_for_role),
    ram("ListEntitiesForPolicy", "ram:ListEntitiesForPolicy", "policy/{PolicyName}",
        wire::list_entities_for_policy),
    ram("CreateGroup", "ram:CreateGroup", "group/{GroupName}", wire::create_group),
    ram("GetGroup", "ram:GetGroup", "group/{GroupName}", wire::get_group),
    ram("UpdateGroup", "ram:UpdateGroup", "group/{GroupName}", wire::update_group),
    ram("DeleteGroup", "ram:DeleteGroup", "group/{GroupName}", wire::delete_group),
    ram("ListGroups", "ram:ListGroups", "group/*", wire::list_groups),
    ram("AddUserToGroup", "ram:AddUserToGroup", "group/{GroupName}", wire::add_user_to_group),
    ram("RemoveUserFromGroup", "ram:RemoveUserFromGroup", "group/{GroupName}",
        wire::remove_user_from_group),
    ram("ListGroupsForUser", "ram:ListGroupsForUser", "user/{UserName}",
        wire::list_groups_for_user),
    ram("ListUsersForGroup", "ram:ListUsersForGroup", "group/{GroupName}",
        wire::list_users_for_group),
    ram("CreateRole", "ram:CreateRole", "role/{RoleName}", wire::create_role),
    ram("GetRole", "ram:GetRole", "role/{RoleName}", wire::get_role),
    ram("UpdateRole", "ram:UpdateRole", "role/{RoleName}", wire::update_role),
    ram("DeleteRole", "ram:DeleteRole", "role/{RoleName}", wire::delete_role),
    ram("ListRoles", "ram:ListRoles", "role/*", wire::list_roles),
    ram("GetAccessKeyLastUsed", "ram:GetAccessKeyLastUsed", "user/{UserName}",
        wire::get_access_key_last_used, kOwnKeys),
    ram("CreateLoginProfile", "ram:CreateLoginProfile", "user/{UserName}",
        wire::create_login_profile),
    ram("GetLoginProfile", "ram:GetLoginProfile", "user/{UserName}", wire::get_login_profile),
    ram("UpdateLoginProfile", "ram:UpdateLoginProfile", "user/{UserName}",
        wire::update_login_profile),
    ram("DeleteLoginProfile", "ram:DeleteLoginProfile", "user/{UserName}",
        wire::delete_login_profile),
    // Of the caller, whoever that is.
    ram("ChangePassword", "ram:ChangePassword", "user/{UserName}", wire::change_password,
        &SecurityPreference::change_password),
    ram("CreateVirtualMFADevice", "ram:CreateVirtualMFADevice", "mfa/{VirtualMFADeviceName}",
        wire::create_virtual_mfa_device, kOwnDevices),
    ram("DeleteVirtualMFADevice", "ram:DeleteVirtualMFADevice", "mfa/{SerialNumber}",
        wire::delete_virtual_mfa_device, kOwnDevices),
    ram("ListVirtualMFADevices", "ram:ListVirtualMFADevices", "mfa/*",
        wire::list_virtual_mfa_devices),
    ram("BindMFADevice", "ram:BindMFADevice", "user/{UserName}", wire::bind_mfa_device,
        kOwnDevices),
    ram("UnbindMFADevice", "ram:UnbindMFADevice", "user/{UserName}", wire::unbind_mfa_device,
        kOwnDevices),
    ram("GetUserMFAInfo", "ram:GetUserMFAInfo", "user/{UserName}", wire::get_user_mfa_info,
        kOwnDevices),
    ram("SetPasswordPolicy", "ram:SetPasswordPolicy", "*", wire::set_password_policy),
    ram("GetPasswordPolicy", "ram:GetPasswordPolicy", "*", wire::get_password_policy),
    ram("SetSecurityPreference", "ram:SetSecurityPreference", "*", wire::set_security_preference),
    ram("GetSecurityPreference", "ram:GetSecurityPreference", "*", wire::get_security_preference),
    ram("SetAccountAlias", "ram:SetAccountAlias", "*", wire::set_account_alias),
    ram("GetAccountAlias", "ram:GetAccountAlias", "*", wire::get_account_alias),
    ram("ClearAccountAlias", "ram:ClearAccountAlias", "*", wire::clear_account_alias),
    // Each resource that is named.
    ram("TagResources", "ram:TagResources", kTagged, wire::tag_resources),
    ram("UntagResources", "ram:UntagResources", kTagged, wire::untag_resources),
    ram("ListTagResources", "ram:ListTagResources", "*", wire::list_tag_resources),
    ram("DecodeDiagnosticMessage", "ram:DecodeDiagnosticMessage", "*",
        wire::decode_diagnostic_message),
};

// Anybody who can sign may ask who they are.
constexpr std::string_view kNeedsNoPermission = "";

constexpr Row kSts[] = {
    sts("GetCallerIdentity", "sts:GetCallerIdentity", kNeedsNoPermission,
        wire::get_caller_identity),
    // Its resource is the role that RoleArn names.
    sts("AssumeRole", "sts:AssumeRole", "role/{RoleArn}", wire::assume_role),
    // Not signed: the token is. The role's trust policy is asked when that has been checked.
    {{"AssumeRoleWithOIDC", "sts:AssumeRoleWithOIDC", "rpc", true, "sts"},
     kNeedsNoPermission,
     wire::assume_role_with_oidc,
     nullptr,
     true},
    sts("AssumeRoleWithSAML", "sts:AssumeRoleWithSAML"),
};

constexpr Row kSignIn[] = {
    {{"SignIn", "signin:SignIn", "rpc", true, "signin"},
     kNeedsNoPermission,
     wire::sign_in,
     nullptr,
     true},
    {{"CreateSession", "signin:CreateSession", "rpc", true, "signin"},
     kNeedsNoPermission,
     wire::create_session},
    {{"RenewSession", "signin:RenewSession", "rpc", true, "signin"},
     kNeedsNoPermission,
     wire::renew_session},
    {{"EndSession", "signin:EndSession", "rpc", true, "signin"},
     kNeedsNoPermission,
     wire::end_session},
};

std::vector<gateway::OperationInfo> infos_of(std::span<const Row> rows) {
  std::vector<gateway::OperationInfo> infos;
  for (const Row& row : rows) infos.push_back(row.info);
  return infos;
}

// What {UserName} and its like stand for. Whoever names no user means itself.
std::string value_of(std::string_view parameter, const rpc::Invocation& in) {
  std::string value(in.parameters.get(parameter));
  if (parameter == "SerialNumber") {
    // acs:ram::ACCOUNT:mfa/NAME
    if (std::size_t name = value.rfind(":mfa/"); name != value.npos) return value.substr(name + 5);
  }
  if (parameter == "UserPrincipalName") value = value.substr(0, value.find('@'));
  const bool is_user = parameter == "UserName" || parameter == "UserPrincipalName";
  if (value.empty() && is_user && in.caller().kind == Principal::Kind::kUser) {
    return in.caller().name;
  }
  return value.empty() ? "*" : value;
}

// "user/{UserName}" with the parameter's value.
std::string fill(std::string_view pattern, const rpc::Invocation& in) {
  std::size_t open = pattern.find('{');
  if (open == pattern.npos) return std::string(pattern);
  std::string_view parameter = pattern.substr(open + 1, pattern.size() - open - 2);
  return std::string(pattern.substr(0, open)) + value_of(parameter, in);
}

// Everything that a call acts on.
std::vector<std::string> resources_of(const Row& row, const rpc::Invocation& in) {
  if (row.resource != kTagged) return {fill(row.resource, in)};
  std::vector<std::string> resources;
  auto names = wire::read_list(in.parameters, "ResourceNames", wire::kMaxNamesTagged);
  const std::string kind = std::string(in.parameters.get("ResourceType")) + "/";
  // What cannot be read is refused when it is run.
  if (!names || names->empty()) return {"*"};
  for (const std::string& name : *names) resources.push_back(kind + name);
  return resources;
}

bool is_own(const Row& row, const rpc::Invocation& in) {
  std::size_t open = row.resource.find('{');
  return row.own != nullptr && in.caller().kind == Principal::Kind::kUser &&
         value_of(row.resource.substr(open + 1, row.resource.size() - open - 2), in) ==
             in.caller().name;
}

// What conditions may ask of any call, and of one that assumes a role.
CallContext context_of(const rpc::Invocation& in) {
  CallContext context(in);
  if (const std::string* id = in.parameters.find("ExternalId")) context.add("sts:ExternalId", *id);
  return context;
}

// The account in "acs:ram::ACCOUNT:role/NAME", else `otherwise`.
std::string_view account_in(std::string_view role_arn, std::string_view otherwise) {
  constexpr std::string_view kStart = "acs:ram::";
  if (!role_arn.starts_with(kStart)) return otherwise;
  role_arn.remove_prefix(kStart.size());
  return role_arn.substr(0, role_arn.find(':'));
}

class IdentityProduct final : public rpc::Product {
 public:
  IdentityProduct(std::string_view name, std::string_view version, std::span<const Row> rows,
                  std::span<const gateway::OperationInfo> infos, const IdentityParts& parts,
                  wire::Form form = wire::Form::kRam)
      : name_(name), version_(version), rows_(rows), infos_(infos), parts_(parts), form_(form) {}

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::string_view version() const override { return version_; }
  [[nodiscard]] std::span<const gateway::OperationInfo> operations() const override {
    return infos_;
  }

  [[nodiscard]] bool open_to_all(std::size_t operation) const override {
    return rows_[operation].open_to_all;
  }

  [[nodiscard]] std::optional<rpc::Fault> authorise(std::size_t operation,
                                                    const rpc::Invocation& in) const override {
    const Row& row = rows_[operation];
    if (row.resource == kNeedsNoPermission) return std::nullopt;
    if (row.run == wire::assume_role) return authorise_assuming(row, in);
    for (const std::string& resource : resources_of(row, in)) {
      if (auto fault = authorise_one(row, resource, in)) return fault;
    }
    return std::nullopt;
  }

  [[nodiscard]] rpc::Asked asked(std::size_t operation, const rpc::Invocation& in) const override {
    rpc::Asked asked;
    for (std::string& resource : all_resources(operation, in)) {
      asked.emplace_back(std::string(rows_[operation].info.permission), std::move(resource));
    }
    return asked;
  }

  Task<rpc::Answer> run(std::size_t operation, const rpc::Invocation& in) override {
    wire::Environment env = environment_of(rows_[operation], in);
    co_return co_await rows_[operation].run(env, in);
  }

 private:
  // Of the account that a request is about: the caller's; to assume a role, the role's; to sign in,
  // the one that is named, and where none is, the main one.
  [[nodiscard]] wire::Environment environment_of(const Row& row, const rpc::Invocation& in) const {
    const Accounts& accounts = parts_.accounts;
    std::string_view account = in.caller().account_id;
    const bool role = row.run == wire::assume_role || row.run == wire::assume_role_with_oidc;
    if (role) account = account_in(in.parameters.get("RoleArn"), account);
    IdentityStore* store = accounts.find(account);
    if (row.run == wire::sign_in) store = accounts.named(wire::account_asked(in.parameters));
    if (store == nullptr) store = &accounts.main();
    return {*store,    parts_.passwords, form_, &parts_.limiter, &parts_.oidc_keys,
            &accounts, &parts_.keys};
  }

  [[nodiscard]] std::optional<rpc::Fault> authorise_one(const Row& row, const std::string& what,
                                                        const rpc::Invocation& in) const {
    const std::string& account = in.caller().account_id;
    std::string resource = "acs:ram:*:" + account + ":" + what;
    const CallContext context = context_of(in);
    AccessRequest request{row.info.permission, resource, account, false, &context};
    Decision decision = evaluate(in.caller(), request);
    // The preference stands in for a policy that allows it, against none that denies.
    if (decision.reason == Decision::Reason::kNoStatement && is_own(row, in) &&
        environment_of(row, in).store.settings()->preference.*row.own) {
      return std::nullopt;
    }
    return refuse(in.caller(), request, decision);
  }

  // Nothing where no permission is needed, and where there is no such role.
  [[nodiscard]] std::vector<std::string> all_resources(std::size_t operation,
                                                       const rpc::Invocation& in) const {
    const Row& row = rows_[operation];
    if (row.resource == kNeedsNoPermission) return {};
    if (row.run == wire::assume_role) {
      wire::Environment env = environment_of(row, in);
      auto role = wire::role_to_assume(env, in.parameters);
      if (!role) return {};
      return {"acs:ram:*:" + env.store.account_id() + ":role/" + (*role)->name};
    }
    std::vector<std::string> resources = resources_of(row, in);
    for (std::string& one : resources) one.insert(0, "acs:ram:*:" + in.caller().account_id + ":");
    return resources;
  }

  [[nodiscard]] std::optional<rpc::Fault> authorise_assuming(const Row& row,
                                                             const rpc::Invocation& in) const {
    if (in.caller().kind == Principal::Kind::kRoot) {
      return rpc::Fault{403, "NoPermission", "Roles may not be assumed by root accounts."};
    }
    wire::Environment env = environment_of(row, in);
    auto role = wire::role_to_assume(env, in.parameters);
    if (!role) return std::move(role.error());
    const std::string& account = env.store.account_id();
    if (parts_.accounts.is_disabled(account)) {
      return rpc::Fault{403, "NoPermission", "The role's account is disabled."};
    }
    std::string resource = "acs:ram:*:" + account + ":role/" + (*role)->name;
    const CallContext context = context_of(in);
    AccessRequest request{row.info.permission, resource, account, false, &context};
    return refuse(in.caller(), request,
                  evaluate_trust(in.caller(), request, *(*role)->compiled_trust));
  }

  const std::string_view name_;
  const std::string_view version_;
  const std::span<const Row> rows_;
  const std::span<const gateway::OperationInfo> infos_;
  const IdentityParts parts_;
  const wire::Form form_;
};

}  // namespace

std::span<const gateway::OperationInfo> ram_operations() {
  static const std::vector<gateway::OperationInfo> infos = infos_of(kRam);
  return infos;
}

std::span<const gateway::OperationInfo> sts_operations() {
  static const std::vector<gateway::OperationInfo> infos = infos_of(kSts);
  return infos;
}

std::unique_ptr<rpc::Product> make_ram(const IdentityParts& parts) {
  return std::make_unique<IdentityProduct>("Ram", "2015-05-01", kRam, ram_operations(), parts);
}

std::unique_ptr<rpc::Product> make_sts(const IdentityParts& parts) {
  return std::make_unique<IdentityProduct>("Sts", "2015-04-01", kSts, sts_operations(), parts);
}

std::span<const gateway::OperationInfo> ims_operations() {
  static const std::vector<gateway::OperationInfo> infos = infos_of(wire::ims_rows());
  return infos;
}

std::unique_ptr<rpc::Product> make_ims(const IdentityParts& parts) {
  return std::make_unique<IdentityProduct>("Ims", "2019-08-15", wire::ims_rows(), ims_operations(),
                                           parts, wire::Form::kIms);
}

std::span<const gateway::OperationInfo> sign_in_operations() {
  static const std::vector<gateway::OperationInfo> infos = infos_of(kSignIn);
  return infos;
}

std::unique_ptr<rpc::Product> make_sign_in(const IdentityParts& parts) {
  return std::make_unique<IdentityProduct>("Signin", "2026-11-22", kSignIn, sign_in_operations(),
                                           parts);
}

}  // namespace lakeside::ram
