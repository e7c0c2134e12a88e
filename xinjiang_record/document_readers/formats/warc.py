"""Read web archives (``.warc``, ``.warc.gz``): each response of status 200, under its address.

Compression of the file and of a response's body is undone within limits by ``archives``.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from email.message import EmailMessage

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders

from xinjiang_record.archives.zip import decompress
from xinjiang_record.document_readers.document import Builder, Document
from xinjiang_record.errors import XRecordError

Inner = Callable[[bytes, str, str, "str | None"], Document]
RECORDS = 1_000  # records of one archive
# What the library lets out on headers that are missing, doubled or no numbers.
_BROKEN = (
    ValueError,
    OverflowError,
    StopIteration,
    AttributeError,
    TypeError,
    KeyError,
    IndexError,
)
_GZIP = b"\x1f\x8b"


def read_warc(data: bytes, out: Builder, encoding: str | None, inner: Inner) -> None:
    """Read every response; ``inner`` reads its body.

    ``encoding`` is for those that declare none.
    """
    most = out.limits.document_unpacked_bytes
    plain = (
        decompress(data, "gzip", shown=out.shown, limit=most) if data.startswith(_GZIP) else data
    )
    if not plain.startswith(b"WARC/"):
        raise out.read_error("is not a web archive, whatever its name says.")
    count = 0
    try:
        for record in ArchiveIterator(io.BytesIO(plain), check_digests=True):
            count += 1
            if count > RECORDS:
                raise out.limit_error("records", "RECORDS", RECORDS)
            body = record.raw_stream.read(most)
            if record.rec_type == "response" and record.http_headers is not None:
                _response(record, body, count, out, encoding, inner)
            if record.digest_checker.passed is False:
                raise out.read_error(
                    "a record's digest is wrong: the archive is damaged.", f"record {count}"
                )
    except (ArchiveLoadFailed, EOFError, *_BROKEN) as error:
        raise out.read_error(f"is a broken web archive: {error}.", f"record {count}") from error
    if not count:
        raise out.read_error("is a web archive without records.")


def _response(
    record: ArcWarcRecord,
    body: bytes,
    number: int,
    out: Builder,
    encoding: str | None,
    inner: Inner,
) -> None:
    headers = record.http_headers
    address = record.rec_headers.get_header("WARC-Target-URI") or ""
    locator = f"record {number} ({address[:200]})"
    status = headers.get_statuscode() or ""
    if status != "200":
        out.add_finding(
            "left-out", f"the response has status {status[:10]!r}; it was left out.", locator
        )
        return
    kind = EmailMessage()
    kind["content-type"] = headers.get_header("Content-Type") or "application/octet-stream"
    charset = kind.get_param("charset")
    try:
        content = _decoded(body, headers, out, locator)
        declared = charset if isinstance(charset, str) else encoding
        out.add_document(inner(content, "", kind.get_content_type(), declared), f"{locator}, ")
    except XRecordError as error:
        out.add_finding("unreadable-part", str(error), locator, "error")


def _decoded(body: bytes, headers: StatusAndHeaders, out: Builder, locator: str) -> bytes:

    most = out.limits.document_unpacked_bytes
    if (headers.get_header("Transfer-Encoding") or "").lower() == "chunked":
        body = ChunkedDataReader(io.BytesIO(body)).read(most)
    coding = (headers.get_header("Content-Encoding") or "identity").lower()
    if coding in ("gzip", "x-gzip"):
        return decompress(body, "gzip", shown=f"{out.shown}: {locator}", limit=most)
    if coding != "identity":
        raise out.read_error(
            f"its body has the compression {coding[:20]!r}, which is not read here.", locator
        )
    return body
