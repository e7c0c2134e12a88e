"""Frictionless's own published test data: equal reports on every table and descriptor in them.

They are not copied into this project: the source distribution comes from the package index when the
test runs
(``pytest tests/validate/test_published_data.py -m slow -s``). XRECORD_TEST_SDIST names one that is
there already.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import frictionless
import pytest

from xinjiang_record.errors import XRecordError
from xinjiang_record.validate import validate

# The differences that are intended (docs/validate.md), with the types of our errors.
INTENDED: dict[str, set[str]] = {
    "data/[table].csv": set(),  # a name that Frictionless takes for a pattern, and finds nothing
    "data/invalid.json": {"source-error"},  # no JSON, and valid data for Frictionless
    "data/issue-494.package.json": {"scheme-error"},  # at addresses, which are not fetched
    "data/package-with-pipeline-multiple-tables-to-write.json": {"scheme-error"},
    "data/package-with-pipeline.json": {"scheme-error"},
}
KINDS = (".csv", ".tsv", ".json", ".yaml", ".gz", ".parquet")


def sdist(folder: Path) -> Path:
    """The source distribution of the Frictionless that is installed.

    Skips the test where it cannot be had.
    """
    if named := os.environ.get("XRECORD_TEST_SDIST"):
        return Path(named)
    wanted = f"frictionless=={frictionless.__version__}"
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        "--no-binary",
        "frictionless",
        "-d",
        str(folder),
        wanted,
    ]
    result = subprocess.run(command, capture_output=True, text=True)
    found = list(folder.glob("frictionless-*.tar.gz"))
    if not found:
        pytest.skip(f"the source distribution cannot be had: {result.stderr.strip()[-200:]}")
    return found[0]


def plain(report: dict[str, Any]) -> Any:
    for part in (report, *report["tasks"]):
        part["stats"].pop("seconds", None)
    return report


@pytest.mark.slow
def test_published_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, theirs: Callable[..., Any]
) -> None:
    with tarfile.open(sdist(tmp_path)) as archive:
        members = [
            item
            for item in archive.getmembers()
            if item.isfile() and "/data/" in item.name and item.name.count("/") < 5
        ]
        archive.extractall(tmp_path, members=members, filter="data")
    (root,) = (item.parent for item in tmp_path.glob("frictionless-*/data"))
    monkeypatch.chdir(root)
    kinds: Counter[str] = Counter()
    differ = []
    for path in sorted(
        str(item)
        for item in Path("data").rglob("*")
        if item.is_file() and item.suffix in KINDS and "cassettes" not in item.parts
    ):
        try:
            report = validate(path)
            ours: Any = plain(report.to_descriptor())
            kind = "slow" if report.slow else "fast" if report.tables else "no table"
        except XRecordError as error:
            ours, kind = type(error.__cause__).__name__, f"refused: {type(error).__name__}"
            if error.__cause__ is None:
                kinds[kind] += 1
                print(f"refused: {error}")
                continue
        except frictionless.FrictionlessException as error:
            ours, kind = type(error).__name__, "raised"
        if path in INTENDED:
            assert {error["type"] for _, error in report.errors()} == INTENDED[path]
        elif ours != theirs(path):
            differ.append(path)
        kinds[kind] += 1
    print(dict(kinds))
    assert not differ
    assert kinds["fast"] > 100
