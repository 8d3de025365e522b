"""DeleteObject."""

from harness import data
from harness.expect import refused

OPERATION = "DeleteObject"
NEEDS = {"delete_object"}


def test_deletes(client, bucket, raw):
    raw.put(bucket, "key", b"content")
    raw.put(bucket, "key2", b"kept")
    client.delete_object(bucket, "key")
    assert raw.get(bucket, "key").is_error(404, "NoSuchKey")
    assert raw.request("GET", bucket).texts("Contents/Key") == ["key2"]


def test_deletes_a_large_one(client, bucket, raw):
    raw.put(bucket, "key", data.blob(5 * data.MIB))
    client.delete_object(bucket, "key")
    assert not raw.exists(bucket, "key")


def test_of_a_missing_key_is_no_error(either, bucket):
    reply = either.request("DELETE", bucket, "missing")
    assert (reply.status, reply.body) == (204, b"")


def test_of_a_missing_key_through_the_client(client, bucket):
    if client.client == "rclone":
        with refused(404):  # rclone looks for the object before it deletes it
            client.delete_object(bucket, "missing")
    else:
        client.delete_object(bucket, "missing")


def test_in_a_bucket_that_does_not_exist(client):
    with refused(404, "NoSuchBucket", "0015-00000101", client):
        client.delete_object(data.name(), "key")


def test_makes_room_for_another(either, bucket):
    either.put(bucket, "key", b"first")
    either.request("DELETE", bucket, "key")
    either.put(bucket, "key", b"second")
    assert either.get(bucket, "key").body == b"second"


def test_anonymous_may_not(anonymous, bucket, oss):
    oss.put(bucket, "key", b"content")
    assert anonymous.request("DELETE", bucket, "key").is_error(403, "AccessDenied")
    assert oss.exists(bucket, "key")
