"""Presigned URLs, as each client makes them: OSS V1, V2, V4, and the S3 ones with SigV4 and AWS V2."""

import datetime
import time
import urllib.parse

import botocore.auth
import oss2
import oss2.auth
import pytest

from clients.boto3_client import Boto3Client
from harness.raw import Raw, Reply
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION

NEEDS = {"presign"}
OPERATION = "GetObject"


def fetch(server, method, url, headers=None, body=None) -> Reply:
    parts = urllib.parse.urlsplit(url)
    target = parts.path + ("?" + parts.query if parts.query else "")
    return Raw(server, None).send(method, target, {"Host": parts.netloc} | (headers or {}), body or b"")


def only_get(client):
    return client.client in ("awscli", "rclone")


@pytest.fixture
def stored(bucket, oss):
    oss.put(bucket, "a/b c", b"content", content_type="text/stored")
    return bucket


def test_get(client, server, stored):
    reply = fetch(server, "GET", client.presign("GET", stored, "a/b c"))
    assert (reply.status, reply.body) == (200, b"content"), (reply.status, reply.body)


def test_get_of_a_range(client, server, stored):
    reply = fetch(server, "GET", client.presign("GET", stored, "a/b c"), {"Range": "bytes=1-2"})
    assert (reply.status, reply.body) == (206, b"on")


@pytest.mark.operation("PutObject")
def test_put(client, server, bucket, oss):
    if only_get(client):
        pytest.skip("this client presigns GET only")
    reply = fetch(server, "PUT", client.presign("PUT", bucket, "new/key"), body=b"content")
    assert reply.status == 200, (reply.status, reply.body)
    assert oss.get(bucket, "new/key").body == b"content"


def test_put_with_a_content_type(client, server, bucket, oss):
    if only_get(client):
        pytest.skip("this client presigns GET only")
    url = client.presign("PUT", bucket, "key", headers={"content-type": "text/told"})
    reply = fetch(server, "PUT", url, {"Content-Type": "text/told"}, b"content")
    assert reply.status == 200, (reply.status, reply.body)
    assert oss.head(bucket, "key").headers["content-type"] == "text/told"


@pytest.mark.operation("HeadObject")
def test_head(client, server, stored):
    if only_get(client) or client.client == "ali-oss" and not client.v4:
        pytest.skip("this client presigns GET only")
    assert fetch(server, "HEAD", client.presign("HEAD", stored, "a/b c")).headers["content-length"] == "7"


def test_overrides(client, server, stored):
    if only_get(client):
        pytest.skip("this client presigns a plain GET only")
    url = client.presign("GET", stored, "a/b c", params={"response-content-type": "text/overridden; a=\"b c\""})
    assert fetch(server, "GET", url).headers["content-type"] == "text/overridden; a=\"b c\""


@pytest.mark.parametrize("change", ["key", "method", "signature", "query"])
def test_may_not_be_changed(client, server, stored, oss, change):
    url = client.presign("GET", stored, "a/b c")
    method = "GET"
    if change == "key":
        oss.put(stored, "a/b d", b"secret")
        url = url.replace("b%20c", "b%20d").replace("b+c", "b+d")
    elif change == "method":
        method = "DELETE"
    elif change == "signature":
        parts = urllib.parse.urlsplit(url)
        query = urllib.parse.parse_qsl(parts.query)
        changed = [(n, "A" + v[1:] if v[0] != "A" else "B" + v[1:]) if n.lower().endswith("signature") else (n, v)
                   for n, v in query]
        url = parts._replace(query=urllib.parse.urlencode(changed, quote_via=urllib.parse.quote)).geturl()
    elif change == "query":
        url += "&response-content-type=text%2Fhtml"
    reply = fetch(server, method, url)
    assert reply.is_error(403, "SignatureDoesNotMatch"), (reply.status, reply.body)
    assert oss.exists(stored, "a/b c")


@pytest.mark.parametrize("signing", ["v1", "v2", "v4"])
def test_oss_expiry(server, stored, signing, monkeypatch):
    then = time.time() - 3600
    monkeypatch.setattr(oss2.auth.time, "time", lambda: then)

    class Then(datetime.datetime):
        @classmethod
        def utcnow(cls):
            return datetime.datetime.fromtimestamp(then, datetime.timezone.utc).replace(tzinfo=None)
    monkeypatch.setattr(oss2.auth, "datetime", Then)
    auth = {"v1": oss2.Auth, "v2": oss2.AuthV2, "v4": oss2.AuthV4}[signing](ACCESS_KEY_ID, ACCESS_KEY_SECRET)
    made = oss2.Bucket(auth, server.url, stored, region=REGION)
    alive = made.sign_url("GET", "a/b c", 7200, slash_safe=True)
    dead = made.sign_url("GET", "a/b c", 60, slash_safe=True)
    monkeypatch.undo()
    assert fetch(server, "GET", alive).body == b"content"
    reply = fetch(server, "GET", dead)
    assert reply.is_error(403, "AccessDenied"), (reply.status, reply.body)
    assert "expired" in reply.text("Message").lower()


@pytest.mark.parametrize("signing", ["s3v4", "s3"], ids=["sigv4", "aws-v2"])
def test_s3_expiry(server, stored, signing, monkeypatch):
    client = Boto3Client(server, signature_version=signing)
    then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)
    monkeypatch.setattr(botocore.auth, "get_current_datetime",
                        lambda remove_tzinfo=True: then.replace(tzinfo=None) if remove_tzinfo else then, raising=False)
    monkeypatch.setattr(botocore.auth.time, "time", lambda: then.timestamp())
    alive = client.presign("GET", stored, "a/b c", 7200)
    dead = client.presign("GET", stored, "a/b c", 60)
    monkeypatch.undo()
    assert fetch(server, "GET", alive).body == b"content"
    reply = fetch(server, "GET", dead)
    assert reply.is_error(403, "AccessDenied"), (reply.status, reply.body)


@pytest.mark.parametrize("region", [REGION, "us-east-1"])
def test_boto3_s_aws_v2_urls(server, stored, oss, region):
    """boto3 still presigns with Signature Version 2 where it thinks the region allows it."""
    client = Boto3Client(server, region=region, signature_version="s3")
    url = client.presign("GET", stored, "a/b c")
    assert "AWSAccessKeyId=" in url and "Signature=" in url
    assert fetch(server, "GET", url).body == b"content"
    url = client.presign("GET", stored, "a/b c", params={"response-content-type": "text/overridden"})
    assert fetch(server, "GET", url).headers["content-type"] == "text/overridden"
    reply = fetch(server, "PUT", client.presign("PUT", stored, "put"), body=b"put")
    assert reply.status == 200, (reply.status, reply.body)
    assert oss.get(stored, "put").body == b"put"
    reply = fetch(server, "GET", url.replace("Signature=", "Signature=A"))
    assert reply.is_error(403, "SignatureDoesNotMatch")


def test_sigv4_may_not_outlive_a_week(server, stored):
    url = Boto3Client(server).presign("GET", stored, "a/b c", 604801)
    reply = fetch(server, "GET", url)
    assert reply.status in (400, 403), (reply.status, reply.body)


def test_both_a_header_and_a_query_are_refused(server, stored, oss, s3):
    url = oss2.Bucket(oss2.Auth(ACCESS_KEY_ID, ACCESS_KEY_SECRET), server.url, stored).sign_url("GET", "a/b c", 60)
    for signed in (oss, s3):
        _, headers = signed.headers_for("GET", stored, "a/b c")
        reply = fetch(server, "GET", url, {n: v for n, v in headers.items() if n != "Host"})
        assert reply.status in (400, 403), (reply.status, reply.body)
