"""Every example of the README, run as it is printed, by a person who has just typed its `eval` line."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from harness.server import REPOSITORY, Server, binary

BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", (REPOSITORY / "README.md").read_text(), re.M | re.S)
MODEL = REPOSITORY / "build" / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf"
needs_model = pytest.mark.skipif(not MODEL.exists(), reason="the small model was not fetched")
# Prepares a terminal as the README says, then runs what follows.
TERMINAL = 'eval "$("$LAKESIDE" env --port "$PORT")" && exec "$@"'


def example(language: str, mark: str) -> str:
    found = [text for kind, text in BLOCKS if kind == language and mark in text]
    assert len(found) == 1, f"the README has {len(found)} {language} blocks with {mark!r}"
    return found[0]


@pytest.fixture(scope="module")
def terminal(tmp_path_factory):
    """Runs a command in a terminal that `lakeside env` has set up, and gives its output."""
    home = tmp_path_factory.mktemp("home")
    models = home / "data" / "models"
    models.mkdir(parents=True)
    if MODEL.exists():  # `make run` imports it
        (models / "smollm2-135m-instruct.gguf").symlink_to(MODEL)
    started = Server("--data", str(home / "data"), environment={"XDG_RUNTIME_DIR": str(home)}).start()

    def run(*command: str) -> str:
        environment = os.environ | {
            "LAKESIDE": str(binary()), "PORT": str(started.port), "HOME": str(home), "XDG_RUNTIME_DIR": str(home),
            "NODE_PATH": str(REPOSITORY / "conformance" / "node_modules")}
        done = subprocess.run(["bash", "-c", TERMINAL, "bash", *command], env=environment, capture_output=True,
                              text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    yield run
    started.stop()


def test_ali_oss(terminal):
    assert terminal("node", "-e", example("js", "ali-oss")) == "hello from ali-oss\n"


def test_oss2(terminal):
    assert terminal(sys.executable, "-c", example("python", "oss2")) == "hello from oss2\nhello.txt 15\n"


def test_boto3(terminal):
    assert terminal(sys.executable, "-c", example("python", "boto3")) == "hello from boto3\nhello.txt 16\n"


@needs_model
def test_openai(terminal):
    assert "Paris" in terminal(sys.executable, "-c", example("python", "OpenAI"))


@needs_model
def test_dashscope(terminal):
    assert "Paris" in terminal(sys.executable, "-c", example("python", "dashscope"))


@pytest.mark.skipif(not shutil.which("rclone"), reason="rclone is not installed")
def test_rclone(terminal):
    assert "hello from rclone\n" in terminal("bash", "-ec", example("sh", "rclone"))


def test_the_settings_file_is_understood(tmp_path):
    # The addresses and certificates of the example are not here: the complaint must be about those alone.
    file = tmp_path / "lakeside.toml"
    file.write_text(example("toml", "listen").replace("/var/lib/lakeside", str(tmp_path / "data")))
    done = subprocess.run([str(binary()), "serve", "--config", str(file), "--listen", "127.0.0.1:0"],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "cert" in done.stderr, done.stderr
