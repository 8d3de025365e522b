"""AppendObject, which OSS alone has."""

import pytest

from harness import data
from harness.expect import refused

OPERATION = "AppendObject"
NEEDS = {"append_object"}


def test_appends(client, bucket, oss):
    position, first = client.append_object(bucket, "log", 0, b"one,")
    assert position == 4
    assert first.crc64 == data.crc64(b"one,")
    position, second = client.append_object(bucket, "log", position, b"two,")
    assert position == 8
    assert second.crc64 == data.crc64(b"one,two,")
    got = oss.get(bucket, "log")
    assert got.body == b"one,two,"
    assert got.headers["x-oss-object-type"] == "Appendable"
    assert got.headers["x-oss-next-append-position"] == "8"


def test_appends_large_pieces(client, bucket, oss):
    pieces = [data.blob(size, size) for size in (1, 700_000, 2_000_000, 3)]
    position = 0
    for piece in pieces:
        position, answer = client.append_object(bucket, "log", position, piece)
    whole = b"".join(pieces)
    assert position == len(whole)
    assert answer.crc64 == data.crc64(whole)
    got = oss.get(bucket, "log")
    assert got.body == whole
    assert got.headers["x-oss-hash-crc64ecma"] == str(data.crc64(whole))
    assert oss.get(bucket, "log", range="bytes=699990-700010").body == whole[699990:700011]


@pytest.mark.parametrize("position", [0, 3, 5])
def test_at_the_wrong_position(client, bucket, oss, position):
    client.append_object(bucket, "log", 0, b"1234")
    with refused(409, "PositionNotEqualToLength", "0026-00000016", client) as caught:
        client.append_object(bucket, "log", position, b"5678")
    if "error-headers" in client.features:
        assert caught.value.headers["x-oss-next-append-position"] == "4"
    assert oss.get(bucket, "log").body == b"1234"


def test_of_a_new_object_at_the_wrong_position(client, bucket, oss):
    with refused(409, "PositionNotEqualToLength", "0026-00000016", client) as caught:
        client.append_object(bucket, "log", 5, b"5678")
    if "error-headers" in client.features:
        assert caught.value.headers["x-oss-next-append-position"] == "0"
    assert not oss.exists(bucket, "log")


def test_to_an_object_that_was_put(client, bucket, oss):
    oss.put(bucket, "key", b"1234")
    with refused(409, "ObjectNotAppendable"):
        client.append_object(bucket, "key", 4, b"5678")
    assert oss.get(bucket, "key").body == b"1234"


@pytest.mark.needs("append-headers")
def test_the_first_append_gives_the_headers(client, bucket, oss):
    client.append_object(bucket, "log", 0, b"1", headers={"content-type": "text/log", "cache-control": "no-cache"},
                         meta={"a": "1"})
    client.append_object(bucket, "log", 1, b"2", headers={"content-type": "text/other"}, meta={"a": "2"})
    got = oss.head(bucket, "log").headers
    assert (got["content-type"], got["cache-control"], got["x-oss-meta-a"]) == ("text/log", "no-cache", "1")


def test_a_put_replaces_it(client, bucket, oss):
    client.append_object(bucket, "log", 0, b"appended")
    oss.put(bucket, "log", b"put")
    got = oss.get(bucket, "log")
    assert (got.body, got.headers["x-oss-object-type"]) == (b"put", "Normal")


def test_is_listed_as_appendable(client, bucket, oss):
    client.append_object(bucket, "log", 0, b"appended")
    found = oss.request("GET", bucket)
    assert (found.text("Contents/Type"), found.text("Contents/Size")) == ("Appendable", "8")


def test_many_small_ones(oss, bucket):
    whole = b""
    for number in range(40):
        piece = data.blob(100 + number, number)
        reply = oss.request("POST", bucket, "log", query={"append": "", "position": str(len(whole))}, body=piece)
        whole += piece
        assert reply.headers["x-oss-next-append-position"] == str(len(whole))
    assert oss.get(bucket, "log").body == whole


def test_the_wrong_md5_appends_nothing(oss, bucket):
    oss.request("POST", bucket, "log", query={"append": "", "position": "0"}, body=b"1234")
    reply = oss.request("POST", bucket, "log", query={"append": "", "position": "4"}, body=b"5678",
                        headers={"content-md5": data.md5_base64(b"other")})
    assert reply.is_error(400, "InvalidDigest"), (reply.status, reply.body)
    assert oss.get(bucket, "log").body == b"1234"


@pytest.mark.parametrize("query", [{"append": ""}, {"append": "", "position": "-1"}, {"append": "", "position": "x"},
                                   {"append": "", "position": ""}, {"append": "", "position": "99999999999999999999"}])
def test_refuses_a_bad_position(oss, bucket, query):
    reply = oss.request("POST", bucket, "log", query=query, body=b"1234")
    assert reply.status in (400, 409), (reply.status, reply.body)
    assert reply.code in ("InvalidArgument", "MissingArgument", "PositionNotEqualToLength"), reply.body
    assert not oss.exists(bucket, "log")


def test_into_a_bucket_that_does_not_exist(client):
    with refused(404, "NoSuchBucket", "0015-00000101", client):
        client.append_object(data.name(), "log", 0, b"1")


def test_reads_back_through_s3(oss, s3, bucket):
    oss.request("POST", bucket, "log", query={"append": "", "position": "0"}, body=b"1234")
    oss.request("POST", bucket, "log", query={"append": "", "position": "4"}, body=b"5678")
    assert s3.get(bucket, "log").body == b"12345678"
