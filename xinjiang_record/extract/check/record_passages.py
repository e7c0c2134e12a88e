"""Read the sentences that the record holds word for word, so that quotations can be compared.

The record holds few: the orders of leaked documents, titles, and what evidence has as printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from xinjiang_record.extract.check.record_responses import ReadRows, Row

LEAST_WORDS = 2  # a shorter print is a word, not a passage


@dataclass(frozen=True, slots=True)
class Passage:
    """Hold one text of the record, and what it is quoted from.

    ``is_translated`` is whether the original is in another language, so that other translations
    are as good. ``names`` are what an article may call the work that it is from.
    """

    text: str
    record_id: str
    where: str
    source_id: str
    is_translated: bool
    names: frozenset[str]


def read_passages(read: ReadRows, documents: str, responses: str) -> tuple[Passage, ...]:
    """Return every passage of the packages documents and responses."""
    rows = {row["document_id"]: row for row in read(documents, "data/documents.csv")}
    spoken: dict[str, set[str]] = {}
    for row in read(documents, "data/document_languages.csv"):
        spoken.setdefault(row["document_id"], set()).add(row.get("language") or "")
    events = {row["event_id"]: row for row in read(responses, "data/events.csv")}
    found = [
        *_directives(read(documents, "data/directives.csv"), rows, spoken),
        *_titles(rows, spoken),
        *_evidence(read(documents, "data/evidence.csv"), rows, spoken),
        *_event_titles(events, read(responses, "data/evidence.csv")),
    ]
    unique = {(item.text, item.record_id): item for item in found}
    return tuple(unique.values())


def _of_document(text: str, record_id: str, row: Row, source: str, languages: set[str]) -> Passage:
    names = {row.get(name) or "" for name in ("collection", "document_symbol")}
    names |= {(row.get("title") or "").split(" (")[0], row.get("title_zh") or ""}
    return Passage(
        text,
        record_id,
        (row.get("title") or "").split(" (")[0],
        source or row.get("source_id") or "",
        bool(languages) and not any(one.startswith("en") for one in languages),
        frozenset(name for name in names if name),
    )


def _directives(
    found: Iterable[Row], rows: dict[str, Row], spoken: dict[str, set[str]]
) -> Iterable[Passage]:
    for row in found:
        document = row["document_id"]
        yield _of_document(
            row.get("text_en") or "",
            row["directive_id"],
            rows.get(document, {}),
            row.get("source_id") or "",
            spoken.get(document, {"zh"}),
        )


def _titles(rows: dict[str, Row], spoken: dict[str, set[str]]) -> Iterable[Passage]:
    for key, row in rows.items():
        for name in ("title", "title_zh"):
            text = (row.get(name) or "").split(" (")[0]
            if text:
                languages = set() if name == "title_zh" else spoken.get(key, set())
                yield _of_document(text, key, row, "", languages)


def _evidence(
    found: Iterable[Row], rows: dict[str, Row], spoken: dict[str, set[str]]
) -> Iterable[Passage]:
    for row in found:
        printed, record = row.get("as_printed") or "", row.get("record_id") or ""
        document = record.split(".")[0]
        fields = ("title", "title_zh", "text_en")
        if row.get("evidence_field") in fields and len(printed.split()) >= LEAST_WORDS:
            languages = spoken.get(document, set())
            source = row.get("source_id") or ""
            yield _of_document(printed, record, rows.get(document, {}), source, languages)


def _event_titles(events: dict[str, Row], found: Iterable[Row]) -> Iterable[Passage]:
    for row in found:
        printed, record = row.get("as_printed") or "", row.get("record_id") or ""
        event = events.get(record)
        if (
            event
            and row.get("evidence_field") == "title"
            and len(printed.split()) >= LEAST_WORDS + 1
        ):
            where = f"{event.get('actor')}: {event.get('title')}"
            actor = event.get("actor") or ""
            names = frozenset({actor, *actor.split(",")[:1]})
            yield Passage(printed, record, where, row.get("source_id") or "", False, names)
