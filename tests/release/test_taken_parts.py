"""Parts of the release before are taken over: the same bytes as without it, and never damage."""

from __future__ import annotations

import gc
import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from xinjiang_record import release
from xinjiang_record.check_tables import check_tables
from xinjiang_record.errors import VerifyError
from xinjiang_record.model import Candidate
from xinjiang_record.release.integrity.verify import verify
from xinjiang_record.release.metadata import release_info
from xinjiang_record.release.partitioned import executor, steps, taken_files
from xinjiang_record.release.tables.file_info import FileInfo

ROWS, RANGE, PART = 3_000, 700, 500  # six parts
FILE = 600  # rows of an input file


def field(name: str, kind: str, **constraints: Any) -> dict[str, Any]:
    words = {"title": name, "description": name}
    return {"name": name, "type": kind, **words, "constraints": constraints}


SCHEMAS: dict[str, dict[str, Any]] = {
    "events": {
        "fields": [
            field("place", "string", required=True),
            field("number", "integer", required=True),
            field("kind", "string", enum=["one", "two"]),
            field("on", "date"),
            field("note", "string"),
        ],
        "primaryKey": ["place", "number"],
    }
}
Row = dict[str, Any]


def made() -> list[Row]:
    """Rows whose order in the files is not that of their keys; ``file`` is not a field."""
    rows = [
        {
            "place": f"place {number * 7 % 50:02}",
            "number": number,
            "kind": ("one", "two", None)[number % 3],
            "on": None if number % 5 == 0 else number % 900,
            "note": 'as "said", there' if number % 4 == 0 else f"note {number}",
        }
        for number in range(ROWS)
    ]
    return [{**rows[at * 1_013 % ROWS], "file": at // FILE} for at in range(ROWS)]


def as_table(rows: Sequence[Row]) -> pa.Table:
    kinds = [pa.string(), pa.int64(), pa.string(), pa.int32(), pa.string()]
    names = [field["name"] for field in SCHEMAS["events"]["fields"]]
    table = pa.Table.from_pylist(list(rows), schema=pa.schema(list(zip(names, kinds, strict=True))))
    return table.set_column(3, "on", table["on"].cast(pa.date32()))


class Recorded:
    """Run steps here, and note their names."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def map(self, function: Any, *arguments: Sequence[Any]) -> Iterator[Any]:
        for call in list(zip(*(list(values) for values in arguments), strict=True)):
            self.steps.append(function.__name__)
            yield function(*call)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor, "RANGE_ROWS", RANGE)
    monkeypatch.setattr(executor, "PART_ROWS", PART)
    monkeypatch.setattr(release_info, "DOWNLOAD_ROWS", 0)


def prepare(
    rows: Sequence[Row], folder: Path, *, keep: bool = True
) -> tuple[executor.PartitionedTable, list[Any], list[str]]:
    """Prepare the rows of one version, from files."""
    shutil.rmtree(folder / "in", ignore_errors=True)
    shutil.rmtree(folder / "work", ignore_errors=True)
    for number in sorted({row["file"] for row in rows}):
        path = folder / f"in/{number:02}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(as_table([row for row in rows if row["file"] == number]), path)
    engine, inputs = Recorded(), executor.list_partitions(folder / "in")
    kept = executor.Kept(folder / "kept", folder / "published/large") if keep else None
    table, findings = executor.prepare_table(
        inputs, "events", SCHEMAS, "large", folder / "work", engine, None, kept
    )
    return table, findings, engine.steps


def publish(rows: Sequence[Row], folder: Path, *, keep: bool = True) -> list[str]:
    """Publish one version; return the names of the steps."""
    table, findings, steps = prepare(rows, folder, keep=keep)
    assert findings == []
    words = {
        "name": "large",
        "title": "Large",
        "description": "Made-up rows.",
        "resource": {},
        "keywords": ["x"],
    }
    words |= {
        "contributors": [{"title": "Somebody", "roles": ["publisher"]}],
        "licenses": [{"name": "CC0-1.0", "title": "CC0", "path": "https://example.org"}],
    }
    tables: dict[str, Any] = {"events": table}
    release.publish(
        Candidate("large", words, SCHEMAS, tables, "2026-11-23T00:00:00Z"), folder / "published"
    )
    return steps


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the first release, and what is kept of its inputs; not to be changed."""
    folder = tmp_path_factory.mktemp("first")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(executor, "RANGE_ROWS", RANGE)
        patch.setattr(executor, "PART_ROWS", PART)
        patch.setattr(release_info, "DOWNLOAD_ROWS", 0)
        publish(made(), folder)
    return folder


@pytest.fixture
def here(first: Path, tmp_path: Path) -> Path:
    """A copy of ``first``."""
    for name in ("published", "kept"):
        shutil.copytree(first / name, tmp_path / "here" / name, symlinks=True)
    return tmp_path / "here"


def tree(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def change_values(rows: list[Row]) -> list[Row]:
    """Values of all kinds, over all parts, with and without quotes, filled and emptied."""
    for number in range(0, FILE, 20):
        rows[number] |= {"note": ("", 'a, "b"', "plain")[number % 3] or None, "kind": "two"}
    return rows


def change_nothing(rows: list[Row]) -> list[Row]:
    """A row is at another place in its file, which so has other bytes."""
    return [*rows[1:FILE], rows[0], *rows[FILE:]]


def add_at_end(rows: list[Row]) -> list[Row]:
    """A file more, whose keys follow all others."""
    return rows + [
        row | {"place": "zz", "number": row["number"] + ROWS, "file": 90} for row in rows[:700]
    ]


def add_and_remove(rows: list[Row]) -> list[Row]:
    """Rows are new and gone in the middle of some parts, and a value has changed before that."""
    kept = [row for row in rows if row["file"] > 1 or row["place"] != "place 30"]
    early = next(row for row in kept if row["place"] == "place 01" and row["file"] == 1)
    early["note"] = "another"
    return [*kept, {**kept[5], "number": 9_999, "place": "place 35"}]


def remove_file(rows: list[Row]) -> list[Row]:
    """A file is gone, so rows are missing in all parts."""
    return [row for row in rows if row["file"] != 2]


CHANGES: dict[Callable[[list[Row]], list[Row]], set[str]] = {
    change_values: {"write_taken"},
    add_at_end: {"write_taken", "write_part", "diff_taken", "diff_part"},
    add_and_remove: {"write_taken", "write_part", "spread_part"},
    remove_file: {"match_part", "write_part"},
}


@pytest.mark.medium
@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__)
def test_the_bytes_are_those_without_the_release_before(
    here: Path, first: Path, tmp_path: Path, change: Callable[[list[Row]], list[Row]]
) -> None:
    shutil.copytree(first / "published", tmp_path / "plain/published", symlinks=True)
    steps = publish(change(made()), here)
    publish(change(made()), tmp_path / "plain", keep=False)
    ours, plain = tree(here / "published"), tree(tmp_path / "plain/published")
    assert [path for path in plain if ours.get(path) != plain[path]] == []
    assert ours.keys() == plain.keys()
    assert CHANGES[change] <= set(steps)
    if change is change_values:
        assert "write_part" not in steps and "diff_part" not in steps
        # What was kept of the second version serves the third, and the fourth ends earlier.
        for rows in (add_at_end(change_values(made())), made()):
            assert "write_taken" in publish(rows, here)
            publish(rows, tmp_path / "plain", keep=False)
        assert tree(here / "published") == tree(tmp_path / "plain/published")
        assert verify(here / "published") == []


def test_the_bytes_are_the_same_with_a_key_of_one_field(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SCHEMAS, "events", {**SCHEMAS["events"], "primaryKey": ["number"]})
    rows = [row for row in made() if row["file"] or not 1_000 < row["number"] < 1_500]
    rows.append({**rows[7], "number": ROWS, "file": 3})
    rows.append({**rows[8], "number": -1, "file": 3})
    for folder in (tmp_path / "ours", tmp_path / "plain"):
        publish(made(), folder, keep=folder.name == "ours")
    assert "match_part" in publish(rows, tmp_path / "ours")
    publish(rows, tmp_path / "plain", keep=False)
    assert tree(tmp_path / "ours/published") == tree(tmp_path / "plain/published")


def test_other_files_with_the_same_rows_change_nothing(here: Path) -> None:
    before = tree(here / "published")
    steps = publish(change_nothing(made()), here)
    assert "match_part" in steps and tree(here / "published") == before


def test_a_new_row_with_the_key_of_an_old_one_is_a_finding(here: Path, tmp_path: Path) -> None:
    rows = made()
    rows.append({**rows[2_900], "note": "twice", "file": 0})
    _, findings, steps = prepare(rows, here)
    _, plain, _ = prepare(rows, tmp_path / "plain", keep=False)
    assert "match_part" in steps
    assert findings == plain and len(findings) >= 1


def test_a_new_row_that_is_wrong_is_told_with_its_row_in_the_table(
    here: Path, tmp_path: Path
) -> None:
    rows = made()
    rows[10]["kind"] = "three"
    _, findings, _ = prepare(rows, here)
    _, plain, _ = prepare(rows, tmp_path / "plain", keep=False)
    assert findings == plain and len(findings) == 1


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("name", ["data/events.csv/00001.csv", "kept/events", "inputs"])
def test_damage_is_not_taken_over(here: Path, first: Path, tmp_path: Path, name: str) -> None:
    """A damaged CSV is written anew from the Parquet file; damaged notes are not used."""
    flip(
        {
            "data/events.csv/00001.csv": here / "published/large/1.0.0/data/events.csv/00001.csv",
            "kept/events": here / "kept/origins.bin",
            "inputs": here / "kept/inputs.json",
        }[name]
    )
    shutil.copytree(first / "published", tmp_path / "plain/published", symlinks=True)
    steps = publish(change_values(made()), here)
    publish(change_values(made()), tmp_path / "plain", keep=False)
    assert tree(here / "published/large/1.0.1") == tree(tmp_path / "plain/published/large/1.0.1")
    assert ("write_taken" in steps) == name.startswith("data/")


@pytest.mark.parametrize("part", [0, 3])
def test_a_damaged_parquet_file_is_refused(here: Path, part: int) -> None:
    flip(here / f"published/large/1.0.0/data/events.parquet/{part:05}.parquet")
    with pytest.raises(VerifyError, match=rf"{part:05}.parquet: its bytes are not those"):
        publish(change_values(made()), here)
    assert not (here / "published/large/1.0.1").exists()


@pytest.mark.parametrize("wrong", ["old CSV", "old Parquet", "a line", "note", "on"])
def test_a_part_that_is_written_wrongly_is_refused(
    here: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    """A part with replaced rows is verified against the old files as strictly as any other."""
    table, *_ = prepare(change_values(made()), here)
    job, part, paths = table.job, table.taken[1], [here / "part.csv", here / "part.parquet"]
    written = taken_files.write_taken(job, part, *paths)

    def verified(function: Any, *arguments: Any) -> Any:
        hashes = (hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)
        infos = [FileInfo(path.name, 0, digest) for path, digest in zip(paths, hashes, strict=True)]
        return function(job, *arguments, here, *infos)

    assert [item.sha256 for item in written] != [part.old.csv_sha256, part.old.parquet_sha256]
    whole = verified(steps.verify_part)
    with monkeypatch.context() as patch:
        patch.delattr(steps, "verify_part")  # not all rows are read
        assert verified(taken_files.verify_taken, part) == whole
    if wrong == "old CSV":
        shutil.copy(part.old.csv, paths[0])
    elif wrong == "old Parquet":
        shutil.copy(part.old.parquet, paths[1])
    else:
        old = set(part.old.csv.read_bytes().splitlines())
        lines = paths[0].read_bytes().splitlines(keepends=True)
        row = max(number for number, line in enumerate(lines) if line.rstrip() in old)
        if wrong == "a line":
            lines[row] = lines[row].replace(b"\n", b"!\n")
            paths[0].write_bytes(b"".join(lines))
        else:
            rows = pq.read_table(paths[1])
            place = pa.array([number == row - 1 for number in range(len(rows))])
            value = {"note": "wrong", "on": date(1990, 1, 1)}[wrong]
            column = pc.replace_with_mask(rows[wrong], place, pa.scalar(value))
            rows = rows.set_column(rows.column_names.index(wrong), wrong, column)
            paths[1].unlink()
            steps.write_rows(job, rows.combine_chunks(), here / "other.csv", paths[1])
    assert verified(taken_files.verify_taken, part)[0]


def test_a_release_of_other_rows_is_not_taken_for_the_one_before(
    here: Path, tmp_path: Path
) -> None:
    """Another machine published meanwhile: the notes of this one are of other parts."""
    other = [{**row, "note": "other"} for row in made()]
    for folder in (here, tmp_path / "plain"):
        shutil.rmtree(folder / "published", ignore_errors=True)
        publish(other, folder, keep=False)
    steps = publish(change_values(made()), here)
    publish(change_values(made()), tmp_path / "plain", keep=False)
    assert "match_part" not in steps
    assert tree(here / "published") == tree(tmp_path / "plain/published")


def test_another_check_reads_everything_again(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = [*SCHEMAS["events"]["fields"]]
    fields[4] = {**fields[4], "constraints": {"maxLength": 5}}
    monkeypatch.setitem(SCHEMAS, "events", {**SCHEMAS["events"], "fields": fields})
    _, findings, steps = prepare(made(), here)
    assert "match_part" not in steps and len(findings) > 1


def test_the_check_of_a_range_leaves_nothing_in_memory() -> None:
    """Frictionless's reference cycles hold no rows, so nobody needs to collect them."""
    rows = [*made(), {**made()[0], "kind": "three"}]
    gc.disable()
    try:
        for _ in range(2):  # the first one imports
            before = pa.total_allocated_bytes()
            assert len(check_tables({"events": as_table(rows)}, SCHEMAS, "large")) > 1
        assert pa.total_allocated_bytes() <= before
    finally:
        gc.enable()
