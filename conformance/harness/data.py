"""Bytes to store, and the sums that the two dialects promise over them."""

import base64
import functools
import hashlib
import random
import uuid

import crcmod

KIB = 1024
MIB = 1024 * KIB

# The least size of a part that is not the last.
MIN_PART = {"oss": 100 * KIB, "s3": 5 * MIB}

_crc64 = crcmod.mkCrcFun(0x142F0E1EBA9EA3693, initCrc=0, xorOut=0xFFFFFFFFFFFFFFFF, rev=True)
assert _crc64(b"123456789") == 0x995DC9BBDF1939FA


def crc64(data: bytes) -> int:
    """CRC-64/XZ, as in x-oss-hash-crc64ecma."""
    return _crc64(data)


def md5_hex(data: bytes) -> str:
    return hashlib.md5(data).hexdigest()


def md5_base64(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data).digest()).decode()


@functools.lru_cache(maxsize=32)
def blob(size: int, seed: int = 0) -> bytes:
    """Bytes that do not compress and that are the same each time."""
    return random.Random(f"{size}/{seed}").randbytes(size)


def oss_multipart_etag(parts: list[bytes]) -> str:
    """OSS sums the upper-case hex of the parts' sums, not their digests as S3 does."""
    sums = "".join(md5_hex(part).upper() for part in parts)
    return md5_hex(sums.encode()).upper() + f"-{len(parts)}"


def s3_multipart_etag(parts: list[bytes]) -> str:
    sums = b"".join(hashlib.md5(part).digest() for part in parts)
    return md5_hex(sums) + f"-{len(parts)}"


def multipart_etag(dialect: str, parts: list[bytes]) -> str:
    return oss_multipart_etag(parts) if dialect == "oss" else s3_multipart_etag(parts)


names_made = 0


def name(prefix: str = "t") -> str:
    """A bucket name that no other test uses."""
    global names_made
    names_made += 1
    return f"{prefix}-{uuid.uuid4().hex[:20]}"
