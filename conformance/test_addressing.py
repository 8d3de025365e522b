"""Where the bucket is in a request: in the path, in the Host, or, for ali-oss on an IP, in a Host of Alibaba's."""

import socket

import pytest

from clients.ali_oss_client import AliOssClientV1, AliOssClientV4
from clients.boto3_client import Boto3Client
from harness import data
from harness.raw import Raw, talk
from harness.server import Server

SIGNED = ["v1", "v2", "v4", "sigv4"]


@pytest.fixture(params=SIGNED)
def signed(request, server):
    return Raw(server, request.param)


def virtual(signed, bucket, key, domain, port=True):
    """PUT and GET of a key, the bucket in the Host alone."""
    host = f"{bucket}.{domain}" + (f":{signed.server.port}" if port else "")
    path = "/" + key
    put = signed.request("PUT", bucket, key, host=host, path=path, body=b"content")
    assert put.status == 200, (put.status, put.body)
    got = signed.request("GET", bucket, key, host=host, path=path)
    assert (got.status, got.body) == (200, b"content")


def test_path_style(signed, bucket):
    signed.put(bucket, "a/b", b"content")
    assert signed.get(bucket, "a/b").body == b"content"


@pytest.mark.parametrize("domain", ["localhost", "oss-cn-hangzhou.aliyuncs.com", "oss.localhost"])
@pytest.mark.parametrize("port", [True, False], ids=["port", "no-port"])
def test_bucket_in_the_host(signed, bucket, oss, domain, port):
    virtual(signed, bucket, "a/b", domain, port)
    assert oss.get(bucket, "a/b").body == b"content"


@pytest.mark.parametrize("domain", ["localhost", "oss-cn-hangzhou.aliyuncs.com"])
def test_listing_with_the_bucket_in_the_host(signed, bucket, oss, domain):
    oss.put(bucket, "key", b"content")
    found = signed.request("GET", bucket, host=f"{bucket}.{domain}", path="/")
    assert found.texts("Contents/Key") == ["key"]
    found = signed.request("GET", bucket, query={"acl": ""}, host=f"{bucket}.{domain}", path="/")
    assert found.text("AccessControlList") is not None


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "oss-cn-hangzhou.aliyuncs.com", "LOCALHOST"])
def test_host_without_port(signed, bucket, host):
    signed.request("PUT", bucket, "key", host=host, body=b"content")
    assert signed.request("GET", bucket, "key", host=host).body == b"content"


@pytest.mark.parametrize("host", [".oss-cn-hangzhou.aliyuncs.com", ".localhost"])
def test_empty_first_label_lists_buckets(oss, bucket, host):
    """ali-oss lists buckets on an IP with a Host that begins with a dot."""
    found = oss.request("GET", host=host, path="/", query={"prefix": bucket})
    assert found.texts("Buckets/Bucket/Name") == [bucket]


@pytest.mark.parametrize("adapter", [AliOssClientV1, AliOssClientV4], ids=lambda a: a.name)
@pytest.mark.parametrize("endpoint", ["ip", "ip-path-style"])
def test_ali_oss_on_an_ip(server, bucket, oss, adapter, endpoint):
    """It puts the bucket into a Host of Alibaba's, and with sldEnable into the path too."""
    client = adapter(server)
    client.options |= {"endpoint": f"http://127.0.0.1:{server.port}", "sldEnable": endpoint == "ip-path-style"}
    client.put_object(bucket, "a/b c", b"content")
    assert oss.get(bucket, "a/b c").body == b"content"
    assert client.get_object(bucket, "a/b c").data == b"content"
    assert client.list_objects(bucket).keys == ["a/b c"]
    client.delete_object(bucket, "a/b c")
    assert bucket in client.list_buckets(prefix=bucket).keys


def test_boto3_virtual_host_style(server, bucket, oss):
    """boto3 with addressing_style=virtual on localhost sends BUCKET.localhost, which not every system resolves."""
    try:
        socket.getaddrinfo(f"{bucket}.localhost", server.port)
    except OSError:
        pytest.skip("this system does not resolve names under localhost (libnss-myhostname would)")
    localhost = type("Localhost", (), {"url": f"http://localhost:{server.port}", "host": "localhost",
                                       "port": server.port})
    client = Boto3Client(localhost, s3={"addressing_style": "virtual"})
    client.put_object(bucket, "key", b"content")
    assert oss.get(bucket, "key").body == b"content"


def test_a_domain_of_ones_own():
    """--domain names the domain under which buckets are hosts."""
    with_domain = Server("--ephemeral", "--durability=relaxed", "--domain", "oss.example.test").start()
    try:
        for signing in SIGNED:
            signed = Raw(with_domain, signing)
            name = data.name()
            reply = signed.request("PUT", name, host=f"{name}.oss.example.test", path="/")
            assert reply.status == 200, (signing, reply.status, reply.body)
            virtual(signed, name, "key", "oss.example.test")
            assert signed.get(name, "key").body == b"content"
    finally:
        assert with_domain.stop() == 0


def test_ipv6():
    """Names under localhost resolve to ::1 first, so the server is to be reached there too."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    server = Server("--ephemeral", "--durability=relaxed", listen="[::1]:0").start()
    try:
        signed = Raw(server, "v4")
        reply = signed.request("GET", host=f"[::1]:{server.port}")
        assert reply.status == 200
    finally:
        assert server.stop() == 0


def test_absolute_form(server, oss, bucket):
    """A request target that is a whole URL, as a proxy's client sends it: its host outweighs Host."""
    oss.put(bucket, "key", b"content")
    target, headers = oss.headers_for("GET", bucket, "key")
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if name != "Host")
    answer = talk(server, f"GET http://127.0.0.1:{server.port}{target} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
                          f"{lines}Connection: close\r\n\r\n".encode())
    assert answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 400")), answer[:200]


@pytest.mark.parametrize("host", ["a..b", "bad host", "x" * 300, "a/b", "127.0.0.1:notaport", ""])
def test_refuses_a_bad_host(server, host):
    answer = talk(server, f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 403")), answer[:200]


def test_refuses_two_hosts_and_none(server):
    for hosts in ("Host: a\r\nHost: b\r\n", ""):
        answer = talk(server, f"GET / HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 400"), answer[:200]
