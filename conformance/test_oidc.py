"""AssumeRoleWithOIDC through @alicloud/sts20150401 and alibabacloud-sts20150401, with providers made by
@alicloud/ims20190815 and an issuer whose keys are in a file."""

import base64
import json
import time

import pytest
from alibabacloud_sts20150401 import models as sts_models
from alibabacloud_sts20150401.client import Client as StsClient
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from harness import data
from harness.server import Server
from test_ram_clients import RAM, STS, all_well, netloc, node, python

IMS = "@alicloud/ims20190815"
ISSUER = "https://issuer.example"


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def number(value, size=None):
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


class Issuer:
    def __init__(self):
        self.keys = {"RS256": rsa.generate_private_key(65537, 2048), "ES256": ec.generate_private_key(ec.SECP256R1())}

    def key_set(self):
        public = self.keys["RS256"].public_key().public_numbers()
        point = self.keys["ES256"].public_key().public_numbers()
        return json.dumps({"keys": [
            {"kty": "RSA", "kid": "RS256", "use": "sig", "n": number(public.n), "e": number(public.e)},
            {"kty": "EC", "kid": "ES256", "crv": "P-256", "x": number(point.x, 32), "y": number(point.y, 32)}]})

    def token(self, algorithm="RS256", **claims):
        now = int(time.time())
        claims = {"iss": ISSUER, "sub": "repo:lakeside", "aud": "app", "iat": now, "exp": now + 600, **claims}
        text = b64(json.dumps({"alg": algorithm, "kid": algorithm}).encode()) + "." + b64(json.dumps(claims).encode())
        if algorithm == "RS256":
            signature = self.keys["RS256"].sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        else:
            r, s = decode_dss_signature(self.keys["ES256"].sign(text.encode(), ec.ECDSA(hashes.SHA256())))
            signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return text + "." + b64(signature)


@pytest.fixture(scope="module")
def issuer():
    return Issuer()


@pytest.fixture(scope="module")
def cloud(issuer, tmp_path_factory):
    keys = tmp_path_factory.mktemp("oidc") / "keys.json"
    keys.write_text(issuer.key_set())
    started = Server("--ephemeral", f"--oidc-keys={ISSUER}={keys}").start()
    yield started
    assert started.stop() == 0


@pytest.fixture
def role(cloud):
    """(the provider's ARN, the ARN of a role for the subject repo:lakeside)."""
    name = data.name("oidc")
    provider, = all_well(node(cloud, IMS, ["createOIDCProvider", {
        "OIDCProviderName": name, "issuerUrl": ISSUER, "clientIds": "app,other", "description": "tests"}]))
    arn = provider["OIDCProvider"]["Arn"]
    trust = {"Version": "1", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Federated": [arn]},
        "Condition": {"StringEquals": {"oidc:iss": ISSUER, "oidc:aud": "app"}, "StringLike": {"oidc:sub": "repo:*"}}}]}
    made, = all_well(node(cloud, RAM, ["createRole", {"roleName": name, "assumeRolePolicyDocument": json.dumps(trust)}]))
    return arn, made["Role"]["Arn"]


def assume(cloud, role, *tokens):
    """What each token gives; nothing is signed."""
    calls = [["assumeRoleWithOIDC", {"OIDCProviderArn": role[0], "roleArn": role[1], "roleSessionName": "ci", "OIDCToken": token,
                                     "durationSeconds": 900}] for token in tokens]
    return node(cloud, STS, *calls, key="none", secret="none")


def test_tokens_of_both_algorithms_give_a_session(cloud, issuer, role):
    for answer in all_well(assume(cloud, role, issuer.token("RS256"), issuer.token("ES256"))):
        assert answer["OIDCTokenInfo"]["Subject"] == "repo:lakeside" and answer["OIDCTokenInfo"]["VerificationInfo"] == "Success"
        session = answer["Credentials"]
        who, = all_well(node(cloud, STS, ["getCallerIdentity", {}], key=session["AccessKeyId"], secret=session["AccessKeySecret"],
                             token=session["SecurityToken"]))
        assert who["IdentityType"] == "AssumedRoleUser" and who["Arn"].endswith("/ci")


def test_python(cloud, issuer, role):
    client = python(StsClient, cloud, None, None)
    answer = client.assume_role_with_oidc(sts_models.AssumeRoleWithOIDCRequest(
        oidcprovider_arn=role[0], role_arn=role[1], role_session_name="ci", oidctoken=issuer.token()))
    assert answer.body.credentials.access_key_id.startswith("STS.")


def test_what_is_not_right_is_refused(cloud, issuer, role):
    now = int(time.time())
    good = issuer.token()
    head, claims, signature = good.split(".")
    none = b64(b'{"alg":"none"}') + "." + claims + "."
    answers = assume(cloud, role, issuer.token(aud="stranger"), issuer.token(iss="https://other.example"),
                     issuer.token(exp=now - 120), issuer.token(nbf=now + 600), issuer.token(iat=now - 48 * 3600),
                     Issuer().token(), none, "a.b.c", issuer.token(sub="user:ann"), issuer.token(aud="other"))
    codes = [answer["code"].removeprefix("AuthenticationFail.") for answer in answers]
    assert codes == ["OIDCToken.AudienceNotMatch", "OIDCToken.IssuerNotMatch", "OIDCToken.Expired", "OIDCToken.NotYetValid",
                     "OIDCToken.IssuanceTimeExceeded", "OIDCToken.InvalidSignature", "OIDCToken.Invalid",
                     "OIDCToken.Invalid", "NoPermission", "NoPermission"], answers
    assert {answer["status"] for answer in answers} == {401}
    assert "The algorithm none that be specified in Jwt header is unknown." in answers[6]["message"]
    missing, = node(cloud, STS, ["assumeRoleWithOIDC", {"OIDCProviderArn": role[0] + "x", "roleArn": role[1],
                                                        "roleSessionName": "ci", "OIDCToken": good}], key="none", secret="none")
    assert (missing["status"], missing["code"]) == (401, "AuthenticationFail.NoPermission")
    assert "No such OIDC Provider registered." in missing["message"]


def test_providers(cloud):
    name = data.name("oidc")
    print1 = "a" * 40
    answers = all_well(node(
        cloud, IMS, ["createOIDCProvider", {"OIDCProviderName": name, "issuerUrl": ISSUER + "/x", "clientIds": "a"}],
        ["addClientIdToOIDCProvider", {"OIDCProviderName": name, "clientId": "b"}],
        ["removeClientIdFromOIDCProvider", {"OIDCProviderName": name, "clientId": "a"}],
        ["addFingerprintToOIDCProvider", {"OIDCProviderName": name, "fingerprint": print1}],
        ["updateOIDCProvider", {"OIDCProviderName": name, "newDescription": "d", "issuanceLimitTime": 24}],
        ["listOIDCProviders", {}], ["deleteOIDCProvider", {"OIDCProviderName": name}]))
    shown = answers[4]["OIDCProvider"]
    assert (shown["ClientIds"], shown["Fingerprints"], shown["Description"], shown["IssuanceLimitTime"]) == ("b", print1, "d", 24)
    assert name in [one["OIDCProviderName"] for one in answers[5]["OIDCProviders"]["OIDCProvider"]]
    gone, bad = node(cloud, IMS, ["getOIDCProvider", {"OIDCProviderName": name}],
                     ["createOIDCProvider", {"OIDCProviderName": name, "issuerUrl": "http://plain.example"}])
    assert (gone["status"], gone["code"]) == (404, "EntityNotExist.OIDCProvider")
    assert bad["code"] == "InvalidParameter.IssuerUrl.Format"


def test_external_ids(cloud):
    name = data.name("ext")
    account = all_well(node(cloud, STS, ["getCallerIdentity", {}]))[0]["AccountId"]
    trust = {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": [f"acs:ram::{account}:root"]},
                                            "Condition": {"StringEquals": {"sts:ExternalId": "partner-1"}}}]}
    answers = all_well(node(
        cloud, RAM, ["createUser", {"userName": name}], ["createAccessKey", {"userName": name}],
        ["createRole", {"roleName": name, "assumeRolePolicyDocument": json.dumps(trust)}],
        ["attachPolicyToUser", {"userName": name, "policyName": "AliyunSTSAssumeRoleAccess", "policyType": "System"}]))
    key, ask = answers[1]["AccessKey"], {"roleArn": answers[2]["Role"]["Arn"], "roleSessionName": "s1"}
    right, wrong, without = node(cloud, STS, ["assumeRole", {**ask, "externalId": "partner-1"}], ["assumeRole", {**ask, "externalId": "other"}],
                                 ["assumeRole", ask], key=key["AccessKeyId"], secret=key["AccessKeySecret"])
    assert right["status"] == 200 and wrong["code"] == without["code"] == "NoPermission"
