"""CompleteMultipartUpload."""

import pytest

from harness import data
from harness.expect import refused, same_etag
from harness.raw import complete_xml

OPERATION = "CompleteMultipartUpload"
NEEDS = {"complete_multipart_upload"}


def upload(raw, bucket, key, parts, numbers=None):
    upload_id = raw.initiate(bucket, key)
    numbers = numbers or range(1, len(parts) + 1)
    return upload_id, [(n, raw.upload_part(bucket, key, upload_id, n, part)) for n, part in zip(numbers, parts)]


def parts_of(dialect, *rest):
    return [data.blob(data.MIN_PART[dialect], seed) for seed in range(1)] + list(rest)


def test_makes_the_object(client, bucket, raw):
    parts = parts_of(client.dialect, data.blob(70_000))
    upload_id, etags = upload(raw, bucket, "a/key", parts)
    answer = client.complete_multipart_upload(bucket, "a/key", upload_id, etags)
    expected = data.multipart_etag(client.dialect, parts)
    got = raw.get(bucket, "a/key")
    assert got.body == b"".join(parts)
    assert got.etag == expected and same_etag(answer.etag, expected)
    if "crc64" in client.features:
        assert answer.crc64 == data.crc64(got.body)
    assert raw.request("GET", bucket).texts("Contents/Key") == ["a/key"]
    assert raw.request("GET", bucket, "a/key", query={"uploadId": upload_id}).is_error(404, "NoSuchUpload")


def test_of_some_of_the_parts_with_gaps_in_their_numbers(client, bucket, raw):
    parts = parts_of(client.dialect, b"left out", b"the last")
    upload_id, etags = upload(raw, bucket, "key", parts, (3, 50, 10000))
    client.complete_multipart_upload(bucket, "key", upload_id, [etags[0], etags[2]])
    assert raw.get(bucket, "key").body == parts[0] + parts[2]


def test_replaces_the_object(client, bucket, raw):
    raw.put(bucket, "key", b"before")
    upload_id, etags = upload(raw, bucket, "key", [b"after"])
    assert raw.get(bucket, "key").body == b"before"
    client.complete_multipart_upload(bucket, "key", upload_id, etags)
    assert raw.get(bucket, "key").body == b"after"


@pytest.mark.needs("complete_all")
def test_complete_all(client, bucket, oss):
    parts = parts_of("oss", b"the last")
    upload_id, _ = upload(oss, bucket, "key", parts, (2, 9))
    client.complete_all(bucket, "key", upload_id)
    got = oss.get(bucket, "key")
    assert got.body == b"".join(parts)
    assert got.etag == data.oss_multipart_etag(parts)


def test_complete_all_excludes_a_list(oss, bucket):
    upload_id, etags = upload(oss, bucket, "key", [b"content"])
    reply = oss.request("POST", bucket, "key", query={"uploadId": upload_id}, body=complete_xml(etags),
                        headers={"x-oss-complete-all": "yes"})
    assert reply.status == 400 and reply.text("EC") == "0042-00000216", (reply.status, reply.body)
    assert not oss.exists(bucket, "key")


@pytest.mark.needs("forbid-overwrite")
def test_forbid_overwrite(client, bucket, oss):
    oss.put(bucket, "key", b"before")
    upload_id, etags = upload(oss, bucket, "key", [b"after"])
    with refused(409, "FileAlreadyExists"):
        client.complete_multipart_upload(bucket, "key", upload_id, etags, headers={"forbid-overwrite": "true"})
    assert oss.get(bucket, "key").body == b"before"
    client.complete_multipart_upload(bucket, "key", upload_id, etags)
    assert oss.get(bucket, "key").body == b"after"


@pytest.mark.needs("write-conditions")
def test_if_none_match_any(client, bucket, s3):
    s3.put(bucket, "key", b"before")
    upload_id, etags = upload(s3, bucket, "key", [b"after"])
    with refused(412, "PreconditionFailed"):
        client.complete_multipart_upload(bucket, "key", upload_id, etags, headers={"if-none-match": "*"})
    assert s3.get(bucket, "key").body == b"before"


def test_refuses_a_small_part(client, bucket, raw):
    upload_id, etags = upload(raw, bucket, "key", [b"too small", b"the last"])
    with refused(400, "EntityTooSmall"):
        client.complete_multipart_upload(bucket, "key", upload_id, etags)
    assert not raw.exists(bucket, "key")
    assert raw.request("GET", bucket, "key", query={"uploadId": upload_id}).texts("Part/PartNumber") == ["1", "2"]


def test_refuses_the_wrong_order(either, bucket):
    upload_id, etags = upload(either, bucket, "key", parts_of(either.dialect, b"the last"))
    reply = either.complete(bucket, "key", upload_id, etags[::-1])
    assert reply.is_error(400, "InvalidPartOrder"), (reply.status, reply.body)
    reply = either.complete(bucket, "key", upload_id, [etags[0], etags[0]])
    assert reply.is_error(400, "InvalidPartOrder"), (reply.status, reply.body)
    assert not either.exists(bucket, "key")


def test_refuses_the_wrong_etag(client, bucket, raw):
    upload_id, etags = upload(raw, bucket, "key", [b"content"])
    with refused(400, "InvalidPart"):
        client.complete_multipart_upload(bucket, "key", upload_id, [(1, '"' + "0" * 32 + '"')])
    assert not raw.exists(bucket, "key")
    client.complete_multipart_upload(bucket, "key", upload_id, etags)


def test_refuses_a_part_that_is_missing(client, bucket, raw):
    upload_id, etags = upload(raw, bucket, "key", [b"content"])
    with refused(400, "InvalidPart"):
        client.complete_multipart_upload(bucket, "key", upload_id, [etags[0], (2, etags[0][1])])
    assert not raw.exists(bucket, "key")


def test_of_an_upload_that_does_not_exist(client, bucket):
    with refused(404, "NoSuchUpload", "0042-00000002", client):
        client.complete_multipart_upload(bucket, "key", "0" * 32, [(1, '"' + "0" * 32 + '"')])


@pytest.mark.parametrize("body", [
    b"", b"<CompleteMultipartUpload>", b"<CompleteMultipartUpload></CompleteMultipartUpload>", b"nonsense",
    b"<CompleteMultipartUpload><Part><PartNumber>x</PartNumber><ETag>e</ETag></Part></CompleteMultipartUpload>",
    b"<CompleteMultipartUpload><Part><ETag>e</ETag></Part></CompleteMultipartUpload>",
], ids=["empty", "cut", "no-parts", "no-xml", "number", "no-number"])
def test_refuses_bad_xml(either, bucket, body):
    upload_id, _ = upload(either, bucket, "key", [b"content"])
    reply = either.request("POST", bucket, "key", query={"uploadId": upload_id}, body=body)
    assert reply.status == 400 and reply.code in ("MalformedXML", "InvalidRequest", "InvalidArgument"), reply.body
    assert not either.exists(bucket, "key")


def test_etags_may_lack_quotes_and_change_case(either, bucket):
    upload_id, etags = upload(either, bucket, "key", [b"content"])
    other_case = etags[0][1].strip('"').swapcase()
    assert either.complete(bucket, "key", upload_id, [(1, other_case)]).status == 200


def test_quotes_may_be_entities(either, bucket):
    upload_id, etags = upload(either, bucket, "key", [b"content"])
    assert either.complete(bucket, "key", upload_id, [(1, etags[0][1].replace('"', "&quot;"))]).status == 200


def test_many_parts(oss, bucket):
    parts = [data.blob(100 * data.KIB + number, number) for number in range(12)]
    upload_id, etags = upload(oss, bucket, "key", parts)
    reply = oss.complete(bucket, "key", upload_id, etags)
    whole = b"".join(parts)
    assert reply.headers["x-oss-hash-crc64ecma"] == str(data.crc64(whole))
    assert reply.text("ETag") == f'"{data.oss_multipart_etag(parts)}"'
    assert (reply.text("Bucket"), reply.text("Key")) == (bucket, "key") and reply.text("Location")
    got = oss.get(bucket, "key")
    assert got.body == whole
    assert got.headers["x-oss-object-type"] == "Multipart"
    for first in (0, 100 * data.KIB - 1, 500_000, len(whole) - 10):
        last = min(first + 200_000, len(whole) - 1)
        assert oss.get(bucket, "key", range=f"bytes={first}-{last}").body == whole[first:last + 1]
