"""GetBucketAcl."""

import pytest

from harness import data
from harness.expect import refused

OPERATION = "GetBucketAcl"
NEEDS = {"get_bucket_acl"}


@pytest.mark.parametrize("acl", ["private", "public-read", "public-read-write"])
def test_tells_the_acl(client, oss, acl):
    name = data.name()
    oss.make_bucket(name, acl)
    assert client.get_bucket_acl(name) == acl


def test_of_a_bucket_that_does_not_exist(client):
    with refused(404, "NoSuchBucket", "0015-00000101", client):
        client.get_bucket_acl(data.name())


def test_oss_tells_the_owner(oss, bucket):
    found = oss.request("GET", bucket, query={"acl": ""})
    assert found.xml.tag == "AccessControlPolicy"
    assert found.text("Owner/ID") and found.text("Owner/DisplayName")


def test_s3_grants_the_owner_full_control(s3, bucket):
    found = s3.request("GET", bucket, query={"acl": ""})
    owner = found.text("Owner/ID")
    assert owner and found.text("AccessControlList/Grant/Grantee/ID") == owner
    assert found.text("AccessControlList/Grant/Permission") == "FULL_CONTROL"
