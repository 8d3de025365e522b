"""DeleteBucket: removes an empty bucket."""

from harness import data
from harness.expect import refused

OPERATION = "DeleteBucket"
NEEDS = {"delete_bucket"}


def test_removes_an_empty_bucket(client, bucket, raw):
    client.delete_bucket(bucket)
    assert raw.request("GET", bucket).is_error(404, "NoSuchBucket")


def test_refuses_one_with_an_object(client, bucket, raw):
    raw.put(bucket, "key", b"value")
    with refused(409, "BucketNotEmpty", "0015-00000301", client):
        client.delete_bucket(bucket)
    assert raw.get(bucket, "key").body == b"value"


def test_refuses_one_that_does_not_exist(client):
    with refused(404, "NoSuchBucket", "0015-00000101", client):
        client.delete_bucket(data.name())


def test_its_name_can_be_used_again(either, bucket):
    either.put(bucket, "key", b"value")
    assert either.request("DELETE", bucket, "key").status == 204
    assert either.request("DELETE", bucket).status == 204
    either.make_bucket(bucket)
    assert either.request("GET", bucket).texts("Contents/Key") == []


def test_an_upload_under_way_does_not_come_back_in_a_new_bucket(either, bucket):
    upload_id = either.initiate(bucket, "key")
    reply = either.request("DELETE", bucket)
    if reply.status == 409:
        assert reply.code == "BucketNotEmpty"
        return
    assert reply.status == 204
    either.make_bucket(bucket)
    assert upload_id not in either.request("GET", bucket, query={"uploads": ""}).texts("Upload/UploadId")


def test_anonymous_may_not(anonymous, bucket, oss):
    assert anonymous.request("DELETE", bucket).is_error(403, "AccessDenied")
    assert oss.request("GET", bucket).status == 200
