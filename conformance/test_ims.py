"""IMS 2019-08-15, RAM's second form, through @alicloud/ims20190815."""

from harness import data
from test_oidc import IMS
from test_ram_clients import RAM, STS, all_well, node


def test_users_keys_and_groups(server):
    name = data.name("ims")
    account = all_well(node(server, STS, ["getCallerIdentity", {}]))[0]["AccountId"]
    domain = f"{account}.onaliyun.com"
    whole = {"userPrincipalName": f"{name}@{domain}"}
    answers = all_well(node(
        server, IMS, ["createUser", {**whole, "displayName": "Ann"}], ["getUser", whole],
        ["getUser", {"userId": "$0.User.UserId"}], ["createAccessKey", whole], ["listAccessKeys", whole],
        ["getAccessKeyLastUsed", {**whole, "userAccessKeyId": "$3.AccessKey.AccessKeyId"}],
        ["createGroup", {"groupName": name, "displayName": "Group"}], ["addUserToGroup", {**whole, "groupName": name}],
        ["listUsersForGroup", {"groupName": name}], ["listGroupsForUser", whole],
        ["listUserBasicInfos", {"maxItems": 1000}], ["getDefaultDomain", {}], ["getAccountSummary", {}],
        ["updateUser", {**whole, "newUserPrincipalName": f"{name}-2@{domain}"}]))
    assert answers[0]["User"]["UserPrincipalName"] == whole["userPrincipalName"]
    assert answers[1]["User"] == answers[2]["User"]
    assert answers[6]["Group"]["DisplayName"] == "Group"
    assert answers[8]["Users"]["User"][0]["UserPrincipalName"] == whole["userPrincipalName"]
    assert answers[9]["Groups"]["Group"][0]["GroupName"] == name
    assert answers[11]["DefaultDomainName"] == domain
    assert answers[12]["SummaryMap"]["Users"] >= 1
    # The same user, in RAM's form.
    same, = all_well(node(server, RAM, ["getUser", {"userName": name + "-2"}]))
    assert same["User"]["UserId"] == answers[0]["User"]["UserId"]
    stranger, missing = node(server, IMS, ["getUser", {"userPrincipalName": f"{name}@other.onaliyun.com"}],
                             ["createUser", {"userPrincipalName": "plain"}])
    assert stranger["code"] == "EntityNotExist.User" and missing["code"] == "InvalidParameter.UserPrincipalName.Format"


def test_login_profiles_and_settings(server):
    name = data.name("ims")
    account = all_well(node(server, STS, ["getCallerIdentity", {}]))[0]["AccountId"]
    whole = {"userPrincipalName": f"{name}@{account}.onaliyun.com"}
    answers = all_well(node(
        server, IMS, ["createUser", whole], ["createLoginProfile", {**whole, "password": "Passw0rd!"}], ["getLoginProfile", whole],
        ["updateLoginProfile", {**whole, "status": "Inactive"}], ["getUserMFAInfo", whole],
        ["setPasswordPolicy", {"minimumPasswordDifferentCharacter": 4, "passwordNotContainUserName": True}], ["setPasswordPolicy", {}],
        ["setSecurityPreference", {"MFAOperationForLogin": "mandatory"}], ["setSecurityPreference", {"MFAOperationForLogin": "independent"}],
        ["getAccountMFAInfo", {}], ["deleteLoginProfile", whole], ["deleteUser", whole]))
    assert answers[2]["LoginProfile"]["Status"] == "Active" and answers[3]["LoginProfile"]["Status"] == "Inactive"
    assert answers[4]["IsMFAEnable"] is False
    assert answers[5]["PasswordPolicy"]["MinimumPasswordDifferentCharacter"] == 4
    assert answers[7]["SecurityPreference"]["LoginProfilePreference"]["MFAOperationForLogin"] == "mandatory"


def test_what_is_not_there_says_so(server):
    for answer in node(server, IMS, ["createApplication", {"appName": "a", "appType": "NativeApp", "displayName": "a"}],
                       ["createSAMLProvider", {"SAMLProviderName": "a"}]):
        assert (answer["status"], answer["code"]) == (501, "NotImplemented"), answer
