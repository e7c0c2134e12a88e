"""Requests for the built site, in bytes, as no browser sends them."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

from tests.hostile.case import CANARY, Case
from tests.web_servers import running
from xinjiang_record.site.serve import make_server

HOST = b"Host: 127.0.0.1\r\n"


@contextlib.contextmanager
def prepared(top: Path) -> Iterator[int]:
    """Serve a small site with links and pipes in it; give the port."""
    folder = top / "site"
    (folder / "sub").mkdir(parents=True)
    (top / "outside.txt").write_text(CANARY)
    (folder / "index.html").write_text("HOME")
    (folder / "sub/index.html").write_text("SUB")
    (folder / "404.html").symlink_to(top / "outside.txt")
    (folder / "out").symlink_to(top)
    (folder / "ring").symlink_to("ring")
    (folder / "zeros").symlink_to("/dev/zero")
    (folder / "inside.html").symlink_to("index.html")
    os.mkfifo(folder / "pipe")
    server: ThreadingHTTPServer = make_server(folder)
    with running(server) as address:
        yield int(address.rpartition(":")[2])


def ask(port: int, request: bytes, wanted: tuple[bytes, ...]) -> int:
    """Send a request, print what comes, and return 1 if it is an answer that is allowed."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        found = b""
        with contextlib.suppress(ConnectionError):
            while part := connection.recv(65_536):
                found += part
    print(found.decode("latin-1"))
    is_one = not found or found.startswith((b"<!DOCTYPE HTML>", b"Not found", *wanted))
    return 1 if is_one and b"Location: //" not in found and b"\nX-Evil" not in found else 0


def requests() -> Iterator[tuple[str, bytes, bool]]:
    """Yield a name, a request, and whether it may be answered with a page."""
    good = (b"/", b"/inside.html", b"/sub/", b"/./", b"/index.html?%0d%0aX-Evil:1", b"/?embed")
    for path in (*good, b"/none", b"/%00", b"/%2e%2e/outside.txt", b"/..%2foutside.txt", b"*", b"",
                 b"/..%5coutside.txt", b"/%2e%2e%5coutside.txt", b"//evil.test/%2e%2e", b"/out",
                 b"/out/", b"/out/outside.txt", b"/ring", b"/ring/", b"/pipe", b"/zeros", b"/%",
                 b"/sub//..//../outside.txt", b"/sub%0d%0aX-Evil:1", b"//sub", b"/index.html/",
                 b"/" + b"a" * 70_000, b"/" + b"a/" * 9_000, b"/%ff%fe", b"\\..\\outside.txt",
                 b"http://evil.test/outside.txt", b"/index.html%20", b"/\xff", b"/404.html",
                 b"/%252e%252e/outside.txt", b"/\xc0\xae\xc0\xae/outside.txt", b"/index.html%00",
                 b"/~root/", b"/proc/self/environ", b"/out/../outside.txt"):  # fmt: skip
        yield (
            f"path {path[:30]!r}",
            b"GET " + path + b" HTTP/1.0\r\n" + HOST + b"\r\n",
            path in good,
        )
    for header in (b"Range: bytes=0-0", b"Range: bytes=-0", b"Range: bytes=0-,1-", b"Range:",
                   b"Range: bytes=" + b"9" * 9_000 + b"-", b"Range: bytes=\xd9\xa3-", b"X-Y",
                   b"If-Modified-Since: Fri, 31 Feb 99999 99:99:99 GMT", b"X: " + b"y" * 70_000,
                   b"Content-Length: -1", b"Content-Length: abc", b"Transfer-Encoding: chunked",
                   b" folded", b"Expect: 100-continue", b"Connection: upgrade\r\nUpgrade: h2c",
                   *(b"Host: " + name for name in (b"evil.test", b"127.0.0.1.evil.test", b"",
                     b"127.0.0.1@evil.test", b"[::ffff:7f00:1]", b"localhost:99999"))):  # fmt: skip
        host = b"" if header.startswith(b"Host") else HOST
        request = b"GET / HTTP/1.0\r\n" + host + header + b"\r\n\r\n"
        yield f"header {header[:30]!r}", request, not header.startswith(b"Host")
    for method in (
        b"POST",
        b"PUT",
        b"DELETE",
        b"CONNECT",
        b"TRACE",
        b"GET\0",
        b"\xff",
        b"A" * 70_000,
    ):
        yield f"method {method[:10]!r}", method + b" / HTTP/1.0\r\n" + HOST + b"\r\n", False
    for version in (b"HTTP/9.9", b"HTTP/", b"HTTP/9999999999999.1", b"FTP/1.0", b"HTTP/\xd9\xa1.0"):
        yield f"version {version[:20]!r}", b"GET / " + version + b"\r\n" + HOST + b"\r\n", False
    yield "no request", b"", False
    yield "TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 99, False


def cases(port: int) -> Iterator[Case]:
    """Yield all requests; a refusal is one of HTTP's, and never what is not the site's."""
    refusal = tuple(b"HTTP/1.0 %d" % code for code in (301, 400, 404, 414, 416, 431, 501, 505))
    for name, request, may_answer in requests():
        wanted = (*refusal, b"HTTP/1.0 200", b"HTTP/1.0 206") if may_answer else refusal
        yield Case(name, (), "refused", call=partial(ask, port, request, wanted))
