"""Servers that answer wrongly, for ``xrecord get --from`` and ``xrecord versions --from``."""

from __future__ import annotations

import contextlib
import gzip
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.hostile import of_releases
from tests.hostile.case import Case, Ended
from tests.web_servers import running

PACKAGE = of_releases.PACKAGE
ENDS = {"ledger": "versions.json", "sums": "SHA256SUMS", "file": ".csv"}


class Handler(BaseHTTPRequestHandler):
    """Serve a folder of releases; the first part of the path says how, the second which file."""

    protocol_version = "HTTP/1.1"
    folder: Path
    started = False

    def log_message(self, format: str, *arguments: object) -> None: ...

    def do_GET(self) -> None:
        _, manner, which, *rest = self.path.split("/")
        path = self.folder.joinpath(*rest)
        with contextlib.suppress(OSError):
            if self.path.endswith(ENDS[which]):
                data = path.read_bytes() if path.is_file() else b""
                MANNERS[manner](self, data)
            elif path.is_file():
                self.answer(path.read_bytes())
            else:
                self.answer(b"", 404)
        self.close_connection = True

    def answer(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        sent = {"Content-Length": str(len(body)), "Connection": "close", **headers}
        for key, value in sent.items():
            if value:
                self.send_header(key.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def endless(self, part: bytes, pause: float = 0) -> None:
        self.answer(b"", Content_Length="")
        while True:
            self.wfile.write(part)
            time.sleep(pause)


def _chunks(it: Handler, body: bytes) -> None:
    it.answer(body, Content_Length="", Transfer_Encoding="chunked")


MANNERS: dict[str, Callable[[Handler, bytes], object]] = {
    "404": lambda it, data: it.answer(b"", 404),
    "500": lambda it, data: it.answer(b"", 500),
    "403": lambda it, data: it.answer(b"", 403),
    "204": lambda it, data: it.answer(b"", 204),
    "206": lambda it, data: it.answer(data[:10], 206, Content_Range="bytes 0-9/100"),
    "short": lambda it, data: it.answer(data[:-5], Content_Length=str(len(data))),
    "long": lambda it, data: it.answer(data + b"more", Content_Length=str(len(data) + 4)),
    "length-lies": lambda it, data: it.answer(data, Content_Length="999999999999"),
    "length-negative": lambda it, data: it.answer(data, Content_Length="-1"),
    "length-text": lambda it, data: it.answer(data, Content_Length="abc"),
    "empty": lambda it, data: it.answer(b""),
    "reset": lambda it, data: it.connection.close(),
    "endless": lambda it, data: it.endless(b"x" * 65_536),
    "no-http": lambda it, data: it.wfile.write(b"SSH-2.0-x\r\n"),
    "many-headers": lambda it, data: it.answer(data, **{f"X{n}": "y" * 900 for n in range(300)}),
    "to-itself": lambda it, data: it.answer(b"", 302, Location=it.path),
    "to-a-file": lambda it, data: it.answer(b"", 302, Location="file:///etc/passwd"),
    "to-nowhere": lambda it, data: it.answer(b"", 302, Location="http://127.0.0.1:1/"),
    "to-nothing": lambda it, data: it.answer(b"", 302),
    "gzip-bomb": lambda it, data: it.answer(
        gzip.compress(b"\0" * 300_000_000), Content_Encoding="gzip"
    ),
    "gzip-broken": lambda it, data: it.answer(data, Content_Encoding="gzip"),
    "encoding-unknown": lambda it, data: it.answer(data, Content_Encoding="x-evil"),
    "chunks-broken": lambda it, data: _chunks(it, b"zz\r\nabc\r\n0\r\n\r\n"),
    "chunk-huge": lambda it, data: _chunks(it, b"ffffffffffffffff\r\nabc"),
    "another-page": lambda it, data: it.answer(b"<html>Please log in</html>"),
    "one-bit": lambda it, data: it.answer(bytes([data[0] ^ 1]) + data[1:]),
}  # fmt: skip


@contextlib.contextmanager
def prepared(top: Path) -> Iterator[str]:
    """Serve one package of the record on loopback; give the address."""
    with of_releases.prepared(top) as folder:
        handler = type("Served", (Handler,), {"folder": folder})
        with running(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as address:
            yield address


def cases(address: str) -> Iterator[Case]:
    """Yield every manner, for the ledger, the list of sums and a file."""

    def left(folder: Path, ended: Ended) -> str:
        names = [path.name for path in (folder / "into").iterdir()]
        return f"left {names} behind" if ended.code and names else ""

    make = partial(_folder, "into")
    for which in ENDS:
        for manner in MANNERS:
            base = f"{address}/{manner}/{which}"
            refused = "answered" if manner == "length-text" else "refused"
            yield Case(f"{which}: {manner}", ("get", PACKAGE, "into", "--from", base), refused,
                       make, check=left)  # type: ignore[arg-type]  # fmt: skip
    for manner in ("404", "endless", "gzip-bomb", "another-page"):
        base = f"{address}/{manner}/ledger"
        yield Case(f"versions: {manner}", ("versions", PACKAGE, "--from", base), "refused")
        yield Case(f"cite: {manner}", ("cite", PACKAGE, "--from", base), "refused")


def _folder(name: str, folder: Path) -> None:
    (folder / name).mkdir()
