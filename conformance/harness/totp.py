"""The codes that a phone would show (RFC 6238), written apart from the server."""

import base64
import hashlib
import hmac
import struct
import time


def code(seed: str, step: int) -> str:
    key = base64.b32decode(seed + "=" * (-len(seed) % 8))
    mac = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[19] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def codes(seed: str) -> tuple[str, str]:
    """Of the step before this one, and of this one."""
    step = int(time.time()) // 30
    return code(seed, step - 1), code(seed, step)


def next_code(seed: str) -> str:
    """Of the next step, which servers take already."""
    return code(seed, int(time.time()) // 30 + 1)
