"""`lakeside keys`, as a person types it: made, listed, revoked, and only with the root key."""

import os
import subprocess

import pytest

from harness.server import Server, binary


@pytest.fixture
def keys(tmp_path):
    """Runs `lakeside keys …` as a user who has one server."""
    server = Server("--ephemeral", environment={"XDG_RUNTIME_DIR": str(tmp_path)}).start()

    def run(*arguments):
        return subprocess.run([binary(), "keys", *arguments], capture_output=True, text=True, check=False,
                              env=dict(os.environ, XDG_RUNTIME_DIR=str(tmp_path)))

    run.server = server
    yield run
    server.kill()


def test_a_key_is_made_shown_once_and_revoked(keys):
    made = keys("create", "--name", "alice", "--weight", "3", "--tokens-per-minute", "1000")
    assert made.returncode == 0, made.stderr
    key_id, secret = made.stdout.split()
    assert key_id.startswith("key-") and secret.startswith("sk-")
    listed = keys("list").stdout
    line = next(line for line in listed.splitlines() if line.startswith(key_id))
    assert "alice" in line and "weight 3" in line and "1000 tokens/min" in line
    assert secret not in listed
    assert secret not in keys.server.output(), "a secret stands in the log"
    assert keys("revoke", key_id).returncode == 0
    assert key_id not in keys("list").stdout


def test_mistakes_are_explained(keys):
    wrong = keys("create", "--weight", "heavy")
    assert wrong.returncode == 1 and "weight" in wrong.stderr
    unknown = keys("revoke", "key-0")
    assert unknown.returncode == 1 and "no such key" in unknown.stderr


def test_nobody_else_makes_keys(keys):
    for method in ("POST", "GET", "DELETE"):
        status, _ = keys.server.ask(method, "/_lakeside/keys")
        assert status == 403
