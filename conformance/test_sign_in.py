"""People sign in, as the console has a browser do it: a form to this server's own endpoint (docs/identity.md), and the
session that comes of it in clients of object storage and RPC."""

import json

import oss2
import pytest
import requests
from harness import data, totp
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET
from test_ram import RAM, STS, Rpc, allow, document

PASSWORD = "Passw0rd!"


def sign_in(server, headers=None, query="", **form):
    form = {"Action": "SignIn", "Version": "2026-11-22", "Format": "JSON", **form}
    answer = requests.post(server.url + "/" + query, data=form, headers=headers or {}, timeout=30)
    return answer.status_code, answer.json()


def session(server, credentials):
    return Rpc(server, credentials["AccessKeyId"], credentials["AccessKeySecret"], credentials["SecurityToken"])


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
