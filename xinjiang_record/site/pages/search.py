"""Make the search page and its index: titles, names in many forms, and dates."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from xinjiang_record.reconcile.countries import names_by_code
from xinjiang_record.site.pages.page import Page, script_json
from xinjiang_record.site.release_data import Record
from xinjiang_record.site.translate import Language

FIND_CHARS = 1200  # characters of each page's text in the index
ALIAS_LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh", "ug", "tr", "de")


SHOWN = 60  # results on the page
KINDS = (
    *("Page", "Statement", "Country", "Chart", "Figure", "Document", "Response"),
    *("Data package", "Source"),
)


def make_page(words: Language) -> Page:
    """Return the search page."""
    return Page(
        "search.html",
        "search.html.j2",
        words("Search"),
        words("Search statements, countries, figures, documents, responses and sources."),
        "search",
        find=None,
        words=words,
    )


@lru_cache(maxsize=1)
def _aliases() -> dict[str, list[str]]:
    return names_by_code(ALIAS_LANGUAGES)


def _title(record: Record, page: Page) -> str:
    """Return the title of a page in the results: that of a statement has its day."""
    name = page.path.removeprefix("statements/").removesuffix(".html")
    if page.kind != "Statement" or name not in record.statements:
        return page.title
    return f"{page.title}, {page.words.edtf(record.statements[name]['delivered_edtf'])}"


def search_index(record: Record, pages: Sequence[Page], words: Language) -> bytes:
    """Return the index of one language as a script, so that it also loads from a disk.

    A row is path, kind, title, text and other names. A country has every name that ``reconcile``
    knows for it, so that Turkey, Britain and 中国 are found.
    """
    aliases = _aliases()
    rows = []
    for page in pages:
        if page.find is None or page.words.code != words.code:
            continue
        code = page.path.removeprefix("countries/").removesuffix(".html")
        names = " · ".join(aliases.get(code, [])) if page.kind == "Country" else ""
        text = " ".join([page.find or "", page.description])[:FIND_CHARS]
        rows.append([page.file, page.kind, _title(record, page), text, names])
    told = {
        "kinds": {name: words(name) for name in KINDS},
        "pages": words("Pages that can be searched: {n}."),
        "results": words("Results: {n}."),
        "first": words("The first {n} are shown.", n=SHOWN),
        "shown": SHOWN,
    }
    script = f"window.xrIndex={script_json(rows)};\nwindow.xrSearchWords={script_json(told)};\n"
    return script.encode()
