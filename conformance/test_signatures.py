"""Every signature version, in headers: accepted when right, refused as the vendor refuses when wrong."""

import datetime
import email.utils
import re

import botocore.auth
import oss2
import oss2.auth
import oss2.http
import oss2.utils
import pytest

from harness import data
from harness.raw import Raw
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION

SIGNED = ["v1", "v2", "v4", "sigv4"]


@pytest.fixture(params=SIGNED)
def signing(request):
    return request.param


@pytest.fixture
def signed(server, signing):
    return Raw(server, signing)


def test_is_accepted_with_everything_that_is_signed(signed, bucket):
    """Headers, metadata with odd spacing, sub-resources and a key of every class of character."""
    key = "a b/ü+%/~-._!*'();:@&=$,[]{}<>|^`\"西"
    reply = signed.request("PUT", bucket, key, body=b"content", headers={
        "content-type": "text/plain", "content-md5": data.md5_base64(b"content"),
        signed.prefix + "meta-z": "last", signed.prefix + "meta-a": "first", signed.prefix + "meta-mixed": "a b"})
    assert reply.status == 200, (reply.status, reply.body)
    reply = signed.request("GET", bucket, key, query={
        "response-content-type": "a/b+c; d=\"e f\"", "response-cache-control": "no-cache"},
        headers={"range": "bytes=0-3", "if-modified-since": "Wed, 21 Oct 2015 07:28:00 GMT"})
    assert (reply.status, reply.body) == (206, b"cont"), (reply.status, reply.body)
    assert reply.headers["content-type"] == "a/b+c; d=\"e f\""


def test_a_query_that_needs_encoding(signed, bucket):
    signed.put(bucket, "a b+c/ü", b"")
    found = signed.request("GET", bucket, query={"prefix": "a b+c/", "delimiter": "/", "max-keys": "10"})
    assert found.texts("Contents/Key") == ["a b+c/ü"]


def test_the_wrong_secret(server, signing, bucket):
    reply = Raw(server, signing, identity=(ACCESS_KEY_ID, "wrong")).request("GET", bucket)
    assert reply.is_error(403, "SignatureDoesNotMatch"), (reply.status, reply.body)
    assert reply.text("StringToSign") and reply.text("SignatureProvided")
    if signing in ("v4", "sigv4"):
        assert reply.text("CanonicalRequest")
    if signing == "sigv4":
        assert reply.text("AWSAccessKeyId") == ACCESS_KEY_ID
    else:
        assert reply.text("OSSAccessKeyId") == ACCESS_KEY_ID
        assert reply.text("StringToSignBytes") or signing == "v4"


def test_an_unknown_key(server, signing, bucket):
    reply = Raw(server, signing, identity=("LTAI5tNobody", "wrong")).request("GET", bucket)
    assert reply.is_error(403, "InvalidAccessKeyId"), (reply.status, reply.body)
    if signing != "sigv4":
        assert reply.text("EC") == "0002-00000902"
        assert reply.text("OSSAccessKeyId") == "LTAI5tNobody"


@pytest.mark.parametrize("change", ["method", "key", "header", "new-header", "query"])
def test_what_was_signed_may_not_change(signed, bucket, change):
    signed.put(bucket, "key", b"content")
    signed.put(bucket, "other", b"content")
    header = signed.prefix + "meta-a"
    target, headers = signed.headers_for("GET", bucket, "key", query={"response-cache-control": "no-cache"},
                                         headers={header: "signed"})
    method = "GET"
    if change == "method":
        method = "DELETE"
    elif change == "key":
        target = target.replace("key", "other")
    elif change == "header":
        headers[header] = "changed"
    elif change == "new-header":
        headers[signed.prefix + "meta-b"] = "added"
        if signed.dialect == "s3":
            pytest.skip("SigV4 names the headers that it signs")
    elif change == "query":
        target = target.replace("no-cache", "no-store")
    reply = signed.send(method, target, headers)
    assert reply.is_error(403, "SignatureDoesNotMatch"), (reply.status, reply.body)
    assert signed.exists(bucket, "key")


def test_the_body_of_sigv4_is_signed(server, s3, bucket):
    target, headers = s3.headers_for("PUT", bucket, "key", body=b"content")
    reply = s3.send("PUT", target, headers, b"changed")
    assert reply.status == 400 and reply.code in ("XAmzContentSHA256Mismatch", "BadDigest"), (reply.status, reply.body)
    assert not s3.exists(bucket, "key")


@pytest.mark.parametrize("minutes", [-20, 20])
def test_a_clock_that_is_wrong(signed, bucket, monkeypatch, minutes):
    moved = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)

    class Moved(datetime.datetime):
        @classmethod
        def utcnow(cls):
            return moved.replace(tzinfo=None)

        @classmethod
        def now(cls, tz=None):
            return moved if tz else moved.replace(tzinfo=None)

    monkeypatch.setattr(oss2.auth, "datetime", Moved)
    monkeypatch.setattr(oss2.utils, "http_date", lambda timeval=None: email.utils.format_datetime(moved, usegmt=True))
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda remove_tzinfo=True: moved.replace(tzinfo=None)
                        if remove_tzinfo else moved, raising=False)
    reply = signed.request("GET", bucket)
    assert reply.is_error(403, "RequestTimeTooSkewed"), (reply.status, reply.body)
    assert reply.text("ServerTime") and "date" in reply.headers
    if signed.dialect == "oss":
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z", reply.text("ServerTime"))


def test_another_region(server, bucket):
    """An OSS signature names the region. S3 clients name whatever they were set up with, so any will do."""
    reply = Raw(server, "v4", region="eu-central-1").request("GET", bucket)
    assert reply.is_error(400, "InvalidArgument") or reply.is_error(403, "InvalidArgument"), reply.body
    assert reply.text("EC") == "0002-00000226"
    assert Raw(server, "sigv4", region="eu-central-1").request("GET", bucket).status == 200


@pytest.mark.parametrize("authorization", [
    "OSS", "OSS ", "OSS :", "OSS id", "OSS id:!!!not-base64!!!", "OSS2 AccessKeyId:x", "OSS4-HMAC-SHA256",
    "OSS4-HMAC-SHA256 Credential=a,Signature=b", "OSS4-HMAC-SHA256 Credential=a/20200101/r/oss/aliyun_v4_request",
    "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=f",
    "AWS4-HMAC-SHA256 Credential=,SignedHeaders=,Signature=", "Basic dXNlcjpwYXNz", "nonsense", ",", "OSS " + "x" * 5000,
])
def test_an_authorization_that_is_none(server, bucket, authorization):
    reply = Raw(server, None).request("GET", bucket, headers={
        "authorization": authorization, "date": email.utils.formatdate(usegmt=True)})
    assert reply.status in (400, 403), (reply.status, reply.body)
    assert reply.code, reply.body


def test_never_401(server, bucket):
    """The v2 SDKs take 401 for something to try again."""
    for signing in SIGNED:
        for identity in ((ACCESS_KEY_ID, "wrong"), ("nobody", "wrong")):
            assert Raw(server, signing, identity=identity).request("GET", bucket).status == 403


def test_v4_with_additional_headers(server, bucket):
    """Host and Range signed too, named in AdditionalHeaders, in oss2's order of fields and in the other."""
    host = f"{server.host}:{server.port}"
    for order in ("oss2", "ali-oss"):
        request = oss2.http.Request("GET", f"http://{host}/{bucket}/", params={}, region=REGION, product="oss",
                                    headers={"host": host, "range": "bytes=0-1"})
        oss2.AuthV4(ACCESS_KEY_ID, ACCESS_KEY_SECRET)._sign_request(request, bucket, "", {"host", "range"})
        headers = {n: v for n, v in request.headers.items() if v is not None}
        if order == "ali-oss":
            fields = dict(field.split("=", 1) for field in headers["authorization"].split(" ", 1)[1].split(", "))
            headers["authorization"] = ("OSS4-HMAC-SHA256 Credential={Credential},AdditionalHeaders={AdditionalHeaders},"
                                        "Signature={Signature}").format(**fields)
        reply = Raw(server, None).send("GET", f"/{bucket}/", {"Host": host} | {
            n: v for n, v in headers.items() if n.lower() != "host"})
        assert reply.status == 200, (order, reply.status, reply.body)
        changed = dict(headers) | {"range": "bytes=0-2"}
        reply = Raw(server, None).send("GET", f"/{bucket}/", {"Host": host} | {
            n: v for n, v in changed.items() if n.lower() != "host"})
        assert reply.is_error(403, "SignatureDoesNotMatch"), (order, reply.status)


def test_v4_refuses_empty_additional_headers(server, oss, bucket):
    signed = Raw(server, "v4")
    target, headers = signed.headers_for("GET", bucket)
    headers["authorization"] = headers["authorization"].replace(", Signature", ", AdditionalHeaders=, Signature")
    reply = signed.send("GET", target, headers)
    assert reply.status in (400, 403) and reply.code in ("InvalidArgument", "SignatureDoesNotMatch"), reply.body
