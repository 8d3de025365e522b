"""@aws-sdk/client-s3 for node, with its default checksums.

Its commands, inputs and outputs have the names that boto3 has, so that this adapter is boto3's with another transport.
"""

import io
import urllib.parse

from clients.base import clean
from clients.boto3_client import PARAMETERS, Boto3Client, parameters
from clients.node_bridge import bridge
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION

DATES = {"Expires", "IfModifiedSince", "IfUnmodifiedSince", "CopySourceIfModifiedSince", "CopySourceIfUnmodifiedSince",
         "ResponseExpires"}


def dated(named: dict) -> dict:
    """The SDK takes dates where it sends dates."""
    return {name: {"$date": value} if name in DATES else value for name, value in named.items()}


def command(operation: str) -> str:
    return "".join(word.capitalize() for word in operation.split("_")) + "Command"


class AwsSdkJsClient(Boto3Client):
    name = "aws-sdk-js"
    client = "@aws-sdk/client-s3"
    features = Boto3Client.features | {"stream"}

    def __init__(self, server, identity=(ACCESS_KEY_ID, ACCESS_KEY_SECRET), region=REGION):
        self.options = {"endpoint": server.url, "region": region,
                        "credentials": {"accessKeyId": identity[0], "secretAccessKey": identity[1]}}

    def call(self, operation, **named):
        source = named.get("CopySource")
        if source:
            named["CopySource"] = f"{source['Bucket']}/{urllib.parse.quote(source['Key'])}"
        if "Prefix" in named or "KeyMarker" in named:
            named["EncodingType"] = "url"
        for name in ("PartNumberMarker",):
            if name in named:
                named[name] = str(named[name])
        result = bridge().call("s3", "call", self.options, {"command": command(operation), "input": dated(named)})
        if named.get("EncodingType"):
            self.decode(result)
        if operation == "get_object":
            result["Body"] = io.BytesIO(result.get("Body") or b"")
        return result

    @staticmethod
    def decode(result: dict) -> None:
        """botocore asks for encoded keys and decodes them itself; this SDK leaves both to the caller."""
        if result.get("EncodingType") != "url":
            return
        for name in ("NextMarker", "NextKeyMarker"):
            if result.get(name):
                result[name] = urllib.parse.unquote(result[name])
        for listed, field in (("Contents", "Key"), ("CommonPrefixes", "Prefix"), ("Uploads", "Key")):
            for found in result.get(listed) or []:
                found[field] = urllib.parse.unquote(found[field])

    def head_bucket(self, bucket):
        return clean(self.call("head_bucket", Bucket=bucket)["ResponseMetadata"]["HTTPHeaders"])

    def upload_file(self, bucket, key, path, part_size):
        bridge().call("s3", "upload", self.options,
                      {"bucket": bucket, "key": key, "path": str(path), "partSize": part_size})

    download_file = None

    def put_stream(self, bucket, key, chunks, headers=None):
        return self.answer(bridge().call("s3", "stream", self.options, {
            "bucket": bucket, "key": key, "chunks": list(chunks), "extra": dated(parameters(headers))}))

    def presign(self, method, bucket, key, expires=600, params=None, headers=None):
        commands = {"GET": "GetObjectCommand", "PUT": "PutObjectCommand", "HEAD": "HeadObjectCommand",
                    "DELETE": "DeleteObjectCommand"}
        named = {PARAMETERS.get(n, n): v for n, v in ((params or {}) | (headers or {})).items()}
        return bridge().call("s3", "presign", self.options, {
            "command": commands[method], "input": {"Bucket": bucket, "Key": key} | dated(named), "expires": expires,
            "headers": headers or {}})


ADAPTERS = [AwsSdkJsClient]
