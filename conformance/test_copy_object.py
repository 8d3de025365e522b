"""CopyObject."""

import pytest

from harness import data
from harness.expect import refused, same_etag

OPERATION = "CopyObject"
NEEDS = {"copy_object"}

PAST, FUTURE = "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 2043 07:28:00 GMT"


@pytest.mark.parametrize("size", [0, 5000, 3 * data.MIB])
def test_copies_within_a_bucket(client, bucket, raw, size):
    content = data.blob(size)
    raw.put(bucket, "from", content)
    copied = client.copy_object(bucket, "from", bucket, "to/here")
    assert raw.get(bucket, "to/here").body == content
    assert raw.get(bucket, "from").body == content
    if copied.etag:
        assert same_etag(copied.etag, data.md5_hex(content))


def test_copies_between_buckets(client, bucket, other_bucket, raw):
    raw.put(bucket, "from", b"content")
    client.copy_object(bucket, "from", other_bucket, "to")
    assert raw.get(other_bucket, "to").body == b"content"


@pytest.mark.needs("any-key")
@pytest.mark.parametrize("key", ["a b", "a+b", "käse/西湖", "a%2Fb", "a?b=c&d", "dir/sub dir/file#1"])
def test_odd_source_keys(client, bucket, raw, key):
    raw.put(bucket, key, b"content")
    client.copy_object(bucket, key, bucket, "to")
    assert raw.get(bucket, "to").body == b"content"


def test_outlives_its_source(either, bucket):
    content = data.blob(2 * data.MIB)
    either.put(bucket, "from", content)
    either.request("PUT", bucket, "to", headers={either.prefix + "copy-source": f"/{bucket}/from"})
    either.request("DELETE", bucket, "from")
    assert either.get(bucket, "to").body == content
    either.put(bucket, "from", b"another")
    assert either.get(bucket, "to").body == content


@pytest.mark.needs("copy-meta")
def test_keeps_the_metadata(client, bucket, raw):
    raw.request("PUT", bucket, "from", body=b"content",
                headers={raw.prefix + "meta-a": "1", "content-type": "text/kept", "cache-control": "no-cache"})
    client.copy_object(bucket, "from", bucket, "to")
    got = raw.head(bucket, "to").headers
    assert (got[raw.prefix + "meta-a"], got["content-type"], got["cache-control"]) == ("1", "text/kept", "no-cache")


@pytest.mark.needs("copy-meta")
def test_replaces_the_metadata(client, bucket, raw):
    raw.request("PUT", bucket, "from", body=b"content",
                headers={raw.prefix + "meta-a": "1", "content-type": "text/old", "cache-control": "no-cache"})
    client.copy_object(bucket, "from", bucket, "to", headers={"content-type": "text/new"}, meta={"b": "2"},
                       replace=True)
    got = raw.head(bucket, "to").headers
    assert (got[raw.prefix + "meta-b"], got["content-type"]) == ("2", "text/new")
    assert raw.prefix + "meta-a" not in got and "cache-control" not in got


@pytest.mark.needs("copy-meta")
def test_onto_itself_changes_the_metadata(client, bucket, raw):
    content = data.blob(2 * data.MIB)
    raw.request("PUT", bucket, "key", body=content, headers={raw.prefix + "meta-a": "1"})
    client.copy_object(bucket, "key", bucket, "key", meta={"b": "2"}, replace=True)
    got = raw.get(bucket, "key")
    assert got.body == content
    assert got.headers[raw.prefix + "meta-b"] == "2" and raw.prefix + "meta-a" not in got.headers


@pytest.mark.needs("copy-conditions")
def test_conditions_on_the_source(client, bucket, raw):
    etag = raw.put(bucket, "from", b"content").headers["etag"]
    wrong = '"' + "0" * 32 + '"'
    passing = [{"if-match": etag}, {"if-none-match": wrong}]
    failing = [{"if-match": wrong}]
    if client.client != "ali-oss":  # it sends the dates on the request itself too
        passing += [{"if-modified-since": PAST}, {"if-unmodified-since": FUTURE}]
        failing += [{"if-unmodified-since": PAST}]
    for conditions in passing:
        client.copy_object(bucket, "from", bucket, "to", conditions=conditions)
    for conditions in failing:
        with refused(412, "PreconditionFailed"):
            client.copy_object(bucket, "from", bucket, "not-to", conditions=conditions)
    assert not raw.exists(bucket, "not-to")


def test_a_source_that_is_not_modified(oss, s3, bucket):
    etag = oss.put(bucket, "from", b"content").headers["etag"]
    source = {"copy-source": f"/{bucket}/from", "copy-source-if-none-match": etag}
    assert oss.request("PUT", bucket, "to", headers={"x-oss-" + n: v for n, v in source.items()}).status == 304
    assert s3.request("PUT", bucket, "to", headers={"x-amz-" + n: v for n, v in source.items()}).status == 412
    assert not oss.exists(bucket, "to")


@pytest.mark.needs("object-acl")
def test_sets_the_acl(client, bucket, oss, raw):
    raw.put(bucket, "from", b"content")
    client.copy_object(bucket, "from", bucket, "to", headers={"acl": "public-read"})
    assert oss.request("GET", bucket, "to", query={"acl": ""}).text("AccessControlList/Grant") == "public-read"


@pytest.mark.needs("forbid-overwrite")
def test_forbid_overwrite(client, bucket, oss):
    oss.put(bucket, "from", b"content")
    oss.put(bucket, "to", b"before")
    with refused(409, "FileAlreadyExists"):
        client.copy_object(bucket, "from", bucket, "to", headers={"forbid-overwrite": "true"})
    assert oss.get(bucket, "to").body == b"before"


def test_no_such_source(client, bucket, raw):
    if client.client == "rclone":
        client.copy_object(bucket, "missing", bucket, "to")  # it takes it for a folder with nothing in it
        assert not raw.exists(bucket, "to")
        return
    with refused(404, "NoSuchKey", "0026-00000001", client):
        client.copy_object(bucket, "missing", bucket, "to")


@pytest.mark.needs("error-code")
def test_no_such_source_bucket(client, bucket):
    with refused(404, "NoSuchBucket", "0015-00000101", client):
        client.copy_object(data.name(), "from", bucket, "to")


@pytest.mark.parametrize("source", ["", "/", "nothing", "/bucket-only", "/bucket-only/"])
def test_refuses_a_bad_source(either, bucket, source):
    if not source:
        pytest.skip("an empty header is no header: this is a plain put")
    reply = either.request("PUT", bucket, "to", headers={either.prefix + "copy-source": source})
    assert reply.status == 400 and reply.code in ("InvalidArgument", "InvalidRequest"), (reply.status, reply.body)
    assert not either.exists(bucket, "to")


def test_a_multipart_object_keeps_its_bytes(either, bucket):
    parts = [data.blob(data.MIN_PART[either.dialect], 1), b"the rest"]
    upload_id = either.initiate(bucket, "from")
    etags = [(n, either.upload_part(bucket, "from", upload_id, n, part)) for n, part in enumerate(parts, 1)]
    assert either.complete(bucket, "from", upload_id, etags).status == 200
    reply = either.request("PUT", bucket, "to", headers={either.prefix + "copy-source": f"/{bucket}/from"})
    assert reply.status == 200
    assert either.get(bucket, "to").body == b"".join(parts)


def test_the_source_may_leave_out_its_first_slash(either, bucket):
    either.put(bucket, "from", b"content")
    reply = either.request("PUT", bucket, "to", headers={either.prefix + "copy-source": f"{bucket}/from"})
    assert reply.status == 200 and either.get(bucket, "to").body == b"content"
