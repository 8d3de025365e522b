"""PutBucket: makes a bucket."""

import pytest

from harness import data
from harness.expect import refused

OPERATION = "PutBucket"
NEEDS = {"create_bucket"}


def test_makes_a_bucket_that_is_listed_and_private(client, oss):
    name = data.name()
    client.create_bucket(name)
    listed = oss.request("GET", query={"prefix": name})
    assert listed.texts("Buckets/Bucket/Name") == [name]
    assert oss.request("GET", name, query={"acl": ""}).text("AccessControlList/Grant") == "private"


@pytest.mark.needs("bucket-acl")
@pytest.mark.parametrize("acl", ["private", "public-read", "public-read-write"])
def test_with_an_acl(client, oss, acl):
    name = data.name()
    client.create_bucket(name, acl)
    assert oss.request("GET", name, query={"acl": ""}).text("AccessControlList/Grant") == acl


def test_again_by_its_owner_keeps_what_is_in_it(either, bucket):
    either.put(bucket, "kept", b"kept")
    again = either.request("PUT", bucket)
    assert again.status in ((200,) if either.dialect == "oss" else (200, 409)), (again.status, again.body)
    if again.status == 409:
        assert again.code == "BucketAlreadyOwnedByYou"
    assert either.get(bucket, "kept").body == b"kept"


@pytest.mark.parametrize("name", ["ab", "UPPER-case", "-starts", "ends-", "under_score", "a" * 64])
def test_refuses_a_bad_name(either, name):
    reply = either.request("PUT", name)
    assert reply.is_error(400, "InvalidBucketName"), (reply.status, reply.body)


@pytest.mark.parametrize("name", ["abc", "a" * 63, "0-9", "a-b-c"])
def test_takes_a_name_at_the_limits(oss, name):
    assert oss.request("PUT", name).status == 200
    assert oss.request("DELETE", name).status == 204


def test_refuses_an_acl_that_does_not_exist(oss):
    reply = oss.request("PUT", data.name(), headers={"x-oss-acl": "everybody"})
    assert reply.is_error(400, "InvalidArgument"), (reply.status, reply.body)


def test_refuses_xml_that_is_broken(either):
    reply = either.request("PUT", data.name(), body=b"<CreateBucketConfiguration><Storage")
    assert reply.is_error(400, "MalformedXML"), (reply.status, reply.body)


def test_keeps_the_storage_class(oss):
    name = data.name()
    body = b"<CreateBucketConfiguration><StorageClass>IA</StorageClass></CreateBucketConfiguration>"
    assert oss.request("PUT", name, body=body).status == 200
    assert oss.request("GET", name, query={"bucketInfo": ""}).text("Bucket/StorageClass") == "IA"


def test_s3_takes_its_location_constraint(s3):
    name = data.name()
    body = (b'<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            b"<LocationConstraint>cn-hangzhou</LocationConstraint></CreateBucketConfiguration>")
    assert s3.request("PUT", name, body=body).status == 200
    assert s3.request("HEAD", name).status == 200


def test_anonymous_may_not(anonymous):
    assert anonymous.request("PUT", data.name()).is_error(403, "AccessDenied")


def test_answers_its_location(oss):
    name = data.name()
    assert oss.request("PUT", name).headers.get("location", f"/{name}") == f"/{name}"


@pytest.mark.needs("error-code")
def test_a_client_sees_the_refusal(client):
    # Clients check names themselves, each by its own rules; this one passes them all and the service refuses it.
    with refused(400, "InvalidBucketName"):
        try:
            client.create_bucket("a" * 62 + "-")
        except (ValueError, RuntimeError) as checked_by_the_client:
            pytest.skip(f"the client refuses the name itself: {checked_by_the_client}")
        except Exception as error:
            if type(error).__name__ in ("ClientError", "ParamValidationError", "OperationError"):
                pytest.skip(f"the client refuses the name itself: {error}")
            raise
