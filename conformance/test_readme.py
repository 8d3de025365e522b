"""Every example of the README, and those of docs/clients-models.md, run as they are printed, by a person who has just
typed the `eval` line."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from harness.models import CHAT_MODEL, FILES, data_folder_with
from harness.server import REPOSITORY, Server, binary

# The clients' examples need both small models: `make run` brings the one, a line of the README the other.
needs_models = pytest.mark.skipif(not all(file.exists() for file in FILES.values()),
                                  reason="the small models were not fetched")
# Prepares a terminal as the README says, then runs what follows.
TERMINAL = 'eval "$("$LAKESIDE" env --port "$PORT")" && exec "$@"'


def example(language: str, mark: str, page: str = "README.md") -> str:
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", (REPOSITORY / page).read_text(), re.M | re.S)
    found = [text for kind, text in blocks if kind == language and mark in text]
    assert len(found) == 1, f"{page} has {len(found)} {language} blocks with {mark!r}"
    return found[0]


@pytest.fixture(scope="module")
def terminal(tmp_path_factory):
    """Runs a command in a terminal that `lakeside env` has set up, and gives its output."""
    home = tmp_path_factory.mktemp("home")
    data_folder_with(home / "share" / "lakeside", *(name for name in [CHAT_MODEL] if FILES[name].exists()))
    folders = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "XDG_DATA_HOME": str(home / "share")}
    started = Server(environment=folders).start()

    def run(*command: str) -> str:
        environment = os.environ | folders | {
            "LAKESIDE": str(binary()), "PORT": str(started.port),
            "NODE_PATH": str(REPOSITORY / "conformance" / "node_modules")}
        done = subprocess.run(["bash", "-c", TERMINAL, "bash", *command], env=environment, capture_output=True,
                              text=True, timeout=120, cwd=REPOSITORY)
        assert done.returncode == 0, done.stderr
        return done.stdout

    yield run
    started.stop()


@pytest.fixture(scope="module")
def with_vectors(terminal):
    """The terminal, after the README's line that brings a model for them."""
    line = example("sh", "fetch-model minilm").replace("build/release/lakeside", str(binary()))
    terminal("bash", "-ec", line)
    return terminal


def test_ali_oss(terminal):
    assert terminal("node", "-e", example("js", "ali-oss")) == "hello from ali-oss\n"


def test_oss2(terminal):
    assert terminal(sys.executable, "-c", example("python", "from-oss2")) == "hello from oss2\nhello.txt 15\n"


def test_boto3(terminal):
    assert terminal(sys.executable, "-c", example("python", "boto3")) == "hello from boto3\nhello.txt 16\n"


def test_a_colleague(terminal):
    key = ast.literal_eval(terminal(sys.executable, "-c", example("python", "read-shared")))
    line = example("sh", "policy simulate").replace("build/release/lakeside", str(binary()))
    assert "verdict: denied: no statement of a policy" in terminal("bash", "-ec", line)
    assert "verdict: allowed" in terminal("bash", "-ec", line.replace("PutObject", "GetObject"))
    script = """if 1:
        import os, sys, oss2
        root = oss2.Auth(os.environ['OSS_ACCESS_KEY_ID'], os.environ['OSS_ACCESS_KEY_SECRET'])
        made = oss2.Bucket(root, os.environ['OSS_ENDPOINT'], 'photos')
        made.create_bucket()
        made.put_object('shared/k', 'content')
        bucket = oss2.Bucket(oss2.Auth(*sys.argv[1:]), os.environ['OSS_ENDPOINT'], 'photos')
        print(bucket.get_object('shared/k').read().decode(), [o.key for o in bucket.list_objects('shared/').object_list])
        try:
            bucket.put_object('shared/new', 'x')
        except oss2.exceptions.AccessDenied as error:
            print('AccessDeniedDetail' in error.body.decode())"""
    said = terminal(sys.executable, "-c", script, key["AccessKeyId"], key["AccessKeySecret"])
    assert said == "content ['shared/k']\nTrue\n"


@needs_models
def test_openai(terminal):
    said = terminal(sys.executable, "-c", example("python", "for piece in client.chat"))
    assert said.count("Paris") == 2


@needs_models
def test_openai_with_schemas(terminal):
    lines = terminal(sys.executable, "-c", example("python", "call.function.arguments"))
    assert lines.startswith("weather {") and lines.count('"city"') == lines.count('"days"') == 2


@needs_models
def test_dashscope(terminal):
    said = terminal(sys.executable, "-c", example("python", "Generation"))
    assert said.count("Paris") >= 2 and "'weather'" in said and said.count('"city"') == 2


@needs_models
def test_a_batch_from_a_bucket(terminal):
    name, answers = terminal(sys.executable, "-c", example("python", "batches.create")).split(" ", 1)
    assert re.fullmatch(r"answers/batch_\w+_output\.jsonl", name)
    assert [json.loads(line)["custom_id"] for line in answers.strip().splitlines()] == ["Hangzhou", "Paris"]


@needs_models
def test_vectors(with_vectors):
    alike, other = re.findall(r"-?\d\.\d+", with_vectors(sys.executable, "-c", example("python", "not alike")))
    assert float(alike) > 0.5 > float(other)
    assert with_vectors(sys.executable, "-c", example("python", "TextEmbedding")) == "384 dimensions\n"


@needs_models
@pytest.mark.parametrize("mark", ["new OpenAI()", "createQwen"])
def test_javascript_of_models(terminal, mark):
    assert "Paris" in terminal("node", "-e", example("js", mark, "docs/clients-models.md"))


@needs_models
def test_the_ai_sdk_of_today(terminal):
    code = example("js", "createOpenAICompatible", "docs/clients-models.md") + """
        require('ai-6').generateText({ model: lakeside('smollm2-135m-instruct'), temperature: 0,
          system: 'You are a helpful assistant.', prompt: 'What is the capital of France?',
        }).then((reply) => console.log(reply.text));"""
    assert "Paris" in terminal("node", "-e", code)


@needs_models
def test_langchain(with_vectors):
    said = with_vectors(sys.executable, "-c", example("python", "langchain", "docs/clients-models.md"))
    assert "Paris" in said and "384 dimensions" in said


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
