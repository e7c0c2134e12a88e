"""Read a document as found: ``read(path) -> Document``, whatever it comes as.

HTML, PDF with a text layer, DOCX, XLSX, XLS, CSV, TSV, plain text, Markdown, e-mail, WARC, and a zip of these. The media type is the
one given, else what the name's ending says; the first bytes must agree with it, and nothing is sniffed beyond that. Encodings:
``read_text``. Limits: ``limits.LIMITS`` (``document_*``). A document that is not what it says, is encrypted, broken or hostile
raises ReadError, one over a limit LimitError, each with its reason; what was left out of one that was read is in its findings.
No file is written, and no connection opened.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from xinjiang_record.archives.zip import open_zip
from xinjiang_record.document_readers import subprocess_reader as worker
from xinjiang_record.document_readers.document import STATE, Block, Builder, Document, Run, Table
from xinjiang_record.document_readers.formats.docx import read_docx
from xinjiang_record.document_readers.formats.email_message import read_mail
from xinjiang_record.document_readers.formats.html import read_html
from xinjiang_record.document_readers.formats.office_xml import OLE
from xinjiang_record.document_readers.formats.text import read_csv, read_text, read_tsv
from xinjiang_record.document_readers.formats.warc import read_warc
from xinjiang_record.errors import ReadError, XRecordError
from xinjiang_record.limits import LIMITS

__all__ = ["MEDIA_TYPES", "Block", "Document", "Run", "Table", "read", "read_bytes"]

DEPTH = 2  # a document in a zip or a message, and one inside that
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OTHERS = (
    b"%PDF-",
    b"PK\x03\x04",
    OLE,
    b"\x1f\x8b",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x7fELF",
    b"Rar!",
    b"7z\xbc\xaf",
)


@dataclass(frozen=True, slots=True)
class Format:
    """How one media type is read: a reader in this process, or the name of one in the worker."""

    name: str
    magic: tuple[
        bytes, ...
    ] = ()  # how its files begin; none: text, which begins like none of the others
    reader: Callable[[bytes, Builder, str | None], None] | None = None
    worker: str = ""


_FORMATS: Mapping[str, Format] = {
    "text/html": Format("HTML", reader=read_html),
    "application/xhtml+xml": Format("HTML", reader=read_html),
    "text/plain": Format("text", reader=read_text),
    "text/csv": Format("CSV", reader=read_csv),
    "text/tab-separated-values": Format("TSV", reader=read_tsv),
    "text/markdown": Format("Markdown", worker="read_markdown"),
    "application/pdf": Format(
        "PDF", worker="read_pdf"
    ),  # looks at its own magic: some begin with a few stray bytes
    f"{_OFFICE}.wordprocessingml.document": Format("DOCX", (b"PK",), read_docx),
    f"{_OFFICE}.spreadsheetml.sheet": Format("XLSX", (b"PK",), worker="read_xlsx"),
    "application/vnd.ms-excel": Format("XLS", (OLE,), worker="read_xls"),
    "message/rfc822": Format("e-mail"),
    "multipart/related": Format("e-mail"),
    "application/warc": Format("WARC", (b"WARC/", b"\x1f\x8b")),
    "application/zip": Format("zip", (b"PK",)),
}
MEDIA_TYPES: Mapping[str, str] = {
    "html": "text/html", "htm": "text/html", "xhtml": "application/xhtml+xml", "txt": "text/plain", "text": "text/plain",
    "csv": "text/csv", "tsv": "text/tab-separated-values", "tab": "text/tab-separated-values", "md": "text/markdown",
    "markdown": "text/markdown", "pdf": "application/pdf", "docx": f"{_OFFICE}.wordprocessingml.document",
    "docm": f"{_OFFICE}.wordprocessingml.document", "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "xlsm": f"{_OFFICE}.spreadsheetml.sheet", "xls": "application/vnd.ms-excel", "eml": "message/rfc822",
    "mht": "message/rfc822", "mhtml": "message/rfc822", "warc": "application/warc", "warc.gz": "application/warc",
    "zip": "application/zip",
}  # fmt: skip
_ALIASES = {
    "application/x-zip-compressed": "application/zip",
    "text/x-markdown": "text/markdown",
    "application/csv": "text/csv",
}


def read(
    path: Path | str, *, encoding: str | None = None, media_type: str | None = None
) -> Document:
    """Read the document at ``path``. ``encoding`` and ``media_type``: what whoever published it declares, if not the document itself.

    Raises ReadError for a link, a folder, a device, a file that changes meanwhile, and whatever the module's docstring says.
    """
    path = Path(path)
    return read_bytes(
        _plain_bytes(path), path.name, encoding=encoding, media_type=media_type, shown=str(path)
    )


def read_bytes(
    data: bytes,
    name: str,
    *,
    encoding: str | None = None,
    media_type: str | None = None,
    shown: str | None = None,
    depth: int = 0,
) -> Document:
    """As ``read``, for bytes at hand; ``name`` tells the media type if ``media_type`` does not, ``shown`` stands in messages."""
    shown = shown or name or "the document"
    kind = _media_type(name, media_type, shown)
    form = _FORMATS[kind]
    _check_magic(data, form, shown)
    if form.worker:
        return worker.run(form.worker, data, shown, encoding, kind)
    out = Builder(shown)
    inner = partial(_inner, shown=shown, depth=depth)
    if form.reader:
        form.reader(data, out, encoding)
    elif depth >= DEPTH or (depth and form.name == "zip"):
        raise out.refuse(f"is a {form.name} inside another archive. Take it out first.")
    elif form.name == "e-mail":
        read_mail(data, out, encoding, inner)
    elif form.name == "WARC":
        read_warc(data, out, encoding, inner)
    else:
        _read_zip(data, out, encoding, inner)
    return out.build(kind)


def _inner(
    data: bytes, name: str, kind: str, encoding: str | None, *, shown: str, depth: int
) -> Document:
    """A document inside another: by its name if that has an ending we know, else by its declared type."""
    by_name = _by_name(name)
    return read_bytes(
        data,
        name,
        encoding=encoding,
        media_type=by_name or kind,
        shown=f"{shown}: {name}" if name else shown,
        depth=depth + 1,
    )


def _read_zip(
    data: bytes, out: Builder, encoding: str | None, inner: Callable[..., Document]
) -> None:
    most = out.limits.document_unpacked_bytes
    with open_zip(data, shown=out.shown) as archive:
        total = sum(archive.size(name) for name in archive.names)
        if total > most:
            raise out.over(f"{total} bytes unpacked,", "document_unpacked_bytes", most)
        for name in archive.names:
            if "__MACOSX/" in f"/{name}" or PurePosixPath(name).name.startswith("."):
                continue
            content = archive.read(name, limit=most)
            try:
                out.take(inner(content, name, "", encoding), f"{name}: ")
            except XRecordError as error:
                out.find("unreadable-part", str(error), name, "error")


def _by_name(name: str) -> str | None:
    lower = name.lower()
    return next((kind for end, kind in MEDIA_TYPES.items() if lower.endswith(f".{end}")), None)


def _media_type(name: str, declared: str | None, shown: str) -> str:
    kind = (declared or "").partition(";")[0].strip().lower()
    kind = (
        _ALIASES.get(kind, kind)
        if kind not in ("", "application/octet-stream")
        else (_by_name(name) or "")
    )
    if kind in _FORMATS:
        return kind
    what = f"the media type {kind!r}" if kind else "its ending"
    raise ReadError(
        f"{shown}: {what} is none that is read here ({', '.join(sorted({form.name for form in _FORMATS.values()}))}). "
        f"{STATE} Name its media type if you know it, or save it as one of these."
    )


def _check_magic(data: bytes, form: Format, shown: str) -> None:
    if not data.strip():
        raise ReadError(f"{shown}: is empty. {STATE} Fetch it again.")
    if form.name in ("DOCX", "XLSX") and data.startswith(OLE):
        raise ReadError(
            f"{shown}: is encrypted, or in the older Office format. {STATE} Ask for a copy without a password."
        )
    if form.magic and not data.startswith(form.magic):
        raise ReadError(
            f"{shown}: does not begin like {form.name}, which its name or media type says. {STATE} Look at it."
        )
    if not form.magic and form.name != "PDF" and data.startswith(_OTHERS):
        raise ReadError(
            f"{shown}: is said to be {form.name} and begins like a binary file. {STATE} Look at it."
        )


def _plain_bytes(path: Path) -> bytes:
    """The bytes of a plain file: no link is followed, no pipe or device waited for, and it must not change while it is read."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        what = (
            "is a link: name the file it points to"
            if path.is_symlink()
            else error.strerror or str(error)
        )
        raise ReadError(f"{path}: {what}. {STATE}") from error
    except ValueError as error:
        raise ReadError(f"{str(path)!r}: is no path of a file: {error}. {STATE}") from error
    try:
        before = os.fstat(handle)
        if not stat.S_ISREG(before.st_mode):
            raise ReadError(f"{path}: is a folder, a pipe or a device, not a file. {STATE}")
        if before.st_size > LIMITS.document_bytes:
            raise Builder(str(path)).over(
                f"{before.st_size} bytes,", "document_bytes", LIMITS.document_bytes
            )
        with open(handle, "rb", closefd=False) as stream:
            data = stream.read(before.st_size + 1)
        after = os.fstat(handle)
    finally:
        os.close(handle)
    if len(data) != before.st_size or (after.st_mtime_ns, after.st_size) != (
        before.st_mtime_ns,
        before.st_size,
    ):
        raise ReadError(f"{path}: changed while it was read. {STATE} Run again when it is whole.")
    return data
