"""PutObject."""

import pytest

from clients.ali_oss_client import AliOssClientV1
from harness import data
from harness.expect import refused, same_etag
from harness.raw import talk

OPERATION = "PutObject"
NEEDS = {"put_object"}

STANDARD = {
    "content-type": "text/x-conformance; charset=utf-8", "cache-control": "max-age=42, private",
    "content-disposition": 'attachment; filename="a b.txt"', "content-language": "zh-CN",
    "expires": "Wed, 21 Oct 2043 07:28:00 GMT",
}


@pytest.mark.parametrize("size", [0, 1, 4 * data.KIB, 300 * data.KIB, 5 * data.MIB])
def test_stores_bytes_of_any_size(client, bucket, raw, size):
    content = data.blob(size)
    put = client.put_object(bucket, "a/key", content)
    got = raw.get(bucket, "a/key")
    assert got.body == content
    if "-" not in got.etag:  # rclone and s3cmd send large objects in parts
        assert same_etag(got.etag, data.md5_hex(content))
    if put.etag:
        assert same_etag(put.etag, got.etag)
    if "crc64" in client.features:
        assert put.crc64 == data.crc64(content)


def test_overwrites(client, bucket, raw):
    raw.put(bucket, "key", b"the old, longer content")
    client.put_object(bucket, "key", b"new")
    assert raw.get(bucket, "key").body == b"new"
    assert raw.request("GET", bucket).texts("Contents/Key") == ["key"]


@pytest.mark.needs("headers")
def test_keeps_the_standard_headers(client, bucket, raw):
    client.put_object(bucket, "key", b"content", headers=STANDARD)
    got = raw.get(bucket, "key").headers
    assert {name: got.get(name) for name in STANDARD} == STANDARD


@pytest.mark.needs("headers")
def test_keeps_the_content_encoding(client, bucket, raw):
    client.put_object(bucket, "key", b"not really compressed", headers={"content-encoding": "x-made-up"})
    got = raw.get(bucket, "key")
    assert got.headers["content-encoding"] == "x-made-up"
    assert got.body == b"not really compressed"


@pytest.mark.needs("meta")
def test_keeps_user_metadata(client, bucket, raw):
    client.put_object(bucket, "key", b"content", meta={"one": "1", "two-words": "two words"})
    got = raw.get(bucket, "key").headers
    assert got[raw.prefix + "meta-one"] == "1"
    assert got[raw.prefix + "meta-two-words"] == "two words"


@pytest.mark.dialect("oss")
def test_keeps_user_metadata_beyond_ascii(server, bucket, oss):
    """ali-oss sends the bytes of UTF-8 where it is told so; the Python SDKs leave encoding to their callers."""
    client = AliOssClientV1(server)
    client.options["headerEncoding"] = "latin1"
    client.put_object(bucket, "key", b"content", meta={"name": "西湖"})
    assert oss.head(bucket, "key").headers["x-oss-meta-name"].encode("latin-1").decode() == "西湖"
    oss.put(bucket, "key", b"content", x_oss_meta_name="断桥")
    assert oss.head(bucket, "key").headers["x-oss-meta-name"].encode("latin-1").decode() == "断桥"


@pytest.mark.needs("meta")
def test_an_overwrite_replaces_the_metadata(client, bucket, raw):
    raw.request("PUT", bucket, "key", headers={raw.prefix + "meta-old": "1", "cache-control": "no-cache"}, body=b"1")
    client.put_object(bucket, "key", b"2", meta={"new": "2"})
    got = raw.head(bucket, "key").headers
    assert raw.prefix + "meta-old" not in got and "cache-control" not in got
    assert got[raw.prefix + "meta-new"] == "2"


@pytest.mark.needs("content-md5")
def test_takes_the_right_md5(client, bucket, raw):
    client.put_object(bucket, "key", b"content", headers={"content-md5": data.md5_base64(b"content")})
    assert raw.get(bucket, "key").body == b"content"


@pytest.mark.needs("content-md5")
def test_refuses_the_wrong_md5_and_stores_nothing(client, bucket, raw):
    raw.put(bucket, "key", b"before")
    with refused(400, "InvalidDigest" if client.dialect == "oss" else "BadDigest"):
        client.put_object(bucket, "key", b"content", headers={"content-md5": data.md5_base64(b"other")})
    assert raw.get(bucket, "key").body == b"before"


def test_refuses_an_md5_that_is_none(either, bucket):
    reply = either.request("PUT", bucket, "key", headers={"content-md5": "nonsense"}, body=b"content")
    assert reply.is_error(400, "InvalidDigest"), (reply.status, reply.body)
    assert not either.exists(bucket, "key")


@pytest.mark.needs("object-acl")
@pytest.mark.parametrize("acl", ["private", "public-read"])
def test_sets_the_object_acl(client, bucket, oss, acl):
    client.put_object(bucket, "key", b"content", headers={"acl": acl})
    assert oss.request("GET", bucket, "key", query={"acl": ""}).text("AccessControlList/Grant") == acl


@pytest.mark.needs("forbid-overwrite")
def test_forbid_overwrite(client, bucket, oss):
    client.put_object(bucket, "key", b"first", headers={"forbid-overwrite": "true"})
    with refused(409, "FileAlreadyExists"):
        client.put_object(bucket, "key", b"second", headers={"forbid-overwrite": "true"})
    assert oss.get(bucket, "key").body == b"first"
    client.put_object(bucket, "key", b"third", headers={"forbid-overwrite": "false"})
    assert oss.get(bucket, "key").body == b"third"


@pytest.mark.needs("write-conditions")
def test_if_none_match_any(client, bucket, s3):
    client.put_object(bucket, "key", b"first", headers={"if-none-match": "*"})
    with refused(412, "PreconditionFailed"):
        client.put_object(bucket, "key", b"second", headers={"if-none-match": "*"})
    assert s3.get(bucket, "key").body == b"first"


@pytest.mark.needs("write-conditions")
def test_if_match(client, bucket, s3):
    etag = s3.put(bucket, "key", b"first").headers["etag"]
    with refused(412, "PreconditionFailed"):
        client.put_object(bucket, "key", b"second", headers={"if-match": '"' + "0" * 32 + '"'})
    assert s3.get(bucket, "key").body == b"first"
    client.put_object(bucket, "key", b"third", headers={"if-match": etag})
    assert s3.get(bucket, "key").body == b"third"


@pytest.mark.needs("write-conditions")
def test_if_match_of_what_does_not_exist(client, bucket, s3):
    with refused(404, "NoSuchKey"):
        client.put_object(bucket, "key", b"first", headers={"if-match": '"' + "0" * 32 + '"'})
    assert not s3.exists(bucket, "key")


@pytest.mark.needs("stream")
def test_a_stream_of_unknown_length(client, bucket, raw):
    pieces = [data.blob(70_000, seed) for seed in range(5)]
    client.put_stream(bucket, "key", pieces)
    got = raw.get(bucket, "key")
    assert got.body == b"".join(pieces)
    assert "aws-chunked" not in got.headers.get("content-encoding", "")


def test_into_a_bucket_that_does_not_exist(client, raw):
    if client.client == "rclone":
        missing = data.name()
        client.put_object(missing, "key", b"content")  # it makes the bucket first
        assert raw.get(missing, "key").body == b"content"
        return
    with refused(404, "NoSuchBucket", "0015-00000101", client):
        client.put_object(data.name(), "key", b"content")


@pytest.mark.needs("error-code")
def test_the_client_goes_on_after_a_refusal(client, bucket, raw):
    """botocore loses its place where a refusal that took the place of 100 Continue leaves the connection open."""
    for number in range(3):
        with refused(404, "NoSuchBucket"):
            client.put_object(data.name(), "key", b"content")
        client.put_object(bucket, f"key {number}", b"content")
        client.put_object(bucket, "empty", b"")
        client.put_object(bucket, "full", b"full")
    assert raw.get(bucket, "full").body == b"full"


def test_answers_its_sums(oss, s3, bucket):
    content = data.blob(1000)
    put = oss.put(bucket, "oss", content)
    assert put.headers["etag"] == f'"{data.md5_hex(content).upper()}"'
    assert put.headers["x-oss-hash-crc64ecma"] == str(data.crc64(content))
    assert put.headers["content-md5"] == data.md5_base64(content)
    assert s3.put(bucket, "s3", content).headers["etag"] == f'"{data.md5_hex(content)}"'


def test_answers_a_request_id(oss, s3, bucket):
    put = oss.put(bucket, "key", b"content")
    assert len(put.headers["x-oss-request-id"]) == 24
    assert put.headers["server"] == "AliyunOSS" and put.headers["date"]
    put = s3.put(bucket, "key", b"content")
    assert put.headers["x-amz-request-id"]


def test_needs_a_length(either, bucket):
    target, headers = either.headers_for("PUT", bucket, "key")
    answer = talk(either.server, (
        f"PUT {target} HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in headers.items()
                                               if n.lower() != "content-length") +
        "Connection: close\r\n\r\n").encode())
    # A request without a length has an empty body; OSS and S3 both insist on hearing so.
    assert answer.split(b" ", 2)[1] in (b"411", b"200"), answer
    if answer.split(b" ", 2)[1] == b"411":
        assert b"<Code>MissingContentLength</Code>" in answer
        assert not either.exists(bucket, "key")


@pytest.mark.parametrize("value", ["Standard", "IA"])
def test_keeps_the_storage_class(oss, bucket, value):
    oss.put(bucket, "key", b"content", x_oss_storage_class=value)
    assert oss.head(bucket, "key").headers["x-oss-storage-class"] == value


def test_a_key_that_is_too_long(either, bucket):
    either.put(bucket, "k" * 1023, b"longest")
    assert either.get(bucket, "k" * 1023).body == b"longest"
    reply = either.request("PUT", bucket, "k" * 1025, body=b"too long")
    code = "InvalidObjectName" if either.dialect == "oss" else "KeyTooLongError"
    assert reply.is_error(400, code), (reply.status, reply.body)
