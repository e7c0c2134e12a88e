"""Documents of every format that are read, whose cost or form no reader should expect."""

from __future__ import annotations

import base64
import contextlib
import gzip
import os
import tomllib
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.document_readers import make_documents as make
from tests.hostile.case import Case
from tests.hostile.corpus import zip_of
from xinjiang_record.extract.languages.load_language import language_codes

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ROOT / "xinjiang_record/extract/languages"
META = "<meta charset=utf-8>"


@contextlib.contextmanager
def prepared(top: Path) -> Iterator[Path]:
    """Give a folder for documents that are made by way of files."""
    (top / "made").mkdir()
    yield top / "made"


def texts() -> Iterator[tuple[str, str, str]]:
    """Yield name, ending and text of plain documents and of markup."""
    names = ", ".join(["Albania", "Chad", "Togo", "Palau"] * 5_000)
    for name, text in {
        "names": f"States: {names}.",
        "and": " and ".join(["Chad", "Togo"] * 9_000),
        "quotes": '"' * 100_000,
        "open quotes": "“" * 100_000,
        "pairs of quotes": "“x” " * 40_000,
        "brackets": "(" * 100_000,
        "closed brackets": "(" * 50_000 + ")" * 50_000,
        "square": "[1] " * 50_000,
        "footnotes": "Chad[1], " * 20_000,
        "notes below": "\n".join(f"[{n}] Chad" for n in range(20_000)),
        "stars": "Chad* " * 20_000,
        "daggers": "Chad† " * 20_000,
        "dashes": "-" * 200_000,
        "points": "." * 200_000,
        "commas": "," * 200_000,
        "semicolons": "Chad; " * 30_000,
        "apostrophes": "d'" * 100_000,
        "spaces": "Chad" + " " * 500_000 + "Togo",
        "tabs": "\t" * 300_000 + "x",
        "line ends": "\n" * 900_000 + "Chad",
        "returns": "\r" * 300_000,
        "no-break spaces": "\xa0" * 200_000,
        "digits and commas": "1," * 100_000,
        "digits and points": "1." * 100_000,
        "digits and spaces": "1 " * 100_000,
        "percent": "5% " * 40_000,
        "slashes": "1/" * 100_000,
        "ranges": "1-2-" * 50_000,
        "years": "2019 " * 40_000,
        "million": "million " * 30_000,
        "three million": "three million " * 20_000,
        "hundred": "one hundred thousand " * 20_000,
        "roman": "MCMXCIX " * 20_000,
        "capitals": "A" * 300_000,
        "initials": "A. " * 90_000,
        "hyphens": "a-" * 150_000,
        "United": "United " * 40_000,
        "Republic of": "Republic of the " * 30_000,
        "letters": "x" * 900_000,
        "combining": "a" + "\u0301" * 300_000,
        "joiners": "\u200d" * 300_000,
        "Hangul": "한" * 200_000,
        "Chinese": "中国、" * 60_000,
        "Arabic": "و" * 200_000,
        "Tibetan": "\u0f0b" * 90_000,
        "emoji": "\U0001f1e8\U0001f1f3" * 50_000,
        "full stops of others": "。" * 200_000,
        "bidi": "\u202e" * 200_000,
        "ligatures": "ﷺ" * 40_000,
        "bullets": "\n".join(["• Chad"] * 20_000),
        "numbered": "\n".join(f"{n}. Chad" for n in range(20_000)),
        "letters in brackets": "\n".join(["(a) Chad"] * 20_000),
        "colons": "Chad: " * 30_000,
        "cues": "signed by signed " * 20_000,
        "votes": "voted against voted for " * 10_000,
        "In favour": "In favour: Chad. Against: Togo. " * 8_000,
        "detained": "detained 1 million Uyghurs " * 8_000,
        "estimates": "between 1 and 2 million, or up to 3 million, " * 6_000,
        "on behalf": "on behalf of Chad, " * 15_000,
        "not": "not " * 60_000,
        "except": "except Chad " * 15_000,
        "emails": "a@" * 90_000,
        "addresses": "http://" * 60_000,
        "tags": "<" * 200_000,
        "amps": "&" * 200_000,
        "hash": "#" * 200_000,
        "pipes": "|" * 200_000,
        "grave": "`" * 100_000,
        "underscores": "_" * 100_000,
    }.items():
        yield name, "txt", text
        if len(name) % 3 == 0:
            yield f"{name} in Markdown", "md", text
            yield f"{name} in HTML", "html", f"{META}<p>{text.replace('<', '&lt;')}"
    for code in language_codes():
        yield from of_language(code)
    yield from markup()


def of_language(code: str) -> Iterator[tuple[str, str, str]]:
    """Yield texts made of the words that a language's patterns look for."""
    value = tomllib.loads((LANGUAGES / f"{code}.toml").read_text("utf-8"))
    words = [item for item in value["common_words"] if isinstance(item, str)]
    yield f"{code}: common words", "txt", " ".join(words * (60_000 // len(words)))
    plain: dict[str, list[str]] = {}
    for name in ("lists", "labels", "leads", "numbers", "qualifiers", "months", "units", "claims"):
        found: list[str] = []
        collect(value.get(name, {}), found)
        if found:
            plain[name] = found
    for name, found in plain.items():
        some = " ".join(found)
        yield f"{code}: {name}", "txt", (some + " ") * max(1, 60_000 // max(1, len(some)))
    for name, found in plain.items():
        if name in ("lists", "labels", "numbers"):
            mixed = " ".join(f"Chad {word}, Togo" for word in found)
            yield f"{code}: {name} and states", "txt", (mixed + " ") * max(1, 60_000 // len(mixed))
            one = max(found, key=len)
            yield f"{code}: one of {name}", "txt", f"{one} " * (40_000 // len(one))


def collect(value: object, found: list[str]) -> None:
    """Add every word of a section, without the signs of patterns."""
    if isinstance(value, str):
        text = value
        for sign in ("(?:", "(?<=", "(?=", "\\w+", "\\w*", "\\b", "\\", "^", "$"):
            text = text.replace(sign, " ")
        text = "".join(" " if sign in "()[]{}|?*+=<>" else sign for sign in text)
        if text.strip():
            found.append(" ".join(text.split()))
    elif isinstance(value, list):
        for item in value:
            collect(item, found)
    elif isinstance(value, dict):
        for key, item in value.items():
            found.append(str(key))
            collect(item, found)


def markup() -> Iterator[tuple[str, str, str]]:
    """Yield HTML whose nesting, tables or lies are large."""
    cells = "<td>Chad" * 5_000
    for name, text in {
        "table of 5,000 columns": f"<table><tr>{cells}</table>",
        "rows": "<table>" + "<tr><td>Chad" * 50_000,
        "colspan": "<table><tr>" + "<td colspan=99999>Chad" * 300,
        "rowspan": "<table>" + "<tr><td rowspan=99999>C" * 3_000,
        "both spans": "<table>" + "<tr><td rowspan=65534 colspan=1000>Chad" * 90,
        "colspan of many digits": f"<table><tr><td colspan={'9' * 9_000}>Chad",
        "colspan -1": "<table><tr><td colspan=-1>C",
        "colspan Arabic": "<table><tr><td colspan=\u0669\u0669>Chad",
        "colspan superscript": "<table><tr><td colspan=\xb2>C",
        "tables in tables": "<table><tr><td>" * 3_000 + "Chad",
        "tables in cells": ("<table><tr>" + "<td>x" * 9) * 2_000,
        "spans": "<span>C</span>" * 150_000,
        "spans in spans": "<span>" * 100_000 + "Chad",
        "divs": "<div>" * 100_000,
        "lists": "<ul><li>" * 50_000,
        "ends": "</p>" * 200_000,
        "formatting": "<b><i><u>" * 40_000 + "x" + "<p>" * 20_000,
        "scripts": "<script>" * 50_000,
        "an open script": "<script>" + "Chad " * 99_000,
        "styles": "<style>" * 50_000,
        "comments open": "<!--" * 90_000,
        "comments shut": "<!-->" * 90_000,
        "cdata": "<![CDATA[" * 60_000,
        "doctypes": "<!DOCTYPE x [" * 60_000,
        "entities declared": "<!DOCTYPE x [<!ENTITY a 'b'>]>" + "&a;" * 90_000,
        "character references": "&#67;" * 120_000,
        "references of nothing": "&#0;" * 90_000,
        "references beyond": "&#99999999999;" * 30_000,
        "reference of digits": f"&#{'9' * 300_000};",
        "surrogate references": "&#xd800;" * 50_000,
        "long attribute": f'<p title="{"x" * 900_000}">Chad',
        "an open attribute": '<p title="' + "Chad " * 90_000,
        "an open tag": "<p " + "a " * 200_000,
        "quotes in tags": "<p " + "'" * 200_000,
        "a long tag": f"<{'p' * 900_000}>Chad",
        "templates": "<template>" * 50_000,
        "plaintext": "<plaintext>" + "<p>" * 90_000,
        "select": "<select><option>Chad" * 40_000,
        "svg": "<svg><g>" * 40_000,
        "math": "<math><mi>" * 40_000,
        "iframe": "<iframe srcdoc='<p>Chad'>" * 20_000,
        "frames": "<frameset>" * 50_000,
        "forms": "<form>" * 90_000,
        "base": "<base href='file:///etc/passwd'><img src=passwd>",
        "refresh": "<meta http-equiv=refresh content='0;url=file:///etc/passwd'>",
        "link": "<link rel=stylesheet href='http://127.0.0.1:9/x'>",
        "object": "<object data='file:///etc/passwd'>",
        "charset evil": "<meta charset=evil>Chad",
        "charset utf-16": "<meta charset=utf-16>Chad",
        "charset utf-7": "<meta charset=utf-7>+AMQ-",
        "charsets": "<meta charset=utf-8>" * 40_000,
        "NUL": "Ch\0ad" * 30_000,
        "hidden": "<p hidden>Chad" * 40_000,
        "rtl": "<bdo dir=rtl>" * 50_000,
        "sup": "Chad<sup>1</sup>, " * 20_000,
        "br": "Chad<br>" * 80_000,
        "wbr": "C<wbr>" * 80_000,
        "links": "<a href=#x>Chad</a>, " * 20_000,
        "ids twice": "<p id=a>C" * 40_000,
        "titles": "<title>x" * 60_000,
        "ruby": "<ruby>C<rt>d" * 30_000,
        "headings": "<h1>Chad</h1>" * 40_000,
        "details": "<details><summary>C" * 30_000,
        "noscript": "<noscript>" * 60_000,
    }.items():
        yield f"HTML {name}", "html", ("" if "charset" in name else META) + text


def pdf_objects(*objects: str | bytes) -> bytes:
    return make.pdf_of([item.encode() if isinstance(item, str) else item for item in objects])


def stream(data: bytes, words: str = "") -> bytes:
    return f"<< /Length {len(data)} {words} >>\nstream\n".encode() + data + b"\nendstream"


CATALOG, FONT = (
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
)
PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 "
"R /Resources << /Font << /F1 5 0 R >> /XObject << /X 6 0 R >> >> >>"
PAGES = "<< /Type /Pages /Count 1 /Kids [3 0 R] >>"


def pdfs() -> Iterator[tuple[str, bytes]]:
    """Yield PDF files with loops, bombs and lies."""
    say = b"BT /F1 11 Tf 72 700 Td (Chad) Tj ET"

    def page(content: bytes, *more: str | bytes, pages: str = PAGES, words: str = "") -> bytes:
        return pdf_objects(CATALOG, pages, PAGE, stream(content, words), FONT, *more)

    form = "/Type /XObject /Subtype /Form /BBox [0 0 9 9]"
    yield "sound", page(say)
    yield "kids loop", page(say, pages="<< /Type /Pages /Count 9 /Kids [2 0 R 2 0 R] >>")
    yield (
        "kids loop by parent",
        pdf_objects(
            CATALOG,
            "<< /Type /Pages /Count 2 /Kids [3 0 R] >>",
            "<< /Type /Pages /Count 2 /Kids [2 0 R] >>",
        ),
    )
    yield (
        "one page 2,000 times",
        page(say, pages=f"<< /Type /Pages /Count 2000 /Kids [{'3 0 R ' * 2000}] >>"),
    )
    yield (
        "a count of a billion",
        page(say, pages="<< /Type /Pages /Count 1000000000 /Kids [3 0 R] >>"),
    )
    yield "a negative count", page(say, pages="<< /Type /Pages /Count -5 /Kids [3 0 R] >>")
    yield "no pages", page(say, pages="<< /Type /Pages /Count 0 /Kids [] >>")
    yield "pages are a page", pdf_objects("<< /Type /Catalog /Pages 1 0 R >>")
    yield (
        "a form in itself",
        page(b"/X Do", stream(b"/X Do", f"{form} /Resources << /XObject << /X 6 0 R >> >>")),
    )
    forms = [
        stream(b"/X Do " * 10, f"{form} /Resources << /XObject << /X {n + 7} 0 R >> >>")
        for n in range(9)
    ]
    yield "forms ten to the tenth", page(b"/X Do", *forms, stream(say, form))
    deep = [
        stream(b"/X Do", f"{form} /Resources << /XObject << /X {n + 7} 0 R >> >>")
        for n in range(2_000)
    ]
    yield "2,000 forms", page(b"/X Do", *deep, stream(say, form))
    for name, data in {
        "zeros": b"\0" * 900_000_00,
        "text": say * 200_000,
        "spaces": b" " * 90_000_000,
        "q": b"q " * 3_000_000,
        "brackets": b"[" * 3_000_000,
        "dicts": b"<<" * 1_000_000,
        "numbers": b"1 " * 3_000_000,
        "paths": b"0 0 m 9 9 l S " * 900_000,
        "glyphs": b"BT /F1 1 Tf (" + b"x" * 3_000_000 + b") Tj ET",
        "moves": b"BT /F1 1 Tf " + b"1 1 Td (x) Tj " * 90_000 + b"ET",
        "fonts": b"BT " + b"/F1 1 Tf (x) Tj " * 100_000 + b"ET",
        "pairs": b"BT /F1 1 Tf [" + b"(x) -1 " * 200_000 + b"] TJ ET",
        "clips": b"0 0 9 9 re W n " * 400_000,
        "inline pictures": b"BI /W 9999 /H 9999 /BPC 8 /CS /RGB ID x EI " * 2_000,
        "marks": b"/P BMC " * 300_000,
        "open string": b"BT /F1 1 Tf (" + b"(" * 900_000,
    }.items():
        yield f"content of {name}", page(zlib.compress(data), words="/Filter /FlateDecode")
    twice = zlib.compress(zlib.compress(b"\0" * 300_000_000))
    yield "content packed twice", page(twice, words="/Filter [/FlateDecode /FlateDecode]")
    yield "200 filters", page(say, words=f"/Filter [{'/ASCIIHexDecode ' * 200}]")
    yield "run length", page(b"\x81\x00" * 300_000, words="/Filter /RunLengthDecode")
    yield "lzw", page(b"\x80\x0b\x60\x50" * 300_000, words="/Filter /LZWDecode")
    yield "an unknown filter", page(say, words="/Filter /Evil")
    yield "crypt", page(say, words="/Filter /Crypt")
    yield (
        "predictor",
        page(
            zlib.compress(say),
            words="/Filter /FlateDecode /DecodeParms << /Predictor 15 /Columns 2000000000 >>",
        ),
    )
    yield (
        "jbig2",
        page(
            say,
            stream(b"x" * 900, "/Subtype /Image /Width 60000 /Height 60000 /Filter /JBIG2Decode"),
        ),
    )
    yield (
        "a length that is itself",
        pdf_objects(CATALOG, PAGES, PAGE, b"<< /Length 4 0 R >>\nstream\nBT ET\nendstream", FONT),
    )
    yield (
        "a length of a billion",
        pdf_objects(
            CATALOG, PAGES, PAGE, b"<< /Length 1000000000 >>\nstream\nBT ET\nendstream", FONT
        ),
    )
    yield (
        "contents are itself",
        pdf_objects(CATALOG, PAGES, PAGE.replace("4 0 R", "3 0 R"), stream(say), FONT),
    )
    yield (
        "contents 9,000 times",
        pdf_objects(
            CATALOG,
            PAGES,
            PAGE.replace("/Contents 4 0 R", f"/Contents [{'4 0 R ' * 9000}]"),
            stream(say),
            FONT,
        ),
    )
    yield (
        "contents in lists",
        pdf_objects(
            CATALOG,
            PAGES,
            PAGE.replace("4 0 R", "[" * 5_000 + "4 0 R" + "]" * 5_000, 1),
            stream(say),
            FONT,
        ),
    )
    yield (
        "deep dictionary",
        pdf_objects(
            "<<" + "/A <<" * 50_000 + ">>" * 50_000 + "/Type /Catalog /Pages 2 0 R >>",
            PAGES,
            PAGE,
            stream(say),
            FONT,
        ),
    )
    yield "an object that is itself", pdf_objects(CATALOG, PAGES, PAGE, stream(say), "5 0 R")
    yield "a ring of objects", pdf_objects("6 0 R", PAGES, PAGE, stream(say), FONT, "1 0 R")
    box = PAGE.replace("[0 0 595 842]", "[{}]")
    for name, text in {
        "nothing": "",
        "reversed": "9 9 0 0",
        "huge": "0 0 1e38 1e38",
        "nan": "a b c d",
        "digits": "9" * 9_000,
    }.items():
        yield f"a box of {name}", pdf_objects(CATALOG, PAGES, box.format(text), stream(say), FONT)
    yield (
        "a page turned",
        pdf_objects(
            CATALOG, PAGES, PAGE.replace("/MediaBox", "/Rotate 37 /MediaBox"), stream(say), FONT
        ),
    )
    yield (
        "a page of a billion units",
        pdf_objects(
            CATALOG,
            PAGES,
            PAGE.replace("/MediaBox", "/UserUnit 1000000000 /MediaBox"),
            stream(say),
            FONT,
        ),
    )
    cmap = (
        b"begincmap 1 begincodespacerange <00> <ff> endcodespacerange "
        + b"1 beginbfrange <00> <ff> <0041> endbfrange " * 50_000
        + b"endcmap"
    )
    fonts = {
        "a map of 50,000 ranges": stream(cmap),
        "a map that is itself": "6 0 R",
        "a map of text": stream(b"<00> <" + b"41" * 99_000 + b">"),
    }
    for name, value in fonts.items():
        yield (
            name,
            pdf_objects(
                CATALOG, PAGES, PAGE, stream(say), FONT.replace(">>", "/ToUnicode 6 0 R >>"), value
            ),
        )
    yield (
        "a font in itself",
        pdf_objects(
            CATALOG,
            PAGES,
            PAGE,
            stream(say),
            "<< /Type /Font /Subtype /Type0 /BaseFont /X /DescendantFonts [5 0 R] >>",
        ),
    )
    yield (
        "type 3 that draws itself",
        pdf_objects(
            CATALOG,
            PAGES,
            PAGE,
            stream(say),
            "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] "
            "/CharProcs << /a 6 0 R >> /Encoding << /Differences [67 /a /a /a] >> /FirstChar "
            "67 /LastChar 69 /Widths [9 9 9] /Resources << /Font << /F1 5 0 R >> >> >>",
            stream(b"9 0 d0 " + say),
        ),
    )
    yield (
        "open action",
        pdf_objects(
            CATALOG.replace(">>", "/OpenAction << /S /URI /URI (http://127.0.0.1:9/) >> >>"),
            PAGES,
            PAGE,
            stream(say),
            FONT,
        ),
    )
    yield (
        "script",
        pdf_objects(
            CATALOG.replace(">>", "/OpenAction << /S /JavaScript /JS (while(1);) >> >>"),
            PAGES,
            PAGE,
            stream(say),
            FONT,
        ),
    )
    yield (
        "a file beside",
        pdf_objects(
            CATALOG, PAGES, PAGE, b"<< /Length 0 /F (/etc/passwd) >>\nstream\n\nendstream", FONT
        ),
    )
    good = page(say)
    yield (
        "prev is itself",
        good.replace(b"trailer\n<<", b"trailer\n<< /Prev 9 ", 1)
        if b"trailer\n<<" in good
        else good.replace(b"trailer", b"trailer ", 1),
    )
    for name, old, new in (
        ("startxref 0", b"startxref\n", b"startxref\n0\n"),
        ("startxref huge", b"startxref\n", b"startxref\n99999999999999\n"),
        ("no xref", b"xref\n", b"xxxx\n"),
        ("root is nothing", b"/Root 1 0 R", b"/Root 99 0 R"),
        ("size huge", b"/Size", b"/Size 2147483647 /X"),
    ):
        yield name, good.replace(old, new)
    objstm = zlib.compress(b"4 0 3 20 " + b"<< /A 1 >>" * 9)
    yield (
        "an object stream of itself",
        pdf_objects(
            CATALOG,
            PAGES,
            PAGE,
            stream(objstm, "/Type /ObjStm /N 2 /First 9 /Extends 4 0 R /Filter /FlateDecode"),
            FONT,
        ),
    )
    yield (
        "an object stream of a billion",
        pdf_objects(
            CATALOG,
            PAGES,
            PAGE,
            stream(objstm, "/Type /ObjStm /N 1000000000 /First 9 /Filter /FlateDecode"),
            FONT,
        ),
    )
    yield (
        "100,000 objects",
        pdf_objects(CATALOG, PAGES, PAGE, stream(say), FONT, *["<< >>"] * 100_000),
    )
    yield "1,900 pages", make.pdf([[f"Chad {n}"] for n in range(1_900)])
    yield (
        "a title of 1 MB",
        pdf_objects(CATALOG, PAGES, PAGE, stream(say), FONT, f"<< /Title ({'x' * 1_000_000}) >>"),
    )
    yield "20,000 names", make.pdf([["Chad, Togo, Palau, Albania, Austria, Belgium, "] * 50] * 60)


def parted() -> Iterator[tuple[str, str, bytes]]:
    """Yield messages and web archives."""
    head = (
        "MIME-Version: 1.0\nFrom: a@b.example\nSubject: s\nDate: Mon, 8 Jul 2019 10:00:00 +0000\n"
    )
    text = base64.b64encode(b"Chad, Togo " * 9_000).decode()
    for name, value in {
        "no boundary": "Content-Type: multipart/mixed\n\nChad",
        "an empty boundary": 'Content-Type: multipart/mixed; boundary=""\n\n--\nChad\n----',
        "a long boundary": f'Content-Type: multipart/mixed; boundary="{"b" * 90_000}"\n\n--x',
        "boundaries": 'Content-Type: multipart/mixed; boundary="b"\n\n' + "--b\n" * 90,
        "a message in a message": "Content-Type: message/rfc822\n\n" * 900 + "Chad",
        "headers": "X: y\n" * 100_000 + "\nChad",
        "a folded header": "X: a\n" + " b\n" * 100_000 + "\nChad",
        "a name of a header": "X" * 500_000 + ": y\n\nChad",
        "addresses": "To: " + "a@b.example, " * 30_000 + "\n\nChad",
        "comments": "To: " + "(" * 60_000 + "\n\nChad",
        "quotes": "To: " + '"' * 90_001 + "\n\nC",
        "angles": "From: " + "<" * 90_000 + "\n\nChad",
        "words": "Subject: " + "=?utf-8?b?QQ==?= " * 9_000 + "\n\nChad",
        "word": "Subject: =?utf-8?q?" + "=41" * 99_000 + "?=\n\nC",
        "an evil word": "Subject: =?evil?x?a?=\n\nChad",
        "a word of rot13": "Subject: =?rot13?q?Punq?=\n\nChad",
        "groups": "To: " + "a:" * 30_000 + ";\n\nC",
        "dates": "Date: " + "1 " * 50_000 + "\n\nChad",
        "date beyond": "Date: Mon, 99 Jul 99999 99:99:99 +9999\n\nChad",
        "ids": "References: " + "<a@b> " * 50_000 + "\n\nC",
        "parameters": "Content-Type: text/plain; " + "a=b; " * 40_000 + "\n\nChad",
        "continued": "Content-Type: text/plain; "
        + "".join(f"charset*{n}=a; " for n in range(5_000))
        + "\n\nC",
        "star": "Content-Type: text/plain; charset*=evil'x'%ff\n\nChad",
        "charset": "Content-Type: text/plain; charset=evil\n\nChad",
        "charset of bytes": "Content-Type: text/plain; charset=base64\n\nQ2hhZA==",
        "charset zip": "Content-Type: text/plain; charset=zlib\n\nChad",
        "utf-7": "Content-Type: text/plain; charset=utf-7\n\n+AMQ-",
        "punycode": "Content-Type: text/plain; charset=punycode\n\n" + "9" * 20_000,
        "idna": "Content-Type: text/plain; charset=idna\n\n" + "a." * 20_000,
        "escape": "Content-Type: text/plain; charset=unicode_escape\n\n\\ud800 \\U0001f600",
        "charset undefined": "Content-Type: text/plain; charset=undefined\n\nC",
        "charset hz": "Content-Type: text/plain; charset=hz\n\n~{" + "a" * 9_001,
        "raw": "Content-Type: text/plain; charset=raw_unicode_escape\n\n\\ud83d",
        "base64 broken": "Content-Transfer-Encoding: base64\n\n" + "=" * 90_000,
        "base64 odd": "Content-Transfer-Encoding: base64\n\nQ",
        "quoted": "Content-Transfer-Encoding: quoted-printable\n\n" + "=" * 90_000,
        "uu": "Content-Transfer-Encoding: uuencode\n\nbegin 644 /etc/passwd\n#0VAA\n`\nend",
        "an unknown coding": "Content-Transfer-Encoding: evil\n\nChad",
        "outside body": "Content-Type: message/external-body; "
        'access-type=local-file; name="/etc/passwd"\n\nC',
        "partial": "Content-Type: message/partial; id=a; number=1\n\nC",
        "a name that climbs": "Content-Type: multipart/mixed; "
        'boundary="b"\n\n--b\nContent-Disposition: '
        'attachment; filename="../../x.txt"\n\nC\n--b--',
        "a page": "Content-Type: text/html\n\n" + "<table><tr><td>" * 3_000,
        "base64 of text": f"Content-Transfer-Encoding: base64\n\n{text}",
        "a related": 'Content-Type: multipart/related; boundary="b"; '
        'start="<x>"\n\n--b\nContent-ID: <x>\n\nC\n--b--',
        "alternatives": 'Content-Type: multipart/alternative; boundary="b"\n\n'
        + "--b\n\nChad\n" * 90
        + "--b--",
        "a delivery report": "Content-Type: multipart/report; "
        'boundary="b"\n\n--b\nContent-Type: message/delivery-status\n\n'
        + "X: y\n\n" * 30_000
        + "--b--",
        "lines of NUL": "\n" + "\0" * 90_000,
        "one line": "\n" + "Chad " * 90_000,
        "no body": "",
        "body only": "\n\n\nChad",
        "returns": "X: y\r\r\r" * 30_000,
    }.items():
        yield f"mail: {name}", "eml", (head + value).encode("utf-8", "surrogatepass")
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<meta charset=utf-8><p>Chad, Togo"

    def record(
        body: bytes = http, length: str = "", kind: str = "response", more: str = ""
    ) -> bytes:
        size = length or str(len(body))
        return (
            (
                f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: "
                "http://a.example/\r\nWARC-Date: 2019-07-08T00:00:00Z\r\n"
                "WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000000>"
                f"\r\nContent-Type: application/http; msgtype=response\r\n{more}"
                f"Content-Length: {size}\r\n\r\n"
            ).encode()
            + body
            + b"\r\n\r\n"
        )

    def answer(head: str, body: bytes) -> bytes:
        return record(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode() + body)

    for name, data in {
        "sound": record(),
        "9,000 records": record() * 9_000,
        "records of nothing": record(b"", kind="metadata") * 20_000,
        "length -1": record(length="-1"),
        "length huge": record(length="9" * 30),
        "length digits": record(length="9" * 6_000),
        "length short": record(length="9"),
        "length of letters": record(length="evil"),
        "length Arabic": record(length="\u0663"),
        "length plus": record(length="+5"),
        "no end": record()[:-9],
        "headers": record(more="X: y\r\n" * 100_000),
        "a long header": record(more=f"X: {'y' * 900_000}\r\n"),
        "no version": record().replace(b"WARC/1.0", b"WARC/9.9"),
        "gzip": gzip.compress(record()),
        "gzip bomb": gzip.compress(record(http + b" " * 200_000_000)),
        "members": gzip.compress(record()) * 2_000,
        "gzip in gzip": gzip.compress(gzip.compress(record())),
        "body in gzip": answer("Content-Encoding: gzip", gzip.compress(b"<p>Chad")),
        "body bomb": answer("Content-Encoding: gzip", gzip.compress(b"\0" * 200_000_000)),
        "body br": answer("Content-Encoding: br", b"\x5b" * 99),
        "body deflate bomb": answer(
            "Content-Encoding: deflate", zlib.compress(b"\0" * 200_000_000)
        ),
        "chunks broken": answer("Transfer-Encoding: chunked", b"zz\r\nx"),
        "chunk huge": answer("Transfer-Encoding: chunked", b"fffffffffffffff\r\nx"),
        "chunk negative": answer("Transfer-Encoding: chunked", b"-5\r\nx"),
        "many chunks": answer("Transfer-Encoding: chunked", b"1\r\nx\r\n" * 200_000 + b"0\r\n\r\n"),
        "chunk digits": answer("Transfer-Encoding: chunked", b"0" * 900_000 + b"\r\n"),
        "status 404": record(http.replace(b"200 OK", b"404 no")),
        "status evil": record(http.replace(b"200 OK", b"evil")),
        "no http": record(b"Chad"),
        "request": record(kind="request"),
        "revisit": record(kind="revisit"),
        "continuation": record(kind="continuation"),
        "resource": record(b"<p>Chad", kind="resource"),
        "conversion": record(kind="conversion"),
        "type pdf": record(http.replace(b"text/html", b"application/pdf")),
        "type evil": record(http.replace(b"text/html", b"e" * 9_000)),
        "charset evil": record(http.replace(b"text/html", b"text/html; charset=evil")),
        "star": record(http.replace(b"text/html", b"text/html; charset*=evil'x'%ff")),
        "a WARC in it": record(http.replace(b"text/html", b"application/warc") + record()),
        "a pdf in it": answer("Content-Type: application/pdf", make.pdf([["Chad"]])),
        "address of a file": record().replace(b"http://a.example/", b"file:///etc/passwd"),
        "an escape in the address": record().replace(b"http://a.example/", b"http://\x1b[2J"),
        "date evil": record().replace(b"2019-07-08", b"evil"),
    }.items():
        yield f"WARC: {name}", "warc.gz" if data[:2] == b"\x1f\x8b" else "warc", data


def packed(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """Yield Office files, and formats under other names."""
    para = make.paragraph
    for name, body in {
        "20,000 names": para(", ".join(["Chad", "Togo"] * 10_000)),
        "spans": "<w:p>" + "<w:r><w:t>C</w:t></w:r>" * 80_000 + "</w:p>",
        "paragraphs": para("Chad") * 60_000,
        "nested tables": "<w:tbl><w:tr><w:tc>" * 2_000
        + "<w:p/>"
        + "</w:tc></w:tr></w:tbl>" * 2_000,
        "a table of 5,000 columns": "<w:tbl><w:tr>"
        + "<w:tc><w:p><w:r><w:t>Chad</w:t></w:r></w:p></w:tc>" * 5_000
        + "</w:tr></w:tbl>",
        "gridSpan": "<w:tbl><w:tr>" + '<w:tc><w:tcPr><w:gridSpan w:val="999999999"/></'
        "w:tcPr><w:p><w:r><w:t>C</w:t></w:r></w:p></w:tc>" * 9 + "</w:tr></w:tbl>",
        "gridSpan evil": "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan "
        'w:val="\u0663"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>',
        "gridSpan digits": "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan "
        f'w:val="{"9" * 6_000}"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>',
        "vMerge": "<w:tbl>"
        + "<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p><w:r><w:t>C</w:t></w:r></w:p></w:tc></w:tr>"
        * 9_000
        + "</w:tbl>",
        "fields": "<w:p>" + '<w:r><w:fldChar w:fldCharType="begin"/></w:r>' * 40_000 + "</w:p>",
        "include": '<w:p><w:r><w:instrText>INCLUDETEXT "/etc/passwd"</w:instrText></w:r></w:p>',
        "numbered": '<w:p><w:pPr><w:numPr><w:ilvl w:val="999999999"/><w:numId '
        'w:val="99999999"/></w:numPr></w:pPr><w:r><w:t>C</w:t></w:r></w:p>' * 900,
        "level evil": '<w:p><w:pPr><w:numPr><w:ilvl w:val="evil"/><w:numId '
        'w:val="-1"/></w:numPr></w:pPr><w:r><w:t>C</w:t></w:r></w:p>',
        "deleted": "<w:p><w:del><w:r><w:delText>Chad</w:delText></w:r></w:del></w:p>" * 20_000,
        "alternate": "<mc:AlternateContent xmlns:mc='x'><mc:Choice>" * 900
        + "</mc:Choice></mc:AlternateContent>" * 900,
        "deep": "<w:sdt>" * 20_000 + "</w:sdt>" * 20_000,
        "pictures": "<w:p><w:r><w:drawing/></w:r></w:p>" * 20_000,
        "notes": '<w:p><w:r><w:t>C</w:t></w:r><w:r><w:footnoteReference w:id="1"/></w:r></w:p>'
        * 9_000,
        "spaces": para(" " * 900_000 + "Chad"),
        "tabs": "<w:p><w:r>" + "<w:tab/>" * 90_000 + "</w:r></w:p>",
        "attributes": "<w:p " + " ".join(f"w:a{n}='1'" for n in range(20_000)) + "/>",
        "namespaces": "".join(f"<a{n}:p xmlns:a{n}='x{n}'/>" for n in range(20_000)),
        "comments in XML": "<!-- x -->" * 90_000,
        "instructions": "<?x y?>" * 60_000,
        "references": para("&#67;" * 90_000),
        "reference of NUL": para("&#0;"),
        "surrogate reference": para("&#xd800;"),
    }.items():
        yield f"docx: {name}", "docx", make.docx(body, folder)
    for name, rows in {
        "5,000 columns": [["Chad"] * 5_000],
        "1,900 columns": [["Chad"] * 1_900] * 60,
        "rows": [["Chad", 1]] * 50_000,
        "long cells": [["Chad " * 6_000]] * 30,
        "formulas": [['=HYPERLINK("http://127.0.0.1:9")']] * 900,
    }.items():
        yield f"xlsx: {name}", "xlsx", make.xlsx({"Votes": rows})
    yield "xlsx: 900 sheets", "xlsx", make.xlsx({f"S{n}": [["Chad"]] for n in range(900)})
    docx, pdf, page = (
        make.docx(para("Chad"), folder),
        make.pdf([["Chad"]]),
        b"<meta charset=utf-8><p>Chad",
    )
    for ending in (
        "pdf",
        "docx",
        "xlsx",
        "xls",
        "html",
        "txt",
        "md",
        "eml",
        "warc",
        "odt",
        "rtf",
        "epub",
        "doc",
        "zip",
        "csv",
        "json",
        "xml",
        "svg",
        "png",
        "mht",
        "tex",
        "",
        "pdf.exe",
        "PDF",
    ):
        for name, data in {
            "docx": docx,
            "pdf": pdf,
            "page": page,
            "nothing": b"",
            "zeros": bytes(9_000),
            "noise": os.urandom(9_000),
            "RTF": b"{\\rtf1 Chad " + b"{" * 50_000,
            "OLE": bytes.fromhex("d0cf11e0a1b11ae1") + os.urandom(9_000),
            "odt": zip_of(
                {
                    "mimetype": b"application/vnd.oasis.opendocument.text",
                    "content.xml": b"<a>" * 9_000,
                }
            ),
            "epub": zip_of(
                {"mimetype": b"application/epub+zip", "META-INF/container.xml": b"<x/>"}
            ),
            "gzip": gzip.compress(b"\0" * 90_000_000),
        }.items():
            yield f"{name} as .{ending}", ending, data


def cases(made: Path) -> Iterator[Case]:
    """Yield all for ``extract``, and a part of them for ``check``."""

    def write(file: str, make: Callable[[], bytes], folder: Path) -> None:
        (folder / file).write_bytes(make())

    def case(command: str, name: str, ending: str, data: bytes) -> Case:
        file = f"document.{ending}" if ending else "document"
        return Case(
            f"{command}: {name}",
            (command, file, *(("--from", str(ROOT / "published")) if command == "check" else ())),
            "answered",
            partial(write, file, lambda: data),
        )

    for number, (name, ending, text) in enumerate(texts()):
        yield case("extract", name, ending, text.encode("utf-8", "surrogatepass"))
        if ending == "txt" or number % 3 == 0:
            yield case("check", name, ending, text.encode("utf-8", "surrogatepass"))
    for name, data in pdfs():
        yield case("extract", f"PDF {name}", "pdf", data)
    for name, ending, data in (*parted(), *packed(made)):
        yield case("extract", name, ending, data)
    for code in (
        "rot13",
        "base64",
        "zlib",
        "idna",
        "undefined",
        "unicode_escape",
        "utf-7",
        "evil",
        "",
        "utf-16",
        "utf-32",
        "cp037",
        "hz",
        "punycode",
        "mbcs",
        "a" * 9_000,
        "\0",
        "utf_8_sig",
        "hex",
        "uu",
        "bz2",
    ):
        make_text = partial(write, "document.txt", lambda: b"Chad, Togo +AMQ- \\ud800 \xff")
        for command in ("extract", "check"):
            yield Case(
                f"{command} --encoding {code[:20]!r}",
                (command, "document.txt", "--encoding", code),
                "answered",
                make_text,
            )
