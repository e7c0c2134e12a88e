"""Make the page that compares two statements, two states or two days, and its data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xinjiang_record.site.pages.countries import country_rows
from xinjiang_record.site.pages.page import Page
from xinjiang_record.site.release_data import Record, delivered
from xinjiang_record.site.translate import Language


def make_pages(record: Record, words: Language) -> Iterator[Page]:
    """Return the page; its script reads ``map-views.js``."""
    statements = [
        (name, f"{words.day(delivered(row))}, {words(row['stance'])}: {row['title'][:70]}")
        for name, row in reversed(record.statements.items())
    ]
    countries = sorted(
        (
            (row["code"], record.country_name(row["code"], words.code))
            for row in country_rows(record)
        ),
        key=lambda item: item[1],
    )
    context: dict[str, Any] = {"statement_choices": statements, "country_choices": countries}
    yield Page(
        "compare.html",
        "compare.html.j2",
        words("Compare"),
        words(
            "Compare two statements, two states or two days: who stayed, left, joined and crossed."
        ),
        "compare",
        context,
        words=words,
    )
