"""InitiateMultipartUpload (S3: CreateMultipartUpload)."""

import pytest

from harness import data
from harness.expect import refused

OPERATION = "InitiateMultipartUpload"
NEEDS = {"initiate_multipart_upload"}


def test_begins_an_upload_and_stores_no_object(client, bucket, raw):
    upload_id = client.initiate_multipart_upload(bucket, "a/key")
    found = raw.request("GET", bucket, query={"uploads": ""})
    assert (found.texts("Upload/Key"), found.texts("Upload/UploadId")) == (["a/key"], [upload_id])
    assert not raw.exists(bucket, "a/key")
    assert raw.request("GET", bucket).texts("Contents/Key") == []


def test_each_has_its_own_id(client, bucket):
    assert len({client.initiate_multipart_upload(bucket, "key") for _ in range(3)}) == 3


@pytest.mark.needs("initiate-headers")
def test_gives_the_object_its_headers(client, bucket, raw):
    headers = {"content-type": "text/told", "cache-control": "no-cache", "content-disposition": "inline"}
    upload_id = client.initiate_multipart_upload(bucket, "key", headers=headers, meta={"a": "1"})
    etag = raw.upload_part(bucket, "key", upload_id, 1, b"content")
    assert raw.complete(bucket, "key", upload_id, [(1, etag)]).status == 200
    got = raw.head(bucket, "key").headers
    assert {name: got.get(name) for name in headers} == headers
    assert got[raw.prefix + "meta-a"] == "1"


@pytest.mark.needs("any-key")
@pytest.mark.parametrize("key", ["a b+c", "käse/西湖/🦭", "a%2Fb&<c>"])
def test_odd_keys(client, bucket, raw, key):
    upload_id = client.initiate_multipart_upload(bucket, key)
    etag = raw.upload_part(bucket, key, upload_id, 1, b"content")
    assert raw.complete(bucket, key, upload_id, [(1, etag)]).status == 200
    assert raw.get(bucket, key).body == b"content"


def test_in_a_bucket_that_does_not_exist(client):
    with refused(404, "NoSuchBucket", "0015-00000101", client):
        client.initiate_multipart_upload(data.name(), "key")


def test_encodes_the_key_when_asked(oss, bucket):
    reply = oss.request("POST", bucket, "a b+c", query={"uploads": "", "encoding-type": "url"})
    assert (reply.text("EncodingType"), reply.text("Key")) == ("url", "a%20b%2Bc")


def test_anonymous_may_not(anonymous, bucket):
    assert anonymous.request("POST", bucket, "key", query={"uploads": ""}).is_error(403, "AccessDenied")
