"""Callers without a signature: what the ACLs of bucket and object let them do."""

import pytest

from harness import data

# bucket ACL, object ACL → may read the object, list the bucket, write
RULES = [
    ("private", "default", False, False, False),
    ("private", "private", False, False, False),
    ("private", "public-read", True, False, False),
    ("private", "public-read-write", True, False, False),
    ("public-read", "default", True, True, False),
    ("public-read", "private", False, True, False),
    ("public-read", "public-read", True, True, False),
    ("public-read-write", "default", True, True, True),
    ("public-read-write", "private", False, True, True),
]


@pytest.mark.parametrize("bucket_acl, object_acl, read, listing, write", RULES)
def test_what_acls_allow(anonymous, oss, bucket_acl, object_acl, read, listing, write):
    name = data.name()
    oss.make_bucket(name, bucket_acl)
    oss.put(name, "key", b"content", x_oss_object_acl=object_acl)

    got = anonymous.get(name, "key")
    assert (got.status, got.body) == (200, b"content") if read else got.is_error(403, "AccessDenied")
    assert anonymous.head(name, "key").status == (200 if read else 403)
    found = anonymous.request("GET", name)
    assert found.texts("Contents/Key") == ["key"] if listing else found.is_error(403, "AccessDenied")
    put = anonymous.request("PUT", name, "new", body=b"written by anybody")
    assert put.status == (200 if write else 403), put.body
    assert oss.exists(name, "new") == write
    removed = anonymous.request("DELETE", name, "key")
    assert removed.status == (204 if write and object_acl != "private" else removed.status)
    if not write:
        assert removed.is_error(403, "AccessDenied")
        assert oss.exists(name, "key")


def test_an_object_may_be_written_by_all(anonymous, oss, bucket):
    oss.put(bucket, "key", b"content", x_oss_object_acl="public-read-write")
    put = anonymous.request("PUT", bucket, "key", body=b"changed")
    assert put.status in (200, 403)
    assert oss.get(bucket, "key").body == (b"changed" if put.status == 200 else b"content")


def test_a_missing_key_is_not_told_to_those_who_may_not_list(anonymous, oss, bucket):
    assert anonymous.get(bucket, "missing").is_error(403, "AccessDenied")
    public = data.name()
    oss.make_bucket(public, "public-read")
    assert anonymous.get(public, "missing").is_error(404, "NoSuchKey")


def test_management_stays_the_owner_s(anonymous, oss):
    name = data.name()
    oss.make_bucket(name, "public-read-write")
    oss.put(name, "key", b"content")
    for method, key, query in (("GET", None, {"acl": ""}), ("GET", "key", {"acl": ""}), ("DELETE", None, None),
                               ("PUT", "key", {"acl": ""}), ("PUT", None, {"acl": ""}),
                               ("GET", None, {"bucketInfo": ""}), ("GET", None, {"location": ""}),
                               ("GET", None, {"stat": ""})):
        wanted = {"x-oss-object-acl" if key else "x-oss-acl": "public-read"} if method == "PUT" else {}
        reply = anonymous.request(method, name, key, query=query, headers=wanted)
        assert reply.is_error(403, "AccessDenied"), (method, key, query, reply.status, reply.body)


def test_multipart_and_append_into_a_public_bucket(anonymous, oss):
    name = data.name()
    oss.make_bucket(name, "public-read-write")
    reply = anonymous.request("POST", name, "log", query={"append": "", "position": "0"}, body=b"content")
    assert reply.status == 200, (reply.status, reply.body)
    assert anonymous.get(name, "log").body == b"content"


def test_nobody_opens_what_is_closed(anonymous, oss, bucket):
    oss.put(bucket, "key", b"content")
    for key, header in ((None, "x-oss-acl"), ("key", "x-oss-object-acl")):
        reply = anonymous.request("PUT", bucket, key, query={"acl": ""}, headers={header: "public-read"})
        assert reply.is_error(403, "AccessDenied")
    assert anonymous.get(bucket, "key").is_error(403, "AccessDenied")


def test_a_copy_needs_the_right_to_read_its_source(anonymous, oss, bucket):
    public = data.name()
    oss.make_bucket(public, "public-read-write")
    oss.put(bucket, "secret", b"secret")
    reply = anonymous.request("PUT", public, "copy", headers={"x-oss-copy-source": f"/{bucket}/secret"})
    assert reply.is_error(403, "AccessDenied"), (reply.status, reply.body)
    assert not oss.exists(public, "copy")


def test_the_s3_clients_without_credentials(server, oss):
    import boto3
    import botocore.client
    name = data.name()
    oss.make_bucket(name, "public-read")
    oss.put(name, "a b", b"content")
    sdk = boto3.session.Session().client("s3", endpoint_url=server.url, region_name="cn-hangzhou",
                                         config=botocore.client.Config(signature_version=botocore.UNSIGNED))
    assert sdk.get_object(Bucket=name, Key="a b")["Body"].read() == b"content"
    assert [o["Key"] for o in sdk.list_objects_v2(Bucket=name)["Contents"]] == ["a b"]
    with pytest.raises(sdk.exceptions.ClientError) as refused:
        sdk.put_object(Bucket=name, Key="new", Body=b"x")
    assert refused.value.response["Error"]["Code"] == "AccessDenied"


def test_the_oss_clients_without_credentials(server, oss):
    import alibabacloud_oss_v2
    import oss2
    name = data.name()
    oss.make_bucket(name, "public-read")
    oss.put(name, "a b", b"content")
    assert oss2.Bucket(oss2.AnonymousAuth(), server.url, name).get_object("a b").read() == b"content"
    config = alibabacloud_oss_v2.config.load_default()
    config.credentials_provider = alibabacloud_oss_v2.credentials.AnonymousCredentialsProvider()
    config.endpoint, config.region = server.url, "cn-hangzhou"
    got = alibabacloud_oss_v2.Client(config).get_object(alibabacloud_oss_v2.GetObjectRequest(bucket=name, key="a b"))
    assert got.body.read() == b"content"
