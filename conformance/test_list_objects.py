"""ListObjects (GetBucket), version 1."""

import pytest

from harness import data
from harness.expect import refused

OPERATION = "ListObjects"
NEEDS = {"list_objects"}

KEYS = ["a", "b/1", "b/2", "b/c/3", "d/4", "e"]
ODD = ["a b", "a+b", "a&b<c>\"'", "käse/西湖/🦭", "a%2Fb", "a//b", "a\\b", "dir/"]


@pytest.fixture
def filled(bucket, oss):
    for key in KEYS:
        oss.put(bucket, key, key.encode())
    return bucket


def every_page(client, bucket, size, **options):
    keys, prefixes, marker, pages = [], [], None, 0
    while True:
        page = client.list_objects(bucket, max_keys=size, **({"marker": marker} if marker else {}), **options)
        assert len(page.keys) + len(page.prefixes) <= size
        keys += page.keys
        prefixes += page.prefixes
        pages += 1
        if not page.truncated:
            return keys, prefixes, pages
        # S3 gives NextMarker with a delimiter only; without one the last key serves.
        marker = page.next or page.keys[-1]


def test_lists_all_in_order(client, filled):
    assert sorted(client.list_objects(filled).keys) == KEYS


def test_an_empty_bucket(client, bucket):
    page = client.list_objects(bucket)
    assert (page.keys, page.prefixes, page.truncated) == ([], [], False)


def test_prefix(client, filled):
    assert sorted(client.list_objects(filled, prefix="b/").keys) == ["b/1", "b/2", "b/c/3"]


@pytest.mark.needs("delimiter")
def test_delimiter(client, filled):
    page = client.list_objects(filled, delimiter="/")
    assert (page.keys, page.prefixes) == (["a", "e"], ["b/", "d/"])
    page = client.list_objects(filled, prefix="b/", delimiter="/")
    assert (page.keys, page.prefixes) == (["b/1", "b/2"], ["b/c/"])


@pytest.mark.needs("paging")
def test_marker(client, filled):
    assert client.list_objects(filled, marker="b/1").keys == ["b/2", "b/c/3", "d/4", "e"]
    assert client.list_objects(filled, marker="b/15").keys == ["b/2", "b/c/3", "d/4", "e"]
    assert client.list_objects(filled, marker="zzz").keys == []


@pytest.mark.needs("paging")
@pytest.mark.parametrize("size", [1, 2, 3, 6, 1000])
def test_pages(client, filled, size):
    keys, prefixes, pages = every_page(client, filled, size)
    assert (keys, prefixes) == (KEYS, [])
    assert pages == -(-len(KEYS) // size)


@pytest.mark.needs("paging")
@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_of_prefixes(client, filled, size):
    keys, prefixes, _ = every_page(client, filled, size, delimiter="/")
    assert (keys, prefixes) == (["a", "e"], ["b/", "d/"])


@pytest.mark.needs("paging")
def test_tells_what_each_object_is(client, bucket, raw):
    raw.put(bucket, "key", b"content")
    [entry] = client.list_objects(bucket).entries
    assert (entry.key, entry.size, entry.etag.lower()) == ("key", 7, data.md5_hex(b"content"))
    assert entry.storage_class in ("Standard", "STANDARD")
    if "type" in client.features:
        assert entry.type == "Normal"
    if "owner" in client.features:
        assert entry.owner


@pytest.mark.needs("any-key")
def test_odd_keys(client, bucket, oss):
    for key in ODD:
        oss.put(bucket, key, b"content")
    assert client.list_objects(bucket).keys == sorted(ODD, key=lambda k: k.encode())
    page = client.list_objects(bucket, prefix="käse/", delimiter="/")
    assert page.prefixes == ["käse/西湖/"]


@pytest.mark.needs("any-key", "paging")
def test_pages_of_odd_keys(client, bucket, oss):
    for key in ODD:
        oss.put(bucket, key, b"content")
    keys, _, _ = every_page(client, bucket, 1)
    assert keys == sorted(ODD, key=lambda k: k.encode())


@pytest.mark.needs("control-keys")
def test_control_characters(client, bucket, oss):
    keys = ["a\x01b", "a\tb", "a\nb", "a\x7fb"]
    for key in keys:
        oss.put(bucket, key, b"content")
    assert client.list_objects(bucket).keys == sorted(keys)


@pytest.mark.needs("error-code")
def test_of_a_bucket_that_does_not_exist(client):
    with refused(404, "NoSuchBucket", "0015-00000101", client):
        client.list_objects(data.name())


def test_the_order_is_that_of_bytes(either, bucket):
    keys = ["A", "Z", "a", "z", "é", "ÿ", "西", "\uffee", "🦭"]
    for key in keys:
        either.put(bucket, key, b"")
    assert either.request("GET", bucket).texts("Contents/Key") == sorted(keys, key=lambda k: k.encode())


def test_encoding_type(either, bucket):
    for key in ("a b+c/d", "käse"):
        either.put(bucket, key, b"")
    query = {"encoding-type": "url", "prefix": "a b+", "delimiter": "/", "marker": "a a"}
    found = either.request("GET", bucket, query=query)
    assert found.text("EncodingType") == "url"
    assert found.text("Prefix") == "a%20b%2B"
    assert found.text("CommonPrefixes/Prefix") in ("a%20b%2Bc%2F", "a%20b%2Bc/")
    assert found.text("Delimiter") in ("%2F", "/")
    assert found.text("Marker") == "a%20a"
    assert either.request("GET", bucket, query={"encoding-type": "url"}).texts("Contents/Key")[1] == "k%C3%A4se"


@pytest.mark.parametrize("query", [{"max-keys": "x"}, {"max-keys": "-1"}, {"encoding-type": "base64"}])
def test_refuses_a_bad_argument(either, bucket, query):
    reply = either.request("GET", bucket, query=query)
    assert reply.is_error(400, "InvalidArgument"), (reply.status, reply.body)


def test_max_keys_beyond_the_most(oss, s3, bucket):
    oss.put(bucket, "key", b"")
    assert s3.request("GET", bucket, query={"max-keys": "5000"}).texts("Contents/Key") == ["key"]
    assert oss.request("GET", bucket, query={"max-keys": "1001"}).is_error(400, "InvalidArgument")


def test_max_keys_of_none(s3, bucket):
    s3.put(bucket, "key", b"")
    found = s3.request("GET", bucket, query={"max-keys": "0"})
    assert (found.texts("Contents/Key"), found.text("IsTruncated")) == ([], "false")


def test_oss_s_document(oss, bucket):
    oss.put(bucket, "key", b"content")
    found = oss.request("GET", bucket)
    assert found.xml.tag == "ListBucketResult" and b"xmlns" not in found.body
    assert found.text("Name") == bucket and found.text("MaxKeys") == "100"
    assert found.text("IsTruncated") == "false"
    assert found.text("Contents/LastModified").endswith(".000Z")
    assert found.text("Contents/ETag") == f'"{data.md5_hex(b"content").upper()}"'
    assert found.text("Contents/Owner/ID")
    assert found.headers["content-type"] == "application/xml"


def test_s3_s_document(s3, bucket):
    s3.put(bucket, "key", b"content")
    found = s3.request("GET", bucket)
    assert b'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"' in found.body
    assert found.text("MaxKeys") == "1000"
    assert found.text("Contents/ETag") == f'"{data.md5_hex(b"content")}"'
    assert found.text("Contents/StorageClass") == "STANDARD"


def test_a_delimiter_of_several_characters(either, bucket):
    for key in ("a--b", "a--c", "a-d", "x--"):
        either.put(bucket, key, b"")
    found = either.request("GET", bucket, query={"delimiter": "--"})
    assert (found.texts("Contents/Key"), found.texts("CommonPrefixes/Prefix")) == (["a-d"], ["a--", "x--"])
