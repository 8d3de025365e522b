"""People sign in, as the console has a browser do it: a form to this server's own endpoint (docs/identity.md), and the
session that comes of it in clients of object storage and RPC."""

import json
from unittest.mock import ANY

import oss2
import pytest
import requests
from harness import data, totp
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET
from test_ram import RAM, STS, Rpc, allow, document

PASSWORD = "Passw0rd!"
SIGNIN = "2026-11-22"


def sign_in(server, headers=None, query="", **form):
    form = {"Action": "SignIn", "Version": "2026-11-22", "Format": "JSON", **form}
    answer = requests.post(server.url + "/" + query, data=form, headers=headers or {}, timeout=30)
    return answer.status_code, answer.json()


def secret_of(credentials):
    return credentials["AccessKeyId"], credentials["AccessKeySecret"], credentials["SecurityToken"]


def session(server, credentials):
    return Rpc(server, *secret_of(credentials))


@pytest.fixture
def person(server):
    name = data.name("p")
    Rpc(server)("CreateUser", UserName=name)
    Rpc(server)("CreateLoginProfile", UserName=name, Password=PASSWORD)
    return name


def test_a_password_gives_a_session(server, person, bucket):
    status, answer = sign_in(server, UserName=person, Password=PASSWORD, DurationSeconds=900)
    assert status == 200, answer
    assert answer["User"]["UserName"] == person and answer["MFAPresent"] is False
    me = session(server, answer["Credentials"])
    who = me("GetCallerIdentity", STS)
    assert who["IdentityType"] == "RAMUser" and who["Arn"] == answer["User"]["Arn"]
    grant = data.name("ram")
    Rpc(server)("CreatePolicy", PolicyName=grant, PolicyDocument=document(
        allow("oss:*"), {"Effect": "Deny", "Action": "oss:DeleteObject", "Resource": "*",
                         "Condition": {"Bool": {"acs:MFAPresent": "false"}}}))
    Rpc(server)("AttachPolicyToUser", UserName=person, PolicyName=grant, PolicyType="Custom")
    c = answer["Credentials"]
    mine = oss2.Bucket(oss2.StsAuth(c["AccessKeyId"], c["AccessKeySecret"], c["SecurityToken"]), server.url, bucket,
                       is_path_style=True)
    mine.put_object("k", b"x")
    with pytest.raises(oss2.exceptions.AccessDenied):
        mine.delete_object("k")
    assert "LastLoginDate" in Rpc(server)("GetUser", UserName=person)["User"]


def test_nothing_tells_whether_there_is_such_a_user(server, person):
    wrong = sign_in(server, UserName=person, Password="wrong")
    nobody = sign_in(server, UserName=data.name("nobody"), Password="wrong")
    keys_only = data.name("k")
    Rpc(server)("CreateUser", UserName=keys_only)
    without = sign_in(server, UserName=keys_only, Password="")
    elsewhere = sign_in(server, UserName=f"{person}@9999999999999999", Password=PASSWORD)
    for status, answer in (wrong, nobody, elsewhere):
        assert (status, answer["Code"], answer["Message"]) == (403, "SignInFailed", wrong[1]["Message"])
    assert without[1]["Code"] == "MissingParameter"
    account = Rpc(server)("GetCallerIdentity", STS)["AccountId"]
    assert sign_in(server, UserName=f"{person}@{account}.onaliyun.com", Password=PASSWORD)[0] == 200


def test_pages_of_other_sites_cannot_sign_anybody_in(server, person):
    form = {"UserName": person, "Password": PASSWORD}
    assert sign_in(server, {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}, **form)[0] == 200
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        status, answer = sign_in(server, headers, **form)
        assert (status, answer["Code"]) == (403, "Forbidden")
    status, _ = sign_in(server, query="?Action=SignIn&Version=2026-11-22&UserName=x&Password=y")
    assert status == 400
    answer = requests.get(server.url + "/?Action=SignIn&Version=2026-11-22&UserName=x&Password=y", timeout=30)
    assert answer.status_code == 400


def test_failures_lock_a_user_for_a_while(server, person):
    for _ in range(5):
        assert sign_in(server, UserName=person, Password="wrong")[1]["Code"] == "SignInFailed"
    status, answer = sign_in(server, UserName=person, Password=PASSWORD)
    assert (status, answer["Code"]) == (429, "Throttling.User")


def test_a_device_is_asked_for(server, person, bucket):
    root = Rpc(server)
    device = root("CreateVirtualMFADevice", VirtualMFADeviceName=person)["VirtualMFADevice"]
    first, second = totp.codes(device["Base32StringSeed"])
    root("BindMFADevice", UserName=person, SerialNumber=device["SerialNumber"], AuthenticationCode1=first, AuthenticationCode2=second)
    assert sign_in(server, UserName=person, Password=PASSWORD)[1]["NextStep"] == "AuthenticationCode"
    code = totp.next_code(device["Base32StringSeed"])
    status, answer = sign_in(server, UserName=person, Password=PASSWORD, AuthenticationCode=code)
    assert status == 200 and answer["MFAPresent"] is True, answer
    again = sign_in(server, UserName=person, Password=PASSWORD, AuthenticationCode=code)
    assert again[1]["Code"] == "SignInFailed"  # no code is taken twice
    root("AttachPolicyToUser", UserName=person, PolicyName=policy_with_mfa(root), PolicyType="Custom")
    assert session(server, answer["Credentials"])("ListUsers")["Users"]["User"]


def policy_with_mfa(root):
    name = data.name("ram")
    root("CreatePolicy", PolicyName=name, PolicyDocument=document(
        allow("ram:ListUsers", Condition={"Bool": {"acs:MFAPresent": "true"}})))
    return name


def test_a_device_must_be_bound_and_a_password_changed(server):
    root, name = Rpc(server), data.name("p")
    root("CreateUser", UserName=name)
    root("CreateLoginProfile", UserName=name, Password=PASSWORD, MFABindRequired="true", PasswordResetRequired="true")
    step = sign_in(server, UserName=name, Password=PASSWORD)[1]
    assert step["NextStep"] == "BindMFADevice"
    first, second = totp.codes(step["VirtualMFADevice"]["Base32StringSeed"])
    codes = {"AuthenticationCode1": first, "AuthenticationCode2": second}
    assert sign_in(server, UserName=name, Password=PASSWORD, **codes)[1]["NextStep"] == "NewPassword"
    weak = sign_in(server, UserName=name, Password=PASSWORD, NewPassword="short", **codes)
    assert weak[1]["Code"] == "InvalidParameter.NewPassword.TooWeak"
    status, answer = sign_in(server, UserName=name, Password=PASSWORD, NewPassword="An0ther-one", **codes)
    assert status == 200 and answer["MFAPresent"] is True, answer
    assert root("GetUserMFAInfo", UserName=name)["MFADevice"]["SerialNumber"].endswith(f"mfa/{name}")
    assert sign_in(server, UserName=name, Password=PASSWORD)[1]["Code"] == "SignInFailed"


def test_a_new_password_ends_sessions(server, person):
    me = session(server, sign_in(server, UserName=person, Password=PASSWORD)[1]["Credentials"])
    from test_ram import denied
    denied(lambda: me("ChangePassword", OldPassword="wrong-one", NewPassword="An0ther-one"), "InvalidParameter.OldPassword")
    me("ChangePassword", OldPassword=PASSWORD, NewPassword="An0ther-one")
    denied(lambda: me("GetCallerIdentity", STS), "InvalidSecurityToken.Malformed")
    assert sign_in(server, UserName=person, Password="An0ther-one")[0] == 200


def test_a_key_gives_a_session_that_can_be_renewed_and_ended(server, bucket):
    """What the console does with an access key: the key itself signs CreateSession and nothing else."""
    from test_ram import denied
    root = Rpc(server)
    made = root("CreateSession", SIGNIN, DurationSeconds=900)["Credentials"]
    me = session(server, made)
    assert me("GetCallerIdentity", STS) == root("GetCallerIdentity", STS) | {"RequestId": ANY}
    again = me("RenewSession", SIGNIN)["Credentials"]
    assert again["AccessKeyId"] == made["AccessKeyId"] and again["AccessKeySecret"] != made["AccessKeySecret"]
    assert again["Expiration"] > made["Expiration"]
    stored = oss2.Bucket(oss2.StsAuth(*secret_of(again), auth_version="v4"), server.url, bucket, is_path_style=True,
                         region="cn-hangzhou")
    stored.put_object("k", b"x")
    link = stored.sign_url("GET", "k", 600)
    assert requests.get(link, timeout=30).content == b"x"
    session(server, again)("EndSession", SIGNIN)
    for ended in (made, again):
        denied(lambda: session(server, ended)("GetCallerIdentity", STS), "InvalidSecurityToken.Expired")
    assert requests.get(link, timeout=30).status_code == 403
    denied(lambda: root("EndSession", SIGNIN), "OperationDenied.Session")


def test_a_session_of_a_key_ends_with_it(server, person):
    from test_ram import denied
    root = Rpc(server)
    key = root("CreateAccessKey", UserName=person)["AccessKey"]
    mine = Rpc(server, key["AccessKeyId"], key["AccessKeySecret"])
    me = session(server, mine("CreateSession", SIGNIN)["Credentials"])
    assert me("GetCallerIdentity", STS)["Arn"].endswith(f"user/{person}")
    denied(lambda: me("ListUsers"), "NoPermission")  # what the user may not, the session may not
    root("UpdateAccessKey", UserName=person, UserAccessKeyId=key["AccessKeyId"], Status="Inactive")
    denied(lambda: me("GetCallerIdentity", STS), "InvalidSecurityToken.Malformed")


def test_a_link_outlives_the_visit_that_made_it(server, person, bucket):
    """A session makes one that may less, with which the console signs links: it goes on after signing out."""
    from test_ram import denied
    root = Rpc(server)
    root("AttachPolicyToUser", UserName=person, PolicyName="AliyunOSSFullAccess", PolicyType="System")
    me = session(server, sign_in(server, UserName=person, Password=PASSWORD, DurationSeconds=900)[1]["Credentials"])
    denied(lambda: me("CreateSession", SIGNIN), "OperationDenied.Session")
    narrow = me("CreateSession", SIGNIN, DurationSeconds=7200,
                Policy=document(allow("oss:GetObject", f"acs:oss:*:*:{bucket}/shared")))["Credentials"]
    oss2.Bucket(oss2.Auth(ACCESS_KEY_ID, ACCESS_KEY_SECRET), server.url, bucket, is_path_style=True).put_object("shared", b"s")
    shared = oss2.Bucket(oss2.StsAuth(*secret_of(narrow)), server.url, bucket, is_path_style=True)
    link = shared.sign_url("GET", "shared", 600)
    me("EndSession", SIGNIN)
    assert requests.get(link, timeout=30).content == b"s"
    for refused in (lambda: shared.put_object("shared", b"t"), lambda: shared.get_object("other")):
        with pytest.raises(oss2.exceptions.AccessDenied):
            refused()
    denied(lambda: session(server, narrow)("CreateSession", SIGNIN, Policy=document(allow("*"))), "OperationDenied.Session")


def test_former_passwords_may_not_come_back(server, person):
    from test_ram import denied
    root = Rpc(server)
    root("SetPasswordPolicy", PasswordReusePrevention=2)
    try:
        denied(lambda: root("UpdateLoginProfile", UserName=person, Password=PASSWORD), "InvalidParameter.Password.TooWeak")
        root("UpdateLoginProfile", UserName=person, Password="An0ther-one")
        denied(lambda: root("UpdateLoginProfile", UserName=person, Password=PASSWORD), "InvalidParameter.Password.TooWeak")
    finally:
        root("SetPasswordPolicy")


def test_passwords_are_in_no_log(server, person):
    sign_in(server, UserName=person, Password="S3cret-that-is-wrong")
    output = server.output() if hasattr(server, "output") else ""
    assert PASSWORD not in output and "S3cret-that-is-wrong" not in output
