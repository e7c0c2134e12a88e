"""The rows of a release: CSV and Parquet hold the same, both have the released hash, keys hold, every reference has its target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record.errors import ReleaseError, VerifyError
from xinjiang_record.release.canonical import strictly_rising, table_hash
from xinjiang_record.release.rows import csv_batches, parquet_batches, parquet_problems

Schemas = Mapping[str, Mapping[str, Any]]


def verify_rows(folder: Path, schemas: Schemas, hashes: Mapping[str, str], counts: Mapping[str, int]) -> Iterator[str]:
    """Every problem in the tables of the release at ``folder``; ``hashes`` and ``counts`` by table, as released."""
    readable = []
    with ThreadPoolExecutor(2) as pool:
        for name, schema in schemas.items():
            csv, parquet = folder / f"data/{name}.csv", folder / f"data/{name}.parquet"
            found = list(parquet_problems(parquet, schema))
            yield from found
            if found:
                continue
            readable.append(name)
            jobs = [
                pool.submit(_parquet, parquet, schema, hashes[name], counts.get(name)),
                pool.submit(_csv, csv, parquet, schema),
            ]
            for job in jobs:
                yield from job.result()
    for name in readable:
        yield from _references(folder, name, {key: schemas[key] for key in readable})


def _csv(path: Path, parquet: Path, schema: Mapping[str, Any]) -> list[str]:
    """The CSV, parsed by its schema, holds the rows of the Parquet file, value by value. (That its bytes are the canonical ones, and
    the released ones, its hash shows.)"""
    try:
        others = _Sliced(parquet_batches(parquet, schema))
        start = 0
        for batch in csv_batches(path, schema):
            if not pa.Table.from_batches([batch]).equals(others.take(batch.num_rows)):
                return [f"{path}: rows {start + 1} to {start + batch.num_rows} are not those of {parquet.name}."]
            start += batch.num_rows
        if others.take(1).num_rows:
            return [f"{path}: has fewer rows than {parquet.name}."]
    except (VerifyError, OSError) as error:
        return [str(error)]
    return []


class _Sliced:
    """Batches as a stream of rows, taken in any number."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._batches, self._waiting = batches, pa.table({})

    def take(self, rows: int) -> pa.Table:
        """The next rows, fewer at the end."""
        while self._waiting.num_rows < rows and (batch := next(self._batches, None)) is not None:
            more = pa.Table.from_batches([batch])
            self._waiting = pa.concat_tables([self._waiting, more]) if self._waiting.num_rows else more
        taken, self._waiting = self._waiting.slice(0, rows), self._waiting.slice(rows)
        return taken


def _parquet(path: Path, schema: Mapping[str, Any], expected: str, count: int | None) -> list[str]:
    watch = _Watch(str(path), schema)
    try:
        found = table_hash(watch(parquet_batches(path, schema)), schema)
    except (pa.ArrowInvalid, OSError, ReleaseError) as error:
        return [f"{path}: cannot be read ({error})."]
    problems = (
        [] if found == expected else [f"{path}: its rows have the hash {found}: not the released one, nor the CSV's."]
    )
    if count != watch.rows:
        problems.append(f"{path}: has {watch.rows} rows, and {count} were released.")
    return problems + watch.problems


class _Watch:
    """Looks at batches as they go by: keys rise over batch ends too, required fields are filled."""

    def __init__(self, shown: str, schema: Mapping[str, Any]) -> None:
        self.rows, self.problems = 0, []
        self._shown, self._key, self._last = shown, list(schema["primaryKey"]), None
        required = [item["name"] for item in schema["fields"] if item.get("constraints", {}).get("required")]
        self._filled = {*self._key, *required}

    problems: list[str]
    _last: pa.Table | None

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            self.rows += batch.num_rows
            table = pa.Table.from_batches([batch])
            self._check(table)
            self._last = table.select(self._key).slice(max(0, batch.num_rows - 1))
            yield batch

    def _check(self, table: pa.Table) -> None:
        for name in sorted(self._filled):
            if table[name].null_count:
                self.problems.append(f"{self._shown}: {name} is empty in a row, and must not be.")
        keys = table.select(self._key)
        if not strictly_rising(pa.concat_tables([self._last, keys]) if self._last else keys, self._key):
            self.problems.append(
                f"{self._shown}: the primary key does not rise from row to row: a record stands twice or out of order."
            )


def _references(folder: Path, name: str, schemas: Schemas) -> Iterator[str]:
    for reference in schemas[name].get("foreignKeys", ()):
        target = reference["reference"].get("resource") or name
        if target not in schemas:
            yield f"{folder}: {name} refers to {target}, which is not there."
            continue
        there = _tuples(folder, target, schemas, _list(reference["reference"]["fields"]))
        for missing in sorted(_tuples(folder, name, schemas, _list(reference["fields"])) - there):
            yield f"{folder / f'data/{name}.csv'}: refers to {', '.join(missing)}, which is not in {target}."


def _list(names: str | Sequence[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def _tuples(folder: Path, name: str, schemas: Schemas, fields: list[str]) -> set[tuple[str, ...]]:
    """The different filled values of some fields: the key set, and all that memory must hold."""
    found: set[tuple[str, ...]] = set()
    for batch in parquet_batches(folder / f"data/{name}.parquet", schemas[name], fields):
        table = pa.Table.from_batches([batch])
        for field in fields:
            table = table.filter(pc.is_valid(table[field]))
        distinct = table.group_by(fields).aggregate([])
        found.update(zip(*([str(value) for value in distinct[field].to_pylist()] for field in fields), strict=True))
    return found
