"""AssumeRoleWithOIDC where the issuer's keys are found as OpenID Connect Discovery 1.0 says, over TLS: an issuer on this
machine, whose certificate the server is told to trust (SSL_CERT_FILE)."""

import collections
import contextlib
import datetime
import http.server
import json
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from harness import data
from harness.server import Server
from test_oidc import Issuer, assume
from test_ram import Rpc
from test_ram_clients import all_well


def certificate(folder, name):
    """A self-signed certificate for localhost, with its key, in one file; and the certificate alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), True).sign(key, hashes.SHA256()))
    public = made.public_bytes(serialization.Encoding.PEM)
    (folder / f"{name}.pem").write_bytes(public + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    (folder / f"{name}.crt").write_bytes(public)
    return folder / f"{name}.pem", folder / f"{name}.crt"


class Site:
    """Answers what `pages` has, over TLS, and counts what it was asked."""

    def __init__(self, pem):
        self.pages, self.asked, site = {}, collections.Counter(), self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                site.asked[self.path] += 1
                status, headers, body = site.pages.get(self.path, (404, {}, ""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        self.url = f"https://localhost:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def publish(self, path, issuer, jwks="/keys", **more):
        """The configuration of the issuer at `path`."""
        text = json.dumps({"issuer": issuer, "jwks_uri": jwks if jwks.startswith("http") else self.url + jwks, **more})
        self.pages[path + "/.well-known/openid-configuration"] = (200, {"Content-Type": "application/json"}, text)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("issuer")
    trusted, certificates = certificate(folder, "trusted")
    stranger, _ = certificate(folder, "stranger")
    with contextlib.ExitStack() as stack:
        sites = Site(trusted), Site(stranger)
        for site in sites:
            stack.callback(site.http.shutdown)
        started = Server("--ephemeral", environment={"SSL_CERT_FILE": str(certificates), "no_proxy": "localhost"}).start()
        yield started, *sites
        assert started.stop() == 0


def role_for(cloud, issuer):
    name, root = data.name("oidc"), Rpc(cloud)
    provider = root("CreateOIDCProvider", "2019-08-15", OIDCProviderName=name, IssuerUrl=issuer, ClientIds="app")
    arn = provider["OIDCProvider"]["Arn"]
    trust = {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Federated": [arn]},
                                            "Condition": {"StringEquals": {"oidc:iss": issuer}}}]}
    return arn, root("CreateRole", RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]


def test_keys_are_found_and_kept(world):
    cloud, site, _ = world
    issuer, url = Issuer(), site.url + "/tenant"
    site.publish("/tenant", url, "/tenant/keys")
    site.pages["/tenant/keys"] = (200, {}, issuer.key_set())
    role = role_for(cloud, url)
    for answer in all_well(assume(cloud, role, issuer.token("RS256", iss=url), issuer.token("ES256", iss=url))):
        assert answer["Credentials"]["SecurityToken"] and answer["OIDCTokenInfo"]["Issuer"] == url
    # Tokens of a key that nobody has published do not make it ask at each.
    forged = assume(cloud, role, *[Issuer().token(iss=url) for _ in range(3)])
    assert {answer["code"] for answer in forged} == {"AuthenticationFail.OIDCToken.InvalidSignature"}
    assert site.asked["/tenant/keys"] == site.asked["/tenant/.well-known/openid-configuration"] == 1


@pytest.mark.parametrize("wrong", ["another's configuration", "none", "not JSON", "keys over http", "keys elsewhere",
                                   "no keys", "an unknown certificate"])
def test_what_cannot_be_found(world, wrong):
    cloud, site, stranger = world
    if wrong == "an unknown certificate":
        site = stranger
    path = "/" + wrong.replace(" ", "-").replace("'", "")
    issuer, url = Issuer(), site.url + path
    site.publish(path, url, path + "/keys")
    site.pages[path + "/keys"] = (200, {}, issuer.key_set())
    configuration = path + "/.well-known/openid-configuration"
    if wrong == "another's configuration":
        site.publish(path, site.url + "/somebody", path + "/keys")
    elif wrong == "none":
        del site.pages[configuration]
    elif wrong == "not JSON":
        site.pages[configuration] = (200, {}, "<html>")
    elif wrong == "keys over http":
        site.publish(path, url, "http://localhost/keys")
    elif wrong == "keys elsewhere":  # no redirect is followed
        site.pages["/moved"] = site.pages[path + "/keys"]
        site.pages[path + "/keys"] = (302, {"Location": site.url + "/moved"}, "")
    elif wrong == "no keys":
        del site.pages[path + "/keys"]
    answer, = assume(cloud, role_for(cloud, url), issuer.token(iss=url))
    assert (answer["status"], answer["code"]) == (401, "AuthenticationFail.OIDCToken.IssuerConfigurationBroken")
    assert "no keys of an OIDC issuer" in cloud.output()
    assert site.asked["/moved"] == 0
