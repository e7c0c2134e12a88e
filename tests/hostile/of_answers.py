"""Answers of servers that are odd in form, for ``get``, ``load`` and for fetching a source."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import xinjiang_record as xr
from tests.hostile import of_releases
from tests.hostile.case import Case, Ended
from tests.hostile.of_servers import Handler
from tests.web_servers import running
from xinjiang_record.fetch.http_client import Policy, fetch
from xinjiang_record.limits import LIMITS

PACKAGE = of_releases.PACKAGE
ENDS = {"ledger": "versions.json", "sums": "SHA256SUMS", "file": ("README.md", ".parquet")}
TWO_SECONDS = replace(LIMITS, download_seconds=2)
Manner = Callable[["Odd", bytes], object]


class Odd(Handler, BaseHTTPRequestHandler):
    """Answer with bytes that are written as they are."""

    asked = itertools.count()

    def do_GET(self) -> None:
        parts = self.path.split("/")
        if len(parts) < 4 or not parts[1].isdecimal() or parts[2] not in ENDS:
            self.answer(b"", 404)
            return
        _, manner, which, *rest = parts
        path = self.folder.joinpath(*rest)
        with contextlib.suppress(OSError, ValueError):
            data = path.read_bytes() if path.is_file() else b""
            if self.path.endswith(ENDS[which]) or (which == "file" and not data):
                [*manners().values()][int(manner)](self, data)
            else:
                self.answer(data, 200 if data else 404)
        self.close_connection = True

    def raw(self, head: str, body: bytes = b"", status: str = "200 OK") -> None:
        self.wfile.write(f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body)

    def forever(self, head: str, part: bytes, pause: float = 0) -> None:
        self.raw(head)
        while True:
            self.wfile.write(part)
            if pause:
                self.server.stop.wait(pause)  # type: ignore[attr-defined]

    def mixed(self, other: bytes) -> None:
        """Answer each second request with something else."""
        real = self.folder.joinpath(*self.path.split("/")[3:]).read_bytes()
        self.answer(other if next(self.asked) % 2 else real)


def _length(text: str) -> Manner:
    return lambda it, data: it.raw(f"Content-Length: {text}\r\n", data)


def _status(text: str, head: str = "") -> Manner:
    return lambda it, data: it.raw(f"{head}Content-Length: {len(data)}\r\n", data, text)


def _to(location: str) -> Manner:
    def answer(it: Odd, data: bytes) -> None:
        port = it.server.server_address[1]  # type: ignore[index]
        place = location.replace("PORT", str(port))
        it.raw(f"Location: {place}\r\nContent-Length: 0\r\n", status="302 Found")

    return answer


def _type(text: str) -> Manner:
    return lambda it, data: it.raw(f"Content-Type: {text}\r\nContent-Length: {len(data)}\r\n", data)


def _coded(name: str, change: Callable[[bytes], bytes]) -> Manner:
    def answer(it: Odd, data: bytes) -> None:
        body = change(data)
        it.raw(f"Content-Encoding: {name}\r\nContent-Length: {len(body)}\r\n", body)

    return answer


def _head(text: str) -> Manner:
    return lambda it, data: it.raw(f"{text}\r\nContent-Length: {len(data)}\r\n", data)


def _bomb(data: bytes) -> bytes:
    return gzip.compress(b"\0" * 200_000_000)


def _walk(it: Odd, data: bytes) -> None:
    """Redirect to another address each time."""
    it.raw(f"Location: {it.path}?{next(it.asked)}\r\nContent-Length: 0\r\n", status="302 Found")


def _early(it: Odd, data: bytes) -> None:
    for _ in range(200_000):
        it.raw("", status="100 Continue")
    it.answer(data)


_MANNERS: dict[str, Manner] = {}


def manners() -> dict[str, Manner]:
    """Return every manner of answering, by name."""
    if _MANNERS:
        return _MANNERS
    found = _MANNERS
    for number, place in enumerate((
        "data:,x", "ftp://127.0.0.1/x", "javascript:1", "//127.0.0.1:1/x", "http://localhost:PORT/",
        "http://u:p@127.0.0.1:PORT/", "http://[::1]:PORT/", "http://127.0.0.1:0/",
        "http://127.0.0.1:99999/", "http://127.0.0.1:-1/", "http://127.0.0.1:abc/", "http://",
        "http:", "?", "#", "..", "/%00", "\\\\127.0.0.1\\x", "http://[::/", "http://[1::2::3]/",
        "http://\xff/", "http://xn--zzzzzzz-/", "http://127.1:PORT/", "http://0x7f000001:PORT/",
        "http://2130706433:PORT/", "http://0177.0.0.1:PORT/", "http://127.0.0.1.:PORT/",
        "/" + "a" * 60_000, "/" + "../" * 9_000, "http://169.254.169.254/latest",
        "file:/etc/passwd",
        "FILE:///etc/passwd", "/\xe9", "unix:/tmp/x", "http://a@b@127.0.0.1:PORT/", " ", "https:/x",
        "http://" + "a." * 5_000 + "b/", "http://" + "a" * 70 + ".b/", "/ledger/ledger/../..",
    )):  # fmt: skip
        found[f"to {number} {place[:30].replace('/', '|')}"] = _to(place)
    found["to others without end"] = _walk
    for text in ("0", "00", "+5", " 5", "5 ", "0x5", "1e3", "5,5", "5,6", "-0", "9" * 400,
                 "9" * 6_000, "5.0", "\xb2", "", "5\r\nContent-Length: 6", "5\r\nContent-Length: 5",
                 "5\r\nTransfer-Encoding: chunked", "5;5", "1 000", "1_0"):  # fmt: skip
        found[f"length {text[:12]!r}".replace("/", "|")] = _length(text)
    for text in ("100 Continue", "101 Switching Protocols", "102 x", "103 Early Hints", "199 x",
                 "201 Created", "202 Accepted", "203 x", "205 x", "207 x", "226 x", "299 x",
                 "300 x", "301 x", "303 x", "304 x", "305 x", "306 x", "307 x", "308 x", "399 x",
                 "400 x", "401 x", "402 x", "405 x", "407 x", "408 x", "410 x", "413 x", "416 x",
                 "418 x", "421 x", "425 x", "426 x", "431 x", "451 x", "499 x", "501 x", "502 x",
                 "504 x", "505 x", "511 x", "599 x", "600 x", "999 x", "000 x", "20 x", "2000 x",
                 "-200 x", "2OO OK", "\xb2\xb2\xb2 x", "200", "200 " + "x" * 200_000,
                 ""):  # fmt: skip
        found[f"status {text[:12]}"] = _status(text)
    for text in ("0", "-1", "999999999999", "1e9", "Fri, 31 Dec 9999 23:59:59 GMT", "evil", "\xb2",
                 "9" * 5_000):  # fmt: skip
        for status in ("429 x", "503 x"):
            found[f"{status} {text[:12]}"] = _status(status, f"Retry-After: {text}\r\n")
    for text in ("", ";", "/", "a", "a/b/c", "text/html; charset=", "text/plain; charset=evil",
                 "text/plain; charset=utf-7", "text/plain; charset=\"utf-8", "text/plain; =",
                 "text/plain; charset*=utf-8''%ff", "text/plain; charset*=evil''x",
                 "text/plain; charset*0=u; charset*1=tf-8", "text/plain; charset*0*=x''%zz",
                 "text/plain; charset*99999999999999999999=x", "text/plain; " + "a=b; " * 10_000,
                 "text/plain; charset=rot13", "text/plain; charset=undefined", "=?utf-8?q?a?=/b",
                 "text/plain; charset*=''", "text/plain; charset*1=x", "(" * 9_000, '"' * 9_001,
                 "text/html", "TEXT/HTML", "multipart/mixed", "message/rfc822", "application/pdf",
                 "application/zip", "text/plain\tx", "text/plain; charset*-1=x", "\xe9/\xe9",
                 "text/plain; charset*=utf-16''%ff%fe", "text/plain; a*0*=''; a*1*=%"):  # fmt: skip
        found[f"type {text[:40]}".replace("/", "|")] = _type(text)
    twice = lambda data: gzip.compress(gzip.compress(data))  # noqa: E731
    for name, change in {
        "br": bytes, "deflate": zlib.compress, "zstd": bytes, "compress": bytes,
        "gzip, gzip": twice, "gzip,gzip,gzip": twice, "GZIP": gzip.compress, "x-gzip": twice,
        "identity": bytes, "identity, gzip": gzip.compress, "gzip;q=1": gzip.compress,
        "x" * 9_000: bytes, ",": bytes, "\xff": bytes, "aws-chunked": bytes,
    }.items():  # fmt: skip
        found[f"coding {name[:20]}"] = _coded(name, change)
    found |= {
        "coding gzip with a tail": _coded("gzip", lambda data: gzip.compress(data) + b"x" * 9_000),
        "coding gzip of many": _coded("gzip", lambda data: gzip.compress(b"") * 300_000),
        "coding gzip cut": _coded("gzip", lambda data: gzip.compress(data)[:-6]),
        "coding gzip with another sum": _coded(
            "gzip", lambda data: gzip.compress(data)[:-8] + b"\0" * 8),
        "coding deflate bomb": _coded("deflate", lambda data: zlib.compress(b"\0" * 99_000_000)),
        "coding gzip in gzip bomb": _coded("gzip, gzip", lambda data: gzip.compress(_bomb(data))),
        "coding GZip bomb": _coded("GZip", _bomb),
        "coding br bomb": _coded("br", lambda data: b"\x5b" * 99_000),
        "a header of 1 MB": _head("X: " + "y" * 1_000_000),
        "100,000 headers": _head("\r\n".join(f"X{n}: y" for n in range(100_000))),
        "one header 50,000 times": _head("\r\n".join(["Set-Cookie: a=b"] * 50_000)),
        "a folded header": _head("X: a\r\n b\r\n c"),
        "a header without a colon": _head("evil"), "a header without a name": _head(": x"),
        "NUL in a header": _head("X: a\0b"), "a line feed alone": _head("X: a\nY: b"),
        "a return alone": _head("X: a\rY: b"), "an escape": _head("ETag: \x1b[2J"),
        "space in a name": _head("X y: a"), "a tab": _head("\tX: a"),
        "Latin-1 ETag": _head("ETag: \xe9"), "an ETag of 60 KB": _head(f"ETag: {'x' * 60_000}"),
        "answers before the answer": _early,
        "no status line": lambda it, data: it.wfile.write(data),
        "HTTP 0.9": lambda it, data: it.wfile.write(b"<html>"),
        "HTTP 2": lambda it, data: it.wfile.write(b"HTTP/2 200\r\n\r\n"),
        "HTTP 9.9": lambda it, data: it.wfile.write(b"HTTP/9.9 200 OK\r\n\r\n" + data),
        "TLS": lambda it, data: it.wfile.write(b"\x16\x03\x01" + bytes(99)),
        "zeros": lambda it, data: it.wfile.write(bytes(100_000)),
        "the head twice": lambda it, data: it.raw("", b"HTTP/1.1 200 OK\r\n\r\n" + data),
        "chunks without end": lambda it, data: it.forever(
            "Transfer-Encoding: chunked\r\n", b"1\r\nx\r\n" * 9_000),
        "chunk extensions": lambda it, data: it.forever(
            "Transfer-Encoding: chunked\r\n", b"1;" + b"a" * 9_000 + b"\r\nx\r\n"),
        "a chunk size without end": lambda it, data: it.forever(
            "Transfer-Encoding: chunked\r\n", b"0" * 9_000),
        "trailers without end": lambda it, data: it.forever(
            "Transfer-Encoding: chunked\r\n\r\n0", b"X: y\r\n" * 900),
        "chunked twice": lambda it, data: it.raw("Transfer-Encoding: chunked, chunked\r\n", data),
        "gzip as transfer": lambda it, data: it.raw("Transfer-Encoding: gzip\r\n", data),
        "a negative chunk": lambda it, data: it.raw("Transfer-Encoding: chunked\r\n", b"-1\r\nx"),
        "a page": lambda it, data: it.raw(
            "Content-Type: text/html\r\n", b"<html>Not found</html>"),
        "a byte order mark": lambda it, data: it.raw("", b"\xef\xbb\xbf" + data),
        "spaces": lambda it, data: it.raw("", b" " * 9_000),
        "another each time": lambda it, data: it.mixed(b"{}"),
        "broken each second time": lambda it, data: it.mixed(b"\xff"),
    }  # fmt: skip
    return found


DRIPS: dict[str, Manner] = {
    "a drip": lambda it, data: it.forever("", b"x", 0.05),
    "a drip in chunks": lambda it, data: it.forever(
        "Transfer-Encoding: chunked\r\n", b"1\r\nx\r\n", 0.05),
    "a drip of headers": lambda it, data: it.forever("X: ", b"y", 0.05),
    "a drip of early answers": lambda it, data: it.forever("", b"HTTP/1.1 100 C\r\n\r\n", 0.05),
    "silence": lambda it, data: it.server.stop.wait(20),  # type: ignore[attr-defined]
}  # fmt: skip


class Given(NamedTuple):
    address: str
    folder: Path


@contextlib.contextmanager
def prepared(top: Path) -> Iterator[Given]:
    """Serve one package of the record on loopback."""
    manners().update(DRIPS)
    with of_releases.prepared(top) as folder:
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Served", (Odd,), {"folder": folder}))
        server.stop = threading.Event()  # type: ignore[attr-defined]
        server.daemon_threads = True
        with running(server) as address:
            yield Given(address, folder)
            server.stop.set()  # type: ignore[attr-defined]


def load(address: str, folder: Path) -> int:
    """Load a table, and refuse one that is not the published one."""
    got = xr.load(PACKAGE, PACKAGE, base=address, as_="arrow")
    real = xr.load(PACKAGE, PACKAGE, base=folder, as_="arrow")
    assert got == real, "another table"
    return 0


def take(address: str) -> int:
    """Fetch a source as ``xrecord fetch`` does, from this machine."""
    port = int(address.split(":")[2].split("/")[0])
    policy = Policy(
        frozenset({"http"}), frozenset({port}), allows=lambda address: True, limits=TWO_SECONDS
    )
    got = fetch(address, hosts=frozenset({"127.0.0.1"}), policy=policy)
    print(got.status, got.media_type, got.charset, len(got.body))
    return 0 if got.status == 200 else 1


def names() -> Iterator[str]:
    """Yield addresses and paths that lead elsewhere or to nothing."""
    yield from ("%2e%2e", "..", "%2e%2e/%2e%2e", "%00", "\\..\\", "..%2f..", "..%5c", "%252e%252e",
                 "?x", "#x", ";x", "%", "%zz", "\xe9", "\u202e", " ", "a\tb", "//", "/./", "@",
                 "%0d%0aX:%20y", "\r\nX: y", "~", "*", "a" * 70_000)  # fmt: skip


def cases(given: Given) -> Iterator[Case]:
    """Yield every manner for the ledger and for a file, and odd addresses."""

    def left(folder: Path, ended: Ended) -> str:
        found = [path.name for path in (folder / "into").iterdir()]
        return f"left {found} behind" if ended.code and found else ""

    def make(folder: Path) -> None:
        (folder / "into").mkdir()

    address = given.address
    for number, manner in enumerate(manners()):
        if manner in DRIPS:
            continue
        for which in ("ledger", "sums", "file"):
            base = f"{address}/{number}/{which}"
            fresh = {"XRECORD_CACHE": str(given.folder.parent / "cache")}
            if which == "ledger":
                yield Case(f"get {which}: {manner}", ("get", PACKAGE, "into", "--from", base),
                           "answered", make, check=left)  # fmt: skip
            yield Case(f"load {which}: {manner}", (), "answered", environment=fresh,
                       call=partial(load, base, given.folder))  # fmt: skip
    for number, manner in enumerate(manners()):
        yield Case(f"fetch: {manner}", (), "answered",
                   call=partial(take, f"{address}/{number}/file/README.md"))  # fmt: skip
    for number, name in enumerate(names()):
        for text in (f"{address}/{name}", f"{address}{name}", address.replace("127", name, 1)):
            yield Case(f"from {number} {text[:40]!r}", ("get", PACKAGE, "into", "--from", text),
                       "refused", make, check=left, holds="")  # fmt: skip
