"""The action's step in a real shell, the hook's files, and drafts of schemas."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from click.testing import CliRunner

from xinjiang_record.cli.describe import describe
from xinjiang_record.cli.validate import validate
from xinjiang_record.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]


def package(folder: Path, content: str = "a\n1\n", path: str = "data/t.csv") -> Path:
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "data" / "t.csv").write_text(content)
    schema = {"fields": [{"name": "a", "type": "integer"}]}
    resource = {"name": "t", "path": path, "schema": schema, "encoding": "utf-8", "dialect": {}}
    descriptor = folder / "datapackage.json"
    descriptor.write_text(json.dumps({"resources": [resource]}))
    return descriptor


@pytest.mark.parametrize(
    ("paths", "code", "words"),
    [
        ("packages/*/datapackage.json", 1, ["file=packages/two words/data/t.csv,line=2"]),
        ("packages/one/datapackage.json", 0, []),
        ("packages/one/datapackage.json packages/one", 0, []),
        ("packages/two words/datapackage.json\npackages/one\n", 1, ["line=2"]),
        ("packages/none/datapackage.json", 1, ["packages/none/datapackage.json"]),
    ],
)
def test_the_action_validates_once(paths: str, code: int, words: list[str], tmp_path: Path) -> None:
    package(tmp_path / "packages" / "one")
    package(tmp_path / "packages" / "two words", "a\nq\n")
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    step = action["runs"]["steps"][-1]
    inputs = {"paths": paths, "strict": "true", "standard": "v2", "limit-errors": "1000"}
    environment = {
        name: re.sub(r"\$\{\{ inputs\.(.*?) \}\}", lambda found: inputs[found[1]], value)
        for name, value in step["env"].items()
    }
    summary = tmp_path / "summary.md"
    commands = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=tmp_path,
        env={**os.environ, **environment, "GITHUB_STEP_SUMMARY": str(summary), "PATH": commands},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert all(word in done.stdout for word in words), done.stdout
    assert summary.read_text().count("| file | result |") == 1


def test_the_hook_runs_when_data_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package(tmp_path, "a\nq\n")
    (tmp_path / "other.csv").write_text("x\n")
    monkeypatch.chdir(tmp_path)
    for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")):
        options = hook["entry"].split()[2:]
        assert all(re.search(hook["files"], name) for name in ("data/t.csv", "datapackage.yml"))
        changed = CliRunner().invoke(validate, [*options, "data/t.csv"])
        assert changed.exit_code == 1 and "datapackage.json" in changed.output
        both = CliRunner().invoke(validate, [*options, "data/t.csv", "datapackage.json"])
        assert both.output.count("datapackage.json: INVALID") == 1
        assert CliRunner().invoke(validate, [*options, "other.csv"]).exit_code == 0


def draft(path: Path) -> tuple[dict[str, Any], str]:
    done = CliRunner().invoke(describe, [str(path)])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout), done.stderr


def test_a_draft_has_the_types_that_are_sure(tmp_path: Path) -> None:
    path = tmp_path / "My data.csv"
    rows = [
        f"{number},00{number},2020-01-{number:02},{number}.5,true,x{number},,{1990 + number}"
        for number in range(1, 31)
    ]
    path.write_text("id;code;day;size;ok;text;empty;year\n".replace(";", ",") + "\n".join(rows))
    resource, notes = draft(path)
    kinds = {item["name"]: item["type"] for item in resource["schema"]["fields"]}
    assert kinds == {
        "id": "integer",
        "code": "string",
        "day": "date",
        "size": "number",
        "ok": "boolean",
        "text": "string",
        "empty": "any",
        "year": "integer",
    }
    assert resource["name"] == "my-data" and resource["encoding"] == "utf-8"
    assert {line.split()[2] for line in notes.splitlines()} == {"code", "empty", "year"}
    (tmp_path / "t.resource.json").write_text(json.dumps(resource))
    done = CliRunner().invoke(validate, ["--strict", str(tmp_path / "t.resource.json")])
    assert done.exit_code == 0, done.output


def test_drafts_of_other_files(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes("a;b\né;1\n".encode("cp1252"))
    resource, notes = draft(tmp_path / "t.csv")
    assert (resource["dialect"], resource["encoding"]) == ({"delimiter": ";"}, "windows-1252")
    assert "a guess" in notes
    pq.write_table(pa.table({"a": [1], "b": ["x"]}), tmp_path / "t.parquet")
    resource, _ = draft(tmp_path / "t.parquet")
    assert [item["type"] for item in resource["schema"]["fields"]] == ["integer", "string"]
    for codec, suffix in (("gzip", "gz"), ("zstd", "zst")):
        path = tmp_path / f"t.tsv.{suffix}"
        with pa.CompressedOutputStream(str(path), codec) as stream:
            stream.write(b"a\tb\n1\tx\n")
        resource, _ = draft(path)
        assert resource["format"] == "tsv" and resource["schema"]["fields"][0]["type"] == "integer"
    (tmp_path / "t.pdf").write_text("x")
    assert "describe reads" in str(
        CliRunner().invoke(describe, [str(tmp_path / "t.pdf")]).exception
    )


def test_drafts_of_files_whose_cells_have_types(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for cells in (["n", "d", "t", "m"], [1, date(2020, 1, 2), "1", 1], [2, None, "x", "y"]):
        book.active.append(cells)
    book.save(tmp_path / "t.xlsx")
    resource, notes = draft(tmp_path / "t.xlsx")
    kinds = [item["type"] for item in resource["schema"]["fields"]]
    assert kinds == ["integer", "datetime", "string", "any"]
    assert "m is any: int, str" in notes
    (tmp_path / "t.json").write_text('[{"a": 1, "b": "1"}, {"a": 2.5, "b": "x"}]')
    if importlib.util.find_spec("ijson"):
        resource, _ = draft(tmp_path / "t.json")
        kinds = [item["type"] for item in resource["schema"]["fields"]]
        assert kinds == ["number", "string"]


def test_a_cell_in_an_annotation_moves_no_cursor(tmp_path: Path) -> None:
    """A log shows colours and moves the cursor as a terminal does."""
    target = package(tmp_path, 'a\n"\x1b[2J\x9b1A\u202ex\r\n::error::y"\n')
    result = CliRunner().invoke(validate, [str(target), "--format", "github"])
    assert result.exit_code == 1 and "\\x1b[2J" in result.output
    assert not set("\x1b\x9b\u202e\r") & set(result.output)
    assert all(line.startswith(("::error ", "::warning ")) for line in result.output.splitlines())


@pytest.mark.parametrize("name", ["a\0.csv", "ring.csv"])
def test_a_name_that_no_file_can_have(name: str, tmp_path: Path) -> None:
    (tmp_path / "ring.csv").symlink_to("ring.csv")
    result = CliRunner().invoke(validate, [str(tmp_path / name)])
    assert isinstance(result.exception, (UsageError, SystemExit)) and result.exit_code == 1
