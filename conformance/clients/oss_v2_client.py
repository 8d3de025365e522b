"""alibabacloud-oss-v2, Alibaba's second Python SDK, signing with V1 and V4."""

import datetime

import alibabacloud_oss_v2 as oss
import alibabacloud_oss_v2.exceptions

from clients.base import Adapter, Answer, Entry, Listing, Part, Parts, ServiceError, Uploads, clean, unquoted
from clients.oss2_client import spell
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION


class OssV2Client(Adapter):
    client = "alibabacloud-oss-v2"
    dialect = "oss"
    signature = "v4"
    features = frozenset({
        "headers", "meta", "range", "conditions", "overrides", "object-acl", "crc64", "forbid-overwrite",
        "content-md5", "error-code", "error-ec", "bucket-acl", "copy-meta", "copy-conditions", "complete-all",
        "list-buckets-prefix", "leading-slash", "empty-key-segments", "control-keys", "type", "reply-headers",
        "delimiter", "parts-paging", "uploads-paging", "initiate-headers", "any-key", 
        "start-after", "paging", "error-headers", "multi-delete-missing", "part-md5", "append-headers", "owner",
        "quiet-delete", "stream"})

    def __init__(self, server, identity=(ACCESS_KEY_ID, ACCESS_KEY_SECRET), region=REGION):
        config = oss.config.load_default()
        config.credentials_provider = oss.credentials.StaticCredentialsProvider(*identity)
        config.endpoint = server.url
        config.region = region
        config.signature_version = self.signature
        config.use_path_style = True
        config.retry_max_attempts = 1
        self.sdk = oss.Client(config)

    def call(self, function, *arguments, **named):
        try:
            return function(*arguments, **named)
        except alibabacloud_oss_v2.exceptions.OperationError as error:
            inner = error.unwrap()
            if not isinstance(inner, alibabacloud_oss_v2.exceptions.ServiceError):
                raise
            raise ServiceError(inner.status_code, inner.code, inner.message, inner.ec, inner.headers) from error

    def answer(self, result, data: bytes = b"") -> Answer:
        headers = clean(result.headers)
        crc = headers.get("x-oss-hash-crc64ecma")
        meta = {n[len("x-oss-meta-"):]: v for n, v in headers.items() if n.startswith("x-oss-meta-")}
        return Answer(headers, data, unquoted(headers.get("etag")), int(crc) if crc else None, meta,
                      result.status_code)

    # Buckets

    def create_bucket(self, bucket, acl=None):
        self.call(self.sdk.put_bucket, oss.PutBucketRequest(bucket=bucket, acl=acl))

    def delete_bucket(self, bucket):
        self.call(self.sdk.delete_bucket, oss.DeleteBucketRequest(bucket=bucket))

    def list_buckets(self, prefix=None, marker=None, max_keys=None):
        result = self.call(self.sdk.list_buckets,
                           oss.ListBucketsRequest(prefix=prefix, marker=marker, max_keys=max_keys))
        return Listing([Entry(b.name, storage_class=b.storage_class) for b in result.buckets or []], [],
                       bool(result.is_truncated), result.next_marker)

    def get_bucket_info(self, bucket):
        info = self.call(self.sdk.get_bucket_info, oss.GetBucketInfoRequest(bucket=bucket)).bucket_info
        return {"name": info.name, "location": info.location, "acl": info.acl, "owner": info.owner.id,
                "storage_class": info.storage_class, "creation_date": info.creation_date,
                "extranet_endpoint": info.extranet_endpoint, "intranet_endpoint": info.intranet_endpoint}

    def get_bucket_location(self, bucket):
        return self.call(self.sdk.get_bucket_location, oss.GetBucketLocationRequest(bucket=bucket)).location

    def get_bucket_stat(self, bucket):
        stat = self.call(self.sdk.get_bucket_stat, oss.GetBucketStatRequest(bucket=bucket))
        return {"storage": stat.storage, "objects": stat.object_count, "uploads": stat.multi_part_upload_count}

    def put_bucket_acl(self, bucket, acl):
        self.call(self.sdk.put_bucket_acl, oss.PutBucketAclRequest(bucket=bucket, acl=acl))

    def get_bucket_acl(self, bucket):
        return self.call(self.sdk.get_bucket_acl, oss.GetBucketAclRequest(bucket=bucket)).acl

    def get_bucket_versioning(self, bucket):
        return self.call(self.sdk.get_bucket_versioning, oss.GetBucketVersioningRequest(bucket=bucket)).version_status

    def describe_regions(self):
        found = self.call(self.sdk.describe_regions, oss.DescribeRegionsRequest())
        return [region.region for region in found.region_info]

    # Objects

    def put_object(self, bucket, key, data, headers=None, meta=None):
        return self.answer(self.call(self.sdk.put_object, oss.PutObjectRequest(
            bucket=bucket, key=key, body=data, headers=spell(headers), metadata=meta)))

    def put_stream(self, bucket, key, chunks, headers=None):
        return self.answer(self.call(self.sdk.put_object, oss.PutObjectRequest(
            bucket=bucket, key=key, body=iter(chunks), headers=spell(headers))))

    def get_object(self, bucket, key, range=None, conditions=None, overrides=None):
        headers = dict(conditions or {})

        def read():
            result = self.sdk.get_object(oss.GetObjectRequest(
                bucket=bucket, key=key, range_header=range, headers=headers, parameters=dict(overrides or {})))
            with result.body as body:
                return result, b"".join(body.iter_bytes())
        result, data = self.call(read)
        return self.answer(result, data)

    def head_object(self, bucket, key, conditions=None):
        return self.answer(self.call(self.sdk.head_object, oss.HeadObjectRequest(
            bucket=bucket, key=key, headers=dict(conditions or {}))))

    def get_object_meta(self, bucket, key):
        return self.answer(self.call(self.sdk.get_object_meta, oss.GetObjectMetaRequest(bucket=bucket, key=key)))

    def delete_object(self, bucket, key):
        self.call(self.sdk.delete_object, oss.DeleteObjectRequest(bucket=bucket, key=key))

    def delete_objects(self, bucket, keys, quiet=False):
        result = self.call(self.sdk.delete_multiple_objects, oss.DeleteMultipleObjectsRequest(
            bucket=bucket, objects=[oss.DeleteObject(key=key) for key in keys], quiet=quiet))
        return [deleted.key for deleted in result.deleted_objects or []]

    def copy_object(self, source_bucket, source_key, bucket, key, headers=None, meta=None, replace=False,
                    conditions=None):
        spelled = spell(headers)
        for name, value in (conditions or {}).items():
            spelled["x-oss-copy-source-" + name] = value
        return self.answer(self.call(self.sdk.copy_object, oss.CopyObjectRequest(
            bucket=bucket, key=key, source_bucket=source_bucket, source_key=source_key, headers=spelled,
            metadata=meta, metadata_directive="REPLACE" if replace else None)))

    def append_object(self, bucket, key, position, data, headers=None, meta=None):
        result = self.call(self.sdk.append_object, oss.AppendObjectRequest(
            bucket=bucket, key=key, position=position, body=data, headers=spell(headers), metadata=meta))
        return result.next_position, self.answer(result)

    def put_object_acl(self, bucket, key, acl):
        self.call(self.sdk.put_object_acl, oss.PutObjectAclRequest(bucket=bucket, key=key, acl=acl))

    def get_object_acl(self, bucket, key):
        return self.call(self.sdk.get_object_acl, oss.GetObjectAclRequest(bucket=bucket, key=key)).acl

    def list_objects(self, bucket, prefix=None, delimiter=None, marker=None, max_keys=None):
        result = self.call(self.sdk.list_objects, oss.ListObjectsRequest(
            bucket=bucket, prefix=prefix, delimiter=delimiter, marker=marker, max_keys=max_keys,
            encoding_type="url"))
        return Listing([self.entry(o) for o in result.contents or []],
                       [p.prefix for p in result.common_prefixes or []], bool(result.is_truncated),
                       result.next_marker)

    def list_objects_v2(self, bucket, prefix=None, delimiter=None, start_after=None, token=None, max_keys=None,
                        fetch_owner=None):
        result = self.call(self.sdk.list_objects_v2, oss.ListObjectsV2Request(
            bucket=bucket, prefix=prefix, delimiter=delimiter, start_after=start_after, continuation_token=token,
            max_keys=max_keys, fetch_owner=fetch_owner, encoding_type="url"))
        return Listing([self.entry(o) for o in result.contents or []],
                       [p.prefix for p in result.common_prefixes or []], bool(result.is_truncated),
                       result.next_continuation_token, result.key_count)

    def entry(self, found) -> Entry:
        return Entry(found.key, found.size, unquoted(found.etag), found.storage_class, found.object_type,
                     found.owner.id if found.owner else None)

    # Multipart

    def initiate_multipart_upload(self, bucket, key, headers=None, meta=None):
        return self.call(self.sdk.initiate_multipart_upload, oss.InitiateMultipartUploadRequest(
            bucket=bucket, key=key, headers=spell(headers), metadata=meta)).upload_id

    def upload_part(self, bucket, key, upload_id, number, data, headers=None):
        return self.answer(self.call(self.sdk.upload_part, oss.UploadPartRequest(
            bucket=bucket, key=key, upload_id=upload_id, part_number=number, body=data, headers=spell(headers))))

    def upload_part_copy(self, source_bucket, source_key, bucket, key, upload_id, number, first=None, last=None):
        result = self.call(self.sdk.upload_part_copy, oss.UploadPartCopyRequest(
            bucket=bucket, key=key, upload_id=upload_id, part_number=number, source_bucket=source_bucket,
            source_key=source_key, source_range=None if first is None else f"bytes={first}-{last}"))
        return unquoted(result.etag)

    def list_parts(self, bucket, key, upload_id, marker=None, max_parts=None):
        result = self.call(self.sdk.list_parts, oss.ListPartsRequest(
            bucket=bucket, key=key, upload_id=upload_id, part_number_marker=marker, max_parts=max_parts))
        return Parts([Part(p.part_number, unquoted(p.etag), p.size, int(p.hash_crc64) if p.hash_crc64 else None)
                      for p in result.parts or []], bool(result.is_truncated),
                     int(result.next_part_number_marker) if result.is_truncated else None)

    def list_multipart_uploads(self, bucket, prefix=None, delimiter=None, key_marker=None, upload_id_marker=None,
                               max_uploads=None):
        result = self.call(self.sdk.list_multipart_uploads, oss.ListMultipartUploadsRequest(
            bucket=bucket, prefix=prefix, delimiter=delimiter, key_marker=key_marker,
            upload_id_marker=upload_id_marker, max_uploads=max_uploads))
        return Uploads([(u.key, u.upload_id) for u in result.uploads or []], [], bool(result.is_truncated),
                       result.next_key_marker, result.next_upload_id_marker)

    def complete_multipart_upload(self, bucket, key, upload_id, parts, headers=None):
        body = oss.CompleteMultipartUpload(
            parts=[oss.UploadPart(part_number=number, etag=etag) for number, etag in parts])
        return self.answer(self.call(self.sdk.complete_multipart_upload, oss.CompleteMultipartUploadRequest(
            bucket=bucket, key=key, upload_id=upload_id, complete_multipart_upload=body, headers=spell(headers))))

    def complete_all(self, bucket, key, upload_id):
        return self.answer(self.call(self.sdk.complete_multipart_upload, oss.CompleteMultipartUploadRequest(
            bucket=bucket, key=key, upload_id=upload_id, complete_all="yes")))

    def abort_multipart_upload(self, bucket, key, upload_id):
        self.call(self.sdk.abort_multipart_upload, oss.AbortMultipartUploadRequest(
            bucket=bucket, key=key, upload_id=upload_id))

    # The SDK's own transfer helpers, and URLs

    def upload_file(self, bucket, key, path, part_size):
        self.call(self.sdk.uploader(part_size=part_size, parallel_num=2).upload_file,
                  oss.PutObjectRequest(bucket=bucket, key=key), filepath=str(path))

    def download_file(self, bucket, key, path, part_size):
        self.call(self.sdk.downloader(part_size=part_size, parallel_num=2).download_file,
                  oss.GetObjectRequest(bucket=bucket, key=key), filepath=str(path))

    def presign(self, method, bucket, key, expires=600, params=None, headers=None):
        requests = {"GET": oss.GetObjectRequest, "PUT": oss.PutObjectRequest, "HEAD": oss.HeadObjectRequest}
        request = requests[method](bucket=bucket, key=key, parameters=dict(params or {}), headers=headers or {})
        return self.sdk.presign(request, expires=datetime.timedelta(seconds=expires)).url


class OssV2ClientV1(OssV2Client):
    name = "oss_v2-v1"
    signature = "v1"


class OssV2ClientV4(OssV2Client):
    name = "oss_v2-v4"


ADAPTERS = [OssV2ClientV1, OssV2ClientV4]
