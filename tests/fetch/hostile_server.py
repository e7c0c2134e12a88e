"""A web server on loopback that does what its address asks.

Sound answers, and every wrong one a server can give.
"""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.web_servers import running

PAGE = (
    b"<!DOCTYPE html><html><head><title>Joint statement</title></head><body>"
    b"<p>On behalf of 22 states.</p></body></html>"
)
MIB = 1024 * 1024


class Handler(BaseHTTPRequestHandler):
    """Each path is a behaviour.

    ``server.content`` is what ``/page`` answers with, and may be changed between requests.
    """

    protocol_version = "HTTP/1.1"
    server: HostileServer

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        name = self.path.partition("?")[0].strip("/").replace("-", "_").replace(".", "_")
        with contextlib.suppress(BrokenPipeError, ConnectionResetError, ssl.SSLError):
            getattr(self, f"answer_{name.partition('/')[0]}", self.answer_missing)()

    def log_message(self, format: str, *args: object) -> None:
        return None

    def send(
        self, body: bytes, status: int = 200, kind: str = "text/html; charset=utf-8", **headers: str
    ) -> None:
        self.send_response(status)
        sent = {"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"}
        for key, value in {
            **sent,
            **{key.replace("_", "-"): value for key, value in headers.items()},
        }.items():
            if value:
                self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def to(self, location: str) -> None:
        self.send(b"", 302, Location=location)

    def answer_page(self) -> None:
        self.send(self.server.content, Set_Cookie="id=1")

    def answer_conditional(self) -> None:
        if self.headers.get("If-None-Match") == '"v1"':
            self.send_response(304)
            self.send_header("ETag", '"v1"')
            self.end_headers()
        else:
            self.send(PAGE, ETag='"v1"')

    def answer_missing(self) -> None:
        self.send(b"<title>Not here</title>", 404)

    def answer_gone(self) -> None:
        self.send(b"", 410)

    def answer_broken(self) -> None:
        self.send(b"oops", 500)

    def answer_moved(self) -> None:
        self.to("/page")

    def answer_elsewhere(self) -> None:
        self.to(f"http://elsewhere.test:{self.server.server_port}/page")

    def answer_to_file(self) -> None:
        self.to("file:///etc/passwd")

    def answer_to_metadata(self) -> None:
        self.to("http://169.254.169.254/latest/meta-data/")

    def answer_to_user(self) -> None:
        self.to(f"http://user:word@source.test:{self.server.server_port}/page")

    def answer_to_port(self) -> None:
        self.to("http://source.test:22/")

    def answer_to_ftp(self) -> None:
        self.to("ftp://source.test/x")

    def answer_to_nowhere(self) -> None:
        self.send(b"", 302)

    def answer_to_nonsense(self) -> None:
        self.to("http://[::1")

    def answer_to_punycode(self) -> None:
        self.to("http://xn--zzzzzzz-/")

    def answer_type_brackets(self) -> None:
        self.send(PAGE, kind="(" * 9_000)

    def answer_type_digits(self) -> None:
        self.send(PAGE, kind=f"text/plain; charset*{'9' * 5_000}=x")

    def answer_tiny_chunks(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for _ in range(1_000):
            self.wfile.write(b"1\r\nx\r\n" * 1_000)

    def answer_loop(self) -> None:
        self.to("/loop")

    def answer_drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.05)

    def answer_slow_headers(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(100):
            self.wfile.write(b"X-%d: y\r\n" % number)
            self.wfile.flush()
            time.sleep(0.05)

    def answer_silent(self) -> None:
        time.sleep(4)

    def answer_endless_headers(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(100_000):
            self.wfile.write(b"X-%d: %s\r\n" % (number, b"y" * 1000))

    def answer_big(self) -> None:
        self.send(b"<p>" + b"x" * (2 * MIB))

    def answer_endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for _ in range(10_000):
            self.wfile.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")

    def answer_no_length(self) -> None:
        self.send(PAGE, Content_Length="")

    def answer_truncated(self) -> None:
        self.send(PAGE, Content_Length=str(len(PAGE) + 500))

    def answer_long_lie(self) -> None:
        self.send(PAGE, Content_Length=str(10**15))

    def answer_gzip(self) -> None:
        self.send(gzip.compress(PAGE), Content_Encoding="gzip")

    def answer_gzip_bomb(self) -> None:
        self.send(gzip.compress(b"\0" * (80 * MIB)), Content_Encoding="gzip")

    def answer_gzip_lie(self) -> None:
        self.send(PAGE, Content_Encoding="gzip")

    def answer_brotli(self) -> None:
        self.send(PAGE, Content_Encoding="br")

    def answer_empty(self) -> None:
        self.send(b"")

    def answer_report_pdf(self) -> None:
        self.send(PAGE)

    def answer_false_pdf(self) -> None:
        self.send(PAGE, kind="application/pdf")

    def answer_error_page(self) -> None:
        self.send(b"<html><title>404 Not Found</title><p>Sorry</p></html>")

    def answer_garbage(self) -> None:
        self.wfile.write(b"\x00\xff not http at all\r\n\r\n")
        self.close_connection = True


class HostileServer(ThreadingHTTPServer):
    """Bound to a free port of 127.0.0.1. ``asked``: the path and headers of each request."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = PAGE
        self.asked: list[tuple[str, dict[str, str]]] = []
        if context:
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    def handle_error(self, request: object, client_address: object) -> None:
        return None  # clients that hang up are the point


@contextlib.contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[HostileServer]:
    """A server for the length of a test."""
    server = HostileServer(context)
    with running(server):
        yield server


@contextlib.contextmanager
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]
