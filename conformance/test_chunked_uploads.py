"""The aws-chunked forms of S3 uploads, and the checksums that go with them."""

import base64
import datetime
import hashlib
import struct
import zlib

import pytest

from clients.aws_sdk_js_client import AwsSdkJsClient
from clients.boto3_client import Boto3Client
from harness import data
from harness.raw import Raw, hmac_sha256, quote, sha256_hex
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION

EMPTY = sha256_hex(b"")


def crc32(content: bytes) -> str:
    return base64.b64encode(struct.pack(">I", zlib.crc32(content))).decode()


def sha256(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


class Streamed:
    """A PUT in signed chunks, written from AWS's description, since no SDK signs chunks over plain HTTP."""

    def __init__(self, server, bucket: str, key: str, payload: str, length: int, trailer: str | None = None):
        now = datetime.datetime.now(datetime.timezone.utc)
        self.server, self.date, self.payload = server, now.strftime("%Y%m%dT%H%M%SZ"), payload
        self.scope = f"{self.date[:8]}/{REGION}/s3/aws4_request"
        key_ = ("AWS4" + ACCESS_KEY_SECRET).encode()
        for part in (self.date[:8], REGION, "s3", "aws4_request"):
            key_ = hmac_sha256(key_, part)
        self.signing_key = key_
        self.target = f"/{bucket}/{quote(key)}"
        self.headers = {"host": f"{server.host}:{server.port}", "x-amz-content-sha256": payload,
                        "x-amz-date": self.date, "x-amz-decoded-content-length": str(length),
                        "content-encoding": "aws-chunked"}
        if trailer:
            self.headers["x-amz-trailer"] = trailer
        names = ";".join(sorted(self.headers))
        canonical = "\n".join(["PUT", self.target, "",
                               *(f"{name}:{self.headers[name]}" for name in sorted(self.headers)), "", names, payload])
        self.signature = self.sign("AWS4-HMAC-SHA256", sha256_hex(canonical.encode()))
        self.seed = self.signature
        self.headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY_ID}/{self.scope},"
                                         f"SignedHeaders={names},Signature={self.signature}")

    def sign(self, kind: str, *rest: str) -> str:
        text = "\n".join([kind, self.date, self.scope, *rest])
        return hmac_sha256(self.signing_key, text).hex()

    def chunk(self, content: bytes) -> bytes:
        head = f"{len(content):x}"
        if self.payload.startswith("STREAMING-AWS4"):
            self.signature = self.sign("AWS4-HMAC-SHA256-PAYLOAD", self.signature, EMPTY, sha256_hex(content))
            head += f";chunk-signature={self.signature}"
        return head.encode() + b"\r\n" + content + (b"\r\n" if content else b"")

    def trailer(self, name: str, value: str) -> bytes:
        lines = f"{name}:{value}\r\n"
        if self.payload.startswith("STREAMING-AWS4"):
            signature = self.sign("AWS4-HMAC-SHA256-TRAILER", self.signature,
                                  sha256_hex(f"{name}:{value}\n".encode()))
            lines += f"x-amz-trailer-signature:{signature}\r\n"
        return lines.encode()

    def send(self, body: bytes):
        named = {"Host": self.headers["host"]} | {n: v for n, v in self.headers.items() if n != "host"}
        return Raw(self.server, None).send("PUT", self.target, named | {"Content-Length": str(len(body))}, body)


SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
SIGNED_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
PIECES = [data.blob(65536, 1), data.blob(65536, 2), data.blob(1000, 3)]
WHOLE = b"".join(PIECES)


def body_of(stream: Streamed, pieces, trailer=None) -> bytes:
    body = b"".join(stream.chunk(piece) for piece in pieces) + stream.chunk(b"")
    if trailer:
        body += stream.trailer(*trailer)
    return body + b"\r\n"


def test_signed_chunks(server, bucket, s3):
    stream = Streamed(server, bucket, "a b", SIGNED, len(WHOLE))
    reply = stream.send(body_of(stream, PIECES))
    assert reply.status == 200, (reply.status, reply.body)
    got = s3.get(bucket, "a b")
    assert got.body == WHOLE and got.headers["content-length"] == str(len(WHOLE))
    assert "content-encoding" not in got.headers


def test_signed_chunks_of_nothing(server, bucket, s3):
    stream = Streamed(server, bucket, "key", SIGNED, 0)
    assert stream.send(body_of(stream, [])).status == 200
    assert s3.get(bucket, "key").body == b""


def test_signed_chunks_with_a_trailer(server, bucket, s3):
    stream = Streamed(server, bucket, "key", SIGNED_TRAILER, len(WHOLE), "x-amz-checksum-crc32")
    reply = stream.send(body_of(stream, PIECES, ("x-amz-checksum-crc32", crc32(WHOLE))))
    assert reply.status == 200, (reply.status, reply.body)
    assert s3.get(bucket, "key").body == WHOLE
    asked = s3.request("HEAD", bucket, "key", headers={"x-amz-checksum-mode": "ENABLED"})
    assert asked.headers["x-amz-checksum-crc32"] == crc32(WHOLE)


@pytest.mark.parametrize("name, value", [("x-amz-checksum-crc32", crc32(WHOLE)),
                                         ("x-amz-checksum-sha256", sha256(WHOLE))])
def test_unsigned_chunks_with_a_trailer(server, bucket, s3, name, value):
    stream = Streamed(server, bucket, "key", UNSIGNED_TRAILER, len(WHOLE), name)
    reply = stream.send(body_of(stream, PIECES, (name, value)))
    assert reply.status == 200, (reply.status, reply.body)
    assert s3.get(bucket, "key").body == WHOLE


@pytest.mark.parametrize("payload, trailer", [
    (SIGNED, None), (SIGNED_TRAILER, ("x-amz-checksum-crc32", crc32(WHOLE))),
    (UNSIGNED_TRAILER, ("x-amz-checksum-crc32", crc32(WHOLE)))], ids=["signed", "signed-trailer", "unsigned-trailer"])
@pytest.mark.parametrize("fault", ["changed", "shorter", "longer", "no-last-chunk", "no-trailer", "wrong-trailer",
                                   "bad-size", "huge-size", "bad-signature", "no-line-end"])
def test_refuses_what_is_wrong_and_stores_nothing(server, bucket, s3, payload, trailer, fault):
    pieces = list(PIECES)
    length = len(WHOLE) + {"shorter": 1, "longer": -1}.get(fault, 0)
    if fault in ("no-trailer", "wrong-trailer") and not trailer:
        pytest.skip("this form has no trailer")
    if fault in ("bad-signature",) and payload == UNSIGNED_TRAILER:
        pytest.skip("this form has no chunk signatures")
    stream = Streamed(server, bucket, "key", payload, length, trailer and trailer[0])
    if fault == "wrong-trailer":
        trailer = (trailer[0], crc32(b"other"))
    body = body_of(stream, pieces, None if fault == "no-trailer" else trailer)
    if fault == "changed":
        at = len(body) // 2
        body = body[:at] + bytes([body[at] ^ 1]) + body[at + 1:]
    elif fault == "no-last-chunk":
        stream = Streamed(server, bucket, "key", payload, length, trailer and trailer[0])
        body = b"".join(stream.chunk(piece) for piece in pieces)
    elif fault == "bad-size":
        body = b"zz" + body[body.index(b";" if b";" in body[:80] else b"\r\n"):]
    elif fault == "huge-size":
        body = b"f" * 40 + body[body.index(b";" if b";" in body[:80] else b"\r\n"):]
    elif fault == "bad-signature":
        at = body.index(b"chunk-signature=") + 20
        body = body[:at] + (b"0" if body[at:at + 1] != b"0" else b"1") + body[at + 1:]
    elif fault == "no-line-end":
        head = body.index(b"\r\n")
        body = body[:head + 2 + len(pieces[0])] + b"xx" + body[head + 2 + len(pieces[0]) + 2:]
    reply = stream.send(body)
    assert reply.status in (400, 403), (reply.status, reply.body)
    assert reply.code, reply.body
    assert not s3.exists(bucket, "key")


ALGORITHMS = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_javascript_sdk_s_checksums(server, bucket, s3, algorithm):
    client = AwsSdkJsClient(server)
    content = data.blob(70_000)
    put = client.call("put_object", Bucket=bucket, Key="key", Body=content, ChecksumAlgorithm=algorithm)
    assert put["Checksum" + algorithm]
    got = client.call("get_object", Bucket=bucket, Key="key", ChecksumMode="ENABLED")
    assert got["Body"].read() == content
    assert got["Checksum" + algorithm] == put["Checksum" + algorithm]


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_boto3_s_checksums(server, bucket, algorithm):
    client = Boto3Client(server)
    content = data.blob(70_000)
    put = client.call("put_object", Bucket=bucket, Key="key", Body=content, ChecksumAlgorithm=algorithm)
    got = client.call("get_object", Bucket=bucket, Key="key", ChecksumMode="ENABLED")
    assert got["Body"].read() == content
    assert got["Checksum" + algorithm] == put["Checksum" + algorithm]


def test_boto3_checksums_of_parts(server, bucket):
    client = Boto3Client(server)
    parts = [data.blob(5 * data.MIB), b"the last"]
    begun = client.call("create_multipart_upload", Bucket=bucket, Key="key", ChecksumAlgorithm="SHA256")
    done = []
    for number, part in enumerate(parts, 1):
        sent = client.call("upload_part", Bucket=bucket, Key="key", UploadId=begun["UploadId"], PartNumber=number,
                           Body=part, ChecksumAlgorithm="SHA256")
        assert sent["ChecksumSHA256"] == sha256(part)
        done.append({"PartNumber": number, "ETag": sent["ETag"], "ChecksumSHA256": sent["ChecksumSHA256"]})
    finished = client.call("complete_multipart_upload", Bucket=bucket, Key="key", UploadId=begun["UploadId"],
                           MultipartUpload={"Parts": done})
    composite = base64.b64encode(hashlib.sha256(b"".join(hashlib.sha256(p).digest() for p in parts)).digest()).decode()
    assert finished["ChecksumSHA256"] == f"{composite}-2" and finished["ChecksumType"] == "COMPOSITE"
    assert client.call("get_object", Bucket=bucket, Key="key")["Body"].read() == b"".join(parts)


@pytest.mark.parametrize("name, value", [
    ("crc32", crc32(b"other")), ("sha256", sha256(b"other")), ("crc32", "AAAA"), ("sha1", "not base64!"),
    ("crc64nvme", "AAAAAAAAAAA="), ("crc32c", "AAAAAA=="),
])
def test_refuses_the_wrong_checksum_in_a_header(s3, bucket, name, value):
    reply = s3.request("PUT", bucket, "key", body=b"content", headers={f"x-amz-checksum-{name}": value})
    assert reply.status == 400 and reply.code in ("BadDigest", "InvalidRequest", "XAmzContentChecksumMismatch"), (
        reply.status, reply.body)
    assert not s3.exists(bucket, "key")


def test_a_stream_of_the_javascript_sdk_with_an_encoding_of_its_own(server, bucket, s3):
    client = AwsSdkJsClient(server)
    client.put_stream(bucket, "key", [b"one ", b"two"], headers={"content-encoding": "gzip"})
    got = s3.get(bucket, "key")
    assert (got.body, got.headers["content-encoding"]) == (b"one two", "gzip")


def test_delete_objects_needs_a_checksum_or_none(s3, bucket):
    """The JavaScript SDK sends a CRC32 in place of Content-MD5; a wrong one deletes nothing."""
    s3.put(bucket, "key", b"content")
    body = b"<Delete><Object><Key>key</Key></Object></Delete>"
    reply = s3.request("POST", bucket, query={"delete": ""}, headers={"x-amz-checksum-crc32": crc32(b"other")},
                       body=body)
    assert reply.status == 400, (reply.status, reply.body)
    assert s3.exists(bucket, "key")
    reply = s3.request("POST", bucket, query={"delete": ""}, headers={"x-amz-checksum-crc32": crc32(body)}, body=body)
    assert reply.texts("Deleted/Key") == ["key"]
