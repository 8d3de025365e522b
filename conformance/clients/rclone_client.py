"""Debian's rclone, through its S3 backend in path style."""

import json
import os
import re
import subprocess
import tempfile

from clients.base import Adapter, Answer, Entry, Listing, ServiceError
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION

_REFUSED = re.compile(r"(\w+): ([^:\n]*)\s+status code: (\d+)")


class RcloneClient(Adapter):
    name = "rclone"
    client = "rclone"
    dialect = "s3"
    features = frozenset({"delimiter"})

    def __init__(self, server, identity=(ACCESS_KEY_ID, ACCESS_KEY_SECRET), region=REGION):
        self.folder = tempfile.TemporaryDirectory(prefix="lakeside-rclone-")
        # rclone 1.60 fails with "unsupported transport" where AWS_CA_BUNDLE is set, so nothing of AWS_ goes in.
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "RCLONE_"))} | {
            "RCLONE_CONFIG": os.path.join(self.folder.name, "rclone.conf"),
            "RCLONE_CONFIG_LAKE_TYPE": "s3", "RCLONE_CONFIG_LAKE_PROVIDER": "Other",
            "RCLONE_CONFIG_LAKE_ENDPOINT": server.url, "RCLONE_CONFIG_LAKE_REGION": region,
            "RCLONE_CONFIG_LAKE_LOCATION_CONSTRAINT": region,
            "RCLONE_CONFIG_LAKE_ACCESS_KEY_ID": identity[0], "RCLONE_CONFIG_LAKE_SECRET_ACCESS_KEY": identity[1],
            "RCLONE_CONFIG_LAKE_CHUNK_SIZE": "5Mi", "RCLONE_CONFIG_LAKE_UPLOAD_CUTOFF": "5Mi",
            "RCLONE_RETRIES": "1", "RCLONE_LOW_LEVEL_RETRIES": "1", "HOME": self.folder.name}

    def close(self):
        self.folder.cleanup()

    def run(self, *arguments: str, data: bytes = b"") -> bytes:
        done = subprocess.run(["rclone", *arguments], input=data, capture_output=True, env=self.environment)
        if done.returncode == 0:
            return done.stdout
        errors = done.stderr.decode(errors="replace")
        refused = _REFUSED.search(errors)
        if refused:
            raise ServiceError(int(refused[3]), refused[1], refused[2])
        if re.search("directory not found|object not found|doesn't exist", errors):
            raise ServiceError(404, None, errors)
        raise RuntimeError(f"rclone {arguments} ended with {done.returncode}: {errors}")

    def create_bucket(self, bucket):
        self.run("mkdir", f"lake:{bucket}")

    def delete_bucket(self, bucket):
        self.run("rmdir", f"lake:{bucket}")

    def list_buckets(self):
        return Listing([Entry(found["Name"]) for found in json.loads(self.run("lsjson", "lake:"))], [])

    def put_object(self, bucket, key, data, headers=None, meta=None):
        assert not headers and not meta
        self.run("rcat", f"lake:{bucket}/{key}", data=data)
        return Answer()

    def get_object(self, bucket, key):
        return Answer(data=self.run("cat", f"lake:{bucket}/{key}"))

    def delete_object(self, bucket, key):
        self.run("deletefile", f"lake:{bucket}/{key}")

    def copy_object(self, source_bucket, source_key, bucket, key):
        self.run("copyto", f"lake:{source_bucket}/{source_key}", f"lake:{bucket}/{key}")
        return Answer()

    def list_objects(self, bucket, prefix="", delimiter=""):
        found = json.loads(self.run("lsjson", f"lake:{bucket}/{prefix}", *([] if delimiter else ["-R", "--files-only"])))
        return Listing([Entry(prefix + f["Path"], f["Size"]) for f in found if not f["IsDir"]],
                       [prefix + f["Path"] + "/" for f in found if f["IsDir"]])

    def upload_file(self, bucket, key, path, part_size):
        self.run("copyto", str(path), f"lake:{bucket}/{key}")

    def download_file(self, bucket, key, path, part_size):
        self.run("copyto", f"lake:{bucket}/{key}", str(path))

    def sync_up(self, folder, bucket, prefix):
        self.run("sync", str(folder), f"lake:{bucket}/{prefix}")

    def sync_down(self, bucket, prefix, folder):
        self.run("sync", f"lake:{bucket}/{prefix}", str(folder))

    def check(self, folder, bucket, prefix):
        """rclone compares the local files' MD5 with the ETags and the sums it stored."""
        self.run("check", str(folder), f"lake:{bucket}/{prefix}", "--one-way")

    def presign(self, method, bucket, key, expires=600, params=None, headers=None):
        assert method == "GET" and not params and not headers
        return self.run("link", "--expire", f"{expires}s", f"lake:{bucket}/{key}").decode().strip()


ADAPTERS = [RcloneClient]
