"""PDF with a text layer to blocks, with pdfium. Runs in the worker, whose memory and time are bounded.

A page's lines become paragraphs where the gap between them is small. A line break stays (``\\n``) where the author made it and becomes
a space where the text was merely wrapped: that is where the next line's first word would not have fitted. A page without text that
shows a picture is a finding: it is a scan, and what it says was not read. Tables are read as lines.
"""

from __future__ import annotations

import ctypes
import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from xinjiang_record.sources.document import Builder, Kind, Run
from xinjiang_record.sources.read_html import tidy

TAIL = 2048  # bytes at the end of a file in which its end mark must stand
PARAGRAPH_GAP = 1.75  # baseline to baseline, in heights of the font
HEADING_RATIO = 1.15  # font of a heading, in fonts of the page
_ITEM = re.compile(r"(?:[•‣▪◦●○·*–—-]|\(?[0-9]{1,3}[.)]|\(?[a-z][.)])\s")
_ENCRYPTED = ("password", "security")


@dataclass(slots=True)
class _Line:
    """One line of a page: its text in words of one weight, where it stands (points), and the width of its first word."""

    runs: list[Run]
    left: float
    right: float
    base: float
    size: float
    first_word: float

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


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
        for number in range(len(document)):
            _page(document, number, out)
    finally:
        document.close()


def _page(document: Any, number: int, out: Builder) -> None:
    import pypdfium2

    locator = f"page {number + 1}"
    try:
        page = document[number]
    except pypdfium2.PdfiumError as error:
        out.find("broken-page", f"the page could not be read: {error}.", locator, "error")
        return
    text_page = page.get_textpage()
    lines = list(_lines(text_page))
    if not lines and any(True for _ in page.get_objects(max_depth=2)):
        out.find(
            "no-text-layer", "the page shows a picture or drawing and has no text: it was not read.", locator, "error"
        )
    for paragraph, (runs, kind) in enumerate(_paragraphs(lines), 1):
        out.block("".join(run.text for run in runs), f"{locator}, paragraph {paragraph}", kind, runs)
    text_page.close()
    page.close()


def _lines(text_page: Any) -> Iterator[_Line]:
    """The lines in the order of the page's content, cut where pdfium puts a line end."""
    import pypdfium2.raw as pdfium

    raw, count = text_page.raw, text_page.count_chars()
    codes = [pdfium.FPDFText_GetUnicode(raw, index) for index in range(count)]
    start = 0
    for index in range(count + 1):
        if index == count or codes[index] in (10, 13):
            if any(code > 32 for code in codes[start:index]):
                yield _line(raw, codes, start, index)
            start = index + 1


def _line(raw: Any, codes: list[int], start: int, end: int) -> _Line:
    import pypdfium2.raw as pdfium

    while codes[start] <= 32:
        start += 1
    while codes[end - 1] <= 32:
        end -= 1
    runs: list[Run] = []
    word = start
    for index in range(start, end + 1):
        if index == end or (codes[index] <= 32 and index > word):
            runs.append(Run(_decode(codes[word:index]), _is_bold(raw, word)))
            word = index
    first = next((index for index in range(start, end) if codes[index] <= 32), end)
    left, _, base, _ = _box(raw, start)
    right = max(_box(raw, index)[1] for index in {end - 1, max(start, end - 2)})
    size = pdfium.FPDFText_GetFontSize(raw, start) * _scale(raw, start)
    return _Line(runs, left, right, base, size or 10.0, _box(raw, first - 1)[1] - left)


def _decode(codes: list[int]) -> str:
    """Characters of UTF-16 units or code points; pdfium's mark for a hyphen at a line's end (2) is the hyphen that is printed there."""
    plain = (0x2D if code in (2, 0xFFFE) else 0x20 if code in (9, 0x0B) else code for code in codes)
    units = b"".join(code.to_bytes(2, "little") if code <= 0xFFFF else chr(code).encode("utf-16-le") for code in plain)
    return units.decode("utf-16-le", "replace")


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


def _paragraphs(lines: list[_Line]) -> Iterator[tuple[list[Run], Kind]]:
    if not lines:
        return
    body = statistics.median(line.size for line in lines)
    margin = max(line.right for line in lines)
    group = [lines[0]]
    for line in lines[1:]:
        if _starts_paragraph(group[-1], line):
            yield _joined(group, margin, body)
            group = []
        group.append(line)
    yield _joined(group, margin, body)


def _starts_paragraph(before: _Line, line: _Line) -> bool:
    gap = before.base - line.base
    return (
        gap < -1.0  # a new column, or the page's next part
        or gap > PARAGRAPH_GAP * max(before.size, line.size)
        or abs(before.size - line.size) > 0.15 * before.size
        or bool(_ITEM.match(line.text))
    )


def _joined(group: list[_Line], margin: float, body: float) -> tuple[list[Run], Kind]:
    runs: list[Run] = []
    for line, following in zip(group, [*group[1:], None], strict=True):
        runs += line.runs
        if following is None:
            break
        hyphen = line.text.endswith("-") and len(line.text) > 1
        wrapped = line.right + 0.25 * line.size + following.first_word > margin
        if not (hyphen and wrapped):
            runs.append(Run(" " if wrapped else "\x00", line.runs[-1].is_bold))
    size = max(line.size for line in group)
    item = _ITEM.match(group[0].text)
    kind: Kind = "list-item" if item else "heading" if size > HEADING_RATIO * body else "paragraph"
    return tidy(runs), kind
