"""Prove that each table of a source is clean, and write the report that Frictionless would write.

The first table that is not proved ends the attempt: Frictionless then reads all of them, and so
each report on errors is its own.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xinjiang_record.limits import MIB
from xinjiang_record.validate.field_types.plain_field import NotProved, PlainField
from xinjiang_record.validate.proof.infer_types import infer_fields
from xinjiang_record.validate.proof.plain_descriptor import (
    PlainTable,
    read_data_file,
    read_tables,
)
from xinjiang_record.validate.readers.sniff import DeadlineSniffer
from xinjiang_record.validate.report import Report
from xinjiang_record.validate.small_files.small_reader import Cells, SmallFile, is_small_file
from xinjiang_record.validate.small_files.small_rows import (
    Key,
    SmallRows,
    TableKeys,
    has_partner,
)
from xinjiang_record.validate.small_files.text_checks import TextChecks

MOST_BYTES = 64 * MIB  # of all tables: a table that is not clean costs the reading of those before
SAMPLE = 100  # lines, and rows, that Frictionless guesses from
BUFFER = 100_000  # bytes that it guesses an encoding from
CONFIDENCE = 0.5
DELIMITERS = ",\t;|"
# A text of these bytes alone is ASCII for chardet; with the words it may be something else.
PLAIN_BYTES = bytes({*range(32, 127), *b"\t\n\r"} - {*b"<+~"})
CODINGS = (b"coding", b"charset")


@dataclass(frozen=True)
class Reference:
    """Hold the distinct keys of a table that must be in another one."""

    values: set[Key]
    table: str
    fields: tuple[str, ...]


def prove_clean(
    target: Path, shown: str, descriptor: Mapping[str, object] | None, *, from_file: bool
) -> Report | None:
    """Return the report on a source that is proved clean; None if Frictionless must read it.

    ``descriptor`` is None for a data file. ``from_file``: whether Frictionless would read the
    descriptor's file.
    """
    begun = time.perf_counter()
    try:
        if descriptor is None:
            tables = read_data_file(shown, target)
        else:
            tables = read_tables(target, descriptor, from_file=from_file)
        tasks = _prove(tables)
    except (NotProved, Exception):  # of any kind: Frictionless reads all, and says what it is
        return None
    stats = {"tasks": len(tasks), "errors": 0, "warnings": 0, "seconds": _seconds(begun)}
    report = {"valid": True, "stats": stats, "warnings": [], "errors": [], "tasks": tasks}
    return Report(shown, report, read=frozenset(table.name for table in tables))


def _seconds(begun: float) -> float:
    return round(time.perf_counter() - begun, 3)


def _prove(tables: Sequence[PlainTable]) -> list[dict[str, object]]:
    """Return the tasks of the report; raise NotProved for a table that is not clean."""
    wanted: dict[str, set[tuple[str, ...]]] = {}
    for table in tables:
        for key in table.foreign:
            wanted.setdefault(key.table or table.name, set()).add(key.target)
    if not wanted.keys() <= {table.name for table in tables}:
        raise NotProved("a foreign key to no table")
    known: dict[tuple[str, tuple[str, ...]], set[Key]] = {}
    references: list[Reference] = []
    tasks, size = [], 0
    for table in tables:
        begun = time.perf_counter()
        rows, task, count = _open(table)
        if rows.suspects() or list(rows.hints()) or rows.file.open_quote():
            raise NotProved(table.name)
        for names in wanted.get(table.name, ()):
            if not set(names) <= rows.place.keys():
                raise NotProved(names)
            found = set(rows.values([rows.place[name] for name in names]))
            known[table.name, names] = found - {(None,) * len(names)}
        for key in table.foreign:
            values = set(rows.values([rows.place[name] for name in key.fields]))
            references.append(Reference(values, key.table or table.name, key.target))
        stats = {"errors": 0, "warnings": 0, "seconds": _seconds(begun), **count}
        tasks.append({**task, "stats": stats, "warnings": [], "errors": []})
        size += int(str(count["bytes"]))
        if size > MOST_BYTES:
            raise NotProved("large tables")
    for reference in references:
        keys = known[reference.table, reference.fields]
        if not all(has_partner(value, keys) for value in reference.values):
            raise NotProved(reference.table)
    return tasks


def _open(table: PlainTable) -> tuple[SmallRows, dict[str, object], dict[str, object]]:
    """Return the rows of a table, the begin of its task, and what is counted of its file."""
    if not is_small_file(table.file):
        raise NotProved(table.file)
    with open(table.file, "rb") as stream:
        data = stream.read()
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    sha256 = hashlib.sha256(data).hexdigest()
    if table.digest not in ("", md5, f"sha256:{sha256}") or table.size not in (0, len(data)):
        raise NotProved(table.digest)
    if not data or 0 in data:  # empty, or perhaps UTF-16
        raise NotProved(table.file)
    file = SmallFile(data, _encoding(table, data), csv.excel(), translated=table.is_tsv)
    file.dialect = _dialect(table, file)
    records = list(file.records())
    sample = records[:SAMPLE]
    labels = [cell.strip() for cell in records[0]]
    if not all(labels) or any(len(cells) != len(labels) for cells in sample):
        raise NotProved(labels)
    fields = infer_fields(labels, sample[1:]) if table.fields is None else table.fields
    if [field.name for field in fields] != labels:
        raise NotProved(labels)
    task: dict[str, object] = {
        "name": table.name,
        "type": "table",
        "valid": True,
        "place": table.place,
        "labels": labels,
    }
    count: dict[str, object] = {"md5": md5, "sha256": sha256, "bytes": len(data)}
    count["fields"] = len(fields)
    if len(records) > 1:
        count["rows"] = len(records) - 1
    return _rows(table, file, fields, records[1:]), task, count


def _rows(
    table: PlainTable, file: SmallFile, fields: Sequence[PlainField], rows: list[Cells]
) -> SmallRows:
    keys = TableKeys(fields, table.primary, table.unique)
    found = SmallRows(file, keys, range(2, len(rows) + 2), rows)
    if any(type(checks) is TextChecks for checks in found.columns):  # which prove nothing
        raise NotProved(table.name)
    return found


def _encoding(table: PlainTable, data: bytes) -> str:
    """Return the encoding that Frictionless finds; raise NotProved for another than UTF-8."""
    if not table.is_utf8 and not _is_plain(data[:BUFFER]):
        import chardet  # deferred: start-up

        detector = chardet.UniversalDetector()
        for line in data[:BUFFER].splitlines():
            detector.feed(line)
        detector.close()
        found = detector.result
        sure = (found["confidence"] or 0) >= CONFIDENCE
        if not sure or (found["encoding"] or "").lower() not in ("utf-8", "utf-8-sig", "ascii"):
            raise NotProved(found)
    return "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8"


def _is_plain(sample: bytes) -> bool:
    """Return whether a sample is ASCII for every way to guess its encoding."""
    small = sample.lower()
    return not sample.translate(None, PLAIN_BYTES) and not any(word in small for word in CODINGS)


def _dialect(table: PlainTable, file: SmallFile) -> csv.Dialect:
    """Return the dialect that Frictionless reads a file with: as declared, or else sniffed."""
    dialect = csv.excel()
    declared = dict(table.dialect or {})
    if table.is_tsv:
        declared.setdefault("delimiter", "\t")
    sample = "".join(itertools.islice(file.lines, SAMPLE))
    with contextlib.suppress(csv.Error):
        sniffed = DeadlineSniffer().sniff(sample, str(declared.get("delimiter", DELIMITERS)))
        dialect.delimiter, dialect.skipinitialspace = sniffed.delimiter, sniffed.skipinitialspace
    for name, value in declared.items():
        setattr(dialect, name, value)
    return dialect
