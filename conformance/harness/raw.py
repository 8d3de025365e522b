"""Plain HTTP requests, signed by the signers of the real SDKs.

For what no client can be made to send: another Host, a broken body, a header that its SDK would not let through.
"""

import dataclasses
import hashlib
import hmac
import http.client
import socket
import urllib.parse
import xml.etree.ElementTree as ElementTree

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import oss2
import oss2.http

from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION

SIGNATURES = ("v1", "v2", "v4", "sigv4")


@dataclasses.dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def xml(self) -> ElementTree.Element:
        """The body as XML, its namespaces removed."""
        root = ElementTree.fromstring(self.body)
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]
        return root

    def text(self, path: str) -> str | None:
        return self.xml.findtext(path)

    def texts(self, path: str) -> list[str]:
        return [element.text or "" for element in self.xml.findall(path)]

    @property
    def code(self) -> str | None:
        return self.text("Code") if self.body.lstrip().startswith(b"<") else None

    @property
    def etag(self) -> str:
        return self.headers.get("etag", "").strip('"')

    def is_error(self, status: int, code: str) -> bool:
        return self.status == status and self.code == code


def quote(text: str) -> str:
    return urllib.parse.quote(text, safe="/~-._", encoding="utf-8", errors="surrogateescape")


def query_string(query: dict | None) -> str:
    if not query:
        return ""
    pairs = []
    for name, value in query.items():
        name = urllib.parse.quote(name, safe="-._~")
        pairs.append(name if value in (None, "") else f"{name}={urllib.parse.quote(str(value), safe='-._~')}")
    return "?" + "&".join(pairs)


def path_of(bucket: str | None, key: str | None) -> str:
    return "/" + (bucket or "") + ("/" + quote(key) if key is not None else "")


def _sign_oss(signing, method, host, path, bucket, key, query, headers, identity, region):
    auths = {"v1": oss2.Auth, "v2": oss2.AuthV2, "v4": oss2.AuthV4}
    request = oss2.http.Request(method, f"http://{host}{path}", params=dict(query or {}), headers=headers,
                                region=region, product="oss")
    del request.headers["Accept-Encoding"], request.headers["User-Agent"]
    for name, value in request.params.items():
        if value is None:
            request.params[name] = ""
    auths[signing](*identity)._sign_request(request, bucket or "", key or "")
    return dict(request.headers)


def _sign_aws(host, method, path, query, headers, body, identity, region):
    request = botocore.awsrequest.AWSRequest(
        method, f"http://{host}{path}", headers=headers | {"host": host}, data=body or b"",
        params={name: "" if value is None else str(value) for name, value in (query or {}).items()})
    prepared_credentials = botocore.credentials.Credentials(*identity)
    botocore.auth.S3SigV4Auth(prepared_credentials, "s3", region).add_auth(request)
    return {name.lower(): value for name, value in request.headers.items() if name.lower() != "host"}


class Raw:
    """Requests of one signature version (v1, v2, v4 for OSS; sigv4 for S3; None for anonymous)."""

    def __init__(self, server, signing: str | None = "v1", identity=(ACCESS_KEY_ID, ACCESS_KEY_SECRET),
                 region: str = REGION):
        self.server = server
        self.signing = signing
        self.identity = identity
        self.region = region
        self.dialect = "s3" if signing == "sigv4" else "oss"

    @property
    def prefix(self) -> str:
        return "x-amz-" if self.dialect == "s3" else "x-oss-"

    def headers_for(self, method, bucket=None, key=None, query=None, headers=None, body=b"", host=None,
                    path=None) -> tuple[str, dict]:
        """The request target, and the headers with their signature."""
        host = host or f"{self.server.host}:{self.server.port}"
        path = path if path is not None else path_of(bucket, key)
        headers = {name.lower(): value for name, value in (headers or {}).items()}
        if self.signing == "sigv4":
            headers = _sign_aws(host, method, path, query, headers, body, self.identity, self.region)
        elif self.signing:
            headers = _sign_oss(self.signing, method, host, path, bucket, key, query, headers, self.identity,
                                self.region)
        return path + query_string(query), {"Host": host} | headers

    def request(self, method, bucket=None, key=None, query=None, headers=None, body=b"", host=None,
                path=None) -> Reply:
        target, signed = self.headers_for(method, bucket, key, query, headers, body, host, path)
        return self.send(method, target, signed, body)

    def send(self, method: str, target: str, headers: dict, body: bytes = b"") -> Reply:
        connection = http.client.HTTPConnection(self.server.host, self.server.port, timeout=60)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            names = {name.lower() for name in headers}
            for name, value in headers.items():
                connection.putheader(name, value.encode() if isinstance(value, str) else value)
            if "content-length" not in names and "transfer-encoding" not in names:
                if body or method in ("PUT", "POST"):
                    connection.putheader("Content-Length", str(len(body)))
            connection.endheaders()
            if body:
                try:
                    connection.send(body)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # the server has refused the request already: its answer is what counts
            response = connection.getresponse()
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    # The few operations that many tests prepare their buckets with.

    def make_bucket(self, bucket: str, acl: str | None = None) -> None:
        reply = self.request("PUT", bucket, headers={self.prefix + "acl": acl} if acl else {})
        assert reply.status == 200, (reply.status, reply.body)

    def put(self, bucket: str, key: str, data: bytes = b"", **headers) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        reply = self.request("PUT", bucket, key, headers=named, body=data)
        assert reply.status == 200, (reply.status, reply.body)
        return reply

    def get(self, bucket: str, key: str, **headers) -> Reply:
        return self.request("GET", bucket, key, headers={n.replace("_", "-"): v for n, v in headers.items()})

    def head(self, bucket: str, key: str) -> Reply:
        return self.request("HEAD", bucket, key)

    def exists(self, bucket: str, key: str) -> bool:
        status = self.head(bucket, key).status
        assert status in (200, 404), status
        return status == 200

    def initiate(self, bucket: str, key: str, headers: dict | None = None) -> str:
        reply = self.request("POST", bucket, key, query={"uploads": ""}, headers=headers)
        assert reply.status == 200, (reply.status, reply.body)
        return reply.text("UploadId")

    def upload_part(self, bucket: str, key: str, upload_id: str, number: int, data: bytes) -> str:
        reply = self.request("PUT", bucket, key, query={"partNumber": str(number), "uploadId": upload_id}, body=data)
        assert reply.status == 200, (reply.status, reply.body)
        return reply.headers["etag"]

    def complete(self, bucket: str, key: str, upload_id: str, parts: list[tuple[int, str]]) -> Reply:
        return self.request("POST", bucket, key, query={"uploadId": upload_id}, body=complete_xml(parts))


def complete_xml(parts: list[tuple[int, str]]) -> bytes:
    listed = "".join(f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>" for number, etag in parts)
    return f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()


def talk(server, data: bytes, timeout: float = 20) -> bytes:
    """Sends bytes as they are, closes the sending side, and answers all that comes back."""
    with socket.create_connection((server.host, server.port), timeout=timeout) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError, OSError):
            pass
        received = b""
        while True:
            try:
                piece = connection.recv(65536)
            except ConnectionResetError:
                return received
            if not piece:
                return received
            received += piece


def hmac_sha256(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
