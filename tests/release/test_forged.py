"""Releases that agree with themselves byte by byte, and are wrong: one for each check of verify."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.hostile.parquet_parts import STATISTICS, Struct, change, columns_of
from tests.release.forger import Change, Forger
from xinjiang_record.model import Candidate
from xinjiang_record.release import publish
from xinjiang_record.release.integrity.verify import verify


@pytest.fixture
def forger(make: Callable[[int], Candidate], tmp_path: Path) -> Forger:
    publish(make(0), tmp_path / "published")
    return Forger(tmp_path / "published")


def test_what_is_only_sealed_again_is_sound(forger: Forger) -> None:
    """The control: without a lie, the forged release verifies."""
    forger.write("things", forger.table("things"))
    forger.seal()
    assert verify(forger.published) == []


def rows(forger: Forger, name: str, change: Callable[[list[dict[str, Any]]], object]) -> None:
    table = forger.table(name)
    values = table.to_pylist()
    change(values)
    forger.write(name, pa.Table.from_pylist(values, table.schema))


def csv(forger: Forger, change: Callable[[bytes], bytes]) -> None:
    text = (forger.folder / "data/things.csv").read_bytes()
    (forger.folder / "data/things.csv").write_bytes(change(text))


def groups(forger: Forger) -> None:
    """The same key at the end of one row group and at the start of the next."""
    table = forger.table("things")
    values = table.to_pylist()
    values[10]["thing_id"] = values[9]["thing_id"]
    forger.write("things", pa.Table.from_pylist(values, table.schema), row_group_size=10)


def typed(forger: Forger, kind: pa.DataType, **options: Any) -> None:
    table = forger.table("things")
    at = table.schema.get_field_index("name")
    forger.write(
        "things", table.set_column(at, "name", table["name"].cast(kind)), as_it_is=True, **options
    )


def after(change: Callable[[Forger], object]) -> Change:
    """Change descriptor or provenance last, after everything was made to agree."""

    def apply(forger: Forger) -> None:
        forger.last = lambda: change(forger)

    return apply


def entry(name: str, value: Any) -> Change:
    def apply(forger: Forger) -> None:
        forger.ledger = lambda found: found.update({name: value})

    return apply


def resource_says(name: str, value: object) -> Change:
    return after(lambda forger: forger.resource("things").update({name: value}))


def bomb(forger: Forger, column: str) -> None:
    """Write 60,000 rows, each with a text of 900 kB that the file holds once."""
    fields = forger.table("things").schema
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 60_000, pa.int32()), ["x" * 900_000])
    table = {item.name: pa.nulls(60_000, item.type) for item in fields} | {column: text}
    pq.write_table(pa.table(table), forger.folder / "data/things.parquet", store_schema=False)


def parts(forger: Forger, footer: Callable[[Struct], object] = lambda meta: None,
          header: Callable[[Struct, bytes], bytes] = lambda fields, page: page,
          **options: Any) -> None:  # fmt: skip
    """Change the footer or the page headers of a Parquet file."""
    forger.write("things", forger.table("things"), **options)
    path = forger.folder / "data/things.parquet"
    path.write_bytes(change(path.read_bytes(), header, footer))
    count = forger.table_rows
    forger.table_rows = (  # type: ignore[method-assign]
        lambda item: 20 if item["name"] == "things" else count(item)
    )


def statistics(meta: Struct, told: dict[int, Any]) -> None:
    columns_of(meta)[0][STATISTICS][1].update(told)


def fewer(fields: Struct, page: bytes) -> bytes:
    if 5 in fields:
        fields[5][1][1][1] = 19
    return page


def form(forger: Forger) -> None:
    import json

    path = forger.folder / "datapackage.json"
    forger.seal()
    path.write_text(json.dumps(forger.descriptor, indent=1) + "\n", "utf-8")
    forger.seal = forger.seal_sums  # type: ignore[method-assign]


def provenance_form(forger: Forger) -> None:
    import json

    forger.seal()
    (forger.folder / "provenance.json").write_text(json.dumps(forger.made), "utf-8")
    forger.seal = forger.seal_sums  # type: ignore[method-assign]


HEX = "0" * 64
OTHER = f"sha256:{HEX}"
LIES: dict[str, tuple[Change, str]] = {
    "a required field is empty": (
        lambda f: rows(f, "sources", lambda r: r[0].update(url=None)),
        "sources.parquet: url is empty in a row",
    ),
    "a key is empty": (
        lambda f: rows(f, "things", lambda r: r[0].update(thing_id=None)),
        "things.parquet: thing_id is empty in a row",
    ),
    "a key twice": (
        lambda f: rows(f, "things", lambda r: r[4].update(thing_id=r[3]["thing_id"])),
        "things.parquet: the primary key does not rise",
    ),
    "keys out of order": (
        lambda f: rows(f, "things", lambda r: r.reverse()),
        "things.parquet: the primary key does not rise",
    ),
    "a key twice over the end of a row group": (
        groups,
        "things.parquet: the primary key does not rise",
    ),
    "a reference without a target": (
        lambda f: rows(f, "things", lambda r: r[1].update(source_id="s-9999")),
        "refers to s-9999, which is not in sources",
    ),
    "a reference to a table that is not there": (
        after(lambda f: f.resource("things")["schema"]["foreignKeys"][0]["reference"].update(
            resource="nothing")),
        "refers to nothing, which is not there",
    ),
    "a row more in the CSV file": (
        lambda f: csv(f, lambda text: text + b"t-999,,,,,,\n"),
        "things.csv: holds other rows than things.parquet",
    ),
    "another value in the CSV file": (
        lambda f: csv(f, lambda text: text.replace(b"plain", b"other", 1)),
        "things.csv: holds other rows than things.parquet",
    ),
    "lines of the CSV file end in another way": (
        lambda f: csv(f, lambda text: text.replace(b"\n", b"\r\n")),
        "things.csv: holds other rows than things.parquet",
    ),
    "another value in the Parquet file": (
        lambda f: (
            rows(f, "things", lambda r: r[1].update(size=7)),
            csv(f, lambda text: text.replace(b",7,", b",1000000,", 1)),
        ),
        "things.csv: holds other rows than things.parquet",
    ),
    "another type in the Parquet file": (
        lambda f: typed(f, pa.large_string(), store_schema=True),
        "expected the fields and types of the schema, got others: name",
    ),
    "a dictionary in the Parquet file": (
        lambda f: typed(f, pa.dictionary(pa.int32(), pa.string()), store_schema=True),
        "has a dictionary type",
    ),
    "a least value that is too large": (
        lambda f: parts(f, lambda meta: statistics(meta, {6: [8, b"zz"], 5: [8, b"zz"]})),
        "things.parquet: thing_id: its values are not between the ends",
    ),
    "a greatest value that is too small": (
        lambda f: parts(f, lambda meta: statistics(meta, {6: [8, b"a"], 5: [8, b"b"]})),
        "things.parquet: thing_id: its values are not between the ends",
    ),
    "ends that no day or text can have": (
        lambda f: parts(f, lambda meta: [
            column[STATISTICS][1].update({6: [8, b"\x7f\xff" * 4], 5: [8, b"\x7f\xff" * 4]})
            for column in columns_of(meta)]),
        "its values are not between the ends",
    ),
    "a number of empty cells": (
        lambda f: parts(f, lambda meta: statistics(meta, {3: [6, 5]})),
        "things.parquet: thing_id: its statistics say 5 empty cells, and it has 0",
    ),
    "an index of pages": (
        lambda f: parts(f, write_page_index=True),
        "things.parquet: thing_id: expected no index of its pages, got one",
    ),
    "fewer rows in the footer": (
        lambda f: parts(f, lambda meta: meta[3].__setitem__(1, 19)),
        "things.parquet: the footer says 19 rows, and its row groups say 20",
    ),
    "fewer rows in the pages": (
        lambda f: parts(f, header=fewer),
        "row group 1 holds 19 rows: expected 20, as the footer says",
    ),
    "columns that are exchanged": (
        lambda f: parts(f, lambda meta: meta[4][1][1][0][1][1][1].reverse()),
        "row group 1, column 'thing_id': it ",
    ),
    "metadata of a library in the Parquet file": (
        lambda f: f.write(
            "things", f.table("things").replace_schema_metadata({"pandas": "{}"}), as_it_is=True,
            store_schema=True),
        "has a dictionary type or other libraries' metadata",
    ),
    "the number of rows": (
        after(lambda f: f.made["row_counts"].update(things=21)),
        "has 20 rows, and 21 were released",
    ),
    "the hash of the rows": (
        after(lambda f: f.resource("things").update(hash=OTHER)),
        "its rows have the hash",
    ),
    "the hash of a file": (
        after(lambda f: f.resource("things")["x-parquet"].update(hash=OTHER)),
        "things.parquet: its SHA-256 in SHA256SUMS is not the one in datapackage.json",
    ),
    "the size of a file": (
        after(lambda f: f.resource("things")["x-parquet"].update(bytes=1)),
        "datapackage.json says 1",
    ),
    "a file outside": (
        after(lambda f: f.resource("things")["x-parquet"].update(path="data/../../../x.parquet")),
        "datapackage.json: names a file outside the release",
    ),
    "a file that is not listed": (
        after(lambda f: f.resource("things")["x-parquet"].update(path="data/no.parquet")),
        "datapackage.json: names data/no.parquet, which is not in SHA256SUMS",
    ),
    "the content hash of the descriptor": (
        after(lambda f: f.descriptor["x-hashes"].update(content=OTHER)),
        "datapackage.json: expected the content hash",
    ),
    "the content hash of the provenance": (
        after(lambda f: f.made.update(content_hash=HEX)),
        "provenance.json: expected the content hash",
    ),
    "the schema hash of the descriptor": (
        after(lambda f: f.descriptor["x-hashes"].update(schema=OTHER)),
        "datapackage.json: expected the schema hash",
    ),
    "the schema hash of the provenance": (
        after(lambda f: f.made.update(schema_hash=HEX)),
        "provenance.json: expected the schema hash",
    ),
    "the metadata hash": (
        after(lambda f: f.descriptor["x-hashes"].update(metadata=OTHER)),
        "datapackage.json: expected the metadata hash",
    ),
    "the name": (
        after(lambda f: f.descriptor.update(name="other")),
        "datapackage.json: name is 'other'",
    ),
    "the version": (
        after(lambda f: f.descriptor.update(version="1.0.1")),
        "datapackage.json: version is '1.0.1'",
    ),
    "the day": (
        after(lambda f: f.descriptor.update(created="2001-01-01T00:00:00Z")),
        "datapackage.json: created is '2001-01-01T00:00:00Z'",
    ),
    "the version before": (
        after(lambda f: f.descriptor.update({"x-previous": "0.9.0"})),
        "datapackage.json: x-previous is '0.9.0'",
    ),
    "another version in both": (
        after(lambda f: (f.descriptor.update(version="1.0.1"), f.made.update(version="1.0.1"))),
        "1.0.0: holds version 1.0.1",
    ),
    "another package in both": (
        after(lambda f: (f.descriptor.update(name="other"), f.made.update(package="other"))),
        "expected the package made-up, got other",
    ),
    "the form of the descriptor": (form, "datapackage.json: is not written in the canonical form"),
    "the form of the provenance": (
        provenance_form,
        "provenance.json: is not written in the canonical form",
    ),
    "a key that is not known": (
        after(lambda f: f.made.update(extra=1)),
        "provenance.json: extra: is not a key that is known here",
    ),
    "a release before that the ledger does not have": (
        after(lambda f: (
            f.descriptor.update({"x-previous": "0.9.0"}),
            f.made.update(previous={"version": "0.9.0", "release_id": HEX}))),
        "the chain is broken",
    ),
    "the ledger's hash of the content": (
        entry("content_hash", HEX),
        "content_hash of 1.0.0 is not the release's",
    ),
    "the ledger's reasons": (
        entry("reasons", ["minor: nothing happened"]),
        "reasons of 1.0.0 is not the release's",
    ),
    "the ledger's id": (
        entry("release_id", HEX),
        f"SHA256SUMS: expected the release id {HEX}",
    ),
    "a withdrawal that has no file": (
        entry("withdrawn", {"on": "2026-11-24", "reason": "Because."}),
        "withdrawals/1.0.0.json: is missing",
    ),
    "the number of rows in the descriptor": (
        after(lambda f: f.resource("things").update({"x-rows": 99})),
        "datapackage.json: x-rows of things is 99: expected 20",
    ),
    "a table that is not there": (
        after(lambda f: f.made["row_counts"].update(nothing=5)),
        "datapackage.json: expected the tables of row_counts in provenance.json",
    ),
    "a table twice": (
        after(lambda f: f.descriptor["resources"].append(dict(f.resource("things")))),
        "datapackage.json: expected each table once",
    ),
    **{
        f"another {name} in the descriptor": (resource_says(name, value), f"{name}{more}: expected")
        for name, value, more in (
            ("encoding", "utf-16", ""), ("dialect", {"delimiter": ";"}, ".delimiter"),
            ("format", "tsv", ""), ("mediatype", "text/html", ""), ("type", "json", ""),
            ("$schema", "http://127.0.0.1:9/x.json", ""))
    },
    "other words for no value": (
        lambda f: f.resource("things")["schema"].update(missingValues=["plain"]),
        "schema.missingValues[1]: expected an empty text, got 'plain'",
    ),
    "a time that is none": (
        after(lambda f: (
            f.descriptor.update(created="2026-99-99T99:99:99Z"),
            f.made.update(created="2026-99-99T99:99:99Z"))),
        "created: expected a time such as",
    ),
    "a kind of change that is none": (
        after(lambda f: f.made.update(bump="evil")),
        "bump: expected first, major, minor or patch",
    ),
    "an input outside": (
        after(lambda f: f.made.update(
            inputs=[{"path": "raw/../../x.csv", "bytes": 1, "sha256": HEX}])),
        "path: expected a path inside the checkout",
    ),
    "a day of a withdrawal that is none": (
        entry("withdrawn", {"on": "2026-99-99", "reason": "Because."}),
        "withdrawn: expected null, or the day and reason",
    ),
    "no primary key": (
        lambda f: f.resource("things")["schema"].update(primaryKey=[]),
        "schema.primaryKey: expected a field, or a list of fields",
    ),
    "a unique key twice": (
        lambda f: (
            f.resource("things")["schema"].update(uniqueKeys=[["source_id", "name"]]),
            rows(f, "things", lambda r: [row.update(name="same") for row in r])),
        "things.csv: expected each source_id, name once (uniqueKeys), got",
    ),
    "a key of one text in many rows": (
        lambda f: bomb(f, "thing_id"),
        "over the limit compression_ratio",
    ),
    "a long text in many rows": (lambda f: bomb(f, "name"), "over the limit compression_ratio"),
    "a withdrawal in the chain that is not there": (
        after(lambda f: f.made.update(withdrawals={"0.9.0": HEX})),
        "withdrawals/0.9.0.json: expected SHA-256",
    ),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_consistent_lie_is_found(forger: Forger, lie: str) -> None:
    lie_in, said = LIES[lie]
    lie_in(forger)
    forger.seal()
    problems = verify(forger.published)
    assert any(said in problem for problem in problems), problems
