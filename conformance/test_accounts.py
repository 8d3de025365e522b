"""Several accounts in one installation: `lakeside account`, what each sees, and how one lets another in."""

import json
import os
import subprocess

import boto3
import oss2
import pytest
from harness import data
from harness.raw import Raw
from harness.server import REGION, Server, binary
from test_ram import STS, Rpc, denied, document


class Accounts:
    """`lakeside account …` of a user who has one server."""

    def __init__(self, folder):
        self.folder, self.environment = folder, dict(os.environ, XDG_RUNTIME_DIR=str(folder))
        self.server = None

    def start(self, *arguments):
        self.server = Server("--data", str(self.folder / "data"), "--durability=relaxed", *arguments,
                             environment={"XDG_RUNTIME_DIR": str(self.folder)}).start()
        return self

    def __call__(self, *arguments, check=True):
        done = subprocess.run([binary(), "account", *arguments], capture_output=True, text=True, check=False,
                              env=self.environment)
        assert not check or done.returncode == 0, done.stderr
        return done.stdout if check else done

    def create(self, *arguments):
        """(account, key id, secret)"""
        return tuple(self("create", *arguments).split()[1::2])


@pytest.fixture
def accounts(tmp_path):
    made = Accounts(tmp_path).start()
    yield made
    made.server.kill()


def bucket_of(server, name, key, secret, token=None):
    auth = oss2.StsAuth(key, secret, token) if token else oss2.Auth(key, secret)
    return oss2.Bucket(auth, server.url, name, is_path_style=True)


def test_each_has_its_own(accounts):
    server = accounts.server
    account, key, secret = accounts.create("--name", "Research 研究")
    assert len(account) == 16 and account.isdigit()
    listed = accounts("list")
    assert account in listed and "Research 研究" in listed and secret not in listed
    ours, theirs = Rpc(server), Rpc(server, key, secret)
    assert theirs("GetCallerIdentity", STS)["AccountId"] == account
    # Users and policies of one name are two.
    ours("CreateUser", UserName="ann")
    denied(lambda: theirs("GetUser", UserName="ann"), "EntityNotExist.User")
    made = theirs("CreateUser", UserName="ann")["User"]
    assert made["UserId"] != ours("GetUser", UserName="ann")["User"]["UserId"]
    theirs("DeleteUser", UserName="ann")
    assert ours("GetUser", UserName="ann")["User"]
    # Buckets' names are unique across all; each lists its own.
    mine, name = Raw(server), data.name()
    mine.make_bucket(name)
    other = Raw(server, "v1", (key, secret))
    assert other.request("PUT", name).is_error(409, "BucketAlreadyExists")
    assert other.request("PUT", name + "2").status == 200
    assert other.request("GET").texts("Buckets/Bucket/Name") == [name + "2"]
    assert mine.request("GET").texts("Buckets/Bucket/Name") == [name]
    assert other.request("GET").text("Owner/ID") == account
    for method in ("GET", "PUT", "DELETE"):
        assert other.request(method, name, "k").is_error(403, "AccessDenied"), method


def test_a_user_of_another_account_by_bucket_policy(accounts):
    server = accounts.server
    account, key, secret = accounts.create()
    theirs = Rpc(server, key, secret)
    uid = theirs("CreateUser", UserName="bob")["User"]["UserId"]
    made = theirs("CreateAccessKey", UserName="bob")["AccessKey"]
    root, name = Raw(server), data.name()
    root.make_bucket(name)
    root.put(name, "shared/k", b"content")
    root.put(name, "k", b"content")
    bob = bucket_of(server, name, made["AccessKeyId"], made["AccessKeySecret"])
    with pytest.raises(oss2.exceptions.AccessDenied):
        bob.get_object("shared/k")
    policy = {"Effect": "Allow", "Action": ["oss:GetObject"], "Principal": [uid],
              "Resource": [f"acs:oss:*:*:{name}/shared/*"]}
    root.request("PUT", name, query={"policy": ""}, body=document(policy).encode())
    assert bob.get_object("shared/k").read() == b"content"
    with pytest.raises(oss2.exceptions.AccessDenied) as caught:
        bob.get_object("k")
    assert account in caught.value.body.decode()
    with pytest.raises(oss2.exceptions.AccessDenied):
        bucket_of(server, name, key, secret).get_object("shared/k")  # its root is not named
    # In S3's words.
    root_s3 = Raw(server, "sigv4")
    root_s3.request("PUT", name, query={"policy": ""}, body=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/*",
         "Principal": {"AWS": f"arn:aws:iam::{account}:user/bob"}}]}).encode())
    s3 = boto3.client("s3", endpoint_url=server.url, region_name=REGION, aws_access_key_id=made["AccessKeyId"],
                      aws_secret_access_key=made["AccessKeySecret"])
    assert s3.get_object(Bucket=name, Key="k")["Body"].read() == b"content"
    theirs("DeleteAccessKey", UserName="bob", UserAccessKeyId=made["AccessKeyId"])
    with pytest.raises(oss2.exceptions.ServerError) as caught:
        bob.get_object("shared/k")
    assert caught.value.code == "InvalidAccessKeyId"


def test_a_role_for_another_account(accounts):
    server = accounts.server
    account, key, secret = accounts.create()
    ours, theirs = Rpc(server), Rpc(server, key, secret)
    home = ours("GetCallerIdentity", STS)["AccountId"]
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": [f"acs:ram::{account}:user/bob"]}}
    ours("CreateRole", RoleName="reader", AssumeRolePolicyDocument=document(trust))
    ours("AttachPolicyToRole", RoleName="reader", PolicyName="AliyunOSSReadOnlyAccess", PolicyType="System")
    for user in ("bob", "carol"):
        theirs("CreateUser", UserName=user)
    keys = {user: theirs("CreateAccessKey", UserName=user)["AccessKey"] for user in ("bob", "carol")}
    def caller(user):
        return Rpc(server, keys[user]["AccessKeyId"], keys[user]["AccessKeySecret"])
    def assume(user):
        return caller(user)("AssumeRole", STS, RoleArn=f"acs:ram::{home}:role/reader", RoleSessionName=user)
    # Both sides must allow it.
    denied(lambda: assume("bob"), "NoPermission")
    for user in ("bob", "carol"):
        theirs("AttachPolicyToUser", UserName=user, PolicyName="AliyunSTSAssumeRoleAccess", PolicyType="System")
    denied(lambda: assume("carol"), "NoPermission")
    session = assume("bob")
    assert session["AssumedRoleUser"]["Arn"] == f"acs:ram::{home}:role/reader/bob"
    name = data.name()
    Raw(server).make_bucket(name)
    Raw(server).put(name, "k", b"content")
    given = session["Credentials"]
    reader = bucket_of(server, name, given["AccessKeyId"], given["AccessKeySecret"], given["SecurityToken"])
    assert reader.get_object("k").read() == b"content"
    with pytest.raises(oss2.exceptions.AccessDenied):
        reader.put_object("k", b"x")
    denied(lambda: caller("bob")("AssumeRole", STS, RoleArn="acs:ram::1111111111111111:role/reader",
                                 RoleSessionName="bob"), "EntityNotExist.Role")


def test_disabling_refuses_keys_and_sessions_at_once(accounts):
    server = accounts.server
    account, key, secret = accounts.create()
    theirs = Rpc(server, key, secret)
    theirs("CreateUser", UserName="bob")
    theirs("AttachPolicyToUser", UserName="bob", PolicyName="AdministratorAccess", PolicyType="System")
    made = theirs("CreateAccessKey", UserName="bob")["AccessKey"]
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": [f"acs:ram::{account}:root"]}}
    theirs("CreateRole", RoleName="role", AssumeRolePolicyDocument=document(trust))
    bob = Rpc(server, made["AccessKeyId"], made["AccessKeySecret"])
    session = bob("AssumeRole", STS, RoleArn=f"acs:ram::{account}:role/role", RoleSessionName="bob")["Credentials"]
    assumed = Rpc(server, session["AccessKeyId"], session["AccessKeySecret"], session["SecurityToken"])
    everyone = (theirs, bob, assumed)
    for caller in everyone:
        assert caller("GetCallerIdentity", STS)["AccountId"] == account
    open_to_all, anonymous = data.name(), Raw(server, None)
    Raw(server, "v1", (key, secret)).make_bucket(open_to_all, "public-read")
    Raw(server, "v1", (key, secret)).put(open_to_all, "k", b"content")
    assert anonymous.get(open_to_all, "k").status == 200
    assert accounts("disable", account) == f"disabled {account}\n"
    assert "disabled" in accounts("list")
    for caller in everyone:
        denied(lambda caller=caller: caller("GetCallerIdentity", STS), "InvalidAccessKeyId.Inactive")
    assert Raw(server, "v1", (key, secret)).request("GET").is_error(403, "InvalidAccessKeyId")
    # What the account has is nobody's to use, whomever it had let in.
    assert anonymous.get(open_to_all, "k").is_error(403, "UserDisable")
    assert Raw(server, "sigv4").get(open_to_all, "k").is_error(403, "AllAccessDisabled")
    assert anonymous.get(open_to_all, "k").text("EC") == "0003-00000801"
    asked = {"principal": "anonymous", "action": "oss:GetObject", "resource": f"acs:oss:*:*:{open_to_all}/k"}
    said = Raw(server).request("GET", "_lakeside", "policy/simulation", query=asked)
    assert f"in fact denied: the account {account}, whose it is, is disabled" in said.body.decode()
    said = Raw(server).request("GET", "_lakeside", "policy/simulation", query=asked, headers={"Accept": "application/json"})
    assert json.loads(said.body)["allowed"] is False
    # It lasts, and is taken back.
    server.stop()
    accounts.start()
    again = Rpc(accounts.server, key, secret)
    denied(lambda: again("GetCallerIdentity", STS), "InvalidAccessKeyId.Inactive")
    accounts("enable", account)
    assert again("GetCallerIdentity", STS)["AccountId"] == account
    home = Rpc(accounts.server)("GetCallerIdentity", STS)["AccountId"]
    assert "cannot be disabled" in accounts("disable", home, check=False).stderr
    assert "no such account" in accounts("disable", "1" * 16, check=False).stderr


def test_only_the_first_accounts_root_makes_accounts(accounts):
    _, key, secret = accounts.create()
    stranger = Raw(accounts.server, "v1", (key, secret))
    for method, path in [("POST", "accounts"), ("GET", "accounts"), ("POST", "keys"), ("GET", "keys")]:
        assert stranger.request(method, "_lakeside", path).status == 403, (method, path)
    assert Raw(accounts.server, None).request("GET", "_lakeside", "accounts").status == 403


def test_on_a_folder_without_a_server(accounts):
    folder = str(accounts.folder / "data")
    busy = accounts("list", "--data", folder, check=False)
    assert busy.returncode == 1 and "in use" in busy.stderr
    accounts.server.stop()
    account, key, secret = accounts.create("--data", folder)
    assert account in accounts("list", "--data", folder)
    assert accounts("disable", account, "--data", folder) == f"disabled {account}\n"
    accounts("enable", account, "--data", folder)
    accounts.start()
    assert Rpc(accounts.server, key, secret)("GetCallerIdentity", STS)["AccountId"] == account
    assert "no data folder" in accounts("list", "--data", str(accounts.folder), check=False).stderr
