"""oss2, Alibaba's first Python SDK, with each of its three signature versions."""

import logging

import oss2
import oss2.exceptions
import oss2.models
import oss2.utils

from clients.base import Adapter, Answer, Entry, Listing, Part, Parts, ServiceError, Uploads, clean, unquoted
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION

logging.getLogger("oss2").setLevel(logging.CRITICAL)

_SPELLED = {"acl": "x-oss-object-acl", "forbid-overwrite": "x-oss-forbid-overwrite"}


def spell(headers: dict | None, meta: dict | None = None) -> dict[str, str]:
    spelled = {_SPELLED.get(name, name): value for name, value in (headers or {}).items()}
    return spelled | {"x-oss-meta-" + name: value for name, value in (meta or {}).items()}


class OssClient(Adapter):
    client = "oss2"
    dialect = "oss"
    auth = oss2.Auth
    features = frozenset({
        "headers", "meta", "range", "conditions", "overrides", "object-acl", "crc64", "forbid-overwrite",
        "content-md5", "error-code", "error-ec", "bucket-acl", "copy-meta", "copy-conditions", "complete-all",
        "list-buckets-prefix", "leading-slash", "empty-key-segments", "control-keys", "type", "reply-headers",
        "presign-headers", "delimiter", "parts-paging", "uploads-paging", "initiate-headers", "any-key",  "start-after", "paging", "error-headers", "multi-delete-missing", "part-md5",
        "append-headers", "owner", "stream"})

    def __init__(self, server, identity=(ACCESS_KEY_ID, ACCESS_KEY_SECRET), region=REGION):
        self.endpoint = server.url
        self.auth_ = self.auth(*identity)
        self.region = region
        self.session = oss2.Session()

    def bucket(self, name: str) -> oss2.Bucket:
        return oss2.Bucket(self.auth_, self.endpoint, name, session=self.session, region=self.region,
                           connect_timeout=60)

    def service(self) -> oss2.Service:
        return oss2.Service(self.auth_, self.endpoint, session=self.session, region=self.region, connect_timeout=60)

    def call(self, function, *arguments, **named):
        try:
            return function(*arguments, **named)
        except oss2.exceptions.OssError as error:
            if error.status < 0:  # no answer, or one that the SDK found to be wrong
                raise
            raise ServiceError(error.status, error.code, error.message or str(error), error.ec,
                               error.headers) from error

    def answer(self, result, data: bytes = b"") -> Answer:
        headers = clean(result.headers)
        crc = headers.get("x-oss-hash-crc64ecma")
        meta = {n[len("x-oss-meta-"):]: v for n, v in headers.items() if n.startswith("x-oss-meta-")}
        return Answer(headers, data, unquoted(headers.get("etag")), int(crc) if crc else None, meta, result.status)

    # Buckets

    def create_bucket(self, bucket, acl=None):
        self.call(self.bucket(bucket).create_bucket, acl)

    def delete_bucket(self, bucket):
        self.call(self.bucket(bucket).delete_bucket)

    def list_buckets(self, prefix="", marker="", max_keys=100):
        result = self.call(self.service().list_buckets, prefix, marker, max_keys)
        return Listing([Entry(b.name, storage_class=b.storage_class) for b in result.buckets], [],
                       result.is_truncated, result.next_marker)

    def get_bucket_info(self, bucket):
        info = self.call(self.bucket(bucket).get_bucket_info)
        return {"name": info.name, "location": info.location, "acl": info.acl.grant, "owner": info.owner.id,
                "storage_class": info.storage_class, "creation_date": info.creation_date,
                "extranet_endpoint": info.extranet_endpoint, "intranet_endpoint": info.intranet_endpoint}

    def get_bucket_location(self, bucket):
        return self.call(self.bucket(bucket).get_bucket_location).location

    def get_bucket_stat(self, bucket):
        stat = self.call(self.bucket(bucket).get_bucket_stat)
        return {"storage": stat.storage_size_in_bytes, "objects": stat.object_count,
                "uploads": stat.multi_part_upload_count}

    def put_bucket_acl(self, bucket, acl):
        self.call(self.bucket(bucket).put_bucket_acl, acl)

    def get_bucket_acl(self, bucket):
        return self.call(self.bucket(bucket).get_bucket_acl).acl

    def get_bucket_versioning(self, bucket):
        return self.call(self.bucket(bucket).get_bucket_versioning).status

    def describe_regions(self):
        return [region.region for region in self.call(self.service().describe_regions).regions]

    # Objects

    def put_object(self, bucket, key, data, headers=None, meta=None):
        return self.answer(self.call(self.bucket(bucket).put_object, key, data, headers=spell(headers, meta)))

    def put_stream(self, bucket, key, chunks, headers=None):
        return self.answer(self.call(self.bucket(bucket).put_object, key, iter(chunks), headers=spell(headers)))

    def get_object(self, bucket, key, range=None, conditions=None, overrides=None):
        headers = dict(conditions or {})
        if range:
            headers["Range"] = range

        def read():
            result = self.bucket(bucket).get_object(key, headers=headers, params=dict(overrides or {}))
            return result, result.read()
        result, data = self.call(read)
        return self.answer(result, data)

    def head_object(self, bucket, key, conditions=None):
        return self.answer(self.call(self.bucket(bucket).head_object, key, headers=dict(conditions or {})))

    def get_object_meta(self, bucket, key):
        return self.answer(self.call(self.bucket(bucket).get_object_meta, key))

    def delete_object(self, bucket, key):
        self.call(self.bucket(bucket).delete_object, key)

    def delete_objects(self, bucket, keys):
        return self.call(self.bucket(bucket).batch_delete_objects, keys).deleted_keys

    def copy_object(self, source_bucket, source_key, bucket, key, headers=None, meta=None, replace=False,
                    conditions=None):
        spelled = spell(headers, meta)
        if replace:
            spelled["x-oss-metadata-directive"] = "REPLACE"
        for name, value in (conditions or {}).items():
            spelled["x-oss-copy-source-" + name] = value
        return self.answer(self.call(self.bucket(bucket).copy_object, source_bucket, source_key, key,
                                     headers=spelled))

    def append_object(self, bucket, key, position, data, headers=None, meta=None):
        result = self.call(self.bucket(bucket).append_object, key, position, data, headers=spell(headers, meta))
        return result.next_position, self.answer(result)

    def put_object_acl(self, bucket, key, acl):
        self.call(self.bucket(bucket).put_object_acl, key, acl)

    def get_object_acl(self, bucket, key):
        return self.call(self.bucket(bucket).get_object_acl, key).acl

    def list_objects(self, bucket, prefix="", delimiter="", marker="", max_keys=100):
        result = self.call(self.bucket(bucket).list_objects, prefix, delimiter, marker, max_keys)
        return Listing([self.entry(o) for o in result.object_list], result.prefix_list, result.is_truncated,
                       result.next_marker or None)

    def list_objects_v2(self, bucket, prefix="", delimiter="", start_after="", token="", max_keys=100,
                        fetch_owner=False):
        result = self.call(self.bucket(bucket).list_objects_v2, prefix, delimiter, token, start_after, fetch_owner,
                           "url", max_keys)
        return Listing([self.entry(o) for o in result.object_list], result.prefix_list, result.is_truncated,
                       result.next_continuation_token or None)

    def entry(self, found) -> Entry:
        owner = getattr(found, "owner", None)
        return Entry(found.key, found.size, unquoted(found.etag), found.storage_class, found.type,
                     owner.id if owner else None)

    # Multipart

    def initiate_multipart_upload(self, bucket, key, headers=None, meta=None):
        return self.call(self.bucket(bucket).init_multipart_upload, key, headers=spell(headers, meta)).upload_id

    def upload_part(self, bucket, key, upload_id, number, data, headers=None):
        return self.answer(self.call(self.bucket(bucket).upload_part, key, upload_id, number, data,
                                     headers=spell(headers)))

    def upload_part_copy(self, source_bucket, source_key, bucket, key, upload_id, number, first=None, last=None):
        result = self.call(self.bucket(bucket).upload_part_copy, source_bucket, source_key,
                           None if first is None else (first, last), key, upload_id, number)
        return unquoted(result.etag)

    def list_parts(self, bucket, key, upload_id, marker="", max_parts=1000):
        result = self.call(self.bucket(bucket).list_parts, key, upload_id, marker=str(marker or ""),
                           max_parts=max_parts)
        return Parts([Part(p.part_number, unquoted(p.etag), p.size, p.part_crc) for p in result.parts],
                     result.is_truncated, int(result.next_marker) if result.is_truncated else None)

    def list_multipart_uploads(self, bucket, prefix="", delimiter="", key_marker="", upload_id_marker="",
                               max_uploads=1000):
        result = self.call(self.bucket(bucket).list_multipart_uploads, prefix, delimiter, key_marker,
                           upload_id_marker, max_uploads)
        return Uploads([(u.key, u.upload_id) for u in result.upload_list], result.prefix_list, result.is_truncated,
                       result.next_key_marker, result.next_upload_id_marker)

    def complete_multipart_upload(self, bucket, key, upload_id, parts, headers=None):
        parts = [oss2.models.PartInfo(number, unquoted(etag)) for number, etag in parts]
        return self.answer(self.call(self.bucket(bucket).complete_multipart_upload, key, upload_id, parts,
                                     headers=spell(headers)))

    def complete_all(self, bucket, key, upload_id):
        return self.answer(self.call(self.bucket(bucket).complete_multipart_upload, key, upload_id, None,
                                     headers={"x-oss-complete-all": "yes"}))

    def abort_multipart_upload(self, bucket, key, upload_id):
        self.call(self.bucket(bucket).abort_multipart_upload, key, upload_id)

    # The SDK's own transfer helpers, and URLs

    def upload_file(self, bucket, key, path, part_size):
        self.call(oss2.resumable_upload, self.bucket(bucket), key, str(path), multipart_threshold=part_size,
                  part_size=part_size, num_threads=2, store=None)

    def download_file(self, bucket, key, path, part_size):
        self.call(oss2.resumable_download, self.bucket(bucket), key, str(path), multiget_threshold=part_size,
                  part_size=part_size, num_threads=2, store=None)

    def presign(self, method, bucket, key, expires=600, params=None, headers=None):
        return self.bucket(bucket).sign_url(method, key, expires, headers=headers, params=dict(params or {}),
                                            slash_safe=True)


class OssClientV1(OssClient):
    name = "oss2-v1"


class OssClientV2(OssClient):
    name = "oss2-v2"
    auth = oss2.AuthV2


class OssClientV4(OssClient):
    name = "oss2-v4"
    auth = oss2.AuthV4


ADAPTERS = [OssClientV1, OssClientV2, OssClientV4]
