"""Make the pages of documents, of orders quoted from them, and of the names of things."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xinjiang_record.site.pages.page import Page, cited_sources, join_parts, slug
from xinjiang_record.site.release_data import Record, RowDict, group
from xinjiang_record.site.template_filters import edtf_words, plural

CRUMBS = (("Documents", "documents/index.html"),)


def make_pages(record: Record) -> Iterator[Page]:
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
    many = plural(len(rows), "leaked, official or UN document", "leaked, official and UN documents")
    described = f"{many} on the detentions in Xinjiang: facts about each, with sources."
    yield Page(
        "documents/index.html",
        "documents.html.j2",
        "Documents",
        described,
        "documents",
        {"rows": rows, "kinds": kinds},
    )
    yield from (_document(record, row) for row in rows)
    index = record.index("documents", "documents", "document_id")
    directives = group(record.rows("documents", "directives"), "document_id", "directive_id")
    groups = [(index[name], items) for name, items in directives.items()]
    described = (
        "Orders quoted from documents on the detentions in Xinjiang, in the words of the sources."
    )
    yield Page(
        "documents/directives.html",
        "directives.html.j2",
        "Orders quoted from documents",
        described,
        "documents",
        {"groups": groups},
        CRUMBS,
        find=" ".join(row["text_en"] for items in directives.values() for row in items),
    )
    yield _terms(record)


def _document(record: Record, row: RowDict) -> Page:
    identifier = row["document_id"]

    def own(resource: str, column: str) -> list[str]:
        return [
            item[column]
            for item in record.rows("documents", resource)
            if item["document_id"] == identifier
        ]

    extra = [
        ("Authors", own("document_authors", "author")),
        ("Published by", own("document_publishers", "publisher")),
        ("Languages", own("document_languages", "language")),
    ]
    context = {
        "row": row,
        "extra": extra,
        "directives": [
            item
            for item in record.rows("documents", "directives")
            if item["document_id"] == identifier
        ],
        "parts": [
            item
            for item in record.rows("documents", "documents")
            if item["part_of_document_id"] == identifier
        ],
    }
    described = join_parts(
        [
            row["document_kind"],
            row["issuer"],
            edtf_words(row["issued_edtf"]) if row["issued_edtf"] else "",
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
        CRUMBS,
        "Document",
        find,
    )


def _terms(record: Record) -> Page:
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
    described = (
        f"{plural(len(rows), 'thing')} with the names they go by, in English, Chinese and Uyghur."
    )
    return Page(
        "documents/terms.html",
        "terms.html.j2",
        "The names of things",
        described,
        "documents",
        {"rows": rows},
        CRUMBS,
        find=find,
    )
