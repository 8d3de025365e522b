"""Debian's s3cmd, in path style."""

import os
import pathlib
import re
import subprocess
import tempfile

from clients.base import Adapter, Answer, Entry, Listing, Part, Parts, ServiceError, Uploads
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION

_REFUSED = re.compile(r"S3 error: (?:(\d+) \((\w+)\)(?:: (.*))?|(.*))")


class S3CmdClient(Adapter):
    name = "s3cmd"
    client = "s3cmd"
    dialect = "s3"
    features = frozenset({"delimiter", "headers", "meta", "multi-delete-missing"})

    def __init__(self, server, identity=(ACCESS_KEY_ID, ACCESS_KEY_SECRET), region=REGION):
        self.folder = tempfile.TemporaryDirectory(prefix="lakeside-s3cmd-")
        self.path = pathlib.Path(self.folder.name)
        self.path.joinpath("s3cfg").write_text("\n".join([
            "[default]", f"access_key = {identity[0]}", f"secret_key = {identity[1]}",
            f"host_base = {server.host}:{server.port}", f"host_bucket = {server.host}:{server.port}",
            f"bucket_location = {region}", "use_https = False", "signature_v2 = False", "progress_meter = False",
            "multipart_chunk_size_mb = 5", "max_retries = 1", "guess_mime_type = False",
            "default_mime_type = binary/octet-stream", ""]))

    def close(self):
        self.folder.cleanup()

    def run(self, *arguments: str) -> str:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")} | {"HOME": self.folder.name}
        done = subprocess.run(["/usr/bin/s3cmd", "-c", str(self.path / "s3cfg"), *arguments], capture_output=True,
                              env=environment, stdin=subprocess.DEVNULL)
        output, errors = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        if done.returncode == 0:
            return output
        refused = _REFUSED.search(errors)
        if refused and refused[1]:
            raise ServiceError(int(refused[1]), refused[2], refused[3] or "")
        if re.search("does not exist|404|[Nn]ot found", errors):
            raise ServiceError(404, None, errors)
        if "403" in errors:
            raise ServiceError(403, None, errors)
        if "409" in errors or "not empty" in errors or "already exist" in errors:
            raise ServiceError(409, None, errors)
        raise RuntimeError(f"s3cmd {arguments} ended with {done.returncode}: {errors}")

    def file(self, data: bytes) -> str:
        path = self.path / "body"
        path.write_bytes(data)
        return str(path)

    def create_bucket(self, bucket):
        self.run("mb", f"s3://{bucket}")

    def delete_bucket(self, bucket):
        self.run("rb", f"s3://{bucket}")

    def list_buckets(self):
        return Listing([Entry(line.rpartition("s3://")[2]) for line in self.run("ls").splitlines()], [])

    def get_bucket_location(self, bucket):
        return re.search(r"Location:\s+(\S+)", self.run("info", f"s3://{bucket}"))[1]

    def put_object(self, bucket, key, data, headers=None, meta=None):
        added = [f"--add-header={name}:{value}" for name, value in (headers or {}).items() if name != "content-type"]
        added += [f"--add-header=x-amz-meta-{name}:{value}" for name, value in (meta or {}).items()]
        if "content-type" in (headers or {}):
            added.append(f"--mime-type={headers['content-type']}")
        self.run("put", self.file(data), f"s3://{bucket}/{key}", *added)
        return Answer()

    def get_object(self, bucket, key):
        path = self.path / "got"
        self.run("get", "--force", f"s3://{bucket}/{key}", str(path))
        return Answer(data=path.read_bytes())

    def head_object(self, bucket, key):
        shown = self.run("info", f"s3://{bucket}/{key}")
        headers = {}
        for name, header in (("MIME type", "content-type"), ("File size", "content-length")):
            found = re.search(rf"^\s+{name}:\s+(.*)$", shown, re.MULTILINE)
            if found:
                headers[header] = found[1].strip()
        meta = dict(re.findall(r"^\s+x-amz-meta-([^:]+):\s+(.*)$", shown, re.MULTILINE))
        md5 = re.search(r"MD5 sum:\s+(\S+)", shown)
        return Answer(headers, etag=md5[1] if md5 else "", meta=meta)

    def delete_object(self, bucket, key):
        self.run("del", f"s3://{bucket}/{key}")

    def delete_objects(self, bucket, keys):
        output = self.run("del", *[f"s3://{bucket}/{key}" for key in keys])
        return re.findall(rf"delete: 's3://{re.escape(bucket)}/(.*)'", output)

    def copy_object(self, source_bucket, source_key, bucket, key):
        self.run("cp", f"s3://{source_bucket}/{source_key}", f"s3://{bucket}/{key}")
        return Answer()

    def put_bucket_acl(self, bucket, acl):
        self.run("setacl", {"public-read": "--acl-public", "private": "--acl-private"}[acl], f"s3://{bucket}")

    def list_objects(self, bucket, prefix="", delimiter=""):
        output = self.run("ls", *([] if delimiter else ["--recursive"]), f"s3://{bucket}/{prefix}")
        entries, prefixes = [], []
        for line in output.splitlines():
            key = line.partition(f"s3://{bucket}/")[2]
            if re.match(r"\s+DIR\s", line):
                prefixes.append(key)
            else:
                entries.append(Entry(key, int(line.split()[2])))
        return Listing(entries, prefixes)

    def list_multipart_uploads(self, bucket):
        lines = [line.split("\t") for line in self.run("multipart", f"s3://{bucket}").splitlines()]
        return Uploads([(fields[1].removeprefix(f"s3://{bucket}/"), fields[2])
                        for fields in lines if len(fields) == 3 and fields[1].startswith("s3://")], [])

    def list_parts(self, bucket, key, upload_id):
        lines = self.run("listmp", f"s3://{bucket}/{key}", upload_id).splitlines()
        return Parts([Part(int(fields[1]), fields[2].strip('"'), int(fields[3]))
                      for fields in (line.split("\t") for line in lines) if len(fields) == 4 and fields[1].isdigit()])

    def abort_multipart_upload(self, bucket, key, upload_id):
        self.run("abortmp", f"s3://{bucket}/{key}", upload_id)

    def upload_file(self, bucket, key, path, part_size):
        self.run("put", str(path), f"s3://{bucket}/{key}")

    def download_file(self, bucket, key, path, part_size):
        self.run("get", "--force", f"s3://{bucket}/{key}", str(path))

    def sync_up(self, folder, bucket, prefix):
        self.run("sync", f"{folder}/", f"s3://{bucket}/{prefix}")

    def sync_down(self, bucket, prefix, folder):
        self.run("sync", f"s3://{bucket}/{prefix}", f"{folder}/")


ADAPTERS = [S3CmdClient]
