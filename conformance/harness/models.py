"""A server with models, the fake one or the small real ones, and a key for it."""

import http.client
import json
import os
import pathlib
import subprocess
import tempfile
import time

from harness.server import BUILD, Server, binary

MODEL = "fake"
CHAT_MODEL = "smollm2-135m-instruct"
EMBEDDING_MODEL = "all-minilm-l6-v2"
RERANK_MODEL = "minilm-rerank"
# Where tools/fetch-model puts them.
FILES = {CHAT_MODEL: BUILD / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf",
         EMBEDDING_MODEL: BUILD / "models" / "minilm.gguf",
         RERANK_MODEL: BUILD / "models" / "minilm-rerank.gguf"}


def until(ask, holds, seconds: float = 60):
    """What `ask` answers once that holds: for work that goes on behind its request, as clients poll for it."""
    end = time.monotonic() + seconds
    while not holds(answer := ask()):
        assert time.monotonic() < end, f"still not after {seconds} s: {answer}"
        time.sleep(0.01)
    return answer


class ModelServer:
    """One server with the model "fake", whose replies src/serving/fake/fake_backend.h describes."""

    def __init__(self, *arguments: str):
        self.runtime = tempfile.TemporaryDirectory(prefix="lakeside-models-")
        self.server = Server(*(arguments or ("--ephemeral", "--fake-model")),
                             environment={"XDG_RUNTIME_DIR": self.runtime.name})

    def start(self) -> "ModelServer":
        self.server.start()
        self.url = self.server.url
        self.key_id, self.key = self.make_key("--name", "conformance")
        return self

    def restart(self) -> None:
        """Kills the server and starts it again on the same data, where it has its keys."""
        self.server.kill()
        self.server.start()
        self.url = self.server.url

    def stop(self) -> int:
        status = self.server.stop()
        self.runtime.cleanup()
        return status

    def keys(self, *arguments: str) -> str:
        environment = dict(os.environ, XDG_RUNTIME_DIR=self.runtime.name)
        return subprocess.run([binary(), "keys", *arguments], capture_output=True, text=True, check=True,
                              env=environment).stdout

    def make_key(self, *arguments: str) -> tuple[str, str]:
        """Its id, and its text."""
        key_id, secret = self.keys("create", *arguments).split()
        return key_id, secret

    def send(self, method: str, path: str, body=None, headers: dict | None = None):
        """A plain request with the key: for what no client sends. `body`: bytes, or what becomes JSON."""
        connection = http.client.HTTPConnection(self.server.host, self.server.port, timeout=60)
        try:
            if body is not None and not isinstance(body, bytes):
                body = json.dumps(body).encode()
            connection.request(method, path, body, {"Authorization": f"Bearer {self.key}"} | (headers or {}))
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        finally:
            connection.close()


def has_fake_model() -> bool:
    """Whether the server to test can serve the fake model."""
    path = pathlib.Path(binary())
    if not path.exists():
        return False
    return "--fake-model" in subprocess.run([path, "serve", "--help"], capture_output=True, text=True,
                                            check=False).stdout


def data_folder_with(folder: pathlib.Path, *names: str) -> pathlib.Path:
    """The folder as a data folder that has these models, without a copy of them."""
    (folder / "models").mkdir(parents=True)
    for name in names:
        (folder / "models" / f"{name}.gguf").symlink_to(FILES[name])
    return folder
