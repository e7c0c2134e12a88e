"""Find the past of a record: its changes from release to release, and the evidence for it.

Also compare any two releases. Where they follow each other, the published changes are returned;
otherwise the changes are computed from the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record.errors import UsageError, suggest_names
from xinjiang_record.release.changes.change_wording import USED_TABLES, ChangeWriter
from xinjiang_record.release.changes.changes_files import group_by_record
from xinjiang_record.release.changes.row_diff import CHANGES, Side, diff_table, name_records
from xinjiang_record.release.distribution.locations import Location
from xinjiang_record.release.distribution.release_locations import (
    Release,
    fetch_ledger,
    find_newest_release,
)
from xinjiang_record.release.integrity.version_numbers import version_key
from xinjiang_record.release.tables.csv_text import parse_csv
from xinjiang_record.release.tables.row_order import split_into_batches
from xinjiang_record.schema.load import arrow_schema

MOST_ROWS = 20_000  # rows of a table whose names are looked through for a similar one


@dataclass(frozen=True, slots=True)
class Event:
    """Hold one change of a record in one release.

    In the first release of a package, each field of the record is one event with the op ``first``.
    """

    package: str
    version: str
    created: str
    table: str
    record: str
    op: str
    field: str
    old: str
    new: str
    reason: str
    source: str


def find_history(location: Location, packages: Sequence[str], record: str) -> list[Event]:
    """Return every change of ``record`` in all tables of the packages, oldest first.

    Raises:
        UsageError: No release has such a record.
    """
    found = [event for package in packages for event in _of_package(location, package, record)]
    if not found:
        releases = [find_newest_release(location, package) for package in packages]
        raise UsageError(describe_unknown_record(releases, record))
    return found


def has_record(release: Release, record: str) -> bool:
    """Return whether a table of the release has a record of that name."""
    return any(pc.index(names, record).as_py() >= 0 for _, names in _names(release))


def describe_unknown_record(releases: Sequence[Release], record: object) -> str:
    """Return what a message says of a record that no release has, with names that are similar."""
    near = [
        name
        for release in releases
        for table, names in _names(release)
        if table != "evidence" and len(names) <= MOST_ROWS
        for name in names.to_pylist()
    ]
    return (
        f"No record {record!r} in {', '.join(release.package for release in releases)}. "
        f"{suggest_names(record, near)} A record is named by its primary key; a key of several "
        "fields has commas between them."
    )


def _names(release: Release) -> Iterator[tuple[str, pa.Array]]:
    for resource in release.descriptor["resources"]:
        key = resource["schema"]["primaryKey"]
        yield resource["name"], name_records(release.table(resource["name"]), key)


def _of_package(location: Location, package: str, record: str) -> Iterator[Event]:
    for entry in fetch_ledger(location, package).versions:
        release = Release(location, package, entry)
        if not entry["previous"]:
            yield from _first(release, record)
            continue
        for change in published_changes(release):
            if change["record"] == record:
                cells = (
                    change[name]
                    for name in ("table", "record", "op", "field", "old", "new", "reason", "source")
                )
                yield Event(package, release.version, str(entry["created"]), *cells)


def _first(release: Release, record: str) -> Iterator[Event]:
    for resource in release.descriptor["resources"]:
        table = release.table(resource["name"])
        at = pc.index(name_records(table, resource["schema"]["primaryKey"]), record).as_py()
        if at >= 0:
            for field, value in table.slice(at, 1).to_pylist()[0].items():
                if value is not None:
                    yield Event(
                        release.package,
                        release.version,
                        str(release.entry["created"]),
                        resource["name"],
                        record,
                        "first",
                        field,
                        "",
                        _text(value),
                        "",
                        "",
                    )


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def find_evidence(release: Release, record: str, field: str = "") -> list[dict[str, Any]]:
    """Return the evidence for a record or one field, each row with its source's title and address.

    For a field: the evidence of that field and of the complete record. A derived record, such as a
    signatory, has the evidence of the records that it is derived from. Their names begin with its
    name.
    """
    if not list_evidence_columns(release):
        return []
    table = release.table("evidence")
    found = table.filter(pc.equal(table["record_id"], record))
    if not found.num_rows:
        found = table.filter(pc.starts_with(table["record_id"], f"{record}."))
    rows = found.to_pylist()
    sources = {row["source_id"]: row for row in release.table("sources").to_pylist()}
    return [
        {
            **row,
            **{
                f"source_{key}": sources.get(row["source_id"], {}).get(name)
                for key, name in _SOURCE.items()
            },
        }
        for row in rows
        if not field or row["evidence_field"] in (None, field)
    ]


def list_evidence_columns(release: Release) -> list[str]:
    """Return the keys of a row of ``find_evidence``; none where a release has no evidence."""
    names = {item["name"] for item in release.descriptor["resources"]}
    if not {"evidence", "sources"} <= names:
        return []
    fields = [field["name"] for field in release.schema("evidence")["fields"]]
    return [*fields, *(f"source_{key}" for key in _SOURCE)]


_SOURCE = {"title": "source_title", "url": "url", "publisher": "publisher"}


def published_changes(release: Release) -> list[dict[str, str]]:
    """Return the changes that a release was published with."""
    previous = release.entry["previous"]
    if not previous:
        return []
    _, *rows = parse_csv(release.read(f"changes/from-{previous['version']}.csv").decode("utf-8"))
    return [dict(zip(CHANGES, row, strict=True)) for row in rows]


def compare_versions(location: Location, package: str, old: str, new: str) -> list[dict[str, str]]:
    """Return the changes between two versions, in either direction, with published reasons."""
    book = fetch_ledger(location, package)
    before, after = (Release(location, package, book.entry(version)) for version in (old, new))
    if after.entry["previous"] and after.entry["previous"]["version"] == before.version:
        return published_changes(after)
    why = _reasons(location, package, book.versions, before.version, after.version)
    return [
        {
            **change,
            **dict(zip(("reason", "source"), why.get(_place(change), ("", "")), strict=True)),
        }
        for change in _computed(before, after)
    ]


def _place(change: Mapping[str, str]) -> tuple[str, str, str]:
    return change["table"], change["record"], change["field"]


def _reasons(
    location: Location, package: str, entries: Sequence[Mapping[str, Any]], old: str, new: str
) -> dict[tuple[str, str, str], tuple[str, str]]:
    """Return the last published reason for each cell on the way up, if any."""
    passed = [
        entry
        for entry in entries
        if version_key(old) < version_key(entry["version"]) <= version_key(new)
    ]
    changes = (
        change
        for entry in passed
        for change in published_changes(Release(location, package, entry))
    )
    return {_place(change): (change["reason"], change["source"]) for change in changes}


def _computed(before: Release, after: Release) -> Iterator[dict[str, str]]:
    old, new = (
        {item["name"]: item["schema"] for item in side.descriptor["resources"]}
        for side in (before, after)
    )
    for name in dict.fromkeys([*old, *new]):
        sides = (
            _side(before, name, old.get(name), new.get(name)),
            _side(after, name, new.get(name), old.get(name)),
        )
        for part in diff_table(*sides):
            for row in part.to_pylist():
                yield {
                    "table": name,
                    **{key: row[key] or "" for key in ("op", "record", "field", "old", "new")},
                }


def _side(
    release: Release, name: str, schema: Mapping[str, Any] | None, other: Mapping[str, Any] | None
) -> Side:
    known: Mapping[str, Any] = schema or other or {}
    batches: Iterator[pa.RecordBatch] = _batches(release, name) if schema else iter(())
    return Side(known["primaryKey"], arrow_schema(known), batches)


def _batches(release: Release, name: str) -> Iterator[pa.RecordBatch]:
    for piece in release.pieces(name, by_row_group=True):
        yield from split_into_batches(piece)


def describe_changes(
    location: Location, package: str, version: str, changes: Sequence[dict[str, str]]
) -> Iterator[str]:
    """Yield the changes to ``version``, the newer one, as one sentence a record."""
    found = Release(location, package, fetch_ledger(location, package).entry(version))
    names = {item["name"] for item in found.descriptor["resources"]}
    speak = ChangeWriter({name: found.table(name) for name in USED_TABLES if name in names})
    return (speak(record) for record in group_by_record(changes))
