"""Requests that no honest client sends: refused, nothing stored, nothing leaked, and the server goes on."""

import http.client
import os
import pathlib
import socket

import pytest

from harness import data
from harness.raw import Raw, talk


def status_of(answer: bytes) -> int:
    assert answer.startswith(b"HTTP/1.1 "), answer[:200]
    return int(answer[9:12])


def answers_of(answer: bytes) -> int:
    return answer.count(b"HTTP/1.1 ")


def request(method: str, target: str, headers: list[tuple[str, str]], body: bytes = b"") -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + body


def signed_put(raw, bucket, key, framing: list[tuple[str, str]], body: bytes) -> bytes:
    target, headers = raw.headers_for("PUT", bucket, key, headers={}, body=body if raw.dialect == "s3" else b"")
    headers = {n: v for n, v in headers.items() if n.lower() not in ("content-length", "transfer-encoding")}
    return request("PUT", target, list(headers.items()) + framing, body)


@pytest.fixture(autouse=True)
def still_well(server, oss):
    """Whatever a test did, the server answers the next request."""
    yield
    assert server.running()
    assert oss.request("GET").status == 200


@pytest.mark.parametrize("framing, body", [
    ([("Content-Length", "5"), ("Content-Length", "6")], b"hello!"),
    ([("Content-Length", "5"), ("Transfer-Encoding", "chunked")], b"5\r\nhello\r\n0\r\n\r\n"),
    ([("Transfer-Encoding", "chunked"), ("Content-Length", "5")], b"5\r\nhello\r\n0\r\n\r\n"),
    ([("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "identity")], b"5\r\nhello\r\n0\r\n\r\n"),
    ([("Transfer-Encoding", "chunked, identity")], b"hello"),
    ([("Transfer-Encoding", "xchunked")], b"5\r\nhello\r\n0\r\n\r\n"),
    ([("Transfer-Encoding", " chunked\x0b")], b"5\r\nhello\r\n0\r\n\r\n"),
    ([("Content-Length", "-5")], b"hello"),
    ([("Content-Length", "+5")], b"hello"),
    ([("Content-Length", "5x")], b"hello"),
    ([("Content-Length", "0x5")], b"hello"),
    ([("Content-Length", "99999999999999999999999")], b"hello"),
    ([("Content-Length", "")], b""),
    ([("Content-Length", "5, 5")], b"hello"),
    ([("Content-Length ", "5")], b"hello"),
    ([("Transfer-Encoding", "chunked")], b"zz\r\nhello\r\n0\r\n\r\n"),
    ([("Transfer-Encoding", "chunked")], b"-5\r\nhello\r\n0\r\n\r\n"),
    ([("Transfer-Encoding", "chunked")], b"fffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
    ([("Transfer-Encoding", "chunked")], b"5\r\nhelloXX0\r\n\r\n"),
    ([("Transfer-Encoding", "chunked")], b"5 \r\nhello\r\n0\r\n\r\n"),
    ([("Transfer-Encoding", "chunked")], b"0x5\r\nhello\r\n0\r\n\r\n"),
    ([("Transfer-Encoding", "chunked")], b"5;" + b"e" * 20000 + b"\r\nhello\r\n0\r\n\r\n"),
], ids=["two-lengths", "length-and-chunked", "chunked-and-length", "two-encodings", "chunked-not-last",
        "unknown-encoding", "encoding-with-vt", "negative", "plus", "trailing-letter", "hex", "overflow", "empty",
        "list", "space-before-colon", "chunk-letters", "chunk-negative", "chunk-overflow", "chunk-no-crlf",
        "chunk-space", "chunk-0x", "chunk-extension"])
def test_framing(server, oss, bucket, framing, body):
    """A body whose length is in doubt is refused, and the connection closed: what follows is not a request."""
    smuggled = request("GET", "/_lakeside/health", [("Host", "h")])
    answer = talk(server, signed_put(oss, bucket, "key", framing, body) + smuggled)
    assert status_of(answer) in (400, 411, 413, 501), answer[:300]
    assert answers_of(answer) == 1, answer
    assert not oss.exists(bucket, "key")


@pytest.mark.parametrize("head", [
    b"GARBAGE\r\n\r\n", b"GET\r\n\r\n", b"GET /\r\n\r\n", b"GET / HTTP/9.9\r\nHost: h\r\n\r\n",
    b"GET / HTTP/1.1\nHost: h\n\n", b"GET  / HTTP/1.1\r\nHost: h\r\n\r\n", b"get / HTTP/1.1\r\nHost: h\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: h\r\nNo Colon\r\n\r\n", b"GET / HTTP/1.1\r\nHost: h\r\n: empty\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n folded\r\n\r\n", b"GET / HTTP/1.1\r\nHost: h\r\nA: b\x00c\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\r\n\r\n\r\n\x00", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n",
], ids=["garbage", "no-target", "no-version", "version", "bare-lf", "two-spaces", "lower-case", "no-colon",
        "empty-name", "folded", "nul", "tls", "empty-lines", "http2", "bare-cr"])
def test_heads(server, head):
    answer = talk(server, head)
    assert answer == b"" or status_of(answer) >= 400, answer[:300]
    assert answers_of(answer) <= 1


def test_a_head_that_is_too_large(server):
    for head in (b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: h\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: h\r\nA: " + b"a" * 500_000 + b"\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: h\r\n" + b"A: b\r\n" * 50_000 + b"\r\n"):
        answer = talk(server, head)
        # The answer may be lost with the rest of what was sent: the connection is reset then.
        assert answer == b"" or status_of(answer) in (400, 414, 431), answer[:300]


@pytest.mark.parametrize("size", [100, 100_000, 2_000_000])
@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_body_that_stops_half_way(server, oss, bucket, size, framing):
    oss.put(bucket, "key", b"before")
    content = data.blob(size)
    if framing == "length":
        sent = signed_put(oss, bucket, "key", [("Content-Length", str(size))], content[:size // 2])
    else:
        sent = signed_put(oss, bucket, "key", [("Transfer-Encoding", "chunked")],
                          f"{size:x}\r\n".encode() + content[:size // 2])
    answer = talk(server, sent)
    assert answer == b"" or status_of(answer) == 400, answer[:300]
    assert oss.get(bucket, "key").body == b"before"
    assert oss.request("GET", bucket).texts("Contents/Size") == ["6"]


def test_a_part_that_stops_half_way(server, oss, bucket):
    upload_id = oss.initiate(bucket, "key")
    target, headers = oss.headers_for("PUT", bucket, "key", query={"partNumber": "1", "uploadId": upload_id})
    headers = list(headers.items()) + [("Content-Length", "200000")]
    talk(server, request("PUT", target, headers, data.blob(100_000)))
    assert oss.request("GET", bucket, "key", query={"uploadId": upload_id}).texts("Part/PartNumber") == []


def test_an_append_that_stops_half_way(server, oss, bucket):
    oss.request("POST", bucket, "log", query={"append": "", "position": "0"}, body=b"before")
    target, headers = oss.headers_for("POST", bucket, "log", query={"append": "", "position": "6"})
    talk(server, request("POST", target, list(headers.items()) + [("Content-Length", "1000")], b"half"))
    assert oss.get(bucket, "log").body == b"before"
    assert oss.head(bucket, "log").headers["x-oss-next-append-position"] == "6"


def test_a_body_larger_than_one_put_may_be(either, bucket, server):
    target, headers = either.headers_for("PUT", bucket, "key")
    if either.dialect == "s3":
        headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD"
        headers.pop("authorization")
        either = Raw(server, "v1")
        target, headers = either.headers_for("PUT", bucket, "key")
    sent = request("PUT", target, list(headers.items()) + [("Content-Length", str(5 * 1024**3 + 1))])
    answer = talk(server, sent)
    assert status_of(answer) == 400 and b"<Code>EntityTooLarge</Code>" in answer, answer[:500]


def test_xml_that_is_too_large(oss, bucket):
    oss.put(bucket, "key", b"content")
    body = b"<Delete>" + b"<Object><Key>key</Key></Object>" * 200_000 + b"</Delete>"
    reply = oss.request("POST", bucket, query={"delete": ""}, body=body)
    assert reply.status in (400, 413), (reply.status, reply.body[:300])
    assert oss.exists(bucket, "key")


@pytest.mark.parametrize("body", [
    b"<" + b"a" * 100_000, b"<a>" * 5000, b"<Delete>" + b"<Object>" * 5000,
    b'<?xml version="1.0" encoding="UTF-16"?><Delete/>', b"\xef\xbb\xbf<Delete>", b"<Delete attribute",
    b"<!DOCTYPE Delete SYSTEM \"http://127.0.0.1:1/x\"><Delete/>", b"<Delete>&undefined;</Delete>",
    b"<Delete>\x00</Delete>", b"<Delete><![CDATA[", b"<Delete><!-- ",
])
def test_xml(either, bucket, body):
    reply = either.request("POST", bucket, query={"delete": ""}, body=body,
                           headers={"content-md5": data.md5_base64(body)})
    assert reply.is_error(400, "MalformedXML"), (reply.status, reply.body[:300])


@pytest.mark.parametrize("header, value", [("content-md5", "AAAA"), ("content-md5", "!" * 24),
                                           ("content-md5", "A" * 10_000)])
def test_an_md5_that_is_none(either, bucket, header, value):
    reply = either.request("PUT", bucket, "key", headers={header: value}, body=b"content")
    assert reply.is_error(400, "InvalidDigest"), (reply.status, reply.body)
    assert not either.exists(bucket, "key")


def test_metadata_that_is_too_large(either, bucket):
    headers = {f"{either.prefix}meta-{number}": "x" * 1000 for number in range(10)}
    reply = either.request("PUT", bucket, "key", headers=headers, body=b"content")
    assert reply.status == 400, (reply.status, reply.body)
    assert reply.code in ("InvalidArgument", "MetadataTooLarge"), reply.body
    assert not either.exists(bucket, "key")


@pytest.mark.parametrize("target", ["/../../etc/passwd", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
                                    "//etc/passwd", "/bucket/../../../etc/passwd", "/_lakeside/../../etc/passwd",
                                    "/_lakeside/%2e%2e/health"])
def test_paths_that_climb(server, target):
    answer = talk(server, f"GET {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".encode())
    assert status_of(answer) in (400, 403, 404) and b"root:" not in answer, answer[:300]


def test_expect_that_is_unknown(server):
    answer = talk(server, b"PUT /b/k HTTP/1.1\r\nHost: h\r\nExpect: the-impossible\r\nContent-Length: 1\r\n"
                          b"Connection: close\r\n\r\nx")
    assert status_of(answer) >= 400, answer[:200]


def test_a_refusal_comes_before_the_body(server, oss):
    """With Expect: 100-continue a put that cannot succeed is refused without its body."""
    target, headers = oss.headers_for("PUT", data.name(), "key")
    headers = list(headers.items()) + [("Content-Length", "1000000"), ("Expect", "100-continue")]
    with socket.create_connection((server.host, server.port), timeout=20) as connection:
        connection.sendall(request("PUT", target, headers))
        answer = connection.recv(65536)
    assert status_of(answer) == 404 and b"NoSuchBucket" in answer + b"", answer[:300]


def test_continue_comes_when_the_body_is_wanted(server, oss, bucket):
    target, headers = oss.headers_for("PUT", bucket, "key")
    headers = list(headers.items()) + [("Content-Length", "7"), ("Expect", "100-continue"), ("Connection", "close")]
    with socket.create_connection((server.host, server.port), timeout=20) as connection:
        connection.sendall(request("PUT", target, headers))
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"content")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
    assert oss.get(bucket, "key").body == b"content"


def test_pipelined_requests_are_answered_in_order(server, oss, bucket):
    parts = []
    for number in range(20):
        oss.put(bucket, str(number), f"content {number}".encode())
    for number in range(20):
        target, headers = oss.headers_for("GET", bucket, str(number))
        last = [("Connection", "close")] if number == 19 else []
        parts.append(request("GET", target, list(headers.items()) + last))
    answer = talk(server, b"".join(parts))
    found = [answer.find(f"content {number}".encode()) for number in range(20)]
    assert all(place > 0 for place in found) and found == sorted(found), answer[-300:]


def test_a_client_that_reads_nothing(server, oss, bucket):
    """Many large answers to a client that never reads: the server holds back instead of filling its memory."""
    oss.put(bucket, "large", data.blob(5 * data.MIB))
    target, headers = oss.headers_for("GET", bucket, "large")
    asked = request("GET", target, list(headers.items()))
    idle = []
    try:
        for _ in range(30):
            connection = socket.create_connection((server.host, server.port), timeout=20)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(asked * 4)
            idle.append(connection)
        for _ in range(5):
            assert oss.get(bucket, "large").headers["content-length"] == str(5 * data.MIB)
        process = getattr(server, "process", None)
        if process:
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            resident = int(status.split("VmRSS:")[1].split()[0])
            sanitised = "asan" in os.environ.get("LAKESIDE_BIN", "") or "tsan" in os.environ.get("LAKESIDE_BIN", "")
            assert resident < 400_000 or sanitised, f"{resident} kB resident"
    finally:
        for connection in idle:
            connection.close()


def test_a_client_that_leaves_during_a_download(server, oss, bucket):
    oss.put(bucket, "large", data.blob(5 * data.MIB))
    for _ in range(20):
        connection = http.client.HTTPConnection(server.host, server.port, timeout=20)
        target, headers = oss.headers_for("GET", bucket, "large")
        connection.request("GET", target, None, headers)
        connection.getresponse().read(1000)
        connection.close()
    assert len(oss.get(bucket, "large").body) == 5 * data.MIB


def test_http_1_0(server, oss, bucket):
    oss.put(bucket, "key", b"content")
    target, headers = oss.headers_for("GET", bucket, "key")
    answer = talk(server, request("GET", target, list(headers.items())).replace(b"HTTP/1.1", b"HTTP/1.0"))
    assert answer.split(b"\r\n")[0].endswith(b"200 OK") and answer.endswith(b"\r\n\r\ncontent"), answer[:300]
