"""Read e-mail (``.eml``) and saved pages (``.mht``): subject, date, text, attached documents.

Of alternatives, the last that can be read is used, as RFC 2046 says. Names and addresses of senders
and receivers are not read: they are private persons' data. Each part's charset is its declaration;
a broken transfer encoding refuses the file.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage

from xinjiang_record.document_readers.document import Builder, Document
from xinjiang_record.errors import XRecordError

DEPTH = 8  # parts inside parts
HEADER_BYTES = (
    1024  # bytes of one content header: the standard library's time grows with the square of it
)
_CONTENT = re.compile(rb"^content-[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", re.IGNORECASE | re.MULTILINE)
_BOUNDARY = re.compile(
    rb"""boundary(?:\*[0-9*]*)?\s*=\s*(?:"([^"\r\n]{0,200})"|([^\s;"]{1,200}))""", re.IGNORECASE
)
_HEADERS = ("from", "to", "date", "subject", "mime-version", "received")
Inner = Callable[
    [bytes, str, str, "str | None"], Document
]  # bytes, name, media type, declared encoding


def read_mail(data: bytes, out: Builder, encoding: str | None, inner: Inner) -> None:
    """Read a message; ``inner`` reads each of its parts.

    ``encoding`` is for parts that declare none.
    """
    if len(data) > out.limits.document_text_bytes:
        raise out.limit_error(
            f"{len(data)} bytes", "document_text_bytes", out.limits.document_text_bytes
        )
    _check_parts(data, out)
    if any(len(match[0]) > HEADER_BYTES for match in _CONTENT.finditer(data)):
        raise out.limit_error("a content header", "HEADER_BYTES", HEADER_BYTES)
    if b"\0" in data:
        raise out.read_error("holds NUL bytes: not an e-mail.")
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
    except (TypeError, ValueError, AttributeError, IndexError, KeyError) as error:
        # The standard library fails so on some broken headers, such as an empty boundary.
        raise out.read_error(f"its headers are broken ({error}).") from error
    assert isinstance(message, EmailMessage)
    if not any(name in message for name in _HEADERS):
        raise out.read_error("has none of an e-mail's headers: not an e-mail.")
    _headers(message, out)
    for number, part in enumerate(_parts(message, out, 0), 1):
        if number > out.limits.document_parts:
            raise out.limit_error("parts", "document_parts", out.limits.document_parts)
        _part(part, number, out, encoding, inner)


def _check_parts(data: bytes, out: Builder) -> None:
    """Count the parts before the message is parsed, by the boundaries that it declares."""
    most = out.limits.document_parts
    declared = {match[1] or match[2] or b"" for match in _BOUNDARY.finditer(data)}
    if len(declared) > most:
        raise out.limit_error("parts", "document_parts", most)
    left = 2 * most + 2  # the first parts of alternatives count, and each list has a last line
    for boundary in sorted(declared):
        left -= data.count(b"\n--" + boundary)
        if left < 0:
            raise out.limit_error("parts", "document_parts", most)


def _headers(message: EmailMessage, out: Builder) -> None:
    if subject := _header(message, "subject"):
        out.metadata["title"] = subject
        out.add_block(subject, "subject", "title")
    if date := _header(message, "date"):
        out.metadata["published"] = date


def _header(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name, "")).split())[:1000]
    except (
        ValueError,
        IndexError,
        AttributeError,
        KeyError,
    ):  # the standard library fails so on some broken headers
        return ""


def _parts(message: EmailMessage, out: Builder, depth: int) -> Iterator[EmailMessage]:
    if depth > DEPTH:
        raise out.limit_error("parts inside parts", "DEPTH", DEPTH)
    if not message.is_multipart():
        yield message
        return
    children = [part for part in message.get_payload() if isinstance(part, EmailMessage)]
    if message.get_content_type() == "multipart/alternative":
        known = [
            part
            for part in children
            if part.get_content_type() in ("text/html", "text/plain") or part.is_multipart()
        ]
        children = known[-1:]
    for child in children:
        yield from _parts(child, out, depth + 1)


def _part(
    part: EmailMessage, number: int, out: Builder, encoding: str | None, inner: Inner
) -> None:
    kind, name = part.get_content_type(), (part.get_filename() or "").replace("\n", " ")[:100]
    locator = f"part {number}" + (f" ({name})" if name else "")
    if part.defects:
        defect = type(part.defects[0]).__name__
        raise out.read_error(f"a part is damaged ({defect}).", locator)
    try:
        content = part.get_payload(decode=True)
    except (ValueError, AssertionError) as error:
        raise out.read_error(f"the transfer encoding is broken: {error}.", locator) from error
    if part.defects or not isinstance(content, bytes):
        raise out.read_error("the transfer encoding is broken.", locator)
    charset = part.get_param("charset")
    declared = charset if isinstance(charset, str) else None
    try:
        out.add_document(
            inner(
                content, name, kind, declared or (encoding if kind.startswith("text/") else None)
            ),
            f"{locator}, ",
        )
    except XRecordError as error:
        out.add_finding("unreadable-part", str(error), locator, "error")
