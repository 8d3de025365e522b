"""HeadObject."""

import base64
import xml.etree.ElementTree as ElementTree

import pytest

from harness import data
from harness.expect import refused, same_etag

OPERATION = "HeadObject"
NEEDS = {"head_object"}

PAST, FUTURE = "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 2043 07:28:00 GMT"


def test_tells_size_sum_and_type(client, bucket, raw):
    content = data.blob(12345)
    raw.put(bucket, "key", content, content_type="text/told")
    head = client.head_object(bucket, "key")
    assert head.headers["content-length"] == "12345" or "12345" in head.headers["content-length"]
    assert head.headers["content-type"] == "text/told"
    assert same_etag(head.etag, data.md5_hex(content))
    if "crc64" in client.features:
        assert head.crc64 == data.crc64(content)
    if "type" in client.features:
        assert head.headers["x-oss-object-type"] == "Normal"


@pytest.mark.needs("meta")
def test_tells_user_metadata(client, bucket, raw):
    raw.request("PUT", bucket, "key", headers={raw.prefix + "meta-one": "1", raw.prefix + "meta-b-2": "two words"})
    head = client.head_object(bucket, "key")
    assert head.meta["one"] == "1" and head.meta["b-2"] == "two words"


@pytest.mark.needs("conditions")
def test_conditions(client, bucket, raw):
    etag = raw.put(bucket, "key", b"content").headers["etag"]
    wrong = '"' + "0" * 32 + '"'
    assert client.head_object(bucket, "key", conditions={"if-match": etag}).etag
    assert client.head_object(bucket, "key", conditions={"if-none-match": wrong}).etag
    assert client.head_object(bucket, "key", conditions={"if-modified-since": PAST}).etag
    assert client.head_object(bucket, "key", conditions={"if-unmodified-since": FUTURE}).etag
    with refused(412, "PreconditionFailed"):
        client.head_object(bucket, "key", conditions={"if-match": wrong})
    with refused(304):
        client.head_object(bucket, "key", conditions={"if-none-match": etag})
    with refused(412, "PreconditionFailed"):
        client.head_object(bucket, "key", conditions={"if-unmodified-since": PAST})


def test_no_such_key(client, bucket):
    with refused(404, "NoSuchKey", "0026-00000001", client):
        client.head_object(bucket, "missing")


@pytest.mark.needs("error-code")
def test_no_such_bucket(client):
    # A HEAD has no body: ali-oss and the S3 clients can only tell the status, and ali-oss takes it for NoSuchKey.
    with refused(404) as caught:
        client.head_object(data.name(), "key")
    if client.client in ("oss2", "alibabacloud-oss-v2"):
        assert caught.value.code == "NoSuchBucket"


def test_a_refusal_carries_its_error_in_a_header(oss, bucket):
    reply = oss.head(bucket, "missing")
    assert (reply.status, reply.body) == (404, b"")
    error = ElementTree.fromstring(base64.b64decode(reply.headers["x-oss-err"]))
    assert (error.tag, error.findtext("Code")) == ("Error", "NoSuchKey")
    assert reply.headers["x-oss-ec"] == "0026-00000001"


def test_answers_as_get_does(either, bucket):
    either.put(bucket, "key", data.blob(5000), content_type="a/b", cache_control="no-cache")
    differing = {"date", "connection", "keep-alive", "x-oss-request-id", "x-oss-server-time", "x-amz-request-id",
                 "x-amz-id-2"}
    got, head = either.get(bucket, "key"), either.head(bucket, "key")
    assert head.body == b""
    assert {n: v for n, v in head.headers.items() if n not in differing} == \
        {n: v for n, v in got.headers.items() if n not in differing}
