"""Call a web API with a token: bounded in time, one host only, repeated where that is safe.

Requests that change nothing if they are sent twice (GET, PUT, DELETE) are repeated after a broken
connection, a time-out, 429 or a fault of the server. A POST is not, for it may have had its effect:
the caller has to look. A host that cannot be reached is tried again by ``take_up_again`` only, for
a time that a limit bounds. The token goes to the host of the API only, never over plain http except
on this machine, and never into a message.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from xinjiang_record import settings
from xinjiang_record._version import __version__
from xinjiang_record.errors import FetchError, LimitError, UsageError
from xinjiang_record.fetch.connection import (
    Address,
    Budget,
    NoConnectionError,
    Transport,
    system_resolver,
)
from xinjiang_record.fetch.light_httpx import httpx
from xinjiang_record.limits import LIMITS

REPEATED = frozenset({429, 500, 502, 503, 504})
SAFE = frozenset({"GET", "PUT", "DELETE"})
BLOCK_BYTES = 1 << 20
LONGEST_PAUSE_SECONDS = 60.0
ROUNDS = 6  # times that a job is taken up again after a request that broke
Result = TypeVar("Result")


class InterruptedCallError(FetchError):
    """Report a request that had no usable answer: whether it had its effect is not known."""


class UnreachableError(InterruptedCallError):
    """Report a host to which no connection came about."""


class RefusedCallError(FetchError):
    """Report an answer that says no; ``status`` is its number."""

    def __init__(self, message: str, status: int) -> None:
        """Keep the message and the status."""
        super().__init__(message, status)
        self.status = status

    def __str__(self) -> str:
        """Return the message alone."""
        return str(self.args[0])


def take_up_again(
    job: Callable[[], Result], pause_seconds: float, report: Callable[[str], None]
) -> Result:
    """Return the result of a job, which is run again after a request that broke.

    Args:
        job: What to run, at most ``ROUNDS`` times: it first looks at what was done.
        pause_seconds: The first pause between two rounds; each next one is twice as long.
        report: Called with a line about each request that broke.

    Raises:
        UnreachableError: The host could not be reached for the limit unreachable_seconds.
        InterruptedCallError: The last round broke too.
    """
    lost_at = (
        None  # when the host could not be reached first, if it could not be in any round since
    )
    for left in reversed(range(ROUNDS)):
        try:
            return job()
        except InterruptedCallError as error:
            now = settings.monotonic()
            if not isinstance(error, UnreachableError):
                lost_at = None
            elif lost_at is None:
                lost_at = now
            is_lost = lost_at is not None and (
                now + pause_seconds > lost_at + LIMITS.unreachable_seconds
            )
            if is_lost or not left:
                advice = "Check the network, and run" if is_lost else "Run"
                raise type(error)(
                    f"{error} {advice} the command again: it goes on from what is there."
                ) from error
            report(f"{error} Trying again.")
        settings.pause(pause_seconds)
        pause_seconds *= 2
    raise AssertionError("unreachable")


@dataclass(frozen=True, slots=True)
class Api:
    """Describe an API and how patiently it is called.

    Attributes:
        address: The address of the host, such as ``https://zenodo.org``.
        token: The token of the account.
        seconds: The time of one request.
        attempts: How often a request is sent at most.
        pause_seconds: The first pause between two attempts; each next one is twice as long.
    """

    address: str
    token: str
    seconds: float = float(LIMITS.upload_seconds)
    attempts: int = 5
    pause_seconds: float = 1.0

    def __post_init__(self) -> None:
        """Refuse an address to which a token must not be sent."""
        parts = urlsplit(self.address)
        is_here = parts.scheme == "http" and _is_loopback(parts.hostname or "")
        if not parts.hostname or not (parts.scheme == "https" or is_here):
            raise UsageError(f"{self.address!r}: expected an https address of an archive.")

    def call(
        self, method: str, place: str, *, value: object = None, file: Path | None = None
    ) -> dict[str, object] | list[object]:
        """Send a request and return the JSON of its answer; an empty answer is an empty table.

        Args:
            method: GET, PUT, POST or DELETE.
            place: A path, or an address on the host of the API.
            value: What to send as JSON.
            file: A file to send as it is.

        Raises:
            RefusedCallError: The answer says no.
            UnreachableError: No connection came about; nothing was sent.
            InterruptedCallError: No usable answer came, in any attempt.
        """
        url = self._whole(place)
        pause = self.pause_seconds
        for attempt in range(1, self.attempts + 1):
            try:
                status, headers, body = self._send(method, url, value, file)
            except NoConnectionError as error:
                raise UnreachableError(f"{self.address}: {self._hide(error)}.") from error
            except (FetchError, LimitError, httpx.HTTPError, OSError) as error:
                if method not in SAFE or attempt == self.attempts:
                    raise InterruptedCallError(f"{method} {url}: {self._hide(error)}.") from error
            else:
                if status < 300:
                    return self._read(method, url, body)
                # 429 says that nothing was done, so any request may be sent again.
                may_repeat = status in REPEATED and (method in SAFE or status == 429)
                if not may_repeat:
                    raise self._refuse(method, url, status, body)
                if attempt == self.attempts:
                    raise InterruptedCallError(f"{method} {url}: answers with status {status}.")
                pause = max(pause, _retry_after(headers))
            settings.pause(min(pause, LONGEST_PAUSE_SECONDS))
            pause *= 2
        raise AssertionError("unreachable")

    def _send(
        self, method: str, url: str, value: object, file: Path | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        budget = Budget(self.seconds, LIMITS.download_bytes, "upload_seconds")
        transport = Transport(budget, system_resolver, self._allows)
        headers = {
            "Authorization": f"Bearer {self.token}",
            "User-Agent": f"xinjiang-record/{__version__}",
            "Accept": "application/json",
        }
        content: bytes | Iterator[bytes] | None = None
        if value is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(value).encode()
        elif file is not None:
            headers["Content-Type"] = "application/octet-stream"
            headers["Content-Length"] = str(file.stat().st_size)
            content = _read_blocks(file)
        with (
            httpx.Client(
                transport=transport, trust_env=False, follow_redirects=False, timeout=None
            ) as client,
            client.stream(method, url, headers=headers, content=content) as response,
        ):
            return response.status_code, response.headers, response.read()

    def _whole(self, place: str) -> str:
        """Return a whole address; one on another host, which a token must not reach, is refused."""
        url = place if "://" in place else f"{self.address.rstrip('/')}{place}"
        if urlsplit(url)[:2] != urlsplit(self.address)[:2]:
            raise FetchError(
                f"{self.address}: names an address on another host, {url[:200]!r}. Nothing was "
                "sent to it."
            )
        return url

    def _allows(self, address: Address) -> bool:
        return address.is_global or address.is_loopback

    def _read(self, method: str, url: str, body: bytes) -> dict[str, object] | list[object]:
        if not body:
            return {}
        try:
            found = json.loads(body)
        except ValueError as error:
            raise InterruptedCallError(f"{method} {url}: its answer is not JSON.") from error
        if not isinstance(found, dict | list):
            raise InterruptedCallError(f"{method} {url}: its answer is neither object nor list.")
        return found

    def _refuse(self, method: str, url: str, status: int, body: bytes) -> FetchError:
        said = self._hide(body[:500].decode("utf-8", "replace"))
        text = f"{method} {url}: answers with status {status}: {said}"
        if status in REPEATED:
            return InterruptedCallError(text)
        return RefusedCallError(text, status)

    def _hide(self, text: object) -> str:
        return str(text).replace(self.token, "***") if self.token else str(text)


def _read_blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            yield block


def _retry_after(headers: Mapping[str, str]) -> float:
    text = headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0.0


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
