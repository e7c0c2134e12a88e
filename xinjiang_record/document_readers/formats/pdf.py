"""Read PDF with a text layer into blocks, with pdfium, in the bounded process.

This module gets the lines of each page with their place and weight; ``pdf_layout`` makes paragraphs
of them. A page without text that shows a picture is a finding: it is a scan, and was not read.
Tables are read as lines.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium

from xinjiang_record.document_readers.document import Builder, Run
from xinjiang_record.document_readers.formats.pdf_layout import Line, paragraphs, without_furniture

TAIL = 2048  # bytes at the end of a file in which its end mark must stand
# pdfium marks a hyphen at a line's end with 2 or U+FFFE, and puts no line end there.
# It is printed, so it is kept.
_HYPHEN = "\ufffe"
_LINE = re.compile(rf"[^\r\n{_HYPHEN}]*[^\s{_HYPHEN}][^\r\n{_HYPHEN}]*{_HYPHEN}?")
_WORD = re.compile(r"\S+")
_PLAIN = {0x02: _HYPHEN, 0x09: " ", 0x0B: " ", 0x0C: " ", 0xA0: " "}
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u05ff\u0600-\u060b\u060d-\u061a\u061c-\u061e\u0620-\u065f\u066e-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+"
)
_UNPRINTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\uffff]"
)  # glyphs that the file gives no character for
_ENCRYPTED = ("password", "security")


def read_pdf(data: bytes, out: Builder, encoding: str | None) -> None:
    """Read a PDF; ``encoding`` does not apply."""
    del encoding

    if b"%PDF-" not in data[:1024]:
        raise out.read_error("is not a PDF, whatever its name says.")
    if b"%%EOF" not in data[-TAIL:]:
        raise out.read_error("is cut short: a PDF ends with %%EOF. Fetch it again.")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        encrypted = any(word in str(error).lower() for word in _ENCRYPTED)
        raise out.read_error(
            "is encrypted. Ask for a copy without a password."
            if encrypted
            else f"is broken: {error}."
        ) from error
    try:
        if len(document) > out.limits.document_pages:
            raise out.limit_error(
                f"{len(document)} pages", "document_pages", out.limits.document_pages
            )
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
        out.add_block("".join(run.text for run in runs), locator, kind, runs)


def _page(document: pypdfium2.PdfDocument, number: int, out: Builder) -> list[Line]:

    locator = f"page {number + 1}"
    try:
        page = document[number]
    except pypdfium2.PdfiumError as error:
        out.add_finding("broken-page", f"the page could not be read: {error}.", locator, "error")
        return []
    text_page = page.get_textpage()
    lines = list(_lines(text_page))
    if not lines and any(True for _ in page.get_objects(max_depth=2)):
        out.add_finding(
            "no-text-layer",
            "the page shows a picture or drawing and has no text: it was not read.",
            locator,
            "error",
        )
    text_page.close()
    page.close()
    return lines


def _lines(text_page: pypdfium2.PdfTextPage) -> Iterator[Line]:
    """Yield the lines in the order of the page's content, cut where pdfium puts a line end."""
    text = _characters(text_page)
    for match in _LINE.finditer(text):
        yield _line(text_page.raw, text, match.start(), match.end())


def _characters(text_page: pypdfium2.PdfTextPage) -> str:
    """Return one character for each that pdfium counts.

    One call does where that is so; pages with rare characters are read one by one.
    """
    count = text_page.count_chars()
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium.FPDFText_GetText(text_page.raw, 0, count, buffer)
    text = bytes(buffer)[: 2 * count].decode("utf-16-le", "replace")
    if written != count + 1 or len(text) != count:
        text = "".join(
            chr(pdfium.FPDFText_GetUnicode(text_page.raw, index)) for index in range(count)
        )
    return _UNPRINTED.sub("\ufffd", text.translate(_PLAIN))


def _line(raw: pdfium.FPDF_TEXTPAGE, text: str, start: int, end: int) -> Line:
    words = [(match.start(), match.end()) for match in _WORD.finditer(text, start, end)]
    first, last = words[0], words[-1]
    shown = _in_reading_order(raw, text, first[0], last[1])
    bold = _is_bold(raw, first[0])
    if _is_bold(raw, last[0]) == bold:
        runs = [Run(_joined_pairs(shown), bold)]
    else:
        ends = [start for start, _ in words[1:]] + [last[1]]
        runs = [
            Run(_joined_pairs(shown[at - first[0] : to - first[0]]), _is_bold(raw, at))
            for (at, _), to in zip(words, ends, strict=True)
        ]
    left, right, base = _box(raw, first[0])
    size = min(
        _size(raw, first[0]), _size(raw, last[1] - 1)
    )  # a list's number or a drop cap may be larger
    if _is_right_to_left(text[first[0] : last[1]]):  # as seen in a mirror: it begins at its right
        return Line(
            runs, -right, -_box(raw, last[1] - 1)[0], base, size, right - _box(raw, first[1] - 1)[0]
        )
    return Line(
        runs, left, _box(raw, last[1] - 1)[1], base, size, _box(raw, first[1] - 1)[1] - left
    )


def _is_right_to_left(text: str) -> bool:
    """Return whether the first letter with a direction goes to the left."""
    if text.isascii():
        return False
    directions = (unicodedata.bidirectional(char) for char in text)
    return next((word for word in directions if word in ("L", "R", "AL")), "L") != "L"


def _in_reading_order(raw: pdfium.FPDF_TEXTPAGE, text: str, start: int, end: int) -> str:
    """Return the text from ``start`` to ``end``, each right-to-left run in reading order.

    Some programs write such letters in the order they have on paper. There, the first of a run is
    left of its last.
    """
    shown = text[start:end]
    if shown.isascii():
        return shown
    for match in _RIGHT_TO_LEFT.finditer(shown):
        first, last = match.start() + start, match.end() + start - 1
        if first < last and _box(raw, first)[0] < _box(raw, last)[0]:
            shown = shown[: match.start()] + match[0][::-1] + shown[match.end() :]
    return shown


def _joined_pairs(text: str) -> str:
    """Return hyphen marks as hyphens, and the two halves of a pair as one character."""
    return (
        text.replace(_HYPHEN, "-")
        .encode("utf-16-le", "surrogatepass")
        .decode("utf-16-le", "replace")
    )


def _box(raw: pdfium.FPDF_TEXTPAGE, index: int) -> tuple[float, float, float]:
    """Return the left and right edge of a character, and its baseline, in points."""
    left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
    pdfium.FPDFText_GetCharBox(raw, index, left, right, bottom, top)
    pdfium.FPDFText_GetCharOrigin(raw, index, x, y)
    return left.value, right.value, y.value


def _size(raw: pdfium.FPDF_TEXTPAGE, index: int) -> float:
    """Return the height of a character's font as it is on the page, in points."""
    matrix = pdfium.FS_MATRIX()
    known = pdfium.FPDFText_GetMatrix(raw, index, matrix)
    scale = (abs(matrix.d) or abs(matrix.b) or 1.0) if known else 1.0
    return pdfium.FPDFText_GetFontSize(raw, index) * scale or 10.0


def _is_bold(raw: pdfium.FPDF_TEXTPAGE, index: int) -> bool:

    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    size = pdfium.FPDFText_GetFontInfo(raw, index, name, 128, flags)
    return b"bold" in name.value.lower() if 0 < size <= 128 else bool(flags.value & (1 << 18))
