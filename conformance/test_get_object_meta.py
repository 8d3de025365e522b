"""GetObjectMeta, which OSS alone has: a HEAD that answers the fewest headers."""

from harness import data
from harness.expect import refused, same_etag

OPERATION = "GetObjectMeta"
NEEDS = {"get_object_meta"}


def test_tells_size_sum_and_date(client, bucket, oss):
    content = data.blob(12345)
    oss.put(bucket, "key", content, x_oss_meta_a="1")
    meta = client.get_object_meta(bucket, "key")
    assert meta.headers["content-length"] == "12345"
    assert same_etag(meta.etag, data.md5_hex(content))
    assert meta.headers["last-modified"]
    assert "x-oss-meta-a" not in meta.headers


def test_no_such_key(client, bucket):
    with refused(404, "NoSuchKey", "0026-00000001", client):
        client.get_object_meta(bucket, "missing")
