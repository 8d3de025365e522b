// The vendor's words for what RAM refuses: its page "RAM API errors"
// (alibabacloud.com/help/doc-detail/28754.htm), and of roles and providers the API error center.
#include <algorithm>
#include <array>

#include "services/ram/wire/fields.h"

namespace lakeside::ram::wire {
namespace {

struct Words {
  std::string_view kind;
  std::string_view text;
};

constexpr std::array kNotExist = {
    Words{"User", "The user does not exist."},
    Words{"User.AccessKey", "The user access key does not exist."},
    Words{"User.LoginProfile", "The user login profile does not exist."},
    Words{"User.MFADevice", "The user has not bound any MFA device."},
    Words{"User.Policy", "The indicate policy of the user does not exist."},
    Words{"User.Group", "The user has not joined the group."},
    Words{"VirtualMFADevice", "The virtual mfa device does not exist."},
    Words{"Group", "The group does not exist."},
    Words{"Group.Policy", "The indicate policy attached to the group does not exist."},
    Words{"Policy", "The policy does not exist."},
    Words{"Policy.Version", "The policy version does not exist."},
    Words{"Role", "The role does not exist."},
    Words{"Role.Policy", "The indicate policy attached to the role does not exist."},
    Words{"OIDCProvider", "The OIDC provider does not exist."}};

constexpr std::array kAlreadyExists = {
    Words{"User", "The user does already EXIST."},
    Words{"User.LoginProfile", "The user login profile does already EXIST."},
    Words{"User.MFADevice", "The user has already bound a MFA device."},
    Words{"User.Group", "The user has already joined the group."},
    Words{"User.Policy", "The user has already been attached this policy."},
    Words{"VirtualMFADevice", "The virtual mfa device does already EXIST."},
    Words{"VirtualMFADevice.User", "The virtual mfa device does already been bound to a user."},
    Words{"Group", "The group does already EXIST."},
    Words{"Group.Policy", "The group has already been attached this policy."},
    Words{"Policy", "The policy does already EXIST."},
    Words{"AccountAlias", "The account alias does already exist."},
    Words{"Role", "The role does already EXIST."},
    Words{"Role.Policy", "The role has already been attached this policy."},
    Words{"OIDCProvider", "The OIDC provider does already EXIST."}};

constexpr std::array kConflict = {
    Words{"User.Group", "The user CAN NOT be in any group while deleting the user."},
    Words{"User.AccessKey", "The user CAN NOT has any access key while deleting the user."},
    Words{"User.LoginProfile", "The user CAN NOT has any login profile while deleting the user."},
    Words{"User.MFADevice", "The user CAN NOT has any mfa device while deleting the user."},
    Words{"User.Policy", "The user CAN NOT has any attached policy while deleting the user."},
    Words{"VirtualMFADevice.User",
          "The virtual mfa device CAN NOT been bound to any user while deleting it."},
    Words{"Group.User", "The group CAN NOT has any user member while deleting the group."},
    Words{"Group.Policy", "The entity CAN NOT has any attached policy while deleting the group."},
    Words{"Policy.User", "The policy CAN NOT been attached to any user while deleting the policy."},
    Words{"Policy.Group",
          "The policy CAN NOT been attached to any group while deleting the policy."},
    Words{"Policy.Role", "The policy CAN NOT been attached to any role while deleting the policy."},
    Words{"Policy.Version", "The policy CAN NOT has any version except the default version."},
    Words{"Policy.Version.Default", "The default policy version CAN NOT been deleted directly."},
    Words{"Role.Policy", "The role CAN NOT has any attached policy while deleting the role."}};

constexpr std::array kLimit = {
    Words{"User", "The count of users beyond the current limits."},
    Words{"User.AccessKey",
          "The access key count of the user access keys beyond the current limits."},
    Words{"User.Group", "The count of groups the target user joined beyond the current limits."},
    Words{"User.Policy",
          "The policy count of the user attached policies beyond the current limits."},
    Words{"VirtualMFADevice", "The count of virtual mfa devices beyond the current limits."},
    Words{"Group", "The count of groups beyond the current limits."},
    Words{"Group.Policy", "The policy count of the group beyond the current limits."},
    Words{"Policy", "The count of policy beyond the current limits."},
    Words{"Policy.Version", "The count of policy version beyond the current limits."},
    Words{"Role", "The count of roles beyond the current limits."},
    Words{"Role.Policy", "The count of policies attached to the role beyond the current limits."},
    Words{"Tag", "The count of tags beyond the current limits."},
    Words{"OIDCProvider", "The count of OIDC providers beyond the current limits."}};

Fault worded(int status, std::string_view family, std::span<const Words> table,
             std::string_view kind) {
  auto found = std::ranges::find(table, kind, &Words::kind);
  std::string code = std::string(family) + "." + std::string(kind);
  return {status, code, found == table.end() ? code : std::string(found->text)};
}

}  // namespace

Fault not_exist(std::string_view kind) { return worded(404, "EntityNotExist", kNotExist, kind); }
Fault already_exists(std::string_view kind) {
  return worded(409, "EntityAlreadyExists", kAlreadyExists, kind);
}
Fault conflict(std::string_view kind) { return worded(409, "DeleteConflict", kConflict, kind); }
Fault limit(std::string_view kind) { return worded(409, "LimitExceeded", kLimit, kind); }

Fault invalid_chars(std::string_view parameter) {
  return {400, "InvalidParameter." + std::string(parameter) + ".InvalidChars",
          "The parameter - \"" + std::string(parameter) + "\" contains invalid chars."};
}

Fault bad_length(std::string_view parameter) {
  return {400, "InvalidParameter." + std::string(parameter) + ".Length",
          "The parameter - \"" + std::string(parameter) + "\" beyond the length limit."};
}

Fault bad_format(std::string_view parameter) {
  return {400, "InvalidParameter." + std::string(parameter) + ".Format",
          "The format of the parameter - \"" + std::string(parameter) + "\" is incorrect."};
}

Fault incorrect(std::string_view parameter) {
  return {400, "InvalidParameter." + std::string(parameter),
          "The parameter - \"" + std::string(parameter) + "\" is incorrect."};
}

Fault out_of_range(std::string_view parameter, std::uint64_t least, std::uint64_t most) {
  return {400, "InvalidParameter." + std::string(parameter) + ".Range",
          "The parameter - \"" + std::string(parameter) + "\" MUST be in the range of " +
              std::to_string(least) + " and " + std::to_string(most) + "."};
}

Fault throttled() {
  return {429, "Throttling.User", "Request was denied due to user flow control."};
}

Fault not_implemented(std::string_view what) {
  return {501, "NotImplemented", std::string(what) + " is not implemented here."};
}

}  // namespace lakeside::ram::wire
