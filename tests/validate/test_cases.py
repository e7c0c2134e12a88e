"""Every case in ``cases/`` gives what its RIGHT.md says is right."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from xinjiang_record.cli.validate import validate

CASES = Path(__file__).with_name("cases")


def head(folder: Path) -> dict[str, Any]:
    text = (folder / "RIGHT.md").read_text("utf-8").split("---\n")[1]
    found = yaml.safe_load(text)
    assert isinstance(found, dict)
    return found


# They need an environment without extras, and run in tests/cli/test_install.py.
PLAIN = {"I_jsonl", "I_xlsx_plain_install"}


@pytest.mark.parametrize(
    "name", sorted({path.name for path in CASES.iterdir() if path.is_dir()} - PLAIN)
)
def test_case(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = head(CASES / name)
    if right.get("needs") == "openpyxl":
        pytest.importorskip("openpyxl")
    monkeypatch.chdir(CASES / name)
    for run in right["runs"]:
        arguments = shlex.split(run["command"])[2:]
        done = CliRunner().invoke(validate, arguments)
        shown = f"{run['command']}\n{done.output}\n{done.exception!r}"
        assert done.exit_code in run["exit"], shown
        for text in run.get("must_contain", ()):
            assert text in done.output, f"{text!r} is not in: {shown}"
        for text in run.get("must_not_contain", ()):
            assert text not in done.output, f"{text!r} is in: {shown}"
        if "errors" in run:
            done = CliRunner().invoke(validate, [*arguments, "--format", "json"])
            report = json.loads(done.output)
            for wanted in run["errors"]:
                assert any(matches(wanted, task, error) for task, error in all_errors(report)), (
                    f"{wanted} is not in: {done.output}"
                )


def all_errors(report: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    found = [(task["name"], error) for task in report["tasks"] for error in task["errors"]]
    return found + [(error.get("table", ""), error) for error in report["errors"]]


def matches(wanted: dict[str, Any], task: str, error: dict[str, Any]) -> bool:
    keys = {"row": "rowNumber", "field": "fieldName", "type": "type"}
    return task == wanted["table"] and all(
        error.get(key) == wanted[name] for name, key in keys.items() if name in wanted
    )
