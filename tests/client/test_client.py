"""The client.

Typed tables of a fixed version, from a folder or over http, and nothing that was not released.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import xinjiang_record as xr
from tests.web_servers import serve_folder
from xinjiang_record.errors import UsageError, VerifyError
from xinjiang_record.model import Candidate
from xinjiang_record.release import publish
from xinjiang_record.schema.load import make_table


def _publisher() -> ModuleType:
    path = Path(__file__).resolve().parent.parent / "faults" / "publisher.py"
    spec = importlib.util.spec_from_file_location("made_up_for_clients", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _roster() -> Candidate:
    """A package named joint-statements, with one statement that states sign, join and leave."""
    made = _publisher()
    signatories = {
        "fields": [
            *(
                made.field(name)
                for name in ("signatory_id", "statement_id", "country_iso3", "signed_edtf")
            ),
            made.field("withdrew_on", "date"),
            made.field("withdrew_edtf"),
            made.field("is_current", "boolean"),
            made.field("count", "integer"),
        ],
        "primaryKey": ["signatory_id"],
    }
    from datetime import date

    rows: list[dict[str, Any]] = [
        {"country_iso3": "AAA", "signed_edtf": "2019-07-12"},
        {
            "country_iso3": "BBB",
            "signed_edtf": "2019-07-12",
            "withdrew_edtf": "2019-07-18",
            "withdrew_on": date(2019, 7, 18),
        },
        {"country_iso3": "CCC", "signed_edtf": "../2019-07-26"},
        {
            "country_iso3": "NAM",
            "signed_edtf": "2019-07-12",
            "withdrew_edtf": "2021-06-24/2021-06-25",
        },
    ]
    for row in rows:
        row |= {
            "signatory_id": f"st.{row['country_iso3']}",
            "statement_id": "st",
            "is_current": "withdrew_edtf" not in row,
        }
    statements = {"fields": [made.field("statement_id")], "primaryKey": ["statement_id"]}
    schemas = {"signatories": signatories, "statements": statements}
    return Candidate(
        "joint-statements",
        {**made.DESCRIPTOR, "name": "joint-statements"},
        schemas,
        {
            "signatories": make_table(signatories, rows),
            "statements": make_table(
                statements, [{"statement_id": "st"}, {"statement_id": "other"}]
            ),
        },
        "2026-11-23T00:00:00Z",
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made, folder = _publisher(), tmp_path_factory.mktemp("home")
    for variant in (0, 2, 1):
        publish(made.candidate(variant), folder)
    publish(_roster(), folder)
    return folder


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with serve_folder(folder) as address:
        yield address


def test_a_typed_table(folder: Path) -> None:
    frame = xr.load("made-up", "things", base=folder)
    assert len(frame) == 21
    assert [str(kind) for kind in frame.dtypes] == [
        "string",
        "string",
        "Int64",
        "float64",
        "boolean",
        "datetime64[ms]",
        "string",
    ]
    assert "NA" in set(frame["name"].dropna())
    assert frame.attrs["version"] == "1.2.0"
    assert "version 1.2.0" in frame.attrs["citation"]
    assert len(xr.load("made-up", "things", "1.1.0", base=folder)) == 22


def test_over_http_it_is_the_same(folder: Path, address: str) -> None:
    here, there = (
        xr.load("made-up", "things", base=folder),
        xr.load("made-up", "things", base=address),
    )
    assert here.equals(there) and here.attrs == there.attrs
    assert list(xr.versions("made-up", base=address)["version"]) == ["1.0.0", "1.1.0", "1.2.0"]
    with pytest.raises(UsageError, match=r"Unknown package .absent.: expected one of .*made-up"):
        xr.load("absent", "things", base=address)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2019-07-11", ""),
        ("2019-07-12", "AAA BBB NAM"),
        ("2019-07-17", "AAA BBB NAM"),
        ("2019-07-18", "AAA NAM"),
        ("2019-07-26", "AAA CCC NAM"),
        ("2021-06-24", "AAA CCC NAM"),
        ("2021-06-25", "AAA CCC"),
        (None, "AAA CCC"),
    ],
)
def test_rosters_as_of_a_day(folder: Path, as_of: str | None, expected: str) -> None:
    roster = xr.roster("st", as_of=as_of, base=folder)
    assert " ".join(roster["country_iso3"]) == expected
    assert roster.attrs["package"] == "joint-statements"
    assert set(roster["withdrew_edtf"].dropna()) == set()


def test_what_has_no_date_and_what_is_none(folder: Path) -> None:
    assert xr.roster("other", base=folder).empty
    with pytest.raises(UsageError, match="No statement 'nowhere'"):
        xr.roster("nowhere", base=folder)
    with pytest.raises(UsageError, match="expected a day"):
        xr.load("made-up", "things", as_of="July", base=folder)
    with pytest.raises(UsageError, match="has no date by which"):
        xr.load("made-up", "sources", as_of="2020-01-01", base=folder)
    with pytest.raises(UsageError, match=r"has no table 'x'\. There are: things, sources"):
        xr.load("made-up", "x", base=folder)
    with pytest.raises(
        UsageError, match=r"no version '7\.0\.0'. There are: 1\.0\.0, 1\.1\.0, 1\.2\.0"
    ):
        xr.load("made-up", "things", "7.0.0", base=folder)
    with pytest.raises(UsageError, match="is not the name of a package"):
        xr.load("../made-up", "things", base=folder)
    with pytest.raises(UsageError, match="Did you mean 'made-up'"):
        xr.load("Made-Up", "things", base=folder)
    with pytest.raises(UsageError, match="a folder or an http"):
        xr.load("made-up", "things", base="ftp://example.org/")


WRONG = {
    "a package": lambda base: xr.load(None, "things", base=base),  # type: ignore[call-overload]
    "a version": lambda base: xr.load("made-up", "things", 1, base=base),  # type: ignore[call-overload]
    "one column": lambda base: xr.load("made-up", "things", columns="name", base=base),
    "a day": lambda base: xr.roster("st", as_of=20190712, base=base),  # type: ignore[call-overload]
    "a day to come": lambda base: xr.sides("2999-01-01", base=base),
    "a state": lambda base: xr.positions(5, base=base),  # type: ignore[call-overload]
    "a word": lambda base: xr.search(None, base=base),  # type: ignore[arg-type]
    "a query": lambda base: xr.sql(None, base=base),  # type: ignore[call-overload]
    "a text": lambda base: xr.check(None, base=base),  # type: ignore[arg-type]
    "a lock": lambda base: xr.load("made-up", "things", lock="no-such.lock", base=base),
    "one kind": lambda base: xr.sides("2020-01-01", kinds="signed", base=base),
    "a record": lambda base: xr.evidence("no-such-record", base=base),
    "a folder": lambda base: xr.verify(base / "no-such-folder"),
    "a path": lambda base: xr.verify(5),  # type: ignore[arg-type]
    "a name of a file": lambda base: xr.lock(5, base=base),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_argument_is_a_usage_error(folder: Path, what: str) -> None:
    with pytest.raises(xr.UsageError) as raised:
        WRONG[what](folder)
    assert isinstance(raised.value, xr.XRecordError)


def test_names_in_another_case_are_asked_for_not_taken(root: Path) -> None:
    base = root / "published"
    for call, meant in (
        (
            lambda: xr.roster("2019-07-12-HRC41-supportive", base=base),
            "2019-07-12-hrc41-supportive",
        ),
        (lambda: xr.claims("2022-10-06-HRC51-vote-l6", base=base), "2022-10-06-hrc51-vote-l6"),
        (lambda: xr.timeline("ukr", base=base), "UKR"),
        (lambda: xr.positions("qat", base=base), "QAT"),
        (lambda: xr.figures(area="Ｈotan", base=base), "hotan"),
        (lambda: xr.evidence("f008", package="detention-figures", base=base), "F008"),
        (lambda: xr.history("f008", package="detention-figures", base=base), "F008"),
    ):
        with pytest.raises(UsageError, match=f"Did you mean '{meant}'\\?"):
            call()
    assert xr.evidence("QAT", package="joint-statements", base=base).columns[0] == "evidence_id"


def test_a_moment_is_a_day(folder: Path) -> None:
    moment = datetime(2019, 7, 18, 12)  # as a pandas Timestamp is one
    assert list(xr.roster("st", as_of=moment, base=folder)["country_iso3"]) == ["AAA", "NAM"]


def test_history_and_citation(folder: Path) -> None:
    events = xr.history("t-020", base=folder)
    assert list(events[events["field"] == "thing_id"]["op"]) == ["add"]
    assert list(events["version"].unique()) == ["1.1.0", "1.2.0"]
    with pytest.raises(UsageError, match="No record 't-777'"):
        xr.history("t-777", base=folder)
    assert xr.cite("made-up", style="bibtex", base=folder).startswith("@misc{made-up-1.2.0,")


def test_a_lock_pins_bytes(folder: Path, tmp_path: Path) -> None:
    xr.lock(tmp_path / "record.lock", base=folder)
    pinned = json.loads((tmp_path / "record.lock").read_text())
    assert pinned["packages"]["made-up"]["version"] == "1.2.0"
    pinned["packages"]["made-up"]["version"] = "1.0.0"
    (tmp_path / "record.lock").write_text(json.dumps(pinned))
    with pytest.raises(VerifyError, match=r"pins made-up 1\.0\.0 with the id"):
        xr.load("made-up", "things", base=folder, lock=tmp_path / "record.lock")
    pinned["packages"]["made-up"] = {
        key: xr.versions("made-up", base=folder)[key][0] for key in ("version", "release_id")
    }
    (tmp_path / "record.lock").write_text(json.dumps(pinned))
    assert len(xr.load("made-up", "things", base=folder, lock=tmp_path / "record.lock")) == 20
    del pinned["packages"]["made-up"]
    (tmp_path / "record.lock").write_text(json.dumps(pinned))
    with pytest.raises(UsageError, match="does not pin made-up"):
        xr.load("made-up", "things", base=folder, lock=tmp_path / "record.lock")


@pytest.mark.parametrize("path", ["data/things.parquet", "datapackage.json", "SHA256SUMS"])
def test_other_bytes_are_refused(folder: Path, tmp_path: Path, path: str) -> None:
    import shutil

    copy = Path(shutil.copytree(folder, tmp_path / "copy", symlinks=True))
    target = copy / "made-up/1.2.0" / path
    target.write_bytes(target.read_bytes().replace(b"a", b"b", 1))
    with pytest.raises(VerifyError):
        xr.load("made-up", "things", base=copy)
    assert xr.verify(copy) and xr.verify(copy / "made-up") and xr.verify(copy / "made-up/1.2.0")
    assert xr.verify(copy / "made-up/1.0.0") == []


def test_the_import_is_light() -> None:
    code = (
        "import sys, xinjiang_record as xr; xr.__dir__(); print([n for n in ('pyarrow', 'pandas', "
        "'httpx') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n"
    with pytest.raises(AttributeError):
        _ = xr.nothing
