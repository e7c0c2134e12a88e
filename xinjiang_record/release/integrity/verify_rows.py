"""Check the rows of a release: CSV equals Parquet, hashes, keys and references."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record.errors import ReadError
from xinjiang_record.release.integrity.parquet_statistics import StatisticsWatch
from xinjiang_record.release.tables.csv_text import encode_batches, encode_header, hash_table
from xinjiang_record.release.tables.file_layout import pair_paths, parquet_paths, table_paths
from xinjiang_record.release.tables.read import find_parquet_problems, read_parquet_batches
from xinjiang_record.release.tables.row_order import is_strictly_rising

Resources = Sequence[Mapping[str, Any]]  # of a datapackage.json
Batches = Iterator[pa.RecordBatch]
Pairs = list[tuple[Path, Path]]  # the CSV and Parquet files of a table, in order


def verify_rows(
    folder: Path,
    resources: Resources,
    counts: Mapping[str, int],
    hash_of: Callable[[Path], str],
) -> Iterator[str]:
    """Yield every problem in the tables of a release.

    Args:
        folder: The release's folder.
        resources: What its datapackage.json says of the tables.
        counts: Rows by table, as released.
        hash_of: Returns the SHA-256 of a file's bytes, which the caller has read.
    """
    readable = {}
    for resource in resources:
        name, pairs = resource["name"], pair_paths(folder, resource)
        found = [
            problem
            for _, parquet in pairs
            for problem in find_parquet_problems(parquet, resource["schema"])
        ]
        yield from found
        if not found:
            try:
                yield from _table(
                    pairs,
                    resource["schema"],
                    resource["hash"].removeprefix("sha256:"),
                    counts.get(name),
                    hash_of,
                )
                readable[name] = resource
            except (pa.ArrowException, OSError, ReadError) as error:
                yield (
                    f"{folder / table_paths(name)[1]}: cannot be read, or "
                    f"{table_paths(name)[0]} cannot ({error})."
                )
    for name, resource in readable.items():
        yield from _unique_keys(folder, resource)
        yield from _references(folder, name, readable)


def _table(
    pairs: Pairs,
    schema: Mapping[str, Any],
    expected: str,
    count: int | None,
    hash_of: Callable[[Path], str],
) -> Iterator[str]:
    """Check that Parquet and CSV files hold the same rows, with the released hash.

    The text of a table in one piece is not hashed where it is the CSV file: its hash is known.
    """
    parquets = [parquet for _, parquet in pairs]
    is_whole = len(pairs) == 1
    shown = str(parquets[0] if is_whole else parquets[0].parent)
    watch, first = _Watch(shown, schema), encode_header(schema)
    digest, is_equal = hashlib.sha256(first), True
    for csv, parquet in pairs:
        compared = _Compared(csv)
        with compared:
            compared.next(memoryview(first))
            statistics = StatisticsWatch(str(parquet))
            rows = statistics(read_parquet_batches([parquet], schema, coded=True))
            for text in encode_batches(watch(rows)):
                if not is_whole:
                    digest.update(text)
                compared.next(text)
            compared.end()
        watch.problems += statistics.problems
        if compared.differs_at is not None:
            is_equal = False
            yield (
                f"{csv}: holds other rows than {parquet.name}, or not in canonical form, from "
                f"byte {compared.differs_at} on."
            )
    if not is_whole:
        found = digest.hexdigest()
    elif is_equal:
        found = hash_of(pairs[0][0])
    else:
        found = hash_table(read_parquet_batches(parquets, schema), schema)
    if found != expected:
        yield f"{shown}: its rows have the hash {found}: not the released one."
    if count != watch.rows:
        yield f"{shown}: has {watch.rows} rows, and {count} were released."
    yield from watch.problems


def have_same_rows(ours: Batches, theirs: Batches) -> bool:
    """Return whether two runs of batches are equal; the row groups of both have the same size."""
    return all(
        one is not None and two is not None and one.equals(two)
        for one, two in itertools.zip_longest(ours, theirs)
    )


class _Compared:
    """Compare a file with the bytes that it should hold."""

    def __init__(self, path: Path) -> None:
        self._path, self._at = path, 0
        self.differs_at: int | None = None

    def __enter__(self) -> None:
        self._stream = self._path.open("rb")

    def __exit__(self, *rest: object) -> None:
        self._stream.close()

    def next(self, expected: memoryview) -> None:
        """Compare the next bytes; after the first difference nothing is read any more."""
        if self.differs_at is not None:
            return
        found = pa.py_buffer(self._stream.read(expected.nbytes))
        if not found.equals(pa.py_buffer(expected)):  # memoryviews are compared byte by byte
            self.differs_at = self._at
        self._at += expected.nbytes

    def end(self) -> None:
        """Check that the file holds no more."""
        if self.differs_at is None and self._stream.read(1):
            self.differs_at = self._at


class _Watch:
    """Looks at batches as they go by: keys rise over batch ends too, required fields are filled."""

    def __init__(self, shown: str, schema: Mapping[str, Any]) -> None:
        self.rows, self.problems = 0, []
        self._shown, self._key, self._last = shown, list(schema["primaryKey"]), None
        required = [
            item["name"] for item in schema["fields"] if item.get("constraints", {}).get("required")
        ]
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
        if not is_strictly_rising(
            pa.concat_tables([self._last, keys]) if self._last else keys, self._key
        ):
            self.problems.append(
                f"{self._shown}: the primary key does not rise from row to row: a row is there "
                f"twice or out of order."
            )


def _unique_keys(folder: Path, resource: Mapping[str, Any]) -> Iterator[str]:
    """Yield each unique key that a row repeats; a key with an empty value has no equal."""
    for key in resource["schema"].get("uniqueKeys", ()):
        found, rows = _tuples(folder, resource, _list(key))
        if len(found) != rows:
            yield (
                f"{folder / table_paths(resource['name'])[0]}: expected each "
                f"{', '.join(_list(key))} once (uniqueKeys), got {rows - len(found)} again."
            )


def _references(
    folder: Path, name: str, resources: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    for reference in resources[name]["schema"].get("foreignKeys", ()):
        target = reference["reference"].get("resource") or name
        if target not in resources:
            yield f"{folder}: {name} refers to {target}, which is not there."
            continue
        there, _ = _tuples(folder, resources[target], _list(reference["reference"]["fields"]))
        here, _ = _tuples(folder, resources[name], _list(reference["fields"]))
        for missing in sorted(here - there):
            yield (
                f"{folder / table_paths(name)[0]}: refers to {', '.join(missing)}, which is "
                f"not in {target}."
            )


def _list(names: str | Sequence[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def _tuples(
    folder: Path, resource: Mapping[str, Any], fields: list[str]
) -> tuple[set[tuple[str, ...]], int]:
    """Return the distinct filled values of some fields, and how many rows have them.

    The values are all that memory must hold.
    """
    found: set[tuple[str, ...]] = set()
    rows = 0
    for batch in read_parquet_batches(parquet_paths(folder, resource), resource["schema"], fields):
        table = pa.Table.from_batches([batch])
        for field in fields:
            table = table.filter(pc.is_valid(table[field]))
        rows += table.num_rows
        distinct = table.group_by(fields).aggregate([])
        found.update(
            zip(
                *([str(value) for value in distinct[field].to_pylist()] for field in fields),
                strict=True,
            )
        )
    return found, rows
