"""Each language of the site has every string that a page can show, and none that no page shows."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from xinjiang_record.site import build, map_views, translate
from xinjiang_record.site.graphics import figure_words, world_map
from xinjiang_record.site.pages import figures, statements
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
)
CODES = {
    *("critical", "supportive", "neither", "vote", "withdrew", "not named on Xinjiang"),
    *("complete", "partial", "none", "UN member", "UN observer", "UN non-member"),
    *("Delivered", "Introduced", figures.OTHER_DESCRIPTION),
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
    found |= {world_map.PARTIAL, world_map.BORDERS}
    countries = load(ROOT / "published", ["joint-statements"]).countries.values()
    for row in countries:
        found |= {row["m49_region_name"], row["m49_subregion_name"]} - {None}
    return found


def test_the_six_languages_of_the_united_nations_are_there() -> None:
    assert set(translate.available()) >= UN_LANGUAGES


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_string_is_missing(code: str) -> None:
    missing = sorted(needed() - set(translate.load_language(code).strings))
    assert not missing, f"languages/{code}.toml lacks {len(missing)}: {missing}"


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


def test_translated_pages_show_no_english_word_of_the_interface(
    published: Path, tmp_path: Path
) -> None:
    build.build(published, tmp_path / "site", languages=["zh"])
    text = (tmp_path / "site" / "zh" / "countries" / "SOM.html").read_text("utf-8")
    assert '<html lang="zh"' in text and "Full rosters without it" not in text
    front = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert 'hreflang="zh"' in front and 'href="zh/index.html"' in front


def test_an_unknown_language_is_refused(published: Path, tmp_path: Path) -> None:
    with pytest.raises(build.UsageError, match="Unknown language 'xx'"):
        build.build(published, tmp_path / "site", languages=["xx"])
