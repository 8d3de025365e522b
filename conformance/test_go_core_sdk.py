"""RAM, STS, IMS, KMS and ActionTrail through Alibaba Cloud's Go SDK (github.com/aliyun/alibaba-cloud-sdk-go), on which
the aliyun command line is built: clients/go-sdk, with its version in go.mod. The module comes from Go's proxy; where it
cannot be had, these tests are skipped."""

import json
import os
import pathlib
import shutil
import subprocess

import pytest
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, BUILD, Server

SOURCE = pathlib.Path(__file__).parent / "clients" / "go-sdk"


def built() -> pathlib.Path:
    if not shutil.which("go"):
        pytest.skip("there is no go")
    environment = dict(os.environ, GOFLAGS="-mod=readonly", GO111MODULE="on", GOTOOLCHAIN="local")
    fetched = subprocess.run(["go", "mod", "download"], cwd=SOURCE, env=environment, capture_output=True, text=True)
    if fetched.returncode:
        pytest.skip(f"the module cannot be fetched: {fetched.stderr.strip()[-200:]}")
    program = BUILD / "conformance" / "go-core-sdk"
    program.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["go", "build", "-o", program, "."], cwd=SOURCE, env=environment, check=True)
    return program


@pytest.fixture(scope="module")
def steps():
    program = built()
    server = Server("--ephemeral", "--durability=relaxed").start()
    try:
        done = subprocess.run([program, f"{server.host}:{server.port}", ACCESS_KEY_ID, ACCESS_KEY_SECRET],
                              capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
    finally:
        assert server.stop() == 0
    return {line["step"]: line["value"] for line in map(json.loads, done.stdout.splitlines())}


def test_ram(steps):
    assert steps["CreateUser"]["DisplayName"] == "名" and steps["CreateUser"]["UserId"]
    assert [user["UserName"] for user in steps["ListUsers"]] == ["go"]
    assert steps["CreateUserTwice"] == {"code": "EntityAlreadyExists.User", "status": 409}
    assert steps["CommonRequest"] == "go"


def test_sts(steps):
    assert steps["AssumeRole"]["type"] == "AssumedRoleUser"
    assert steps["AssumeRole"]["arn"].endswith(":assumed-role/go/from-go")


def test_a_denial_says_why(steps):
    denied = steps["Denied"]
    assert (denied["code"], denied["status"]) == ("NoPermission", 403)
    assert denied["detail"]["AuthAction"] == "ram:ListUsers" and denied["detail"]["NoPermissionType"] == "ImplicitDeny"


def test_kms(steps):
    assert steps["Decrypt"] == {"text": True, "key": True}
    assert steps["GetSecretValue"] == {"data": "hidden", "stages": ["ACSCurrent"]}


def test_ims(steps):
    assert steps["GetUser"]["name"].startswith("go@") and steps["GetUser"]["display"] == "名"


def test_actiontrail(steps):
    assert steps["LookupEvents"] == ["CreateSecret"]
