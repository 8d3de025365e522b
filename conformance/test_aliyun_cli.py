"""The aliyun command line, unmodified. It is in no registry that the suite installs from (its Go module lacks the
descriptions of the APIs, a submodule): these tests run where `aliyun` is on the PATH, or LAKESIDE_ALIYUN names it."""

import json
import os
import shutil
import subprocess

import pytest
from harness import data
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION, Server

PROGRAM = os.environ.get("LAKESIDE_ALIYUN") or shutil.which("aliyun")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no aliyun command line")


class Aliyun:
    def __init__(self, server, home, key=ACCESS_KEY_ID, secret=ACCESS_KEY_SECRET, token=None):
        self.server = server
        self.environment = {
            "HOME": str(home), "PATH": os.environ["PATH"], "ALIBABA_CLOUD_REGION_ID": REGION,
            "ALIBABA_CLOUD_ACCESS_KEY_ID": key, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": secret}
        if token:
            self.environment["ALIBABA_CLOUD_SECURITY_TOKEN"] = token

    def run(self, *arguments):
        return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60, env=self.environment)

    def __call__(self, product, action, **parameters):
        """An RPC API's answer."""
        flags = [text for name, value in parameters.items() for text in (f"--{name}", value)]
        done = self.run(product, action, *flags, "--endpoint", f"{self.server.host}:{self.server.port}", "--insecure")
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def oss(self, *arguments):
        done = self.run("oss", *arguments, "--endpoint", self.server.url)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def running():
    server = Server("--ephemeral", "--durability=relaxed").start()
    yield server
    assert server.stop() == 0


@pytest.fixture
def aliyun(running, tmp_path):
    return Aliyun(running, tmp_path)


def test_ram_and_sts(aliyun, tmp_path):
    account = aliyun("sts", "GetCallerIdentity")["AccountId"]
    assert aliyun("ram", "CreateUser", UserName="cli", DisplayName="名")["User"]["DisplayName"] == "名"
    assert [user["UserName"] for user in aliyun("ram", "ListUsers")["Users"]["User"]] == ["cli"]
    trust = {"Version": "1", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": [f"acs:ram::{account}:root"]}}]}
    role = aliyun("ram", "CreateRole", RoleName="cli", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    allow = {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}
    aliyun("ram", "CreatePolicy", PolicyName="assume", PolicyDocument=json.dumps(allow))
    aliyun("ram", "AttachPolicyToUser", PolicyName="assume", PolicyType="Custom", UserName="cli")
    key = aliyun("ram", "CreateAccessKey", UserName="cli")["AccessKey"]
    user = Aliyun(aliyun.server, tmp_path, key["AccessKeyId"], key["AccessKeySecret"])
    made = user("sts", "AssumeRole", RoleArn=role, RoleSessionName="cli-s")["Credentials"]
    session = Aliyun(aliyun.server, tmp_path, made["AccessKeyId"], made["AccessKeySecret"], made["SecurityToken"])
    assert session("sts", "GetCallerIdentity")["Arn"].endswith(":assumed-role/cli/cli-s")
    refused = session.run("ram", "ListUsers", "--endpoint", f"{aliyun.server.host}:{aliyun.server.port}", "--insecure")
    assert refused.returncode != 0 and "NoPermission" in refused.stdout + refused.stderr


def test_kms_and_actiontrail(aliyun):
    key = aliyun("kms", "CreateKey")["KeyMetadata"]["KeyId"]
    sealed = aliyun("kms", "Encrypt", KeyId=key, Plaintext="aGVsbG8=")["CiphertextBlob"]
    assert aliyun("kms", "Decrypt", CiphertextBlob=sealed)["Plaintext"] == "aGVsbG8="
    assert "Decrypt" in [event["eventName"] for event in aliyun("actiontrail", "LookupEvents")["Events"]]


def test_object_storage(aliyun, tmp_path):
    bucket, file, back = data.name(), tmp_path / "file", tmp_path / "back"
    file.write_bytes(data.blob(5_000_000))
    aliyun.oss("mb", f"oss://{bucket}")
    assert f"oss://{bucket}" in aliyun.oss("ls")
    aliyun.oss("cp", str(file), f"oss://{bucket}/d/file", "--bigfile-threshold", "1000000", "--part-size", "1000000")
    assert f"oss://{bucket}/d/file" in aliyun.oss("ls", f"oss://{bucket}")
    aliyun.oss("cp", f"oss://{bucket}/d/file", str(back), "-f")
    assert back.read_bytes() == file.read_bytes()
    aliyun.oss("rm", f"oss://{bucket}", "-r", "-b", "-f")
    assert f"oss://{bucket}" not in aliyun.oss("ls")
