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


def test_an_unsigned_caller(anonymous, bucket, oss):
    reply = anonymous.request("HEAD", bucket)
    assert (reply.status, reply.body) == (403, b"")
    public = data.name()
    oss.make_bucket(public, "public-read")
    assert anonymous.request("HEAD", public).status == 200
