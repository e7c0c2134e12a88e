"""Prove the tables of a source, and write the report that Frictionless would write.

The first table that is not proved ends the attempt: Frictionless then reads all of them. Tables are
proved clean, but for a large one, of which the errors in rows are worded here where they are known.

Types of a table without a schema are inferred exactly as Frictionless does, where that is sure: it
gives each text of the first 100 rows to each type, and counts. Here a text has one of a few forms,
for which the types that accept it are known. A text of another form is not proved.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import itertools
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from xinjiang_record.limits import MIB
from xinjiang_record.validate.field_types.field_rules import FALSE, TRUE, NotProved, PlainField
from xinjiang_record.validate.opening.data_files import DeadlineSniffer
from xinjiang_record.validate.readers import file_hashes
from xinjiang_record.validate.report import Report
from xinjiang_record.validate.small_files.small_rows import (
    Cells,
    Key,
    SmallFile,
    SmallRows,
    TableKeys,
    has_partner,
    is_small_file,
)
from xinjiang_record.validate.small_files.text_checks import TextChecks

if TYPE_CHECKING:
    from xinjiang_record.validate.api import Settings
    from xinjiang_record.validate.proof.large_tables import ProvedTable

MOST_BYTES = 64 * MIB  # of all tables: a table that is not clean costs the reading of those before
BESIDE_LARGE = 4 * MIB  # of all tables but a large one, which waits for them
HEAD = MIB  # bytes of a large table that are read first
SAMPLE = 100  # lines, and rows, that Frictionless guesses from
BUFFER = 100_000  # bytes that it guesses an encoding from
CONFIDENCE = 0.5
DELIMITERS = ",\t;|"
# A text of these bytes alone is ASCII for chardet; with the words it may be something else.
PLAIN_BYTES = bytes({*range(32, 127), *b"\t\n\r"} - {*b"<+~"})
CODINGS = (b"coding", b"charset")
Known = dict[tuple[str, tuple[str, ...]], set[Key]]  # the keys of a table, by it and its fields
# Frictionless's candidates, in its order, without those that accept no text of a known form.
CANDIDATES = ("date", "integer", "number", "boolean", "year", "string")
TYPE_CONFIDENCE = 0.9
INTEGER = re.compile(r"-?[0-9]{1,18}\Z")
DECIMAL = re.compile(r"-?[0-9]{1,18}\.[0-9]{1,18}\Z")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
# Words that begin like a NaN, an infinity or a duration may be values of other types.
UNSURE = re.compile(r"(?i)(?:s?nan|inf|p[0-9tw+-]|t[0-9])")


@dataclass(frozen=True)
class ForeignKey:
    """Hold a foreign key: its fields, the table that they refer to, and the fields in that."""

    fields: tuple[str, ...]
    table: str
    target: tuple[str, ...]


@dataclass(frozen=True)
class PlainTable:
    """Hold a table to read. What is None is not declared.

    ``place`` is the path in the report, ``file`` the one that is opened. ``fields`` are None if
    their types are inferred. ``dialect`` has keys of ``csv.Dialect``.
    """

    name: str
    place: str
    file: str
    is_tsv: bool
    is_utf8: bool = False
    dialect: Mapping[str, str | bool] | None = None
    fields: Sequence[PlainField] | None = None
    primary: Sequence[str] = ()
    unique: Sequence[Sequence[str]] = ()
    foreign: Sequence[ForeignKey] = ()
    digest: str = ""
    size: int = 0


@dataclass(frozen=True)
class Reference:
    """Hold the distinct keys of a table that must be in another one."""

    values: set[Key]
    table: str
    fields: tuple[str, ...]


def prove_data_file(target: Path, shown: str, settings: Settings) -> Report | None:
    """Return the report on a data file that is proved; None if Frictionless must read it."""
    return prove_tables(shown, lambda: _read_data_file(shown, target), settings)


def prove_tables(
    shown: str, read: Callable[[], Sequence[PlainTable]], settings: Settings
) -> Report | None:
    """Return the report on tables that are proved; None if Frictionless must read them.

    ``read`` returns the tables of the source, or raises NotProved. Of ``settings`` two matter:
    ``hashed``, whether a large table gets hashes that nobody declares, and ``limit_errors``, the
    number of errors with which the report is Frictionless's.
    """
    begun = time.perf_counter()
    try:
        tables = read()
        tasks, proved = _prove(tables, settings)
    except (NotProved, Exception):  # of any kind: Frictionless reads all, and says what it is
        return None
    except BaseException:  # as Ctrl-C
        file_hashes.end_unused()
        raise
    bad = tuple(table for table in proved if table.errors)
    errors = sum(len(table.errors) for table in bad)
    stats = {"tasks": len(tasks), "errors": errors, "warnings": 0, "seconds": _seconds(begun)}
    report = {"valid": not errors, "stats": stats, "warnings": [], "errors": [], "tasks": tasks}
    return Report(shown, report, tables=bad, read=frozenset(table.name for table in tables))


def _read_data_file(shown: str, target: Path) -> list[PlainTable]:
    """Return the table that a data file is."""
    stem = target.name.rpartition(".")[0]
    if not re.fullmatch(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*", stem):  # others are written differently
        raise NotProved(shown)
    is_outside = os.path.isabs(shown) or ".." in target.parts or shown.startswith(("~", "$"))
    place = target.name if is_outside else shown
    return [PlainTable(stem, place, str(target), is_tsv_file(shown))]


def is_tsv_file(path: str) -> bool:
    """Return whether a path is that of a TSV file; raise NotProved for neither CSV nor TSV."""
    plain = all(letter.isalnum() or letter in "._-/ " for letter in path)
    if not plain or not path.endswith((".csv", ".tsv")):
        raise NotProved(path)
    return path.endswith(".tsv")


def _seconds(begun: float) -> float:
    return round(time.perf_counter() - begun, 3)


def _prove(
    tables: Sequence[PlainTable], settings: Settings
) -> tuple[list[dict[str, object]], list[ProvedTable]]:
    """Return the tasks of the report, and the large table; raise NotProved.

    One table may be large. It is the last that is read, and alone may have errors.
    """
    wanted: dict[str, set[tuple[str, ...]]] = {}
    for table in tables:
        for key in table.foreign:
            wanted.setdefault(key.table or table.name, set()).add(key.target)
    if not wanted.keys() <= {table.name for table in tables}:
        raise NotProved("a foreign key to no table")
    known: Known = {}
    references: list[Reference] = []
    tasks: list[dict[str, object]] = []
    size = 0
    large: tuple[int, PlainTable] | None = None
    for table in tables:
        begun = time.perf_counter()
        if not is_small_file(table.file):
            if large or table.name in wanted:
                raise NotProved(table.file)
            large = len(tasks), table
            _start_hashes(table, settings.hashed)
            continue
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
        if size > (BESIDE_LARGE if large else MOST_BYTES):
            raise NotProved("large tables")
    for reference in references:
        keys = known[reference.table, reference.fields]
        if not all(has_partner(value, keys) for value in reference.values):
            raise NotProved(reference.table)
    if not large:
        return tasks, []
    place, table = large
    task, proved = _prove_large(table, known, settings)
    return [*tasks[:place], task, *tasks[place:]], [proved]


def _start_hashes(table: PlainTable, hashed: bool) -> None:
    """Start the hashes of a large table, if they are wanted: they take as long as the scan."""
    if not os.path.isfile(table.file) or table.size not in (0, os.path.getsize(table.file)):
        raise NotProved(table.file)
    if hashed or table.digest:
        file_hashes.begin_hashes(table.file)


def _prove_large(
    table: PlainTable, known: Known, settings: Settings
) -> tuple[dict[str, object], ProvedTable]:
    """Prove a large table. Return its task of the report, and the proof."""
    begun = time.perf_counter()
    with open(table.file, "rb") as stream:
        data = stream.read(HEAD)
        whole = not stream.read(1)
    file, records = _read(table, data if whole else data[: data.rfind(b"\n") + 1], SAMPLE + 2)
    if len(records) < SAMPLE + 2 and not whole:
        raise NotProved(table.file)
    fields, task = _begin_task(table, records)
    from xinjiang_record.validate.proof import large_tables  # deferred: start-up

    hashed = settings.hashed or bool(table.digest)
    proved = large_tables.prove(
        table, file, fields, known, hashed=hashed, limit_errors=settings.limit_errors
    )
    errors = proved.errors
    stats = {"errors": len(errors), "warnings": 0, "seconds": _seconds(begun), **proved.count}
    return {**task, "valid": not errors, "stats": stats, "warnings": [], "errors": errors}, proved


def _open(table: PlainTable) -> tuple[SmallRows, dict[str, object], dict[str, object]]:
    """Return the rows of a table, the begin of its task, and what is counted of its file."""
    with open(table.file, "rb") as stream:
        data = stream.read()
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    sha256 = hashlib.sha256(data).hexdigest()
    if table.digest not in ("", md5, f"sha256:{sha256}") or table.size not in (0, len(data)):
        raise NotProved(table.digest)
    file, records = _read(table, data)
    fields, task = _begin_task(table, records)
    count: dict[str, object] = {"md5": md5, "sha256": sha256, "bytes": len(data)}
    count["fields"] = len(fields)
    if len(records) > 1:
        count["rows"] = len(records) - 1
    return _rows(table, file, fields, records[1:]), task, count


def _read(table: PlainTable, data: bytes, most: int | None = None) -> tuple[SmallFile, list[Cells]]:
    """Return a file, or its begin, and its (first) records."""
    if not data or 0 in data:  # empty, or perhaps UTF-16
        raise NotProved(table.file)
    file = SmallFile(data, _encoding(table, data), csv.excel(), translated=table.is_tsv)
    file.dialect = _dialect(table, file)
    return file, list(itertools.islice(file.records(), most))


def _begin_task(
    table: PlainTable, records: Sequence[Cells]
) -> tuple[Sequence[PlainField], dict[str, object]]:
    """Return the fields of a table, and the begin of its task."""
    sample = records[:SAMPLE]
    labels = [cell.strip() for cell in records[0]]
    if not all(labels) or any(len(cells) != len(labels) for cells in sample):
        raise NotProved(labels)
    fields = _infer_fields(labels, sample[1:]) if table.fields is None else table.fields
    if [field.name for field in fields] != labels:
        raise NotProved(labels)
    task: dict[str, object] = {
        "name": table.name,
        "type": "table",
        "valid": True,
        "place": table.place,
        "labels": labels,
    }
    return fields, task


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


def _infer_fields(labels: Sequence[str], fragment: Sequence[Sequence[str]]) -> list[PlainField]:
    """Return the fields of a table; ``fragment`` are its rows among the first 100.

    Raises:
        NotProved: Labels are empty or repeated, or a text has no known form.
    """
    if not labels or not all(labels) or len(set(labels)) != len(labels) or not fragment:
        raise NotProved("labels")
    return [
        PlainField(name, _infer_type([cells[place] for cells in fragment]))
        for place, name in enumerate(labels)
    ]


def _infer_type(texts: Sequence[str]) -> str:
    """Return the type of a column: the first that nine tenths of the texts are values of."""
    most = len(texts)
    threshold = most * (TYPE_CONFIDENCE - 1)
    scores = dict.fromkeys(CANDIDATES, 0)
    for text in texts:
        accepted = _accepted_by(text) if text else ()
        if not text:
            most -= 1
        for kind in CANDIDATES:
            if scores[kind] < threshold:
                continue
            if text:
                scores[kind] += 1 if kind in accepted else -1
            if most > 0 and scores[kind] >= most * TYPE_CONFIDENCE:
                return kind
    return "any"


def _accepted_by(text: str) -> tuple[str, ...]:
    """Return the candidates that accept a text."""
    if INTEGER.match(text):
        found = ["integer", "number", "string"]
        if text in ("0", "1"):
            found.append("boolean")
        if len(text) == 4 and text[0] != "-":
            found.append("year")
        return tuple(found)
    if DECIMAL.match(text):
        return ("number", "string")
    if DATE.match(text):
        try:
            date.fromisoformat(text)
        except ValueError:
            raise NotProved(text) from None
        return ("date", "string")
    if text in (*TRUE, *FALSE):
        return ("boolean", "string")
    if text[0].isalpha() and not UNSURE.match(text):
        return ("string",)
    raise NotProved(text)
