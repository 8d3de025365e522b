"""A new master key while the server runs: nobody's key or session ends, and what rests is sealed anew."""

import base64
import os
import subprocess

import pytest
from harness.server import NotReady, Server, binary
from test_ram import STS, Rpc

KMS = "2016-01-20"
SECRETS = 50


def test_rotation(tmp_path):
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    server = Server("--data", str(tmp_path / "data"), environment={"XDG_RUNTIME_DIR": str(runtime)}).start()
    try:
        root = Rpc(server)
        root("CreateUser", UserName="ann")
        key = root("CreateAccessKey", UserName="ann")["AccessKey"]
        ann = Rpc(server, key["AccessKeyId"], key["AccessKeySecret"])
        done = subprocess.run([binary(), "master-key", "rotate", "--port", str(server.port)], text=True, capture_output=True,
                              env={**os.environ, "XDG_RUNTIME_DIR": str(runtime)})
        assert done.returncode == 0, done.stderr
        assert ann("GetCallerIdentity", STS)["IdentityType"] == "RAMUser"
    finally:
        assert server.stop() == 0
    keys = (tmp_path / "data" / "master-key").read_text().split()
    assert len(keys) == 2
    # The new one alone opens what rests: it was sealed anew, at the latest at the next start.
    again = Server("--data", str(tmp_path / "data"), environment={"XDG_RUNTIME_DIR": str(runtime)}).start()
    again.stop()
    alone = Server("--data", str(tmp_path / "data"), environment={"LAKESIDE_MASTER_KEY": keys[0], "XDG_RUNTIME_DIR": str(runtime)}).start()
    try:
        assert Rpc(alone, key["AccessKeyId"], key["AccessKeySecret"])("GetCallerIdentity", STS)["IdentityType"] == "RAMUser"
    finally:
        assert alone.stop() == 0


class Kept:
    """Something of everything that KMS seals."""

    def __init__(self, root):
        self.key = root("CreateKey", KMS)["KeyMetadata"]["KeyId"]
        self.blobs = []
        for _ in range(3):
            self.blobs.append(root("Encrypt", KMS, KeyId=self.key, Plaintext=base64.b64encode(b"a text").decode())["CiphertextBlob"])
            root("CreateKeyVersion", KMS, KeyId=self.key)
        self.rsa = root("CreateKey", KMS, KeySpec="RSA_2048", KeyUsage="ENCRYPT/DECRYPT")["KeyMetadata"]["KeyId"]
        for number in range(SECRETS):
            root("CreateSecret", KMS, SecretName=f"s{number}", VersionId="v", SecretData=f"value {number}")
        root("CreateSecret", KMS, SecretName="under-a-key", VersionId="v", SecretData="hidden", EncryptionKeyId=self.key)

    def check(self, root):
        for blob in self.blobs:
            assert base64.b64decode(root("Decrypt", KMS, CiphertextBlob=blob)["Plaintext"]) == b"a text"
        for number in range(SECRETS):
            assert root("GetSecretValue", KMS, SecretName=f"s{number}")["SecretData"] == f"value {number}"
        assert root("GetSecretValue", KMS, SecretName="under-a-key")["SecretData"] == "hidden"
        version = root("ListKeyVersions", KMS, KeyId=self.rsa)["KeyVersions"]["KeyVersion"][0]["KeyVersionId"]
        sealed = root("AsymmetricEncrypt", KMS, KeyId=self.rsa, KeyVersionId=version, Algorithm="RSAES_OAEP_SHA_256",
                      Plaintext=base64.b64encode(b"to rsa").decode())["CiphertextBlob"]
        opened = root("AsymmetricDecrypt", KMS, KeyId=self.rsa, KeyVersionId=version, Algorithm="RSAES_OAEP_SHA_256",
                      CiphertextBlob=sealed)["Plaintext"]
        assert base64.b64decode(opened) == b"to rsa"


def test_rotation_killed_on_the_way(tmp_path):
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    folder = tmp_path / "data"
    environment = {"XDG_RUNTIME_DIR": str(runtime)}
    server = Server("--data", str(folder), environment=environment).start()
    kept = Kept(Rpc(server))
    old = (folder / "master-key").read_text().split()[0]
    subprocess.run([binary(), "master-key", "rotate", "--port", str(server.port)], check=True, capture_output=True,
                   env={**os.environ, **environment})
    server.kill()  # wherever it is: the command does not wait
    new, second = (folder / "master-key").read_text().split()
    assert second == old
    again = Server("--data", str(folder), environment=environment).start()
    try:
        kept.check(Rpc(again))
    finally:
        assert again.stop() == 0
    alone = Server("--data", str(folder), environment=environment | {"LAKESIDE_MASTER_KEY": new}).start()
    try:
        kept.check(Rpc(alone))
    finally:
        assert alone.stop() == 0
    with pytest.raises(NotReady, match="another master key"):
        Server("--data", str(folder), environment=environment | {"LAKESIDE_MASTER_KEY": old}).start()
