"""AbortMultipartUpload."""

from harness.expect import refused

OPERATION = "AbortMultipartUpload"
NEEDS = {"abort_multipart_upload"}


def test_ends_the_upload(client, bucket, raw):
    raw.put(bucket, "key", b"kept")
    upload_id = raw.initiate(bucket, "key")
    raw.upload_part(bucket, "key", upload_id, 1, b"dropped")
    client.abort_multipart_upload(bucket, "key", upload_id)
    assert raw.request("GET", bucket, query={"uploads": ""}).texts("Upload/Key") == []
    assert raw.request("GET", bucket, "key", query={"uploadId": upload_id}).is_error(404, "NoSuchUpload")
    assert raw.request("PUT", bucket, "key", query={"uploadId": upload_id, "partNumber": "2"},
                       body=b"late").is_error(404, "NoSuchUpload")
    assert raw.get(bucket, "key").body == b"kept"


def test_of_an_upload_that_does_not_exist(client, bucket):
    with refused(404, "NoSuchUpload", "0042-00000002", client):
        client.abort_multipart_upload(bucket, "key", "0" * 32)


def test_leaves_the_key_s_other_uploads(either, bucket):
    one, other = either.initiate(bucket, "key"), either.initiate(bucket, "key")
    assert either.request("DELETE", bucket, "key", query={"uploadId": one}).status == 204
    assert either.request("GET", bucket, query={"uploads": ""}).texts("Upload/UploadId") == [other]


def test_makes_the_bucket_removable(either, bucket):
    upload_id = either.initiate(bucket, "key")
    either.upload_part(bucket, "key", upload_id, 1, b"dropped")
    either.request("DELETE", bucket, "key", query={"uploadId": upload_id})
    assert either.request("DELETE", bucket).status == 204
