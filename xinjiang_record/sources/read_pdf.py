"""PDF with a text layer to blocks, with pdfium. Runs in the worker, whose memory and time are bounded.

This module gets the lines of each page with their place and weight; ``pdf_layout`` makes paragraphs of them. A page without text that
shows a picture is a finding: it is a scan, and what it says was not read. Tables are read as lines.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from typing import Any

from xinjiang_record.sources.document import Builder, Run
from xinjiang_record.sources.pdf_layout import Line, paragraphs, without_furniture

TAIL = 2048  # bytes at the end of a file in which its end mark must stand
# pdfium marks a hyphen at a line's end with 2 or U+FFFE, and puts no line end there. It is printed, so it is kept.
_HYPHEN = "\ufffe"
_LINE = re.compile(rf"[^\r\n{_HYPHEN}]*[^\s{_HYPHEN}][^\r\n{_HYPHEN}]*{_HYPHEN}?")
_WORD = re.compile(r"\S+")
_PLAIN = {0x02: _HYPHEN, 0x09: " ", 0x0B: " ", 0x0C: " ", 0xA0: " "}
_UNPRINTED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\uffff]")  # glyphs that the file gives no character for
_ENCRYPTED = ("password", "security")


def read_pdf(data: bytes, out: Builder, encoding: str | None) -> None:
    """Read a PDF. ``encoding`` does not apply."""
    del encoding
    import pypdfium2

    if b"%PDF-" not in data[:1024]:
        raise out.refuse("is not a PDF, whatever its name says.")
    if b"%%EOF" not in data[-TAIL:]:
        raise out.refuse("is cut short: a PDF ends with %%EOF. Fetch it again.")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        encrypted = any(word in str(error).lower() for word in _ENCRYPTED)
        raise out.refuse(
            "is encrypted. Ask for a copy without a password." if encrypted else f"is broken: {error}."
        ) from error
    try:
        if len(document) > out.limits.document_pages:
            raise out.over(f"{len(document)} pages", "document_pages", out.limits.document_pages)
        title = (document.get_metadata_dict().get("Title") or "").strip()
        if title:
            out.metadata["title"] = title[:500]
        pages = [_page(document, number, out) for number in range(len(document))]
    finally:
        document.close()
    pages, repeated = without_furniture(pages)
    if repeated:
        out.metadata["left_out"] = "; ".join(
            f"{text} (at the edge of {count} pages)" for text, count in repeated.items()
        )
    for runs, kind, locator in paragraphs(pages):
        out.block("".join(run.text for run in runs), locator, kind, runs)


def _page(document: Any, number: int, out: Builder) -> list[Line]:
    import pypdfium2

    locator = f"page {number + 1}"
    try:
        page = document[number]
    except pypdfium2.PdfiumError as error:
        out.find("broken-page", f"the page could not be read: {error}.", locator, "error")
        return []
    text_page = page.get_textpage()
    lines = list(_lines(text_page))
    if not lines and any(True for _ in page.get_objects(max_depth=2)):
        out.find(
            "no-text-layer", "the page shows a picture or drawing and has no text: it was not read.", locator, "error"
        )
    text_page.close()
    page.close()
    return lines


def _lines(text_page: Any) -> Iterator[Line]:
    """The lines in the order of the page's content, cut where pdfium puts a line end."""
    text = _characters(text_page)
    for match in _LINE.finditer(text):
        yield _line(text_page.raw, text, match.start(), match.end())


def _characters(text_page: Any) -> str:
    """One character for each that pdfium counts: in one call where that is so, else one by one (pages with rare characters)."""
    import pypdfium2.raw as pdfium

    count = text_page.count_chars()
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium.FPDFText_GetText(text_page.raw, 0, count, buffer)
    text = bytes(buffer)[: 2 * count].decode("utf-16-le", "replace")
    if written != count + 1 or len(text) != count:
        text = "".join(chr(pdfium.FPDFText_GetUnicode(text_page.raw, index)) for index in range(count))
    return _UNPRINTED.sub("\ufffd", text.translate(_PLAIN))


def _line(raw: Any, text: str, start: int, end: int) -> Line:
    import pypdfium2.raw as pdfium

    words = [(match.start(), match.end()) for match in _WORD.finditer(text, start, end)]
    first, last = words[0], words[-1]
    bold = _is_bold(raw, first[0])
    if _is_bold(raw, last[0]) == bold:
        runs = [Run(_joined_pairs(text[first[0] : last[1]]), bold)]
    else:
        ends = [start for start, _ in words[1:]] + [last[1]]
        runs = [Run(_joined_pairs(text[at:to]), _is_bold(raw, at)) for (at, _), to in zip(words, ends, strict=True)]
    left, _, base, _ = _box(raw, first[0])
    size = pdfium.FPDFText_GetFontSize(raw, first[0]) * _scale(raw, first[0])
    return Line(runs, left, _box(raw, last[1] - 1)[1], base, size or 10.0, _box(raw, first[1] - 1)[1] - left)


def _joined_pairs(text: str) -> str:
    """Marks of a hyphen as the hyphen, and halves of a pair, which some versions of pdfium count each, as the one character they are."""
    return text.replace(_HYPHEN, "-").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _box(raw: Any, index: int) -> tuple[float, float, float, float]:
    """Left, right, bottom, top of a character; for one without a shape (a space) where its origin is."""
    import pypdfium2.raw as pdfium

    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdfium.FPDFText_GetCharBox(raw, index, left, right, bottom, top)
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(raw, index, x, y)
    return left.value, right.value, y.value, top.value


def _scale(raw: Any, index: int) -> float:
    import pypdfium2.raw as pdfium

    matrix = pdfium.FS_MATRIX()
    return abs(matrix.d) or abs(matrix.b) or 1.0 if pdfium.FPDFText_GetMatrix(raw, index, matrix) else 1.0


def _is_bold(raw: Any, index: int) -> bool:
    import pypdfium2.raw as pdfium

    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    size = pdfium.FPDFText_GetFontInfo(raw, index, name, 128, flags)
    return b"bold" in name.value.lower() if 0 < size <= 128 else bool(flags.value & (1 << 18))
