"""An object written through one dialect reads back through the other: bytes, metadata, sums."""

import pytest

from harness import data
from harness.expect import same_etag

STANDARD = {"content-type": "text/told", "cache-control": "no-cache", "content-disposition": "inline",
            "content-encoding": "x-made-up", "content-language": "zh", "expires": "Wed, 21 Oct 2043 07:28:00 GMT"}


def pair(writer, oss, s3):
    return (oss, s3) if writer == "oss" else (s3, oss)


@pytest.mark.parametrize("writer", ["oss", "s3"])
def test_a_put(writer, bucket, oss, s3):
    one, other = pair(writer, oss, s3)
    content = data.blob(100_000)
    one.request("PUT", bucket, "a/käse+b c", body=content,
                headers=STANDARD | {one.prefix + "meta-a": "1", one.prefix + "meta-b-c": "two words"})
    wrote, got = one.get(bucket, "a/käse+b c"), other.get(bucket, "a/käse+b c")
    assert got.body == content
    assert {name: got.headers.get(name) for name in STANDARD} == STANDARD
    assert got.headers[other.prefix + "meta-a"] == "1" and got.headers[other.prefix + "meta-b-c"] == "two words"
    assert same_etag(got.etag, wrote.etag) and same_etag(got.etag, data.md5_hex(content))
    assert got.headers["last-modified"] == wrote.headers["last-modified"]
    assert oss.head(bucket, "a/käse+b c").headers["x-oss-hash-crc64ecma"] == str(data.crc64(content))


@pytest.mark.parametrize("writer", ["oss", "s3"])
def test_an_etag_of_one_dialect_is_a_condition_in_the_other(writer, bucket, oss, s3):
    one, other = pair(writer, oss, s3)
    etag = one.put(bucket, "key", b"content").headers["etag"]
    assert other.get(bucket, "key", if_match=etag).body == b"content"
    assert other.get(bucket, "key", if_none_match=etag).status == 304


@pytest.mark.parametrize("writer", ["oss", "s3"])
def test_a_multipart_object(writer, bucket, oss, s3):
    one, other = pair(writer, oss, s3)
    parts = [data.blob(data.MIN_PART[writer], 3), b"the last"]
    upload_id = one.initiate(bucket, "key", {"content-type": "text/told", one.prefix + "meta-a": "1"})
    etags = [(n, one.upload_part(bucket, "key", upload_id, n, part)) for n, part in enumerate(parts, 1)]
    assert one.complete(bucket, "key", upload_id, etags).status == 200
    got = other.get(bucket, "key")
    assert got.body == b"".join(parts)
    assert got.headers["content-type"] == "text/told" and got.headers[other.prefix + "meta-a"] == "1"
    # The dialects sum parts differently, and each shows its own sum of the same parts.
    assert got.etag == data.multipart_etag(other.dialect, parts)
    assert one.head(bucket, "key").headers["etag"] == f'"{data.multipart_etag(writer, parts)}"'
    assert other.get(bucket, "key", if_match=got.headers["etag"]).status == 200
    assert other.get(bucket, "key", if_none_match=got.headers["etag"]).status == 304
    assert oss.head(bucket, "key").headers["x-oss-hash-crc64ecma"] == str(data.crc64(got.body))
    listed = other.request("GET", bucket)
    assert same_etag(listed.text("Contents/ETag"), got.etag)


@pytest.mark.parametrize("writer", ["oss", "s3"])
def test_acls(writer, bucket, oss, s3, anonymous):
    one, other = pair(writer, oss, s3)
    one.put(bucket, "key", b"content")
    header = "x-oss-object-acl" if writer == "oss" else "x-amz-acl"
    assert one.request("PUT", bucket, "key", query={"acl": ""}, headers={header: "public-read"}).status == 200
    assert anonymous.get(bucket, "key").body == b"content"
    seen = other.request("GET", bucket, "key", query={"acl": ""})
    if other is oss:
        assert seen.text("AccessControlList/Grant") == "public-read"
    else:
        assert "READ" in seen.texts("AccessControlList/Grant/Permission")


@pytest.mark.parametrize("writer", ["oss", "s3"])
def test_overwriting_and_deleting(writer, bucket, oss, s3):
    one, other = pair(writer, oss, s3)
    one.put(bucket, "key", b"one")
    other.put(bucket, "key", b"other")
    assert one.get(bucket, "key").body == b"other"
    assert one.request("GET", bucket).texts("Contents/Key") == ["key"]
    other.request("DELETE", bucket, "key")
    assert not one.exists(bucket, "key")


@pytest.mark.parametrize("writer", ["oss", "s3"])
def test_copies(writer, bucket, oss, s3):
    one, other = pair(writer, oss, s3)
    one.request("PUT", bucket, "from", body=b"content", headers={one.prefix + "meta-a": "1"})
    assert other.request("PUT", bucket, "to", headers={other.prefix + "copy-source": f"/{bucket}/from"}).status == 200
    got = one.get(bucket, "to")
    assert (got.body, got.headers[one.prefix + "meta-a"]) == (b"content", "1")


def test_buckets_are_the_same_buckets(oss, s3):
    name = data.name()
    s3.make_bucket(name, "public-read")
    assert oss.request("GET", name, query={"acl": ""}).text("AccessControlList/Grant") == "public-read"
    assert oss.request("DELETE", name).status == 204
    assert s3.request("HEAD", name).status == 404


def test_checksums_stored_through_s3_are_told_through_s3(bucket, oss, s3):
    s3.request("PUT", bucket, "key", body=b"content", headers={"x-amz-checksum-crc32": "/sUwqQ=="})
    plain = s3.head(bucket, "key").headers
    assert "x-amz-checksum-crc32" not in plain
    asked = s3.request("HEAD", bucket, "key", headers={"x-amz-checksum-mode": "ENABLED"}).headers
    assert asked.get("x-amz-checksum-crc32")
    assert oss.get(bucket, "key").body == b"content"
