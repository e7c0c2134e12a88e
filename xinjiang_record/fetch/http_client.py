"""Fetch one address: bounded in bytes and time, from allowed hosts, with every redirect checked.

Only https is used. A host is allowed by its exact name. The body is requested without compression;
gzip is accepted within the same limit, and any other compression refused. An answer that is not
what it says (cut short, empty, a page in place of a PDF) is a FetchError: then nothing was stored.
``connection`` does the work on the wire. The limits are ``limits.LIMITS.download_*``.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message

from xinjiang_record import settings
from xinjiang_record._version import __version__
from xinjiang_record.archives.zip import decompress
from xinjiang_record.errors import FetchError, LimitError, ReadError, UsageError
from xinjiang_record.fetch.connection import (
    OVERHEAD_BYTES,
    Address,
    Budget,
    Resolver,
    Transport,
    is_public,
    system_resolver,
)
from xinjiang_record.fetch.light_httpx import httpx
from xinjiang_record.limits import LIMITS, Limits

Report = Callable[[int, int], None]
AGENT = f"xinjiang-record/{__version__} (snapshots of cited sources for a public record)"
STATE = "Nothing was stored."
REDIRECTS = frozenset({301, 302, 303, 307, 308})
GONE = frozenset({404, 410})
_MAGIC = {
    "application/pdf": (b"%PDF-",),
    "application/zip": (b"PK",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (b"PK",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (b"PK",),
    "application/vnd.ms-excel": (b"\xd0\xcf\x11\xe0",),
    "image/png": (b"\x89PNG",),
    "image/jpeg": (b"\xff\xd8\xff",),
}
_ENDINGS = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True, slots=True)
class Policy:
    """Say what may be fetched; the defaults are for the open internet.

    Tests pass a resolver and a wider policy; nothing else can.
    """

    schemes: frozenset[str] = frozenset({"https"})
    ports: frozenset[int] = frozenset({443})
    allows: Callable[[Address], bool] = is_public
    resolver: Resolver = system_resolver
    limits: Limits = LIMITS
    ssl_context: ssl.SSLContext | None = None  # certifi's authorities, if not given


@dataclass(frozen=True, slots=True)
class Hop:
    """Hold one request and its answer."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Fetched:
    """Hold the result: ``status`` 200 with a body, 304, or one of ``GONE``.

    ``body`` is without transfer compression; ``raw_bytes`` counts it as sent.
    """

    url: str
    hops: tuple[Hop, ...]
    body: bytes
    raw_bytes: int
    started_at: datetime
    seconds: float
    media_type: str = ""
    charset: str = ""
    request_headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """Return the status of the last answer."""
        return self.hops[-1].status

    def header(self, name: str) -> str:
        """Return a header of the last answer; empty if it has none."""
        return next((value for key, value in self.hops[-1].headers if key == name), "")


def host_of(url: str) -> str:
    """Return the host of a registered address, as the allow-list holds it.

    Raises UsageError for what is not a web address.
    """
    try:
        parsed = httpx.URL(url)
        has_host = bool(parsed.host)  # which decodes a name in Punycode
    except (httpx.InvalidURL, ValueError) as error:
        raise UsageError(f"{url!r} is not a web address: {error}.") from error
    if parsed.scheme not in ("http", "https") or not has_host:
        raise UsageError(f"{url!r} is not a web address. Only https is fetched.")
    return _plain(parsed.raw_host.decode("ascii"))


def fetch(
    url: str,
    *,
    hosts: frozenset[str],
    etag: str = "",
    last_modified: str = "",
    policy: Policy | None = None,
    report: Report | None = None,
) -> Fetched:
    """Get ``url``. Raises FetchError or LimitError.

    A registered http address is fetched over https, unless the policy allows http. ``report`` is
    called while the body arrives, with the bytes that came and the bytes declared (or 0).
    """
    policy = policy or Policy()
    if url.startswith("http://") and "http" not in policy.schemes:
        url = "https://" + url.removeprefix("http://")
    asked = {"User-Agent": AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}
    asked |= {"If-None-Match": etag} if etag else {}
    asked |= {"If-Modified-Since": last_modified} if last_modified else {}
    budget = Budget(policy.limits.download_seconds, policy.limits.download_bytes)
    started_at = settings.now()
    try:
        fetched = _follow(url, hosts, asked, budget, policy, started_at, report)
        return _checked(fetched) if fetched.status == 200 else fetched
    except (FetchError, LimitError) as error:
        raise type(error)(f"{url}: {error}. {STATE}") from error
    except (
        httpx.HTTPError,
        httpx.InvalidURL,
        httpx.StreamError,
        ReadError,
        ValueError,  # of a host in Punycode, or of the type of a body
    ) as error:
        raise FetchError(f"{url}: {error}. {STATE}") from error


def _follow(
    url: str,
    hosts: frozenset[str],
    asked: Mapping[str, str],
    budget: Budget,
    policy: Policy,
    started_at: datetime,
    report: Report | None,
) -> Fetched:
    hops: list[Hop] = []
    transport = Transport(budget, policy.resolver, policy.allows, policy.ssl_context)
    with httpx.Client(
        transport=transport, trust_env=False, follow_redirects=False, timeout=None
    ) as client:
        target = httpx.URL(url)
        while True:
            _check_address(target, hosts, policy)
            with client.stream("GET", target, headers=dict(asked)) as response:
                client.cookies.clear()
                hops.append(
                    Hop(str(target), response.status_code, tuple(response.headers.multi_items()))
                )
                if response.status_code not in REDIRECTS:
                    is_body = response.status_code == 200
                    body = _body(response, budget, report) if is_body else b""
                    break
                if len(hops) > policy.limits.redirects:
                    raise FetchError(
                        f"redirects more than {policy.limits.redirects} times, the limit redirects"
                    )
                target = target.join(_location(response)).copy_with(fragment=None)
        if hops[-1].status not in {200, 304, *GONE}:
            raise FetchError(f"answers with status {hops[-1].status}")
        seconds = round(settings.monotonic() - budget.started, 3)
        return Fetched(
            url, tuple(hops), body, len(body), started_at, seconds, request_headers=asked
        )


def _location(response: httpx.Response) -> str:
    location = str(response.headers.get("location", ""))
    if not location:
        raise FetchError(f"answers with status {response.status_code} and no location")
    return location


def _check_address(url: httpx.URL, hosts: frozenset[str], policy: Policy) -> None:
    if url.scheme not in policy.schemes:
        raise FetchError(
            f"leads to {str(url)[:200]!r}, which is not {' or '.join(sorted(policy.schemes))}"
        )
    if url.userinfo:
        raise FetchError("leads to an address with a user name in it")
    if url.port is not None and url.port not in policy.ports:
        raise FetchError(f"leads to port {url.port}, which is not allowed")
    host = _plain(url.raw_host.decode("ascii"))
    if host not in hosts:
        raise FetchError(
            f"leads to the host {host!r}, which is not allowed for this source. "
            "If it is right, add it to the column hosts of raw/sources.csv"
        )


def _plain(host: str) -> str:
    return host.lower().rstrip(".").strip("[]")


def _body(response: httpx.Response, budget: Budget, report: Report | None) -> bytes:
    declared = response.headers.get("content-length", "")
    length = int(declared[:18]) if declared.isascii() and declared.isdigit() else 0
    if length > budget.bytes:
        raise LimitError(
            f"declares {declared} bytes, over the limit download_bytes ({budget.bytes})"
        )
    parts, size = [], 0
    for chunk in response.iter_raw():
        size += len(chunk)
        if size > budget.bytes:
            raise LimitError(f"sends over {budget.bytes} bytes, the limit download_bytes")
        if budget.received - size > OVERHEAD_BYTES:
            raise LimitError(f"sends over {OVERHEAD_BYTES} bytes around its body, as tiny chunks")
        parts.append(chunk)
        if report:
            report(size, length)
    return b"".join(parts)


def _checked(fetched: Fetched) -> Fetched:
    """Return the answer with its body decompressed, and its type and charset."""
    body = fetched.body
    coding = fetched.header("content-encoding").lower() or "identity"
    if coding in ("gzip", "x-gzip"):
        body = decompress(body, "gzip", shown="the body", limit=LIMITS.download_bytes)
    elif coding != "identity":
        raise FetchError(f"sends its body in {coding[:40]!r}, though asked for it plain")
    if not body.strip():
        raise FetchError("answers with an empty body")
    kind = Message()  # the newer EmailMessage parses by recursion, without a bound
    kind["content-type"] = fetched.header("content-type") or "application/octet-stream"
    media_type, charset = kind.get_content_type(), kind.get_param("charset")
    if "content-type" not in dict(fetched.hops[-1].headers):
        media_type = "application/octet-stream"
    path = httpx.URL(fetched.url).path.lower()
    expected = next((item for end, item in _ENDINGS.items() if path.endswith(end)), media_type)
    if media_type == "text/html" and expected != media_type:
        raise FetchError(
            f"answers with a page where {expected} was to come: an error page with status 200"
        )
    if not body.startswith(_MAGIC.get(expected, (b"",))):
        raise FetchError(f"says it is {expected} and does not begin like one")
    return Fetched(
        fetched.url,
        fetched.hops,
        body,
        fetched.raw_bytes,
        fetched.started_at,
        fetched.seconds,
        media_type,
        charset if isinstance(charset, str) else "",
        fetched.request_headers,
    )
