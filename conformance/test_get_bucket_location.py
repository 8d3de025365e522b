"""GetBucketLocation."""

from harness import data
from harness.expect import refused

OPERATION = "GetBucketLocation"
NEEDS = {"get_bucket_location"}


def test_tells_the_region(client, bucket):
    assert client.get_bucket_location(bucket) == ("oss-cn-hangzhou" if client.dialect == "oss" else "cn-hangzhou")


def test_of_a_bucket_that_does_not_exist(client):
    with refused(404, "NoSuchBucket", "0015-00000101", client):
        client.get_bucket_location(data.name())
