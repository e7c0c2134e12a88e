"""Parquet files whose page headers, footers or statistics lie, for ``validate`` and ``verify``.

A lie must be refused, or change no row that a reader gets: with all rows, and with those of one
value, for which a reader skips the row groups whose statistics exclude it.
"""

from __future__ import annotations

import contextlib
import io
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

import xinjiang_record as xr
from tests.faults import publisher
from tests.hostile.case import Case, Ended
from tests.hostile.parquet_parts import (
    BINARY,
    COLUMNS,
    COMPRESSED,
    DATA_OFFSET,
    DICTIONARY_OFFSET,
    GROUP_ROWS,
    I64,
    NUM_ROWS,
    ROW_GROUPS,
    STATISTICS,
    UNCOMPRESSED,
    VALUES,
    Struct,
    change,
    columns_of,
)
from tests.release.forger import Forger
from xinjiang_record.release import publish
from xinjiang_record.release.integrity.verify import verify

Header = Callable[[Struct, bytes], bytes]
Footer = Callable[[Struct], object]
ROWS = 60
FEW = pa.table({"id": [f"k{n % 7}" for n in range(ROWS)], "n": list(range(ROWS))})
BASES: dict[str, dict[str, object]] = {
    "dictionaries": {"compression": "zstd"},
    "plain": {"compression": "none", "use_dictionary": False},
    "two groups": {"compression": "snappy", "row_group_size": 31},
    "pages of version 2": {"compression": "zstd", "data_page_version": "2.0"},
}
CODEC, TYPE, DATA_V1, DICTIONARY, DATA_V2 = 4, 1, 5, 7, 8


class Lie(NamedTuple):
    """What is changed, and whether a file with it may be accepted with all its rows."""

    header: Callable[[], Header]
    footer: Footer
    is_harmless: bool = False


def _as_it_is() -> Header:
    return lambda fields, page: page


def _in_pages(edit: Callable[[Struct], object], first: bool = False, kind: int = 0) -> Lie:
    def make() -> Header:
        seen = []

        def header(fields: Struct, page: bytes) -> bytes:
            if (fields[TYPE][1] == 2) == bool(kind) and not (first and seen):
                seen.append(page)
                edit(fields)
            return page

        return header

    return Lie(make, lambda meta: None)


def _put(field: int, number: int) -> Callable[[Struct], object]:
    return lambda fields: fields.__setitem__(field, [fields.get(field, [I64])[0], number])


def _in_data(field: int, second: int, number: int) -> Callable[[Struct], object]:
    """Change a field of a data page's header, which has another place in version 2."""
    return lambda fields: (
        _put(field, number)(fields[DATA_V1][1])
        if DATA_V1 in fields
        else _put(second, number)(fields[DATA_V2][1])
    )


def _in_columns(edit: Callable[[Struct], object]) -> Lie:
    return Lie(_as_it_is, lambda meta: [edit(column) for column in columns_of(meta)])


def _rows(number: int, file: bool, groups: bool, columns: bool) -> Lie:
    def footer(meta: Struct) -> None:
        found = meta[ROW_GROUPS][1][1]
        if file:
            meta[NUM_ROWS][1] = number * (len(found) if groups else 1)
        for group in found if groups else ():
            group[GROUP_ROWS][1] = number
        for column in columns_of(meta) if columns else ():
            column[VALUES][1] = number

    # A footer that agrees with itself says how many rows there are: no reader sees what is behind.
    return Lie(_as_it_is, footer, file and groups and columns and number >= 0)


def _statistics(least: bytes | None, most: bytes | None, nulls: int | None = None) -> Lie:
    def edit(column: Struct) -> None:
        told = column[STATISTICS][1]
        told.pop(1, None)
        told.pop(2, None)
        for field, value in ((6, least), (5, most)):
            if value is not None:
                told[field] = [BINARY, value]
        if nulls is not None:
            told[3] = [I64, nulls]

    return _in_columns(edit)


def lies() -> Iterator[tuple[str, Lie]]:
    """Yield all lies by name."""
    for number in (0, 1, 59, 61, 2**31 - 1, -1):
        for first in (False, True):
            where = "the first page" if first else "each page"
            yield f"{where} holds {number}", _in_pages(_in_data(1, 1, number), first)
            yield f"{where} becomes {number} bytes", _in_pages(_put(2, number), first)
            yield f"{where} has {number} bytes", _in_pages(_put(3, number), first)
        for field, name in ((VALUES, "holds"), (UNCOMPRESSED, "becomes"), (COMPRESSED, "has"),
                            (DATA_OFFSET, "begins at"),
                            (DICTIONARY_OFFSET, "has its dictionary at")):  # fmt: skip
            yield f"a column {name} {number}", _in_columns(_put(field, number))
        for file, groups, columns in ((1, 0, 0), (0, 1, 0), (1, 1, 0), (0, 1, 1), (1, 1, 1)):
            words = [word for word, told in (("file", file), ("groups", groups),
                                             ("columns", columns)) if told]  # fmt: skip
            lie = _rows(number, bool(file), bool(groups), bool(columns))
            yield f"{', '.join(words)}: {number} rows", lie
        dictionary = partial(_in_pages, kind=1)
        yield (
            f"a dictionary of {number}",
            dictionary(lambda fields, number=number: _put(1, number)(fields[DICTIONARY][1])),
        )
        yield f"a dictionary that becomes {number} bytes", dictionary(_put(2, number))
        yield f"a dictionary of {number} bytes", dictionary(_put(3, number))
    for number in range(12):
        yield f"encoding {number}", _in_pages(_in_data(2, 4, number))
        yield f"codec {number}", _in_columns(_put(CODEC, number))
        yield f"page type {number}", _in_pages(_put(TYPE, number))
    eight = b"\0" * 7
    yield "statistics: too small", _statistics(eight + b"\0", eight + b"\1")
    yield "statistics: too large", _statistics(b"\x7f" * 8, b"\x7f" * 8)
    yield "statistics: short", _statistics(b"\0", b"\1")
    yield "statistics: 1 MB", _statistics(b"\0" * 10**6, b"\1" * 10**6)
    yield "statistics: nothing", _statistics(b"", b"")
    yield "statistics: no UTF-8", _statistics(b"\xff" * 8, b"\xfe" * 8)
    yield "statistics: 60 nulls", _statistics(None, None, ROWS)
    yield "statistics: -1 nulls", _statistics(None, None, -1)
    yield (
        "statistics: one value",
        _in_columns(
            lambda column: column[STATISTICS][1].update({5: column[STATISTICS][1].get(6, [8, b""])})
        ),
    )
    yield (
        "a group twice",
        Lie(_as_it_is, lambda meta: meta[ROW_GROUPS][1][1].append(meta[ROW_GROUPS][1][1][0])),
    )
    yield "no groups", Lie(_as_it_is, lambda meta: meta[ROW_GROUPS][1][1].clear())
    yield (
        "a column less",
        Lie(_as_it_is, lambda meta: meta[ROW_GROUPS][1][1][0][COLUMNS][1][1].pop()),
    )
    yield (
        "columns in another order",
        Lie(_as_it_is, lambda meta: meta[ROW_GROUPS][1][1][0][COLUMNS][1][1].reverse()),
    )


def lying(table: pa.Table, lie: Lie, options: dict[str, object]) -> bytes:
    """Return a file of a table with a lie in it."""
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return change(out.getvalue(), lie.header(), lie.footer)


class Given(NamedTuple):
    published: Path
    table: pa.Table


@contextlib.contextmanager
def prepared(top: Path) -> Iterator[Given]:
    """Publish the made-up package of the fault tests once."""
    publish(publisher.candidate(0), top / "published")
    yield Given(top / "published", Forger(top / "published").table("things"))


def _write(lie: Lie, options: dict[str, object], folder: Path) -> None:
    (folder / "a.parquet").write_bytes(lying(FEW, lie, options))


def _all_rows(lie: Lie, folder: Path, ended: Ended) -> str:
    told = f"{ROWS} rows" in ended.said or lie.is_harmless
    return "" if ended.code or told else "accepted with other rows"


def forge(published: Path, lie: Lie, options: dict[str, object], folder: Path) -> None:
    """Put a lie into the Parquet file of a release, and make all sums agree."""
    shutil.copytree(published, folder / "published", symlinks=True)
    (folder / "into").mkdir()
    forger = Forger(folder / "published")
    path = forger.folder / "data/things.parquet"
    path.write_bytes(lying(forger.table("things"), lie, {**options, "store_schema": False}))
    count = forger.table_rows
    forger.table_rows = (  # type: ignore[method-assign]
        lambda item: 20 if item["name"] == "things" else count(item)
    )
    forger.seal()


def use(real: pa.Table) -> int:
    """Verify a release; where nothing is found, read it in every way."""
    published = Path("published")
    problems = verify(published)
    print(*problems, sep="\n")
    if problems:
        return 1
    assert xr.load("made-up", "things", base=published, as_="arrow").equals(real), "other rows"
    path = published / "made-up/1.0.0/data/things.parquet"
    for name in real.column_names:
        for value in real[name].unique().drop_null().to_pylist():
            found = pq.read_table(path, filters=[(name, "=", value)])
            assert found.num_rows == real[name].to_pylist().count(value), (name, value)
    return 0


def cases(given: Given) -> Iterator[Case]:
    """Yield every lie in every kind of file for ``validate``, and in a release."""
    for base, options in BASES.items():
        for name, lie in lies():
            harmless = "answered"
            yield Case(f"validate: {name}, {base}", ("validate", "a.parquet", "--no-progress"),
                       harmless, partial(_write, lie, options),
                       check=partial(_all_rows, lie))  # fmt: skip
    released = {"as it is": publisher_options(), "plain": BASES["plain"]}
    for base, options in released.items():
        for name, lie in lies():
            make = partial(forge, given.published, lie, options)
            yield Case(f"verify: {name}, {base}", (), "answered", make,
                       call=partial(use, given.table))  # fmt: skip
    for name, lie in list(lies())[::9]:
        make = partial(forge, given.published, lie, publisher_options())
        get = ("get", "made-up", "into", "--from", "published")
        yield Case(f"get: {name}", get, "answered", make)
        yield Case(f"command: {name}", ("verify", "--path", "published"), "answered", make)


def publisher_options() -> dict[str, object]:
    """Return how releases are written."""
    from xinjiang_record.release.tables.write import PARQUET

    return dict(PARQUET)
