"""Make the list of sources and a page for each, with the way back to what it supports."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from xinjiang_record.site.pages.page import Page, join_parts, page_of
from xinjiang_record.site.release_data import Record, RowDict
from xinjiang_record.site.template_filters import host_of
from xinjiang_record.site.translate import ENGLISH, Language


def uses(record: Record, words: Language = ENGLISH) -> dict[str, Counter[tuple[str, str]]]:
    """Return what each source supports: pages and their words, with the number of facts."""
    found: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for (resource, record_id), rows in sorted(record.evidence.items()):
        for row in rows:
            found[row["source_id"]][page_of(resource, record_id, record, words)] += 1
    for row in record.rows("joint-statements", "count_claims"):
        found[row["source_id"]][page_of("count_claims", row["statement_id"], record, words)] += 1
    for package, resource, key in (
        ("detention-figures", "figures", "figure_id"),
        ("documents", "documents", "document_id"),
        ("responses", "events", "event_id"),
    ):
        for row in record.rows(package, resource):
            place = page_of(resource, row[key], record, words)
            if place not in found[row["source_id"]]:
                found[row["source_id"]][place] += 1
    return found


def make_pages(record: Record, words: Language) -> Iterator[Page]:
    """Return the list of sources and a page for each."""
    supported = uses(record, words)
    rows = list(record.sources.values())
    yield Page(
        "sources/index.html",
        "sources.html.j2",
        words("Sources"),
        words(
            "Cited pages, documents and files, each with what it supports. Sources: {n}.",
            n=len(rows),
        ),
        "sources",
        {"rows": rows, "uses": supported, "has_titles": any(row["source_title"] for row in rows)},
        words=words,
    )
    yield from (_source(words, row, supported[row["source_id"]]) for row in rows)


def _source(words: Language, row: RowDict, supported: Counter[tuple[str, str]]) -> Page:
    published = words.edtf(row["published_edtf"]) if row["published_edtf"] else ""
    weak = row.get("weak_reason") or words("yes") if row.get("is_weak") else ""
    facts = [
        (words("Publisher"), row["publisher"]),
        (words("Published"), published),
        (words("Language"), words.language_name(row["language"] or "")),
        (words("Repeats"), row.get("origin")),
        (words("Weak source"), weak),
        (words("Snapshot (SHA-256)"), row["snapshot_sha256"]),
        (words("Note"), row["note"]),
    ]
    own = [(page, text, count) for (page, text), count in sorted(supported.items())]
    title = row["source_title"] or f"{row['publisher'] or host_of(row['url'])} ({row['source_id']})"
    described = join_parts(
        [
            row["publisher"],
            host_of(row["url"]),
            words("pages of the record that it supports: {n}", n=len(own)),
        ]
    )
    return Page(
        f"sources/{row['source_id']}.html",
        "source.html.j2",
        title,
        described,
        "sources",
        {"row": row, "facts": facts, "uses": own},
        ((words("Sources"), "sources/index.html"),),
        "Source",
        join_parts([row["source_id"], row["publisher"], host_of(row["url"])]),
        words,
    )
