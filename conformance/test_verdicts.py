"""The matrix: every operation that the server has, as `lakeside operations --json` lists them, by every kind of caller.

What is asked is made from the table: the request line of object storage's rows, the name of RPC's, the path of
models'. An operation that the table gains is asked here without a further line, or fails until what it needs is
written down below. Allowed means: not refused for who asks; whether it then finds what it is about is no matter.
"""

import base64
import dataclasses
import datetime
import hashlib
import hmac
import http.client
import json
import os
import subprocess
import urllib.parse
import uuid

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from harness import data
from harness.raw import Raw, Reply, query_string
from harness.server import Server, binary

MASTER_KEY = bytes(range(32))
VERSIONS = {"ram": "2015-05-01", "sts": "2015-04-01", "ims": "2019-08-15", "kms": "2016-01-20",
            "actiontrail": "2020-07-06", "cms": "2019-01-01", "signin": "2026-11-22", "modelstudio-management": "2026-02-10"}
TABLE = [row for row in json.loads(subprocess.run([binary(), "operations", "--json"], capture_output=True, check=True,
                                                  text=True).stdout) if row["implemented"]] if binary().exists() else []

# What the documents of object storage's requests say: such that an allowed one changes nothing for the others.
OSS_BODIES = {
    "PutBucketPolicy": {
        "oss": '{"Version":"1","Statement":{"Effect":"Allow","Action":"oss:Nothing","Principal":["1"],"Resource":"*"}}',
        "s3": '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Nothing","Principal":{"AWS":"1"},'
              '"Resource":"arn:aws:s3:::BUCKET"}}'},
    "PutPublicAccessBlock": "<PublicAccessBlockConfiguration/>",
    "PutBucketPublicAccessBlock": "<PublicAccessBlockConfiguration/>",
    "PutAccountPublicAccessBlock": "<PublicAccessBlockConfiguration/>",
    "DeleteMultipleObjects": "<Delete><Object><Key>gone</Key></Object></Delete>",
    "DeleteObjects": "<Delete><Object><Key>gone</Key></Object></Delete>",
    "CompleteMultipartUpload": "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\"e\"</ETag></Part>"
                               "</CompleteMultipartUpload>",
}
OSS_QUERY = {"partNumber": "1", "uploadId": "0" * 32}
OSS_MORE_QUERY = {"AppendObject": {"position": "0"}}
OSS_HEADERS = {"PutBucketAcl": {"acl": "private"}, "PutObjectAcl": {"object-acl": "private", "acl": "private"}}
# What RPC operations need so that it is the caller who is judged; and those whom anybody may call.
RPC_PARAMETERS = {"AssumeRole": {"RoleArn": "acs:ram::ACCOUNT:role/ROLE", "RoleSessionName": "session"}}
ARN_OF = {"sts": "ram", "ims": "ram", "modelstudio-management": "modelstudio"}  # whose resources an API acts on
NO_PERMISSION = {"kms": "Forbidden.NoPermission", "cms": "AccessForbidden"}  # else NoPermission
NEEDS_NO_PERMISSION = {("sts", "GetCallerIdentity"), ("kms", "DescribeRegions"), ("signin", "CreateSession"),
                       ("signin", "RenewSession"), ("signin", "EndSession")}
# What a user may do to itself without a policy, by the account's security preference as it is at first.
TO_ONESELF = {"ChangePassword", "BindMFADevice", "UnbindMFADevice", "GetUserMFAInfo", "DisableVirtualMFA"}
NEEDS_NO_SIGNATURE = {"AssumeRoleWithOIDC", "AssumeRoleWithSAML", "SignIn"}

ROOTS = ("root", "root's session")
ALLOWED = (*ROOTS, "allowed", "allowed's session", "session")


@dataclasses.dataclass
class Caller:
    name: str
    key: str | None = None
    secret: str = ""
    token: str | None = None
    detail: dict = dataclasses.field(default_factory=dict)  # of AccessDeniedDetail, where it is refused


class World:
    """A server with a bucket, an object and every kind of caller."""

    def __init__(self):
        self.server = Server("--ephemeral", "--durability=relaxed",
                             environment={"LAKESIDE_MASTER_KEY": MASTER_KEY.hex()}).start()
        self.raw = Raw(self.server)
        self.root = Caller("root", *self.raw.identity)
        self.account = self.rpc(self.root, "sts", "GetCallerIdentity").json["AccountId"]
        self.root.detail = self.detail("RootUser", self.account)
        self.bucket = data.name("verdicts")
        self.raw.make_bucket(self.bucket)
        self.raw.put(self.bucket, "kept", b"content")
        everything = self.policy("Everything", {"Effect": "Allow", "Action": "*", "Resource": "*"})
        nothing = self.policy("Nothing", {"Effect": "Deny", "Action": "*", "Resource": "*"})
        allowed = self.user("allowed", everything)
        denied = self.user("denied", everything, nothing)
        denied.detail |= {"NoPermissionType": "ExplicitDeny"}
        disabled = self.user("disabled", everything)
        self.rpc(self.root, "ram", "UpdateAccessKey", UserName="disabled", UserAccessKeyId=disabled.key,
                 Status="Inactive")
        self.callers = [self.root, allowed, denied, self.user("nobody"), disabled, Caller("anonymous"),
                        *self.sessions(allowed), self.own_session(allowed), self.own_session(self.root),
                        self.other_account()]
        self.model_keys = self.keys_of_models()

    @staticmethod
    def detail(kind, account, name=None, policy="AccountLevelIdentityBasedPolicy"):
        return {"PolicyType": policy, "AuthPrincipalOwnerId": account, "AuthPrincipalType": kind,
                "AuthPrincipalDisplayName": name or account, "NoPermissionType": "ImplicitDeny"}

    def policy(self, name, *statements):
        made = self.rpc(self.root, "ram", "CreatePolicy", PolicyName=name,
                        PolicyDocument=json.dumps({"Version": "1", "Statement": list(statements)}))
        assert made.status == 200, made.body
        return name

    def user(self, name, *policies):
        made = self.rpc(self.root, "ram", "CreateUser", UserName=name).json["User"]
        for policy in policies:
            self.rpc(self.root, "ram", "AttachPolicyToUser", UserName=name, PolicyName=policy, PolicyType="Custom")
        key = self.rpc(self.root, "ram", "CreateAccessKey", UserName=name).json["AccessKey"]
        return Caller(name, key["AccessKeyId"], key["AccessKeySecret"],
                      detail=self.detail("SubUser", self.account, made["UserId"]))

    def sessions(self, allowed):
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": [f"acs:ram::{self.account}:root"]}}
        self.rpc(self.root, "ram", "CreateRole", RoleName="role",
                 AssumeRolePolicyDocument=json.dumps({"Version": "1", "Statement": [trust]}))
        self.rpc(self.root, "ram", "AttachPolicyToRole", RoleName="role", PolicyName="Everything", PolicyType="Custom")
        narrow = {"Version": "1", "Statement": [{"Effect": "Allow", "Action": ["oss:GetObject", "ram:GetUser"],
                                                 "Resource": "*"}]}
        asked = {"RoleArn": f"acs:ram::{self.account}:role/role"}
        for name, more in [("session", {}), ("narrowed", {"Policy": json.dumps(narrow)}), ("expired", {})]:
            made = self.rpc(allowed, "sts", "AssumeRole", **asked, RoleSessionName=name, **more).json["Credentials"]
            token = expired(made["SecurityToken"]) if name == "expired" else made["SecurityToken"]
            yield Caller(name, made["AccessKeyId"], made["AccessKeySecret"], token,
                         self.detail("AssumedRoleUser", self.account, f"role:{name}", "SessionPolicy"))

    def own_session(self, caller):
        """What the console works with: it is who made it."""
        made = self.rpc(caller, "signin", "CreateSession").json["Credentials"]
        return dataclasses.replace(caller, name=f"{caller.name}'s session", key=made["AccessKeyId"],
                                   secret=made["AccessKeySecret"], token=made["SecurityToken"])

    def rpc(self, caller, service, action, signed=True, **parameters):
        fields = {"Format": "JSON", "Version": VERSIONS[service], "Action": action, **parameters}
        if caller.key and signed:
            fields |= {"AccessKeyId": caller.key, "SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0",
                       "SignatureNonce": uuid.uuid4().hex,
                       "Timestamp": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
            if caller.token:
                fields["SecurityToken"] = caller.token
            fields["Signature"] = rpc_signature(fields, caller.secret)
        connection = http.client.HTTPConnection(self.server.host, self.server.port, timeout=60)
        try:
            connection.request("POST", "/", urllib.parse.urlencode(fields),
                               {"Content-Type": "application/x-www-form-urlencoded"})
            response = connection.getresponse()
            answer = Reply(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()
        answer.json = json.loads(answer.body)
        return answer

    def object_storage(self, caller, dialect, method, bucket, key, query, headers, body):
        raw = Raw(self.server, None if caller.key is None else "v4" if dialect == "oss" else "sigv4",
                  (caller.key, caller.secret))
        headers = dict(headers)
        if caller.key is None and dialect == "s3":
            headers["amz-sdk-request"] = "attempt=1"  # what tells the dialects apart where nothing is signed
        if caller.token:
            headers["x-oss-security-token" if dialect == "oss" else "x-amz-security-token"] = caller.token
        return raw.request(method, bucket, key, query=query, headers=headers, body=body)

    def other_account(self):
        """The root of another account, who is at home in it and a stranger here."""
        made = self.raw.request("POST", "_lakeside", "accounts", headers={"x-oss-account-name": "other"})
        assert made.status == 200, made.body
        account, key, secret = made.body.decode().split()[1::2]
        return Caller("other account", key, secret, detail=self.detail("RootUser", account))

    def keys_of_models(self):
        def ask(method, **settings):
            headers = {f"x-oss-key-{name}": value for name, value in settings.items()}
            reply = self.raw.request(method, "_lakeside", "keys", headers=headers)
            assert reply.status == 200, reply.body
            return reply.body.decode().split()
        good, revoked = ask("POST", name="good"), ask("POST", name="revoked")
        ask("DELETE", id=revoked[0])
        return {"valid": good[1], "revoked": revoked[1], "unknown": "sk-" + "0" * 64, "none": None}


def rpc_signature(fields, secret):
    def escape(text):
        return urllib.parse.quote(str(text), safe="-_.~")
    text = "&".join(f"{escape(name)}={escape(fields[name])}" for name in sorted(fields))
    signed = hmac.new((secret + "&").encode(), f"POST&%2F&{escape(text)}".encode(), hashlib.sha1)
    return base64.b64encode(signed.digest()).decode()


def expired(token):
    """The same session, ended a minute ago: tokens are sealed under the master key (docs/formats/ram-records.md)."""
    key = hmac.new(MASTER_KEY, b"sts tokens", hashlib.sha256).digest()
    sealed = base64.b64decode(token[4:])
    head, nonce, text = sealed[:5], sealed[5:17], sealed[17:]
    session = json.loads(AESGCM(key).decrypt(nonce, text, b"sts-session"))
    session["expires"] = int((datetime.datetime.now(datetime.UTC).timestamp() - 60) * 1_000_000)
    nonce = os.urandom(12)
    return token[:4] + base64.b64encode(
        head + nonce + AESGCM(key).encrypt(nonce, json.dumps(session).encode(), b"sts-session")).decode()


@pytest.fixture(scope="module")
def world():
    made = World()
    yield made
    assert made.server.stop() == 0, made.server.output()


def is_allowed(caller, row):
    if caller.name in ALLOWED:
        return True
    if caller.name == "narrowed":
        return row["permission"] in ("oss:GetObject", "ram:GetUser")
    if caller.name == "other account" and row["service"] == "modelstudio-management":
        return False  # the keys are the main account's
    if caller.name == "other account":
        return row["service"] != "oss" or row["access"] == "account"
    return False


# ---- object storage --------------------------------------------------------------------------

def oss_request(row, dialect, bucket):
    """(method, bucket, key, query, headers, body) of a row's form: "PUT object?partNumber&uploadId +copy-source"."""
    form, _, header = row["request"].partition(" +")
    method, target = form.split(" ")
    if target.startswith("control/"):  # S3 Control, whose account test_object_storage names
        return method, "v20180820", target.removeprefix("control/"), {}, {}, OSS_BODIES.get(row["operation"], "").encode()
    level, _, terms = target.partition("?")
    name, prefix = row["operation"], "x-amz-" if dialect == "s3" else "x-oss-"
    query = {}
    for term in filter(None, terms.split("&")):
        parameter, _, value = term.partition("=")
        query[parameter] = value or OSS_QUERY.get(parameter, "")
    query |= OSS_MORE_QUERY.get(name, {})
    headers = {prefix + n: v for n, v in OSS_HEADERS.get(name, {}).items() if dialect == "oss" or n == "acl"}
    if name == "PutObjectAcl" and dialect == "oss":
        headers.pop("x-oss-acl")
    if header == "copy-source":
        headers[prefix + "copy-source"] = f"/{bucket}/kept"
    body = OSS_BODIES.get(name, "")
    body = (body[dialect] if isinstance(body, dict) else body).replace("BUCKET", bucket).encode()
    if name == "DeleteObjects":
        headers["content-md5"] = base64.b64encode(hashlib.md5(body).digest()).decode()
    key = None
    if level == "object":
        key = "kept" if method in ("GET", "HEAD") or name == "PutObjectAcl" else "new"
    return method, None if level == "service" else bucket, key, query, headers, body


def check_oss_denial(caller, row, dialect, method, reply):
    many = row["operation"].startswith("Delete") and row["request"] == "POST bucket?delete"
    if caller.name == "expired":
        expected = (403, "SecurityTokenExpired") if dialect == "oss" else (400, "ExpiredToken")
    elif caller.name == "disabled":
        expected = (403, "InvalidAccessKeyId")
    else:
        expected = (403, "AccessDenied")
    if method == "HEAD":
        assert reply.status == expected[0], reply
        if dialect == "s3":
            return
        reply = Reply(reply.status, reply.headers, base64.b64decode(reply.headers["x-oss-err"]))
    assert reply.is_error(*expected), (reply.status, reply.body)
    assert reply.text("RequestId") and reply.text("Message")
    detail = reply.xml.find("AccessDeniedDetail")
    if dialect == "s3" or caller.name in ("expired", "disabled", "anonymous"):
        assert detail is None, reply.body
        return
    shown = {element.tag: element.text for element in detail}
    diagnosis = json.loads(base64.b64decode(shown.pop("EncodedDiagnosticMessage")))
    assert shown == caller.detail | {"AuthAction": row["permission"]}
    assert diagnosis["AuthAction"] == row["permission"]
    assert diagnosis["ExplicitDeny"] is (caller.name == "denied")
    codes = {"denied": "0003-00000204" if many else "0003-00000201", "narrowed": "0003-00000301"}
    assert reply.text("EC") == codes.get(caller.name, "0003-00000001")


@pytest.mark.parametrize("row, dialect", [
    pytest.param(row, dialect, id=f"{row['operation']}-{dialect}")
    for row in TABLE if row["service"] == "oss" and row["operation"] != "PostObject" for dialect in row["dialects"]])
def test_object_storage(world, row, dialect):
    method, bucket, key, query, headers, body = oss_request(row, dialect, world.bucket)
    for caller in world.callers:
        if bucket == "v20180820":
            headers["x-amz-account-id"] = (caller.detail or {}).get("AuthPrincipalOwnerId", world.account)
        reply = world.object_storage(caller, dialect, method, bucket, key, query, headers, body)
        where = f"{row['operation']} by {caller.name}: {reply.status} {reply.body[:600]!r}"
        if is_allowed(caller, row):
            assert reply.status not in (401, 403) and reply.status < 500, where
            assert reply.code not in ("MalformedXML", "NotImplemented", "InvalidPolicyDocument", "MalformedPolicy"), where
        else:
            try:
                check_oss_denial(caller, row, dialect, method, reply)
            except AssertionError as error:
                raise AssertionError(where) from error


@pytest.mark.parametrize("dialect", ["oss", "s3"])
def test_post_object(world, dialect):
    """A form carries its signature in its fields."""
    row = next(row for row in TABLE if row["operation"] == "PostObject")
    for caller in world.callers:
        fields = {"key": "posted"}
        if caller.key:
            end = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            conditions = [{"bucket": world.bucket}, ["starts-with", "$key", ""]]
            token = "x-oss-security-token" if dialect == "oss" else "x-amz-security-token"
            if caller.token:
                conditions.append({token: caller.token})
            policy = base64.b64encode(json.dumps({"expiration": end, "conditions": conditions}).encode())
            signature = base64.b64encode(hmac.new(caller.secret.encode(), policy, hashlib.sha1).digest()).decode()
            fields |= {"OSSAccessKeyId" if dialect == "oss" else "AWSAccessKeyId": caller.key,
                       "policy": policy.decode(), "signature": signature}
            if caller.token:
                fields[token] = caller.token
        elif dialect == "s3":
            fields["x-amz-meta-a"] = "b"
        parts = "".join(f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                        for name, value in fields.items())
        parts += '--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\ncontent\r\n--b--\r\n'
        headers = {"Host": f"{world.server.host}:{world.server.port}", "Content-Type": "multipart/form-data; boundary=b"}
        reply = world.raw.send("POST", f"/{world.bucket}", headers, parts.encode())
        if is_allowed(caller, row):
            assert reply.status in (200, 204), (caller.name, reply)
        else:
            check_oss_denial(caller, row, dialect, "POST", reply)


# ---- RPC -------------------------------------------------------------------------------------

@pytest.mark.parametrize("row", [row for row in TABLE if row["service"] not in ("oss", "modelstudio", "lakeside")],
                         ids=lambda row: f"{row['service']}-{row['operation']}")
def test_rpc(world, row):
    assert row["service"] in VERSIONS, "say here which version this API has"
    action = row["operation"]
    refusal = NO_PERMISSION.get(row["service"], "NoPermission")
    parameters = {name: value.replace("ACCOUNT", world.account).replace("ROLE", "role")
                  for name, value in RPC_PARAMETERS.get(action, {}).items()}
    for caller in world.callers:
        if (row["service"], action) == ("signin", "EndSession") and caller.name.endswith("'s session"):
            continue  # it would be over for the others; test_sign_in.py has it
        reply = world.rpc(caller, row["service"], action, **parameters)
        where = f"{action} by {caller.name}: {reply.status} {reply.body[:600]!r}"
        if action in NEEDS_NO_SIGNATURE:
            assert reply.json.get("Code") != refusal and "AccessKeyId" not in str(reply.json.get("Message")), where
            continue
        expected = {"expired": "InvalidSecurityToken.Expired", "disabled": "InvalidAccessKeyId.Inactive",
                    "anonymous": "MissingParameter"}.get(caller.name)
        if expected:
            assert reply.json["Code"] == expected, where
            assert caller.name != "anonymous" or "AccessKeyId" in reply.json["Message"], where
            assert "AccessDeniedDetail" not in reply.json, where
            continue
        if action == "AssumeRole" and caller.name in (*ROOTS, "other account"):
            assert reply.json["Code"] == refusal, where  # a root account assumes no role
            continue
        own = caller.name == "nobody" and row["service"] in ("ram", "ims") and action in TO_ONESELF
        if own or is_allowed(caller, row) or (row["service"], action) in NEEDS_NO_PERMISSION:
            assert reply.json.get("Code") not in (refusal, "NotImplemented"), where
            assert reply.status < 500, where
            continue
        assert (reply.status, reply.json["Code"]) == (403, refusal), where
        shown = dict(reply.json["AccessDeniedDetail"])
        diagnosis = json.loads(base64.b64decode(shown.pop("EncodedDiagnosticMessage")))
        assert shown == caller.detail | {"AuthAction": row["permission"]}, where
        assert diagnosis["AuthResource"].startswith(f"acs:{ARN_OF.get(row['service'], row['service'])}:"), where
        assert row["permission"] in reply.json["Message"], where


# ---- the server's own pages ------------------------------------------------------------------

OPEN_PAGES = {"Health"}
FOR_THIS_MACHINE = {"Metrics", "Reset"}  # where the tests are; to others as the rest
BY_POLICY = {"GetPolicySimulation": "ram:GetPolicySimulation", "GetGeneratedPolicy": "actiontrail:LookupEvents"}
BY_POLICY_AT_HOME = {"CreateModelKey", "ListModelKeys", "RevokeModelKey"}  # the keys are the first account's


@pytest.mark.parametrize("row", [row for row in TABLE if row["service"] == "lakeside" and row["operation"] != "Reset"],
                         ids=lambda row: row["operation"])
def test_pages(world, row):
    """They are for the root of the first account: another account's root is a customer."""
    path = row["path"].removeprefix("/_lakeside/")
    for caller in world.callers:
        reply = world.object_storage(caller, "oss", row["method"], "_lakeside", path, {}, {}, b"")
        where = f"{row['operation']} by {caller.name}: {reply.status} {reply.body[:300]!r}"
        if caller.name in ("expired", "disabled"):
            assert reply.status == 403 and b"credentials were not accepted" in reply.body, where
        elif row["operation"] in OPEN_PAGES | FOR_THIS_MACHINE:
            assert reply.status == 200, where
        elif row["operation"] in BY_POLICY:
            assert (reply.status != 403) is (caller.name in (*ALLOWED, "other account")), where
        elif row["operation"] in BY_POLICY_AT_HOME:
            assert (reply.status != 403) is (caller.name in ALLOWED), where
        else:
            assert (reply.status != 403) is (caller.name in ROOTS), where


# ---- models ----------------------------------------------------------------------------------

@pytest.mark.parametrize("row", [row for row in TABLE if row["service"] == "modelstudio"],
                         ids=lambda row: f"{row['operation']}-{row['dialects'][0]}")
def test_models(world, row):
    path = row["path"]
    while "{" in path:
        path = path[:path.index("{")] + "none" + path[path.index("}") + 1:]
    for name, key in world.model_keys.items():
        connection = http.client.HTTPConnection(world.server.host, world.server.port, timeout=60)
        try:
            headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
            connection.request(row["method"], path, b"{}" if row["method"] == "POST" else None, headers)
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        where = f"{row['method']} {path} by {name}: {response.status} {body[:300]!r}"
        assert (response.status == 401) is (name != "valid"), where
        if name != "valid":
            error = json.loads(body)
            assert "invalid_api_key" in str(error) or "InvalidApiKey" in str(error), where
