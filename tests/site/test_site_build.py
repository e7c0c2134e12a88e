"""The whole site from a small record.

Complete, escaped, linked, the same bytes each time, and nothing drawn twice.
"""

from __future__ import annotations

import json
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lxml import etree

from xinjiang_record.errors import NotWritableError, UsageError
from xinjiang_record.site import build
from xinjiang_record.site.build import NOTE

BASE = "https://example.org/record/"


class Found(HTMLParser):
    """Links, ids and everything that a strict policy would refuse."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str, dict[str, str | None]]] = []
        self.ids: list[str] = []
        self.refused: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        if values.get("id"):
            self.ids.append(values["id"] or "")
        for name in ("href", "src"):
            if values.get(name):
                self.links.append((tag, values[name] or "", values))
        inline = (
            tag == "script"
            and "src" not in values
            and values.get("type") not in {"application/json", "application/ld+json"}
        )
        if (
            inline
            or tag == "style"
            or "style" in values
            or any(name.startswith("on") for name in values)
        ):
            self.refused.append(self.get_starttag_text() or tag)


@pytest.fixture(scope="module")
def found(site: Path) -> dict[str, Found]:
    return {
        str(path.relative_to(site)): Found(path.read_text("utf-8"))
        for path in sorted(site.rglob("*.html"))
    }


def test_every_kind_of_page_is_there(found: dict[str, Found]) -> None:
    wanted = {
        "index.html",
        "matrix.html",
        "compare.html",
        "corrections.html",
        "404.html",
        "search.html",
        "about.html",
        "statements/index.html",
        "statements/2019-07-08-hrc41-critical.html",
    }
    wanted |= {
        "countries/index.html",
        "countries/SOM.html",
        "countries/NRU.html",
        "matrix.html",
        "figures/index.html",
        "figures/type-stock.html",
    }
    wanted |= {
        "figures/F001.html",
        "documents/index.html",
        "documents/D001.html",
        "documents/directives.html",
        "documents/terms.html",
    }
    wanted |= {
        "responses/index.html",
        "responses/E001.html",
        "data/index.html",
        "data/joint-statements.html",
        "sources/s-0001.html",
    }
    assert wanted <= found.keys()


def test_internal_links_resolve_and_external_ones_are_marked(
    site: Path, found: dict[str, Found]
) -> None:
    wrong = []
    for page, parts in found.items():
        for tag, address, values in parts.links:
            if page == "404.html" and address.startswith("/record/"):
                address = address.removeprefix("/record/")
            if urlsplit(address).scheme:
                marked = "external" in (values.get("rel") or "") or tag == "link"
                wrong += [] if marked else [f"{page}: {address} is not marked"]
                continue
            path, _, fragment = address.partition("#")
            path = path.partition("?")[0]
            target = (site / page).parent / unquote(path) if path else site / page
            if not target.resolve().is_file():
                wrong.append(f"{page}: {address} leads nowhere")
            elif fragment and fragment not in found[str(target.resolve().relative_to(site))].ids:
                wrong.append(f"{page}: {address} names no place")
    assert not wrong, "\n".join(wrong[:20])


def test_a_strict_policy_has_nothing_to_refuse(found: dict[str, Found]) -> None:
    assert {page: parts.refused for page, parts in found.items() if parts.refused} == {}


def test_hostile_text_is_text(site: Path, found: dict[str, Found]) -> None:
    pages = [
        "statements/2022-06-14-hrc50-critical.html",
        "countries/NRU.html",
        "figures/F002.html",
        "figures/type-stock.html",
    ]
    pages += [
        "documents/D001.html",
        "documents/directives.html",
        "responses/E001.html",
        "sources/s-0002.html",
        "index.html",
        "data/documents.html",
    ]
    for page in pages:
        text = (site / page).read_text("utf-8")
        assert "<script>alert" not in text, page
        assert "alert(" in text, f"{page} does not show the hostile record at all"
    for path in [
        *site.glob("maps/*.svg"),
        *site.glob("charts/*.svg"),
        site / "feed.xml",
        site / "sitemap.xml",
    ]:
        assert "<script" not in path.read_text("utf-8"), path
    assert "</script" not in (site / "search-index.js").read_text("utf-8").replace(
        "</script>alert", ""
    )


def test_ids_are_there_once(found: dict[str, Found]) -> None:
    twice = {
        page: sorted({name for name in parts.ids if parts.ids.count(name) > 1})
        for page, parts in found.items()
    }
    assert {page: names for page, names in twice.items() if names} == {}


def test_every_page_has_title_description_and_card(site: Path, found: dict[str, Found]) -> None:
    for page in found:
        text = (site / page).read_text("utf-8")
        assert "<title>" in text and 'name="description" content="' in text
        card = text.split('property="og:image" content="')[1].split('"')[0].removeprefix(BASE)
        assert (site / card).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n", page


def test_same_releases_same_bytes(published: Path, site: Path, tmp_path: Path) -> None:
    build.build(published, tmp_path / "again", base_url=BASE)
    one, two = (
        {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        for folder in (site, tmp_path / "again")
    )
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def test_nothing_changed_writes_nothing_and_a_touched_file_is_written_again(
    published: Path, site: Path, tmp_path: Path
) -> None:
    target = tmp_path / "site"
    shutil.copytree(site, target)
    assert build.build(published, target, base_url=BASE).status == "unchanged"
    (target / "matrix.html").write_text("no", "utf-8")
    (target / "cards" / "matrix.png").unlink()
    (target / "unexpected.html").write_text("left over", "utf-8")
    result = build.build(published, target, base_url=BASE)
    assert (result.status, result.written) == ("built", 2)
    assert not (target / "unexpected.html").exists()
    assert (target / "matrix.html").read_bytes() == (site / "matrix.html").read_bytes()


def test_a_folder_that_is_not_a_site_is_left_alone(published: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="other things than a site"):
        build.build(published, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    with pytest.raises(UsageError, match="base address"):
        build.build(published, tmp_path / "new", base_url="javascript:alert(1)")


def test_a_place_that_cannot_be_written_is_refused_before_all_is_drawn(
    published: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    said: list[str] = []
    with pytest.raises(NotWritableError, match="Nothing was written"):
        build.build(published, tmp_path / "file" / "site", report=said.append)
    assert not said


def test_search_holds_everything_that_can_be_found(site: Path) -> None:
    rows = json.loads(
        (site / "search-index.js")
        .read_text("utf-8")
        .splitlines()[0]
        .removeprefix("window.xrIndex=")
        .removesuffix(";")
    )
    kinds = {row[1] for row in rows}
    assert {
        "Statement",
        "Country",
        "Figure",
        "Document",
        "Response",
        "Source",
        "Data package",
    } <= kinds
    assert all((site / row[0]).is_file() for row in rows)
    chinese = (site / "zh" / "search-index.js").read_text("utf-8")
    assert '"zh/countries/SOM.html"' in chinese and '"Country":"国家"' in chinese


def test_feed_and_sitemap(site: Path) -> None:
    feed = etree.parse(site / "feed.xml").getroot()
    atom = "{http://www.w3.org/2005/Atom}"
    assert len(feed.findall(f"{atom}entry")) == 4
    places = [
        node.text or "" for node in etree.parse(site / "sitemap.xml").getroot().iter("{*}loc")
    ]
    assert len(places) == len(list(site.rglob("*.html"))) - 1  # without 404.html
    assert all((site / place.removeprefix(BASE)).is_file() for place in places)


def test_the_note_says_what_was_drawn(site: Path) -> None:
    note = json.loads((site / NOTE).read_text("utf-8"))
    assert note["pages"] == len(list(site.rglob("*.html")))


def test_nothing_comes_from_elsewhere(found: dict[str, Found]) -> None:
    for page, parts in found.items():
        away = [
            (tag, link)
            for tag, link, _ in parts.links
            if tag in {"script", "img", "iframe", "object"} and urlsplit(link).scheme
        ]
        sheets = [
            link
            for tag, link, values in parts.links
            if tag == "link" and values.get("rel") == "stylesheet" and urlsplit(link).scheme
        ]
        assert not away and not sheets, page
