"""List the sources that could be better, by how many facts hang on them. No connection is opened.

Facts are the rows of ``evidence`` in the latest releases. What is known of an address comes from
the custody log, which ``xrecord fetch`` writes: an address that was never fetched is not called
dead, and none is called alive.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from xinjiang_record.data_packages.source_kinds import (
    Nearness,
    classify_source,
    un_document_page,
)
from xinjiang_record.fetch import custody_log, due_sources
from xinjiang_record.model import Row
from xinjiang_record.release.distribution.locations import FolderLocation
from xinjiang_record.release.distribution.release_locations import (
    Release,
    find_release,
    list_packages,
)
from xinjiang_record.settings import Project

SECONDARY: frozenset[Nearness] = frozenset({"copy", "agency", "press", "partisan", "weak"})
# Tables whose rows have a document of the United Nations, by package: table, key.
WITH_SYMBOLS = {
    "joint-statements": ("statements", "statement_id"),
    "documents": ("documents", "document_id"),
}


@dataclass(frozen=True, slots=True)
class SourceAudit:
    """Say what one source lacks.

    Attributes:
        source_id: The source.
        url: Its address.
        nearness: Its class.
        fact_count: Rows of evidence that rest on it, in all packages.
        alone_count: Those among them that rest on no other source.
        problems: What is wrong, as ``copy-for-primary``, ``dead-link``, ``no-snapshot``,
            ``no-title``, ``not-classified``.
        primaries: Where the primary is: pages of the United Nations, other sources, its origin.
    """

    source_id: str
    url: str
    nearness: Nearness
    fact_count: int
    alone_count: int
    problems: tuple[str, ...]
    primaries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Fact:
    """Hold what a row of evidence is about: the record, and the field of it."""

    package: str
    table: str
    record: str
    field: str


def audit_sources(project: Project) -> list[SourceAudit]:
    """Return the registered sources that lack something, those with most facts first.

    Raises:
        FindingsError: The registry cannot be read.
        UsageError: There is no registry or no release.
    """
    registry = due_sources.read_registry(project)
    log = custody_log.read_custody_log(project.raw)
    location = FolderLocation(project.published)
    releases = [find_release(location, name) for name in list_packages(location)]
    facts: dict[str, set[_Fact]] = {}
    sources_of: dict[_Fact, set[str]] = {}
    symbols: dict[str, dict[str, str]] = {}
    for release in releases:
        symbols[release.package] = _read_symbols(release)
        for source_id, fact in _read_facts(release):
            facts.setdefault(source_id, set()).add(fact)
            sources_of.setdefault(fact, set()).add(source_id)
    classes = {name: _classify(row) for name, row in registry.items()}
    audited = []
    for source_id, row in registry.items():
        mine = facts.get(source_id, set())
        primaries: tuple[str, ...] = ()
        if classes[source_id] != "primary":  # so it is not the document of the United Nations
            primaries = tuple(_find_pages(mine, symbols))
        if classes[source_id] in SECONDARY:
            primaries += tuple(_find_primaries(row, mine, sources_of, classes))
        problems = [
            *(["copy-for-primary"] if primaries else []),
            *_find_problems(row, log, classes[source_id]),
        ]
        if problems:
            alone = sum(sources_of[fact] == {source_id} for fact in mine)
            audited.append(
                SourceAudit(
                    source_id,
                    row["url"],
                    classes[source_id],
                    len(mine),
                    alone,
                    tuple(problems),
                    primaries,
                )
            )
    return sorted(audited, key=lambda item: (-item.fact_count, item.source_id))


def _classify(row: Row) -> Nearness:
    return classify_source(row.get("kind"), row["url"], bool(row.get("weak_reason")))


def _find_problems(row: Row, log: custody_log.Custody, nearness: Nearness) -> Iterator[str]:
    actions = [entry["action"] for entry in log.entries if entry["source_id"] == row["source_id"]]
    if actions and actions[-1] == "gone":
        yield "dead-link"
    if log.latest(row["source_id"]) is None:
        yield "no-snapshot"
    if not row["title"] and not row.get("label"):
        yield "no-title"
    if nearness == "not classified":
        yield "not-classified"


def _find_pages(facts: set[_Fact], symbols: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return the pages of the United Nations for the texts that the facts are about."""
    pages = {
        un_document_page(symbols[fact.package].get(fact.record.split(".")[0])) for fact in facts
    }
    return sorted(pages - {""})


def _find_primaries(
    row: Row,
    facts: set[_Fact],
    sources_of: Mapping[_Fact, set[str]],
    classes: Mapping[str, Nearness],
) -> Iterator[str]:
    """Yield the primary sources of the same facts, and the text that a page repeats."""
    others = {other for fact in facts for other in sources_of[fact]}
    yield from sorted(other for other in others if classes.get(other) == "primary")
    if row.get("origin"):
        yield str(row.get("origin"))


def _read_facts(release: Release) -> Iterator[tuple[str, _Fact]]:
    columns = ("source_id", "evidence_resource", "record_id", "evidence_field")
    for row in release.table("evidence", columns).to_pylist():
        source, table, record, field = (row[name] for name in columns)
        yield str(source), _Fact(release.package, str(table), str(record), str(field or ""))


def _read_symbols(release: Release) -> dict[str, str]:
    """Return the symbols of the documents of the United Nations that a package's rows have."""
    if release.package not in WITH_SYMBOLS:
        return {}
    table, key = WITH_SYMBOLS[release.package]
    rows = release.table(table, (key, "document_symbol")).to_pylist()
    return {str(row[key]): str(row["document_symbol"]) for row in rows if row["document_symbol"]}
