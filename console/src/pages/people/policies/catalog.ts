// What policies can name here, for search and suggestions; a text that is not in it is taken as well.
// Actions: `lakeside operations`, those that are implemented (tests/browser/catalog.test.ts). Operators:
// docs/identity.md.

const ACTIONS: Record<string, string> = {
  oss: 'AbortMultipartUpload DeleteBucket DeleteBucketPolicy DeleteBucketPublicAccessBlock ' +
    'DeleteObject DeletePublicAccessBlock DescribeRegions GetBucketAcl GetBucketInfo ' +
    'GetBucketLocation GetBucketPolicy GetBucketPolicyStatus GetBucketPublicAccessBlock ' +
    'GetBucketStat GetBucketVersioning GetObject GetObjectAcl GetPublicAccessBlock ' +
    'ListBuckets ListMultipartUploads ListObjects ListParts PutBucket PutBucketAcl ' +
    'PutBucketPolicy PutBucketPublicAccessBlock PutObject PutObjectAcl ' +
    'PutPublicAccessBlock',
  modelstudio: 'CancelModelTask CreateApiKey DeleteApiKey DeleteModel DisableApiKey EnableApiKey ' +
    'GetApiKey GetModel GetModelTask ImportModel ListApiKeys ListModels ListModelTasks LoadModel ' +
    'PinModel PullModel ResetApiKey UnloadModel UnpinModel UpdateApiKey',
  ram: 'AddUserToGroup AttachPolicyToGroup AttachPolicyToRole AttachPolicyToUser BindMFADevice ' +
    'ChangePassword ClearAccountAlias CreateAccessKey CreateGroup CreateLoginProfile CreatePolicy ' +
    'CreatePolicyVersion CreateRole CreateUser CreateVirtualMFADevice DecodeDiagnosticMessage ' +
    'DeleteAccessKey DeleteGroup DeleteLoginProfile DeletePolicy DeletePolicyVersion DeleteRole ' +
    'DeleteUser DeleteVirtualMFADevice DetachPolicyFromGroup DetachPolicyFromRole ' +
    'DetachPolicyFromUser GetAccessKeyLastUsed GetAccountAlias GetGroup GetLoginProfile ' +
    'GetPasswordPolicy GetPolicy GetPolicySimulation GetPolicyVersion GetRole GetSecurityPreference ' +
    'GetUser GetUserMFAInfo ListAccessKeys ListEntitiesForPolicy ListGroups ListGroupsForUser ' +
    'ListPolicies ListPoliciesForGroup ListPoliciesForRole ListPoliciesForUser ListPolicyVersions ' +
    'ListRoles ListTagResources ListUsers ListUsersForGroup ListVirtualMFADevices ' +
    'RemoveUserFromGroup SetAccountAlias SetDefaultPolicyVersion SetPasswordPolicy ' +
    'SetSecurityPreference TagResources UnbindMFADevice UntagResources UpdateAccessKey UpdateGroup ' +
    'UpdateLoginProfile UpdatePolicyDescription UpdateRole UpdateUser',
  sts: 'AssumeRole',
  actiontrail: 'CreateTrail DeleteTrail DescribeTrails GetTrailStatus LookupEvents StartLogging ' +
    'StopLogging UpdateTrail',
  cms: 'DescribeMetricLast DescribeMetricList DescribeMetricMetaList DescribeProjectMeta',
  kms: 'AsymmetricDecrypt AsymmetricEncrypt AsymmetricSign AsymmetricVerify ' +
    'CancelKeyDeletion CreateAlias CreateKey CreateKeyVersion CreateSecret Decrypt ' +
    'DeleteAlias DeleteKeyMaterial DeleteSecret DescribeAccountKmsStatus DescribeKey ' +
    'DescribeKeyVersion DescribeRegions DescribeSecret DescribeService DisableKey ' +
    'EnableKey Encrypt ExportDataKey GenerateAndExportDataKey GenerateDataKey ' +
    'GenerateDataKeyWithoutPlaintext GetParametersForImport GetPublicKey ' +
    'GetRandomPassword GetSecretValue ImportKeyMaterial ListAliases ListAliasesByKeyId ' +
    'ListKeyVersions ListKeys ListResourceTags ListSecretVersionIds ListSecrets ' +
    'ListTagResources OpenKmsService PutSecretValue ReEncryptFrom RestoreSecret ' +
    'ScheduleKeyDeletion SetDeletionProtection TagResource TagResources UntagResource ' +
    'UntagResources UpdateAlias UpdateKeyDescription UpdateRotationPolicy UpdateSecret ' +
    'UpdateSecretVersionStage',
};

export const SERVICES = Object.keys(ACTIONS);
export const actionsOf = (service: string) =>
  (ACTIONS[service] ?? '').split(' ').filter(Boolean).map((name) => `${service}:${name}`);
export const ALL_ACTIONS = SERVICES.flatMap(actionsOf);

// Patterns that fit several: what a service's actions begin with.
export const patternsOf = (service: string) =>
  [`${service}:*`, ...['Get', 'List', 'Put', 'Create', 'Delete']
    .filter((verb) => actionsOf(service).filter((one) => one.startsWith(`${service}:${verb}`)).length > 1)
    .map((verb) => `${service}:${verb}*`)];

export const OPERATORS = [
  'StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase',
  'StringLike', 'StringNotLike', 'NumericEquals', 'NumericNotEquals', 'NumericLessThan',
  'NumericLessThanEquals', 'NumericGreaterThan', 'NumericGreaterThanEquals', 'DateEquals',
  'DateNotEquals', 'DateLessThan', 'DateLessThanEquals', 'DateGreaterThan', 'DateGreaterThanEquals',
  'Bool', 'IpAddress', 'NotIpAddress',
];
export const CONDITION_KEYS = [
  'acs:SourceIp', 'acs:SecureTransport', 'acs:CurrentTime', 'acs:MFAPresent', 'acs:UserAgent',
  'acs:AccessId', 'oss:Prefix', 'oss:Delimiter', 'oss:x-oss-acl', 'oss:x-oss-object-acl',
  'modelstudio:Model', 'modelstudio:Workspace',
];
export const EXAMPLE_VALUES: Record<string, string[]> = {
  'acs:SourceIp': ['192.168.0.0/16', '10.0.0.0/8'],
  'acs:SecureTransport': ['true', 'false'],
  'acs:MFAPresent': ['true', 'false'],
  'acs:CurrentTime': ['2027-01-01T00:00:00+08:00'],
};

export function resourcePatterns(buckets: string[]): string[] {
  return ['*', ...buckets.flatMap((name) => [`acs:oss:*:*:${name}`, `acs:oss:*:*:${name}/*`]),
    'acs:oss:*:*:*', 'acs:ram:*:*:user/*', 'acs:ram:*:*:group/*', 'acs:ram:*:*:role/*',
    'acs:ram:*:*:policy/*', 'acs:modelstudio:*:*:apikey/*',
    'acs:modelstudio:*:*:model/*', 'acs:modelstudio:*:*:modeltask/*', 'acs:kms:*:*:*', 'acs:actiontrail:*:*:*',
    'acs:cms:*:*:*'];
}
