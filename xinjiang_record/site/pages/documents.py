"""The pages of documents, of orders quoted from them, of terms, and of responses on one timeline with the statements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from xinjiang_record.site.pages.base import Page, cited, sentence, slug
from xinjiang_record.site.release_data import Record, RowDict, delivered, group, last_day
from xinjiang_record.site.template_filters import edtf_words, plural

CRUMBS = (("Documents", "documents/index.html"),)


def pages(record: Record) -> Iterator[Page]:
    """Documents, directives and terms; nothing where the record has none."""
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
    described = f"{plural(len(rows), 'leaked, official or UN document', 'leaked, official and UN documents')} on the detentions in Xinjiang: facts about each, with sources."
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
    described = sentence(
        [
            row["document_kind"],
            row["issuer"],
            edtf_words(row["issued_edtf"]) if row["issued_edtf"] else "",
        ]
    )
    find = sentence(
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
            for source in cited(record, "term_names", name["term_name_id"], name)
        ]
        rows.append(
            {
                "row": row,
                "names": own,
                "cited": list(
                    dict.fromkeys([*cited(record, "terms", row["term_id"], row), *sources])
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


def response_pages(record: Record) -> Iterator[Page]:
    """The timeline of everything dated, and a page for each response."""
    rows = sorted(
        [*_events(record), *_statements(record), *_documents(record)],
        key=lambda item: (item["day"], item["page"]),
    )
    kinds, years = sorted({row["kind"] for row in rows}), sorted({row["day"][:4] for row in rows})
    described = f"{len(rows)} dated acts: statements of both sides, motions, sanctions, denials, UN acts, documents."
    yield Page(
        "responses/index.html",
        "responses.html.j2",
        "Timeline",
        described,
        "responses",
        {"rows": rows, "kinds": kinds, "years": years},
    )
    yield from (_event(record, row) for row in record.rows("responses", "events"))


def _line(
    day: date | None,
    edtf: str | None,
    kind: str,
    page: str,
    title: str,
    who: str,
    cites: list[str],
    side: str = "",
) -> dict[str, Any]:
    return {
        "day": str(day or date.max),
        "edtf": edtf,
        "kind": kind,
        "page": page,
        "title": title,
        "who": who,
        "cited": cites,
        "side": side,
    }


def _events(record: Record) -> Iterator[dict[str, Any]]:
    for row in record.rows("responses", "events"):
        name = row["event_id"]
        page = f"responses/{slug(name)}.html"
        yield _line(
            last_day(row, "happened"),
            row["happened_edtf"],
            row["event_type"],
            page,
            row["title"],
            row["actor"] or "",
            cited(record, "events", name, row),
        )


def _statements(record: Record) -> Iterator[dict[str, Any]]:
    listed = {row["statement_id"] for row in record.rows("responses", "events")}
    for name, row in record.statements.items():
        if name not in listed:
            page, kind = f"statements/{name}.html", row["statement_type"]
            yield _line(
                delivered(row),
                row["delivered_edtf"],
                kind,
                page,
                row["title"],
                row["body"] or "",
                cited(record, "statements", name, row),
                row["stance"],
            )


def _documents(record: Record) -> Iterator[dict[str, Any]]:
    for row in record.rows("documents", "documents"):
        if row["published_edtf"] and not row["part_of_document_id"]:
            page = f"documents/{slug(row['document_id'])}.html"
            yield _line(
                last_day(row, "published"),
                row["published_edtf"],
                f"document_{row['document_kind']}",
                page,
                row["title"],
                row["issuer"] or "",
                cited(record, "documents", row["document_id"], row),
            )


def _event(record: Record, row: RowDict) -> Page:
    name = row["event_id"]

    def own(resource: str) -> list[RowDict]:
        return [item for item in record.rows("responses", resource) if item["event_id"] == name]

    parts = [
        ("Motion", "motions", own("motions")),
        ("Determination", "determinations", own("determinations")),
        ("Sanctions", "sanctions", own("sanctions")),
    ]
    described = sentence(
        [edtf_words(row["happened_edtf"]), row["event_type"].replace("_", " "), row["actor"]]
    )
    context = {"row": row, "parts": parts, "targets": own("sanction_targets")}
    find = sentence([name, row["actor"], row["event_type"].replace("_", " ")])
    return Page(
        f"responses/{slug(name)}.html",
        "event.html.j2",
        row["title"],
        described,
        "responses",
        context,
        (("Timeline", "responses/index.html"),),
        "Response",
        find,
    )
