"""RAM and STS through real clients: RPC V1 by aliyun-python-sdk-core (GET and POST) and ali-oss's STS (POST form), and
object storage with a RAM user's key and with STS credentials. V3 requests of openapi-core are vectors of the unit
tests (src/gateway/auth/tests/data/rpc_requests.txt)."""

import json
import pathlib
import subprocess
import urllib.parse

import boto3
import botocore.exceptions
import oss2
import pytest
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.auth.credentials import StsTokenCredential
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest
from harness import data
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION

RAM, STS = "2015-05-01", "2015-04-01"


class Rpc:
    """One caller of the RPC APIs."""

    def __init__(self, server, key=ACCESS_KEY_ID, secret=ACCESS_KEY_SECRET, token=None, method="POST"):
        self.host = urllib.parse.urlsplit(server.url).netloc
        self.method = method
        if token:
            self.client = AcsClient(region_id=REGION, credential=StsTokenCredential(key, secret, token))
        else:
            self.client = AcsClient(key, secret, REGION)

    def __call__(self, action, version=RAM, **parameters):
        request = CommonRequest(domain=self.host, version=version, action_name=action)
        request.set_protocol_type("http")
        request.set_method(self.method)
        request.set_accept_format("json")
        for name, value in parameters.items():
            request.add_query_param(name.replace("_", "."), value)
        return json.loads(self.client.do_action_with_exception(request))


def denied(call, code, status=None):
    with pytest.raises(ServerException) as caught:
        call()
    assert caught.value.get_error_code() == code, caught.value
    if status:
        assert caught.value.get_http_status() == status
    return caught.value


def document(*statements):
    return json.dumps({"Version": "1", "Statement": list(statements)})


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


@pytest.fixture(params=["GET", "POST"])
def root(request, server):
    return Rpc(server, method=request.param)


@pytest.fixture
def user(server):
    """A new user with a key: (name, key id, secret)."""
    root, name = Rpc(server), data.name("ram")
    root("CreateUser", UserName=name)
    key = root("CreateAccessKey", UserName=name)["AccessKey"]
    yield name, key["AccessKeyId"], key["AccessKeySecret"]


def grant(server, name, *statements):
    root, policy = Rpc(server), data.name("ram")
    root("CreatePolicy", PolicyName=policy, PolicyDocument=document(*statements))
    root("AttachPolicyToUser", UserName=name, PolicyName=policy, PolicyType="Custom")
    return policy


def bucket_of(server, name, key, secret, token=None):
    auth = oss2.StsAuth(key, secret, token) if token else oss2.Auth(key, secret)
    return oss2.Bucket(auth, server.url, name, is_path_style=True)


def s3_of(server, key, secret, token=None):
    return boto3.client("s3", endpoint_url=server.url, region_name=REGION, aws_access_key_id=key,
                        aws_secret_access_key=secret, aws_session_token=token)


def test_users(root):
    name = data.name("ram")
    made = root("CreateUser", UserName=name, Comments="中 文 *~'")["User"]
    assert made["Comments"] == "中 文 *~'" and len(made["UserId"]) == 18
    assert root("GetUser", UserName=name)["User"]["UserId"] == made["UserId"]
    denied(lambda: root("CreateUser", UserName=name), "EntityAlreadyExists.User", 409)
    denied(lambda: root("CreateUser", UserName="a b"), "InvalidParameter.UserName.InvalidChars", 400)
    denied(lambda: root("CreateUser"), "MissingParameter", 400)
    assert root("UpdateUser", UserName=name, NewUserName=name + "-2")["User"]["UserName"] == name + "-2"
    assert name + "-2" in [u["UserName"] for u in root("ListUsers", MaxItems=1000)["Users"]["User"]]
    root("DeleteUser", UserName=name + "-2")
    denied(lambda: root("GetUser", UserName=name + "-2"), "EntityNotExist.User", 404)


def test_two_keys_each(server, user, root):
    name, key, secret = user
    assert "AccessKeySecret" not in root("ListAccessKeys", UserName=name)["AccessKeys"]["AccessKey"][0]
    root("CreateAccessKey", UserName=name)
    denied(lambda: root("CreateAccessKey", UserName=name), "LimitExceeded.User.AccessKey", 409)
    me = Rpc(server, key, secret)
    assert me("GetCallerIdentity", STS)["IdentityType"] == "RAMUser"
    root("UpdateAccessKey", UserName=name, UserAccessKeyId=key, Status="Inactive")
    denied(lambda: me("GetCallerIdentity", STS), "InvalidAccessKeyId.Inactive")
    root("DeleteAccessKey", UserName=name, UserAccessKeyId=key)
    denied(lambda: me("GetCallerIdentity", STS), "InvalidAccessKeyId.NotFound", 404)


def test_policy_versions(root):
    name = data.name("ram")
    assert root("CreatePolicy", PolicyName=name, PolicyDocument=document(allow("oss:*")))["Policy"]["DefaultVersion"] == "v1"
    version = root("CreatePolicyVersion", PolicyName=name, PolicyDocument=document(allow("oss:Get*")), SetAsDefault="true")
    assert version["PolicyVersion"]["IsDefaultVersion"] is True
    shown = root("GetPolicy", PolicyName=name, PolicyType="Custom")
    assert json.loads(shown["DefaultPolicyVersion"]["PolicyDocument"])["Statement"][0]["Action"] == "oss:Get*"
    root("SetDefaultPolicyVersion", PolicyName=name, VersionId="v1")
    denied(lambda: root("DeletePolicyVersion", PolicyName=name, VersionId="v1"), "DeleteConflict.Policy.Version.Default")
    root("DeletePolicyVersion", PolicyName=name, VersionId="v2")
    denied(lambda: root("CreatePolicy", PolicyName=name + "2", PolicyDocument='{"Version":"1"}'), "MalformedPolicyDocument")
    root("DeletePolicy", PolicyName=name)
    denied(lambda: root("GetPolicy", PolicyName=name, PolicyType="Custom"), "EntityNotExist.Policy", 404)


def test_a_user_may_what_its_policies_say(server, user, bucket):
    name, key, secret = user
    mine, theirs = bucket_of(server, bucket, key, secret), s3_of(server, key, secret)
    with pytest.raises(oss2.exceptions.AccessDenied):
        mine.put_object("a/1", b"x")
    grant(server, name, allow(["oss:GetObject", "oss:PutObject"], f"acs:oss:*:*:{bucket}/a/*"),
          allow("oss:ListObjects", f"acs:oss:*:*:{bucket}", Condition={"StringLike": {"oss:Prefix": "a/*"}}))
    mine.put_object("a/1", b"content")
    assert theirs.get_object(Bucket=bucket, Key="a/1")["Body"].read() == b"content"
    assert [o.key for o in mine.list_objects("a/").object_list] == ["a/1"]
    with pytest.raises(oss2.exceptions.AccessDenied) as caught:
        mine.put_object("b/1", b"x")
    assert "AccessDeniedDetail" in caught.value.body.decode() and "oss:PutObject" in caught.value.body.decode()
    with pytest.raises(oss2.exceptions.AccessDenied):
        mine.list_objects("b/")
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        theirs.delete_object(Bucket=bucket, Key="a/1")
    assert caught.value.response["Error"]["Code"] == "AccessDenied"


def test_groups_and_explicit_deny(server, user, bucket):
    root, (name, key, secret), group = Rpc(server), user, data.name("ram")
    root("CreateGroup", GroupName=group)
    root("AttachPolicyToGroup", GroupName=group, PolicyName="AliyunOSSFullAccess", PolicyType="System")
    root("AddUserToGroup", GroupName=group, UserName=name)
    mine = bucket_of(server, bucket, key, secret)
    mine.put_object("k", b"x")
    policy = grant(server, name, {"Effect": "Deny", "Action": "oss:PutObject", "Resource": "*"})
    with pytest.raises(oss2.exceptions.AccessDenied):
        mine.put_object("k", b"x")
    denied(lambda: root("DeleteUser", UserName=name), "DeleteConflict.User.AccessKey", 409)
    denied(lambda: root("DeletePolicy", PolicyName=policy), "DeleteConflict.Policy.User", 409)
    root("DetachPolicyFromUser", UserName=name, PolicyName=policy, PolicyType="Custom")
    mine.put_object("k", b"x")
    root("RemoveUserFromGroup", GroupName=group, UserName=name)
    with pytest.raises(oss2.exceptions.AccessDenied):
        mine.put_object("k", b"x")


def test_ram_asks_for_permission(server, user):
    name, key, secret = user
    me = Rpc(server, key, secret)
    error = denied(lambda: me("ListUsers"), "NoPermission", 403)
    assert "ram:ListUsers" in error.get_error_msg()
    grant(server, name, allow("ram:ListUsers"))
    assert me("ListUsers")["Users"]["User"]


def test_signatures_are_checked(server):
    wrong = Rpc(server, secret="wrong")
    with pytest.raises(ServerException) as caught:
        wrong("GetCallerIdentity", STS)
    assert "signature" in str(caught.value).lower()
    denied(lambda: Rpc(server)("NoSuchAction"), "InvalidAction.NotFound", 404)
    denied(lambda: Rpc(server)("GetUser", "2014-01-01"), "InvalidVersion", 400)
    denied(lambda: Rpc(server)("AssumeRoleWithSAML", STS), "NotImplemented", 501)


@pytest.fixture
def role(server, user):
    """A role that the user may assume and that may read and write objects; its ARN."""
    root, (name, _, _), role = Rpc(server), user, data.name("ram")
    account = root("GetCallerIdentity", STS)["AccountId"]
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": [f"acs:ram::{account}:root"]}}
    made = root("CreateRole", RoleName=role, AssumeRolePolicyDocument=document(trust))["Role"]
    root("AttachPolicyToRole", RoleName=role, PolicyName="AliyunOSSFullAccess", PolicyType="System")
    return made["Arn"]


def test_assume_role(server, user, role, bucket):
    name, key, secret = user
    me = Rpc(server, key, secret)
    ask = {"RoleArn": role, "RoleSessionName": "session", "DurationSeconds": 900}
    denied(lambda: me("AssumeRole", STS, **ask), "NoPermission", 403)
    denied(lambda: Rpc(server)("AssumeRole", STS, **ask), "NoPermission", 403)
    grant(server, name, allow("sts:AssumeRole"))
    made = me("AssumeRole", STS, **ask)["Credentials"]
    ak, sk, token = made["AccessKeyId"], made["AccessKeySecret"], made["SecurityToken"]
    assert ak.startswith("STS.")
    identity = Rpc(server, ak, sk, token)("GetCallerIdentity", STS)
    assert identity["IdentityType"] == "AssumedRoleUser" and identity["Arn"].endswith("/session")
    bucket_of(server, bucket, ak, sk, token).put_object("k", b"content")
    assert s3_of(server, ak, sk, token).get_object(Bucket=bucket, Key="k")["Body"].read() == b"content"
    url = bucket_of(server, bucket, ak, sk, token).sign_url("GET", "k", 60)
    assert "security-token" in url and oss2.http.requests.get(url).content == b"content"
    with pytest.raises(oss2.exceptions.ServerError) as caught:  # a temporary key without its token
        bucket_of(server, bucket, ak, sk).get_object("k")
    assert caught.value.code == "InvalidAccessKeyId"
    denied(lambda: Rpc(server, ak, sk, token[:-4] + "AAA=")("GetCallerIdentity", STS), "InvalidSecurityToken.Malformed")
    for wrong, code in [({"DurationSeconds": 90}, "DurationSeconds"), ({"DurationSeconds": 3601}, "DurationSeconds"),
                        ({"RoleSessionName": "x"}, "RoleSessionName"), ({"RoleSessionName": "a b"}, "RoleSessionName"),
                        ({"Policy": "{}"}, "PolicyGrammar"), ({"Policy": " " * 2049}, "PolicySize"),
                        ({"ExternalId": "a b"}, "ExternalId"), ({"RoleArn": "role"}, "RoleArn")]:
        denied(lambda wrong=wrong: me("AssumeRole", STS, **{**ask, **wrong}), "InvalidParameter." + code, 400)


def test_a_session_policy_narrows(server, user, role, bucket):
    name, key, secret = user
    grant(server, name, allow("sts:AssumeRole"))
    made = Rpc(server, key, secret)("AssumeRole", STS, RoleArn=role, RoleSessionName="narrow",
                                    Policy=document(allow("oss:GetObject")))["Credentials"]
    mine = bucket_of(server, bucket, made["AccessKeyId"], made["AccessKeySecret"], made["SecurityToken"])
    bucket_of(server, bucket, ACCESS_KEY_ID, ACCESS_KEY_SECRET).put_object("k", b"content")
    assert mine.get_object("k").read() == b"content"
    with pytest.raises(oss2.exceptions.AccessDenied):
        mine.put_object("k", b"x")


def test_ali_oss_assumes_and_uses_a_role(server, user, role, bucket):
    name, key, secret = user
    grant(server, name, allow("sts:AssumeRole"))
    script = """
const OSS = require('ali-oss');
const [endpoint, accessKeyId, accessKeySecret, role, bucket] = process.argv.slice(1);
(async () => {
  const sts = new OSS.STS({ accessKeyId, accessKeySecret, endpoint });
  const { credentials: c } = await sts.assumeRole(role, null, 900, 'node');
  const url = new URL(endpoint);
  const client = new OSS({ accessKeyId: c.AccessKeyId, accessKeySecret: c.AccessKeySecret, stsToken: c.SecurityToken,
    endpoint: `http://localhost:${url.port}`, bucket, region: 'oss-cn-hangzhou', sldEnable: true, authorizationV4: true });
  await client.put('from-node', Buffer.from('content'));
  console.log((await client.get('from-node')).content.toString());
})().catch((e) => { console.error(e); process.exit(1); });
"""
    done = subprocess.run(["node", "-e", script, server.url, key, secret, role, bucket], text=True, capture_output=True,
                          timeout=60, cwd=pathlib.Path(__file__).parent)
    assert done.stdout == "content\n", done.stderr
