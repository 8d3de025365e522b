"""The AWS command line, version 1, through `aws s3api` and `aws s3`."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from clients.base import Adapter, Answer, Entry, Listing, Part, Parts, ServiceError, Uploads, clean, unquoted
from clients.boto3_client import PARAMETERS, canned
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION

_REFUSED = re.compile(r"An error occurred \((\S+?)\) when calling the (\w+) operation[^:]*: (.*)", re.DOTALL)
_SHOWN = {"ContentType": "content-type", "CacheControl": "cache-control", "ContentLength": "content-length",
          "ContentDisposition": "content-disposition", "ContentEncoding": "content-encoding",
          "ContentLanguage": "content-language", "Expires": "expires", "ContentRange": "content-range",
          "AcceptRanges": "accept-ranges", "LastModified": "last-modified"}


def flags(named: dict[str, object]) -> list[str]:
    """--if-match VALUE for IfMatch=VALUE."""
    listed = []
    for name, value in named.items():
        option = "--" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
        if value is True:
            listed.append(option)
        elif value not in (None, "", False):
            listed += [option, str(value)]
    return listed


class AwsCliClient(Adapter):
    name = "awscli"
    client = "awscli"
    dialect = "s3"
    features = frozenset({
        "headers", "meta", "range", "conditions", "overrides", "object-acl", "content-md5", "error-code",
        "bucket-acl", "copy-meta", "copy-conditions", "leading-slash", "delimiter", "parts-paging",
        "uploads-paging", "initiate-headers", "write-conditions", "start-after", "paging", "any-key",
        "empty-key-segments", "multi-delete-missing", "part-md5"})

    def __init__(self, server, identity=(ACCESS_KEY_ID, ACCESS_KEY_SECRET), region=REGION):
        self.folder = tempfile.TemporaryDirectory(prefix="lakeside-awscli-")
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")} | {
            "AWS_ACCESS_KEY_ID": identity[0], "AWS_SECRET_ACCESS_KEY": identity[1], "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1", "AWS_PAGER": "",
            "AWS_CONFIG_FILE": os.path.join(self.folder.name, "config"), "HOME": self.folder.name,
            "AWS_SHARED_CREDENTIALS_FILE": os.path.join(self.folder.name, "credentials")}
        self.endpoint = server.url
        self.bridge = subprocess.Popen([sys.executable, pathlib.Path(__file__).with_name("awscli_bridge.py")],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True)

    def close(self):
        self.bridge.stdin.close()
        self.bridge.wait()
        self.bridge.stdout.close()
        self.folder.cleanup()

    def run(self, *arguments: str) -> str:
        self.bridge.stdin.write(json.dumps(["--endpoint-url", self.endpoint, *map(str, arguments)]) + "\n")
        self.bridge.stdin.flush()
        answer = json.loads(self.bridge.stdout.readline())
        if answer["status"] == 0:
            return answer["output"]
        refused = _REFUSED.search(answer["errors"])
        if not refused:
            raise RuntimeError(f"aws {arguments} ended with {answer['status']}: {answer['errors']}")
        code = refused[1]
        raise ServiceError(int(code) if code.isdigit() else None, None if code.isdigit() else code,
                           refused[3].strip())

    def api(self, operation: str, **named) -> dict:
        output = self.run("s3api", operation, *flags(named))
        return json.loads(output) if output.strip() else {}

    def answer(self, shown: dict, data: bytes = b"") -> Answer:
        headers = clean({_SHOWN[name]: value for name, value in shown.items() if name in _SHOWN})
        return Answer(headers, data, unquoted(shown.get("ETag")), None, shown.get("Metadata") or {})

    def file(self, data: bytes) -> str:
        path = os.path.join(self.folder.name, "body")
        pathlib.Path(path).write_bytes(data)
        return path

    # Buckets

    def create_bucket(self, bucket, acl=None):
        self.api("create-bucket", Bucket=bucket, Acl=acl,
                 CreateBucketConfiguration=f"LocationConstraint={REGION}")

    def delete_bucket(self, bucket):
        self.api("delete-bucket", Bucket=bucket)

    def head_bucket(self, bucket):
        return self.api("head-bucket", Bucket=bucket)

    def list_buckets(self):
        return Listing([Entry(b["Name"]) for b in self.api("list-buckets").get("Buckets", [])], [])

    def get_bucket_location(self, bucket):
        return self.api("get-bucket-location", Bucket=bucket)["LocationConstraint"]

    def put_bucket_acl(self, bucket, acl):
        self.api("put-bucket-acl", Bucket=bucket, Acl=acl)

    def get_bucket_acl(self, bucket):
        return canned(self.api("get-bucket-acl", Bucket=bucket))

    def get_bucket_versioning(self, bucket):
        return self.api("get-bucket-versioning", Bucket=bucket).get("Status")

    # Objects

    @staticmethod
    def named(*mappings) -> dict:
        renamed = {"ContentMD5": "ContentMd5", "ACL": "Acl"}
        found = {PARAMETERS[name]: value for mapping in mappings for name, value in (mapping or {}).items()}
        return {renamed.get(name, name): value for name, value in found.items()}

    def put_object(self, bucket, key, data, headers=None, meta=None):
        return self.answer(self.api("put-object", Bucket=bucket, Key=key, Body=self.file(data),
                                    Metadata=json.dumps(meta) if meta else None, **self.named(headers)))

    def get_object(self, bucket, key, range=None, conditions=None, overrides=None):
        path = os.path.join(self.folder.name, "got")
        output = self.run("s3api", "get-object",
                          *flags({"Bucket": bucket, "Key": key, "Range": range} | self.named(conditions, overrides)),
                          path)
        return self.answer(json.loads(output), pathlib.Path(path).read_bytes())

    def head_object(self, bucket, key, conditions=None):
        return self.answer(self.api("head-object", Bucket=bucket, Key=key, **self.named(conditions)))

    def delete_object(self, bucket, key):
        self.api("delete-object", Bucket=bucket, Key=key)

    def delete_objects(self, bucket, keys):
        result = self.api("delete-objects", Bucket=bucket,
                          Delete=json.dumps({"Objects": [{"Key": key} for key in keys]}))
        assert not result.get("Errors"), result["Errors"]
        return [deleted["Key"] for deleted in result.get("Deleted", [])]

    def copy_object(self, source_bucket, source_key, bucket, key, headers=None, meta=None, replace=False,
                    conditions=None):
        named = self.named(headers)
        for name, value in self.named(conditions).items():
            named["CopySource" + name] = value
        if meta is not None:
            named["Metadata"] = json.dumps(meta)
        if replace:
            named["MetadataDirective"] = "REPLACE"
        result = self.api("copy-object", Bucket=bucket, Key=key, CopySource=f"{source_bucket}/{source_key}",
                          **named)
        return self.answer(result["CopyObjectResult"])

    def put_object_acl(self, bucket, key, acl):
        self.api("put-object-acl", Bucket=bucket, Key=key, Acl=acl)

    def get_object_acl(self, bucket, key):
        return canned(self.api("get-object-acl", Bucket=bucket, Key=key))

    def list_objects(self, bucket, prefix="", delimiter="", marker="", max_keys=1000):
        result = self.api("list-objects", Bucket=bucket, Prefix=prefix, Delimiter=delimiter, Marker=marker,
                          MaxKeys=max_keys, NoPaginate=True)
        return Listing([self.entry(o) for o in result.get("Contents", [])],
                       [p["Prefix"] for p in result.get("CommonPrefixes", [])], result.get("IsTruncated", False),
                       result.get("NextMarker"))

    def list_objects_v2(self, bucket, prefix="", delimiter="", start_after="", token=None, max_keys=1000,
                        fetch_owner=False):
        result = self.api("list-objects-v2", Bucket=bucket, Prefix=prefix, Delimiter=delimiter,
                          StartAfter=start_after, ContinuationToken=token, MaxKeys=max_keys, FetchOwner=fetch_owner,
                          NoPaginate=True)
        return Listing([self.entry(o) for o in result.get("Contents", [])],
                       [p["Prefix"] for p in result.get("CommonPrefixes", [])], result["IsTruncated"],
                       result.get("NextContinuationToken"), result["KeyCount"])

    def entry(self, found) -> Entry:
        return Entry(found["Key"], found["Size"], unquoted(found["ETag"]), found.get("StorageClass"))

    # Multipart

    def initiate_multipart_upload(self, bucket, key, headers=None, meta=None):
        return self.api("create-multipart-upload", Bucket=bucket, Key=key,
                        Metadata=json.dumps(meta) if meta else None, **self.named(headers))["UploadId"]

    def upload_part(self, bucket, key, upload_id, number, data, headers=None):
        return self.answer(self.api("upload-part", Bucket=bucket, Key=key, UploadId=upload_id, PartNumber=number,
                                    Body=self.file(data), **self.named(headers)))

    def upload_part_copy(self, source_bucket, source_key, bucket, key, upload_id, number, first=None, last=None):
        named = {} if first is None else {"CopySourceRange": f"bytes={first}-{last}"}
        result = self.api("upload-part-copy", Bucket=bucket, Key=key, UploadId=upload_id, PartNumber=number,
                          CopySource=f"{source_bucket}/{source_key}", **named)
        return unquoted(result["CopyPartResult"]["ETag"])

    def list_parts(self, bucket, key, upload_id, marker=0, max_parts=1000):
        result = self.api("list-parts", Bucket=bucket, Key=key, UploadId=upload_id, PartNumberMarker=marker or None,
                          MaxParts=max_parts, NoPaginate=True)
        return Parts([Part(p["PartNumber"], unquoted(p["ETag"]), p["Size"]) for p in result.get("Parts", [])],
                     result["IsTruncated"], result.get("NextPartNumberMarker") if result["IsTruncated"] else None)

    def list_multipart_uploads(self, bucket, prefix="", delimiter="", key_marker="", upload_id_marker="",
                               max_uploads=1000):
        result = self.api("list-multipart-uploads", Bucket=bucket, Prefix=prefix, Delimiter=delimiter,
                          KeyMarker=key_marker, UploadIdMarker=upload_id_marker, MaxUploads=max_uploads,
                          NoPaginate=True)
        return Uploads([(u["Key"], u["UploadId"]) for u in result.get("Uploads", [])],
                       [p["Prefix"] for p in result.get("CommonPrefixes", [])], result["IsTruncated"],
                       result.get("NextKeyMarker"), result.get("NextUploadIdMarker"))

    def complete_multipart_upload(self, bucket, key, upload_id, parts, headers=None):
        body = {"Parts": [{"PartNumber": number, "ETag": etag} for number, etag in parts]}
        return self.answer(self.api("complete-multipart-upload", Bucket=bucket, Key=key, UploadId=upload_id,
                                    MultipartUpload=json.dumps(body), **self.named(headers)))

    def abort_multipart_upload(self, bucket, key, upload_id):
        self.api("abort-multipart-upload", Bucket=bucket, Key=key, UploadId=upload_id)

    # `aws s3`, and URLs

    def upload_file(self, bucket, key, path, part_size):
        self.run("s3", "cp", str(path), f"s3://{bucket}/{key}", "--only-show-errors")

    def download_file(self, bucket, key, path, part_size):
        self.run("s3", "cp", f"s3://{bucket}/{key}", str(path), "--only-show-errors")

    def sync_up(self, folder, bucket, prefix):
        self.run("s3", "sync", str(folder), f"s3://{bucket}/{prefix}", "--only-show-errors")

    def sync_down(self, bucket, prefix, folder):
        self.run("s3", "sync", f"s3://{bucket}/{prefix}", str(folder), "--only-show-errors")

    def presign(self, method, bucket, key, expires=600, params=None, headers=None):
        assert method == "GET" and not params and not headers
        return self.run("s3", "presign", f"s3://{bucket}/{key}", "--expires-in", str(expires)).strip()


ADAPTERS = [AwsCliClient]
