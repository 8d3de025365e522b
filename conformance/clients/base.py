"""What an adapter answers, and how it fails, whichever client it wraps."""

import dataclasses


class ServiceError(Exception):
    """The service's refusal, as the client understood it. What a client does not tell is None."""

    def __init__(self, status, code, message="", ec=None, headers=None):
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.ec = ec
        self.headers = {k.lower(): v for k, v in (headers or {}).items()}

    def matches(self, status: int, code: str | None) -> bool:
        """Some clients tell the status only, others the code only; HEAD has no body to carry a code."""
        if self.status is None and self.code is None:
            return False
        if self.status is not None and self.status != status:
            return False
        if not self.code or code is None or self.code == str(status):
            return True
        return self.code == code or (self.code in HEAD_CODES.get(status, ()))


# What clients make up for an answer without a body.
HEAD_CODES = {
    304: ("304", "NotModified", "Not Modified"),
    404: ("404", "NotFound", "NoSuchKey"),
    403: ("403", "Forbidden", "AccessDenied"),
    412: ("412", "PreconditionFailed", "Precondition Failed"),
}


@dataclasses.dataclass
class Answer:
    """A success. `headers` has lower-case names and only what the client shows."""

    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    data: bytes = b""
    etag: str = ""
    crc64: int | None = None
    meta: dict[str, str] = dataclasses.field(default_factory=dict)
    status: int | None = None


@dataclasses.dataclass
class Entry:
    key: str
    size: int | None = None
    etag: str = ""
    storage_class: str | None = None
    type: str | None = None
    owner: str | None = None


@dataclasses.dataclass
class Listing:
    entries: list[Entry]
    prefixes: list[str]
    truncated: bool = False
    next: str | None = None
    key_count: int | None = None

    @property
    def keys(self) -> list[str]:
        return [entry.key for entry in self.entries]


@dataclasses.dataclass
class Part:
    number: int
    etag: str
    size: int | None = None
    crc64: int | None = None


@dataclasses.dataclass
class Parts:
    parts: list[Part]
    truncated: bool = False
    next: int | None = None


@dataclasses.dataclass
class Uploads:
    uploads: list[tuple[str, str]]  # key, upload id
    prefixes: list[str]
    truncated: bool = False
    next_key: str | None = None
    next_upload_id: str | None = None


def unquoted(etag: str | None) -> str:
    return (etag or "").strip('"')


def clean(headers) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in dict(headers or {}).items()}


class Adapter:
    """A client with one way of signing.

    Methods have the names of operations and take the standard headers in lower case, plus these, which each dialect
    spells its own way: `acl`, `forbid-overwrite`. An adapter lacks the methods that its client lacks; `features`
    names the abilities that are not methods.
    """

    name = ""          # unique, shown as the test's parameter
    client = ""        # the client's name in docs/compat
    dialect = ""       # oss or s3
    features: frozenset[str] = frozenset()

    @classmethod
    def can(cls, need: str) -> bool:
        return need in cls.features or callable(getattr(cls, need, None))

    @property
    def min_part(self) -> int:
        from harness.data import MIN_PART
        return MIN_PART[self.dialect]

    def close(self) -> None:
        pass
