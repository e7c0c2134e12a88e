"""Make the timeline of everything dated, and a page for each response to the detentions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from xinjiang_record.site.pages.page import Page, cited_sources, join_parts, slug
from xinjiang_record.site.release_data import Record, RowDict, delivered, last_day
from xinjiang_record.site.translate import Language


def make_pages(record: Record, words: Language) -> Iterator[Page]:
    """Return the timeline of everything dated, and a page for each response."""
    rows = sorted(
        [*_events(record), *_statements(record), *_documents(record)],
        key=lambda item: (item["day"], item["page"]),
    )
    kinds, years = sorted({row["kind"] for row in rows}), sorted({row["day"][:4] for row in rows})
    described = words(
        "Dated acts: statements of both sides, motions, sanctions, denials, UN acts, documents. "
        "Acts: {n}.",
        n=len(rows),
    )
    yield Page(
        "responses/index.html",
        "responses.html.j2",
        words("Timeline"),
        described,
        "responses",
        {"rows": rows, "kinds": kinds, "years": years},
        words=words,
    )
    yield from (_event(record, words, row) for row in record.rows("responses", "events"))


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
            cited_sources(record, "events", name, row),
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
                cited_sources(record, "statements", name, row),
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
                cited_sources(record, "documents", row["document_id"], row),
            )


def _event(record: Record, words: Language, row: RowDict) -> Page:
    name = row["event_id"]

    def own(resource: str) -> list[RowDict]:
        return [item for item in record.rows("responses", resource) if item["event_id"] == name]

    parts = [
        (words("Motion"), "motions", own("motions")),
        (words("Determination"), "determinations", own("determinations")),
        (words("Sanctions"), "sanctions", own("sanctions")),
        (words("Trade restriction"), "trade_restrictions", own("trade_restrictions")),
        (words("Court case"), "court_cases", own("court_cases")),
        (words("Diplomatic act"), "diplomatic_acts", own("diplomatic_acts")),
    ]
    described = join_parts(
        [words.edtf(row["happened_edtf"]), words.of_code(row["event_type"]), row["actor"]]
    )
    context = {"row": row, "parts": parts, "targets": own("sanction_targets")}
    find = join_parts([name, row["actor"], words.of_code(row["event_type"])])
    return Page(
        f"responses/{slug(name)}.html",
        "event.html.j2",
        row["title"],
        described,
        "responses",
        context,
        ((words("Timeline"), "responses/index.html"),),
        "Response",
        find,
        words,
    )
