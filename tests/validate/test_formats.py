"""The command's formats, strict mode, other inputs, and the project's own files."""

from __future__ import annotations

import functools
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pytest
from click.testing import CliRunner
from pyarrow import feather

from xinjiang_record.cli.validate import validate as command
from xinjiang_record.errors import ReadError, UsageError
from xinjiang_record.validate import validate

ROOT = Path(__file__).resolve().parents[2]
FIELDS = [
    {"name": "a", "type": "string"},
    {"name": "b", "type": "integer", "constraints": {"maximum": 9}},
]
ROWS = b'a,b\n"two\nlines",1\nx,bad\nx,10\n'
DECLARED: dict[str, Any] = {"encoding": "utf-8", "dialect": {"delimiter": ","}}


def run(*arguments: str) -> Any:
    return CliRunner().invoke(command, arguments)


def test_text(box: Callable[..., Path]) -> None:
    result = run(str(box(ROWS, FIELDS)))
    assert result.exit_code == 1
    assert "INVALID, 2 errors (1 table, 3 rows" in result.output
    assert "row 3, b: type is \"integer/default\" ('bad')" in result.output
    assert "loosen the constraint" in result.output


def test_json_is_frictionless_own(box: Callable[..., Path], same: Callable[..., Any]) -> None:
    path = box(ROWS, FIELDS)
    assert (
        json.loads(run(str(path), "--format", "json").output)["stats"]["errors"]
        == same(path).error_count
        == 2
    )


def test_json_of_what_is_refused_is_not_valid(tmp_path: Path) -> None:
    report = json.loads(run(str(tmp_path / "no.csv"), "--format", "json").output)
    assert (report["valid"], report["stats"]["errors"], report["errors"][0]["type"]) == (
        False,
        1,
        "unreadable",
    )


@pytest.mark.parametrize("form", ["text", "github", "markdown", "junit"])
def test_a_name_can_neither_end_a_line_nor_speak_to_a_terminal(form: str, tmp_path: Path) -> None:
    for name in (
        "x\n::error::y.csv",
        "x\x1b[2J.csv",
        "x\r::error::.csv",
        "x\x1b[2J\n::error::.json",
    ):
        path = tmp_path / name
        path.write_bytes(
            b"\x1b[2J\r\n=1+1\n" if name.endswith("csv") else b'{"path": "/\\u001b[2J\\n::error::"}'
        )
        output = run(str(path), "--format", form).output
        assert "\x1b" not in output or form == "github"
        assert not [line for line in output.splitlines() if line.startswith("::error::")], output


def test_github_annotates_the_line_and_not_the_record(box: Callable[..., Path]) -> None:
    path = box(ROWS, FIELDS)
    output = run(str(path), "--format", "github").output
    assert f"::error file={path.parent}/t.csv,line=4,title=Type Error::" in output
    assert ",line=5,title=Constraint Error::" in output


def test_markdown_and_junit(box: Callable[..., Path]) -> None:
    path = str(box(ROWS, FIELDS))
    assert "| 3 | b | type is" in run(path, "--format", "markdown").output
    suites = ElementTree.fromstring(run(path, "--format", "junit").output)
    assert [suite.get("failures") for suite in suites] == ["1"]


@pytest.mark.parametrize("form", ["text", "json", "github", "markdown", "junit"])
def test_a_valid_package_exits_with_0(form: str, box: Callable[..., Path]) -> None:
    result = run(str(box(b"a,b\nx,1\n", FIELDS)), "--format", form)
    assert result.exit_code == 0, result.output


def test_strict_takes_the_defaults_of_the_standard(box: Callable[..., Path]) -> None:
    for more in ({}, {"dialect": {}}, DECLARED):
        assert validate(box(ROWS, FIELDS, **more), strict=True).error_count == 2
    report = validate(box(ROWS.replace(b",", b";").replace(b"x", b"\xe9"), FIELDS), strict=True)
    found = sorted(error["type"] for task, error in report.errors() if task["name"] == "t")
    assert found == ["undeclared-dialect", "undeclared-encoding"]


def test_unique_keys_are_warnings_and_errors_if_strict(
    box: Callable[..., Path], same: Callable[..., Any]
) -> None:
    path = box(
        b"a,b\nx,1\nx,2\nx,1\nx,\nx,\n", FIELDS, schema={"uniqueKeys": [["a", "b"]]}, **DECLARED
    )
    report = same(path)
    assert report.valid
    assert [item.type for item in report.warnings] == ["unique-keys"]
    assert "row 4: a 'x', b '1' is in row 2 too" in report.warnings[0].message
    assert not validate(path, strict=True).valid


def test_a_primary_key_is_required_if_strict(
    box: Callable[..., Path], same: Callable[..., Any]
) -> None:
    path = box(b"a,b\nx,1\nx,\n", FIELDS, schema={"primaryKey": ["a", "b"]}, **DECLARED)
    assert same(path).valid
    (error,) = [error for _, error in validate(path, strict=True).errors()]
    assert (error["type"], error["fieldName"], error["rowNumber"]) == ("constraint-error", "b", 3)


def test_strict_sniffs_nothing(box: Callable[..., Path]) -> None:
    path = box(b"title;x\na,b\nx,1\n", FIELDS, **DECLARED)
    kinds = [error["type"] for _, error in validate(path, strict=True).errors()]
    assert "incorrect-label" in kinds or "missing-label" in kinds


def test_arrow_and_zstd(tmp_path: Path) -> None:
    table = pa.table({"n": [1, None], "day": [date(2020, 1, 1)] * 2, "list": [[1], None]})
    feather.write_feather(table, tmp_path / "t.feather")
    report = validate(tmp_path / "t.feather")
    assert report.valid
    assert report.descriptor["tasks"][0]["stats"]["rows"] == 2
    with pa.CompressedOutputStream(str(tmp_path / "u.csv.zst"), "zstd") as stream:
        stream.write(b"a,b\n1,2\n")
    assert validate(tmp_path / "u.csv.zst").descriptor["tasks"][0]["labels"] == ["a", "b"]


def test_an_arrow_column_of_another_type_is_a_finding(
    box: Callable[..., Path], tmp_path: Path
) -> None:
    feather.write_feather(pa.table({"a": ["x"], "b": ["1"]}), tmp_path / "t.feather")
    report = validate(box((tmp_path / "t.feather").read_bytes(), FIELDS, name="t.feather"))
    assert [(finding.type, finding.field) for finding in report.findings] == [("type-error", "b")]
    assert report.descriptor["tasks"][0]["place"] == "t.feather"


def test_parquet_is_frictionless_own(tmp_path: Path, same: Callable[..., Any]) -> None:
    from pyarrow import parquet

    parquet.write_table(pa.table({"n": [1, 2], "s": ["x", "y"]}), tmp_path / "t.parquet")
    assert same(tmp_path / "t.parquet").valid


@pytest.mark.parametrize("name", ["shop.json", "shop.yaml", "datapackage.json"])
def test_a_descriptor_that_cannot_be_parsed_is_never_valid(name: str, tmp_path: Path) -> None:
    """Frictionless takes it, but for the last name, for a data file, and finds no fault in it."""
    (tmp_path / name).write_text('{"name": "shop", "resources": [}')
    done = run(str(tmp_path / name))
    assert done.exit_code == 1
    assert "cannot be read" in done.output or "cannot retrieve metadata" in done.output
    (tmp_path / "rows.json").write_text('[["a"], ["x"]]')
    assert run(str(tmp_path / "rows.json")).exit_code == 0


def test_an_unknown_resource_is_named(box: Callable[..., Path]) -> None:
    with pytest.raises(UsageError, match="There are: t"):
        validate(box(ROWS, FIELDS), resource="nothing")


def test_where_frictionless_fails_so_do_we_with_its_words(box: Callable[..., Path]) -> None:
    fields = [{"name": "n", "type": "number", "constraints": {"minimum": 0}}]
    with pytest.raises(ReadError, match="InvalidOperation"):
        validate(box(b"n\n1\nsNaN\n", fields))


@pytest.mark.parametrize("path", sorted(ROOT.glob("raw/*.csv")), ids=lambda path: path.name)
def test_raw_tables(path: Path, same: Callable[..., Any]) -> None:
    assert not same(path).slow


@pytest.mark.parametrize(
    "version", ["latest", pytest.param("[0-9]*", marks=pytest.mark.slow, id="every")]
)
@pytest.mark.parametrize(
    "package", sorted(path.parent.name for path in ROOT.glob("published/*/latest"))
)
def test_published_packages(package: str, version: str, same: Callable[..., Any]) -> None:
    paths = list(ROOT.glob(f"published/{package}/{version}/datapackage.json"))
    assert paths and all(same(path).valid for path in paths)


SLOW = """
import sys, time
from xinjiang_record.cli.main import main
from xinjiang_record.validate.field_types import field_rules
from xinjiang_record.validate.small_files import small_rows

def ask(self, text, ask=field_rules.CellCache._read):
    print("asked", flush=True)
    time.sleep(0.05)
    return ask(self, text)

small_rows.SMALL_BYTES, field_rules.CellCache._read = 0, ask
main(["validate", sys.argv[1]])
"""


def test_an_interrupt_ends_the_threads_in_the_middle_of_a_piece(box: Callable[..., Path]) -> None:
    rows = "".join(
        f"x,{number}_0\n" for number in range(1, 2_000)
    )  # of which Frictionless is asked one by one
    path = box(f"a,b\n{rows}".encode(), FIELDS, **DECLARED)
    command = [sys.executable, "-c", SLOW, str(path)]
    restored = functools.partial(signal.signal, signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=restored
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == b"asked\n"
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=20)
    assert process.returncode == 130 and not told.strip()


def test_the_help_page_is_light() -> None:
    heavy = "('frictionless', 'pyarrow', 'rich')"
    code = (
        f"import sys, xinjiang_record.cli.validate; print([n for n in {heavy} if n in sys.modules])"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout
        == "[]\n"
    )
