"""The corpus: each case is a file made here, what must come of it, and why.

``python tests/hostile/corpus.py FOLDER`` writes it to ``FOLDER/accept`` and ``FOLDER/reject`` with
``manifest.json``.

``expect`` is ``accept`` (read whole: no finding of severity error, ``holds`` is in what was read),
``error`` (refused as a whole; ``holds``
is in the message), or a finding's type (a part was left out and said; ``holds`` must then *not* be
in what was read).
"""

from __future__ import annotations

import gzip
import io
import json
import os
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "document_readers"))
import make_documents as make

CANARY = "CANARY-7f3a-do-not-read-me"
MIB = 1024 * 1024
DATA = Path(__file__).resolve().parents[1] / "document_readers" / "data"


@dataclass(frozen=True, slots=True)
class Case:
    """One file. ``encoding``: what its publisher declares beside it (an HTTP header)."""

    name: str
    expect: str
    holds: str
    why: str
    encoding: str = ""


Made = tuple[Case, bytes | Callable[[Path], None]]


def zip_of(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method, compresslevel=1) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name) if method == zipfile.ZIP_STORED else name, data)
    return out.getvalue()


def zip_of_nothings(names: list[str]) -> bytes:
    """An archive of empty members, as ``zipfile`` writes it, which takes seconds for so many."""
    files, directory, place = [], [], 0
    for name in map(str.encode, names):
        same = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 0x21, 0, 0, 0, len(name), 0)
        files.append(b"PK\x03\x04" + same + name)
        tail = struct.pack("<HHHII", 0, 0, 0, 0o600 << 16, place)
        directory.append(b"PK\x01\x02\x14\x03" + same + tail + name)
        place += len(files[-1])
    size, many, most = sum(map(len, directory)), len(names), 0xFFFF
    end = b""
    if many > most:
        counts = (44, 45, 45, 0, 0, many, many, size, place)
        end = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", *counts)
        end += b"PK\x06\x07" + struct.pack("<IQI", 0, place + size, 1)
    told = min(many, most)
    end += b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, told, told, size, place, 0)
    return b"".join([*files, *directory, end])


def patch(data: bytes, old: bytes, new: bytes, count: int = -1) -> bytes:
    assert old in data and len(old) == len(new), (old, new)
    return data.replace(old, new, count)


def with_attribute(mode: int, data: bytes = b"/etc/passwd") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        item = zipfile.ZipInfo("link.txt")
        item.create_system, item.external_attr = 3, mode << 16
        archive.writestr(item, data)
    return out.getvalue()


def lying_size(size: int) -> bytes:
    """A member whose declared size, in both headers, is not what comes out."""
    data = bytearray(zip_of({"a.txt": b"x" * 5000}))
    where = data.find(b"PK\x01\x02")
    data[22:26] = data[where + 24 : where + 28] = struct.pack("<I", size)
    return bytes(data)


def overlapping() -> bytes:
    """Two entries of the directory share the same bytes."""
    plain = zip_of({"a.txt": b"hello" * 100, "b.txt": b"hello" * 100})
    data = bytearray(plain)
    first = data.find(b"PK\x01\x02")
    second = data.find(b"PK\x01\x02", first + 4)
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    return bytes(data)


def lying_count(real: int, declared: int) -> bytes:
    """A directory of many entries whose end record says it has few.

    A reader that trusts it fills its memory.
    """
    data = bytearray(zip_of_nothings([f"{n}.txt" for n in range(real)]))
    end = data.rfind(b"PK\x05\x06")
    data[end + 8 : end + 12] = struct.pack("<HH", declared, declared)
    return bytes(data)


def encrypted_zip() -> bytes:
    data = bytearray(zip_of({"a.txt": b"secret"}))
    where = data.find(b"PK\x01\x02")
    data[6] |= 1
    data[where + 8] |= 1
    return bytes(data)


def archives() -> Iterator[Made]:
    def case(name: str, expect: str, holds: str, why: str, data: bytes) -> Made:
        return Case(name, expect, holds, why), data

    good = zip_of({"a.txt": b"Albania"})
    yield case(
        "bomb.zip",
        "error",
        "compression_ratio",
        "900 KB that become 900 MB",
        zip_of_nulls(),
    )
    yield case("many-megabytes.zip", "error", "document_unpacked_bytes",
               "members that are large together",
               zip_of({f"{n}.txt": (os.urandom(1000) + b"a" * 99_000) * 111
                       for n in range(7)}))  # fmt: skip
    yield case(
        "nested.zip",
        "unreadable-part",
        "Albania",
        "a zip in a zip: bombs are nested",
        zip_of({"inner.zip": good}),
    )
    for number, name in enumerate(
        (
            "../up.txt",
            "/etc/x.txt",
            "a/../../x.txt",
            "..\\up.txt",
            "C:/x.txt",
            "a//b.txt",
            "./a.txt",
            "a\nb.txt",
        )
    ):
        yield case(
            f"traversal-{number}.zip",
            "error",
            "could leave its folder",
            f"a member named {name!r}",
            zip_of({name: b"x"}),
        )
    yield case(
        "symlink.zip",
        "error",
        "link or a device",
        "a member that is a link",
        with_attribute(0o120777),
    )
    yield case(
        "device.zip",
        "error",
        "link or a device",
        "a member that is a device",
        with_attribute(0o020666, b""),
    )
    yield case(
        "fifo.zip",
        "error",
        "link or a device",
        "a member that is a pipe",
        with_attribute(0o010666, b""),
    )
    yield case(
        "twins.zip",
        "error",
        "two members",
        "two names that one folder may hold as one",
        zip_of({"A.txt": b"1", "a.txt": b"2"}),
    )
    yield case(
        "twins-nfd.zip",
        "error",
        "two members",
        "one name composed and decomposed",
        zip_of({"é.txt": b"1", "e\u0301.txt": b"2"}),
    )
    yield case("overlap.zip", "error", "overlaps", "two members in the same bytes", overlapping())
    yield case("encrypted.zip", "error", "encrypted", "a password is needed", encrypted_zip())
    crc = bytearray(good)
    crc[14] ^= 0xFF
    crc[good.find(b"PK\x01\x02") + 16] ^= 0xFF
    yield case(
        "wrong-crc.zip", "error", "broken", "the content is not what the checksum says", bytes(crc)
    )
    yield case("lying-small.zip", "error", "", "declares 10 bytes and holds 5,000", lying_size(10))
    yield case(
        "lying-large.zip", "error", "", "declares 50,000 bytes and holds 5,000", lying_size(50_000)
    )
    yield case(
        "prefix.zip",
        "error",
        "before the start",
        "another file in front of the archive",
        good + good,
    )
    yield case(
        "suffix.zip", "error", "after the end", "another file behind the archive", good + b"<html>"
    )
    yield case(
        "headers-disagree.zip",
        "error",
        "disagree",
        "another name in the local header",
        patch(good, b"a.txt", b"b.txt", 1),
    )
    yield case(
        "members.zip",
        "error",
        "archive_members",
        "1,001 members",
        zip_of({f"{n}.txt": b"x" for n in range(1001)}),
    )
    yield case(
        "lying-count.zip",
        "error",
        "archive_members",
        "40,000 entries that are said to be 10",
        lying_count(40_000, 10),
    )
    yield case(
        "zip64.zip",
        "error",
        "zip64",
        "70,000 members need zip64",
        zip_of_nothings([f"{n}" for n in range(70_000)]),
    )
    yield case(
        "bzip2.zip",
        "error",
        "method 12",
        "a compression that is not deflate",
        zip_of({"a.txt": b"x"}, zipfile.ZIP_BZIP2),
    )
    yield case("truncated.zip", "error", "cut short", "the end is missing", good[:-30])
    yield case(
        "not-a.zip",
        "error",
        "does not begin like",
        "a page with the wrong ending",
        b"<html><p>Albania</p></html>",
    )
    yield case("one-bad-member.zip", "unreadable-part", "not utf-8",
               "one member of two is in another encoding",
               zip_of({"good.txt": b"Albania", "bad.txt": b"C\xf4te d'Ivoire"}))  # fmt: skip


def office(folder: Path) -> Iterator[Made]:
    def case(name: str, expect: str, holds: str, why: str, data: bytes) -> Made:
        return Case(name, expect, holds, why), data

    docx = make.docx(make.paragraph("Albania"), folder)
    book = make.xlsx({"Votes": [["State", "Vote"], ["Albania", "against"]]})
    sheet, main = "xl/worksheets/sheet1.xml", "word/document.xml"
    laugh = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    xxe = '<!DOCTYPE x [<!ENTITY c SYSTEM "file://%s">]>' % (folder / "canary.txt")
    remote = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'
    for word, kind in (("laughs", f"<!DOCTYPE x [{laugh}]>"), ("xxe", xxe), ("remote-dtd", remote)):
        for name, data, part in ((f"{word}.docx", docx, main), (f"{word}.xlsx", book, sheet)):

            def add(old: bytes, kind: str = kind, word: str = word) -> bytes:
                entity = b"&l9;" if word == "laughs" else b"&c;" if word == "xxe" else b""
                head, mark, rest = (
                    old.partition(b"?>") if old.startswith(b"<?xml") else (b"", b"", old)
                )
                body = rest.replace(b"Albania", b"Albania" + entity)
                return head + mark + kind.encode() + body

            yield case(
                name,
                "error",
                "DOCTYPE",
                f"a document type in an Office file ({word})",
                make.patched(data, part, add, folder),
            )
    styles = make.patched(
        book, "xl/styles.xml", lambda old: b"<!DOCTYPE x>" + old.partition(b"?>")[2], folder
    )
    yield case(
        "doctype-in-styles.xlsx",
        "error",
        "DOCTYPE",
        "a document type in a part beside the sheet",
        styles,
    )
    utf16 = make.patched(
        docx, main, lambda old: old.replace(b"UTF-8", b"UTF-16").decode().encode("utf-16"), folder
    )
    yield case(
        "utf-16.docx", "error", "another encoding", "XML in UTF-16 goes round byte checks", utf16
    )
    yield case(
        "truncated-xml.docx",
        "error",
        "broken XML",
        "the XML ends in the middle",
        make.patched(docx, main, lambda old: old[:-20], folder),
    )
    yield case(
        "no-document.docx",
        "error",
        "without word/document.xml",
        "a zip with the wrong ending",
        zip_of({"a.txt": b"x"}),
    )
    yield case(
        "page.docx", "error", "does not begin like", "a page with the wrong ending", b"<html>"
    )
    ole = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4096)
    yield case("encrypted.docx", "error", "encrypted", "Office encrypts into an OLE file", ole)
    yield case("encrypted.xlsx", "error", "encrypted", "Office encrypts into an OLE file", ole)
    yield case("garbage.xls", "error", "not a workbook", "an OLE file without a workbook", ole)
    yield case(
        "far.xls",
        "error",
        "reading stopped",
        "two cells in far corners: 17 million when laid out",
        (DATA / "far.xls").read_bytes(),
    )
    bomb = zip_of(
        {"[Content_Types].xml": b"x", main: b"<a>" + b" " * (100 * MIB), "b": os.urandom(600_000)}
    )
    yield case("bomb.docx", "error", "document_unpacked_bytes", "600 KB that become 100 MB", bomb)
    rows = b"<row><c t='inlineStr'><is><t>aaaaaaaaaa</t></is></c></row>" * 2_000_000
    head = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    tail = b"</sheetData></worksheet>"
    large = make_zip_like(book, sheet, head + rows + tail)
    yield case("bomb.xlsx", "error", "", "340 KB that become 116 MB of cells", large)
    corners = (
        head + b'<row r="1"><c r="A1"><v>1</v></c></row>'
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' + tail
    )
    yield case(
        "corners.xlsx",
        "error",
        "field_count",
        "two cells in far corners: 17 billion when laid out",
        make_zip_like(book, sheet, corners),
    )
    deep = (
        head + b'<row r="1"><c r="A1"><v>1</v></c></row>'
        b'<row r="1048576"><c r="B1048576"><v>1</v></c></row>' + tail
    )
    yield case(
        "deep.xlsx",
        "error",
        "document_cells",
        "a million rows between two cells",
        make_zip_like(book, sheet, deep),
    )
    cells = b"".join(b"<c><v>1</v></c>" for _ in range(100_000))
    wide = head + b"<row>" + cells + b"</row>" + tail
    yield case(
        "columns.xlsx", "error", "field_count", "100,000 columns", make_zip_like(book, sheet, wide)
    )
    nested = "<w:tbl><w:tr><w:tc>" * 30 + make.paragraph("Albania") + "</w:tc></w:tr></w:tbl>" * 30
    yield case(
        "nested-tables.docx", "error", "nests tables", "tables 30 deep", make.docx(nested, folder)
    )
    elements = "<w:i>" * 5000 + "</w:i>" * 5000
    yield case(
        "deep-xml.docx",
        "error",
        "broken XML",
        "elements 5,000 deep",
        make.docx(f"<w:p>{elements}</w:p>", folder),
    )
    override = make.paragraph("Albania \u202eairtsuA")
    yield case(
        "override.docx",
        "deceptive-text",
        "airtsuA",
        "a text that shows in another order",
        make.docx(override, folder),
    )
    hidden = (
        "<w:p><w:r><w:t>Albania</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>Atlantis</w:t></w:r>"
        "</w:p>"
    )
    yield case(
        "hidden.docx",
        "hidden-text",
        "Atlantis",
        "text that the file hides",
        make.docx(hidden, folder),
    )
    struck = (
        "<w:p><w:del><w:r><w:delText>Atlantis</w:delText><w:t>Atlantis</w:t></w:r></w:del><w:r>"
        "<w:t>Albania</w:t></w:r></w:p>"
    )
    yield case(
        "struck.docx",
        "tracked-change",
        "Atlantis",
        "text that an editor struck out",
        make.docx(struck, folder),
    )
    macro = make.docx(make.paragraph("Albania"), folder, word__vbaProject_bin=b"x").replace(
        b"vbaProject_bin", b"vbaProject.bin"
    )
    yield case("macro.docm", "macro", CANARY, "a file with macros", macro)
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" '
        'Type="http://x/attachedTemplate" Target="http://127.0.0.1:9/t.dotm" '
        'TargetMode="External"/></Relationships>'
    )
    template = make.patched(docx, "word/_rels/settings.xml.rels", rels.encode(), folder)
    yield case(
        "template.docx", "external-link", CANARY, "a template that Word would fetch", template
    )

    def edit(workbook: object) -> None:
        visible, hidden_sheet = workbook["Votes"], workbook["Secret"]  # type: ignore[index]
        visible["C1"], visible["C2"], visible["D2"] = (
            "Sum",
            "=1+1",
            '=HYPERLINK("http://127.0.0.1:9/")',
        )
        visible["A3"], visible["B3"] = "Atlantis", "in a hidden row"
        visible.row_dimensions[3].hidden = True
        visible["F1"] = "Atlantis"
        visible.column_dimensions["F"].hidden = True
        visible.merge_cells("A5:B5")
        visible["A5"] = "merged"
        visible["E2"] = "#REF!"
        hidden_sheet.sheet_state = "veryHidden"

    full = make.xlsx(
        {"Votes": [["State", "Vote"], ["Albania", "against"]], "Secret": [["Atlantis"]]}, edit=edit
    )
    for kind in (
        "formula",
        "hidden-row",
        "hidden-column",
        "hidden-sheet",
        "merged-cells",
        "type-error",
    ):
        yield case(f"{kind}.xlsx", kind, "Atlantis", f"a workbook with {kind}", full)
    yield case(
        "page.xls",
        "error",
        "does not begin like",
        "a page saved as XLS",
        b"<html><table><tr><td>x</td></tr></table></html>",
    )


def make_zip_like(book: bytes, name: str, content: bytes) -> bytes:
    """The workbook with one part replaced, however large."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for item in old.namelist():
            new.writestr(item, content if item == name else old.read(item))
    return out.getvalue()


def page_of(content: bytes, extra: bytes = b"", filters: bytes = b"") -> bytes:
    return make.pdf_of([
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % extra,
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), filters, content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ])  # fmt: skip


def spaces(megabytes: int) -> bytes:
    """Deflated blanks, without holding them."""
    block, check = b" " * MIB, 1
    for _ in range(megabytes):
        check = zlib.adler32(block, check)
    return b"\x78\xda" + repeat_deflated(block, megabytes) + check.to_bytes(4, "big")


def gzip_of_nulls(begin: bytes, megabytes: int) -> bytes:
    """A gzip file of a beginning and many NUL bytes."""
    block, check = b"\0" * MIB, zlib.crc32(begin)
    for _ in range(megabytes):
        check = zlib.crc32(block, check)
    head = repeat_deflated(begin, 1, is_last=False) + repeat_deflated(block, megabytes)
    size = (len(begin) + megabytes * MIB).to_bytes(4, "little")
    return b"\x1f\x8b\x08" + bytes(6) + b"\xff" + head + check.to_bytes(4, "little") + size


def repeat_deflated(block: bytes, times: int, *, is_last: bool = True) -> bytes:
    """Deflate a block once for all times that it is there, which takes a hundredth of the time."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    once = engine.compress(block) + engine.flush(zlib.Z_FULL_FLUSH)
    return once * times + (engine.flush() if is_last else b"")


@cache
def zip_of_nulls() -> bytes:
    return zip_of({"a.txt": b"\0" * (100 * MIB)})


def pdfs() -> Iterator[Made]:
    def case(name: str, expect: str, holds: str, why: str, data: bytes) -> Made:
        return Case(name, expect, holds, why), data

    good = make.pdf([["Albania, Australia and Austria."]])
    text = b"BT /F1 11 Tf 72 700 Td (Albania) Tj ET"
    yield case("truncated.pdf", "error", "cut short", "the end is missing", good[: len(good) // 2])
    yield case(
        "page.pdf",
        "error",
        "not a PDF",
        "an error page with the wrong ending",
        b"<html><title>404</title><p>Not found</p></html>",
    )
    yield case(
        "garbage.pdf",
        "error",
        "",
        "a PDF in its first and last line only",
        b"%PDF-1.7\n" + os.urandom(5000) + b"\n%%EOF",
    )
    locked = (
        b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32
        + b"> >> /ID [<" + b"43" * 16 + b"> <"
        + b"43" * 16 + b">]"
    )  # fmt: skip
    body = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R >>",
    ]
    yield case(
        "encrypted.pdf", "error", "encrypted", "a password is needed", make.pdf_of(body, locked)
    )
    bomb = spaces(400)
    yield case(
        "bomb.pdf",
        "error",
        "reading stopped",
        "400 KB of page content that become 400 MB",
        page_of(bomb, b"", b"/Filter /FlateDecode"),
    )
    twice = zlib.compress(bomb, 9)
    yield case(
        "bomb-twice.pdf",
        "error",
        "reading stopped",
        "the same, compressed twice",
        page_of(twice, b"", b"/Filter [/FlateDecode /FlateDecode]"),
    )
    many = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 2001 /Kids [%s] >>" % (b"3 0 R " * 2001),
        body[2],
    ]
    yield case("pages.pdf", "error", "document_pages", "2,001 pages", make.pdf_of(many))
    image = (
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray "
        b"/BitsPerComponent 8 /Length 1 >>\nstream\nx\nendstream"
    )
    scan = make.pdf_of([
        body[0], body[1],
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /XObject << /I 5 0 R >> >> >>",
        b"<< /Length 25 >>\nstream\nq 500 0 0 700 0 0 cm /I Do Q\nendstream", image,
    ])  # fmt: skip
    yield case("scan.pdf", "no-text-layer", CANARY, "a scanned page: nothing can be read", scan)
    loop = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 3 /Kids [2 0 R 2 0 R 2 0 R] >>",
    ]
    yield case(
        "loop.pdf", "broken-page", CANARY, "a tree of pages that holds itself", make.pdf_of(loop)
    )
    action = (
        b"/OpenAction << /S /Launch /F (/bin/sh) >> /AA << /WC << /S /URI /URI "
        b"(http://127.0.0.1:9/) >> >>"
    )
    yield case(
        "launch.pdf",
        "accept",
        "Albania",
        "an action on opening, which nobody runs",
        page_of(text, action),
    )
    yield case(
        "stray-bytes.pdf",
        "accept",
        "Albania",
        "some servers put a line before a PDF",
        b"\r\n" + good,
    )


def texts() -> Iterator[Made]:
    def case(name: str, expect: str, holds: str, why: str, data: bytes, encoding: str = "") -> Made:
        return Case(name, expect, holds, why, encoding), data

    yield case("nul.txt", "error", "U+0000", "a NUL", b"Alba\0nia")
    yield case(
        "latin-1.txt",
        "error",
        "byte 1 (0xf4) is not utf-8",
        "Latin-1 that is not declared",
        b"C\xf4te d'Ivoire",
    )
    yield case(
        "mixed.txt",
        "error",
        "not utf-8",
        "UTF-8 and Latin-1 in one file",
        "Côte\n".encode() + "Côte\n".encode("latin-1"),
    )
    yield case("overlong.txt", "error", "not utf-8", "an overlong form of a slash", b"a\xc0\xafb")
    yield case("surrogate.txt", "error", "not utf-8", "half a surrogate pair", b"a\xed\xa0\x80b")
    yield case(
        "no-mark.txt", "error", "", "UTF-16 that nobody declares", "Albania".encode("utf-16-le")
    )
    yield case(
        "utf-16-no-order.txt",
        "error",
        "without a byte order mark",
        "UTF-16 without its order",
        "Albania".encode("utf-16-le"),
        "utf-16",
    )
    yield case(
        "utf-16-cut.txt",
        "error",
        "not utf-16-le",
        "half a character at the end",
        b"\xff\xfe" + "Albania".encode("utf-16-le")[:-1],
    )
    yield case(
        "c1.txt", "error", "U+0091", "controls that a wrong encoding leaves", "a\u0091b".encode()
    )
    yield case(
        "escape.txt", "error", "U+001B", "sequences that drive a terminal", b"Albania \x1b[2J"
    )
    yield case(
        "noncharacter.txt",
        "error",
        "U+FFFE",
        "a code point that is no character",
        "a\ufffeb".encode(),
    )
    for label in ("rot13", "utf-7", "idna", "zlib", "unicode_escape", "x" * 5000, "../utf-8"):
        yield case(
            f"label-{label[:12].replace('/', '-').replace('.', '')}.txt",
            "error",
            "declares the encoding",
            f"the label {label[:20]!r}",
            b"a",
            label,
        )
    yield case(
        "endless-line.txt",
        "error",
        "cell_chars",
        "a line of two million characters",
        b"x" * (2 * MIB),
    )
    yield case(
        "large.txt", "error", "document_text_bytes", "17 MiB of lines", b"Albania, Austria\n" * MIB
    )
    yield case("lines.txt", "error", "document_blocks", "a million lines", b"x\n" * 1_000_000)
    yield case(
        "emoji.txt",
        "error",
        "cell_chars",
        "4 bytes a character in memory",
        "😀".encode() + b"x" * (15 * MIB),
    )
    yield case(
        "override.txt",
        "deceptive-text",
        "airtsuA",
        "shows Austria, holds airtsuA",
        "Albania\n\u202eairtsuA\u202c\n".encode(),
    )
    yield case(
        "tags.txt",
        "deceptive-text",
        "Austria",
        "letters that do not show",
        "Albania\nAustria\U000e0041\U000e0042\n".encode(),
    )
    yield case(
        "lost.txt",
        "damaged-text",
        CANARY,
        "the publisher lost a character",
        "C\ufffdte d'Ivoire\n".encode(),
    )
    yield case(
        "binary.txt",
        "error",
        "begins like a binary file",
        "an archive with the wrong ending",
        zip_of({"a": b"x"}),
    )
    yield case("empty.txt", "error", "is empty", "nothing", b"")
    yield case("blank.html", "error", "is empty", "white space only", b" \n\t ")
    yield case("unknown.xyz", "error", "is not read here", "an ending nobody knows", b"Albania")
    yield case(
        "unclosed.csv",
        "error",
        "line 2",
        "a quote that never ends",
        b'State,Vote\n"Albania,against\nAustria,against\n',
    )
    yield case(
        "bare-quote.csv",
        "error",
        "is not CSV",
        "a quote inside a cell",
        b'State,Vote\n"Al"bania,x\n',
    )
    yield case(
        "columns.csv", "error", "field_count", "100,000 columns", b",".join([b"a"] * 100_000)
    )
    yield case(
        "cells.csv",
        "error",
        "document_cells",
        "5 million cells",
        (b",".join([b"a"] * 100) + b"\n") * 50_000,
    )
    yield case(
        "endless-cell.csv",
        "error",
        "cell_chars",
        "a quoted cell of many lines",
        b'"' + b"Albania\n" * 300_000 + b'"',
    )
    yield case("ragged.csv", "extra-cell", CANARY, "a row longer than the others", b"a,b\n1,2,3\n")
    yield case("short.csv", "missing-cell", CANARY, "a row shorter than the others", b"a,b\n1\n")
    for number, cell in enumerate(
        ("=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "  =1+1", "＝1+1", "-2+3+cmd|' /C calc'!A0")
    ):
        yield case(
            f"formula-{number}.csv",
            "formula",
            CANARY,
            f"a cell that a spreadsheet would run: {cell}",
            f"State,Note\nAlbania,{cell}\n".encode(),
        )
    yield case("nul.csv", "error", "U+0000", "a NUL in a cell", b"State,Vote\nAlba\0nia,x\n")


def pages(folder: Path) -> Iterator[Made]:
    def case(name: str, expect: str, holds: str, why: str, data: bytes, encoding: str = "") -> Made:
        return Case(name, expect, holds, why, encoding), data

    canary = f"file://{folder / 'canary.txt'}".encode()
    yield case(
        "deep.html", "error", "MAX_DEPTH", "elements 100,000 deep", b"<div>" * 100_000 + b"Albania"
    )
    yield case("tags.html", "error", "document_tags", "a million tags", b"<p>x" * 1_000_000)
    yield case("adoption.html", "error", "",
               "tags that an HTML5 tree builder multiplies to millions",
               b"".join(b"<b id=%d>" % n for n in range(5000)) + b"<p>x" * 5000)  # fmt: skip
    yield case("entities.html", "error", "defines entities", "entities that grow",
               b'<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
               b"<p>&b;</p>")  # fmt: skip
    yield case("xxe.xhtml", "error", "defines entities", "an entity that reads a file",
               b'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY c SYSTEM "' + canary
               + b'">]><html><p>&c;</p></html>')  # fmt: skip
    yield case(
        "colspan.html",
        "error",
        "field_count",
        "a cell 99,999 columns wide",
        b'<table><tr><td colspan="99999">a<td>b</table>',
    )
    yield case("rowspans.html", "error", "document_cells", "cells that span everything",
               b"<table>" + b"<tr>" + b'<td rowspan="9999">x' * 1500 + b"<tr><td>y" * 2000
               + b"</table>")  # fmt: skip
    yield case("nul.html", "error", "U+0000", "a NUL", b"<p>Alba\0nia</p>")
    yield case(
        "charset-lie.html",
        "error",
        "not cp932",
        "declares Shift_JIS and is UTF-8",
        '<meta charset="shift_jis"><p>新疆</p>'.encode(),
    )
    yield case("charset-doubt.html", "encoding-conflict", CANARY,
               "sound as declared and as UTF-8: a person must look",
               '<meta charset="shift_jis"><p>é日é本</p>'.encode())  # fmt: skip
    yield case(
        "utf-7.html",
        "error",
        "declares the encoding",
        "UTF-7, in which scripts were hidden",
        b'<meta charset="utf-7"><p>+ADw-',
    )
    yield case(
        "hidden.html",
        "hidden-text",
        "Atlantis",
        "what the page hides",
        b'<p>Albania</p><p style="display: none">Atlantis</p>',
    )
    yield case(
        "hidden-attribute.html",
        "hidden-text",
        "Atlantis",
        "what the page hides",
        b"<p>Albania</p><div hidden><ul><li>Atlantis</ul></div>",
    )
    yield case(
        "override.html",
        "deceptive-text",
        "airtsuA",
        "a text that shows in another order",
        "<p>Albania</p><p>\u202eairtsuA</p>".encode(),
    )
    yield case(
        "menu.html",
        "accept",
        "Albania",
        "a menu of countries is no list of signatories",
        b"<nav><a>Atlantis</a></nav><p>Albania</p>",
    )
    yield case("remote.html", "accept", "Albania", "nothing that a page names is opened",
               b'<base href="http://127.0.0.1:9/"><link rel=stylesheet href="x.css"><img src="'
               + canary + b'"><iframe src="http://127.0.0.1:9/"></iframe>'
               b'<script>document.write("Atlantis")</script><object data="file:///etc/passwd">'
               b'</object><p>Albania</p>')  # fmt: skip
    yield case(
        "pdf.html",
        "error",
        "begins like a binary file",
        "a PDF with the wrong ending",
        make.pdf([["x"]]),
    )
    yield case(
        "quotes.md", "accept", "Albania", "quotes 10,000 deep", b"> " * 10_000 + b"x\n\nAlbania\n"
    )
    yield case("nul.md", "error", "U+0000", "a NUL", b"# Alba\0nia")
    yield case(
        "html.md",
        "left-out",
        "Atlantis",
        "HTML inside Markdown",
        b"Albania\n\n<div>Atlantis</div>\n",
    )
    yield case(
        "brackets.md",
        "accept",
        "Albania",
        "brackets that never close",
        b"[" * 20_000 + b"\n\nAlbania\n",
    )


def mails_and_archives() -> Iterator[Made]:
    def case(name: str, expect: str, holds: str, why: str, data: bytes) -> Made:
        return Case(name, expect, holds, why), data

    head = b"Subject: List\nDate: Mon, 8 Jul 2019 10:00:00 +0000\nMIME-Version: 1.0\n"
    parameters = b"Content-Type: text/plain; " + b'a*0*="b";' * 5000
    yield case(
        "parameters.eml",
        "error",
        "HEADER_BYTES",
        "a header that takes minutes to parse",
        head + parameters + b"\n\nx",
    )
    nested = head
    for n in range(40):
        nested += b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n)
    yield case("nested.eml", "error", "DEPTH", "parts 40 deep", nested + b"\nAlbania\n")
    yield case(
        "boundaries.eml",
        "error",
        "document_parts",
        "200 boundaries",
        head + b'Content-Type: multipart/mixed; boundary="b"\n\n' + b'--b\nX: boundary="c"\n' * 200,
    )
    yield case(
        "not-a.eml", "error", "not an e-mail", "a text with the wrong ending", b"Albania\nAustria\n"
    )
    yield case("nul.eml", "error", "NUL", "a NUL", head + b"\nAlba\0nia")
    broken = (
        b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
        b"QWxiYW5p*YQ=\n"
    )
    yield case(
        "base64.eml",
        "error",
        "transfer encoding is broken",
        "a broken transfer encoding",
        head + broken,
    )
    yield case(
        "charset.eml",
        "unreadable-part",
        "Albania",
        "a charset nobody knows",
        head + b"Content-Type: text/plain; charset=x-unknown\n\nAlbania\n",
    )
    mixed = (
        head + b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\n'
        b"Albania\n--b\n"
    )
    bomb = zip_of_nulls()
    import base64

    attached = (
        b"Content-Type: application/zip\nContent-Transfer-Encoding: base64\n"
        b'Content-Disposition: attachment; filename="l.zip"\n\n'
    )
    yield case(
        "bomb.eml",
        "unreadable-part",
        "\0",
        "a bomb as attachment",
        mixed + attached + base64.encodebytes(bomb) + b"--b--\n",
    )
    yield case("program.eml", "unreadable-part", CANARY, "an attachment that is no document",
               mixed
               + b'Content-Type: application/x-msdownload\nContent-Disposition: attachment; '
               b'filename="a.exe"\n\nMZ\n--b--\n')  # fmt: skip

    record = warc_of(b"<p>Albania</p>")
    packed = gzip.compress(record)
    yield case(
        "bomb.warc.gz",
        "error",
        "",
        "a bomb as web archive",
        gzip_of_nulls(b"WARC/1.0\r\n", 200),
    )
    yield case("truncated.warc.gz", "error", "cut short", "the end is missing", packed[:-20])
    yield case(
        "trailing.warc.gz", "error", "after the end", "another file behind it", packed + b"<html>"
    )
    yield case(
        "digest.warc",
        "error",
        "digest is wrong",
        "one byte of the page was changed",
        record.replace(b"Albania", b"Albanla"),
    )
    yield case(
        "not-a.warc", "error", "does not begin like", "a page with the wrong ending", b"<html>"
    )
    yield case(
        "no-warc.warc.gz",
        "error",
        "not a web archive",
        "gzip of something else",
        gzip.compress(b"<html>"),
    )
    inner = warc_of(gzip_of_nulls(b"", 100), "gzip")
    yield case(
        "bomb-inside.warc", "unreadable-part", "\0", "a bomb as the body of a response", inner
    )
    yield case(
        "status.warc",
        "left-out",
        "Atlantis",
        "an error page in an archive",
        warc_of(b"<p>Atlantis</p>", status="404 Not Found"),
    )
    yield case(
        "two-members.warc.gz",
        "accept",
        "Albania",
        "web archives are gzipped record by record",
        packed + gzip.compress(record),
    )


def warc_of(body: bytes, coding: str = "", status: str = "200 OK") -> bytes:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False)
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        *([("Content-Encoding", coding)] if coding else []),
    ]
    http = StatusAndHeaders(status, headers, protocol="HTTP/1.1")
    record = writer.create_warc_record(
        "http://source.test/", "response", payload=io.BytesIO(body), length=len(body),
        http_headers=http,
        warc_headers_dict={"WARC-Date": "2026-01-01T00:00:00Z"},
    )  # fmt: skip
    writer.write_record(record)
    return out.getvalue()


# Names as their own countries write them, with the marks that their scripts need: all of it must
# come through, letter by letter.
NAMES = {
    "arabic": "الجزائر، والمملكة العربية السعودية، \u200fوجمهورية القُمُر\u200f",
    "arabic-isolates": "قطر \u2067(دولة)\u2069",
    "persian-zwnj": "جمهوری اسلامی ایران، کشورهای می\u200cخواهند",
    "uyghur": "شىنجاڭ ئۇيغۇر ئاپتونوم رايونى، كوناشەھەر ناھىيىسى",
    "uyghur-latin": "Shinjang Uyghur Aptonom Rayoni, Konasheher Nahiyisi, Ürümchi",
    "chinese": "新疆维吾尔自治区、疏附县、喀什地区",
    "chinese-traditional": "法國、德國、聯合王國及美利堅合眾國",
    "japanese": "ドミニカ共和国、コートジボワール",
    "korean": "대한민국, 조선민주주의인민공화국",
    "amharic": "ኢትዮጵያ፣ ኤርትራ",
    "hindi-zwj": "भारत, श्रीलंका, क्\u200dष",
    "hebrew": "ישראל",
    "russian": "Российская Федерация, Республика Беларусь",
    "turkish": "Türkiye, İsviçre, Kıbrıs",
    "french-nfc": "Côte d’Ivoire, République démocratique du Congo",
    "french-nfd": "Co\u0302te d\u2019Ivoire",
    "burmese": "မြန်မာ",
    "thai": "ราชอาณาจักรไทย",
    "vietnamese": "Việt Nam, Cộng hòa xã hội chủ nghĩa",
    "scotland": "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f is a flag",
    "full-width": "ＦＲＡＮＣＥ　（フランス）",
    "not-null": "NA is Namibia, None and nan are words, 007 and 1e5 are text",
}
LEGACY = {
    "windows-1256": "الجزائر، قطر", "iso-8859-6": "الجزائر، قطر", "gb2312": "新疆维吾尔自治区",
    "gbk": "喀什地区", "gb18030": "疏附县𠮷",
    "big5": "法國、德國", "shift_jis": "ドミニカ共和国", "euc-jp": "コートジボワール",
    "iso-2022-jp": "日本", "euc-kr": "대한민국",
    "windows-1251": "Российская Федерация", "koi8-r": "Республика Беларусь",
    "iso-8859-1": "Côte d\u2019Ivoire", "windows-1252": "Côte d’Ivoire",
    "windows-1254": "Türkiye, İsviçre", "iso-8859-9": "Kıbrıs", "windows-1258": "Hà Nam",
    "utf-16": "新疆 الجزائر",
}  # fmt: skip


def genuine(folder: Path) -> Iterator[Made]:
    for word, text in NAMES.items():
        why = f"genuine names ({word})"
        for name, data in {
            f"{word}.txt": text.encode(),
            f"{word}.html": f'<meta charset="utf-8"><ul><li>{text}</ul>'.encode(),
            f"{word}.csv": f'n,name\n1,"{text}"\n'.encode(),
        }.items():
            yield Case(name, "accept", text, why), data
    all_names = list(NAMES.values())
    for word, data in {
        "names.docx": make.docx("".join(map(make.paragraph, all_names)), folder),
        "names.xlsx": make.xlsx({"الدول": [["name"], *[[text] for text in all_names]]}),
        "names.md": "".join(f"- {text}\n" for text in all_names).encode(),
        "names.eml": b"Subject: x\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
        b"Content-Transfer-Encoding: 8bit\n\n" + "\n".join(all_names).encode(),
        "names.warc": warc_of("".join(f"<p>{text}</p>" for text in all_names).encode()),
        "names.zip": zip_of({"疏附.txt": "\n".join(all_names).encode()}),
    }.items():
        for number in (0, 3, 5, 9, 14, 15, 19):
            yield Case(word, "accept", all_names[number], "genuine names in each format"), data
    for label, text in LEGACY.items():
        codec = {"iso-8859-1": "cp1252", "iso-8859-9": "cp1254", "gb2312": "gb18030"}.get(
            label, label
        )
        data = text.encode(codec)
        yield (
            Case(
                f"declared-{label}.txt",
                "accept",
                text,
                f"{label}, as the publisher declares",
                label,
            ),
            data,
        )
        if label not in ("utf-16", "iso-2022-jp"):
            page = f'<html><head><meta charset="{label}"></head><p>'.encode() + data
            yield Case(f"own-{label}.html", "accept", text, f"{label}, as the page declares"), page
    yield (
        Case("mark.txt", "accept", "Côte", "a byte order mark is a declaration"),
        b"\xef\xbb\xbf" + "Côte".encode(),
    )
    yield (
        Case("mark-16.txt", "accept", "新疆", "a byte order mark is a declaration"),
        "新疆".encode("utf-16"),
    )
    yield (
        Case("mark.csv", "accept", "Côte", "a byte order mark is no part of a header"),
        b"\xef\xbb\xbf" + "Côte,b\n1,2\n".encode(),
    )
    yield Case("cr.txt", "accept", "Austria", "lines that end in CR"), b"Albania\rAustria\r"
    yield (
        Case("votes.xls", "accept", "Bénin", "the old Excel format"),
        (DATA / "votes.xls").read_bytes(),
    )
    yield (
        Case("quoted.csv", "accept", "Congo\n(Democratic)", "a line break inside a quoted cell"),
        b'a,b\n"Congo\n(Democratic)",-5\n',
    )


def odd_files() -> Iterator[Made]:
    """Things that are no files."""

    def fifo(path: Path) -> None:
        os.mkfifo(path)

    def link(path: Path) -> None:
        path.symlink_to(path.parent.parent / "canary.txt")

    def folder(path: Path) -> None:
        path.mkdir()

    def sparse(path: Path) -> None:
        with open(path, "wb") as stream:
            stream.truncate(10 * 1024**3)

    def absent(path: Path) -> None:
        return None

    yield Case("fifo.txt", "error", "a pipe or a device", "a pipe that nobody writes to"), fifo
    yield Case("link.txt", "error", "is a link", "a link to a file elsewhere"), link
    yield (
        Case("dangling.html", "error", "is a link", "a link to nowhere"),
        lambda path: path.symlink_to("/nonexistent"),
    )
    yield Case("folder.txt", "error", "a folder", "a folder"), folder
    yield Case("sparse.pdf", "error", "document_bytes", "10 GB of nothing"), sparse
    yield Case("absent.txt", "error", "No such file", "no file"), absent


def build(root: Path) -> list[dict[str, str]]:
    """Write every file; returns the manifest, each with its ``path``."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "canary.txt").write_text(CANARY)
    work = root / "work"
    work.mkdir(exist_ok=True)
    manifest = []
    made = [
        *archives(),
        *office(work),
        *pdfs(),
        *texts(),
        *pages(root),
        *mails_and_archives(),
        *genuine(work),
        *odd_files(),
    ]
    for case, content in made:
        path = root / ("accept" if case.expect == "accept" else "reject") / case.name
        path.parent.mkdir(exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            content(path)
        manifest.append({**asdict(case), "path": str(path)})
    for path in work.iterdir():
        path.unlink()
    work.rmdir()
    (root / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8")
    return manifest


if __name__ == "__main__":
    found = build(Path(sys.argv[1]).resolve())
    print(f"{len(found)} cases in {sys.argv[1]}")
