// THE tables of operations, RAM's (2015-05-01, as @alicloud/ram20150501 1.2.1 has them) and STS's
// (2015-04-01): start reading here. What is a row without a function answers NotImplemented.
#include "services/ram/operations.h"

#include <array>
#include <vector>

#include "services/ram/evaluate.h"
#include "services/ram/wire/codecs.h"

namespace lakeside::ram {
namespace {

using wire::Row;

constexpr Row ram(std::string_view name, std::string_view permission, std::string_view resource,
                  wire::Run run) {
  return {{name, permission, "rpc", true, "ram"}, resource, run};
}
constexpr Row ram(std::string_view name, std::string_view permission) {
  return {{name, permission, "rpc", false, "ram"}, {}, nullptr};
}
constexpr Row sts(std::string_view name, std::string_view permission, std::string_view resource,
                  wire::Run run) {
  return {{name, permission, "rpc", true, "sts"}, resource, run};
}
constexpr Row sts(std::string_view name, std::string_view permission) {
  return {{name, permission, "rpc", false, "sts"}, {}, nullptr};
}

// Name, permission, what it acts on, function.
constexpr Row kRam[] = {
    ram("CreateUser", "ram:CreateUser", "user/{UserName}", wire::create_user),
    ram("GetUser", "ram:GetUser", "user/{UserName}", wire::get_user),
    ram("UpdateUser", "ram:UpdateUser", "user/{UserName}", wire::update_user),
    ram("DeleteUser", "ram:DeleteUser", "user/{UserName}", wire::delete_user),
    ram("ListUsers", "ram:ListUsers", "user/*", wire::list_users),
    ram("CreateAccessKey", "ram:CreateAccessKey", "user/{UserName}", wire::create_access_key),
    ram("UpdateAccessKey", "ram:UpdateAccessKey", "user/{UserName}", wire::update_access_key),
    ram("DeleteAccessKey", "ram:DeleteAccessKey", "user/{UserName}", wire::delete_access_key),
    ram("ListAccessKeys", "ram:ListAccessKeys", "user/{UserName}", wire::list_access_keys),
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
    // Not implemented.
    ram("BindMFADevice", "ram:BindMFADevice"),
    ram("ChangePassword", "ram:ChangePassword"),
    ram("ClearAccountAlias", "ram:ClearAccountAlias"),
    ram("CreateLoginProfile", "ram:CreateLoginProfile"),
    ram("CreateVirtualMFADevice", "ram:CreateVirtualMFADevice"),
    ram("DecodeDiagnosticMessage", "ram:DecodeDiagnosticMessage"),
    ram("DeleteLoginProfile", "ram:DeleteLoginProfile"),
    ram("DeleteVirtualMFADevice", "ram:DeleteVirtualMFADevice"),
    ram("GetAccessKeyLastUsed", "ram:GetAccessKeyLastUsed"),
    ram("GetAccountAlias", "ram:GetAccountAlias"),
    ram("GetLoginProfile", "ram:GetLoginProfile"),
    ram("GetPasswordPolicy", "ram:GetPasswordPolicy"),
    ram("GetSecurityPreference", "ram:GetSecurityPreference"),
    ram("GetUserMFAInfo", "ram:GetUserMFAInfo"),
    ram("ListTagResources", "ram:ListTagResources"),
    ram("ListVirtualMFADevices", "ram:ListVirtualMFADevices"),
    ram("SetAccountAlias", "ram:SetAccountAlias"),
    ram("SetPasswordPolicy", "ram:SetPasswordPolicy"),
    ram("SetSecurityPreference", "ram:SetSecurityPreference"),
    ram("TagResources", "ram:TagResources"),
    ram("UnbindMFADevice", "ram:UnbindMFADevice"),
    ram("UntagResources", "ram:UntagResources"),
    ram("UpdateLoginProfile", "ram:UpdateLoginProfile"),
};

// Anybody who can sign may ask who they are.
constexpr std::string_view kNeedsNoPermission = "";

constexpr Row kSts[] = {
    sts("GetCallerIdentity", "sts:GetCallerIdentity", kNeedsNoPermission,
        wire::get_caller_identity),
    // Its resource is the role that RoleArn names.
    sts("AssumeRole", "sts:AssumeRole", "role/{RoleArn}", wire::assume_role),
    sts("AssumeRoleWithOIDC", "sts:AssumeRoleWithOIDC"),
    sts("AssumeRoleWithSAML", "sts:AssumeRoleWithSAML"),
};

std::vector<gateway::OperationInfo> infos_of(std::span<const Row> rows) {
  std::vector<gateway::OperationInfo> infos;
  for (const Row& row : rows) infos.push_back(row.info);
  return infos;
}

// "user/{UserName}" with the parameter's value. Whoever names no user means itself.
std::string fill(std::string_view pattern, const rpc::Invocation& in) {
  std::size_t open = pattern.find('{');
  if (open == pattern.npos) return std::string(pattern);
  std::string_view parameter = pattern.substr(open + 1, pattern.size() - open - 2);
  std::string value(in.parameters.get(parameter));
  if (value.empty() && parameter == "UserName" && in.caller().kind == Principal::Kind::kUser) {
    value = in.caller().name;
  }
  return std::string(pattern.substr(0, open)) + (value.empty() ? "*" : value);
}

// What conditions may ask of a management call.
class CallContext final : public ContextSource {
 public:
  explicit CallContext(const rpc::Invocation& in) : in_(in) {}
  void fill(Context& context) const override {
    context.add("acs:SourceIp", in_.request.peer);
    context.add("acs:SecureTransport", in_.request.tls ? "true" : "false");
    context.add("acs:CurrentTime", format_iso8601_millis(in_.now));
    context.add("acs:AccessId", in_.caller().access_key_id);
    context.add("acs:MFAPresent", "false");  // a signature says nothing of a second factor
  }

 private:
  const rpc::Invocation& in_;
};

std::optional<rpc::Fault> fault_of(const Principal& caller, const AccessRequest& request,
                                   const Decision& decision) {
  if (decision.allowed) return std::nullopt;
  Denial told = denial(caller, request, decision);
  rpc::Fault fault{
      403, "NoPermission",
      "You are not authorized to do this action. Resource: " + std::string(request.resource) +
          " Action: " + std::string(request.permission) + ". " + told.why};
  fault.access_denied = std::move(told.detail);
  return fault;
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
                  std::span<const gateway::OperationInfo> infos, const Accounts& accounts)
      : name_(name), version_(version), rows_(rows), infos_(infos), accounts_(accounts) {}

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::string_view version() const override { return version_; }
  [[nodiscard]] std::span<const gateway::OperationInfo> operations() const override {
    return infos_;
  }

  [[nodiscard]] std::optional<rpc::Fault> authorise(std::size_t operation,
                                                    const rpc::Invocation& in) const override {
    const Row& row = rows_[operation];
    if (row.resource == kNeedsNoPermission) return std::nullopt;
    if (row.run == wire::assume_role) return authorise_assuming(row, in);
    const std::string& account = in.caller().account_id;
    std::string resource = this->resource(operation, in);
    CallContext context(in);
    AccessRequest request{row.info.permission, resource, account, false, &context};
    return fault_of(in.caller(), request, evaluate(in.caller(), request));
  }

  [[nodiscard]] rpc::Asked asked(std::size_t operation, const rpc::Invocation& in) const override {
    std::string resource = this->resource(operation, in);
    if (resource.empty()) return {};
    return {{std::string(rows_[operation].info.permission), std::move(resource)}};
  }

  Task<rpc::Answer> run(std::size_t operation, const rpc::Invocation& in) override {
    wire::Environment env = environment_of(rows_[operation], in);
    co_return co_await rows_[operation].run(env, in);
  }

 private:
  // Of the caller's account; to assume a role, of the role's.
  [[nodiscard]] wire::Environment environment_of(const Row& row, const rpc::Invocation& in) const {
    std::string_view account = in.caller().account_id;
    if (row.run == wire::assume_role) account = account_in(in.parameters.get("RoleArn"), account);
    IdentityStore* store = accounts_.find(account);
    return {store != nullptr ? *store : accounts_.main()};
  }

  // Empty where no permission is needed, and where there is no such role.
  [[nodiscard]] std::string resource(std::size_t operation, const rpc::Invocation& in) const {
    const Row& row = rows_[operation];
    if (row.resource == kNeedsNoPermission) return {};
    if (row.run == wire::assume_role) {
      wire::Environment env = environment_of(row, in);
      auto role = wire::role_to_assume(env, in.parameters);
      if (!role) return {};
      return "acs:ram:*:" + env.store.account_id() + ":role/" + (*role)->name;
    }
    return "acs:ram:*:" + in.caller().account_id + ":" + fill(row.resource, in);
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
    if (accounts_.is_disabled(account)) {
      return rpc::Fault{403, "NoPermission", "The role's account is disabled."};
    }
    std::string resource = "acs:ram:*:" + account + ":role/" + (*role)->name;
    CallContext context(in);
    AccessRequest request{row.info.permission, resource, account, false, &context};
    return fault_of(in.caller(), request,
                    evaluate_trust(in.caller(), request, *(*role)->compiled_trust));
  }

  const std::string_view name_;
  const std::string_view version_;
  const std::span<const Row> rows_;
  const std::span<const gateway::OperationInfo> infos_;
  const Accounts& accounts_;
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

std::unique_ptr<rpc::Product> make_ram(const Accounts& accounts) {
  return std::make_unique<IdentityProduct>("Ram", "2015-05-01", kRam, ram_operations(), accounts);
}

std::unique_ptr<rpc::Product> make_sts(const Accounts& accounts) {
  return std::make_unique<IdentityProduct>("Sts", "2015-04-01", kSts, sts_operations(), accounts);
}

}  // namespace lakeside::ram
