"""What the packages share: the shape of what they build, the sources they cite, and the evidence that ties the two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pyarrow as pa

from xinjiang_record import edtf
from xinjiang_record.model import Finding, Place, Quarantined, Row
from xinjiang_record.raw_files import STATE, RawFolder, parse_csv
from xinjiang_record.schema.load import PackageSpec, table

SOURCE_COLUMNS = (
    "source_id",
    "url",
    "title",
    "publisher",
    "published_edtf",
    "language",
    "recorded_on",
    "note",
)
Sources = Mapping[str, Row]
# Resource, record (parts of its key joined by /) and field, or no field for the whole record -> where that stands in raw/.
Places = Mapping[tuple[str, str, str], Place]


@dataclass(frozen=True, slots=True)
class Built:
    """What one package's ``build`` makes of its raw files: tables in published order, and what was found on the way."""

    tables: Mapping[str, pa.Table]
    findings: tuple[Finding, ...]
    quarantine: tuple[Quarantined, ...]
    places: Places = field(default_factory=dict)

    def located(self, finding: Finding) -> Finding:
        """A finding of the built tables, with the place in raw/ that its record came from, as far as that is known."""
        if finding.place is not None:
            return finding
        where = (finding.resource, finding.record)
        return replace(
            finding, place=self.places.get((*where, finding.field)) or self.places.get((*where, ""))
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """One support: ``source_id`` says ``record_id`` of ``resource`` (or one ``field`` of it), at ``locator``, as printed there."""

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


def read_sources(folder: RawFolder) -> tuple[Sources, list[Finding]]:
    """The registry ``raw/sources.csv`` by source id; an id or an address given twice is a finding."""
    if "sources.csv" not in folder.files:
        return {}, list(folder.findings)
    rows, findings = parse_csv(folder.files["sources.csv"], SOURCE_COLUMNS, optional=("hosts",))
    sources: dict[str, Row] = {}
    addresses: dict[str, str] = {}
    for row in rows:
        for known, key, what in (
            (sources, row["source_id"], "id"),
            (addresses, row["url"], "address"),
        ):
            if key in known:
                findings.append(
                    Finding(
                        "primary-key",
                        f"the {what} {key!r} stands here again. Keep one row. {STATE}",
                        row.place,
                    )
                )
        sources[row["source_id"]] = row
        addresses[row["url"]] = row["source_id"]
        check_edtf(row, "published_edtf", findings)
        check_day(row, "recorded_on", findings)
    return sources, [*folder.findings, *findings]


def check_edtf(row: Row, name: str, findings: list[Finding]) -> str | None:
    """The EDTF text of a cell; None if it is empty, or wrong (then with a finding)."""
    text = row.get(name)
    if not text:
        return None
    try:
        edtf.bounds(text)
    except ValueError as error:
        findings.append(
            Finding("type-error", f"{name}: {error}. {STATE}", row.place, field=name, value=text)
        )
        return None
    return text


def check_day(row: Row, name: str, findings: list[Finding]) -> date | None:
    """The full day in a cell; None if it is empty, or wrong (then with a finding)."""
    text = check_edtf(row, name, findings)
    if text and not edtf.full_day(text):
        findings.append(
            Finding(
                "type-error",
                f"{name}: {text!r} is no full day. {STATE}",
                row.place,
                field=name,
                value=text,
            )
        )
    return edtf.full_day(text)


def check_number(
    row: Row, name: str, findings: list[Finding], *, whole: bool = False
) -> float | int | None:
    """The number in a cell (plain ASCII digits, at most one point); None if it is empty, or wrong (then with a finding)."""
    text = row.get(name)
    if not text:
        return None
    digits = text.removeprefix("-")
    plain = (
        digits.isascii()
        and digits.replace(".", "", 0 if whole else 1).isdigit()
        and digits[0] != "."
        and digits[-1] != "."
    )
    if plain:
        return int(text) if whole else float(text)
    kind = "whole number" if whole else "number"
    findings.append(
        Finding(
            "type-error",
            f"{name}: {text!r} is no {kind}. Write plain digits. {STATE}",
            row.place,
            field=name,
            value=text,
        )
    )
    return None


def check_unique(rows: Iterable[Row], name: str, findings: list[Finding]) -> list[Row]:
    """The rows whose key stands for the first time; each later one is a finding that names the first."""
    first: dict[str, Row] = {}
    for row in rows:
        seen = first.setdefault(row[name], row)
        if seen is not row:
            message = f"the {name} {row[name]!r} stands in line {seen.place.line} already. Give this row one of its own. {STATE}"
            findings.append(
                Finding(
                    "primary-key", message, row.place, field=name, value=row[name], record=row[name]
                )
            )
    return list(first.values())


def evidence_rows(
    evidence: Sequence[Evidence], sources: Sources, findings: list[Finding]
) -> list[dict[str, Any]]:
    """Rows of the table ``evidence``, with ids that do not depend on order between records; an unknown source is a finding."""
    rows: list[dict[str, Any]] = []
    seen: dict[str, int] = {}
    for item in (
        evidence if sources else ()
    ):  # a registry that could not be read has its own finding
        if item.source_id not in sources:
            message = (
                f"{item.source_id!r} is not in raw/sources.csv. Add the source there first. {STATE}"
            )
            findings.append(
                Finding(
                    "unknown-source",
                    message,
                    item.place,
                    resource=item.resource,
                    record=item.record_id,
                )
            )
            continue
        parts = (item.resource, item.record_id, item.field, item.source_id)
        key = ".".join(part for part in parts if part)
        seen[key] = seen.get(key, 0) + 1
        rows.append(
            {
                "evidence_id": key if seen[key] == 1 else f"{key}.{seen[key]}",
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


def shared_places(
    evidence: Sequence[Evidence], sources: Sources
) -> dict[tuple[str, str, str], Place]:
    """Where the rows of ``evidence`` and ``sources`` stand in raw/."""
    places = {("sources", name, ""): row.place for name, row in sources.items()}
    for item in evidence:
        key = ".".join(
            part for part in (item.resource, item.record_id, item.field, item.source_id) if part
        )
        number = 1
        while ("evidence", key if number == 1 else f"{key}.{number}", "") in places:
            number += 1
        places["evidence", key if number == 1 else f"{key}.{number}", ""] = item.place
    return places


def shared_tables(
    spec: PackageSpec,
    evidence: Sequence[Evidence],
    sources: Sources,
    findings: list[Finding],
    also: Iterable[str] = (),
) -> dict[str, pa.Table]:
    """The tables ``evidence`` and ``sources`` of one package: the latter holds what the former, or ``also``, cites and no more."""
    rows = evidence_rows(evidence, sources, findings)
    cited = sorted({row["source_id"] for row in rows} | {name for name in also if name in sources})
    return {
        "sources": table(spec.schemas["sources"], [_source_row(sources[name]) for name in cited]),
        "evidence": table(
            spec.schemas["evidence"], sorted(rows, key=lambda row: row["evidence_id"])
        ),
    }


def add_sources(
    spec: PackageSpec, tables: Mapping[str, pa.Table], sources: Sources, cited: Iterable[str]
) -> dict[str, pa.Table]:
    """The tables, with those of the ``cited`` sources that ``sources`` lacks added to it."""
    there = set(tables["sources"]["source_id"].to_pylist())
    missing = [name for name in cited if name in sources and name not in there]
    if not missing:
        return dict(tables)
    rows = [*tables["sources"].to_pylist(), *(_source_row(sources[name]) for name in missing)]
    return {
        **tables,
        "sources": table(
            spec.schemas["sources"], sorted(rows, key=lambda row: str(row["source_id"]))
        ),
    }


def _source_row(row: Row) -> dict[str, Any]:
    text = {
        name: row[name] or None
        for name in ("source_id", "publisher", "url", "published_edtf", "language", "note")
    }
    return {
        **text,
        "source_title": row["title"] or None,
        "recorded_on": edtf.full_day(row["recorded_on"]),
    }
