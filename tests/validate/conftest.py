"""What the tests of validation share."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Frictionless's and dateutil's own warnings, about data that are made to be odd."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def plain(report: Any) -> Any:
    """A report as JSON without the seconds."""
    copy = json.loads(json.dumps(report, default=str))
    copy["stats"].pop("seconds", None)
    for task in copy["tasks"]:
        task["stats"].pop("seconds", None)
    return copy


@pytest.fixture(scope="session")
def theirs() -> Iterator[Callable[..., Any]]:
    """Frictionless's own report on a path, without the seconds, or the name of what it raises.

    By a process that has nothing of ours.
    """
    command = [sys.executable, str(Path(__file__).with_name("reference.py"))]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin and process.stdout

        def ask(path: Path | str, limit: int = 1000) -> Any:
            print(
                json.dumps({"folder": os.getcwd(), "path": str(path), "limit": limit}),
                file=process.stdin,
                flush=True,
            )
            found = json.loads(process.stdout.readline())
            return found if isinstance(found, str) else plain(found)

        yield ask
        process.stdin.close()


def contents(folder: Path) -> frozenset[tuple[str, bytes]]:
    """The names and the bytes of all files below a folder; what a link leads to is its bytes."""
    return frozenset((str(item), item.read_bytes()) for item in folder.rglob("*") if item.is_file())


@pytest.fixture
def same(theirs: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Validates a path in its folder with Frictionless, with both first tiers and by the proof
    without Frictionless, asserts that all say the same, and returns ours.
    """
    from xinjiang_record.validate import validate
    from xinjiang_record.validate.proof import clean_tables
    from xinjiang_record.validate.small_files import small_rows

    answers: dict[object, Any] = {}

    def check(path: Path, limit: int = 0) -> Any:
        monkeypatch.chdir(path.parent)
        # A test that asks about the same files with other sizes of pieces has one expectation.
        asked = (path.name, limit, contents(path.parent))
        if asked not in answers:
            answers[asked] = theirs(path.name, limit)
        expected = answers[asked]
        quick = validate(path.name, limit_errors=limit)
        assert plain(quick.to_descriptor()) == expected
        if not quick.tables:  # proved clean: what Frictionless gets of a small file is another way
            with monkeypatch.context() as patched:
                patched.setattr(clean_tables, "_prove", lambda *_: 1 / 0)
                quick = validate(path.name, limit_errors=limit)
            assert plain(quick.to_descriptor()) == expected
        with monkeypatch.context() as patched:
            patched.setattr(small_rows, "SMALL_BYTES", 0)
            report = validate(path.name, limit_errors=limit)  # by a scan that may be begun early
            assert plain(report.to_descriptor()) == expected
            if not report.tables:  # proved clean by it
                patched.setattr(clean_tables, "_prove", lambda *_: 1 / 0)
                report = validate(path.name, limit_errors=limit)
        assert plain(report.to_descriptor()) == expected
        assert {str(item) for item in quick.warnings} == {
            str(item) for item in report.warnings
        } or report.slow
        return report

    return check


@pytest.fixture
def box(tmp_path: Path) -> Callable[..., Path]:
    """Writes a package of one table ``t.csv``; returns the descriptor's path."""

    def write(
        content: bytes, fields: list[dict[str, Any]], name: str = "t.csv", **extra: Any
    ) -> Path:
        (tmp_path / name).write_bytes(content)
        schema = {"fields": fields, **extra.pop("schema", {})}
        resource = {"name": "t", "type": "table", "path": name, "schema": schema, **extra}
        path = tmp_path / "datapackage.json"
        path.write_text(json.dumps({"name": "box", "resources": [resource]}))
        return path

    return write
