"""ali-oss for node, signing with V1 and V4, on http://localhost in path style."""


from clients.base import Adapter, Answer, Entry, Listing, Part, Parts, Uploads, clean, unquoted
from clients.node_bridge import bridge
from clients.oss2_client import spell
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION


def titled(headers: dict) -> dict:
    """ali-oss looks for Content-MD5 and Content-Type by these spellings."""
    return {"-".join(word.upper() if word == "md5" else word.capitalize() for word in name.split("-"))
            if not name.startswith("x-oss-") else name: value for name, value in headers.items()}


def several(value) -> list:
    return value if isinstance(value, list) else [value] if value else []


class AliOssClient(Adapter):
    client = "ali-oss"
    dialect = "oss"
    v4 = False
    features = frozenset({
        "headers", "meta", "range", "conditions", "overrides", "object-acl", "crc64", "forbid-overwrite",
        "content-md5", "error-code", "error-ec", "bucket-acl", "copy-meta", "copy-conditions",
        "list-buckets-prefix", "empty-key-segments", "type", "reply-headers", "delimiter", "parts-paging",
        "uploads-paging", "initiate-headers", "any-key", "start-after", "paging", "multi-delete-missing",
        "append-headers", "owner", "quiet-delete", "stream"})

    def __init__(self, server, identity=(ACCESS_KEY_ID, ACCESS_KEY_SECRET), region=REGION):
        self.options = {
            "accessKeyId": identity[0], "accessKeySecret": identity[1], "region": f"oss-{region}",
            "endpoint": f"http://localhost:{server.port}", "sldEnable": True, "authorizationV4": self.v4}

    def call(self, method, *args, bucket=None, take=()):
        return bridge().call("ali-oss", "call", self.options,
                             {"bucket": bucket, "method": method, "args": list(args), "take": list(take)})

    def answer(self, result, data: bytes = b"") -> Answer:
        headers = clean(result.get("headers"))
        crc = headers.get("x-oss-hash-crc64ecma")
        meta = {n[len("x-oss-meta-"):]: v for n, v in headers.items() if n.startswith("x-oss-meta-")}
        return Answer(headers, data, unquoted(headers.get("etag")), int(crc) if crc else None, meta,
                      result.get("status"))

    def options_of(self, headers=None, meta=None) -> dict:
        options = {"headers": titled(spell(headers))}
        if meta:
            options["meta"] = meta
        return options

    # Buckets

    def create_bucket(self, bucket, acl=None):
        self.call("putBucket", bucket, {"acl": acl} if acl else {})

    def delete_bucket(self, bucket):
        self.call("deleteBucket", bucket)

    def list_buckets(self, prefix=None, marker=None, max_keys=None):
        query = {"prefix": prefix, "marker": marker, "max-keys": max_keys}
        result = self.call("listBuckets", {k: v for k, v in query.items() if v},
                           take=("buckets", "isTruncated", "nextMarker"))
        return Listing([Entry(b["name"], storage_class=b["storageClass"]) for b in result["buckets"] or []
                        if "name" in b], [], result["isTruncated"], result["nextMarker"])

    def get_bucket_info(self, bucket):
        info = self.call("getBucketInfo", bucket, take=("bucket",))["bucket"]
        return {"name": info["Name"], "location": info["Location"], "acl": info["AccessControlList"]["Grant"],
                "owner": info["Owner"]["ID"], "storage_class": info["StorageClass"],
                "creation_date": info["CreationDate"], "extranet_endpoint": info["ExtranetEndpoint"],
                "intranet_endpoint": info["IntranetEndpoint"]}

    def get_bucket_location(self, bucket):
        return self.call("getBucketLocation", bucket, take=("location",))["location"]

    def get_bucket_stat(self, bucket):
        stat = self.call("getBucketStat", bucket, take=("stat",))["stat"]
        return {"storage": int(stat["Storage"]), "objects": int(stat["ObjectCount"]),
                "uploads": int(stat["MultipartUploadCount"])}

    def put_bucket_acl(self, bucket, acl):
        self.call("putBucketACL", bucket, acl)

    def get_bucket_acl(self, bucket):
        return self.call("getBucketACL", bucket, take=("acl",))["acl"]

    def get_bucket_versioning(self, bucket):
        return self.call("getBucketVersioning", bucket, take=("versionStatus",)).get("versionStatus")

    # Objects

    def put_object(self, bucket, key, data, headers=None, meta=None):
        return self.answer(self.call("put", key, data, self.options_of(headers, meta), bucket=bucket))

    def put_stream(self, bucket, key, chunks, headers=None):
        return self.answer(bridge().call("ali-oss", "stream", self.options, {
            "bucket": bucket, "key": key, "chunks": list(chunks), "headers": titled(spell(headers))}))

    def get_object(self, bucket, key, range=None, conditions=None, overrides=None):
        headers = titled(conditions or {}) | ({"Range": range} if range else {})
        result = self.call("get", key, {"headers": headers, "subres": dict(overrides or {})}, bucket=bucket,
                           take=("content",))
        return self.answer(result, result["content"] or b"")

    def head_object(self, bucket, key, conditions=None):
        return self.answer(self.call("head", key, {"headers": titled(conditions or {})}, bucket=bucket))

    def get_object_meta(self, bucket, key):
        return self.answer(self.call("getObjectMeta", key, bucket=bucket))

    def delete_object(self, bucket, key):
        self.call("delete", key, bucket=bucket)

    def delete_objects(self, bucket, keys, quiet=False):
        result = self.call("deleteMulti", keys, {"quiet": quiet}, bucket=bucket, take=("deleted",))
        return [deleted["Key"] for deleted in result["deleted"]]

    def copy_object(self, source_bucket, source_key, bucket, key, headers=None, meta=None, replace=False,
                    conditions=None):
        options = self.options_of(headers, meta)
        options["headers"] |= titled(conditions or {})
        return self.answer(self.call("copy", key, source_key, source_bucket, options, bucket=bucket))

    def append_object(self, bucket, key, position, data, headers=None, meta=None):
        options = self.options_of(headers, meta) | {"position": str(position)}
        answer = self.answer(self.call("append", key, data, options, bucket=bucket))
        return int(answer.headers["x-oss-next-append-position"]), answer

    def put_object_acl(self, bucket, key, acl):
        self.call("putACL", key, acl, bucket=bucket)

    def get_object_acl(self, bucket, key):
        return self.call("getACL", key, bucket=bucket, take=("acl",))["acl"]

    def list_objects(self, bucket, prefix=None, delimiter=None, marker=None, max_keys=None):
        query = {"prefix": prefix, "delimiter": delimiter, "marker": marker, "max-keys": max_keys}
        result = self.call("list", {k: v for k, v in query.items() if v}, bucket=bucket,
                           take=("objects", "prefixes", "isTruncated", "nextMarker"))
        return Listing([self.entry(o) for o in result["objects"]], result["prefixes"] or [], result["isTruncated"],
                       result["nextMarker"])

    def list_objects_v2(self, bucket, prefix=None, delimiter=None, start_after=None, token=None, max_keys=None,
                        fetch_owner=None):
        query = {"prefix": prefix, "delimiter": delimiter, "start-after": start_after, "max-keys": max_keys,
                 "continuation-token": token, "fetch-owner": "true" if fetch_owner else None}
        result = self.call("listV2", {k: v for k, v in query.items() if v}, bucket=bucket,
                           take=("objects", "prefixes", "isTruncated", "nextContinuationToken", "keyCount"))
        return Listing([self.entry(o) for o in result["objects"]], result["prefixes"] or [], result["isTruncated"],
                       result["nextContinuationToken"], result["keyCount"])

    def entry(self, found) -> Entry:
        return Entry(found["name"], found["size"], unquoted(found["etag"]), found["storageClass"], found["type"],
                     found["owner"]["id"] if found["owner"] else None)

    # Multipart

    def initiate_multipart_upload(self, bucket, key, headers=None, meta=None):
        return self.call("initMultipartUpload", key, self.options_of(headers, meta), bucket=bucket,
                         take=("uploadId",))["uploadId"]

    def upload_part(self, bucket, key, upload_id, number, data, headers=None):
        return self.answer(self.call("uploadPart", key, upload_id, number, data, 0, len(data),
                                     self.options_of(headers), bucket=bucket))

    def upload_part_copy(self, source_bucket, source_key, bucket, key, upload_id, number, first=None, last=None):
        result = self.call("uploadPartCopy", key, upload_id, number, "" if first is None else f"{first}-{last}",
                           {"sourceBucketName": source_bucket, "sourceKey": source_key}, bucket=bucket)
        return unquoted(clean(result["headers"]).get("etag"))

    def list_parts(self, bucket, key, upload_id, marker=None, max_parts=None):
        query = {"part-number-marker": marker, "max-parts": max_parts}
        result = self.call("listParts", key, upload_id, {k: v for k, v in query.items() if v}, bucket=bucket,
                           take=("parts", "isTruncated", "nextPartNumberMarker"))
        truncated = result["isTruncated"] == "true"
        return Parts([Part(int(p["PartNumber"]), unquoted(p["ETag"]), int(p["Size"]),
                           int(p["HashCrc64ecma"]) if "HashCrc64ecma" in p else None)
                      for p in several(result["parts"])], truncated,
                     int(result["nextPartNumberMarker"]) if truncated else None)

    def list_multipart_uploads(self, bucket, prefix=None, delimiter=None, key_marker=None, upload_id_marker=None,
                               max_uploads=None):
        query = {"prefix": prefix, "delimiter": delimiter, "key-marker": key_marker,
                 "upload-id-marker": upload_id_marker, "max-uploads": max_uploads}
        result = self.call("listUploads", {k: v for k, v in query.items() if v}, bucket=bucket,
                           take=("uploads", "isTruncated", "nextKeyMarker", "nextUploadIdMarker"))
        return Uploads([(u["name"], u["uploadId"]) for u in result["uploads"]], [], result["isTruncated"],
                       result["nextKeyMarker"], result["nextUploadIdMarker"])

    def complete_multipart_upload(self, bucket, key, upload_id, parts, headers=None):
        return self.answer(self.call("completeMultipartUpload", key, upload_id,
                                     [{"number": number, "etag": etag} for number, etag in parts],
                                     self.options_of(headers), bucket=bucket))

    def abort_multipart_upload(self, bucket, key, upload_id):
        self.call("abortMultipartUpload", key, upload_id, bucket=bucket)

    # The SDK's own transfer helpers, and URLs

    def upload_file(self, bucket, key, path, part_size):
        self.call("multipartUpload", key, str(path), {"partSize": part_size, "parallel": 2}, bucket=bucket)

    def download_file(self, bucket, key, path, part_size):
        self.call("get", key, str(path), bucket=bucket)

    def multipart_copy(self, source_bucket, source_key, bucket, key, part_size):
        self.call("multipartUploadCopy", key, {"sourceBucketName": source_bucket, "sourceKey": source_key},
                  {"partSize": part_size, "parallel": 2}, bucket=bucket)

    def presign(self, method, bucket, key, expires=600, params=None, headers=None):
        if self.v4:
            return self.call("signatureUrlV4", method, expires, {"headers": headers or {}, "queries": params or {}},
                             key, bucket=bucket)
        response = {n[len("response-"):]: v for n, v in (params or {}).items() if n.startswith("response-")}
        named = {n.title(): v for n, v in (headers or {}).items()}
        return self.call("signatureUrl", key, {"method": method, "expires": expires, "response": response} | named,
                         bucket=bucket)


class AliOssClientV1(AliOssClient):
    name = "ali-oss-v1"


class AliOssClientV4(AliOssClient):
    name = "ali-oss-v4"
    v4 = True


ADAPTERS = [AliOssClientV1, AliOssClientV4]
