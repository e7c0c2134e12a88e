"""Open a document of any format that is read here: ``open_document(path) -> Document``.

``FORMATS`` lists them: HTML, PDF with a text layer, DOCX, XLSX, XLS, CSV, TSV, plain text,
Markdown, e-mail, WARC, and a zip of these. The media type is the one given, else what the name's
ending says. The first bytes must agree with it, and nothing is sniffed beyond that. Encodings: see
``formats.text``. Limits: ``limits.LIMITS`` (``document_*`` and ``reader_*``).

Every document is read in the bounded process. A document that is not what it says, is encrypted,
broken or hostile raises ReadError, one over a limit LimitError, each with its reason. What was left
out of one that was read is in its findings. No file is written, and no connection opened.
"""

from __future__ import annotations

import importlib
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, cast

from xinjiang_record.archives.zip import open_zip
from xinjiang_record.document_readers.document import (
    OLE,
    STATE,
    Block,
    Builder,
    Document,
    Run,
    Table,
    from_json,
    to_json,
)
from xinjiang_record.errors import ReadError, XRecordError
from xinjiang_record.limits import LIMITS
from xinjiang_record.untrusted import bounded_process

__all__ = [
    "FORMATS",
    "MEDIA_TYPES",
    "Block",
    "Document",
    "Run",
    "Table",
    "open_document",
    "open_document_bytes",
]

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
Inner = Callable[[bytes, str, str, str | None], Document]


@dataclass(frozen=True, slots=True)
class Format:
    """Say how one format is read: by which function, and how its files begin.

    ``reader`` is ``module:function`` below ``formats``. Without ``magic`` it is text, which begins
    like none of the binary formats. A container gets a function that reads the documents inside.
    """

    name: str
    reader: str
    media_types: tuple[str, ...]
    endings: tuple[str, ...]
    magic: tuple[bytes, ...] = ()
    is_container: bool = False


FORMATS = (
    Format(
        "HTML",
        "html:read_html",
        ("text/html", "application/xhtml+xml"),
        ("html", "htm", "xhtml"),
    ),
    Format("text", "text:read_text", ("text/plain",), ("txt", "text")),
    Format("CSV", "text:read_csv", ("text/csv", "application/csv"), ("csv",)),
    Format("TSV", "text:read_tsv", ("text/tab-separated-values",), ("tsv", "tab")),
    Format(
        "Markdown",
        "markdown:read_markdown",
        ("text/markdown", "text/x-markdown"),
        ("md", "markdown"),
    ),
    # The PDF reader checks the first bytes itself: some files begin with a few stray bytes.
    Format("PDF", "pdf:read_pdf", ("application/pdf",), ("pdf",)),
    Format(
        "DOCX",
        "docx:read_docx",
        (f"{_OFFICE}.wordprocessingml.document",),
        ("docx", "docm"),
        (b"PK",),
    ),
    Format(
        "XLSX",
        "spreadsheet:read_xlsx",
        (f"{_OFFICE}.spreadsheetml.sheet",),
        ("xlsx", "xlsm"),
        (b"PK",),
    ),
    Format("XLS", "spreadsheet:read_xls", ("application/vnd.ms-excel",), ("xls",), (OLE,)),
    Format(
        "e-mail",
        "email_message:read_mail",
        ("message/rfc822", "multipart/related"),
        ("eml", "mht", "mhtml"),
        is_container=True,
    ),
    Format(
        "WARC",
        "warc:read_warc",
        ("application/warc",),
        ("warc", "warc.gz"),
        (b"WARC/", b"\x1f\x8b"),
        is_container=True,
    ),
    Format(
        "zip",
        "",
        ("application/zip", "application/x-zip-compressed"),
        ("zip",),
        (b"PK",),
        is_container=True,
    ),
)
_BY_MEDIA_TYPE = {kind: form for form in FORMATS for kind in form.media_types}
# Ending -> media type: the first of the format, but for XHTML, which has its own.
MEDIA_TYPES: Mapping[str, str] = {
    **{ending: form.media_types[0] for form in FORMATS for ending in form.endings},
    "xhtml": "application/xhtml+xml",
}


def open_document(path: Path | str, *, encoding: str | None = None) -> Document:
    """Read the document at ``path``.

    Args:
        path: a regular file; a link, a folder, a device or a file that changes is refused.
        encoding: what the publisher declares, if not the document itself.

    Raises:
        ReadError: it cannot be read as what it says it is.
        LimitError: it is over a limit.
    """
    path = Path(path)
    data = read_unchanging_file(path)
    return open_document_bytes(data, path.name, encoding=encoding, shown=str(path))


def open_document_bytes(
    data: bytes,
    name: str,
    *,
    encoding: str | None = None,
    media_type: str | None = None,
    shown: str | None = None,
) -> Document:
    """Read a document from its bytes; ``shown`` names it in messages.

    ``name`` gives the media type if ``media_type`` does not.
    """
    shown = shown or name or "the document"
    options = {"name": name, "encoding": encoding, "media_type": media_type, "shown": shown}
    value = bounded_process.run_bounded(
        f"{__name__}:document_as_json", data, shown=shown, state=STATE, options=options
    )
    return from_json(shown, cast("dict[str, Any]", value))


def document_as_json(data: bytes, options: Mapping[str, Any]) -> dict[str, Any]:
    """Read a document and return it as plain values; the bounded process calls this."""
    return to_json(_read(data, depth=0, **options))


def _read(
    data: bytes, name: str, encoding: str | None, media_type: str | None, shown: str, depth: int
) -> Document:
    kind = _media_type(name, media_type, shown)
    form = _BY_MEDIA_TYPE[kind]
    _check_magic(data, form, shown)
    out = Builder(shown)
    if not form.is_container:
        _reader(form)(data, out, encoding)
        return out.build(kind)
    if depth >= DEPTH or (depth and form.name == "zip"):
        raise out.read_error(f"is a {form.name} inside another archive. Take it out first.")
    inner = partial(_read_inner, shown=shown, depth=depth + 1)
    (_reader(form) if form.reader else _read_zip)(data, out, encoding, inner)
    return out.build(kind)


def _reader(form: Format) -> Callable[..., None]:
    """Return the function of a format; its module and libraries are imported when first needed."""
    module, _, function = form.reader.partition(":")
    package = __name__.rpartition(".")[0]
    reader: Callable[..., None] = getattr(
        importlib.import_module(f"{package}.formats.{module}"), function
    )
    return reader


def _read_inner(
    data: bytes, name: str, kind: str, encoding: str | None, *, shown: str, depth: int
) -> Document:
    """Read a document inside another: by its name's ending, else by its declared type."""
    where = f"{shown}: {name}" if name else shown
    return _read(data, name, encoding, _by_name(name) or kind, where, depth)


def _read_zip(data: bytes, out: Builder, encoding: str | None, inner: Inner) -> None:
    most = out.limits.document_unpacked_bytes
    with open_zip(data, shown=out.shown) as archive:
        total = sum(archive.size(name) for name in archive.names)
        if total > most:
            raise out.limit_error(f"{total} bytes unpacked,", "document_unpacked_bytes", most)
        for name in archive.names:
            if "__MACOSX/" in f"/{name}" or PurePosixPath(name).name.startswith("."):
                continue
            content = archive.read(name, limit=most)
            try:
                out.add_document(inner(content, name, "", encoding), f"{name}: ")
            except XRecordError as error:
                out.add_finding("unreadable-part", str(error), name, "error")


def _by_name(name: str) -> str | None:
    lower = name.lower()
    return next((kind for end, kind in MEDIA_TYPES.items() if lower.endswith(f".{end}")), None)


def _media_type(name: str, declared: str | None, shown: str) -> str:
    kind = (declared or "").partition(";")[0].strip().lower()
    if kind in ("", "application/octet-stream"):
        kind = _by_name(name) or ""
    if kind in _BY_MEDIA_TYPE:
        form = _BY_MEDIA_TYPE[kind]
        return kind if form.name in ("HTML", "e-mail") else form.media_types[0]
    what = f"the media type {kind!r}" if kind else "its ending"
    known = ", ".join(sorted(form.name for form in FORMATS))
    raise ReadError(
        f"{shown}: {what} is not read here. {STATE} "
        f"Name its media type if you know it, or save it as one of these: {known}."
    )


def _check_magic(data: bytes, form: Format, shown: str) -> None:
    if not data.strip():
        raise ReadError(f"{shown}: is empty. {STATE} Fetch it again.")
    if form.name in ("DOCX", "XLSX") and data.startswith(OLE):
        raise ReadError(
            f"{shown}: is encrypted, or in the older Office format. {STATE} "
            "Get a copy without a password."
        )
    if form.magic and not data.startswith(form.magic):
        raise ReadError(
            f"{shown}: does not begin like {form.name}, which its name or media type says. "
            f"{STATE} Check the file."
        )
    if not form.magic and form.name != "PDF" and data.startswith(_OTHERS):
        raise ReadError(
            f"{shown}: is said to be {form.name} and begins like a binary file. {STATE} "
            "Check the file."
        )


def read_unchanging_file(path: Path) -> bytes:
    """Return the bytes of a regular file that does not change while it is read.

    No link is followed, and a pipe or a device does not block.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        what = (
            "is a link: name the file it points to"
            if path.is_symlink()
            else error.strerror or str(error)
        )
        raise ReadError(f"{path}: {what}. {STATE} Check the path.") from error
    except ValueError as error:
        raise ReadError(f"{str(path)!r}: is not a path of a file: {error}. {STATE}") from error
    try:
        before = os.fstat(handle)
        if not stat.S_ISREG(before.st_mode):
            raise ReadError(f"{path}: is a folder, a pipe or a device, not a file. {STATE}")
        if before.st_size > LIMITS.document_bytes:
            raise Builder(str(path)).limit_error(
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
        raise ReadError(
            f"{path}: changed while it was read. {STATE} Run again when it is complete."
        )
    return data
