"""Notices of failures arrive at a webhook and in a mailbox, both on loopback.

One that cannot be sent breaks nothing.
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import json
import socketserver
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from tests.web_servers import running

pytestmark = pytest.mark.filterwarnings(
    "ignore:'imghdr' is deprecated:DeprecationWarning"
)  # of apprise


class Webhook(BaseHTTPRequestHandler):
    taken: list[dict[str, str]] = []  # noqa: RUF012

    def do_POST(self) -> None:
        self.taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Mailbox(socketserver.StreamRequestHandler):
    """As much of SMTP as it takes to be given a letter."""

    taken: list[str] = []  # noqa: RUF012

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.taken.append(
                    "".join(text.decode() for text in iter(self.rfile.readline, b".\r\n"))
                )
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")


class Redirecting(Webhook):
    """Lead every notice to the same place again."""

    asked: list[str] = []  # noqa: RUF012

    def do_POST(self) -> None:
        self.asked.append(self.path)
        self.send_response(307)
        self.send_header("Location", f"/again{len(self.asked)}")
        self.end_headers()


class Dripping(Webhook):
    """Send a header without an end, a byte at a time."""

    over = threading.Event()

    def do_POST(self) -> None:
        with contextlib.suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
            while not self.over.wait(0.05):
                self.wfile.write(b"y")


def run(deployment: str | None = "d") -> SimpleNamespace:
    return SimpleNamespace(
        id="11111111-2222", name="record: raw to published", deployment_id=deployment
    )


STATE = SimpleNamespace(name="Failed", message="failed: joint-statements")


def test_a_failure_is_told_by_webhook_and_by_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import notify

    hook, box = (
        HTTPServer(("127.0.0.1", 0), Webhook),
        socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox),
    )
    with running(hook) as web, running(box) as mail:
        web, mail = web.removeprefix("http://"), mail.removeprefix("http://")
        mailbox = f"mailto://{mail}?from=record@example.org&to=desk@example.org&mode=insecure"
        monkeypatch.setenv("XRECORD_NOTIFY", f"json://{web}/hook {mailbox}")
        notify.failed(None, run(), STATE)  # type: ignore[arg-type]
    (told,) = Webhook.taken
    assert told["title"] == "Xinjiang Record: record: raw to published: failed"
    assert told["type"] == "failure"
    assert "failed: joint-statements" in told["message"] and "11111111-2222" in told["message"]
    (letter,) = Mailbox.taken
    assert "To: desk@example.org" in letter.replace("<", "").replace(">", "")
    Webhook.taken.clear()
    Mailbox.taken.clear()


def test_what_a_message_quotes_is_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither HTML nor another header; every line arrives."""
    from flows import notify

    Mailbox.taken.clear()
    with running(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox)) as mail:
        mail = mail.removeprefix("http://")
        address = f"mailto://{mail}?from=record@example.org&to=desk@example.org&mode=insecure"
        monkeypatch.setenv("XRECORD_NOTIFY", address)
        body = "failed: <class 'str'>\n<img src=x>\n<a href='javascript:x'>y</a>"
        assert notify.send("one\r\nBcc: evil@example.org", body)
    letter = email.message_from_string(Mailbox.taken.pop(), policy=email.policy.default)
    assert letter["Subject"] == "Xinjiang Record: one Bcc: evil@example.org" and not letter["Bcc"]
    parts = {
        part.get_content_type(): part.get_content()
        for part in letter.walk()
        if not part.is_multipart()
    }
    assert parts["text/plain"].splitlines()[:3] == body.splitlines()
    assert "<img" not in parts["text/html"] and "<a " not in parts["text/html"]


def test_nobody_is_told_of_a_run_that_somebody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(title: str, body: str) -> bool:
        raise AssertionError(title)

    from flows import notify

    monkeypatch.setattr(notify, "send", refuse)
    notify.failed(None, run(deployment=None), STATE)  # type: ignore[arg-type]


@pytest.mark.parametrize("address", ["json://127.0.0.1:9/hook", "no-such-service://x"])
def test_a_notice_that_cannot_be_sent_is_in_the_log_and_breaks_nothing(
    address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from flows import notify

    monkeypatch.setenv("XRECORD_NOTIFY", address)
    monkeypatch.setenv("XRECORD_LOG", "json")
    assert notify.send("title", "body") is False
    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert (line["event"], line["level"], line["accepted"]) == ("notify", "error", False)


def test_a_notice_is_not_redirected_and_ends_in_time(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from flows import notify

    for kind, seconds in ((Redirecting, 60), (Dripping, 0.3)):
        monkeypatch.setattr(notify, "NOTICE_SECONDS", seconds)
        with running(ThreadingHTTPServer(("127.0.0.1", 0), kind)) as place:
            place = place.removeprefix("http://")
            monkeypatch.setenv("XRECORD_NOTIFY", f"json://user:word@{place}/hook")
            assert notify.send("title", "body") is False
        said = capsys.readouterr().err
        assert f"the notice to 'json://{place}' was not accepted" in said and "word" not in said
    Dripping.over.set()
    assert Redirecting.asked == ["/hook"]
