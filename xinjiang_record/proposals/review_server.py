"""Serve the review page on this machine only, and take what it saves.

The address holds a token. A request without it, or with another Host header, is refused, so that a
page of another site cannot reach the server through the browser.
"""

from __future__ import annotations

import http.server
import secrets
import threading
from types import TracebackType
from typing import Self

from xinjiang_record.errors import UsageError
from xinjiang_record.limits import LIMITS
from xinjiang_record.proposals.draft import Draft, parse_draft

REFUSED = b"This address is not served."


class ReviewServer:
    """Serves one page until it is saved; ``address`` is for the browser."""

    def __init__(self, page: str) -> None:
        """Listen on a free port of the loopback address."""
        self._page = page.encode("utf-8")
        self._token = secrets.token_urlsafe(24)
        self._saved = threading.Event()
        self._draft: Draft | None = None
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def address(self) -> str:
        """Return the address of the page, with its token."""
        return f"http://{self._host}/{self._token}/"

    @property
    def _host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self) -> Draft:
        """Return the draft that the page saves."""
        while not self._saved.wait(0.2):  # short, so that Ctrl-C is answered
            pass
        assert self._draft is not None
        return self._draft

    def accept(self, body: bytes) -> str:
        """Take a saved draft; return what is wrong with it, or an empty text."""
        try:
            self._draft = parse_draft(body, "the review page")
        except UsageError as error:
            return str(error)
        self._saved.set()
        return ""

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        review = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def _is_ours(self) -> bool:
                return self.headers.get("Host") == review._host and secrets.compare_digest(
                    self.path.encode(), f"/{review._token}/".encode()
                )

            def _answer(self, status: int, body: bytes, kind: str = "text/plain") -> None:
                self.send_response(status)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "no-store")
                self.send_header("Referrer-Policy", "no-referrer")
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                if self._is_ours():
                    self._answer(200, review._page, "text/html")
                else:
                    self._answer(404, REFUSED)

            def do_POST(self) -> None:
                length = self.headers.get("Content-Length", "")
                digits = length.isascii() and length.isdigit() and len(length) < 12
                if not self._is_ours() or not digits or int(length) > LIMITS.document_bytes:
                    self._answer(404, REFUSED)
                    return
                problem = review.accept(self.rfile.read(int(length)))
                self._answer(400 if problem else 200, (problem or "Saved.").encode())

            def log_message(self, format: str, *arguments: object) -> None:
                """Print nothing: the token is in each request line."""

        return Handler
