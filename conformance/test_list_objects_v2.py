"""ListObjectsV2."""

import pytest

from harness import data
from harness.expect import refused

OPERATION = "ListObjectsV2"
NEEDS = {"list_objects_v2"}

KEYS = ["a", "b/1", "b/2", "b/c/3", "d/4", "e"]
ODD = ["a b", "a+b", "a&b<c>\"'", "käse/西湖/🦭", "a%2Fb", "a//b", "a\\b", "dir/"]


@pytest.fixture
def filled(bucket, oss):
    for key in KEYS:
        oss.put(bucket, key, key.encode())
    return bucket


def every_page(client, bucket, size, **options):
    keys, prefixes, token, pages = [], [], None, 0
    while True:
        page = client.list_objects_v2(bucket, max_keys=size, **({"token": token} if token else {}), **options)
        assert len(page.keys) + len(page.prefixes) <= size
        if page.key_count is not None:
            assert page.key_count == len(page.keys) + len(page.prefixes)
        keys += page.keys
        prefixes += page.prefixes
        pages += 1
        assert page.truncated == bool(page.next)
        if not page.truncated:
            return keys, prefixes, pages
        token = page.next


def test_lists_all_in_order(client, filled):
    assert client.list_objects_v2(filled).keys == KEYS


def test_an_empty_bucket(client, bucket):
    page = client.list_objects_v2(bucket)
    assert (page.keys, page.prefixes, page.truncated) == ([], [], False)


def test_prefix_and_delimiter(client, filled):
    assert client.list_objects_v2(filled, prefix="b/").keys == ["b/1", "b/2", "b/c/3"]
    page = client.list_objects_v2(filled, delimiter="/")
    assert (page.keys, page.prefixes) == (["a", "e"], ["b/", "d/"])
    page = client.list_objects_v2(filled, prefix="b/", delimiter="/")
    assert (page.keys, page.prefixes) == (["b/1", "b/2"], ["b/c/"])


@pytest.mark.parametrize("size", [1, 2, 3, 6, 1000])
def test_pages(client, filled, size):
    keys, prefixes, pages = every_page(client, filled, size)
    assert (keys, prefixes) == (KEYS, [])
    assert pages == -(-len(KEYS) // size)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_of_prefixes(client, filled, size):
    keys, prefixes, _ = every_page(client, filled, size, delimiter="/")
    assert (keys, prefixes) == (["a", "e"], ["b/", "d/"])


def test_start_after(client, filled):
    assert client.list_objects_v2(filled, start_after="b/1").keys == ["b/2", "b/c/3", "d/4", "e"]
    assert client.list_objects_v2(filled, start_after="b/", prefix="b/").keys == ["b/1", "b/2", "b/c/3"]
    assert client.list_objects_v2(filled, start_after="zzz").keys == []


@pytest.mark.needs("owner")
def test_tells_the_owner_when_asked(client, bucket, oss):
    oss.put(bucket, "key", b"content")
    assert client.list_objects_v2(bucket).entries[0].owner is None
    assert client.list_objects_v2(bucket, fetch_owner=True).entries[0].owner


@pytest.mark.needs("any-key")
def test_odd_keys(client, bucket, oss):
    for key in ODD:
        oss.put(bucket, key, b"content")
    ordered = sorted(ODD, key=lambda k: k.encode())
    assert client.list_objects_v2(bucket).keys == ordered
    keys, _, _ = every_page(client, bucket, 1)
    assert keys == ordered


@pytest.mark.needs("control-keys")
def test_control_characters(client, bucket, oss):
    keys = ["a\x01b", "a\tb", "a\nb", "a\x7fb"]
    for key in keys:
        oss.put(bucket, key, b"content")
    assert client.list_objects_v2(bucket).keys == sorted(keys)
    keys_by_page, _, _ = every_page(client, bucket, 1)
    assert keys_by_page == sorted(keys)


def test_of_a_bucket_that_does_not_exist(client):
    with refused(404, "NoSuchBucket", "0015-00000101", client):
        client.list_objects_v2(data.name())


def test_refuses_a_token_that_is_none_of_ours(either, bucket):
    reply = either.request("GET", bucket, query={"list-type": "2", "continuation-token": "!"})
    assert reply.is_error(400, "InvalidArgument"), (reply.status, reply.body)


def test_refuses_another_list_type(either, bucket):
    reply = either.request("GET", bucket, query={"list-type": "3"})
    assert reply.is_error(400, "InvalidArgument"), (reply.status, reply.body)


def test_a_token_holds_while_keys_come_and_go(either, filled):
    query = {"list-type": "2", "max-keys": "2"}
    first = either.request("GET", filled, query=query)
    assert first.texts("Contents/Key") == ["a", "b/1"]
    either.request("DELETE", filled, "b/1")
    either.put(filled, "a2", b"new, behind the token")
    either.put(filled, "b/15", b"new, ahead of the token")
    rest = either.request("GET", filled, query={"list-type": "2",
                                                "continuation-token": first.text("NextContinuationToken")})
    assert rest.texts("Contents/Key") == ["b/15", "b/2", "b/c/3", "d/4", "e"]


def test_many_keys(oss, s3, bucket):
    keys = [f"{number:05}" for number in range(0, 2500, 2)]
    for key in keys:
        oss.put(bucket, key, b"")
    found, token = [], None
    while True:
        page = s3.request("GET", bucket, query={"list-type": "2"} | ({"continuation-token": token} if token else {}))
        found += page.texts("Contents/Key")
        token = page.text("NextContinuationToken")
        if not token:
            break
    assert found == keys
