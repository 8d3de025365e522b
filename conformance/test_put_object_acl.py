"""PutObjectAcl."""

import pytest

from harness.expect import refused

OPERATION = "PutObjectAcl"
NEEDS = {"put_object_acl"}


@pytest.mark.parametrize("acl", ["private", "public-read", "public-read-write"])
def test_sets_the_acl(client, bucket, oss, acl):
    oss.put(bucket, "key", b"content")
    client.put_object_acl(bucket, "key", acl)
    assert oss.request("GET", bucket, "key", query={"acl": ""}).text("AccessControlList/Grant") == acl
    assert oss.get(bucket, "key").body == b"content"


@pytest.mark.dialect("oss")
def test_default_follows_the_bucket(client, bucket, oss, anonymous):
    oss.put(bucket, "key", b"content", x_oss_object_acl="public-read")
    client.put_object_acl(bucket, "key", "default")
    assert oss.request("GET", bucket, "key", query={"acl": ""}).text("AccessControlList/Grant") == "default"
    assert anonymous.get(bucket, "key").is_error(403, "AccessDenied")


def test_no_such_key(client, bucket):
    with refused(404, "NoSuchKey", "0026-00000001", client):
        client.put_object_acl(bucket, "missing", "private")


def test_refuses_what_is_no_acl(either, bucket):
    either.put(bucket, "key", b"content")
    header = "x-oss-object-acl" if either.dialect == "oss" else "x-amz-acl"
    reply = either.request("PUT", bucket, "key", query={"acl": ""}, headers={header: "everybody"})
    assert reply.is_error(400, "InvalidArgument"), (reply.status, reply.body)
