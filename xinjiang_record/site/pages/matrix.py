"""Make the matrix of countries and statements: who signed, joined, withdrew and voted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import quoteattr

from markupsafe import Markup

from xinjiang_record.site.graphics.world_map import KIND_WORDS
from xinjiang_record.site.pages.countries import country_rows
from xinjiang_record.site.pages.page import Page
from xinjiang_record.site.pages.statements import style_of
from xinjiang_record.site.positions import SIGNED_TYPES, is_on_xinjiang
from xinjiang_record.site.release_data import Record, RowDict, delivered
from xinjiang_record.site.translate import Language

LETTERS = {"signed": "S", "joined": "J", "voted_yes": "Y", "voted_no": "N", "abstained": "A"}
SHORT_BODY = {
    "UN Human Rights Council": "HRC",
    "UN General Assembly Third Committee": "UNGA",
}
ORDER = {"critical": 0, "vote": 1, "supportive": 2}


def make_pages(record: Record, words: Language) -> Iterator[Page]:
    """Return the page of the matrix, or none where nobody took part."""
    rows = country_rows(record)
    columns = _columns(record, words)
    entries = {
        (row["country_iso3"], row["statement_id"]): row
        for items in record.signatories.values()
        for row in items
    }
    lines = []
    for row in rows:
        cells = [
            _cell(entries.get((row["code"], item["id"])), record.statements[item["id"]], words)
            | {"aside": item["aside"]}
            for item in columns
        ]
        changed = row["both"] or row["withdrew"] or any(cell["letter"] == "J" for cell in cells)
        html = Markup("".join(_cell_html(cell) for cell in cells))
        changed_word = "changed" if changed else ""
        lines.append({**row, "cells": cells, "html": html, "changed": changed_word})
    lines.sort(key=_pattern)
    yield Page(
        "matrix.html",
        "matrix.html.j2",
        words("Matrix: countries and statements"),
        words(
            "Countries by statements: who signed, joined, withdrew, voted. "
            "Countries: {n}. Statements: {columns}.",
            n=len(rows),
            columns=len(columns),
        ),
        "matrix",
        {
            "rows": lines,
            "columns": columns,
            "regions": sorted({row["region"] for row in rows if row["region"]}),
        },
        words=words,
    )


def _pattern(row: dict[str, Any]) -> tuple[str, str]:
    """Return the key that puts states with the same cells next to each other."""
    order = {"critical": "0", "neither": "1", "withdrew": "2", "supportive": "3"}
    cells = "".join(order.get(cell["style"], "4") for cell in row["cells"] if not cell["aside"])
    return cells, row["code"]


def _columns(record: Record, words: Language) -> list[dict[str, Any]]:
    """Return the columns by side, then by day; each head is unique. Only texts with a roster."""
    rows = sorted(
        (
            (name, row)
            for name, row in record.statements.items()
            if row["statement_type"] in (*SIGNED_TYPES, "vote")
        ),
        key=lambda item: (
            not is_on_xinjiang(record, item[0]),
            ORDER.get(item[1]["stance"], 3),
            delivered(item[1]),
        ),
    )
    columns = [_column(record, words, name, row) for name, row in rows]
    seen = Counter(item["short"] for item in columns)
    number: Counter[str] = Counter()
    for item in columns:
        if seen[item["short"]] > 1:
            number[item["short"]] += 1
            item["short"] += f" ({number[item['short']]})"
    return columns


def _column(record: Record, words: Language, name: str, row: RowDict) -> dict[str, Any]:
    day = delivered(row)
    kind = SHORT_BODY.get(row["body"]) or words.of_code(row["statement_type"])
    is_aside = not is_on_xinjiang(record, name)
    subject = words("Hong Kong only") if is_aside else words(row["stance"])
    return {
        "id": name,
        "title": row["title"],
        "side": row["stance"],
        "aside": is_aside,
        "short": f"{day} {row['session'] or kind}, {subject}",
        "declared": row["declared_count"],
        "named": row["named_count"],
    }


def _cell_html(cell: dict[str, Any]) -> str:
    """Return one cell. Most have no words, so only those that do are escaped."""
    style = cell["style"] + (" aside" if cell["aside"] else "")
    title = f" title={quoteattr(cell['words'])}" if cell["words"] else ""
    return f'<td class="{style}"{title}>{cell["letter"]}</td>'


def _cell(row: RowDict | None, statement: RowDict, words: Language) -> dict[str, str]:
    if row is None:
        is_known = statement["roster_status"] == "complete"
        return {"style": "" if is_known else "partial", "letter": "", "words": ""}
    style = style_of(row, statement)
    letter = "W" if style == "withdrew" else LETTERS.get(row["entry"], "S")
    kind = words(KIND_WORDS["withdrew" if style == "withdrew" else row["entry"]])
    text = f"{row['signatory_name']}: {kind}. {statement['title']}"
    return {"style": style, "letter": letter, "words": text}
