"""Connect httpx only to addresses that were checked, within one deadline.

A name is resolved once, and every address it has must be allowed. The connection goes to the one
that was checked, so a second answer of the name server changes nothing. Bytes are counted as they
arrive, and every read ends at the deadline of the entire download. So neither slow bytes nor many
headers evade a limit. No proxy, environment variable or cookie is used.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

import certifi
import httpcore

from xinjiang_record import settings
from xinjiang_record.errors import FetchError, LimitError
from xinjiang_record.fetch.light_httpx import httpx
from xinjiang_record.limits import LIMITS, MIB

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[str]]
CHECK = "Check the address and the network"
OVERHEAD_BYTES = 1 * MIB  # headers and framing that come on top of a body
_NAT64 = ipaddress.ip_network("64:ff9b::/32")  # another address in it, perhaps a private one


class NoConnectionError(FetchError):
    """Report a host to which no connection came about: nothing was sent to it."""


def is_public(address: Address) -> bool:
    """Return whether an address is on the open internet, whatever form it is written in.

    Private, loopback, link-local, reserved and multicast addresses are not, nor are IPv6 forms of
    them.
    """
    if isinstance(address, ipaddress.IPv6Address):
        teredo = address.teredo or ()
        embedded = [item for item in (address.sixtofour, *teredo) if item is not None]
        if (
            address in _NAT64
            or address.ipv4_mapped
            or not all(is_public(item) for item in embedded)
        ):
            return False
        if address.scope_id:
            return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


def system_resolver(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host, from the machine's resolver."""
    return [str(item[4][0]) for item in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(slots=True)
class Budget:
    """Bound what one download or upload may use, all its hops together."""

    seconds: float
    bytes: int
    limit: str = "download_seconds"  # whose seconds they are
    started: float = field(default_factory=settings.monotonic)
    received: int = 0

    def left(self) -> float:
        """Return the seconds left. Raises FetchError when there are none."""
        left = self.started + self.seconds - settings.monotonic()
        if left <= 0:
            raise FetchError(f"took over {self.seconds:g} s, the limit {self.limit}")
        return left

    def left_to_connect(self) -> float:
        """Return the seconds for a connection: a host that is silent does not use up the rest."""
        return min(self.left(), float(LIMITS.connect_seconds))

    def count(self, size: int) -> None:
        """Count bytes that arrived. Raises LimitError over the limit."""
        self.received += size
        if self.received > self.bytes + OVERHEAD_BYTES:
            raise LimitError(f"sends over {self.bytes} bytes, the limit download_bytes")


class _Stream(httpcore.NetworkStream):
    """Wrap a connection so that every wait ends at the deadline and bytes are counted."""

    def __init__(self, inner: httpcore.NetworkStream, budget: Budget) -> None:
        self._inner, self._budget = inner, budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._inner.read(max_bytes, self._budget.left())
        self._budget.count(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._budget.left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(
            self._inner.start_tls(ssl_context, server_hostname, self._budget.left()), self._budget
        )

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)


def _reason(error: Exception | None) -> str:
    """Return what the system says, without the number of the error."""
    return re.sub(r"^\[Errno -?[0-9]+\] ", "", str(error))


class _Backend(httpcore.NetworkBackend):
    """Resolve, check, connect to what was checked."""

    def __init__(
        self, budget: Budget, resolver: Resolver, allows: Callable[[Address], bool]
    ) -> None:
        self._budget, self._resolver, self._allows = budget, resolver, allows
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        error: Exception | None = None
        for address in self._checked(host, port):
            try:
                stream = self._inner.connect_tcp(
                    address, port, self._budget.left_to_connect(), None, socket_options
                )
                return _Stream(stream, self._budget)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failure:
                error = failure
        raise NoConnectionError(f"{host} does not answer: {_reason(error)}. {CHECK}")

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        raise FetchError("a socket on this machine is not a source")

    def _checked(self, host: str, port: int) -> list[str]:
        addresses = list(dict.fromkeys(self._resolve(host, port)))
        if not addresses:
            raise NoConnectionError(f"{host} has no address. {CHECK}")
        for text in addresses:
            if not self._allows(ipaddress.ip_address(text)):
                raise FetchError(
                    f"{host} has the address {text}, which is not on the open internet. "
                    "Nothing was sent to it"
                )
        return addresses[:4]

    def _resolve(self, host: str, port: int) -> Sequence[str]:
        """Ask the resolver in a thread: it knows no deadline of its own."""
        answer: list[Sequence[str]] = []
        failure: list[Exception] = []

        def ask() -> None:
            try:
                answer.append(self._resolver(host, port))
            except (OSError, UnicodeError) as error:
                failure.append(error)

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        seconds = self._budget.left_to_connect()
        thread.join(seconds)
        if failure:
            raise NoConnectionError(f"{host} has no address: {_reason(failure[0])}. {CHECK}")
        if not answer:
            late = f"the address of {host} did not come within {seconds:.3g} s"
            raise NoConnectionError(f"{late}. {CHECK}")
        return answer[0]


@cache
def _system_context() -> ssl.SSLContext:
    """Return a context with certifi's authorities; reading them takes tens of milliseconds."""
    return ssl.create_default_context(cafile=certifi.where())


class _Body(httpx.SyncByteStream):
    def __init__(self, inner: Any, limit: str) -> None:
        self._inner, self._limit = inner, limit

    def __iter__(self) -> Iterator[bytes]:
        with _ExplainedErrors(self._limit):
            yield from self._inner

    def close(self) -> None:
        self._inner.close()


class _ExplainedErrors:
    """Turn errors of the HTTP library into FetchError; other errors pass."""

    def __init__(self, limit: str) -> None:
        self._limit = limit

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, httpcore.TimeoutException):
            raise FetchError(f"took too long, the limit {self._limit}") from error
        if isinstance(
            error, (httpcore.ProtocolError, httpcore.NetworkError, ssl.SSLError, OSError)
        ):
            raise FetchError(f"the connection broke: {error}") from error


class Transport(httpx.BaseTransport):
    """Connect httpx to the network for one download."""

    def __init__(
        self,
        budget: Budget,
        resolver: Resolver,
        allows: Callable[[Address], bool],
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """Connect through the budget, resolver and check of addresses."""
        self._backend = _Backend(budget, resolver, allows)
        self._limit = budget.limit
        self._ssl_context = ssl_context
        self._pools: dict[bytes, httpcore.ConnectionPool] = {}

    def _pool(self, scheme: bytes) -> httpcore.ConnectionPool:
        """Return the pool for a scheme; plain http needs no certificates: reading them is slow."""
        if scheme not in self._pools:
            context = (self._ssl_context or _system_context()) if scheme == b"https" else None
            self._pools[scheme] = httpcore.ConnectionPool(
                ssl_context=context, max_keepalive_connections=0, network_backend=self._backend
            )
        return self._pools[scheme]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and return its response."""
        plain = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=cast(httpx.SyncByteStream, request.stream),
        )
        with _ExplainedErrors(self._limit):
            response = self._pool(request.url.raw_scheme).handle_request(plain)
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_Body(response.stream, self._limit),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            pool.close()
