"""Hold what the packages share: the shape of what they build, and the evidence for it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from xinjiang_record.data_packages.source_registry import (
    Sources,
    count_origins,
    source_row,
)
from xinjiang_record.model import Finding, Place, Quarantined
from xinjiang_record.schema.load import PackageSpec, make_table

# Resource, record (parts of its key joined by /) and field, or no field for the whole record
# -> where that is in raw/.
SHOWN = 5  # records in one message
Places = Mapping[tuple[str, str, str], Place]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Say that ``source_id`` supports ``record_id`` of ``resource``, or one ``field`` of it."""

    resource: str
    record_id: str
    source_id: str
    place: Place
    field: str = ""
    locator: str = ""
    as_printed: str = ""
    language: str = ""
    verification: str = "read_at_source"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Built:
    """Hold what one package's ``build`` makes of its raw files, in published order."""

    tables: Mapping[str, pa.Table]
    findings: tuple[Finding, ...]
    quarantined: tuple[Quarantined, ...]
    places: Places = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()

    def locate(self, finding: Finding) -> Finding:
        """Return a finding of the tables with its place in raw/, as far as that is known."""
        if finding.place is not None:
            return finding
        where = (finding.resource, finding.record)
        return replace(
            finding, place=self.places.get((*where, finding.field)) or self.places.get((*where, ""))
        )


def _with_ids(evidence: Iterable[Evidence]) -> Iterator[tuple[str, Evidence]]:
    """Yield evidence with its identifier; a further one of the same parts has a number too."""
    seen: Counter[str] = Counter()
    for item in evidence:
        parts = (item.resource, item.record_id, item.field, item.source_id)
        name = ".".join(filter(None, parts))
        seen[name] += 1
        yield (name if seen[name] == 1 else f"{name}.{seen[name]}"), item


def evidence_rows(
    evidence: Sequence[Evidence], sources: Sources, findings: list[Finding]
) -> list[dict[str, Any]]:
    """Return the rows of ``evidence``; an unknown source is a finding.

    The identifiers do not depend on the order of the records.
    """
    rows: list[dict[str, Any]] = []
    # A registry that could not be read has its own finding.
    for evidence_id, item in _with_ids(evidence if sources else ()):
        if item.source_id not in sources:
            message = f"{item.source_id!r} is not in raw/sources.csv. Add the source there."
            more: dict[str, Any] = {"resource": item.resource, "record": item.record_id}
            findings.append(Finding("unknown-source", message, item.place, **more))
            continue
        rows.append(
            {
                "evidence_id": evidence_id,
                "evidence_resource": item.resource,
                "record_id": item.record_id,
                "evidence_field": item.field or None,
                "source_id": item.source_id,
                "locator": item.locator or None,
                "as_printed": item.as_printed or None,
                "language": item.language or None,
                "verification": item.verification,
                "note": item.note or None,
            }
        )
    return rows


def evidence_places(
    evidence: Sequence[Evidence], sources: Sources
) -> dict[tuple[str, str, str], Place]:
    """Return where the rows of ``evidence`` and ``sources`` are in raw/."""
    return {
        **{("sources", name, ""): row.place for name, row in sources.items()},
        **{("evidence", name, ""): item.place for name, item in _with_ids(evidence)},
    }


def shared_tables(
    spec: PackageSpec,
    evidence: Sequence[Evidence],
    sources: Sources,
    findings: list[Finding],
    also: Iterable[str] = (),
) -> dict[str, pa.Table]:
    """Return the tables ``evidence`` and ``sources`` of one package.

    The latter holds the sources that the former, or ``also``, cites, and no more.
    """
    rows = evidence_rows(evidence, sources, findings)
    cited = sorted({row["source_id"] for row in rows} | {name for name in also if name in sources})
    return {
        "sources": make_table(spec.schemas["sources"], _source_rows(spec, sources, cited)),
        "evidence": make_table(
            spec.schemas["evidence"], sorted(rows, key=lambda row: row["evidence_id"])
        ),
    }


def _source_rows(spec: PackageSpec, sources: Sources, names: Iterable[str]) -> list[dict[str, Any]]:
    """Return the rows of ``sources``, as far as the package's schema has their fields."""
    fields = {item["name"] for item in spec.schemas["sources"]["fields"]}
    rows = (source_row(sources[name]) for name in names)
    return [{key: value for key, value in row.items() if key in fields} for row in rows]


def add_evidence(
    spec: PackageSpec,
    tables: Mapping[str, pa.Table],
    sources: Sources,
    evidence: Iterable[Evidence],
) -> dict[str, pa.Table]:
    """Return the tables, with the rows of ``evidence`` that they lack added."""
    there = tables["evidence"].to_pylist()
    known = {row["evidence_id"] for row in there}
    made = evidence_rows(list(evidence), sources, [])
    new = [row for row in made if row["evidence_id"] not in known]
    if not new:
        return dict(tables)
    rows = sorted([*there, *new], key=lambda row: str(row["evidence_id"]))
    return {**tables, "evidence": make_table(spec.schemas["evidence"], rows)}


def add_sources(
    spec: PackageSpec, tables: Mapping[str, pa.Table], sources: Sources, cited: Iterable[str]
) -> dict[str, pa.Table]:
    """Return the tables, with those of the ``cited`` sources that ``sources`` lacks added to it."""
    there = set(tables["sources"]["source_id"].to_pylist())
    missing = [name for name in cited if name in sources and name not in there]
    if not missing:
        return dict(tables)
    rows = [*tables["sources"].to_pylist(), *_source_rows(spec, sources, missing)]
    return {
        **tables,
        "sources": make_table(
            spec.schemas["sources"], sorted(rows, key=lambda row: str(row["source_id"]))
        ),
    }


def check_support(evidence: Iterable[Evidence], sources: Sources) -> Iterator[Finding]:
    """Yield a warning for published records whose every source is weak, by table and source."""
    found: dict[tuple[str, str], list[Evidence]] = defaultdict(list)
    for item in evidence:
        if item.source_id in sources:
            found[item.resource, item.record_id].append(item)
    weak: dict[tuple[str, tuple[str, ...]], list[Evidence]] = defaultdict(list)
    for (resource, _), items in found.items():
        names = tuple(sorted({item.source_id for item in items}))
        if not count_origins(names, sources):
            weak[resource, names].append(items[0])
    for (resource, names), items in weak.items():
        reasons = "; ".join(f"{name}: {sources[name].get('weak_reason')}" for name in names)
        records = ", ".join(item.record_id for item in items[:SHOWN])
        rest = f" and {len(items) - SHOWN} more" if len(items) > SHOWN else ""
        message = (
            f"{resource} {records}{rest}: the only source is weak ({reasons}). "
            "Find an independent one."
        )
        more: dict[str, Any] = {"resource": resource, "record": items[0].record_id}
        yield Finding("weak-source", message, items[0].place, severity="warning", **more)
