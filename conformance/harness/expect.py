"""The assertions that many tests make."""

import contextlib

import pytest

from clients.base import ServiceError


@contextlib.contextmanager
def refused(status: int, code: str | None = None, ec: str | None = None, client=None):
    """The service refuses with this status and code, as far as the client tells them; the EC where it tells that."""
    with pytest.raises(ServiceError) as caught:
        yield caught
    error = caught.value
    assert error.matches(status, code), f"expected {status} {code}, got {error.status} {error.code}: {error.message}"
    if ec and client and "error-ec" in client.features and error.ec:
        assert error.ec == ec, f"expected EC {ec}, got {error.ec}"


def same_etag(one: str, other: str) -> bool:
    """OSS shows upper-case sums and S3 lower-case ones; they name the same content."""
    return one.strip('"').lower() == other.strip('"').lower()
