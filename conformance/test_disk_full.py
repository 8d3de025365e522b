"""A disk that is full: writes answer an error, reads go on, nothing acknowledged is lost, and writing resumes."""

import os
import pathlib
import subprocess
import time

import pytest

from harness import data
from harness.raw import Raw
from harness.server import Server

SIZE = 128 * data.MIB
# What returns later: more than the database's log holds, which it must write out before it goes on.
BALLAST = 80 * data.MIB
BUCKET = "full"


@pytest.fixture
def small_disk(tmp_path):
    """A tmpfs of a fixed size, for which one must be root and be allowed to mount."""
    if os.geteuid() != 0:
        pytest.skip("not root, so no small disk can be mounted")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", disk], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"mounting is not permitted: {mounted.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def assert_refused_for_space(reply, dialect):
    assert reply.status >= 500, (reply.status, reply.body[:300])
    assert reply.xml.tag == "Error" and reply.text("Code") and reply.text("RequestId")
    assert ("x-oss-request-id" if dialect == "oss" else "x-amz-request-id") in reply.headers


def fill(raw: Raw, prefix: str, size: int, stored: dict[str, bytes]):
    """Puts objects until one is refused."""
    for number in range(20_000):
        key, content = f"{prefix}-{number}", data.blob(size, number % 20)
        reply = raw.request("PUT", BUCKET, key, body=content)
        if reply.status != 200:
            return reply
        stored[key] = content
    pytest.fail("the disk never became full")


def assert_all_there(raw: Raw, stored: dict[str, bytes]):
    for key, content in stored.items():
        got = raw.get(BUCKET, key)
        assert (got.status, got.body) == (200, content), (key, got.status)


def put_within(raw: Raw, key: str, content: bytes, seconds: float):
    """Puts as soon as the server takes it again."""
    deadline = time.monotonic() + seconds
    while True:
        reply = raw.request("PUT", BUCKET, key, body=content)
        if reply.status == 200 or time.monotonic() > deadline:
            return reply
        time.sleep(0.1)


@pytest.mark.parametrize("size", [1 * data.MIB, 20 * data.KIB], ids=["blobs", "inline"])
@pytest.mark.parametrize("signing", ["v4", "sigv4"], ids=["oss", "s3"])
def test_a_full_disk(small_disk, size, signing):
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(BALLAST))
    folder = small_disk / "data"
    server = Server("--data", str(folder)).start()
    try:
        raw = Raw(server, signing)
        raw.make_bucket(BUCKET)
        stored: dict[str, bytes] = {}
        assert_refused_for_space(fill(raw, "object", size, stored), raw.dialect)
        assert stored
        for number in range(20):  # refusals do not make it worse
            reply = raw.request("PUT", BUCKET, f"refused-{number}", body=data.blob(size))
            if reply.status == 200:
                stored[f"refused-{number}"] = data.blob(size)
            else:
                assert_refused_for_space(reply, raw.dialect)
        before = dict(list(stored.items())[:3])
        for key in before:  # an overwrite that fails leaves the old object
            content = data.blob(size, 99)
            if raw.request("PUT", BUCKET, key, body=content).status == 200:
                stored[key] = content
        assert server.running(), server.output()
        assert_all_there(raw, stored)
        assert set(stored) <= set(list_all(raw))

        ballast.unlink()
        reply = put_within(raw, "after", data.blob(size, 7), 30)
        assert reply.status == 200, (reply.status, reply.body, server.output()[-2000:])
        stored["after"] = data.blob(size, 7)
        assert raw.request("DELETE", BUCKET, "after").status == 204
        del stored["after"]
        assert_all_there(raw, stored)

        server.kill()
        server = Server("--data", str(folder)).start()
        raw = Raw(server, signing)
        assert_all_there(raw, stored)
        assert sorted(list_all(raw)) == sorted(stored), "what was refused is not stored"
        assert put_within(raw, "after restart", b"content", 10).status == 200
    finally:
        server.kill()


def list_all(raw: Raw) -> list[str]:
    keys, marker = [], ""
    while True:
        page = raw.request("GET", BUCKET, query={"marker": marker, "max-keys": "1000"})
        found = page.texts("Contents/Key")
        keys += found
        if page.text("IsTruncated") != "true":
            return keys
        marker = page.text("NextMarker") or found[-1]


def test_a_start_on_a_full_disk(small_disk, tmp_path):
    """It says what is wrong, or it serves reads; it does not hang or crash."""
    folder = small_disk / "data"
    server = Server("--data", str(folder)).start()
    raw = Raw(server)
    raw.make_bucket(BUCKET)
    raw.put(BUCKET, "key", b"content")
    assert server.stop() == 0
    with open(small_disk / "ballast", "wb") as ballast:
        try:
            while True:
                ballast.write(bytes(65536))
                ballast.flush()
        except OSError:
            pass
    full = Server("--data", str(folder))
    try:
        full.start(timeout=30)
    except Exception as error:
        assert "space" in str(error).lower(), error
        assert full.process.returncode not in (-6, -11), full.output()
    else:
        assert Raw(full).get(BUCKET, "key").body == b"content"
        full.kill()
    pathlib.Path(small_disk / "ballast").unlink()
    server = Server("--data", str(folder)).start()
    try:
        assert Raw(server).get(BUCKET, "key").body == b"content"
        assert Raw(server).request("PUT", BUCKET, "new", body=b"x").status == 200
    finally:
        server.kill()
