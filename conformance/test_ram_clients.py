"""RAM and STS through the clients that are generated for them: @alicloud/ram20150501, @alicloud/sts20150401 and
@alicloud/pop-core of npm, alibabacloud-ram20150501 and alibabacloud-sts20150401 of PyPI."""

import base64
import json
import pathlib
import subprocess
import urllib.parse

import pytest
from alibabacloud_ram20150501 import models as ram_models
from alibabacloud_ram20150501.client import Client as RamClient
from alibabacloud_sts20150401 import models as sts_models
from alibabacloud_sts20150401.client import Client as StsClient
from alibabacloud_tea_openapi.utils_models import Config
from harness import data, totp
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION

HERE = pathlib.Path(__file__).parent
RAM, STS = "@alicloud/ram20150501", "@alicloud/sts20150401"
ALLOW_ALL = json.dumps({"Version": "1", "Statement": [{"Effect": "Allow", "Action": "oss:*", "Resource": "*"}]})


def netloc(server):
    return urllib.parse.urlsplit(server.url).netloc


def node(server, module, *calls, key=ACCESS_KEY_ID, secret=ACCESS_KEY_SECRET, token=None):
    """What each call of the generated client answered."""
    asked = {"module": module, "endpoint": netloc(server), "key": key, "secret": secret, "token": token, "calls": calls}
    done = subprocess.run(["node", HERE / "clients" / "openapi_calls.js"], input=json.dumps(asked), text=True,
                          capture_output=True, timeout=60, cwd=HERE)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def all_well(answers):
    for answer in answers:
        assert answer["status"] == 200, answer
    return [answer["body"] for answer in answers]


def python(kind, server, key=ACCESS_KEY_ID, secret=ACCESS_KEY_SECRET, token=None):
    return kind(Config(access_key_id=key, access_key_secret=secret, security_token=token, endpoint=netloc(server),
                       protocol="http", region_id=REGION))


def trust(account):
    principal = {"RAM": [f"acs:ram::{account}:root"]}
    return json.dumps({"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}]})


def test_users_keys_groups_and_policies_of_npm(server):
    name = data.name("ram")
    answers = all_well(node(
        server, RAM, ["createUser", {"userName": name, "displayName": "Ann"}],
        ["createAccessKey", {"userName": name}], ["listAccessKeys", {"userName": name}],
        ["createGroup", {"groupName": name}], ["addUserToGroup", {"userName": name, "groupName": name}],
        ["createPolicy", {"policyName": name, "policyDocument": ALLOW_ALL, "tag": [{"key": "team", "value": "a"}]}],
        ["attachPolicyToGroup", {"policyName": name, "policyType": "Custom", "groupName": name}],
        ["listPolicies", {"policyType": "Custom", "tag": [{"key": "team", "value": "a"}]}],
        ["listPoliciesForGroup", {"groupName": name}],
        ["getAccessKeyLastUsed", {"userName": name, "userAccessKeyId": "$1.AccessKey.AccessKeyId"}]))
    assert answers[0]["User"]["DisplayName"] == "Ann"
    assert [p["PolicyName"] for p in answers[7]["Policies"]["Policy"]] == [name]
    assert answers[9]["AccessKeyLastUsed"]["LastUsedDate"] == ""
    key = answers[1]["AccessKey"]
    who = all_well(node(server, STS, ["getCallerIdentity", {}], key=key["AccessKeyId"], secret=key["AccessKeySecret"]))
    assert who[0]["IdentityType"] == "RAMUser" and who[0]["UserId"] == answers[0]["User"]["UserId"]
    last, = all_well(node(server, RAM, ["getAccessKeyLastUsed", {"userName": name, "userAccessKeyId": key["AccessKeyId"]}]))
    assert last["AccessKeyLastUsed"]["LastUsedDate"].endswith("Z")


def test_refusals_have_the_vendors_words(server):
    name = data.name("ram")
    answers = node(
        server, RAM, ["createUser", {"userName": name}], ["createUser", {"userName": name}],
        ["getUser", {"userName": name + "x"}], ["createUser", {"userName": "a b"}],
        ["createLoginProfile", {"userName": name, "password": "short"}], ["getLoginProfile", {"userName": name}],
        ["createLoginProfile", {"userName": name, "password": "Passw0rd!"}], ["deleteUser", {"userName": name}],
        ["getUserMFAInfo", {"userName": name}], ["attachPolicyToUser", {"userName": name, "policyName": "AliyunOSSFullAccess", "policyType": "System"}],
        ["attachPolicyToUser", {"userName": name, "policyName": "AliyunOSSFullAccess", "policyType": "System"}],
        ["setAccountAlias", {"accountAlias": "-x-"}], ["setPasswordPolicy", {"minimumPasswordLength": 7}])
    wanted = {1: (409, "EntityAlreadyExists.User", "The user does already EXIST."),
              2: (404, "EntityNotExist.User", "The user does not exist."),
              3: (400, "InvalidParameter.UserName.InvalidChars", 'The parameter - "UserName" contains invalid chars.'),
              4: (400, "InvalidParameter.Password.TooWeak", 'The parameter - "Password" is not compliant with the password policy.'),
              5: (404, "EntityNotExist.User.LoginProfile", "The user login profile does not exist."),
              7: (409, "DeleteConflict.User.LoginProfile", "The user CAN NOT has any login profile while deleting the user."),
              8: (404, "EntityNotExist.User.MFADevice", "The user has not bound any MFA device."),
              10: (409, "EntityAlreadyExists.User.Policy", "The user has already been attached this policy."),
              11: (400, "InvalidParameter.AccountAlias.Format", None),
              12: (400, "InvalidParameter.MinimumPasswordLength.Range",
                   'The parameter - "MinimumPasswordLength" MUST be in the range of 8 and 32.')}
    for at, (status, code, message) in wanted.items():
        assert (answers[at]["status"], answers[at]["code"]) == (status, code), answers[at]
        assert message is None or message in answers[at]["message"], answers[at]


def test_login_profiles_and_devices_of_npm(server):
    name = data.name("ram")
    answers = all_well(node(
        server, RAM, ["createUser", {"userName": name}],
        ["createLoginProfile", {"userName": name, "password": "Passw0rd!", "MFABindRequired": False, "passwordResetRequired": True}],
        ["getLoginProfile", {"userName": name}],
        ["updateLoginProfile", {"userName": name, "password": "An0ther-one", "passwordResetRequired": False}],
        ["getLoginProfile", {"userName": name}],
        ["createVirtualMFADevice", {"virtualMFADeviceName": name}], ["listVirtualMFADevices", {}]))
    assert answers[2]["LoginProfile"]["PasswordResetRequired"] is True
    assert answers[4]["LoginProfile"]["PasswordResetRequired"] is False
    device = answers[5]["VirtualMFADevice"]
    assert base64.b64decode(device["QRCodePNG"]).startswith(b"\x89PNG")
    assert device["SerialNumber"].endswith(f":mfa/{name}")
    mine = [d for d in answers[6]["VirtualMFADevices"]["VirtualMFADevice"] if d["SerialNumber"] == device["SerialNumber"]]
    assert mine and "User" not in mine[0]
    first, second = totp.codes(device["Base32StringSeed"])
    wrong, bound, info, conflict, unbound, gone, _, _ = node(
        server, RAM,
        ["bindMFADevice", {"userName": name, "serialNumber": device["SerialNumber"], "authenticationCode1": second, "authenticationCode2": first}],
        ["bindMFADevice", {"userName": name, "serialNumber": device["SerialNumber"], "authenticationCode1": first, "authenticationCode2": second}],
        ["getUserMFAInfo", {"userName": name}],
        ["deleteVirtualMFADevice", {"serialNumber": device["SerialNumber"]}],
        ["unbindMFADevice", {"userName": name}], ["deleteVirtualMFADevice", {"serialNumber": device["SerialNumber"]}],
        ["deleteLoginProfile", {"userName": name}], ["deleteUser", {"userName": name}])
    assert (wrong["status"], wrong["code"]) == (403, "CheckAuthenticationCodeFail")
    assert bound["status"] == 200 and info["body"]["MFADevice"]["SerialNumber"] == device["SerialNumber"]
    assert (conflict["status"], conflict["code"]) == (409, "DeleteConflict.VirtualMFADevice.User")
    assert unbound["body"]["MFADevice"]["SerialNumber"] == device["SerialNumber"] and gone["status"] == 200


def test_tags_of_npm(server):
    name = data.name("ram")
    of_role = {"resourceType": "role", "resourceNames": [name]}
    answers = all_well(node(
        server, RAM, ["createRole", {"roleName": name, "assumeRolePolicyDocument": trust("1234567890123456")}],
        ["tagResources", {**of_role, "tag": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]}],
        ["listTagResources", {**of_role, "pageSize": 1}], ["listTagResources", {**of_role, "nextToken": "$2.NextToken"}],
        ["listRoles", {"tag": [{"key": "a", "value": "1"}]}],
        ["untagResources", {**of_role, "tagKeys": ["a"]}], ["listTagResources", of_role],
        ["untagResources", {**of_role, "all": True}], ["listTagResources", of_role]))
    pages = [[tag["TagKey"] for tag in answers[at]["TagResources"]] for at in (2, 3, 6, 8)]
    assert pages == [["a"], ["b"], ["b"], []]
    assert name in [role["RoleName"] for role in answers[4]["Roles"]["Role"]]
    missing, = node(server, RAM, ["tagResources", {"resourceType": "role", "resourceNames": [name + "x"], "tag": [{"key": "a"}]}])
    assert missing["code"] == "EntityNotExist.Role"


def test_the_account_of_npm(server):
    answers = all_well(node(
        server, RAM, ["setAccountAlias", {"accountAlias": "lakeside-test"}], ["getAccountAlias", {}], ["clearAccountAlias", {}],
        ["setPasswordPolicy", {"minimumPasswordLength": 10, "requireNumbers": True, "passwordReusePrevention": 2}],
        ["getPasswordPolicy", {}], ["setPasswordPolicy", {}], ["getPasswordPolicy", {}],
        ["setSecurityPreference", {"loginSessionDuration": 8}], ["getSecurityPreference", {}],
        ["setSecurityPreference", {"loginSessionDuration": 6}]))
    assert answers[1]["AccountAlias"] == "lakeside-test"
    assert answers[4]["PasswordPolicy"]["MinimumPasswordLength"] == 10
    assert answers[6]["PasswordPolicy"]["MinimumPasswordLength"] == 8
    assert answers[8]["SecurityPreference"]["LoginProfilePreference"]["LoginSessionDuration"] == 8
    refused, = node(server, RAM, ["setSecurityPreference", {"enableSaveMFATicket": True}])
    assert (refused["status"], refused["code"]) == (501, "NotImplemented")


def test_a_denial_can_be_decoded(server):
    name = data.name("ram")
    key = all_well(node(server, RAM, ["createUser", {"userName": name}], ["createAccessKey", {"userName": name}]))[1]["AccessKey"]
    denied, = node(server, RAM, ["listUsers", {}], key=key["AccessKeyId"], secret=key["AccessKeySecret"])
    assert denied["code"] == "NoPermission" and denied["detail"]["AuthAction"] == "ram:ListUsers"
    told, = all_well(node(server, RAM, ["decodeDiagnosticMessage", {"encodedDiagnosticMessage": denied["detail"]["EncodedDiagnosticMessage"]}]))
    decoded = told["DecodedDiagnosticMessage"]
    assert decoded["AuthAction"] == "ram:ListUsers" and decoded["ExplicitDeny"] is False
    assert decoded["AuthPrincipal"]["AuthPrincipalType"] == "SubUser"


def test_roles_are_assumed_by_npm(server):
    name = data.name("ram")
    account = all_well(node(server, STS, ["getCallerIdentity", {}]))[0]["AccountId"]
    answers = all_well(node(
        server, RAM, ["createUser", {"userName": name}], ["createAccessKey", {"userName": name}],
        ["createRole", {"roleName": name, "assumeRolePolicyDocument": trust(account)}],
        ["attachPolicyToUser", {"userName": name, "policyName": "AliyunSTSAssumeRoleAccess", "policyType": "System"}]))
    key, arn = answers[1]["AccessKey"], answers[2]["Role"]["Arn"]
    made, = all_well(node(server, STS, ["assumeRole", {"roleArn": arn, "roleSessionName": "s1", "durationSeconds": 900}],
                          key=key["AccessKeyId"], secret=key["AccessKeySecret"]))
    session = made["Credentials"]
    who, = all_well(node(server, STS, ["getCallerIdentity", {}], key=session["AccessKeyId"], secret=session["AccessKeySecret"],
                         token=session["SecurityToken"]))
    assert who["IdentityType"] == "AssumedRoleUser"


def test_python_clients(server):
    ram, sts, name = python(RamClient, server), python(StsClient, server), data.name("ram")
    account = sts.get_caller_identity().body.account_id
    ram.create_user(ram_models.CreateUserRequest(user_name=name))
    key = ram.create_access_key(ram_models.CreateAccessKeyRequest(user_name=name)).body.access_key
    ram.create_policy(ram_models.CreatePolicyRequest(policy_name=name, policy_document=ALLOW_ALL))
    ram.attach_policy_to_user(ram_models.AttachPolicyToUserRequest(user_name=name, policy_name=name, policy_type="Custom"))
    listed = ram.list_policies_for_user(ram_models.ListPoliciesForUserRequest(user_name=name)).body.policies.policy
    assert [one.policy_name for one in listed] == [name]
    role = ram.create_role(ram_models.CreateRoleRequest(role_name=name, assume_role_policy_document=trust(account))).body.role
    mine = python(StsClient, server, key.access_key_id, key.access_key_secret)
    ask = sts_models.AssumeRoleRequest(role_arn=role.arn, role_session_name="python", duration_seconds=900)
    with pytest.raises(Exception) as caught:
        mine.assume_role(ask)
    assert "NoPermission" in str(caught.value)
    ram.attach_policy_to_user(ram_models.AttachPolicyToUserRequest(user_name=name, policy_name="AliyunSTSAssumeRoleAccess",
                                                                  policy_type="System"))
    session = mine.assume_role(ask).body.credentials
    who = python(StsClient, server, session.access_key_id, session.access_key_secret, session.security_token)
    assert who.get_caller_identity().body.identity_type == "AssumedRoleUser"


def test_pop_core(server):
    script = """
const Core = require('@alicloud/pop-core');
const [endpoint, accessKeyId, accessKeySecret, name] = process.argv.slice(1);
(async () => {
  const client = new Core({ accessKeyId, accessKeySecret, endpoint, apiVersion: '2015-05-01' });
  for (const method of ['GET', 'POST']) {
    await client.request('CreateUser', { UserName: name + method }, { method });
    const { User } = await client.request('GetUser', { UserName: name + method }, { method });
    console.log(User.UserName);
    await client.request('CreateUser', { UserName: name + method }, { method }).catch((e) => console.log(e.code));
  }
})().catch((e) => { console.error(e); process.exit(1); });
"""
    name = data.name("ram")
    done = subprocess.run(["node", "-e", script, server.url, ACCESS_KEY_ID, ACCESS_KEY_SECRET, name], text=True,
                          capture_output=True, timeout=60, cwd=HERE)
    assert done.stdout.split() == [name + "GET", "EntityAlreadyExists.User", name + "POST", "EntityAlreadyExists.User"], done.stderr
