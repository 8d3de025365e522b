"""GetObjectAcl."""

import pytest

from harness.expect import refused

OPERATION = "GetObjectAcl"
NEEDS = {"get_object_acl"}


@pytest.mark.parametrize("acl", ["private", "public-read", "public-read-write"])
def test_tells_the_acl(client, bucket, oss, acl):
    oss.put(bucket, "key", b"content", x_oss_object_acl=acl)
    assert client.get_object_acl(bucket, "key") == acl


def test_without_one(client, bucket, oss):
    oss.put(bucket, "key", b"content")
    assert client.get_object_acl(bucket, "key") == ("default" if client.dialect == "oss" else "private")


def test_no_such_key(client, bucket):
    with refused(404, "NoSuchKey", "0026-00000001", client):
        client.get_object_acl(bucket, "missing")
