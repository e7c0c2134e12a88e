"""Large tables.

Whatever the engine, the workers, the order and the cut of the partitions, the same bytes as from
memory.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.release.forger import Forger
from tests.release.killed_steps import killed, killed_once
from xinjiang_record import client, release
from xinjiang_record.check_tables import check_tables
from xinjiang_record.errors import EnvironmentFault, ReleaseError
from xinjiang_record.model import Candidate
from xinjiang_record.release.changes import record_history
from xinjiang_record.release.distribution.locations import open_location
from xinjiang_record.release.distribution.release_locations import find_release
from xinjiang_record.release.integrity.verify import verify
from xinjiang_record.release.metadata import release_info
from xinjiang_record.release.partitioned import executor
from xinjiang_record.release.tables.row_order import BATCH_ROWS

ROWS, RANGE, PART = 10_000, 2_500, 4_096  # three parts, four ranges


@pytest.fixture(scope="module")
def made(without_downloads: None) -> Iterator[ModuleType]:
    """benchmarks/large.py, for its generator and its schemas."""
    path = Path(__file__).resolve().parents[2] / "benchmarks/large.py"
    spec = importlib.util.spec_from_file_location("benchmark_large", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    module.STATEMENTS = 1_250  # the benchmark's own number proves nothing more here
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module", autouse=True)
def without_downloads() -> Iterator[None]:
    """Write no spreadsheet, as for larger tables: it would take most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(release_info, "DOWNLOAD_ROWS", 0)
        yield


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranges and chunks so small that there are several of each."""
    monkeypatch.setattr(executor, "RANGE_ROWS", RANGE)
    monkeypatch.setattr(executor, "PART_ROWS", PART)


def cut(table: pa.Table, folder: Path, sizes: tuple[int, ...]) -> list[executor.Partition]:
    """Partitions of some sizes, the rest in the last."""
    start = 0
    for number, size in enumerate((*sizes, table.num_rows - sum(sizes))):
        path = folder / "in" / f"part={number}" / "events.parquet"
        path.parent.mkdir(parents=True)
        pq.write_table(table.slice(start, size), path, row_group_size=2_062)
        start += size
    return executor.list_partitions(folder / "in")


def candidate(made: ModuleType, events: Any) -> Candidate:
    tables: Mapping[str, Any] = {"statements": made.statements(), "events": events}
    return Candidate("large-events", made.DESCRIPTOR, made.SCHEMAS, tables, "2026-11-23T00:00:00Z")


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def prepared(
    made: ModuleType, inputs: list[executor.Partition], work: Path, engine: executor.Engine
) -> tuple[executor.PartitionedTable, list[Any]]:
    known = {"statements": made.statements()}
    return executor.prepare_table(
        inputs, "events", made.SCHEMAS, "large-events", work, engine, known
    )


class Turned:
    """Runs the last call first and every call twice, as a cluster may after a worker's death."""

    def map(self, function: Any, *arguments: Any) -> list[Any]:
        calls = list(zip(*(list(values) for values in arguments), strict=True))
        for call in calls:
            function(*call)
        return [function(*call) for call in reversed(calls)][::-1]


def publish_large(
    made: ModuleType, inputs: list[executor.Partition], folder: Path, engine: Any
) -> release.PublishResult:
    events, findings = prepared(made, inputs, folder / "work", engine)
    assert findings == []
    return release.publish(candidate(made, events), folder / "published")


def test_the_same_bytes_whatever_the_engine_the_cut_and_the_order(
    made: ModuleType, tmp_path: Path
) -> None:
    table = made.partition(0, ROWS)
    whole = release.publish(candidate(made, table), tmp_path / "whole")
    expected: dict[str, bytes] = {}
    engines = (("threads", executor.LocalEngine(2)), ("turned", Turned()))
    for (name, engine), sizes in zip(engines, ((2_500, 4_375), (1, 9_300, 30)), strict=True):
        inputs = cut(table, tmp_path / name, sizes)
        result = publish_large(made, inputs[::-1], tmp_path / name, engine)
        assert result.content_hash == whole.content_hash
        assert result.row_counts == whole.row_counts
        found = tree(tmp_path / name / "published")
        expected = expected or found
        assert [path for path in expected if found.get(path) != expected[path]] == []
        assert found.keys() == expected.keys()
        events, _ = prepared(made, inputs, tmp_path / name / "again", engine)
        assert (
            release.publish(candidate(made, events), tmp_path / name / "published").status
            == "unchanged"
        )
    assert verify(tmp_path / "threads/published") == []


def test_a_part_that_is_a_whole_row_group(
    made: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executor, "RANGE_ROWS", BATCH_ROWS // 2)
    monkeypatch.setattr(executor, "PART_ROWS", BATCH_ROWS)
    table = made.partition(0, BATCH_ROWS + 2_000)
    whole = release.publish(candidate(made, table), tmp_path / "whole")
    opened = find_release(open_location(tmp_path / "whole"), "large-events")
    groups = list(opened.pieces("events", by_row_group=True))  # what a comparison holds at once
    assert [len(group) for group in groups] == [BATCH_ROWS, 2_000]
    assert pa.concat_tables(groups).equals(opened.table("events"))
    result = publish_large(made, cut(table, tmp_path, (40_000,)), tmp_path, executor.LocalEngine(2))
    assert result.content_hash == whole.content_hash
    assert verify(tmp_path / "published") == []


def test_a_part_is_what_its_rows_alone_would_be(made: ModuleType, tmp_path: Path) -> None:
    table = made.partition(0, ROWS)
    result = publish_large(made, cut(table, tmp_path, (4_375,)), tmp_path, executor.LocalEngine(2))
    parts = [table.sort_by("event_id").slice(start, PART) for start in range(0, ROWS, PART)]
    for number, rows in enumerate(parts):
        alone = release.publish(candidate(made, rows), tmp_path / f"alone-{number}")
        for kind in ("csv", "parquet"):
            ours = Path(result.path) / f"data/events.{kind}/{number:05}.{kind}"
            assert ours.read_bytes() == (Path(alone.path) / f"data/events.{kind}").read_bytes()
    assert len(parts) == len(list((Path(result.path) / "data/events.csv").iterdir())) == 3


@pytest.fixture(scope="module")
def parted(made: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published release whose table ``events`` is in three parts; not to be changed."""
    folder = tmp_path_factory.mktemp("parted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(executor, "RANGE_ROWS", RANGE)
        patch.setattr(executor, "PART_ROWS", PART)
        publish_large(
            made, cut(made.partition(0, ROWS), folder, (4_375,)), folder, executor.LocalEngine(2)
        )
    return folder / "published"


def test_frictionless_takes_a_release_in_parts(
    made: ModuleType, parted: Path, tmp_path: Path
) -> None:
    import frictionless

    report = frictionless.validate(str(parted / "large-events/1.0.0/datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])[:5]
    assert {task.name: task.stats["rows"] for task in report.tasks} == {
        "statements": made.STATEMENTS,
        "events": ROWS,
    }


def test_a_table_that_has_fewer_files_of_one_kind_is_a_problem(
    parted: Path, tmp_path: Path
) -> None:
    """All sums are right, and the last Parquet file is in none of them."""
    shutil.copytree(parted, tmp_path / "published", symlinks=True)
    forger = Forger(tmp_path / "published", "large-events")
    found = forger.resource("events")
    (forger.folder / found["x-parquet"].pop()["path"]).unlink()
    forger.write_json("datapackage.json", forger.descriptor)
    forger.seal_sums()
    problems = verify(tmp_path / "published")
    assert any("events lists other files than it describes" in item for item in problems)


def test_the_readme_says_how_to_check_the_parts(parted: Path) -> None:
    release_folder = parted / "large-events/1.0.0"
    command = next(
        line.strip()
        for line in (release_folder / "README.md").read_text("utf-8").splitlines()
        if "    cd data" in line
    )
    shown = subprocess.run(
        ["bash", "-c", command], cwd=release_folder, capture_output=True, text=True, check=True
    ).stdout
    assert (
        shown.split()[0]
        == json.loads((release_folder / "provenance.json").read_text())["content_hash"]
    )
    subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=release_folder, check=True)


def test_readers_take_the_parts_as_one_table(made: ModuleType, parted: Path) -> None:
    expected = made.partition(0, ROWS).sort_by("event_id")
    frame = client.load("large-events", "events", base=parted)
    assert list(frame["event_id"]) == expected["event_id"].to_pylist()
    folder = parted / "large-events/1.0.0"
    assert pq.read_table(folder / "data/events.parquet").num_rows == ROWS
    distributions = json.loads((parted / "catalog.jsonld").read_text())["dcat:dataset"][0][
        "dcat:distribution"
    ]
    assert sum("/data/events." in item["@id"] for item in distributions) == 6


@pytest.mark.filterwarnings("ignore")
def test_croissant_names_every_part_and_the_set_of_them(parted: Path) -> None:
    """Its own library takes the description.

    It reads a set of loose files only where they lie below the description.
    """
    import mlcroissant

    path = parted / "large-events/1.0.0/metadata/croissant.json"
    assert mlcroissant.Dataset(str(path)).metadata.issues.errors == set()
    found = json.loads(path.read_text("utf-8"))
    assert (
        sum(item["@id"].startswith("data/events.parquet/") for item in found["distribution"]) == 3
    )
    fields = next(item for item in found["recordSet"] if item["name"] == "events")["field"]
    sets = {item["@id"]: item for item in found["distribution"] if item["@type"] == "cr:FileSet"}
    assert (
        {field["source"]["fileSet"]["@id"] for field in fields}
        == set(sets)
        == {"data/events.parquet"}
    )
    assert len(list(path.parent.glob(sets["data/events.parquet"]["includes"]))) == 3


def test_what_changed_since_a_version_of_other_parts_is_told_by_record(
    made: ModuleType, tmp_path: Path
) -> None:
    """The first version is one file, the second is in parts, the third in other parts.

    What differs is what the rows say.
    """
    table = made.partition(0, ROWS).sort_by("event_id")
    published = tmp_path / "published"
    release.publish(candidate(made, table), published)
    rows = table.slice(0, ROWS - 1).to_pylist()
    rows[4_375]["name_as_printed"] = "The State"
    second = pa.Table.from_pylist(rows, schema=table.schema)
    result = publish_large(made, cut(second, tmp_path, (4_375,)), tmp_path, executor.LocalEngine(2))
    assert (result.version, result.row_counts["events"]) == ("1.1.0", ROWS - 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(executor, "PART_ROWS", 2 * PART)
        again = publish_large(
            made,
            cut(table, tmp_path / "third", (4_375,)),
            tmp_path / "third",
            executor.LocalEngine(2),
        )
        events, _ = prepared(
            made,
            cut(table, tmp_path / "fourth", ()),
            tmp_path / "fourth/work",
            executor.LocalEngine(2),
        )
        third = release.publish(candidate(made, events), published)
    assert third.content_hash == again.content_hash
    assert third.version == "1.2.0"
    assert len(list((Path(third.path) / "data/events.csv").iterdir())) == 2
    told = Counter(
        change["op"]
        for change in record_history.compare_versions(
            open_location(published), "large-events", "1.0.0", "1.1.0"
        )
    )
    assert told["change"] == 1 and told["retract"] == sum(
        value is not None for value in table.slice(ROWS - 1).to_pylist()[0].values()
    )
    assert (
        list(
            record_history.compare_versions(
                open_location(published), "large-events", "1.0.0", "1.2.0"
            )
        )
        == []
    )
    assert verify(published) == []


@pytest.mark.parametrize("before", ["one file", "other parts", "one row"])
def test_changes_found_by_part_are_those_of_the_whole_table(
    made: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    """Rows added, retracted and changed, at and over the ends of parts.

    The same bytes as in one pass over both versions.
    """
    old = made.partition(0, ROWS).sort_by("event_id").slice(0, 1 if before == "one row" else ROWS)
    rows = made.partition(0, ROWS).sort_by("event_id").slice(125).to_pylist()
    for at in (0, 2_500, PART - 1, PART, 6_250, 9_750):
        rows[at] |= {"name_as_printed": 'The "State"', "note": None}
    kept = [row for at, row in enumerate(rows) if not 4_000 < at < 4_150 and at < 9_812]
    new = pa.Table.from_pylist(
        [{**rows[0], "event_id": "aa"}, *kept, {**rows[0], "event_id": "zz"}], schema=old.schema
    )
    for folder in (tmp_path / "large", tmp_path / "whole"):
        release.publish(candidate(made, old), folder / "published")
    if before == "other parts":
        shutil.rmtree(tmp_path / "large/published")
        monkeypatch.setattr(executor, "PART_ROWS", 2 * PART)
        publish_large(
            made,
            cut(old, tmp_path / "large", (4_375,)),
            tmp_path / "large",
            executor.LocalEngine(2),
        )
        monkeypatch.setattr(executor, "PART_ROWS", PART)
    events, _ = prepared(made, cut(new, tmp_path / "new", (4_375,)), tmp_path / "work", Turned())
    told = []
    for folder, table in ((tmp_path / "large", events), (tmp_path / "whole", new)):
        result = release.publish(candidate(made, table), folder / "published")
        told.append(tree(Path(result.path) / "changes"))
    assert told[0] == told[1]
    assert len(told[0]["from-1.0.0.csv"].splitlines()) > 1_250


DAMAGE = {
    "another byte in a part": (
        lambda data: data[:900] + b"x" + data[901:],
        "its bytes are not those that were released",
    ),
    "a part that lost its last row": (
        lambda data: data[: data.rindex(b"\n", 0, -1) + 1],
        "other rows",
    ),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_verify_sees_damage_in_a_part(parted: Path, tmp_path: Path, what: str) -> None:
    shutil.copytree(parted, tmp_path / "copy", symlinks=True)
    path = tmp_path / "copy/large-events/1.0.0/data/events.csv/00001.csv"
    change, expected = DAMAGE[what]
    path.write_bytes(change(path.read_bytes()))
    problems = verify(tmp_path / "copy")
    assert any("00001.csv" in problem and expected in problem for problem in problems), problems


def test_a_lost_and_a_surplus_part_are_told(parted: Path, tmp_path: Path) -> None:
    shutil.copytree(parted, tmp_path / "copy", symlinks=True)
    data = tmp_path / "copy/large-events/1.0.0/data"
    shutil.copy(data / "events.parquet/00001.parquet", data / "events.parquet/00003.parquet")
    (data / "events.csv/00002.csv").unlink()
    problems = "\n".join(verify(tmp_path / "copy"))
    assert "events.csv/00002.csv: is missing" in problems
    assert "events.parquet/00003.parquet: is not listed" in problems


def test_findings_are_those_of_the_whole_table(made: ModuleType, tmp_path: Path) -> None:
    table = made.partition(0, ROWS).sort_by("event_id")
    rows = table.to_pylist()
    rows[5]["statement_id"] = "st-999999"  # refers to nothing
    rows[3_875]["country_iso3"] = "Xx"
    rows[7_500]["event_id"] = rows[7_499]["event_id"]  # keys that meet over partitions' ends
    rows[ROWS - 1]["event_type"] = "sang"
    broken = pa.Table.from_pylist(rows, schema=table.schema)
    mixed = broken.take(pa.array([(at * 7919) % ROWS for at in range(ROWS)]))
    expected = check_tables(
        {"events": broken},
        {"events": made.SCHEMAS["events"]},
        "large-events",
        known={"statements": made.statements()},
    )
    for name, sizes in (("a", (3_125, 3_125)), ("b", (1, 2, 6_250))):
        _, found = prepared(
            made,
            cut(mixed, tmp_path / name, sizes),
            tmp_path / name / "work",
            executor.LocalEngine(2),
        )
        assert {str(item) for item in found} == {str(item) for item in expected}
        assert len(found) == len(expected) == 4


def test_a_part_that_changes_after_it_was_written_is_not_published(
    made: ModuleType, tmp_path: Path
) -> None:
    class Spoiling(Turned):
        """Changes a byte of a part between writing and reading back."""

        def map(self, function: Any, *arguments: Any) -> list[Any]:
            done = super().map(function, *arguments)
            if function.__name__ == "write_part":
                path = Path(arguments[2][1])
                data = bytearray(path.read_bytes())
                data[500] ^= 1
                path.write_bytes(data)
            return done

    inputs = cut(made.partition(0, ROWS), tmp_path, (5_625,))
    events, _ = prepared(made, inputs, tmp_path / "work", Spoiling())
    with pytest.raises(ReleaseError, match="does not verify"):
        release.publish(candidate(made, events), tmp_path / "published")
    assert not (tmp_path / "published/large-events/1.0.0").exists()


def hive(made: ModuleType, folder: Path, *, keep: bool) -> pa.Table:
    """Partitions by state, whose folders name it.

    With ``keep`` it is in the files as well. Returns all rows.
    """
    table = made.partition(0, 1_000)
    for code in sorted(set(table["country_iso3"].to_pylist())):
        rows = table.filter(pc.equal(table["country_iso3"], code))
        path = (
            folder / "in" / f"country%5Fiso3={code[0]}%{ord(code[1]):02X}{code[2]}" / "part.parquet"
        )
        path.parent.mkdir(parents=True)
        pq.write_table(rows if keep else rows.drop(["country_iso3"]), path)
    return table


@pytest.mark.parametrize("keep", [False, True])
def test_a_field_comes_from_the_name_of_the_folder(
    made: ModuleType, tmp_path: Path, keep: bool
) -> None:
    whole = release.publish(candidate(made, hive(made, tmp_path, keep=keep)), tmp_path / "whole")
    result = publish_large(
        made, executor.list_partitions(tmp_path / "in"), tmp_path, executor.LocalEngine(2)
    )
    assert result.content_hash == whole.content_hash


def test_a_folder_that_says_otherwise_than_its_rows_is_refused(
    made: ModuleType, tmp_path: Path
) -> None:
    hive(made, tmp_path, keep=True)
    folder = sorted((tmp_path / "in").iterdir())[0]
    folder.rename(folder.with_name("country_iso3=XYZ"))
    with pytest.raises(
        ReleaseError,
        match=r"country_iso3=XYZ/part.parquet: row 1 has country_iso3 'AKP': expected 'XYZ', as "
        r"its folder says",
    ):
        prepared(
            made,
            executor.list_partitions(tmp_path / "in"),
            tmp_path / "work",
            executor.LocalEngine(1),
        )


def test_a_folder_whose_value_is_of_another_type_is_refused(
    made: ModuleType, tmp_path: Path
) -> None:
    path = tmp_path / "in/event_on=yesterday/part.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(made.partition(0, 10).drop(["event_on"]), path)
    with pytest.raises(ReleaseError, match="event_on is 'yesterday': expected a date32"):
        prepared(
            made,
            executor.list_partitions(tmp_path / "in"),
            tmp_path / "work",
            executor.LocalEngine(1),
        )


def test_a_partition_without_rows_is_one(made: ModuleType, tmp_path: Path) -> None:
    table = made.partition(0, 500)
    whole = release.publish(candidate(made, table), tmp_path / "whole")
    result = publish_large(made, cut(table, tmp_path, (0, 500)), tmp_path, executor.LocalEngine(2))
    assert result.content_hash == whole.content_hash


def test_a_folder_that_says_that_the_key_has_no_value_is_a_finding(
    made: ModuleType, tmp_path: Path
) -> None:
    for folder, rows in (
        ("some", made.partition(0, 10)),
        ("event_id=__HIVE_DEFAULT_PARTITION__", None),
    ):
        path = tmp_path / "in" / folder / "part.parquet"
        path.parent.mkdir(parents=True)
        pq.write_table(rows or made.partition(1, 1).drop(["event_id"]), path)
    _, found = prepared(
        made, executor.list_partitions(tmp_path / "in"), tmp_path / "work", executor.LocalEngine(2)
    )
    assert [item.type for item in found] == ["constraint-error"]
    assert "event_id is empty, and it is part of the primary key" in found[0].message


def spoiled(table: pa.Table, path: Path) -> None:
    """A Parquet file with other bytes in the midst of its rows."""
    pq.write_table(table, path)
    data = bytearray(path.read_bytes())
    data[300:320] = bytes(20)
    path.write_bytes(data)


def no_text(rows: int) -> pa.Array:
    """Texts that are no UTF-8, which Arrow neither writes nor reads differently."""
    return pa.Array.from_buffers(
        pa.string(),
        rows,
        [None, pa.array(range(rows + 1), pa.int32()).buffers()[1], pa.py_buffer(b"\xff" * rows)],
    )


UNREADABLE = {
    "no Parquet": lambda table, path: path.write_bytes(b"PAR1 and so on"),
    "nothing": lambda table, path: path.write_bytes(b""),
    "other bytes": spoiled,
    "a key of another kind": lambda table, path: pq.write_table(
        table.set_column(0, "event_id", pa.array([["st"]] * 100)), path
    ),
    "a field of another kind": lambda table, path: pq.write_table(
        table.set_column(1, "statement_id", pa.array([["st"]] * 100)), path
    ),
    "a field twice": lambda table, path: pq.write_table(
        table.append_column("statement_id", table["statement_id"]), path
    ),
    "a key that is no UTF-8": lambda table, path: pq.write_table(
        table.set_column(0, "event_id", no_text(100)), path
    ),
    "a text that is no UTF-8": lambda table, path: pq.write_table(
        table.set_column(1, "statement_id", no_text(100)), path
    ),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_partition_that_cannot_be_read_is_named(
    made: ModuleType, tmp_path: Path, what: str
) -> None:
    inputs = cut(made.partition(0, 200), tmp_path, (100,))
    UNREADABLE[what](made.partition(0, 100), inputs[1].path)
    with pytest.raises(ReleaseError, match=r"part=1/events\.parquet: ."):
        prepared(made, inputs, tmp_path / "work", executor.LocalEngine(1))


def test_a_row_is_counted_over_the_whole_partition(made: ModuleType, tmp_path: Path) -> None:
    table = made.partition(0, 8_500)
    names = table["country_iso3"].to_pylist()
    names[8_375] = ""
    table = table.set_column(
        table.column_names.index("country_iso3"), "country_iso3", pa.array(names)
    )
    with pytest.raises(ReleaseError, match=r"country_iso3: row 8376 holds an empty text"):
        prepared(made, cut(table, tmp_path, ()), tmp_path / "work", executor.LocalEngine(1))


def test_a_process_that_is_killed_costs_its_steps_another_try(tmp_path: Path) -> None:
    with executor.LocalEngine(2, processes=True) as engine:
        assert list(engine.map(killed_once, [tmp_path / "mark"] * 8, range(8))) == [
            at * at for at in range(8)
        ]
        with pytest.raises(EnvironmentFault, match="The step killed lost its process 4 times"):
            list(engine.map(killed, [1]))


STEPS = """
import time
from xinjiang_record.release.partitioned.local_engine import LocalEngine
with LocalEngine(1, processes=True) as engine:
    print(*engine.map(eval, ["__import__('os').getpid()"]), flush=True)
    time.sleep(60)
"""


def lives(process: Path) -> bool:
    """Whether a process of this machine is there and has not ended."""
    try:
        return "State:\tZ" not in (process / "status").read_text("utf-8")
    except OSError:
        return False


def test_processes_end_with_the_run_that_was_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", STEPS], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout
        worker = Path("/proc", run.stdout.readline().strip())
        assert lives(worker)
        run.kill()
    deadline = time.monotonic() + 20
    while lives(worker) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not lives(worker)
