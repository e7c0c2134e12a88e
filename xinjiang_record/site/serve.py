"""Serve the built site on loopback, with the security headers that a host should send.

Only regular files below the folder are served: no listing, no link that leads out, no device.
A request for a range of bytes is answered with it, so that Parquet readers can read parts.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from socketserver import BaseRequestHandler
from typing import Any, BinaryIO

from xinjiang_record.errors import UsageError

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Accept-Ranges": "bytes",
}
RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")
# Names by which a browser on this machine asks, and the port; nothing after the colon is port 80.
HOST = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::([0-9]{0,5}))?")
CHUNK = 1 << 20  # bytes that are sent at a time


class Handler(SimpleHTTPRequestHandler):
    """Answer with the regular files of one folder, and log nothing."""

    left: int | None = None  # bytes of the body that remain to be sent, for a range
    path = "/"  # of a request whose first line cannot be read
    timeout = 30  # seconds that a browser may say nothing, so that nobody holds all threads

    def end_headers(self) -> None:
        """Send the security headers too. Pages asked for with ``?embed`` may be framed."""
        is_embed = "embed" in self.path.partition("?")[2].partition("#")[0].split("&")
        ancestors = "*" if is_embed else "'none'"
        self.send_header("Content-Security-Policy", f"{POLICY}; frame-ancestors {ancestors}")
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def send_head(self) -> BytesIO | BinaryIO | None:
        """Send status and headers, and return the file from which the body is copied."""
        self.left = None
        if not self._is_for_us():
            self.send_error(HTTPStatus.BAD_REQUEST, "This name is not served")
            return None
        path = Path(self.translate_path(self.path))
        with_slash = _path_of(self.path).endswith("/")
        if self._is_folder(path):
            if not with_slash:
                super().send_head()  # redirects to the address with a slash
                return None
            path /= "index.html"
        elif with_slash:
            return self._send_not_found()
        file = self._open(path)
        if file is None:
            return self._send_not_found()
        size = os.fstat(file.fileno()).st_size
        first, last, status = 0, size - 1, HTTPStatus.OK
        asked = self.headers.get("Range")
        if asked:
            found = parse_range(asked, size)
            if found is None:
                file.close()
                self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
                self.send_header("Content-Range", f"bytes */{size}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return None
            (first, last), status = found, HTTPStatus.PARTIAL_CONTENT
        self.left = last - first + 1
        file.seek(first)
        self.send_response(status)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(self.left))
        if status is HTTPStatus.PARTIAL_CONTENT:
            self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.end_headers()
        return file

    def _is_for_us(self) -> bool:
        """Return whether the request names this machine: a page of another name reads nothing."""
        names = self.headers.get_all("Host", ["localhost"])
        found = HOST.fullmatch(names[0].strip().lower())
        return len(names) == 1 and found is not None and 0 < int(found[1] or 80) < 65_536

    def _is_folder(self, path: Path) -> bool:
        """Return whether a folder inside the site is there; not if a link leads out."""
        try:
            return path.is_dir() and path.resolve().is_relative_to(Path(self.directory).resolve())
        except (OSError, ValueError, RuntimeError):  # a name that is too long, links in a ring
            return False

    def _open(self, path: Path) -> BinaryIO | None:
        """Open a regular file inside the folder; None for a link that leads out, or a pipe."""
        folder = Path(self.directory).resolve()
        try:
            if not path.resolve().is_relative_to(folder):
                return None
            handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except (OSError, ValueError, RuntimeError):
            return None
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            return None
        return os.fdopen(handle, "rb")

    def _send_not_found(self) -> BytesIO | None:
        page = self._open(Path(self.directory) / "404.html")
        body = b"Not found\n"
        if page is not None:
            with page:
                body = page.read()
        self.send_response(HTTPStatus.NOT_FOUND)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return BytesIO(body)

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Copy the body, or the range of it that was asked for."""
        left = self.left
        while left is None or left > 0:
            part = source.read(CHUNK if left is None else min(CHUNK, left))
            if not part:
                return
            outputfile.write(part)
            left = None if left is None else left - len(part)

    def list_directory(self, path: Any) -> None:
        """Refuse to list a folder."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: which pages a reader opens is private."""


def _path_of(address: str) -> str:
    return address.partition("?")[0].partition("#")[0]


def parse_range(text: str, size: int) -> tuple[int, int] | None:
    """Return the first and last byte of a Range header, or None if it cannot be satisfied.

    Of several ranges only one is supported, as RFC 9110 allows.
    """
    found = RANGE.fullmatch(text.strip())
    if not found or not size:
        return None
    start, end = found.groups()
    if not start:
        count = min(int(end or 0), size)
        return (size - count, size - 1) if count else None
    first = int(start)
    last = min(int(end), size - 1) if end else size - 1
    return (first, last) if first <= last else None


def make_server(folder: Path, port: int = 0) -> ThreadingHTTPServer:
    """Return a server on 127.0.0.1 that does not run yet.

    Raises:
        UsageError: There is no built site, or the port is taken.
    """
    if not (folder / "index.html").is_file():
        raise UsageError(f"{folder} holds no site. Build it first: xrecord site build.")
    return listen(port, partial(Handler, directory=str(folder)))


def listen(port: int, handler: Callable[..., BaseRequestHandler]) -> ThreadingHTTPServer:
    """Return a server that listens on 127.0.0.1; port 0 is a free one.

    Raises:
        UsageError: The port is taken, or this user may not listen on it.
    """
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise UsageError(
            f"--port: expected a free port, got {port} ({error.strerror}). "
            "Name another: --port 0 takes a free one."
        ) from error
