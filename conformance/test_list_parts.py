"""ListParts."""

import pytest

from harness import data
from harness.expect import refused, same_etag

OPERATION = "ListParts"
NEEDS = {"list_parts"}


@pytest.fixture
def upload(bucket, oss):
    upload_id = oss.initiate(bucket, "key")
    for number in (1, 2, 5, 10):
        oss.upload_part(bucket, "key", upload_id, number, data.blob(100 + number))
    return upload_id


def test_lists_all(client, bucket, upload):
    found = client.list_parts(bucket, "key", upload)
    assert [part.number for part in found.parts] == [1, 2, 5, 10]
    assert [part.size for part in found.parts] == [101, 102, 105, 110]
    assert not found.truncated
    for part in found.parts:
        content = data.blob(part.size)
        assert same_etag(part.etag, data.md5_hex(content))
        if "crc64" in client.features and client.client != "oss2":  # which does not read it
            assert part.crc64 == data.crc64(content)


@pytest.mark.needs("parts-paging")
def test_pages(client, bucket, upload):
    first = client.list_parts(bucket, "key", upload, max_parts=3)
    assert ([part.number for part in first.parts], first.truncated, int(first.next)) == ([1, 2, 5], True, 5)
    rest = client.list_parts(bucket, "key", upload, marker=first.next, max_parts=3)
    assert ([part.number for part in rest.parts], rest.truncated) == ([10], False)


def test_of_an_upload_without_parts(client, bucket, oss):
    found = client.list_parts(bucket, "empty", oss.initiate(bucket, "empty"))
    assert (found.parts, found.truncated) == ([], False)


def test_of_an_upload_that_does_not_exist(client, bucket):
    with refused(404, "NoSuchUpload", "0042-00000002", client):
        client.list_parts(bucket, "key", "0" * 32)


def test_the_documents(oss, s3, bucket, upload):
    found = oss.request("GET", bucket, "key", query={"uploadId": upload, "encoding-type": "url"})
    assert found.xml.tag == "ListPartsResult" and b"xmlns" not in found.body
    assert (found.text("Bucket"), found.text("Key"), found.text("UploadId")) == (bucket, "key", upload)
    assert found.text("NextPartNumberMarker") == "10" and found.text("MaxParts") == "1000"
    assert found.text("Part/LastModified").endswith(".000Z")
    found = s3.request("GET", bucket, "key", query={"uploadId": upload})
    assert found.text("Owner/ID") and found.text("Initiator/ID") and found.text("StorageClass") == "STANDARD"


@pytest.mark.parametrize("query", [{"max-parts": "x"}, {"max-parts": "-1"}, {"part-number-marker": "x"}])
def test_refuses_a_bad_argument(either, bucket, upload, query):
    reply = either.request("GET", bucket, "key", query={"uploadId": upload} | query)
    assert reply.is_error(400, "InvalidArgument"), (reply.status, reply.body)
