"""Each language of the site has every string that a page can show, and none that no page shows."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from xinjiang_record.site import build, map_views, translate
from xinjiang_record.site.graphics import country_shapes, figure_words, stay_flow, world_map
from xinjiang_record.site.pages import figures, search, statements
from xinjiang_record.site.pages.page import NAVIGATION
from xinjiang_record.site.release_data import load

SITE = Path(translate.__file__).parent
ROOT = SITE.parents[1]
LANGUAGES = [code for code in translate.available() if code != "en"]
UN_LANGUAGES = {"ar", "en", "es", "fr", "ru", "zh"}
# Tables of words that pages pass through the language, by the code that picks one.
TABLES = (
    world_map.SIDE_WORDS,
    world_map.VOTE_WORDS,
    world_map.KIND_WORDS,
    figure_words.KIND_WORDS,
    figure_words.QUALIFIER_FORMS,
    figure_words.UNIT_WORDS,
    figure_words.TYPE_WORDS,
    figure_words.LEVEL_WORDS,
    figures.DESCRIPTIONS,
    statements.CLAIM_QUALIFIERS,
    statements.RESIDUAL_WORDS,
    stay_flow.STAYED,
    stay_flow.ONCE,
    stay_flow.CROSSED,
    stay_flow.CAME,
    stay_flow.NODE_WORDS,
    stay_flow.NOTES,
    translate.LANGUAGE_NAMES,
)
CODES = {
    *("critical", "supportive", "neither", "vote", "withdrew", "not named on Xinjiang"),
    *("complete", "partial", "none", "UN member", "UN observer", "UN non-member"),
    *("Delivered", "Introduced", figures.OTHER_DESCRIPTION, stay_flow.WITHDREW),
    *(translate.MILLIONS, "{n} million", "This page is not there", "Front page"),
}
# Tables all of whose codes a page shows as words, and single fields of the others.
SHOWN_TABLES = {
    *("figures", "documents", "events", "motions", "determinations", "sanctions"),
    *("sanction_targets", "trade_restrictions", "court_cases", "diplomatic_acts"),
}
SHOWN_FIELDS = {
    *("statement_type", "counts", "on_xinjiang", "bloc_position_kind", "verification"),
    *("term_kind", "name_type"),
}


def in_templates() -> Iterator[str]:
    for path in sorted((SITE / "templates").glob("*.j2")):
        text = path.read_text("utf-8")
        for double, single in re.findall(r"""\bt\((?:"([^"]*)"|'([^']*)')[,)]""", text):
            yield double or single


def in_code() -> Iterator[str]:
    for path in sorted(SITE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = ast.unparse(node.func)
            is_words = name == "words" or (path.name == "translate.py" and name == "self")
            value = node.args[0]
            if is_words and isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def needed() -> set[str]:
    """Every string that a translated page can show."""
    found = {*in_templates(), *in_code(), *CODES, *map_views.SCRIPT_WORDS}
    found |= {name for name, _, _ in NAVIGATION}
    found |= {words for table in TABLES for words in table.values()}
    found |= {words for pair in figures.LINK_WORDS.values() for words in pair}
    found |= {world_map.PARTIAL, world_map.BORDERS, *search.KINDS}
    found |= {item["name"] for item in country_shapes.load()["disputed"]}
    return found | of_the_data()


@lru_cache
def of_the_data() -> set[str]:
    """The words of the releases that pages translate: titles of fields and tables, and codes."""
    record = load(ROOT / "published")
    found: set[str] = set()
    for release in record.releases.values():
        found |= {release.descriptor["title"], release.descriptor["description"]}
        for table in release.descriptor["resources"]:
            found.add(table["title"])
            for field in table["schema"]["fields"]:
                found.add(field["title"])
                if table["name"] in SHOWN_TABLES or field["name"] in SHOWN_FIELDS:
                    codes = field.get("constraints", {}).get("enum", ())
                    found |= {code.replace("_", " ").replace("m2", "m²") for code in codes}
    for row in record.countries.values():
        found |= {row["m49_region_name"], row["m49_subregion_name"]} - {None}
    found |= {row["title"] for row in record.rows("detention-figures", "measures")}
    found |= {row["body"] for row in record.statements.values()}
    found |= {row["title"] for row in record.rows("joint-statements", "blocs")}
    found |= {f"document {row['document_kind']}" for row in record.rows("documents", "documents")}
    return found | {"first", "major", "minor", "patch", "Xinjiang", "Southern Xinjiang"}


def test_the_six_languages_of_the_united_nations_are_there() -> None:
    assert set(translate.available()) >= UN_LANGUAGES


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_string_is_missing(code: str) -> None:
    strings = set(translate.load_language(code).strings)
    missing, unused = sorted(needed() - strings), sorted(strings - needed())
    assert not missing, f"languages/{code}.toml lacks {len(missing)}: {missing}"
    assert not unused, f"languages/{code}.toml has {len(unused)} that no page shows: {unused}"


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_translation_has_the_same_places(code: str) -> None:
    def places(text: str) -> list[str]:
        return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)

    strings = translate.load_language(code).strings
    assert [text for text in strings if places(text) != places(strings[text])] == []
    assert [text for text in strings if not strings[text].strip()] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_dates_and_numbers_have_the_forms_of_the_language(code: str) -> None:
    words = translate.load_language(code)
    day = words.day(date(2022, 10, 6))
    assert "2022" in day and "6" in day and len(words.months) == 12
    assert words.number(1288000) == f"1{words.thousands}288{words.thousands}000"
    assert words.edtf("../2021-06-28") != translate.ENGLISH.edtf("../2021-06-28")


class Told(HTMLParser):
    """The words of a page that are its own: not the data's, which are marked as English."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[bool] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        is_data = values.get("lang") == "en" or tag in {"code", "pre", "script", "style"}
        if tag not in VOID:
            self.open.append(is_data)
        if not any(self.open):
            names = ("title", "aria-label", "placeholder")
            self.words += [values[name] or "" for name in names if name in values]
            if tag == "meta" and values.get("name") == "description":
                self.words.append(values.get("content") or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(self.open):
            self.words.append(data)


VOID = {"meta", "link", "br", "input", "image", "img", "hr"}


def english_words(text: str, words: translate.Language) -> set[str]:
    """The strings of the interface that a translated page shows in English."""
    own = {value.lower() for value in words.strings.values()}  # "part" is a word of French too
    known = {key for key in words.strings if key.lower() not in own and len(key) > 2}
    parts = [part.strip(" .,:;()·/") for told in Told(text).words for part in SPLIT.split(told)]
    return {part for part in parts if part in known}


SPLIT = re.compile(r"[:;(),·\n]|\. ")


@pytest.mark.parametrize("code", LANGUAGES)
def test_translated_pages_show_no_english_string_of_the_interface(site: Path, code: str) -> None:
    words, wrong = translate.load_language(code), {}
    pages = sorted((site / code).rglob("*.html"))
    assert len(pages) == len(list((site).rglob("*.html"))) // (len(LANGUAGES) + 1)
    for path in pages:
        text = path.read_text("utf-8")
        assert f'<html lang="{code}" dir="{words.direction}"' in text
        for other in [*LANGUAGES, "en", "x-default"]:
            assert f'hreflang="{other}"' in text, path
        found = english_words(text, words)
        if found:
            wrong[str(path.relative_to(site))] = sorted(found)
    assert not wrong


def test_no_template_has_words_of_its_own() -> None:
    """Every word that a reader sees goes through the language: a template holds none itself."""
    allowed = {"Xinjiang Record", "CC BY 4.0", "SVG", "PNG", "CSV", "JSON", "SHA-256"}
    for path in sorted((SITE / "templates").glob("*.j2")):
        if path.name == "404.html.j2":
            continue  # it has every language on one page
        text = re.sub(r"\{[{%#].*?[}%#]\}", " ", path.read_text("utf-8"), flags=re.DOTALL)
        told = re.sub(r"<[^>]*>|&[a-z]+;[^<]*&gt;", "\n", text)
        found = {part.strip(" .,:;()·/?") for part in re.split(r"\n", told)} - allowed
        assert not {part for part in found if re.search(r"[A-Za-z]{3}", part)}, path.name


def test_an_unknown_language_is_refused(published: Path, tmp_path: Path) -> None:
    with pytest.raises(build.UsageError, match="Unknown language 'xx'"):
        build.build(published, tmp_path / "site", languages=["xx"])
