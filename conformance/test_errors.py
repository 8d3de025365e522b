"""The two vendors' error documents, and the headers around them."""

import json
import xml.etree.ElementTree as ElementTree

import pytest

from harness import data

OSS_CASES = [
    ("GET", "missing-bucket", None, None, 404, "NoSuchBucket", "0015-00000101",
     "The specified bucket does not exist."),
    ("GET", "bucket", "missing", None, 404, "NoSuchKey", "0026-00000001", "The specified key does not exist."),
    ("DELETE", "bucket", "key", {"uploadId": "0" * 32}, 404, "NoSuchUpload", "0042-00000002", None),
    ("DELETE", "bucket", None, None, 409, "BucketNotEmpty", "0015-00000301",
     "The bucket has objects. Please delete them first."),
]


@pytest.mark.parametrize("method, where, key, query, status, code, ec, message", OSS_CASES)
def test_oss(oss, bucket, method, where, key, query, status, code, ec, message):
    oss.put(bucket, "there", b"")
    reply = oss.request(method, data.name() if where == "missing-bucket" else bucket, key, query=query)
    assert reply.is_error(status, code), (reply.status, reply.body)
    assert reply.text("EC") == ec and reply.headers["x-oss-ec"] == ec
    if message:
        assert reply.text("Message") == message
    assert reply.xml.tag == "Error" and b"xmlns" not in reply.body
    assert reply.text("RequestId") == reply.headers["x-oss-request-id"]
    assert len(reply.text("RequestId")) == 24
    assert reply.text("HostId")
    assert reply.text("RecommendDoc") == f"https://api.aliyun.com/troubleshoot?q={ec}"
    assert reply.headers["content-type"] == "application/xml"
    assert reply.headers["server"] == "AliyunOSS" and "date" in reply.headers


@pytest.mark.parametrize("method, where, key, query, status, code, ec, message", OSS_CASES)
def test_s3(s3, bucket, method, where, key, query, status, code, ec, message):
    s3.put(bucket, "there", b"")
    reply = s3.request(method, data.name() if where == "missing-bucket" else bucket, key, query=query)
    assert reply.is_error(status, code), (reply.status, reply.body)
    assert reply.xml.tag == "Error" and reply.text("Message")
    assert reply.text("RequestId") == reply.headers["x-amz-request-id"]
    assert reply.headers["content-type"] == "application/xml"


def test_a_head_that_fails_has_no_body(either, bucket):
    reply = either.head(bucket, "missing")
    assert (reply.status, reply.body) == (404, b"")


def test_odd_names_come_back_escaped(either, bucket):
    key = "<&>\"'西湖\u0301"
    reply = either.get(bucket, key)
    assert reply.is_error(404, "NoSuchKey")
    assert reply.text("Key") == key


def test_json_errors_where_json_is_asked(oss, bucket):
    """Only a body that says exactly application/json may be one: the v2 SDKs look at that."""
    reply = oss.get(bucket, "missing", accept="application/json")
    if reply.headers["content-type"] == "application/json":
        assert json.loads(reply.body)["Error"]["Code"] == "NoSuchKey"
    else:
        assert ElementTree.fromstring(reply.body).findtext("Code") == "NoSuchKey"


def test_each_answer_has_its_own_request_id(either, bucket):
    name = "x-oss-request-id" if either.dialect == "oss" else "x-amz-request-id"
    assert len({either.request("GET", bucket).headers[name] for _ in range(5)}) == 5


def test_a_method_that_does_not_exist(either, bucket):
    for method in ("PATCH", "TRACE", "BREW"):
        reply = either.request(method, bucket, "key")
        assert reply.status in (400, 405, 501), (method, reply.status, reply.body)


def test_the_connection_goes_on_after_an_error(server, oss, bucket):
    """An error with a small unread body does not cost the client its connection."""
    import http.client
    connection = http.client.HTTPConnection(server.host, server.port, timeout=60)
    try:
        for _ in range(3):
            target, headers = oss.headers_for("PUT", data.name(), "key")
            connection.request("PUT", target, b"x" * 1000, headers)
            response = connection.getresponse()
            assert (response.status, b"NoSuchBucket" in response.read()) == (404, True)
            target, headers = oss.headers_for("GET", bucket)
            connection.request("GET", target, None, headers)
            response = connection.getresponse()
            response.read()
            assert response.status == 200
    finally:
        connection.close()
