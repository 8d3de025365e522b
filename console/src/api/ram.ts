// RAM (2015-05-01): users, groups, roles and policies. Operations, parameters and answers have the
// vendor's names; lists come whole.
import { type Options, rpc } from './http';

const RAM = { name: 'ram', version: '2015-05-01' };

export interface User {
  UserId: string;
  UserName: string;
  DisplayName: string;
  MobilePhone: string;
  Email: string;
  Comments: string;
  CreateDate: string;
  LastLoginDate?: string;
}
export interface AccessKey {
  AccessKeyId: string;
  Status: 'Active' | 'Inactive';
  CreateDate: string;
}
export interface NewAccessKey extends AccessKey {
  AccessKeySecret: string;
}
export interface Group {
  GroupName: string;
  Comments: string;
  CreateDate: string;
  JoinDate?: string;
}
export interface Role {
  RoleId: string;
  RoleName: string;
  Arn: string;
  Description: string;
  MaxSessionDuration: number;
  CreateDate: string;
  AssumeRolePolicyDocument?: string;
}
export type PolicyType = 'System' | 'Custom';
export interface Policy {
  PolicyName: string;
  PolicyType: PolicyType;
  Description: string;
  DefaultVersion: string;
  AttachmentCount?: number;
  CreateDate?: string;
  UpdateDate?: string;
  AttachDate?: string;
}
export interface PolicyVersion {
  VersionId: string;
  IsDefaultVersion: boolean;
  CreateDate: string;
  PolicyDocument: string;
}
export interface LoginProfile {
  UserName: string;
  CreateDate: string;
  PasswordResetRequired: boolean;
  MFABindRequired: boolean;
}
export interface NewMfaDevice {
  SerialNumber: string;
  Base32StringSeed: string;
  QRCodePNG?: string;
}
export interface PasswordPolicy {
  MinimumPasswordLength: number;
  RequireLowercaseCharacters: boolean;
  RequireUppercaseCharacters: boolean;
  RequireNumbers: boolean;
  RequireSymbols: boolean;
  HardExpiry: boolean;
  MaxPasswordAge: number;
  PasswordReusePrevention: number;
  MaxLoginAttemps: number; // sic
}

// Whom policies are attached to.
export type EntityKind = 'User' | 'Group' | 'Role';
export interface Entity {
  kind: EntityKind;
  name: string;
}

type Parameters = Record<string, string | number | boolean | undefined>;

function call<T = object>(action: string, parameters: Parameters = {}, options: Options = {}) {
  return rpc<T>(RAM, action, parameters, options);
}

interface Page {
  IsTruncated: boolean;
  Marker?: string;
}

async function listAll<A extends Page, T>(
  action: string, itemsOf: (answer: A) => T[], options: Options, parameters: Parameters = {},
): Promise<T[]> {
  const items: T[] = [];
  for (let Marker: string | undefined = ''; Marker !== undefined;) {
    const page: A =
      await call<A>(action, { ...parameters, MaxItems: 1000, Marker: Marker || undefined }, options);
    items.push(...itemsOf(page));
    Marker = page.IsTruncated ? page.Marker : undefined;
  }
  return items;
}

const attachment = ({ kind, name }: Entity, policy: Pick<Policy, 'PolicyName' | 'PolicyType'>) => ({
  [`${kind}Name`]: name, PolicyName: policy.PolicyName, PolicyType: policy.PolicyType,
});

export interface PolicyEntities {
  users: { UserName: string; DisplayName: string; AttachDate: string }[];
  groups: { GroupName: string; AttachDate: string }[];
  roles: { RoleName: string; AttachDate: string }[];
}

export const ram = {
  listUsers: (options: Options = {}) =>
    listAll<Page & { Users: { User: User[] } }, User>('ListUsers', (a) => a.Users.User, options),
  getUser: async (UserName: string, options: Options = {}) =>
    (await call<{ User: User }>('GetUser', { UserName }, options)).User,
  createUser: (user: Partial<User> & { UserName: string }) =>
    call('CreateUser', {
      UserName: user.UserName, DisplayName: user.DisplayName, Email: user.Email,
      MobilePhone: user.MobilePhone, Comments: user.Comments,
    }),
  updateUser: (UserName: string, user: Partial<User>) =>
    call('UpdateUser', {
      UserName, NewUserName: user.UserName, NewDisplayName: user.DisplayName,
      NewEmail: user.Email, NewMobilePhone: user.MobilePhone, NewComments: user.Comments,
    }),
  deleteUser: (UserName: string) => call('DeleteUser', { UserName }),

  listAccessKeys: async (UserName: string, options: Options = {}) =>
    (await call<{ AccessKeys: { AccessKey: AccessKey[] } }>('ListAccessKeys', { UserName }, options))
      .AccessKeys.AccessKey,
  // Without a name: the caller's own.
  createAccessKey: async (UserName?: string) =>
    (await call<{ AccessKey: NewAccessKey }>('CreateAccessKey', { UserName })).AccessKey,
  updateAccessKey: (UserName: string, UserAccessKeyId: string, Status: AccessKey['Status']) =>
    call('UpdateAccessKey', { UserName, UserAccessKeyId, Status }),
  deleteAccessKey: (UserName: string, UserAccessKeyId: string) =>
    call('DeleteAccessKey', { UserName, UserAccessKeyId }),
  // Empty: never.
  getAccessKeyLastUsed: async (UserName: string, UserAccessKeyId: string, options: Options = {}) =>
    (await call<{ AccessKeyLastUsed: { LastUsedDate: string } }>(
      'GetAccessKeyLastUsed', { UserName, UserAccessKeyId }, options)).AccessKeyLastUsed.LastUsedDate,

  getLoginProfile: async (UserName: string, options: Options = {}) =>
    (await call<{ LoginProfile: LoginProfile }>('GetLoginProfile', { UserName }, options)).LoginProfile,
  createLoginProfile: (UserName: string, Password: string, PasswordResetRequired: boolean, MFABindRequired: boolean) =>
    call('CreateLoginProfile', { UserName, Password, PasswordResetRequired, MFABindRequired }),
  updateLoginProfile: (
    UserName: string, profile: { Password?: string; PasswordResetRequired?: boolean; MFABindRequired?: boolean },
  ) => call('UpdateLoginProfile', { UserName, ...profile }),
  deleteLoginProfile: (UserName: string) => call('DeleteLoginProfile', { UserName }),
  getPasswordPolicy: async (options: Options = {}) =>
    (await call<{ PasswordPolicy: PasswordPolicy }>('GetPasswordPolicy', {}, options)).PasswordPolicy,
  setPasswordPolicy: (policy: PasswordPolicy) => call('SetPasswordPolicy', { ...policy }),

  getUserMfaInfo: async (UserName: string, options: Options = {}) =>
    (await call<{ MFADevice: { SerialNumber: string } }>('GetUserMFAInfo', { UserName }, options)).MFADevice,
  createMfaDevice: async (VirtualMFADeviceName: string) =>
    (await call<{ VirtualMFADevice: NewMfaDevice }>('CreateVirtualMFADevice', { VirtualMFADeviceName }))
      .VirtualMFADevice,
  deleteMfaDevice: (SerialNumber: string) => call('DeleteVirtualMFADevice', { SerialNumber }),
  bindMfaDevice: (UserName: string, SerialNumber: string, first: string, second: string) =>
    call('BindMFADevice', {
      UserName, SerialNumber, AuthenticationCode1: first, AuthenticationCode2: second,
    }),
  unbindMfaDevice: (UserName: string) => call('UnbindMFADevice', { UserName }),

  listGroups: (options: Options = {}) =>
    listAll<Page & { Groups: { Group: Group[] } }, Group>('ListGroups', (a) => a.Groups.Group, options),
  getGroup: async (GroupName: string, options: Options = {}) =>
    (await call<{ Group: Group }>('GetGroup', { GroupName }, options)).Group,
  createGroup: (GroupName: string, Comments: string) => call('CreateGroup', { GroupName, Comments }),
  updateGroup: (GroupName: string, NewGroupName: string, NewComments: string) =>
    call('UpdateGroup', { GroupName, NewGroupName, NewComments }),
  deleteGroup: (GroupName: string) => call('DeleteGroup', { GroupName }),
  listGroupsForUser: async (UserName: string, options: Options = {}) =>
    (await call<{ Groups: { Group: Group[] } }>('ListGroupsForUser', { UserName }, options)).Groups.Group,
  listUsersForGroup: (GroupName: string, options: Options = {}) =>
    listAll<Page & { Users: { User: { UserName: string; DisplayName: string; JoinDate: string }[] } },
      { UserName: string; DisplayName: string; JoinDate: string }>(
      'ListUsersForGroup', (a) => a.Users.User, options, { GroupName }),
  addUserToGroup: (UserName: string, GroupName: string) => call('AddUserToGroup', { UserName, GroupName }),
  removeUserFromGroup: (UserName: string, GroupName: string) =>
    call('RemoveUserFromGroup', { UserName, GroupName }),

  listRoles: (options: Options = {}) =>
    listAll<Page & { Roles: { Role: Role[] } }, Role>('ListRoles', (a) => a.Roles.Role, options),
  getRole: async (RoleName: string, options: Options = {}) =>
    (await call<{ Role: Role }>('GetRole', { RoleName }, options)).Role,
  createRole: (RoleName: string, AssumeRolePolicyDocument: string, Description: string, MaxSessionDuration: number) =>
    call('CreateRole', { RoleName, AssumeRolePolicyDocument, Description, MaxSessionDuration }),
  updateRole: (
    RoleName: string, change: { document?: string; description?: string; seconds?: number },
  ) => call('UpdateRole', {
    RoleName, NewAssumeRolePolicyDocument: change.document, NewDescription: change.description,
    NewMaxSessionDuration: change.seconds,
  }),
  deleteRole: (RoleName: string) => call('DeleteRole', { RoleName }),

  listPolicies: (options: Options = {}) =>
    listAll<Page & { Policies: { Policy: Policy[] } }, Policy>(
      'ListPolicies', (a) => a.Policies.Policy, options),
  getPolicy: async (PolicyName: string, PolicyType: PolicyType, options: Options = {}) => {
    const answer = await call<{ Policy: Policy; DefaultPolicyVersion: PolicyVersion }>(
      'GetPolicy', { PolicyName, PolicyType }, options);
    return { policy: answer.Policy, version: answer.DefaultPolicyVersion };
  },
  createPolicy: (PolicyName: string, PolicyDocument: string, Description: string) =>
    call('CreatePolicy', { PolicyName, PolicyDocument, Description }),
  updatePolicyDescription: (PolicyName: string, NewDescription: string) =>
    call('UpdatePolicyDescription', { PolicyName, NewDescription }),
  deletePolicy: (PolicyName: string) => call('DeletePolicy', { PolicyName }),
  listPolicyVersions: async (PolicyName: string, PolicyType: PolicyType, options: Options = {}) =>
    (await call<{ PolicyVersions: { PolicyVersion: PolicyVersion[] } }>(
      'ListPolicyVersions', { PolicyName, PolicyType }, options)).PolicyVersions.PolicyVersion,
  createPolicyVersion: (PolicyName: string, PolicyDocument: string) =>
    call('CreatePolicyVersion', {
      PolicyName, PolicyDocument, SetAsDefault: true,
      RotateStrategy: 'DeleteOldestNonDefaultVersionWhenLimitExceeded',
    }),
  deletePolicyVersion: (PolicyName: string, VersionId: string) =>
    call('DeletePolicyVersion', { PolicyName, VersionId }),
  setDefaultPolicyVersion: (PolicyName: string, VersionId: string) =>
    call('SetDefaultPolicyVersion', { PolicyName, VersionId }),

  listPoliciesFor: async ({ kind, name }: Entity, options: Options = {}) =>
    (await call<{ Policies: { Policy: Policy[] } }>(
      `ListPoliciesFor${kind}`, { [`${kind}Name`]: name }, options)).Policies.Policy,
  attachPolicy: (entity: Entity, policy: Pick<Policy, 'PolicyName' | 'PolicyType'>) =>
    call(`AttachPolicyTo${entity.kind}`, attachment(entity, policy)),
  detachPolicy: (entity: Entity, policy: Pick<Policy, 'PolicyName' | 'PolicyType'>) =>
    call(`DetachPolicyFrom${entity.kind}`, attachment(entity, policy)),
  listEntitiesForPolicy: async (
    PolicyName: string, PolicyType: PolicyType, options: Options = {},
  ): Promise<PolicyEntities> => {
    const answer = await call<{
      Users: { User: PolicyEntities['users'] }; Groups: { Group: PolicyEntities['groups'] };
      Roles: { Role: PolicyEntities['roles'] };
    }>('ListEntitiesForPolicy', { PolicyName, PolicyType }, options);
    return { users: answer.Users.User, groups: answer.Groups.Group, roles: answer.Roles.Role };
  },
};
