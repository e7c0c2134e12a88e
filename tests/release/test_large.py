"""Large tables: whatever the engine, the workers, the order and the cut of the partitions, the same bytes as from memory."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xinjiang_record import release
from xinjiang_record.errors import ReleaseError
from xinjiang_record.model import Candidate
from xinjiang_record.release import large
from xinjiang_record.release.canonical import BATCH_ROWS
from xinjiang_record.release.verify import verify
from xinjiang_record.validate.tables import check_tables

ROWS = 160_000


@pytest.fixture(scope="module")
def made() -> Iterator[ModuleType]:
    """benchmarks/large.py, for its generator and its schemas."""
    path = Path(__file__).resolve().parents[2] / "benchmarks/large.py"
    spec = importlib.util.spec_from_file_location("benchmark_large", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranges and chunks so small that there are several of each."""
    monkeypatch.setattr(large, "RANGE_ROWS", 40_000)
    monkeypatch.setattr(large, "CHUNK_ROWS", BATCH_ROWS)


def cut(table: pa.Table, folder: Path, sizes: tuple[int, ...]) -> list[Path]:
    """Partitions of some sizes, the rest in the last."""
    paths, start = [], 0
    for number, size in enumerate((*sizes, table.num_rows - sum(sizes))):
        paths.append(folder / f"part={number}" / "events.parquet")
        paths[-1].parent.mkdir(parents=True)
        pq.write_table(table.slice(start, size), paths[-1])
        start += size
    return paths


def candidate(made: ModuleType, events: Any) -> Candidate:
    tables: Mapping[str, Any] = {"statements": made.statements(), "events": events}
    return Candidate("large-events", made.DESCRIPTOR, made.SCHEMAS, tables, "2026-11-23T00:00:00Z")


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def prepared(
    made: ModuleType, inputs: list[Path], work: Path, engine: large.Engine
) -> tuple[large.LargeTable, list[Any]]:
    known = {"statements": made.statements()}
    return large.prepare(inputs, "events", made.SCHEMAS, "large-events", work, engine, known)


class Turned:
    """Runs the last call first and every call twice, as a cluster may after a worker's death."""

    def map(self, function: Any, *arguments: Any) -> list[Any]:
        calls = list(zip(*(list(values) for values in arguments), strict=True))
        for call in calls:
            function(*call)
        return [function(*call) for call in reversed(calls)][::-1]


def test_the_same_bytes_whatever_the_engine_the_cut_and_the_order(made: ModuleType, tmp_path: Path) -> None:
    table = made.partition(0, ROWS)
    whole = release.publish(candidate(made, table), tmp_path / "whole")
    expected = tree(tmp_path / "whole")
    engines = (("threads", large.Local(2)), ("turned", Turned()))
    for (name, engine), sizes in zip(engines, ((40_000, 70_000), (1, 149_000, 500)), strict=True):
        inputs = cut(table, tmp_path / name, sizes)
        events, findings = prepared(made, inputs[::-1], tmp_path / name / "work", engine)
        assert findings == [] and len(events.chunks) == 3
        result = release.publish(candidate(made, events), tmp_path / name / "published")
        assert result.content_hash == whole.content_hash
        found = tree(tmp_path / name / "published")
        assert [path for path in expected if found.get(path) != expected[path]] == []
        assert found.keys() == expected.keys()
        again = release.publish(candidate(made, events), tmp_path / name / "published")
        assert again.status == "unchanged"
    assert verify(tmp_path / "threads/published") == []


def test_findings_are_those_of_the_whole_table(made: ModuleType, tmp_path: Path) -> None:
    table = made.partition(0, ROWS).sort_by("event_id")
    rows = table.to_pylist()
    rows[5]["statement_id"] = "st-999999"  # refers to nothing
    rows[62_000]["country_iso3"] = "Xx"
    rows[120_000]["event_id"] = rows[119_999]["event_id"]  # keys that meet over partitions' ends
    rows[159_999]["event_type"] = "sang"
    broken = pa.Table.from_pylist(rows, schema=table.schema)
    mixed = broken.take(pa.array([(at * 7919) % ROWS for at in range(ROWS)]))
    expected = check_tables(
        {"events": broken}, {"events": made.SCHEMAS["events"]}, "large-events", known={"statements": made.statements()}
    )
    for name, sizes in (("a", (50_000, 50_000)), ("b", (1, 2, 100_000))):
        _, found = prepared(made, cut(mixed, tmp_path / name, sizes), tmp_path / name / "work", large.Local(2))
        assert {str(item) for item in found} == {str(item) for item in expected}
        assert len(found) == len(expected) == 4


def test_a_piece_that_was_changed_after_it_was_written_is_not_published(made: ModuleType, tmp_path: Path) -> None:
    inputs = cut(made.partition(0, ROWS), tmp_path, (90_000,))
    events, _ = prepared(made, inputs, tmp_path / "work", large.Local(1))
    path = events.chunks[1].csv
    data = bytearray(path.read_bytes())
    data[500] ^= 1
    path.write_bytes(data)
    with pytest.raises(ReleaseError, match="does not verify"):
        release.publish(candidate(made, events), tmp_path / "published")
    assert not (tmp_path / "published/large-events/1.0.0").exists()
