"""ListBuckets (GetService): what the account owns."""

import pytest

from harness import data

OPERATION = "ListBuckets"
NEEDS = {"list_buckets"}


def test_lists_a_bucket(client, bucket):
    options = {"prefix": bucket} if "list-buckets-prefix" in client.features else {}
    assert bucket in client.list_buckets(**options).keys


@pytest.mark.needs("list-buckets-prefix")
def test_prefix_marker_and_pages(client, oss):
    stem = data.name()[:30]
    names = [f"{stem}-{letter}" for letter in "abc"]
    for name in names:
        oss.make_bucket(name)
    assert client.list_buckets(prefix=stem).keys == names
    assert client.list_buckets(prefix=stem, marker=names[0]).keys == names[1:]
    first = client.list_buckets(prefix=stem, max_keys=2)
    assert (first.keys, first.truncated) == (names[:2], True)
    rest = client.list_buckets(prefix=stem, max_keys=2, marker=first.next)
    assert (rest.keys, rest.truncated) == (names[2:], False)


def test_oss_tells_each_bucket_s_place(oss, bucket):
    found = oss.request("GET", query={"prefix": bucket})
    assert found.text("Owner/ID") and found.text("Owner/DisplayName")
    for field in ("Name", "Location", "CreationDate", "ExtranetEndpoint", "IntranetEndpoint", "StorageClass"):
        assert found.text(f"Buckets/Bucket/{field}"), field
    assert found.text("Buckets/Bucket/Location") == "oss-cn-hangzhou"
    assert found.text("Buckets/Bucket/CreationDate").endswith(".000Z")
    assert b"xmlns" not in found.body


def test_s3_tells_the_owner_and_the_date(s3, bucket):
    found = s3.request("GET")
    assert found.xml.tag == "ListAllMyBucketsResult"
    assert found.text("Owner/ID")
    assert bucket in found.texts("Buckets/Bucket/Name")
    assert all(date.endswith("Z") for date in found.texts("Buckets/Bucket/CreationDate"))


def test_anonymous_may_not(anonymous):
    assert anonymous.request("GET").is_error(403, "AccessDenied")
