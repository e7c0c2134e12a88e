"""Make the pages of documents, of orders quoted from them, and of the names of things."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xinjiang_record.site.pages.page import Page, cited_sources, join_parts, slug
from xinjiang_record.site.release_data import Record, RowDict, group
from xinjiang_record.site.translate import Language


def make_pages(record: Record, words: Language) -> Iterator[Page]:
    """Return documents, directives and terms; nothing where the record has none."""
    rows = record.rows("documents", "documents")
    if not rows:
        return
    rows = sorted(
        rows,
        key=lambda row: (
            str(row["issued_edtf"] or row["published_edtf"] or ""),
            row["document_id"],
        ),
    )
    kinds = sorted({row["document_kind"] for row in rows})
    described = words(
        "Leaked, official and UN documents on the detentions in Xinjiang: facts about each, "
        "with sources. Documents: {n}.",
        n=len(rows),
    )
    crumbs = ((words("Documents"), "documents/index.html"),)
    yield Page(
        "documents/index.html",
        "documents.html.j2",
        words("Documents"),
        described,
        "documents",
        {"rows": rows, "kinds": kinds},
        words=words,
    )
    yield from (_document(record, words, row, crumbs) for row in rows)
    index = record.index("documents", "documents", "document_id")
    directives = group(record.rows("documents", "directives"), "document_id", "directive_id")
    groups = [(index[name], items) for name, items in directives.items()]
    described = words(
        "Orders quoted from documents on the detentions in Xinjiang, in the words of the sources."
    )
    yield Page(
        "documents/directives.html",
        "directives.html.j2",
        words("Orders quoted from documents"),
        described,
        "documents",
        {"groups": groups},
        crumbs,
        find=" ".join(row["text_en"] for items in directives.values() for row in items),
        words=words,
    )
    yield _terms(record, words, crumbs)


def _document(
    record: Record, words: Language, row: RowDict, crumbs: tuple[tuple[str, str], ...]
) -> Page:
    identifier = row["document_id"]

    def own(resource: str, column: str) -> list[str]:
        return [
            item[column]
            for item in record.rows("documents", resource)
            if item["document_id"] == identifier
        ]

    extra = [
        (words("Authors"), own("document_authors", "author")),
        (words("Published by"), own("document_publishers", "publisher")),
        (
            words("Languages"),
            [words.language_name(code) for code in own("document_languages", "language")],
        ),
    ]
    context = {
        "row": row,
        "extra": extra,
        "directives": _rows_of(record, "directives", "document_id", identifier),
        "parts": _rows_of(record, "documents", "part_of_document_id", identifier),
    }
    described = join_parts(
        [
            words.of_code(row["document_kind"]),
            row["issuer"],
            words.edtf(row["issued_edtf"]) if row["issued_edtf"] else "",
        ]
    )
    find = join_parts(
        [
            identifier,
            row["title_zh"],
            row["issuer"],
            row["collection"],
            row["document_symbol"],
            *extra[0][1],
        ]
    )
    return Page(
        f"documents/{slug(identifier)}.html",
        "document.html.j2",
        row["title"],
        described,
        "documents",
        context,
        crumbs,
        "Document",
        find,
        words,
    )


def _rows_of(record: Record, table: str, field: str, value: str) -> list[RowDict]:
    """Return the rows of a table of the package that have a value in a field."""
    return [row for row in record.rows("documents", table) if row[field] == value]


def _terms(record: Record, words: Language, crumbs: tuple[tuple[str, str], ...]) -> Page:
    names = group(record.rows("documents", "term_names"), "term_id", "term_name_id")
    rows: list[dict[str, Any]] = []
    for row in record.rows("documents", "terms"):
        own = names.get(row["term_id"], [])
        sources = [
            source
            for name in own
            for source in cited_sources(record, "term_names", name["term_name_id"], name)
        ]
        rows.append(
            {
                "row": row,
                "names": own,
                "cited": list(
                    dict.fromkeys([*cited_sources(record, "terms", row["term_id"], row), *sources])
                ),
            }
        )
    find = " ".join(name["name"] for item in rows for name in item["names"])
    described = words(
        "Official and other names, in English and in the scripts they are written in."
    )
    return Page(
        "documents/terms.html",
        "terms.html.j2",
        words("The names of things"),
        described,
        "documents",
        {"rows": rows},
        crumbs,
        find=find,
        words=words,
    )
