"""DeleteMultipleObjects."""

import pytest

from harness import data
from harness.expect import refused
from harness.raw import Raw

OPERATION = "DeleteMultipleObjects"
NEEDS = {"delete_objects"}

NO_XML = "XML 1.0 has no way to write this key, and this client takes the answer for broken"
ODD = ["a b", "a+b", "a&b<c>\"d'", "käse/西湖/🦭", "a%2Fb", "a\\b", "trailing/"]


def delete(raw: Raw, bucket: str, body: bytes, **headers):
    named = {"content-md5": data.md5_base64(body)} | {n.replace("_", "-"): v for n, v in headers.items()}
    return raw.request("POST", bucket, query={"delete": ""}, headers=named, body=body)


def body_of(keys: list[str], quiet: bool = False) -> bytes:
    from xml.sax.saxutils import escape
    listed = "".join(f"<Object><Key>{escape(key)}</Key></Object>" for key in keys)
    return f"<Delete><Quiet>{str(quiet).lower()}</Quiet>{listed}</Delete>".encode()


def test_deletes_several(client, bucket, raw):
    for key in ("a", "b/c", "d", "kept"):
        raw.put(bucket, key, b"content")
    assert sorted(client.delete_objects(bucket, ["a", "b/c", "d"])) == ["a", "b/c", "d"]
    assert raw.request("GET", bucket).texts("Contents/Key") == ["kept"]


@pytest.mark.needs("any-key")
def test_odd_keys(client, bucket, raw):
    for key in ODD:
        raw.put(bucket, key, b"content")
    assert sorted(client.delete_objects(bucket, ODD)) == sorted(ODD)
    assert raw.request("GET", bucket).texts("Contents/Key") == []


@pytest.mark.needs("control-keys")
@pytest.mark.gap("oss2-v1", NO_XML)
@pytest.mark.gap("oss2-v2", NO_XML)
@pytest.mark.gap("oss2-v4", NO_XML)
@pytest.mark.gap("boto3", NO_XML)
@pytest.mark.gap("aws-sdk-js", NO_XML)
def test_a_key_with_control_characters(client, bucket, raw):
    raw.put(bucket, "a\x01b", b"content")
    assert client.delete_objects(bucket, ["a\x01b"]) == ["a\x01b"]


@pytest.mark.needs("multi-delete-missing")
def test_missing_keys_count_as_deleted(client, bucket, raw):
    raw.put(bucket, "there", b"content")
    deleted = client.delete_objects(bucket, ["there", "missing"])
    if client.client != "s3cmd":
        assert sorted(deleted) == ["missing", "there"]
    assert not raw.exists(bucket, "there")


@pytest.mark.needs("quiet-delete")
def test_quiet_lists_nothing(client, bucket, raw):
    raw.put(bucket, "key", b"content")
    assert client.delete_objects(bucket, ["key", "missing"], quiet=True) == []
    assert not raw.exists(bucket, "key")


def test_a_thousand(client, bucket, raw):
    keys = [f"k{number:04}" for number in range(1000 if client.client != "s3cmd" else 20)]
    for key in keys[::100]:
        raw.put(bucket, key, b"content")
    client.delete_objects(bucket, keys)
    assert raw.request("GET", bucket).texts("Contents/Key") == []


@pytest.mark.needs("error-code")
def test_in_a_bucket_that_does_not_exist(client):
    with refused(404, "NoSuchBucket", "0015-00000101", client):
        client.delete_objects(data.name(), ["key"])


def test_more_than_a_thousand_are_refused_and_nothing_is_deleted(either, bucket):
    either.put(bucket, "k0001", b"content")
    reply = delete(either, bucket, body_of([f"k{number:04}" for number in range(1001)]))
    assert reply.is_error(400, "MalformedXML"), (reply.status, reply.body)
    assert either.exists(bucket, "k0001")


@pytest.mark.parametrize("body", [
    b"", b"<Delete>", b"<Delete></Delete>", b"<Remove><Object><Key>k</Key></Object></Remove>",
    b"<Delete><Object></Object></Delete>", b"\xff\xfe", b"{}", b"<Delete><Object><Key>k</Key></Object></Delete>x",
], ids=["empty", "cut", "no-objects", "other-root", "no-key", "not-text", "json", "trailing"])
def test_refuses_bad_xml(either, bucket, body):
    either.put(bucket, "k", b"content")
    reply = delete(either, bucket, body)
    assert reply.is_error(400, "MalformedXML") or (body == b"" and reply.is_error(400, "MissingRequestBodyError")), (
        reply.status, reply.body)
    assert either.exists(bucket, "k")


def test_refuses_the_wrong_md5(either, bucket):
    either.put(bucket, "k", b"content")
    reply = delete(either, bucket, body_of(["k"]), content_md5=data.md5_base64(b"other"))
    assert reply.is_error(400, "InvalidDigest" if either.dialect == "oss" else "BadDigest"), reply.body
    assert either.exists(bucket, "k")


def test_entities_are_not_expanded(either, bucket):
    body = (b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
            b'<!ENTITY e SYSTEM "file:///etc/passwd">]><Delete><Object><Key>&b;&e;</Key></Object></Delete>')
    reply = delete(either, bucket, body)
    assert reply.is_error(400, "MalformedXML"), (reply.status, reply.body)


def test_encodes_keys_when_asked(oss, bucket):
    reply = oss.request("POST", bucket, query={"delete": "", "encoding-type": "url"},
                        headers={"content-md5": data.md5_base64(body_of(["a b+c/西"]))}, body=body_of(["a b+c/西"]))
    assert reply.text("EncodingType") == "url"
    assert reply.text("Deleted/Key") in ("a%20b%2Bc%2F%E8%A5%BF", "a%20b%2Bc/%E8%A5%BF")
