"""Models from buckets, and what is said of models: `lakeside models import oss://…`, `--model oss://…`, states, pins."""

import http.client
import json
import os
import subprocess

import pytest

from harness.hub import gguf
from harness.raw import Raw
from harness.server import Server, binary

MODEL = gguf(9_000_000)


class Cloud:
    def __init__(self, folder):
        self.folder = folder
        self.data = folder / "data"
        self.server = None

    def start(self, *arguments: str) -> "Cloud":
        self.server = Server("--data", str(self.data), *arguments, environment={"XDG_RUNTIME_DIR": str(self.folder)})
        self.server.start()
        self.oss = Raw(self.server, "v1")
        return self

    def models(self, *arguments: str):
        return subprocess.run([binary(), "models", *arguments], capture_output=True, text=True, check=False, timeout=60,
                              env=dict(os.environ, XDG_RUNTIME_DIR=str(self.folder)))

    def health(self) -> dict:
        status, body = self.server.ask("GET", "/_lakeside/health?verbose")
        assert status == 200
        return {model["name"]: model for model in json.loads(body)["models"]}

    def await_state(self, name: str, *states: str) -> dict:
        """Asks until the model is in one of them; what comes and goes is seen by the server's own watch."""
        for _ in range(20_000):
            found = self.health().get(name, {})
            if found.get("state") in states:
                return found
        raise AssertionError(f"{name} is {found}")

    def file(self, name: str) -> bytes:
        return (self.data / "models" / f"{name}.gguf").read_bytes()


@pytest.fixture
def cloud(tmp_path):
    started = Cloud(tmp_path)
    yield started
    started.server.kill()


def test_a_model_comes_from_a_bucket(cloud):
    cloud.start().oss.make_bucket("models")
    cloud.oss.put("models", "some/Tiny model-Q8_0.gguf", MODEL)
    done = cloud.models("import", "oss://models/some/Tiny model-Q8_0.gguf", "--as", "tiny")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "tiny\n" and "8.6 MiB" in done.stderr
    assert cloud.file("tiny") == MODEL
    assert cloud.await_state("tiny", "unloaded")["bytes"] == len(MODEL)
    assert {path.name for path in (cloud.data / "models").iterdir()} == {"tiny.gguf", "tiny.origin.json"}


@pytest.mark.parametrize("source, name, said", [
    ("oss://models/none.gguf", "x", "no object"), ("oss://nobucket/x.gguf", "x", "no bucket"),
    ("oss://models/text.gguf", "x", "no model"), ("oss://models/text.bin", "x", "oss://bucket"),
    ("oss://models/text.gguf", "../x", "name")])
def test_what_cannot_be_imported_is_explained(cloud, source, name, said):
    cloud.start().oss.make_bucket("models")
    cloud.oss.put("models", "text.gguf", b"not a model at all")
    done = cloud.models("import", source, "--as", name)
    assert done.returncode == 1 and said in done.stderr, done.stderr
    folder = cloud.data / "models"
    assert not folder.exists() or not list(folder.iterdir())


def test_only_the_root_key_imports(cloud):
    cloud.start()
    status, _ = cloud.server.ask("POST", "/_lakeside/models")
    assert status == 403


def test_a_model_of_the_settings_comes_at_start(cloud):
    cloud.start().oss.make_bucket("models")
    cloud.oss.put("models", "a.gguf", MODEL)
    assert cloud.server.stop() == 0
    settings = ["--model", "oss://models/a.gguf", "--model", "oss://models/none.gguf"]
    cloud.start(*settings)
    failed = cloud.await_state("none", "broken")
    assert "no object" in failed["problem"]
    cloud.await_state("a", "unloaded")
    assert cloud.file("a") == MODEL
    listed = cloud.models("list", "--data", str(cloud.data)).stdout
    assert "unloaded" in listed and "no object" in listed
    assert "no object" in cloud.server.output()

    changed = gguf(5_000_000, 7)
    cloud.oss.put("models", "a.gguf", changed)
    cloud.oss.put("models", "none.gguf", MODEL)
    assert cloud.server.stop() == 0
    cloud.start(*settings)
    cloud.await_state("none", "unloaded")  # it is the second of the two
    assert cloud.file("a") == changed

    before = (cloud.data / "models" / "a.gguf").stat().st_ino
    assert cloud.server.stop() == 0
    cloud.start(*settings)
    assert cloud.server.stop() == 0
    assert (cloud.data / "models" / "a.gguf").stat().st_ino == before, "what has not changed is not copied again"


def test_pins_hold(cloud):
    cloud.start().oss.make_bucket("models")
    cloud.oss.put("models", "a.gguf", MODEL)
    assert cloud.models("import", "oss://models/a.gguf").returncode == 0
    assert cloud.models("pin", "a", "--data", str(cloud.data)).returncode == 0
    assert cloud.server.stop() == 0
    cloud.start()
    assert cloud.await_state("a", "unloaded")["pinned"]
    assert "pinned" in cloud.models("list", "--data", str(cloud.data)).stdout
    assert cloud.models("unpin", "a", "--data", str(cloud.data)).returncode == 0
    assert cloud.models("pin", "none", "--data", str(cloud.data)).returncode == 1
    assert cloud.server.stop() == 0
    cloud.start()
    assert not cloud.await_state("a", "unloaded")["pinned"]


def test_health_says_more_when_asked(models):
    status, body = models.server.ask("GET", "/_lakeside/health")
    assert (status, body) == (200, b"ok\n")
    connection = http.client.HTTPConnection(models.server.host, models.server.port, timeout=60)
    connection.request("GET", "/_lakeside/health", headers={"Accept": "application/json"})
    response = connection.getresponse()
    document = json.loads(response.read())
    assert response.getheader("Content-Type") == "application/json" and document["status"] == "ok"
    fake = next(model for model in document["models"] if model["name"] == "fake")
    assert fake["state"] in ("unloaded", "loading", "loaded")


def test_states_are_metrics_and_listed(models):
    models.send("POST", "/v1/chat/completions", {"model": "fake", "messages": [{"role": "user", "content": "say x"}]})
    _, metrics = models.server.ask("GET", "/_lakeside/metrics")
    assert b'lakeside_model_state{model="fake",state="loaded"} 1' in metrics
    assert b'lakeside_model_state{model="fake",state="loading"} 0' in metrics
    _, _, listed = models.send("GET", "/v1/models")
    assert {"id": "fake", "status": {"value": "loaded"}}.items() <= {
        key: value for model in json.loads(listed)["data"] if model["id"] == "fake" for key, value in model.items()
    }.items()
