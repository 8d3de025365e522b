// THE table of IMS's operations (2019-08-15, as @alicloud/ims20190815 2.3.2 has them): RAM's in a
// second form, where a user goes by its whole name. Permissions are RAM's.
#include "services/ram/wire/codecs.h"

namespace lakeside::ram::wire {
namespace {

constexpr auto kOwnKeys = &SecurityPreference::manage_access_keys;
constexpr auto kOwnDevices = &SecurityPreference::manage_mfa_devices;
constexpr auto kOwnPassword = &SecurityPreference::change_password;
constexpr std::string_view kUser = "user/{UserPrincipalName}";
constexpr std::string_view kGroup = "group/{GroupName}";
constexpr std::string_view kProvider = "oidc-provider/{OIDCProviderName}";

constexpr Row ims(std::string_view name, std::string_view permission, std::string_view resource,
                  Run run, bool SecurityPreference::* own = nullptr) {
  return {{name, permission, "rpc", true, "ims"}, resource, run, own};
}
constexpr Row ims(std::string_view name, std::string_view permission) {
  return {{name, permission, "rpc", false, "ims"}, {}, nullptr};
}

constexpr Row kIms[] = {
    ims("CreateUser", "ram:CreateUser", kUser, create_user),
    ims("GetUser", "ram:GetUser", kUser, get_user),
    ims("UpdateUser", "ram:UpdateUser", kUser, update_user),
    ims("DeleteUser", "ram:DeleteUser", kUser, delete_user),
    ims("ListUsers", "ram:ListUsers", "user/*", list_users),
    ims("ListUserBasicInfos", "ram:ListUserBasicInfos", "user/*", list_user_basic_infos),
    ims("CreateAccessKey", "ram:CreateAccessKey", kUser, create_access_key, kOwnKeys),
    ims("UpdateAccessKey", "ram:UpdateAccessKey", kUser, update_access_key, kOwnKeys),
    ims("DeleteAccessKey", "ram:DeleteAccessKey", kUser, delete_access_key, kOwnKeys),
    ims("ListAccessKeys", "ram:ListAccessKeys", kUser, list_access_keys, kOwnKeys),
    ims("GetAccessKeyLastUsed", "ram:GetAccessKeyLastUsed", kUser, get_access_key_last_used,
        kOwnKeys),
    ims("CreateLoginProfile", "ram:CreateLoginProfile", kUser, create_login_profile),
    ims("GetLoginProfile", "ram:GetLoginProfile", kUser, get_login_profile),
    ims("UpdateLoginProfile", "ram:UpdateLoginProfile", kUser, update_login_profile),
    ims("DeleteLoginProfile", "ram:DeleteLoginProfile", kUser, delete_login_profile),
    ims("ChangePassword", "ram:ChangePassword", kUser, change_password, kOwnPassword),
    ims("CreateVirtualMFADevice", "ram:CreateVirtualMFADevice", "mfa/{VirtualMFADeviceName}",
        create_virtual_mfa_device, kOwnDevices),
    ims("DeleteVirtualMFADevice", "ram:DeleteVirtualMFADevice", "mfa/{SerialNumber}",
        delete_virtual_mfa_device, kOwnDevices),
    ims("ListVirtualMFADevices", "ram:ListVirtualMFADevices", "mfa/*", list_virtual_mfa_devices),
    ims("BindMFADevice", "ram:BindMFADevice", kUser, bind_mfa_device, kOwnDevices),
    ims("UnbindMFADevice", "ram:UnbindMFADevice", kUser, unbind_mfa_device, kOwnDevices),
    ims("DisableVirtualMFA", "ram:DisableVirtualMFA", kUser, disable_virtual_mfa, kOwnDevices),
    ims("GetUserMFAInfo", "ram:GetUserMFAInfo", kUser, get_user_mfa_info, kOwnDevices),
    ims("GetAccountMFAInfo", "ram:GetAccountMFAInfo", "*", get_account_mfa_info),
    ims("SetPasswordPolicy", "ram:SetPasswordPolicy", "*", set_password_policy),
    ims("GetPasswordPolicy", "ram:GetPasswordPolicy", "*", get_password_policy),
    ims("SetSecurityPreference", "ram:SetSecurityPreference", "*", set_security_preference),
    ims("GetSecurityPreference", "ram:GetSecurityPreference", "*", get_security_preference),
    ims("GetAccountSummary", "ram:GetAccountSummary", "*", get_account_summary),
    ims("GetDefaultDomain", "ram:GetDefaultDomain", "*", get_default_domain),
    ims("CreateGroup", "ram:CreateGroup", kGroup, create_group),
    ims("GetGroup", "ram:GetGroup", kGroup, get_group),
    ims("UpdateGroup", "ram:UpdateGroup", kGroup, update_group),
    ims("DeleteGroup", "ram:DeleteGroup", kGroup, delete_group),
    ims("ListGroups", "ram:ListGroups", "group/*", list_groups),
    ims("AddUserToGroup", "ram:AddUserToGroup", kGroup, add_user_to_group),
    ims("RemoveUserFromGroup", "ram:RemoveUserFromGroup", kGroup, remove_user_from_group),
    ims("ListGroupsForUser", "ram:ListGroupsForUser", kUser, list_groups_for_user),
    ims("ListUsersForGroup", "ram:ListUsersForGroup", kGroup, list_users_for_group),
    ims("CreateOIDCProvider", "ram:CreateOIDCProvider", kProvider, create_oidc_provider),
    ims("GetOIDCProvider", "ram:GetOIDCProvider", kProvider, get_oidc_provider),
    ims("ListOIDCProviders", "ram:ListOIDCProviders", "oidc-provider/*", list_oidc_providers),
    ims("UpdateOIDCProvider", "ram:UpdateOIDCProvider", kProvider, update_oidc_provider),
    ims("DeleteOIDCProvider", "ram:DeleteOIDCProvider", kProvider, delete_oidc_provider),
    ims("AddClientIdToOIDCProvider", "ram:AddClientIdToOIDCProvider", kProvider, add_client_id),
    ims("RemoveClientIdFromOIDCProvider", "ram:RemoveClientIdFromOIDCProvider", kProvider,
        remove_client_id),
    ims("AddFingerprintToOIDCProvider", "ram:AddFingerprintToOIDCProvider", kProvider,
        add_fingerprint),
    ims("RemoveFingerprintFromOIDCProvider", "ram:RemoveFingerprintFromOIDCProvider", kProvider,
        remove_fingerprint),
    // Not implemented: applications, SAML, passkeys, recycle bins, reports, SSO, domains.
    ims("CreateAppSecret", "ram:CreateAppSecret"),
    ims("CreateApplication", "ram:CreateApplication"),
    ims("CreateSAMLProvider", "ram:CreateSAMLProvider"),
    ims("DeleteAccessKeyInRecycleBin", "ram:DeleteAccessKeyInRecycleBin"),
    ims("DeleteAppSecret", "ram:DeleteAppSecret"),
    ims("DeleteApplication", "ram:DeleteApplication"),
    ims("DeletePasskey", "ram:DeletePasskey"),
    ims("DeleteSAMLProvider", "ram:DeleteSAMLProvider"),
    ims("DeleteUserInRecycleBin", "ram:DeleteUserInRecycleBin"),
    ims("DeprovisionApplication", "ram:DeprovisionApplication"),
    ims("DeprovisionExternalApplication", "ram:DeprovisionExternalApplication"),
    ims("GenerateCredentialReport", "ram:GenerateCredentialReport"),
    ims("GenerateGovernanceReport", "ram:GenerateGovernanceReport"),
    ims("GetAccessKeyInfoInRecycleBin", "ram:GetAccessKeyInfoInRecycleBin"),
    ims("GetAccountSecurityPracticeReport", "ram:GetAccountSecurityPracticeReport"),
    ims("GetAppSecret", "ram:GetAppSecret"),
    ims("GetApplication", "ram:GetApplication"),
    ims("GetApplicationProvisionInfo", "ram:GetApplicationProvisionInfo"),
    ims("GetCredentialReport", "ram:GetCredentialReport"),
    ims("GetExternalApplication", "ram:GetExternalApplication"),
    ims("GetGovernanceItemReport", "ram:GetGovernanceItemReport"),
    ims("GetGovernanceReportStatus", "ram:GetGovernanceReportStatus"),
    ims("GetSAMLProvider", "ram:GetSAMLProvider"),
    ims("GetUserInRecycleBin", "ram:GetUserInRecycleBin"),
    ims("GetUserSsoSettings", "ram:GetUserSsoSettings"),
    ims("GetVerificationInfo", "ram:GetVerificationInfo"),
    ims("ListAccessKeysInRecycleBin", "ram:ListAccessKeysInRecycleBin"),
    ims("ListAppSecretIds", "ram:ListAppSecretIds"),
    ims("ListApplicationProvisionInfos", "ram:ListApplicationProvisionInfos"),
    ims("ListApplications", "ram:ListApplications"),
    ims("ListExternalApplications", "ram:ListExternalApplications"),
    ims("ListPasskeys", "ram:ListPasskeys"),
    ims("ListPredefinedScopes", "ram:ListPredefinedScopes"),
    ims("ListRecentGovernanceMetrics", "ram:ListRecentGovernanceMetrics"),
    ims("ListSAMLProviders", "ram:ListSAMLProviders"),
    ims("ListTagResources", "ram:ListTagResources"),
    ims("ListUsersInRecycleBin", "ram:ListUsersInRecycleBin"),
    ims("ProvisionApplication", "ram:ProvisionApplication"),
    ims("ProvisionExternalApplication", "ram:ProvisionExternalApplication"),
    ims("RestoreAccessKeyFromRecycleBin", "ram:RestoreAccessKeyFromRecycleBin"),
    ims("RestoreUserFromRecycleBin", "ram:RestoreUserFromRecycleBin"),
    ims("SetDefaultDomain", "ram:SetDefaultDomain"),
    ims("SetUserSsoSettings", "ram:SetUserSsoSettings"),
    ims("SetVerificationInfo", "ram:SetVerificationInfo"),
    ims("TagResources", "ram:TagResources"),
    ims("UnbindVerification", "ram:UnbindVerification"),
    ims("UntagResources", "ram:UntagResources"),
    ims("UpdateApplication", "ram:UpdateApplication"),
    ims("UpdatePasskey", "ram:UpdatePasskey"),
    ims("UpdateSAMLProvider", "ram:UpdateSAMLProvider"),
};

}  // namespace

std::span<const Row> ims_rows() { return kIms; }

}  // namespace lakeside::ram::wire
