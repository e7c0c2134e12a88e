"""Publishing: what appears, what a second run does, which number a change gets."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xinjiang_record.errors import (
    FindingsError,
    ReleaseError,
    UnsafeNameError,
    UsageError,
    VerifyError,
    VersionTooLowError,
)
from xinjiang_record.model import Candidate, Finding
from xinjiang_record.release import publish
from xinjiang_record.release.changes.major_minor_patch import compare_schemas
from xinjiang_record.release.integrity.verify import verify
from xinjiang_record.release.metadata import release_info
from xinjiang_record.release.tables.open_table import ParquetTable

Make = Callable[[int], Candidate]


def test_the_layout_is_the_one_in_the_design(make: Make, tmp_path: Path) -> None:
    result = publish(make(0), tmp_path)
    assert (result.status, result.version, result.bump, result.previous) == (
        "published",
        "1.0.0",
        "first",
        None,
    )
    found = sorted(
        path.relative_to(tmp_path).as_posix()
        for path in tmp_path.rglob("*")
        if path.is_file() or path.is_symlink()
    )
    release = [
        "CHANGES.md", "CITATION.cff", "LICENSE", "README.md", "SHA256SUMS",
        "data/sources.csv", "data/sources.parquet", "data/things.csv", "data/things.parquet",
        "datapackage.json", "downloads/made-up-1.0.0.sqlite", "downloads/made-up-1.0.0.xlsx",
        "downloads/made-up-1.0.0.zip", "metadata/croissant.json", "metadata/datacite.json",
        "metadata/dataset.jsonld", "metadata/ro-crate-metadata.json", "provenance.json",
        "quality/assertions.json",
        "quality/quarantine.csv", "quality/stats.json", "quality/validation.json",
    ]  # fmt: skip
    package = ["made-up/latest", "made-up/versions.json", "catalog.json", "catalog.jsonld"]
    assert found == sorted([*(f"made-up/1.0.0/{name}" for name in release), *package])
    assert os.readlink(tmp_path / "made-up" / "latest") == "1.0.0"
    assert verify(tmp_path) == []


def test_others_can_check_it_without_us(make: Make, tmp_path: Path) -> None:
    result = publish(make(0), tmp_path)
    done = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"],
        cwd=result.path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    command = "LC_ALL=C sha256sum *.csv | sha256sum"
    shown = subprocess.run(
        ["sh", "-c", command], cwd=Path(result.path) / "data", capture_output=True, text=True
    ).stdout
    assert shown.split()[0] == result.content_hash


def test_nothing_changed_writes_nothing(make: Make, tmp_path: Path) -> None:
    publish(make(0), tmp_path)
    before = {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")}
    result = publish(make(0), tmp_path)
    assert (result.status, result.version, result.bump) == ("unchanged", "1.0.0", "none")
    assert {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_row_order_and_chunks_are_not_content(make: Make, tmp_path: Path) -> None:
    publish(make(0), tmp_path)
    candidate = make(0)
    things = candidate.tables["things"]
    turned = pa.concat_tables([things.slice(7), things.slice(0, 7)])
    assert publish(_with(candidate, turned), tmp_path).status == "unchanged"


def test_a_table_larger_than_memory(make: Make, tmp_path: Path) -> None:
    """The same rows from a Parquet file give the same release."""
    candidate = make(0)
    pq.write_table(
        candidate.tables["things"].sort_by("thing_id"),
        tmp_path / "things.parquet",
        row_group_size=3,
    )
    first = publish(candidate, tmp_path / "a")
    second = publish(_with(candidate, ParquetTable(tmp_path / "things.parquet")), tmp_path / "b")
    sums = [(Path(result.path) / "SHA256SUMS").read_text() for result in (first, second)]
    assert sums[0] == sums[1]
    pq.write_table(
        candidate.tables["things"].sort_by([("thing_id", "descending")]),
        tmp_path / "turned.parquet",
    )
    with pytest.raises(ReleaseError, match="are not in the order of thing_id"):
        publish(_with(candidate, ParquetTable(tmp_path / "turned.parquet")), tmp_path / "c")


def _with(candidate: Candidate, things: Any, **more: Any) -> Candidate:
    return dataclasses.replace(candidate, tables={**candidate.tables, "things": things}, **more)


def _cells(candidate: Candidate, change: Callable[[list[dict[str, Any]]], None]) -> Candidate:
    rows = candidate.tables["things"].to_pylist()
    change(rows)
    return _with(candidate, pa.Table.from_pylist(rows, schema=candidate.tables["things"].schema))


def _schema(candidate: Candidate, change: Callable[[dict[str, Any]], None]) -> Candidate:
    schemas = json.loads(json.dumps(candidate.schemas))
    change(schemas["things"])
    return dataclasses.replace(candidate, schemas=schemas)


CHANGES: list[tuple[str, Callable[[Candidate], Candidate], str]] = [
    (
        "2.0.0",
        lambda c: _schema(c, lambda s: s["fields"][1].update(constraints={"maxLength": 99})),
        "things.name: maxLength tightened",
    ),
    (
        "2.0.0",
        lambda c: _schema(c, lambda s: s["fields"][2].update(unit="m2")),
        "things.size: unit changed from None to m2",
    ),
    ("2.0.0", lambda c: _schema(c, lambda s: s["fields"].reverse()), "fields of things reordered"),
    (
        "1.1.0",
        lambda c: _schema(c, lambda s: s["fields"][0].pop("constraints")),
        "things.thing_id: required loosened",
    ),
    ("1.1.0", lambda c: _cells(c, lambda rows: rows.pop()), "things: 1 record retracted"),
    (
        "1.1.0",
        lambda c: _cells(c, lambda rows: rows.append({"thing_id": "t-999"})),
        "things: 1 record added",
    ),
    ("1.0.1", lambda c: _cells(c, lambda rows: rows[0].update(size=5)), "things: 1 record changed"),
    (
        "1.0.1",
        lambda c: _schema(c, lambda s: s["fields"][1].update(title="Called")),
        "titles, descriptions or other words changed",
    ),
]


@pytest.mark.parametrize(
    ("version", "change", "reason"), CHANGES, ids=[reason for _, _, reason in CHANGES]
)
def test_the_version_follows_from_the_change(
    make: Make, tmp_path: Path, version: str, change: Callable[[Candidate], Candidate], reason: str
) -> None:
    publish(make(0), tmp_path)
    result = publish(change(make(0)), tmp_path)
    assert result.version == version
    assert any(reason in text for text in result.reasons)
    assert verify(tmp_path) == []


def test_structure_in_all_its_ways() -> None:
    old = {
        "a": {
            "fields": [{"name": "x", "type": "string", "constraints": {"enum": ["p", "q"]}}],
            "primaryKey": ["x"],
        }
    }

    def level(field: dict[str, Any], **schema: Any) -> list[str]:
        new = {"a": {"fields": [{"name": "x", **field}], "primaryKey": ["x"], **schema}}
        return sorted({word for word, _ in compare_schemas(old, new)})

    assert level({"type": "string", "constraints": {"enum": ["p", "q"]}}) == []
    assert level({"type": "string", "constraints": {"enum": ["p", "q", "r"]}}) == ["minor"]
    assert level({"type": "string", "constraints": {"enum": ["p"]}}) == ["major"]
    assert level({"type": "string"}) == ["minor"]
    assert level({"type": "integer", "constraints": {"enum": ["p", "q"]}}) == ["major"]
    assert level({"type": "string", "constraints": {"enum": ["p", "q"], "minLength": 1}}) == [
        "major"
    ]
    assert level({"type": "string", "constraints": {"enum": ["p", "q"]}}, uniqueKeys=[["x"]]) == [
        "major"
    ]
    assert compare_schemas(old, {}) == [("major", "table a removed")]
    assert compare_schemas({}, old) == [("minor", "table a added")]


def test_a_declared_version_may_be_higher_never_lower(make: Make, tmp_path: Path) -> None:
    publish(make(0), tmp_path)
    with pytest.raises(VersionTooLowError, match=r"at least version 1\.1\.0; 1\.0\.1 was declared"):
        publish(make(1), tmp_path, declare="1.0.1")
    with pytest.raises(UsageError, match="is not a version"):
        publish(make(1), tmp_path, declare="1.2")
    assert publish(make(1), tmp_path, declare="3.0.0").version == "3.0.0"
    assert verify(tmp_path) == []


def test_what_cannot_be_published(make: Make, tmp_path: Path) -> None:
    candidate = make(0)
    error = Finding("type-error", "is wrong.")
    with pytest.raises(FindingsError, match="1 errors, the first: type-error: is wrong"):
        publish(dataclasses.replace(candidate, findings=(error,)), tmp_path)
    with pytest.raises(UnsafeNameError):
        publish(dataclasses.replace(candidate, package="../x"), tmp_path)
    for change, message in (
        (lambda rows: rows[3].update(name=""), "things.name: row 4 holds an empty text"),
        (lambda rows: rows[3].update(share=float("nan")), "things.share: row 4 holds NaN"),
        (lambda rows: rows[3].update(thing_id=None), "primary key .* is null"),
        (lambda rows: rows[3].update(thing_id="t-002"), "two rows have the same primary key"),
        (lambda rows: rows[3].update(source_id="s-none"), "references have no target"),
    ):
        with pytest.raises(ReleaseError, match=message):
            publish(_cells(make(0), change), tmp_path)
    with pytest.raises(ReleaseError, match="differ in the fields extra"):
        publish(
            _with(candidate, candidate.tables["things"].append_column("extra", pa.nulls(20))),
            tmp_path,
        )
    assert not list(tmp_path.glob("*/1.0.0"))


def test_a_blocker_in_the_words(make: Make, tmp_path: Path) -> None:
    candidate = make(0)
    with pytest.raises(ReleaseError, match=r"package\.toml lacks description, licenses"):
        publish(
            dataclasses.replace(
                candidate, descriptor={**candidate.descriptor, "licenses": [], "description": ""}
            ),
            tmp_path,
        )


def test_a_release_that_went_missing_stops_the_next(make: Make, tmp_path: Path) -> None:
    publish(make(0), tmp_path)
    (tmp_path / "made-up" / "1.0.0").rename(tmp_path / "elsewhere")
    with pytest.raises(VerifyError, match=r"lists 1\.0\.0: expected the release's folder"):
        publish(make(1), tmp_path)


def test_a_folder_that_nobody_published_is_not_adopted(make: Make, tmp_path: Path) -> None:
    publish(make(0), tmp_path)
    (tmp_path / "made-up" / "1.1.0").mkdir()
    with pytest.raises(VerifyError, match="SHA256SUMS"):
        publish(make(1), tmp_path)


def test_the_ledger_is_rebuilt_from_the_releases(make: Make, tmp_path: Path) -> None:
    for variant in range(3):
        publish(make(variant), tmp_path)
    before = {
        path.name: path.read_bytes()
        for path in (tmp_path / "made-up" / "versions.json", tmp_path / "catalog.json")
    }
    (tmp_path / "made-up" / "versions.json").unlink()
    (tmp_path / "made-up" / "latest").unlink()
    (tmp_path / "catalog.json").unlink()
    assert publish(make(2), tmp_path).status == "unchanged"
    assert before["versions.json"] == (tmp_path / "made-up" / "versions.json").read_bytes()
    assert before["catalog.json"] == (tmp_path / "catalog.json").read_bytes()
    assert verify(tmp_path) == []


def test_the_chain_of_releases(published_once: Path) -> None:
    folder = published_once / "made-up"
    entries = json.loads((folder / "versions.json").read_text())["versions"]
    assert [entry["version"] for entry in entries] == ["1.0.0", "1.1.0", "1.2.0"]
    for before, entry in itertools.pairwise(entries):
        sums = (folder / before["version"] / "SHA256SUMS").read_bytes()
        assert entry["previous"] == {
            "version": before["version"],
            "release_id": hashlib.sha256(sums).hexdigest(),
        }


def test_modes_do_not_follow_the_umask(make: Make, tmp_path: Path) -> None:
    old = os.umask(0o077)
    try:
        publish(make(0), tmp_path)
    finally:
        os.umask(old)
    paths = list((tmp_path / "made-up" / "1.0.0").rglob("*"))
    assert {oct(path.stat().st_mode & 0o777) for path in paths if path.is_file()} == {"0o644"}
    assert {oct(path.stat().st_mode & 0o777) for path in paths if path.is_dir()} == {"0o755"}


def _rows(count: int, changed: int) -> Candidate:
    """Return a package of one table with several batches; row ``changed`` has another value."""
    words = ["plain", "a, b", 'a "b"', None]
    schema = {
        "fields": [
            {"name": "row_id", "type": "string", "title": "Row", "description": "A row."},
            {"name": "word", "type": "string", "title": "Word", "description": "A word."},
            {"name": "size", "type": "number", "title": "Size", "description": "A size."},
        ],
        "primaryKey": ["row_id"],
    }
    sizes = [-0.0 if number % 2 else number / 7 for number in range(count)]
    sizes[changed] = 0.5
    columns = {
        "row_id": [f"r-{number:06}" for number in range(count)],
        "word": [words[number % 4] for number in range(count)],
        "size": sizes,
    }
    licenses = [{"name": "CC0-1.0", "title": "CC0", "path": "https://example.org/"}]
    descriptor = {"name": "rows", "title": "Rows", "description": "Rows.", "keywords": ["rows"],
                  "licenses": licenses, "contributors": [{"title": "Nobody"}]}  # fmt: skip
    return Candidate("rows", descriptor, {"rows": schema}, {"rows": pa.table(columns)},
                     "2026-11-23T00:00:00Z")  # fmt: skip


def test_a_table_of_several_batches_is_what_users_verify(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release_info, "DOWNLOAD_ROWS", 0)  # a spreadsheet of it takes seconds
    count = 70_000
    publish(_rows(count, 3), tmp_path)
    assert publish(_rows(count, 3), tmp_path).status == "unchanged"
    assert publish(_rows(count, count - 1), tmp_path).version == "1.0.1"
    assert verify(tmp_path) == []  # which makes the text of every row again
    changes = (tmp_path / "rows/1.0.1/changes/from-1.0.0.csv").read_text().splitlines()
    assert changes[1:] == [
        "rows,change,r-000003,size,0.5,0,,",
        f"rows,change,r-{count - 1:06},size,0,0.5,,",
    ]
