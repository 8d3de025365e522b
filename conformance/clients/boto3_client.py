"""boto3, with AWS Signature Version 4."""

import io

import boto3
import boto3.s3.transfer
import botocore.config
import botocore.exceptions

from clients.base import Adapter, Answer, Entry, Listing, Part, Parts, ServiceError, Uploads, clean, unquoted
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION

PARAMETERS = {
    "content-type": "ContentType", "cache-control": "CacheControl", "content-disposition": "ContentDisposition",
    "content-encoding": "ContentEncoding", "content-language": "ContentLanguage", "expires": "Expires",
    "content-md5": "ContentMD5", "acl": "ACL", "if-match": "IfMatch", "if-none-match": "IfNoneMatch",
    "if-modified-since": "IfModifiedSince", "if-unmodified-since": "IfUnmodifiedSince",
    "response-cache-control": "ResponseCacheControl", "response-content-disposition": "ResponseContentDisposition",
    "response-content-encoding": "ResponseContentEncoding", "response-content-language": "ResponseContentLanguage",
    "response-content-type": "ResponseContentType", "response-expires": "ResponseExpires",
    "storage-class": "StorageClass",
}


def parameters(*mappings: dict | None) -> dict:
    return {PARAMETERS[name]: value for mapping in mappings for name, value in (mapping or {}).items()}


GRANTS = {
    frozenset(): "private",
    frozenset({"READ"}): "public-read",
    frozenset({"READ", "WRITE"}): "public-read-write",
}


def canned(acl: dict) -> str:
    """The canned ACL that a list of grants means."""
    given = frozenset(g["Permission"] for g in acl["Grants"]
                      if g["Grantee"].get("URI", "").endswith("/global/AllUsers"))
    return GRANTS[given]


class Boto3Client(Adapter):
    name = "boto3"
    client = "boto3"
    dialect = "s3"
    features = frozenset({
        "headers", "meta", "range", "conditions", "overrides", "object-acl", "content-md5", "error-code",
        "bucket-acl", "copy-meta", "copy-conditions", "leading-slash", "empty-key-segments", "control-keys",
        "reply-headers", "delimiter", "parts-paging", "uploads-paging", "initiate-headers", "any-key",
        "write-conditions", "checksums", "start-after", "paging", "presign-headers", "multi-delete-missing",
        "part-md5", "owner", "error-headers", "quiet-delete"})

    def __init__(self, server, identity=(ACCESS_KEY_ID, ACCESS_KEY_SECRET), region=REGION, **config):
        self.server = server
        settings = {"signature_version": "s3v4", "retries": {"total_max_attempts": 1}, "read_timeout": 20,
                    "s3": {"addressing_style": "path"}, "max_pool_connections": 20} | config
        self.sdk = boto3.session.Session().client(
            "s3", endpoint_url=server.url, region_name=region, aws_access_key_id=identity[0],
            aws_secret_access_key=identity[1], config=botocore.config.Config(**settings))

    def call(self, operation, **named):
        try:
            return getattr(self.sdk, operation)(**named)
        except botocore.exceptions.ClientError as error:
            about = error.response.get("ResponseMetadata", {})
            raise ServiceError(about.get("HTTPStatusCode"), error.response["Error"].get("Code"),
                               error.response["Error"].get("Message", ""), error.response["Error"].get("EC"),
                               about.get("HTTPHeaders")) from error

    def answer(self, result, data: bytes = b"") -> Answer:
        about = result["ResponseMetadata"]
        headers = clean(about["HTTPHeaders"])
        meta = {n[len("x-amz-meta-"):]: v for n, v in headers.items() if n.startswith("x-amz-meta-")}
        return Answer(headers, data, unquoted(result.get("ETag") or headers.get("etag")), None, meta,
                      about["HTTPStatusCode"])

    # Buckets

    def create_bucket(self, bucket, acl=None):
        extra = {"ACL": acl} if acl else {}
        self.call("create_bucket", Bucket=bucket,
                  CreateBucketConfiguration={"LocationConstraint": REGION}, **extra)

    def delete_bucket(self, bucket):
        self.call("delete_bucket", Bucket=bucket)

    def head_bucket(self, bucket):
        return clean(self.call("head_bucket", Bucket=bucket)["ResponseMetadata"]["HTTPHeaders"])

    def list_buckets(self):
        result = self.call("list_buckets")
        return Listing([Entry(b["Name"]) for b in result.get("Buckets", [])], [])

    def get_bucket_location(self, bucket):
        return self.call("get_bucket_location", Bucket=bucket)["LocationConstraint"]

    def put_bucket_acl(self, bucket, acl):
        self.call("put_bucket_acl", Bucket=bucket, ACL=acl)

    def get_bucket_acl(self, bucket):
        return canned(self.call("get_bucket_acl", Bucket=bucket))

    def get_bucket_versioning(self, bucket):
        return self.call("get_bucket_versioning", Bucket=bucket).get("Status")

    # Objects

    def put_object(self, bucket, key, data, headers=None, meta=None):
        return self.answer(self.call("put_object", Bucket=bucket, Key=key, Body=data, Metadata=meta or {},
                                     **parameters(headers)))

    def get_object(self, bucket, key, range=None, conditions=None, overrides=None):
        named = parameters(conditions, overrides) | ({"Range": range} if range else {})
        result = self.call("get_object", Bucket=bucket, Key=key, **named)
        return self.answer(result, result["Body"].read())

    def head_object(self, bucket, key, conditions=None):
        return self.answer(self.call("head_object", Bucket=bucket, Key=key, **parameters(conditions)))

    def delete_object(self, bucket, key):
        self.call("delete_object", Bucket=bucket, Key=key)

    def delete_objects(self, bucket, keys, quiet=False):
        result = self.call("delete_objects", Bucket=bucket,
                           Delete={"Objects": [{"Key": key} for key in keys], "Quiet": quiet})
        assert not result.get("Errors"), result["Errors"]
        return [deleted["Key"] for deleted in result.get("Deleted", [])]

    def copy_object(self, source_bucket, source_key, bucket, key, headers=None, meta=None, replace=False,
                    conditions=None):
        named = parameters(headers)
        for name, value in parameters(conditions).items():
            named["CopySource" + name] = value
        if meta is not None:
            named["Metadata"] = meta
        if replace:
            named["MetadataDirective"] = "REPLACE"
        result = self.call("copy_object", Bucket=bucket, Key=key,
                           CopySource={"Bucket": source_bucket, "Key": source_key}, **named)
        answer = self.answer(result)
        answer.etag = unquoted(result["CopyObjectResult"]["ETag"])
        return answer

    def put_object_acl(self, bucket, key, acl):
        self.call("put_object_acl", Bucket=bucket, Key=key, ACL=acl)

    def get_object_acl(self, bucket, key):
        return canned(self.call("get_object_acl", Bucket=bucket, Key=key))

    def list_objects(self, bucket, prefix="", delimiter="", marker="", max_keys=1000):
        result = self.call("list_objects", Bucket=bucket, Prefix=prefix, Delimiter=delimiter, Marker=marker,
                           MaxKeys=max_keys)
        return Listing([self.entry(o) for o in result.get("Contents", [])],
                       [p["Prefix"] for p in result.get("CommonPrefixes", [])], result["IsTruncated"],
                       result.get("NextMarker"))

    def list_objects_v2(self, bucket, prefix="", delimiter="", start_after="", token=None, max_keys=1000,
                        fetch_owner=False):
        named = {"ContinuationToken": token} if token else {}
        result = self.call("list_objects_v2", Bucket=bucket, Prefix=prefix, Delimiter=delimiter,
                           StartAfter=start_after, MaxKeys=max_keys, FetchOwner=fetch_owner, **named)
        return Listing([self.entry(o) for o in result.get("Contents", [])],
                       [p["Prefix"] for p in result.get("CommonPrefixes", [])], result["IsTruncated"],
                       result.get("NextContinuationToken"), result["KeyCount"])

    def entry(self, found) -> Entry:
        return Entry(found["Key"], found["Size"], unquoted(found["ETag"]), found.get("StorageClass"), None,
                     found.get("Owner", {}).get("ID"))

    # Multipart

    def initiate_multipart_upload(self, bucket, key, headers=None, meta=None):
        return self.call("create_multipart_upload", Bucket=bucket, Key=key, Metadata=meta or {},
                         **parameters(headers))["UploadId"]

    def upload_part(self, bucket, key, upload_id, number, data, headers=None):
        return self.answer(self.call("upload_part", Bucket=bucket, Key=key, UploadId=upload_id, PartNumber=number,
                                     Body=data, **parameters(headers)))

    def upload_part_copy(self, source_bucket, source_key, bucket, key, upload_id, number, first=None, last=None):
        named = {} if first is None else {"CopySourceRange": f"bytes={first}-{last}"}
        result = self.call("upload_part_copy", Bucket=bucket, Key=key, UploadId=upload_id, PartNumber=number,
                           CopySource={"Bucket": source_bucket, "Key": source_key}, **named)
        return unquoted(result["CopyPartResult"]["ETag"])

    def list_parts(self, bucket, key, upload_id, marker=0, max_parts=1000):
        result = self.call("list_parts", Bucket=bucket, Key=key, UploadId=upload_id, PartNumberMarker=marker or 0,
                           MaxParts=max_parts)
        return Parts([Part(p["PartNumber"], unquoted(p["ETag"]), p["Size"]) for p in result.get("Parts", [])],
                     result["IsTruncated"], result.get("NextPartNumberMarker") if result["IsTruncated"] else None)

    def list_multipart_uploads(self, bucket, prefix="", delimiter="", key_marker="", upload_id_marker="",
                               max_uploads=1000):
        result = self.call("list_multipart_uploads", Bucket=bucket, Prefix=prefix, Delimiter=delimiter,
                           KeyMarker=key_marker, UploadIdMarker=upload_id_marker, MaxUploads=max_uploads)
        return Uploads([(u["Key"], u["UploadId"]) for u in result.get("Uploads", [])],
                       [p["Prefix"] for p in result.get("CommonPrefixes", [])], result["IsTruncated"],
                       result.get("NextKeyMarker"), result.get("NextUploadIdMarker"))

    def complete_multipart_upload(self, bucket, key, upload_id, parts, headers=None):
        result = self.call("complete_multipart_upload", Bucket=bucket, Key=key, UploadId=upload_id,
                           MultipartUpload={"Parts": [{"PartNumber": n, "ETag": e} for n, e in parts]},
                           **parameters(headers))
        return self.answer(result)

    def abort_multipart_upload(self, bucket, key, upload_id):
        self.call("abort_multipart_upload", Bucket=bucket, Key=key, UploadId=upload_id)

    # The SDK's own transfer helpers, and URLs

    def upload_file(self, bucket, key, path, part_size):
        config = boto3.s3.transfer.TransferConfig(multipart_threshold=part_size, multipart_chunksize=part_size,
                                                  max_concurrency=2)
        self.call("upload_file", Filename=str(path), Bucket=bucket, Key=key, Config=config)

    def download_file(self, bucket, key, path, part_size):
        config = boto3.s3.transfer.TransferConfig(multipart_threshold=part_size, multipart_chunksize=part_size,
                                                  max_concurrency=2)
        self.call("download_file", Filename=str(path), Bucket=bucket, Key=key, Config=config)

    def put_stream(self, bucket, key, chunks, headers=None):
        self.call("upload_fileobj", Fileobj=io.BytesIO(b"".join(chunks)), Bucket=bucket, Key=key,
                  ExtraArgs=parameters(headers))
        return self.head_object(bucket, key)

    def presign(self, method, bucket, key, expires=600, params=None, headers=None):
        operations = {"GET": "get_object", "PUT": "put_object", "HEAD": "head_object", "DELETE": "delete_object"}
        named = {PARAMETERS.get(name, name): value for name, value in ((params or {}) | (headers or {})).items()}
        return self.sdk.generate_presigned_url(operations[method], Params={"Bucket": bucket, "Key": key} | named,
                                               ExpiresIn=expires, HttpMethod=method)


ADAPTERS = [Boto3Client]
