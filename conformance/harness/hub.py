"""A stand-in for a hub of models: Hugging Face's and ModelScope's answers, as far as pulling needs them.

The files are given by another address (`cdn`), to which the hub redirects, as both real ones do.
"""

import hashlib
import http.server
import json
import socket
import socketserver
import ssl
import struct
import threading
import urllib.parse


def gguf(size: int = 0, seed: int = 1) -> bytes:
    """A model as small as one can be, made larger with what no tensor covers."""
    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value)) + value.encode()

    head = b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("general.architecture") + struct.pack("<I", 8) + text("llama")
    head += bytes(-len(head) % 32)
    more = hashlib.shake_128(str(seed).encode()).digest(max(size - len(head), 0))
    return head + more


class Hub:
    """`files` of the model owner/repo. What goes wrong is said by the attributes, for all requests from then on."""

    def __init__(self, files: dict[str, bytes]):
        self.files = files
        self.token = None            # needed to see the model
        self.status = None           # of every answer
        self.headers = {}            # of refusals
        self.busy = []               # (status, headers) of the next answers, of both addresses; then they are as ever
        self.announced_size = None   # instead of the true one
        self.announced_sha256 = None
        self.cut_after = []          # bytes after which each download ends; then none does
        self.ranges = True           # whether the CDN knows them
        self.redirects = 1
        self.location = None         # instead of the CDN
        self.requests = []           # (host, path with query, headers)
        self._servers = [self._serve("hub"), self._serve("cdn")]
        self.url, self.cdn = (f"http://127.0.0.1:{server.server_port}" for server in self._servers)

    def use_tls(self, certificate: str, key: str):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        for server in self._servers:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        self.url, self.cdn = (url.replace("http:", "https:") for url in (self.url, self.cdn))

    def close(self):
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def _serve(self, role: str):
        hub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                hub.requests.append((role, self.path, dict(self.headers)))
                self.close_connection = True
                if hub.busy:
                    return hub._reply(self, *hub.busy.pop(0))
                (hub._answer if role == "hub" else hub._give)(self)

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return server

    def _reply(self, request, status: int, headers: dict, body: bytes = b"", cut: int | None = None):
        request.send_response(status)
        for name, value in ({"Content-Length": str(len(body)), "Connection": "close"} | headers).items():
            request.send_header(name, value)
        request.end_headers()
        try:
            request.wfile.write(body if cut is None else body[:cut])
        except (BrokenPipeError, ConnectionResetError):
            pass

    def _size(self, content: bytes) -> int:
        return len(content) if self.announced_size is None else self.announced_size

    def _sha256(self, content: bytes) -> str:
        return self.announced_sha256 or hashlib.sha256(content).hexdigest()

    def _answer(self, request):
        address = urllib.parse.urlsplit(request.path)
        if self.status:
            return self._reply(request, self.status, self.headers)
        if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
            return self._reply(request, 401, {})
        if address.path == "/api/models/owner/repo":
            siblings = [{"rfilename": name, "size": self._size(content),
                         "lfs": {"sha256": self._sha256(content), "size": self._size(content), "pointerSize": 135}}
                        for name, content in self.files.items()]
            return self._reply(request, 200, {"Content-Type": "application/json"},
                               json.dumps({"id": "owner/repo", "sha": "0" * 40, "siblings": siblings}).encode())
        if address.path == "/api/v1/models/owner/repo/repo/files":
            files = [{"Name": name.split("/")[-1], "Path": name, "Type": "blob", "Size": self._size(content),
                      "Sha256": self._sha256(content), "Revision": "0" * 40, "IsLFS": True}
                     for name, content in self.files.items()]
            return self._reply(request, 200, {"Content-Type": "application/json"},
                               json.dumps({"Code": 200, "Success": True, "Data": {"Files": files}}).encode())
        for prefix in ("/owner/repo/resolve/main/", "/models/owner/repo/resolve/master/"):
            name = urllib.parse.unquote(address.path.removeprefix(prefix))
            if address.path.startswith(prefix) and name in self.files:
                return self._redirect(request, prefix, name)
        return self._reply(request, 404, {}, b'{"error": "not found"}')

    def _redirect(self, request, prefix: str, name: str):
        headers = {"Location": self.location or f"{self.cdn}/blob?name={urllib.parse.quote(name, safe='')}&signed=a%2Fb"}
        if prefix.startswith("/owner"):  # only Hugging Face says more here
            content = self.files[name]
            headers |= {"X-Linked-Size": str(self._size(content)), "X-Linked-Etag": f'"{self._sha256(content)}"'}
        return self._reply(request, 302, headers)

    def _give(self, request):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(request.path).query)
        content = self.files[query["name"][0]]
        etag = f'"{hashlib.md5(content).hexdigest()}"'
        asked = request.headers.get("Range")
        cut = self.cut_after.pop(0) if self.cut_after else None
        if asked and self.ranges and request.headers.get("If-Range", etag) == etag:
            first = int(asked.removeprefix("bytes=").rstrip("-"))
            return self._reply(request, 206, {
                "ETag": etag, "Content-Range": f"bytes {first}-{len(content) - 1}/{len(content)}"}, content[first:], cut)
        return self._reply(request, 200, {"ETag": etag}, content, cut)


class Tunnel:
    """A proxy that knows CONNECT alone, and leads every name to one port of this machine."""

    def __init__(self, port: int):
        tunnel = self
        self.asked = []  # the heads of requests

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    head += self.request.recv(1)
                tunnel.asked.append(head.decode())
                with socket.create_connection(("127.0.0.1", port)) as there:
                    self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    back = threading.Thread(target=tunnel._pump, args=(there, self.request), daemon=True)
                    back.start()
                    tunnel._pump(self.request, there)
                    back.join()

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @staticmethod
    def _pump(source, target):
        try:
            while piece := source.recv(65536):
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self):
        self._server.shutdown()
        self._server.server_close()
