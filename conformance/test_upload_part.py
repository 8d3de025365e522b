"""UploadPart."""

import pytest

from harness import data
from harness.expect import refused, same_etag

OPERATION = "UploadPart"
NEEDS = {"upload_part"}


def test_stores_a_part(client, bucket, raw):
    content = data.blob(300_000)
    upload_id = raw.initiate(bucket, "key")
    answer = client.upload_part(bucket, "key", upload_id, 7, content)
    assert same_etag(answer.etag, data.md5_hex(content))
    if "crc64" in client.features:
        assert answer.crc64 == data.crc64(content)
    found = raw.request("GET", bucket, "key", query={"uploadId": upload_id})
    assert (found.texts("Part/PartNumber"), found.texts("Part/Size")) == (["7"], ["300000"])
    assert not raw.exists(bucket, "key")


def test_again_replaces_the_part(client, bucket, raw):
    upload_id = raw.initiate(bucket, "key")
    client.upload_part(bucket, "key", upload_id, 1, b"the first try")
    etag = client.upload_part(bucket, "key", upload_id, 1, b"the second").etag
    assert raw.complete(bucket, "key", upload_id, [(1, f'"{etag}"')]).status == 200
    assert raw.get(bucket, "key").body == b"the second"


@pytest.mark.needs("part-md5")
def test_md5(client, bucket, raw):
    upload_id = raw.initiate(bucket, "key")
    client.upload_part(bucket, "key", upload_id, 1, b"content",
                       headers={"content-md5": data.md5_base64(b"content")})
    with refused(400, "InvalidDigest" if client.dialect == "oss" else "BadDigest"):
        client.upload_part(bucket, "key", upload_id, 2, b"content",
                           headers={"content-md5": data.md5_base64(b"other")})
    assert raw.request("GET", bucket, "key", query={"uploadId": upload_id}).texts("Part/PartNumber") == ["1"]


def test_of_an_upload_that_does_not_exist(client, bucket):
    with refused(404, "NoSuchUpload", "0042-00000002", client):
        client.upload_part(bucket, "key", "0" * 32, 1, b"content")


def test_of_another_key_s_upload(client, bucket, raw):
    upload_id = raw.initiate(bucket, "key")
    with refused(404, "NoSuchUpload", "0042-00000002", client):
        client.upload_part(bucket, "other", upload_id, 1, b"content")


@pytest.mark.parametrize("number", ["0", "10001", "-1", "x", "1.5", "99999999999999999999"])
def test_refuses_a_bad_number(either, bucket, number):
    upload_id = either.initiate(bucket, "key")
    reply = either.request("PUT", bucket, "key", query={"partNumber": number, "uploadId": upload_id}, body=b"x")
    assert reply.is_error(400, "InvalidArgument"), (reply.status, reply.body)


def test_takes_the_last_number(either, bucket):
    upload_id = either.initiate(bucket, "key")
    etag = either.upload_part(bucket, "key", upload_id, 10000, b"x")
    assert either.complete(bucket, "key", upload_id, [(10000, etag)]).status == 200


def test_anonymous_may_not(anonymous, bucket, oss):
    upload_id = oss.initiate(bucket, "key")
    reply = anonymous.request("PUT", bucket, "key", query={"partNumber": "1", "uploadId": upload_id}, body=b"x")
    assert reply.is_error(403, "AccessDenied")
