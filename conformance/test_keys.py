"""Keys that are hard to carry: each client puts, reads, lists and deletes them."""

import pytest

NEEDS = {"put_object", "get_object", "delete_object"}
OPERATION = "PutObject"

KEYS = {
    "space": "a b", "plus": "a+b", "percent": "100%", "percent-escape": "a%20b", "unicode": "käse/西湖",
    "emoji": "🦭/🐚.txt", "quotes": "it's \"quoted\"", "reserved": "a=b&d=e#f;g:h@i!j$k,m(n)[o]{p}|q^r~s`t", "wildcards": "a*b?c",
    "backslash": "a\\b", "angle": "<xml>&amp;</xml>", "dot": "a/./b/../c", "tilde": "~user", "equals": "a=b",
    "trailing-slash": "folder/", "utf8-combining": "e\u0301\u0323", "rtl": "שלום/مرحبا", "nbsp": "a\u00a0b",
    "looks-like-query": "?acl", "subresource-name": "acl",
}

# What a client changes or refuses before it sends anything, so that no service could see the key.
CLIENT_RULES = {
    ("rclone", "trailing-slash"): "rclone takes a key that ends in a slash for a folder",
    ("rclone", "dot"): "rclone cleans . and .. out of paths",
    **{(name, "dot"): "the client's HTTP library cleans . and .. out of paths after they are signed"
       for name in ("oss_v2-v1", "oss_v2-v4", "ali-oss-v1", "ali-oss-v4")},
    ("s3cmd", "trailing-slash"): "s3cmd takes a key that ends in a slash for a folder",
}


@pytest.mark.parametrize("kind", KEYS)
def test_round_trip(request, client, bucket, raw, kind):
    reason = CLIENT_RULES.get((client.name, kind))
    if reason:
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    key, content = KEYS[kind], kind.encode()
    client.put_object(bucket, key, content)
    assert raw.request("GET", bucket).texts("Contents/Key") == [key]
    assert raw.get(bucket, key).body == content
    assert client.get_object(bucket, key).data == content
    client.delete_object(bucket, key)
    assert raw.request("GET", bucket).texts("Contents/Key") == []


@pytest.mark.needs("empty-key-segments")
@pytest.mark.parametrize("key", ["a//b", "a///b/", "a/"])
def test_empty_segments(client, bucket, raw, key):
    client.put_object(bucket, key, b"content")
    assert raw.request("GET", bucket).texts("Contents/Key") == [key]
    assert client.get_object(bucket, key).data == b"content"


@pytest.mark.needs("leading-slash")
@pytest.mark.parametrize("key", ["/a", "//a", "/"])
def test_leading_slashes(client, bucket, raw, key):
    client.put_object(bucket, key, b"content")
    assert raw.request("GET", bucket).texts("Contents/Key") == [key]
    assert client.get_object(bucket, key).data == b"content"


@pytest.mark.needs("any-key")
@pytest.mark.parametrize("key", ["k" * 1023, "西" * 341, "a/" * 511 + "a"], ids=["ascii", "unicode", "segments"])
def test_the_longest(client, bucket, raw, key):
    assert len(key.encode()) == 1023
    client.put_object(bucket, key, b"content")
    assert client.get_object(bucket, key).data == b"content"


@pytest.mark.needs("control-keys")
@pytest.mark.parametrize("key", ["a\tb", "a\nb", "a\x01b", "a\x7fb"])
def test_control_characters(client, bucket, raw, key):
    client.put_object(bucket, key, b"content")
    assert client.get_object(bucket, key).data == b"content"
    found = raw.request("GET", bucket, query={"encoding-type": "url"})
    assert found.texts("Contents/Key") == ["a%{:02X}b".format(ord(key[1]))]


@pytest.mark.parametrize("path", ["/%ff", "/a%fe%80b", "/%00", "/a%", "/a%2", "/a%zz"])
def test_refuses_what_is_no_utf8(either, bucket, path):
    reply = either.send("PUT", f"/{bucket}{path}", {"Host": f"{either.server.host}:{either.server.port}"}, b"x")
    assert reply.status in (400, 403), (reply.status, reply.body)
    assert either.request("GET", bucket).texts("Contents/Key") == []


def test_both_spellings_of_a_slash_name_one_key(either, bucket):
    """Some clients put a%2Fb in the path and others a/b."""
    either.put(bucket, "a/b", b"content")
    if either.dialect == "oss":  # V1 signs the decoded key, so that the same signature serves both
        target, headers = either.headers_for("GET", bucket, "a/b")
        assert either.send("GET", target.replace("a/b", "a%2Fb"), headers).body == b"content"


def test_a_plus_in_an_oss_path_is_a_space(oss, bucket):
    """The Go SDK's first version writes spaces so; every client writes a plus as %2B."""
    oss.put(bucket, "a b/c", b"content")
    target, headers = oss.headers_for("GET", bucket, "a b/c")
    assert "a%20b/c" in target
    assert oss.send("GET", target.replace("%20", "+"), headers).body == b"content"
    oss.put(bucket, "a+b/c", b"plus")
    assert oss.get(bucket, "a+b/c").body == b"plus"
