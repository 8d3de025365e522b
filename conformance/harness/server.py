"""Starts a Lakeside server for the tests, and stops it."""

import http.client
import os
import pathlib
import selectors
import signal
import subprocess
import tempfile
import urllib.parse

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BUILD = REPOSITORY / "build"

ACCESS_KEY_ID = "LTAI5tConformanceRoot"
ACCESS_KEY_SECRET = "c0nf0rmance/Secret+Of=TheRootAccount"
REGION = "cn-hangzhou"


def binary() -> pathlib.Path:
    """The server to test: LAKESIDE_BIN, or the release build."""
    return (REPOSITORY / os.environ.get("LAKESIDE_BIN", "build/release/lakeside")).resolve()


class NotReady(Exception):
    """The server ended, or took too long, before it said that it was ready."""


class _Asked:
    """The server's own pages."""

    def ask(self, method: str, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        try:
            connection.request(method, path)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def reset(self) -> None:
        status, body = self.ask("POST", "/_lakeside/reset")
        assert status in (200, 204), f"reset answered {status}: {body[:300]!r}"


class Server(_Asked):
    """One running server.

    It starts in the constructor's caller by `start`, and is ready when `start` returns: readiness is the line that
    the server writes to --ready-fd, so nothing here polls or sleeps.
    """

    def __init__(self, *arguments: str, environment: dict | None = None, listen: str = "127.0.0.1:0"):
        self.arguments = list(arguments)
        self.listen = listen
        self.environment = environment or {}
        self.process: subprocess.Popen | None = None
        self.url = ""
        self.log = tempfile.NamedTemporaryFile(prefix="lakeside-", suffix=".log", mode="w+b")

    def start(self, timeout: float = 60) -> "Server":
        environment = {k: v for k, v in os.environ.items() if not k.startswith("LAKESIDE_")}
        environment |= {"LAKESIDE_ACCESS_KEY_ID": ACCESS_KEY_ID, "LAKESIDE_ACCESS_KEY_SECRET": ACCESS_KEY_SECRET}
        environment |= self.environment
        reading, writing = os.pipe()
        try:
            self.process = subprocess.Popen(
                [str(binary()), "serve", "--listen", self.listen, "--ready-fd", str(writing), *self.arguments],
                stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT, pass_fds=[writing],
                env=environment)
        finally:
            os.close(writing)
        said = b""
        with os.fdopen(reading, "rb", buffering=0) as pipe, selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while not said.endswith(b"\n"):
                if not selector.select(timeout):
                    self.kill()
                    raise NotReady(f"not ready after {timeout} s; its output:\n{self.output()}")
                piece = pipe.read(4096)
                if not piece:
                    self.kill()
                    raise NotReady(f"ended before it was ready; its output:\n{self.output()}")
                said += piece
        self.url = said.decode().split()[0].rstrip("/")
        return self

    @property
    def host(self) -> str:
        return urllib.parse.urlsplit(self.url).hostname

    @property
    def port(self) -> int:
        return urllib.parse.urlsplit(self.url).port

    def output(self) -> str:
        with open(self.log.name, "rb") as log:
            return log.read().decode(errors="replace")[-20000:]

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, timeout: float = 60) -> int:
        """Asks the server to stop, as an operator would, and answers its exit status."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """Ends the server at once: nothing it had not written is kept."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


class External(_Asked):
    """A server that somebody else started: LAKESIDE_ENDPOINT says where."""

    def __init__(self, url: str):
        self.url = url.rstrip("/")
        self.host = urllib.parse.urlsplit(url).hostname
        self.port = urllib.parse.urlsplit(url).port

    def running(self) -> bool:
        return True

    def output(self) -> str:
        return ""

    def stop(self) -> int:
        return 0
