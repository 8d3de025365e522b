"""Kills the server at random moments while real clients write, and finds everything that was acknowledged.

LAKESIDE_KILLS says how many times (100), LAKESIDE_SEED repeats a run. A write that was not acknowledged may have
happened or not, but never in part.
"""

import dataclasses
import hashlib
import http.client
import os
import random
import threading
import time

import botocore.exceptions
import oss2.exceptions
import pytest
import requests.exceptions

from clients.base import Answer, ServiceError
from clients.boto3_client import Boto3Client
from clients.oss2_client import OssClientV4
from harness import data
from harness.raw import Raw
from harness.server import Server

KILLS = int(os.environ.get("LAKESIDE_KILLS", "100"))
SEED = int(os.environ.get("LAKESIDE_SEED", random.SystemRandom().randrange(1 << 32)))
BUCKET = "killed"
ABSENT = None

# What clients say when the server goes away under them.
CUT = (OSError, http.client.HTTPException, requests.exceptions.RequestException, oss2.exceptions.RequestError,
       botocore.exceptions.HTTPClientError,
       botocore.exceptions.ConnectionError, botocore.exceptions.ResponseStreamingError)

_random_bytes = random.Random(SEED).randbytes(8 * data.MIB)


def fresh(rng: random.Random, size: int) -> bytes:
    """Bytes that no other write has, cheaply: a slice of random ones behind a random head."""
    at = rng.randrange(len(_random_bytes) - size)
    head = rng.randbytes(min(size, 16))
    return head + _random_bytes[at:at + size - len(head)]


def digest(content: bytes) -> tuple[int, str]:
    return len(content), hashlib.md5(content).hexdigest()


class RawClient:
    """Plain signed requests: less work for the client, more for the server."""

    min_part = data.MIN_PART["oss"]

    def __init__(self, server):
        self.raw = Raw(server, "v1")

    def check(self, reply, *statuses):
        if reply.status not in statuses:
            raise ServiceError(reply.status, reply.code, reply.body.decode(errors="replace"))
        return reply

    def put_object(self, bucket, key, content):
        self.check(self.raw.request("PUT", bucket, key, body=content), 200)

    def delete_object(self, bucket, key):
        self.check(self.raw.request("DELETE", bucket, key), 204)

    def delete_objects(self, bucket, keys):
        listed = "".join(f"<Object><Key>{key}</Key></Object>" for key in keys)
        body = f"<Delete><Quiet>true</Quiet>{listed}</Delete>".encode()
        self.check(self.raw.request("POST", bucket, query={"delete": ""}, body=body,
                                    headers={"content-md5": data.md5_base64(body)}), 200)

    def copy_object(self, source_bucket, source_key, bucket, key):
        self.check(self.raw.request("PUT", bucket, key,
                                    headers={"x-oss-copy-source": f"/{source_bucket}/{source_key}"}), 200)

    def append_object(self, bucket, key, position, content):
        self.check(self.raw.request("POST", bucket, key, query={"append": "", "position": str(position)},
                                    body=content), 200)

    def initiate_multipart_upload(self, bucket, key):
        return self.check(self.raw.request("POST", bucket, key, query={"uploads": ""}), 200).text("UploadId")

    def upload_part(self, bucket, key, upload_id, number, content):
        reply = self.check(self.raw.request("PUT", bucket, key, body=content,
                                            query={"partNumber": str(number), "uploadId": upload_id}), 200)
        return Answer(etag=reply.headers["etag"].strip('"'))

    def complete_multipart_upload(self, bucket, key, upload_id, parts):
        self.check(self.raw.complete(bucket, key, upload_id, parts), 200)

    def abort_multipart_upload(self, bucket, key, upload_id):
        self.check(self.raw.request("DELETE", bucket, key, query={"uploadId": upload_id}), 204)


@dataclasses.dataclass
class Upload:
    key: str
    # What a part may be: more than one where its writer was cut off.
    parts: dict[int, list[bytes]] = dataclasses.field(default_factory=dict)
    # Where completing or aborting it was cut off: "completed", "aborted".
    perhaps: str = ""


class Worker(threading.Thread):
    """One client and the keys that it alone writes."""

    def __init__(self, number: int, client, rng: random.Random, known: "Known", acknowledged):
        super().__init__(name=f"worker-{number}")
        self.client = client
        self.rng = rng
        self.known = known
        self.acknowledged = acknowledged
        self.failure: BaseException | None = None
        self.ended = threading.Event()

    def run(self):
        try:
            while not self.ended.is_set():
                self.one()
                self.acknowledged(1)
        except CUT as error:
            if not self.ended.wait(10):
                self.failure = error  # the connection broke and nobody had killed the server
        except Exception as error:  # noqa: BLE001  (any refusal of what was asked rightly, any wrong answer)
            self.failure = error
        finally:
            self.acknowledged(0)

    def one(self):
        rng, known = self.rng, self.known
        kind = rng.choices(["small", "middle", "large", "delete", "delete-many", "copy", "append", "part", "complete",
                            "abort"], [30, 8, 4, 8, 3, 6, 14, 14, 6, 1])[0]
        key = rng.choice(known.keys)
        if kind in ("small", "middle", "large"):
            size = {"small": rng.randrange(0, 8192), "middle": rng.randrange(60_000, 300_000),
                    "large": rng.randrange(1_000_000, 3_000_000)}[kind]
            content = fresh(rng, size)
            with known.changing(key, digest(content)):
                self.client.put_object(BUCKET, key, content)
        elif kind == "delete":
            with known.changing(key, ABSENT):
                self.client.delete_object(BUCKET, key)
        elif kind == "delete-many":
            keys = rng.sample(known.keys, 3)
            with known.changing(keys[0], ABSENT), known.changing(keys[1], ABSENT), known.changing(keys[2], ABSENT):
                self.client.delete_objects(BUCKET, keys)
        elif kind == "copy":
            present = [k for k in known.keys if k != key and known.objects[k] != [ABSENT]]
            if present:
                source = rng.choice(present)
                with known.changing(key, *known.objects[source]):
                    self.client.copy_object(BUCKET, source, BUCKET, key)
        elif kind == "append":
            if hasattr(self.client, "append_object"):
                self.append()
        elif kind == "part":
            self.part()
        elif kind == "complete":
            self.complete()
        elif kind == "abort":
            self.abort()

    def append(self):
        known, key = self.known, self.known.log
        if len(known.log_content) > 3_000_000:
            with known.changing(key, ABSENT):
                self.client.delete_object(BUCKET, key)
            known.log_content = b""
        content = fresh(self.rng, self.rng.choice([10, 1000, 100_000]) + self.rng.randrange(1000))
        whole = known.log_content + content
        with known.changing(key, digest(whole)):
            self.client.append_object(BUCKET, key, len(known.log_content), content)
        known.log_content = whole

    def part(self):
        known, rng = self.known, self.rng
        if len(known.uploads) < 3:
            key = rng.choice(known.keys)
            upload_id = self.client.initiate_multipart_upload(BUCKET, key)
            known.uploads[upload_id] = Upload(key)
            return
        upload_id = rng.choice(sorted(known.uploads))
        upload = known.uploads[upload_id]
        # Parts that are not the last are large in S3, so that worker sends few of them.
        number = 5 if self.client.min_part > data.MIB and rng.random() < 0.8 else rng.randrange(1, 6)
        size = rng.randrange(1, 200_000) if number == 5 else self.client.min_part + rng.randrange(10_000)
        content = fresh(rng, size)
        before = upload.parts.get(number, [])
        upload.parts[number] = [*before, content] if before else [b"", content]
        known.touched.add(upload_id)
        answer = self.client.upload_part(BUCKET, upload.key, upload_id, number, content)
        upload.parts[number] = [content]
        assert answer.etag.lower() == hashlib.md5(content).hexdigest()

    def complete(self):
        known, rng = self.known, self.rng
        ready = [u for u in sorted(known.uploads) if known.uploads[u].parts]
        if not ready:
            return
        upload_id = rng.choice(ready)
        upload = known.uploads[upload_id]
        parts = sorted(upload.parts.items())
        assert all(len(contents) == 1 for _, contents in parts)
        listed = [(number, '"' + hashlib.md5(contents[0]).hexdigest() + '"') for number, contents in parts]
        whole = b"".join(contents[0] for _, contents in parts)
        upload.perhaps = "completed"
        known.touched.add(upload_id)
        with known.changing(upload.key, digest(whole)):
            self.client.complete_multipart_upload(BUCKET, upload.key, upload_id, listed)
        del known.uploads[upload_id]
        known.gone[upload_id] = upload.key

    def abort(self):
        known = self.known
        if not known.uploads:
            return
        upload_id = self.rng.choice(sorted(known.uploads))
        upload = known.uploads[upload_id]
        upload.perhaps = "aborted"
        known.touched.add(upload_id)
        self.client.abort_multipart_upload(BUCKET, upload.key, upload_id)
        del known.uploads[upload_id]
        known.gone[upload_id] = upload.key


class Known:
    """What one worker knows of its keys: every state that each may be in."""

    def __init__(self, number: int):
        self.keys = [f"worker-{number}/key-{letter}" for letter in "abcdefghij"]
        self.log = f"worker-{number}/log"
        self.log_content = b""
        self.objects: dict[str, list] = {key: [ABSENT] for key in [*self.keys, self.log]}
        self.uploads: dict[str, Upload] = {}
        self.gone: dict[str, str] = {}
        self.touched: set[str] = set()

    def changing(self, key, *states):
        """Within it the key may be as before or as told; after it, only as told."""
        known = self

        class Change:
            def __enter__(self):
                known.touched.add(key)
                self.before = known.objects[key]
                known.objects[key] = [*self.before, *states]

            def __exit__(self, kind, error, trace):
                if kind is None:
                    known.objects[key] = list(states)
        return Change()

    def verify(self, oss: Raw, everything: bool) -> int:
        """Compares the store with what is known, and settles what was open."""
        checked = 0
        listed = {}
        marker = ""
        prefix = self.log.rpartition("/")[0] + "/"
        page = oss.request("GET", BUCKET, query={"prefix": prefix, "marker": marker, "max-keys": "1000"})
        for entry in page.xml.findall("Contents"):
            listed[entry.findtext("Key")] = int(entry.findtext("Size"))
        for key, states in self.objects.items():
            if not everything and key not in self.touched:
                sizes = [state and state[0] for state in states]
                assert listed.get(key) in sizes, f"{key} is listed with {listed.get(key)}, expected one of {sizes}"
                continue
            reply = oss.get(BUCKET, key)
            checked += 1
            assert reply.status in (200, 404), (key, reply.status, reply.body[:300])
            state = digest(reply.body) if reply.status == 200 else ABSENT
            assert state in states, f"{key} is {state}, expected one of {states}"
            if state is not ABSENT:
                crc = reply.headers["x-oss-hash-crc64ecma"]
                assert crc == str(data.crc64(reply.body)), f"{key}: the CRC is not that of the bytes"
            assert listed.get(key) == (state and state[0]), f"{key} is listed with {listed.get(key)}, read as {state}"
            self.objects[key] = [state]
            if key == self.log:
                self.log_content = reply.body if reply.status == 200 else b""
        checked += self.verify_uploads(oss, everything)
        self.touched.clear()
        return checked

    def verify_uploads(self, oss: Raw, everything: bool) -> int:
        checked = 0
        for upload_id, upload in list(self.uploads.items()):
            if not everything and upload_id not in self.touched:
                continue
            checked += 1
            reply = oss.request("GET", BUCKET, upload.key, query={"uploadId": upload_id})
            if reply.status == 404:
                assert upload.perhaps, f"the upload {upload_id} of {upload.key} is lost"
                if upload.perhaps == "completed":
                    whole = b"".join(contents[0] for _, contents in sorted(upload.parts.items()))
                    assert self.objects[upload.key] == [digest(whole)], \
                        f"the upload {upload_id} is gone and {upload.key} is not what it completes to"
                del self.uploads[upload_id]
                continue
            if upload.perhaps == "completed":
                whole = b"".join(contents[0] for _, contents in sorted(upload.parts.items()))
                assert self.objects[upload.key] != [digest(whole)], \
                    f"{upload.key} is completed and its upload {upload_id} is still there"
            upload.perhaps = ""
            found = {int(part.findtext("PartNumber")): part.findtext("ETag").strip('"').lower()
                     for part in reply.xml.findall("Part")}
            for number, contents in list(upload.parts.items()):
                # An empty content stands for a part that may not be there.
                possible = {hashlib.md5(c).hexdigest() if c else None: c for c in contents}
                assert found.get(number) in possible, f"part {number} of {upload_id} is {found.get(number)}"
                content = possible[found.get(number)]
                if content:
                    upload.parts[number] = [content]
                else:
                    del upload.parts[number]
            assert set(found) == set(upload.parts), f"{upload_id} has parts {set(found)}, expected {set(upload.parts)}"
        for upload_id, key in list(self.gone.items())[-3:]:
            assert oss.request("GET", BUCKET, key, query={"uploadId": upload_id}).is_error(404, "NoSuchUpload"), \
                f"the finished upload {upload_id} has come back"
        return checked


def test_nothing_acknowledged_is_lost(tmp_path):
    print(f"LAKESIDE_SEED={SEED} LAKESIDE_KILLS={KILLS}")
    rng = random.Random(SEED)
    makers = [Boto3Client, OssClientV4, RawClient, RawClient]
    knowns = [Known(number) for number in range(len(makers))]
    total = checked = 0
    server = Server("--data", str(tmp_path / "data")).start()
    Raw(server).make_bucket(BUCKET)
    try:
        for kill in range(KILLS):
            count = 0
            enough = rng.choice([1, 3, 10, 30, 60, 100])
            changed = threading.Condition()

            def acknowledged(number):
                nonlocal count
                with changed:
                    count += number
                    if count >= enough or not number:
                        changed.notify()

            workers = [Worker(number, maker(server), random.Random(rng.getrandbits(64)), knowns[number], acknowledged)
                       for number, maker in enumerate(makers)]
            for worker in workers:
                worker.start()
            with changed:
                reached = changed.wait_for(lambda: count >= enough or any(w.failure for w in workers), 60)
            time.sleep(rng.random() * 0.01)  # the moment of the kill, not a wait for anything
            server.kill()
            for worker in workers:
                worker.ended.set()
            for worker in workers:
                worker.join(60)
                assert not worker.is_alive(), "a worker hangs though the server is gone"
                assert worker.failure is None, f"kill {kill}: {worker.name} was refused: {worker.failure}"
            assert reached, f"kill {kill}: fewer than {enough} writes in a minute"
            total += count
            server = Server("--data", str(tmp_path / "data")).start()
            oss = Raw(server)
            for known in knowns:
                checked += known.verify(oss, everything=kill % 10 == 9 or kill == KILLS - 1)
    except AssertionError as error:
        pytest.fail(f"LAKESIDE_SEED={SEED}, after {total} acknowledged writes: {error}\n{server.output()[-3000:]}")
    finally:
        server.kill()
    print(f"{KILLS} kills, {total} acknowledged writes, {checked} objects and uploads compared")


def test_a_bucket_s_end_survives(tmp_path):
    """Making and removing buckets, with a kill after each acknowledgement."""
    server = Server("--data", str(tmp_path / "data")).start()
    try:
        for round_ in range(3):
            oss = Raw(server)
            oss.make_bucket("comes-and-goes", "public-read")
            server.kill()
            server = Server("--data", str(tmp_path / "data")).start()
            oss = Raw(server)
            assert oss.request("GET", "comes-and-goes", query={"acl": ""}).text(
                "AccessControlList/Grant") == "public-read"
            assert oss.request("DELETE", "comes-and-goes").status == 204
            server.kill()
            server = Server("--data", str(tmp_path / "data")).start()
            assert Raw(server).request("GET").texts("Buckets/Bucket/Name") == []
    finally:
        server.kill()
