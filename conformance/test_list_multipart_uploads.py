"""ListMultipartUploads."""

import pytest

from harness import data
from harness.expect import refused

OPERATION = "ListMultipartUploads"
NEEDS = {"list_multipart_uploads"}


@pytest.fixture
def uploads(bucket, oss):
    begun = [(key, oss.initiate(bucket, key)) for key in ("a", "b/1", "b/2", "b/2", "c")]
    return sorted(begun, key=lambda pair: pair[0])


def every_page(client, bucket, size):
    found, markers = [], {}
    while True:
        page = client.list_multipart_uploads(bucket, max_uploads=size, **markers)
        assert len(page.uploads) <= size
        found += page.uploads
        if not page.truncated:
            return found
        markers = {"key_marker": page.next_key, "upload_id_marker": page.next_upload_id}


def test_lists_all(client, bucket, uploads):
    found = client.list_multipart_uploads(bucket)
    assert [key for key, _ in found.uploads] == ["a", "b/1", "b/2", "b/2", "c"]
    assert sorted(found.uploads) == sorted(uploads)


def test_none(client, bucket):
    assert client.list_multipart_uploads(bucket).uploads == []


@pytest.mark.needs("uploads-paging")
def test_prefix(client, bucket, uploads):
    assert [k for k, _ in client.list_multipart_uploads(bucket, prefix="b/").uploads] == ["b/1", "b/2", "b/2"]


@pytest.mark.needs("uploads-paging")
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_pages(client, bucket, uploads, size):
    assert sorted(every_page(client, bucket, size)) == sorted(uploads)


@pytest.mark.needs("uploads-paging")
def test_key_marker_alone(client, bucket, uploads):
    assert [k for k, _ in client.list_multipart_uploads(bucket, key_marker="b/1").uploads] == ["b/2", "b/2", "c"]


def test_delimiter(either, bucket, uploads):
    found = either.request("GET", bucket, query={"uploads": "", "delimiter": "/"})
    assert (found.texts("Upload/Key"), found.texts("CommonPrefixes/Prefix")) == (["a", "c"], ["b/"])


@pytest.mark.needs("any-key")
def test_odd_keys(client, bucket, oss):
    keys = ["a b+c", "käse/西湖/🦭", "x&<y>"]
    for key in keys:
        oss.initiate(bucket, key)
    assert sorted(key for key, _ in client.list_multipart_uploads(bucket).uploads) == sorted(keys)


def test_finished_ones_are_gone(either, bucket):
    done, dropped = either.initiate(bucket, "done"), either.initiate(bucket, "dropped")
    etag = either.upload_part(bucket, "done", done, 1, b"content")
    assert either.complete(bucket, "done", done, [(1, etag)]).status == 200
    assert either.request("DELETE", bucket, "dropped", query={"uploadId": dropped}).status == 204
    assert either.request("GET", bucket, query={"uploads": ""}).texts("Upload/Key") == []


def test_of_a_bucket_that_does_not_exist(client):
    with refused(404, "NoSuchBucket", "0015-00000101", client):
        client.list_multipart_uploads(data.name())


def test_oss_s_document_always_has_the_next_markers(oss, bucket):
    found = oss.request("GET", bucket, query={"uploads": ""})
    assert found.xml.find("NextKeyMarker") is not None and found.xml.find("NextUploadIdMarker") is not None
    assert b"xmlns" not in found.body
