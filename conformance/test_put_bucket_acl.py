"""PutBucketAcl."""

import pytest

from harness import data
from harness.expect import refused

OPERATION = "PutBucketAcl"
NEEDS = {"put_bucket_acl"}


@pytest.mark.parametrize("acl", ["public-read", "private"])
def test_sets_the_acl(client, bucket, oss, acl):
    before = "private" if acl != "private" else "public-read"
    assert oss.request("PUT", bucket, query={"acl": ""}, headers={"x-oss-acl": before}).status == 200
    client.put_bucket_acl(bucket, acl)
    assert oss.request("GET", bucket, query={"acl": ""}).text("AccessControlList/Grant") == acl


@pytest.mark.needs("bucket-acl")
def test_public_read_write(client, bucket, oss):
    client.put_bucket_acl(bucket, "public-read-write")
    assert oss.request("GET", bucket, query={"acl": ""}).text("AccessControlList/Grant") == "public-read-write"


@pytest.mark.needs("error-code")
def test_of_a_bucket_that_does_not_exist(client):
    # PutBucket and PutBucketAcl are one request in the OSS API's first form, but with ?acl nothing is made.
    with refused(404, "NoSuchBucket"):
        client.put_bucket_acl(data.name(), "public-read")


def test_refuses_what_is_no_acl(either, bucket):
    reply = either.request("PUT", bucket, query={"acl": ""}, headers={either.prefix + "acl": "everybody"})
    assert reply.is_error(400, "InvalidArgument"), (reply.status, reply.body)


def test_anonymous_may_not(anonymous, oss):
    name = data.name()
    oss.make_bucket(name, "public-read-write")
    reply = anonymous.request("PUT", name, query={"acl": ""}, headers={"x-oss-acl": "private"})
    assert reply.is_error(403, "AccessDenied")
