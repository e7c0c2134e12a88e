"""Any text that validation lets through is drawn as text, in its picture, linking to no code."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import etree

from tests.site import conftest as small
from xinjiang_record.site import build
from xinjiang_record.site.graphics import drawing
from xinjiang_record.untrusted.displayed_text import first_unseen

LONG = "W" * 300
TEXTS = {
    "long word": LONG,
    "many words": "Wide " * 80 + small.HOSTILE,
    "right to left": "منظمة حقوق الإنسان " * 12,
    "wide letters": "新疆维吾尔自治区" * 20,
    "markup": "]]> <!-- --> &amp; {{ 7*7 }} {% raw %} </svg><img src=x onerror=alert(1)>",
    "marks": "e\u0301" * 60,
}
ADDRESSES = ("javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "JaVaScRiPt:x",
             "https://example.org/\"onclick='alert(1)'")  # fmt: skip


class Links(HTMLParser):
    """The addresses of a page, its tags, and the attributes that run code."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.runs: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src", "action", "xlink:href"):
                self.addresses.append(value or "")
            if name.startswith("on"):
                self.runs.append(f"{tag} {name}")
        if tag in ("iframe", "object", "embed", "base") or (tag == "img" and ("src", "x") in attrs):
            self.runs.append(tag)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("hostile-text")
    texts = list(TEXTS.values())
    figures = small.detention_figures()
    figures["figures"] = [
        small.figure(f"F{number:03d}", "stock", "more_than", value_low=1e6 * number,
                     publisher=text, note=text, population=text, method=text,
                     area_as_published=text)
        for number, text in enumerate(texts, 1)
    ]  # fmt: skip
    figures["figure_links"] = []
    figures["areas"] = [{"area_id": "xinjiang", "title": LONG}]
    statements = small.joint_statements()
    statements["statements"] = [
        {**row, "title": text, "body": text, "note": text, "session": text}
        for row, text in zip(small.STATEMENTS, texts, strict=False)
    ]
    statements["sources"] = [
        {**small.SOURCE, "source_id": f"s-{number:04d}", "url": address, "publisher": text,
         "source_title": text}
        for number, (address, text) in enumerate(zip(ADDRESSES, texts, strict=False), 1)
    ]  # fmt: skip
    for package, tables in (
        ("joint-statements", statements),
        ("detention-figures", figures),
        ("documents", small.documents()),
        ("responses", small.responses()),
    ):
        small.write_release(top / "published", package, tables)
    build.build(top / "published", top / "site", base_url="https://example.org/record/")
    return top / "site"


def test_the_texts_are_those_that_validation_lets_through() -> None:
    assert [name for name, text in TEXTS.items() if first_unseen(text)] == []


def test_every_page_parses_and_no_address_runs_code(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 30
    for page in pages:
        found = Links(page.read_text("utf-8"))
        assert not found.runs, page
        schemes = {urlsplit(address.strip()).scheme.lower() for address in found.addresses}
        assert schemes <= {"", "http", "https", "mailto"}, (page, schemes)
        etree.fromstring(page.read_bytes(), etree.HTMLParser())
    assert len(list(site.glob("sources/s-*.html"))) == len(ADDRESSES)


def test_every_picture_is_sound_xml_without_code(site: Path) -> None:
    pictures = sorted(site.rglob("*.svg"))
    assert len(pictures) > 5
    for path in [*pictures, *site.rglob("*.xml")]:
        root = etree.fromstring(path.read_bytes())
        for node in root.iter():
            name = etree.QName(node).localname if isinstance(node.tag, str) else ""
            assert name not in ("script", "foreignObject", "iframe", "image"), path
            assert not [key for key in node.attrib if key.lower().startswith("on")], path


def test_the_words_of_every_picture_lie_inside_it(site: Path) -> None:
    for path in sorted(site.rglob("*.svg")):
        root = etree.fromstring(path.read_bytes())
        width = float((root.get("viewBox") or "0 0 0").split()[2]) or float(root.get("width") or 0)
        for node in root.iter("{*}text"):
            place = node.get("x") or "0"
            start = float(place.rstrip("%")) * (width / 100 if place.endswith("%") else 1)
            if node.get("text-anchor") or node.get("transform"):
                continue
            size = 19 if node.get("class") == "title" else 12
            for text in [node.text or "", *(part.text or "" for part in node.iter("{*}tspan"))]:
                used = start + len(text) * size * drawing.LETTER
                assert used <= width + 1, (path.name, node.get("class"), text[:80], used, width)
