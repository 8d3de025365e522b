"""`lakeside policy`, as a person types it: what would be decided, and what decides it. Asked over HTTP it is answered
with the caller's own rights."""

import json
import os
import subprocess

import pytest
from harness import data
from harness.raw import Raw
from harness.server import Server, binary
from test_ram import Rpc, allow, grant


@pytest.fixture
def lakeside(tmp_path):
    """Runs `lakeside …` as a user who has one server, which records calls on objects, too."""
    server = Server("--ephemeral", "--audit-data-events", "on", environment={"XDG_RUNTIME_DIR": str(tmp_path)}).start()

    def run(*arguments):
        return subprocess.run([binary(), *arguments], capture_output=True, text=True, check=False,
                              env=dict(os.environ, XDG_RUNTIME_DIR=str(tmp_path)))

    run.server = server
    yield run
    server.kill()


@pytest.fixture
def ann(lakeside):
    """A user with a key: (name, key id, secret)."""
    root, name = Rpc(lakeside.server), data.name("ann")
    root("CreateUser", UserName=name)
    key = root("CreateAccessKey", UserName=name)["AccessKey"]
    return name, key["AccessKeyId"], key["AccessKeySecret"]


def simulate(lakeside, who, action, resource, *context):
    asked = lakeside("policy", "simulate", "--as", who, "--action", action, "--resource", resource,
                     *(argument for one in context for argument in ("--context", one)))
    assert asked.returncode == 0, asked.stderr
    return asked.stdout


def test_simulation_says_what_decides(lakeside, ann):
    name = ann[0]
    policy = grant(lakeside.server, name, allow("oss:GetObject", "acs:oss:*:*:photos/*",
                                                Condition={"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}}))
    ask = (lakeside, f"user/{name}", "oss:GetObject", "acs:oss:*:*:photos/1")
    denied = simulate(*ask)
    assert "verdict: denied: no statement of a policy" in denied
    assert f"policy {policy} (RamUser): no statement applies" in denied
    assert "statement 1 (Allow): a condition does not hold: acs:sourceip" in denied
    allowed = simulate(*ask, "acs:SourceIp=10.1.2.3")
    assert f"verdict: allowed: allowed by statement 1 of the policy {policy}" in allowed
    grant(lakeside.server, name, {"Effect": "Deny", "Action": "oss:*", "Resource": "*"})
    assert "verdict: denied: denied by statement 1" in simulate(*ask, "acs:SourceIp=10.1.2.3")


def test_simulation_of_roles_the_root_and_strangers(lakeside, ann):
    root, role = Rpc(lakeside.server), data.name("role")
    root("CreateRole", RoleName=role, AssumeRolePolicyDocument=json.dumps({"Version": "1", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": ["acs:ram::1234567890123456:root"]}}]}))
    root("AttachPolicyToRole", RoleName=role, PolicyName="AliyunOSSReadOnlyAccess", PolicyType="System")
    assert "verdict: allowed" in simulate(lakeside, f"role/{role}", "oss:GetObject", "acs:oss:*:*:b/k")
    assert "verdict: denied" in simulate(lakeside, f"role/{role}", "oss:PutObject", "acs:oss:*:*:b/k")
    assert "verdict: allowed: the root account" in simulate(lakeside, "root", "oss:PutObject", "acs:oss:*:*:b/k")
    bucket = data.name()
    Raw(lakeside.server).make_bucket(bucket, "public-read")
    read = (lakeside, "anonymous", "oss:ListObjects", f"acs:oss:*:*:{bucket}")
    assert "allowed by the resource's access list" in simulate(*read)
    Raw(lakeside.server).request("PUT", bucket, query={"policy": ""}, body=json.dumps({"Version": "1", "Statement": [
        {"Effect": "Deny", "Action": "oss:List*", "Principal": ["*"], "Resource": [f"acs:oss:*:*:{bucket}"]}]}).encode())
    assert "denied: denied by statement 1 of the bucket policy" in simulate(*read)
    wrong = lakeside("policy", "simulate", "--as", "user/nobody", "--action", "a:B", "--resource", "*")
    assert wrong.returncode == 1 and 'no user "nobody"' in wrong.stderr


def test_only_who_may_read_ram_may_ask(lakeside, ann):
    name, key, secret = ann
    me = Raw(lakeside.server, "v1", (key, secret))
    target = f"/_lakeside/policy/simulation?principal=user/{name}&action=oss:GetObject&resource=acs:oss:*:*:b/k"

    def ask(raw, accept):
        _, headers = raw.headers_for("GET", "_lakeside", "policy/simulation")
        return raw.send("GET", target, {**headers, "Accept": accept})

    assert ask(me, "application/json").status == 403
    assert lakeside.server.ask("GET", target)[0] == 403
    grant(lakeside.server, name, allow("ram:Get*"))
    reply = ask(me, "application/json")
    assert reply.status == 200, reply.body
    told = json.loads(reply.body)
    assert told["allowed"] is False and told["accessDeniedDetail"]["AuthAction"] == "oss:GetObject"


def test_a_denial_stands_in_the_log_as_the_client_sees_it(lakeside, ann):
    name, key, secret = ann
    reply = Raw(lakeside.server, "v1", (key, secret)).request("PUT", data.name())
    assert reply.status == 403
    line = next(line for line in lakeside.server.output().splitlines() if "access denied" in line)
    for member in ("AuthAction", "NoPermissionType", "PolicyType", "EncodedDiagnosticMessage"):
        assert reply.text(f"AccessDeniedDetail/{member}") in line, member
    with pytest.raises(Exception):
        Rpc(lakeside.server, key, secret)("ListUsers")
    assert "ram:ListUsers" in lakeside.server.output()


def test_a_policy_is_generated_from_what_was_done(lakeside, ann):
    name, key, secret = ann
    bucket = data.name()
    root, me = Raw(lakeside.server), Raw(lakeside.server, "v1", (key, secret))
    root.make_bucket(bucket)
    everything = grant(lakeside.server, name, allow("*"))
    assert me.put(bucket, "a/1", b"x").status == 200 and me.get(bucket, "a/1").status == 200
    assert me.get(bucket, "a/2").status == 404
    Rpc(lakeside.server, key, secret)("GetUser", UserName=name)
    root.put(bucket, "not-hers", b"x")

    def generate(*arguments):
        made = lakeside("policy", "generate", "--as", f"user/{name}", *arguments)
        assert made.returncode == 0, made.stderr
        return json.loads(made.stdout)

    for _ in range(100):  # an event is made when its call's answer is out
        policy = generate()
        actions = {action for statement in policy["Statement"] for action in statement["Action"]}
        if actions == {"oss:PutObject", "oss:GetObject", "ram:GetUser"}:
            break
    else:
        raise AssertionError(policy)
    assert "not-hers" not in json.dumps(policy)
    wide = generate("--generalise", f"acs:oss:*:*:{bucket}/a/*", "--since", "1h")
    assert f"acs:oss:*:*:{bucket}/a/*" in json.dumps(wide)

    admin = Rpc(lakeside.server)
    admin("DetachPolicyFromUser", UserName=name, PolicyName=everything, PolicyType="Custom")
    assert me.get(bucket, "a/1").status == 403
    grant(lakeside.server, name, *policy["Statement"])
    assert me.put(bucket, "a/1", b"y").status == 200 and me.get(bucket, "a/1").status == 200
    assert me.get(bucket, "a/2").status == 404
    assert me.request("PUT", bucket, "a/2", body=b"y").status == 403 and me.get(bucket, "not-hers").status == 403
    Rpc(lakeside.server, key, secret)("GetUser", UserName=name)
    nobody = lakeside("policy", "generate", "--as", "user/nobody")
    assert nobody.returncode == 1 and "no calls" in nobody.stderr
