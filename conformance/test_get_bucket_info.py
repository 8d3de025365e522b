"""GetBucketInfo."""

from harness import data
from harness.expect import refused

OPERATION = "GetBucketInfo"
NEEDS = {"get_bucket_info"}


def test_tells_what_the_bucket_is(client, bucket):
    info = client.get_bucket_info(bucket)
    assert info["name"] == bucket
    assert info["location"] == "oss-cn-hangzhou"
    assert info["acl"] == "private"
    assert info["storage_class"] == "Standard"
    assert info["owner"] and info["creation_date"] and info["extranet_endpoint"] and info["intranet_endpoint"]


def test_of_a_bucket_that_does_not_exist(client):
    with refused(404, "NoSuchBucket", "0015-00000101", client):
        client.get_bucket_info(data.name())


def test_anonymous_may_not_even_of_a_public_bucket(anonymous, oss):
    name = data.name()
    oss.make_bucket(name, "public-read-write")
    assert anonymous.request("GET", name, query={"bucketInfo": ""}).is_error(403, "AccessDenied")
