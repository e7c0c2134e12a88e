"""Documents for the tests, made here from text.

The same paragraphs, lists and tables in each format.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from xinjiang_record.archives.zip import write_zip

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types '
    'xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
Line = tuple[str, bool, float]  # text, bold, size in points


def pdf(
    pages: Sequence[Sequence[str | Line]],
    *,
    leading: float = 14,
    left: float = 72,
    top: float = 760,
) -> bytes:
    """A PDF in Helvetica with each page's lines one under the other.

    An empty line is a gap. Latin-1 text only.
    """
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for lines in pages:
        parts, y = [], top
        for line in lines:
            text, bold, size = line if isinstance(line, tuple) else (line, False, 11.0)
            if text:
                shown = (
                    text.replace("\\", "\\\\")
                    .replace("(", "\\(")
                    .replace(")", "\\)")
                    .encode("cp1252")
                )
                parts.append(
                    b"BT /F%d %g Tf %g %g Td (%s) Tj ET" % (2 if bold else 1, size, left, y, shown)
                )
            y -= leading
        content = b"\n".join(parts)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>" % len(objects)
        )
        kids.append(len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (
        len(kids),
        b" ".join(b"%d 0 R" % kid for kid in kids),
    )
    return pdf_of(objects)


def pdf_of(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A PDF file of these objects, the first its catalog."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    out.write(
        b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, trailer, start)
    )
    return out.getvalue()


def docx(body: str, folder: Path, **parts: str | bytes) -> bytes:
    """A DOCX with this body XML; ``parts`` by path with ``__`` for ``/`` add or replace parts."""
    members: dict[str, Path | bytes] = {
        "[Content_Types].xml": TYPES.encode(),
        "word/document.xml": (
            f'<?xml version="1.0" encoding="UTF-8"?><w:document {W}><w:body>{body}</w:body>'
            "</w:document>"
        ).encode(),
    }
    members |= {
        name.replace("__", "/"): data if isinstance(data, bytes) else data.encode()
        for name, data in parts.items()
    }
    path = folder / "made.docx"
    write_zip(path, members)
    return path.read_bytes()


def paragraph(text: str, *, style: str = "", bold: bool = False) -> str:
    """One paragraph of WordprocessingML."""
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{look}<w:r>{'<w:rPr><w:b/></w:rPr>' if bold else ''}<w:t>{text}</w:t></w:r></w:p>"


def xlsx(sheets: dict[str, Sequence[Sequence[object]]], **options: object) -> bytes:
    """An XLSX by openpyxl; ``edit`` is called with the workbook before it is saved."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    edit = options.get("edit")
    if callable(edit):
        edit(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def patched(data: bytes, name: str, change: object, folder: Path) -> bytes:
    """A zip with one member replaced by ``change(old)``, or by ``change`` itself if it is bytes.

    Added if it is not there.
    """
    from xinjiang_record.archives.zip import open_zip

    with open_zip(data, shown="made") as archive:
        members: dict[str, Path | bytes] = {item: archive.read(item) for item in archive.names}
    members[name] = change(members[name]) if callable(change) else change  # type: ignore[assignment]
    path = folder / "patched.zip"
    write_zip(path, members)
    return path.read_bytes()
