"""UploadPartCopy."""

import pytest

from harness import data
from harness.expect import refused, same_etag

OPERATION = "UploadPartCopy"
NEEDS = {"upload_part_copy"}

CONTENT = data.blob(400_000)


def finish(raw, bucket, upload_id, etags):
    assert raw.complete(bucket, "to", upload_id, [(n, f'"{etag}"') for n, etag in etags]).status == 200
    return raw.get(bucket, "to").body


def test_copies_a_whole_object(client, bucket, other_bucket, raw):
    raw.put(other_bucket, "from/西 湖", CONTENT)
    upload_id = raw.initiate(bucket, "to")
    etag = client.upload_part_copy(other_bucket, "from/西 湖", bucket, "to", upload_id, 1)
    assert same_etag(etag, data.md5_hex(CONTENT))
    assert finish(raw, bucket, upload_id, [(1, etag)]) == CONTENT


def test_copies_a_range(client, bucket, raw):
    raw.put(bucket, "from", CONTENT)
    upload_id = raw.initiate(bucket, "to")
    etag = client.upload_part_copy(bucket, "from", bucket, "to", upload_id, 1, 1000, 200_999)
    assert same_etag(etag, data.md5_hex(CONTENT[1000:201_000]))
    assert finish(raw, bucket, upload_id, [(1, etag)]) == CONTENT[1000:201_000]


def test_mixes_with_uploaded_parts(client, bucket, raw):
    first = data.blob(client.min_part, 1)
    raw.put(bucket, "from", CONTENT)
    upload_id = raw.initiate(bucket, "to")
    uploaded = raw.upload_part(bucket, "to", upload_id, 1, first).strip('"')
    copied = client.upload_part_copy(bucket, "from", bucket, "to", upload_id, 2, 0, 99_999)
    assert finish(raw, bucket, upload_id, [(1, uploaded), (2, copied)]) == first + CONTENT[:100_000]


def test_outlives_its_source(either, bucket):
    either.put(bucket, "from", CONTENT)
    upload_id = either.initiate(bucket, "to")
    reply = either.request("PUT", bucket, "to", query={"partNumber": "1", "uploadId": upload_id},
                           headers={either.prefix + "copy-source": f"/{bucket}/from"})
    assert reply.xml.tag == "CopyPartResult"
    either.request("DELETE", bucket, "from")
    assert either.complete(bucket, "to", upload_id, [(1, reply.text("ETag"))]).status == 200
    assert either.get(bucket, "to").body == CONTENT


def test_no_such_source(client, bucket, raw):
    upload_id = raw.initiate(bucket, "to")
    with refused(404, "NoSuchKey", "0026-00000001", client):
        client.upload_part_copy(bucket, "missing", bucket, "to", upload_id, 1)


def test_of_an_upload_that_does_not_exist(client, bucket, raw):
    raw.put(bucket, "from", CONTENT)
    with refused(404, "NoSuchUpload", "0042-00000002", client):
        client.upload_part_copy(bucket, "from", bucket, "to", "0" * 32, 1)


@pytest.mark.parametrize("range_", ["bytes=0-400000", "bytes=500000-600000"])
def test_refuses_a_range_past_the_end(s3, bucket, range_):
    s3.put(bucket, "from", CONTENT)
    upload_id = s3.initiate(bucket, "to")
    reply = s3.request("PUT", bucket, "to", query={"partNumber": "1", "uploadId": upload_id},
                       headers={"x-amz-copy-source": f"/{bucket}/from", "x-amz-copy-source-range": range_})
    assert reply.status in (400, 416) and reply.code in ("InvalidArgument", "InvalidRange"), reply.body


def test_conditions_on_the_source(either, bucket):
    etag = either.put(bucket, "from", CONTENT).headers["etag"]
    upload_id = either.initiate(bucket, "to")
    for name, value, status in (("if-match", etag, 200), ("if-match", '"' + "0" * 32 + '"', 412),
                                ("if-none-match", '"' + "0" * 32 + '"', 200)):
        reply = either.request("PUT", bucket, "to", query={"partNumber": "1", "uploadId": upload_id},
                               headers={either.prefix + "copy-source": f"/{bucket}/from",
                                        either.prefix + "copy-source-" + name: value})
        assert reply.status == status, (name, value, reply.status, reply.body)
