"""Make the search page and its index: titles, names in many forms, and dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xinjiang_record.reconcile.countries import names_by_code
from xinjiang_record.site.pages.page import Page, script_json
from xinjiang_record.site.release_data import Record
from xinjiang_record.site.translate import ENGLISH

FIND_CHARS = 1200  # characters of each page's text in the index
ALIAS_LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh", "ug", "tr", "de")


def make_pages() -> Iterator[Page]:
    """Return the search page."""
    yield Page(
        "search.html",
        "search.html.j2",
        "Search",
        "Search statements, countries, figures, documents, responses and sources.",
        "search",
        find=None,
    )


def _title(record: Record, page: Page) -> str:
    """Return the title of a page in the results: that of a statement has its day."""
    name = page.path.removeprefix("statements/").removesuffix(".html")
    if page.kind != "Statement" or name not in record.statements:
        return page.title
    return f"{page.title}, {ENGLISH.edtf(record.statements[name]['delivered_edtf'])}"


def search_index(record: Record, pages: Sequence[Page]) -> bytes:
    """Return the index as a script that sets one variable, so that it also loads from a disk.

    A row is path, kind, title, text and other names. A country has every name that ``reconcile``
    knows for it, so that Turkey, Britain and 中国 are found.
    """
    aliases = names_by_code(ALIAS_LANGUAGES)
    rows = []
    for page in pages:
        if page.find is None or page.words.code != "en":
            continue
        code = page.path.removeprefix("countries/").removesuffix(".html")
        names = " · ".join(aliases.get(code, [])) if page.kind == "Country" else ""
        text = " ".join([page.find or "", page.description])[:FIND_CHARS]
        rows.append([page.path, page.kind, _title(record, page), text, names])
    return f"window.xrIndex={script_json(rows)};\n".encode()
