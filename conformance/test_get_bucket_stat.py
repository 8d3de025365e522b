"""GetBucketStat."""

from harness import data
from harness.expect import refused

OPERATION = "GetBucketStat"
NEEDS = {"get_bucket_stat"}


def test_counts_what_is_stored(client, bucket, oss):
    assert client.get_bucket_stat(bucket) == {"storage": 0, "objects": 0, "uploads": 0}
    oss.put(bucket, "one", b"1" * 1000)
    oss.put(bucket, "two", b"2" * 24)
    oss.put(bucket, "two", b"2" * 50)
    oss.initiate(bucket, "three")
    assert client.get_bucket_stat(bucket) == {"storage": 1050, "objects": 2, "uploads": 1}
    oss.request("DELETE", bucket, "one")
    assert client.get_bucket_stat(bucket) == {"storage": 50, "objects": 1, "uploads": 1}


def test_of_a_bucket_that_does_not_exist(client):
    with refused(404, "NoSuchBucket", "0015-00000101", client):
        client.get_bucket_stat(data.name())
