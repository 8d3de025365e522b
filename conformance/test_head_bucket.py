"""HeadBucket, which S3 alone has."""

from harness import data
from harness.expect import refused

OPERATION = "HeadBucket"
NEEDS = {"head_bucket"}


def test_of_a_bucket(client, bucket):
    client.head_bucket(bucket)


def test_of_a_bucket_that_does_not_exist(client):
    with refused(404):
        client.head_bucket(data.name())


def test_tells_the_region(s3, bucket):
    assert s3.request("HEAD", bucket).headers.get("x-amz-bucket-region") == "cn-hangzhou"


def test_anonymous_may_not(anonymous, bucket):
    reply = anonymous.request("HEAD", bucket)
    assert (reply.status, reply.body) == (403, b"")
