"""KMS through @alicloud/kms20160120 and alibabacloud-kms20160120, and their ciphertexts and signatures through
Python's cryptography."""

import base64
import hashlib
import json
import os
import subprocess
import urllib.parse

import oss2
import pytest
from aliyunsdkcore.client import AcsClient
from aliyunsdkkms.request.v20160120.CreateKeyRequest import CreateKeyRequest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
from clients.kms import CLIENTS, NpmKms, PypiKms
from harness import data
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION, Server
from test_accounts import accounts  # noqa: F401: a fixture
from test_ram import Rpc, allow, document, grant, user  # noqa: F401: a fixture


def b64(raw) -> str:
    return base64.b64encode(raw if isinstance(raw, bytes) else raw.encode()).decode()


@pytest.fixture(params=CLIENTS, ids=lambda client: client.name)
def kms(request, server):
    return request.param(server)


@pytest.fixture
def pypi(server):
    return PypiKms(server)


@pytest.fixture
def key(kms):
    """A symmetric key's id."""
    return kms("CreateKey")["KeyMetadata"]["KeyId"]


def versions_of(kms, key):
    return [v["KeyVersionId"] for v in kms("ListKeyVersions", KeyId=key, PageSize=100)["KeyVersions"]["KeyVersion"]]


def test_keys(kms):
    made = kms("CreateKey", Description="a key, 键")["KeyMetadata"]
    assert made["KeyState"] == "Enabled" and made["KeySpec"] == "Aliyun_AES_256" and made["Origin"] == "Aliyun_KMS"
    assert made["Arn"].endswith(":key/" + made["KeyId"]) and made["Description"] == "a key, 键"
    kms("UpdateKeyDescription", KeyId=made["KeyId"], Description="another")
    shown = kms("DescribeKey", KeyId=made["KeyId"])["KeyMetadata"]
    assert shown["Description"] == "another" and shown["PrimaryKeyVersion"] == versions_of(kms, made["KeyId"])[0]
    assert kms("ListKeys", PageSize=1)["TotalCount"] >= 1
    version = kms("DescribeKeyVersion", KeyId=made["KeyId"], KeyVersionId=shown["PrimaryKeyVersion"])
    assert version["KeyVersion"]["CreationDate"] == made["CreationDate"]
    new = kms("CreateKeyVersion", KeyId=made["KeyId"])["KeyVersion"]["KeyVersionId"]
    assert kms("DescribeKey", KeyId=made["KeyId"])["KeyMetadata"]["PrimaryKeyVersion"] == new
    assert kms.code("DescribeKey", KeyId="05754286-3ba2-4fa6-8d41-4323aca60000") == "Forbidden.KeyNotFound"
    assert kms.code("CreateKey", KeySpec="DES") == "InvalidParameter"


def test_encrypts_and_decrypts(kms, key):
    made = kms("Encrypt", KeyId=key, Plaintext=b64("hello 世界"))
    opened = kms("Decrypt", CiphertextBlob=made["CiphertextBlob"])
    assert base64.b64decode(opened["Plaintext"]).decode() == "hello 世界" and opened["KeyId"] == key
    assert opened["KeyVersionId"] == made["KeyVersionId"]
    assert kms.code("Decrypt", CiphertextBlob=b64(os.urandom(200))) == "InvalidParameter"
    most = os.urandom(6144)
    sealed = kms("Encrypt", KeyId=key, Plaintext=b64(most))["CiphertextBlob"]
    assert base64.b64decode(kms("Decrypt", CiphertextBlob=sealed)["Plaintext"]) == most
    assert kms.code("Encrypt", KeyId=key, Plaintext=b64(most + b"x")) == "InvalidParameter"


def test_contexts_are_the_same_for_both_clients(server):
    """One sends EncryptionContext.a=1, the other JSON."""
    npm, pypi = NpmKms(server), PypiKms(server)
    key = npm("CreateKey")["KeyMetadata"]["KeyId"]
    context = {"b": "2", "a": "1", "文": "中 &=%"}
    for one, other in [(npm, pypi), (pypi, npm)]:
        sealed = one("Encrypt", KeyId=key, Plaintext=b64("x"), EncryptionContext=context)["CiphertextBlob"]
        opened = other("Decrypt", CiphertextBlob=sealed, EncryptionContext=context)
        assert opened["Plaintext"] == b64("x")
        assert other.code("Decrypt", CiphertextBlob=sealed) == "InvalidParameter"
        assert other.code("Decrypt", CiphertextBlob=sealed, EncryptionContext={"a": "1"}) == "InvalidParameter"


def test_data_keys(kms, key):
    made = kms("GenerateDataKey", KeyId=key)
    assert len(base64.b64decode(made["Plaintext"])) == 32
    assert kms("Decrypt", CiphertextBlob=made["CiphertextBlob"])["Plaintext"] == made["Plaintext"]
    assert len(base64.b64decode(kms("GenerateDataKey", KeyId=key, NumberOfBytes=5)["Plaintext"])) == 5
    hidden = kms("GenerateDataKeyWithoutPlaintext", KeyId=key, KeySpec="AES_128")
    assert not hidden.get("Plaintext")
    assert len(base64.b64decode(kms("Decrypt", CiphertextBlob=hidden["CiphertextBlob"])["Plaintext"])) == 16


def test_re_encrypts_and_exports(pypi):
    from cryptography.hazmat.primitives.asymmetric import rsa
    first, second = (pypi("CreateKey")["KeyMetadata"]["KeyId"] for _ in range(2))
    made = pypi("GenerateDataKey", KeyId=first)
    moved = pypi("ReEncrypt", CiphertextBlob=made["CiphertextBlob"], DestinationKeyId=second,
                 DestinationEncryptionContext={"a": "b"})
    assert moved["KeyId"] == second
    assert pypi("Decrypt", CiphertextBlob=moved["CiphertextBlob"], EncryptionContext={"a": "b"})["Plaintext"] == \
        made["Plaintext"]
    private = rsa.generate_private_key(65537, 2048)
    public = private.public_key().public_bytes(serialization.Encoding.DER,
                                               serialization.PublicFormat.SubjectPublicKeyInfo)
    wrapping = {"PublicKeyBlob": b64(public), "WrappingKeySpec": "RSA_2048", "WrappingAlgorithm": "RSAES_OAEP_SHA_256"}
    exported = pypi("ExportDataKey", CiphertextBlob=made["CiphertextBlob"], **wrapping)["ExportedDataKey"]
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    assert b64(private.decrypt(base64.b64decode(exported), oaep)) == made["Plaintext"]
    both = pypi("GenerateAndExportDataKey", KeyId=first, **wrapping)
    assert b64(private.decrypt(base64.b64decode(both["ExportedDataKey"]), oaep)) == \
        pypi("Decrypt", CiphertextBlob=both["CiphertextBlob"])["Plaintext"]


@pytest.mark.parametrize("spec,algorithm", [("EC_P256", "ECDSA_SHA_256"), ("EC_P256K", "ECDSA_SHA_256"),
                                            ("RSA_2048", "RSA_PSS_SHA_256"), ("RSA_3072", "RSA_PKCS1_SHA_256")])
def test_signatures_verify_elsewhere(kms, spec, algorithm):
    key = kms("CreateKey", KeySpec=spec, KeyUsage="SIGN/VERIFY")["KeyMetadata"]["KeyId"]
    names = {"KeyId": key, "KeyVersionId": versions_of(kms, key)[0]}
    digest = hashlib.sha256(b"message").digest()
    value = kms("AsymmetricSign", Algorithm=algorithm, Digest=b64(digest), **names)["Value"]
    assert kms("AsymmetricVerify", Algorithm=algorithm, Digest=b64(digest), Value=value, **names)["Value"] is True
    assert kms("AsymmetricVerify", Algorithm=algorithm, Digest=b64(digest[::-1]), Value=value, **names)["Value"] is False
    public = serialization.load_pem_public_key(kms("GetPublicKey", **names)["PublicKey"].encode())
    hashed = utils.Prehashed(hashes.SHA256())
    if algorithm == "ECDSA_SHA_256":
        public.verify(base64.b64decode(value), digest, ec.ECDSA(hashed))
    elif algorithm == "RSA_PSS_SHA_256":
        public.verify(base64.b64decode(value), digest, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashed)
    else:
        public.verify(base64.b64decode(value), digest, padding.PKCS1v15(), hashed)
    assert kms.code("Encrypt", KeyId=key, Plaintext=b64("x")) == "UnsupportedOperation"
    assert kms.code("AsymmetricSign", Algorithm="RSAES_OAEP_SHA_1", Digest=b64(digest), **names) == "InvalidParameter"


def test_encrypts_with_rsa(kms):
    key = kms("CreateKey", KeySpec="RSA_2048")["KeyMetadata"]["KeyId"]
    names = {"KeyId": key, "KeyVersionId": versions_of(kms, key)[0], "Algorithm": "RSAES_OAEP_SHA_1"}
    made = kms("AsymmetricEncrypt", Plaintext=b64("text"), **names)
    assert kms("AsymmetricDecrypt", CiphertextBlob=made["CiphertextBlob"], **names)["Plaintext"] == b64("text")
    public = serialization.load_pem_public_key(
        kms("GetPublicKey", KeyId=key, KeyVersionId=names["KeyVersionId"])["PublicKey"].encode())
    theirs = public.encrypt(b"theirs", padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None))
    assert kms("AsymmetricDecrypt", CiphertextBlob=b64(theirs), **names)["Plaintext"] == b64("theirs")
    assert kms.code("AsymmetricEncrypt", Plaintext=b64(b"x" * 215), **names) == "InvalidParameter"


def test_states(kms, key):
    sealed = kms("Encrypt", KeyId=key, Plaintext=b64("x"))["CiphertextBlob"]
    kms("DisableKey", KeyId=key)
    assert kms.code("Decrypt", CiphertextBlob=sealed) == "Rejected.Disabled"
    kms("EnableKey", KeyId=key)
    kms("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    shown = kms("DescribeKey", KeyId=key)["KeyMetadata"]
    assert shown["KeyState"] == "PendingDeletion" and shown["DeleteDate"]
    assert kms.code("GenerateDataKey", KeyId=key) == "Rejected.PendingDeletion"
    assert kms.code("EnableKey", KeyId=key) == "Rejected.StateModifiedFailed"
    kms("CancelKeyDeletion", KeyId=key)
    assert kms("Decrypt", CiphertextBlob=sealed)["Plaintext"] == b64("x")


def test_deletion_protection(pypi):
    made = pypi("CreateKey")["KeyMetadata"]
    pypi("SetDeletionProtection", ProtectedResourceArn=made["Arn"], EnableDeletionProtection=True,
         DeletionProtectionDescription="in use")
    assert pypi("DescribeKey", KeyId=made["KeyId"])["KeyMetadata"]["DeletionProtection"] == "Enabled"
    assert pypi.code("ScheduleKeyDeletion", KeyId=made["KeyId"], PendingWindowInDays=7) == "Rejected.DeletionProtection"
    pypi("SetDeletionProtection", ProtectedResourceArn=made["Arn"], EnableDeletionProtection=False)
    pypi("ScheduleKeyDeletion", KeyId=made["KeyId"], PendingWindowInDays=7)


def test_rotation_policy(kms, key):
    kms("UpdateRotationPolicy", KeyId=key, EnableAutomaticRotation=True, RotationInterval="7d")
    shown = kms("DescribeKey", KeyId=key)["KeyMetadata"]
    assert shown["AutomaticRotation"] == "Enabled" and shown["RotationInterval"] == "604800s"
    assert shown["NextRotationDate"] > shown["LastRotationDate"]
    kms("UpdateRotationPolicy", KeyId=key, EnableAutomaticRotation=False)
    assert kms("DescribeKey", KeyId=key)["KeyMetadata"]["AutomaticRotation"] == "Disabled"


def test_aliases(kms, key):
    name = "alias/" + data.name("kms")
    kms("CreateAlias", KeyId=key, AliasName=name)
    assert kms.code("CreateAlias", KeyId=key, AliasName=name) == "AliasAlreadyExists"
    assert kms("Encrypt", KeyId=name, Plaintext=b64("x"))["KeyId"] == key
    other = kms("CreateKey")["KeyMetadata"]["KeyId"]
    kms("UpdateAlias", KeyId=other, AliasName=name)
    listed = kms("ListAliasesByKeyId", KeyId=other)["Aliases"]["Alias"]
    assert [alias["AliasName"] for alias in listed] == [name]
    assert name in [alias["AliasName"] for alias in kms("ListAliases", PageSize=100)["Aliases"]["Alias"]]
    kms("DeleteAlias", AliasName=name)
    assert kms.code("DescribeKey", KeyId=name) == "Forbidden.AliasNotFound"


def test_imports_key_material(kms):
    key = kms("CreateKey", Origin="EXTERNAL")["KeyMetadata"]
    assert key["KeyState"] == "PendingImport"
    needed = kms("GetParametersForImport", KeyId=key["KeyId"], WrappingAlgorithm="RSAES_PKCS1_V1_5",
                 WrappingKeySpec="RSA_2048")
    public = serialization.load_der_public_key(base64.b64decode(needed["PublicKey"]))
    wrapped = b64(public.encrypt(os.urandom(32), padding.PKCS1v15()))

    def imports(material):
        kms("ImportKeyMaterial", KeyId=key["KeyId"], EncryptedKeyMaterial=material, ImportToken=needed["ImportToken"],
            KeyMaterialExpireUnix=0)

    imports(wrapped)
    sealed = kms("Encrypt", KeyId=key["KeyId"], Plaintext=b64("x"))["CiphertextBlob"]
    kms("DeleteKeyMaterial", KeyId=key["KeyId"])
    assert kms.code("Decrypt", CiphertextBlob=sealed) == "Rejected.PendingImport"
    imports(wrapped)
    assert kms("Decrypt", CiphertextBlob=sealed)["Plaintext"] == b64("x")
    assert kms.code("ImportKeyMaterial", KeyId=key["KeyId"], EncryptedKeyMaterial=wrapped, ImportToken=b64("forged"),
                    KeyMaterialExpireUnix=0) == "InvalidImportToken"


def test_secrets(kms, key):
    name = data.name("secret") + "/db"
    made = kms("CreateSecret", SecretName=name, SecretData='{"password": "ü"}', VersionId="v1", EncryptionKeyId=key,
               Tags=json.dumps([{"TagKey": "team", "TagValue": "a"}]))
    assert made["Arn"].endswith(":secret/" + name)
    kms("PutSecretValue", SecretName=name, SecretData="second", VersionId="v2")
    current = kms("GetSecretValue", SecretName=name)
    assert current["SecretData"] == "second" and current["VersionStages"]["VersionStage"] == ["ACSCurrent"]
    assert kms("GetSecretValue", SecretName=name, VersionStage="ACSPrevious")["SecretData"] == '{"password": "ü"}'
    kms("UpdateSecretVersionStage", SecretName=name, VersionStage="ACSCurrent", MoveToVersion="v1")
    assert kms("GetSecretValue", SecretName=name)["VersionId"] == "v1"
    assert [v["VersionId"] for v in kms("ListSecretVersionIds", SecretName=name)["VersionIds"]["VersionId"]] == ["v1", "v2"]
    kms("UpdateSecret", SecretName=name, Description="of the database")
    shown = kms("DescribeSecret", SecretName=name, FetchTags="true")
    assert shown["Description"] == "of the database" and shown["EncryptionKeyId"] == key
    assert shown["Tags"]["Tag"] == [{"TagKey": "team", "TagValue": "a"}]
    assert kms("ListSecrets", PageSize=100)["TotalCount"] >= 1
    kms("DeleteSecret", SecretName=name, RecoveryWindowInDays="7")
    assert kms.code("GetSecretValue", SecretName=name) == "Rejected.ResourceInDeleteWindow"
    kms("RestoreSecret", SecretName=name)
    assert kms("GetSecretValue", SecretName=name)["VersionId"] == "v1"
    kms("DeleteSecret", SecretName=name, ForceDeleteWithoutRecovery="true")
    assert kms.code("GetSecretValue", SecretName=name) == "Forbidden.ResourceNotFound"


def test_long_secrets(kms):
    name, value = data.name("secret"), "v" * (30 << 10)
    kms("CreateSecret", SecretName=name, SecretData=value, VersionId="v1")
    assert kms("GetSecretValue", SecretName=name)["SecretData"] == value
    assert kms.code("PutSecretValue", SecretName=name, SecretData=value + "v", VersionId="v2") == "InvalidParameter"


def test_tags(kms, key):
    kms("TagResource", KeyId=key, Tags=json.dumps([{"TagKey": "a", "TagValue": "1"}, {"TagKey": "b", "TagValue": ""}]))
    listed = kms("ListResourceTags", KeyId=key)["Tags"]["Tag"]
    assert [(tag["TagKey"], tag["TagValue"]) for tag in listed] == [("a", "1"), ("b", "")]
    kms("UntagResource", KeyId=key, TagKeys=json.dumps(["b"]))
    assert len(kms("ListResourceTags", KeyId=key)["Tags"]["Tag"]) == 1


def test_tags_of_many(pypi):
    keys = [pypi("CreateKey")["KeyMetadata"]["KeyId"] for _ in range(2)]
    pypi("TagResources", RegionId="cn-hangzhou", ResourceType="key", ResourceId=keys, Tag=[{"Key": "k", "Value": keys[0]}])
    found = pypi("ListTagResources", RegionId="cn-hangzhou", ResourceType="key", Tag=[{"Key": "k", "Value": keys[0]}])
    assert sorted(tag["ResourceId"] for tag in found["TagResources"]["TagResource"]) == sorted(keys)
    pypi("UntagResources", RegionId="cn-hangzhou", ResourceType="key", ResourceId=keys, TagKey=["k"])
    found = pypi("ListTagResources", RegionId="cn-hangzhou", ResourceType="key", ResourceId=keys)
    assert not found["TagResources"].get("TagResource")


def test_random_passwords(kms):
    password = kms("GetRandomPassword", PasswordLength="12", ExcludePunctuation="true", ExcludeCharacters="0Ool1")["RandomPassword"]
    assert len(password) == 12 and password.isalnum() and not set(password) & set("0Ool1")
    assert kms.code("GetRandomPassword", PasswordLength="7") == "InvalidParameter"


def test_describes_itself(kms):
    assert [region["RegionId"] for region in kms("DescribeRegions")["Regions"]["Region"]] == ["cn-hangzhou"]


def test_describes_its_keys(server):
    specs = NpmKms(server)("DescribeService")["KeySpecs"]["KeySpec"]
    assert [spec["Name"] for spec in specs][:2] == ["Aliyun_AES_256", "RSA_2048"]


def test_is_open_already(pypi):
    assert pypi("DescribeAccountKmsStatus")["AccountStatus"] == "Enabled"
    assert pypi.code("OpenKmsService") == "Forbidden.Opened"


def test_what_is_not_implemented(pypi):
    assert pypi.code("CreateClientKey", AapName="a") == "NotImplemented"
    assert pypi.code("CreateKey", DKMSInstanceId="kst-1") == "NotImplemented"
    assert pypi.code("RotateSecret", SecretName="s", VersionId="v") == "NotImplemented"


def test_a_user_may_use_one_key(server, user):  # noqa: F811
    name, access_key, secret = user
    root = PypiKms(server)
    mine, other = (root("CreateKey")["KeyMetadata"] for _ in range(2))
    sealed = {made["KeyId"]: root("Encrypt", KeyId=made["KeyId"], Plaintext=b64("x"))["CiphertextBlob"]
              for made in (mine, other)}
    alias = "alias/" + data.name("kms")
    root("CreateAlias", KeyId=other["KeyId"], AliasName=alias)
    grant(server, name, allow(["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*"], mine["Arn"]))
    for client in CLIENTS:
        me = client(server, access_key, secret)
        assert me("Decrypt", CiphertextBlob=sealed[mine["KeyId"]])["Plaintext"] == b64("x")
        assert me.code("Decrypt", CiphertextBlob=sealed[other["KeyId"]]) == "Forbidden.NoPermission"
        assert me.code("Encrypt", KeyId=alias, Plaintext=b64("x")) == "Forbidden.NoPermission"
        assert me.code("DescribeKey", KeyId=mine["KeyId"]) == "Forbidden.NoPermission"
        assert me.code("ListKeys") == "Forbidden.NoPermission"
        assert me("DescribeRegions")
    me = PypiKms(server, access_key, secret)
    # Naming an allowed source beside a forbidden one's ciphertext opens nothing.
    assert me.code("ReEncrypt", CiphertextBlob=sealed[other["KeyId"]], SourceKeyId=mine["KeyId"],
                   DestinationKeyId=mine["KeyId"]) == "Forbidden.NoPermission"
    assert me.code("ReEncrypt", CiphertextBlob=sealed[mine["KeyId"]], DestinationKeyId=other["KeyId"]) == \
        "Forbidden.NoPermission"
    assert me("ReEncrypt", CiphertextBlob=sealed[mine["KeyId"]], DestinationKeyId=mine["KeyId"])["CiphertextBlob"]


def test_conditions_may_ask_for_tags(server, user):  # noqa: F811
    name, access_key, secret = user
    root = PypiKms(server)
    key = root("CreateKey", Tags=json.dumps([{"TagKey": "Project", "TagValue": "Apollo"}]))["KeyMetadata"]["KeyId"]
    other = root("CreateKey")["KeyMetadata"]["KeyId"]
    grant(server, name, allow("kms:Encrypt", Condition={"StringEqualsIgnoreCase": {"kms:tag/Project": ["apollo"]}}))
    me = NpmKms(server, access_key, secret)
    assert me("Encrypt", KeyId=key, Plaintext=b64("x"))
    assert me.code("Encrypt", KeyId=other, Plaintext=b64("x")) == "Forbidden.NoPermission"


def test_a_secrets_value_needs_its_key(server, user):  # noqa: F811
    name, access_key, secret = user
    root, stored = PypiKms(server), data.name("secret")
    key = root("CreateKey")["KeyMetadata"]
    made = root("CreateSecret", SecretName=stored, SecretData="x", VersionId="v1", EncryptionKeyId=key["KeyId"])
    grant(server, name, allow("kms:GetSecretValue", made["Arn"]))
    me = PypiKms(server, access_key, secret)
    assert me.code("GetSecretValue", SecretName=stored) == "Forbidden.NoPermission"
    grant(server, name, allow("kms:Decrypt", key["Arn"]))
    assert me("GetSecretValue", SecretName=stored)["SecretData"] == "x"


def test_a_session_of_a_role(server, user):  # noqa: F811
    name, access_key, secret = user
    root, role = Rpc(server), data.name("ram")
    account = root("GetCallerIdentity", "2015-04-01")["AccountId"]
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": [f"acs:ram::{account}:root"]}}
    made = root("CreateRole", RoleName=role, AssumeRolePolicyDocument=document(trust))["Role"]
    policy = data.name("ram")
    root("CreatePolicy", PolicyName=policy, PolicyDocument=document(allow("kms:*")))
    root("AttachPolicyToRole", RoleName=role, PolicyName=policy, PolicyType="Custom")
    grant(server, name, allow("sts:AssumeRole"))
    session = Rpc(server, access_key, secret)("AssumeRole", "2015-04-01", RoleArn=made["Arn"], RoleSessionName="session")
    credentials = session["Credentials"]
    for client in CLIENTS:
        me = client(server, credentials["AccessKeyId"], credentials["AccessKeySecret"], credentials["SecurityToken"])
        assert me("CreateKey")["KeyMetadata"]["Creator"] == account


@pytest.mark.parametrize("kind", CLIENTS, ids=lambda kind: kind.name)
def test_accounts_reach_their_own_alone(accounts, kind):  # noqa: F811
    account, access_key, secret = accounts.create()
    ours, theirs = kind(accounts.server), kind(accounts.server, access_key, secret)
    key = ours("CreateKey")["KeyMetadata"]
    sealed = ours("Encrypt", KeyId=key["KeyId"], Plaintext=b64("x"))["CiphertextBlob"]
    ours("CreateAlias", KeyId=key["KeyId"], AliasName="alias/app")
    ours("CreateSecret", SecretName="s", SecretData="ours", VersionId="v1")
    for named in (key["KeyId"], key["Arn"]):
        assert theirs.code("DescribeKey", KeyId=named) == "Forbidden.KeyNotFound"
        assert theirs.code("Encrypt", KeyId=named, Plaintext=b64("x")) == "Forbidden.KeyNotFound"
    assert theirs.code("Decrypt", CiphertextBlob=sealed) == "Forbidden.KeyNotFound"
    assert theirs.code("GetSecretValue", SecretName="s") == "Forbidden.ResourceNotFound"
    assert theirs("ListKeys")["TotalCount"] == theirs("ListAliases")["TotalCount"] == 0
    # Names are each account's own.
    mine = theirs("CreateKey")["KeyMetadata"]
    assert f":{account}:key/" in mine["Arn"] and mine["Creator"] == account
    theirs("CreateAlias", KeyId=mine["KeyId"], AliasName="alias/app")
    theirs("CreateSecret", SecretName="s", SecretData="theirs", VersionId="v1")
    assert theirs("DescribeKey", KeyId="alias/app")["KeyMetadata"]["KeyId"] == mine["KeyId"]
    assert ours("DescribeKey", KeyId="alias/app")["KeyMetadata"]["KeyId"] == key["KeyId"]
    assert ours("GetSecretValue", SecretName="s")["SecretData"] == "ours"


def test_keys_outlive_the_server_and_nothing_leaks(tmp_path):
    folder, words = tmp_path / "data", ["a plaintext nobody may find", "a secret nobody may find"]
    server = Server("--data", str(folder), "--durability=relaxed").start()
    kms = PypiKms(server)
    key = kms("CreateKey")["KeyMetadata"]["KeyId"]
    sealed = kms("Encrypt", KeyId=key, Plaintext=b64(words[0]))["CiphertextBlob"]
    NpmKms(server)("CreateSecret", SecretName="s", SecretData=words[1], VersionId="v1", EncryptionKeyId=key)
    assert server.stop() == 0
    log = server.output()
    server = Server("--data", str(folder), "--durability=relaxed").start()
    try:
        kms = PypiKms(server)
        assert kms("Decrypt", CiphertextBlob=sealed)["Plaintext"] == b64(words[0])
        assert kms("GetSecretValue", SecretName="s")["SecretData"] == words[1]
    finally:
        server.stop()
    files = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    for word in words:
        for form in (word, word.replace(" ", "%20"), word.replace(" ", "+"), b64(word), b64(word).rstrip("=")):
            assert form not in log and form not in server.output(), form
            assert form.encode() not in files, form


def test_oss2_encrypts_objects_with_it(tmp_path, monkeypatch):
    """Client-side encryption: oss2 asks aliyun-python-sdk-kms, which speaks TLS alone, for a key for each object."""
    certificate, private = str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                    "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", private, "-out",
                    certificate], check=True, capture_output=True)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certificate)  # for oss2
    server = Server("--ephemeral", "--durability=relaxed", "--tls-cert", certificate, "--tls-key", private).start()
    try:
        host = urllib.parse.urlsplit(server.url).netloc
        api = AcsClient(ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION, verify=certificate)
        request = CreateKeyRequest()
        request.set_endpoint(host)
        key = json.loads(api.do_action_with_exception(request))["KeyMetadata"]["KeyId"]

        provider = oss2.crypto.AliKMSProvider(ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION, key, passphrase="a phrase")
        provider.kms_client.add_endpoint(REGION, "Kms", host)
        provider.kms_client.set_verify(certificate)
        auth, name = oss2.Auth(ACCESS_KEY_ID, ACCESS_KEY_SECRET), data.name()
        plain = oss2.Bucket(auth, server.url, name)
        plain.create_bucket()
        encrypting = oss2.CryptoBucket(auth, server.url, name, crypto_provider=provider)
        encrypting.put_object("k", b"content " * 1000)
        stored = plain.get_object("k")
        assert b"content" not in stored.read()
        assert stored.headers["x-oss-meta-client-side-encryption-wrap-alg"] == "KMS/ALICLOUD"
        assert encrypting.get_object("k").read() == b"content " * 1000
    finally:
        assert server.stop() == 0
