"""Every table of the record, read by everything that people read it with, gives the same rows, and
the same types where it has them.
"""

from __future__ import annotations

import importlib.util
import logging
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _readers() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "release_readers", Path(__file__).with_name("readers.py")
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


R = _readers()
# What a reader does to a CSV unless it is told: it takes a code such as 019 for the number 19. The
# README says what to tell it.
GUESSES = {"pandas, CSV", "Polars, CSV", "DuckDB, CSV", "R read.csv"}
TYPED = {
    "pyarrow, Parquet", "pandas, Parquet, told", "pandas, CSV, told", "Polars, Parquet",
    "Polars, CSV, told", "DuckDB, Parquet",
    "DuckDB, CSV, told", "frictionless, CSV",
}  # fmt: skip


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The releases of this checkout; built from raw/ where none is there yet."""
    if (ROOT / "published" / "catalog.json").exists():
        return ROOT / "published"
    from xinjiang_record import data_packages, release
    from xinjiang_record.schema.load import package_names
    from xinjiang_record.settings import Project

    folder = tmp_path_factory.mktemp("record")
    for name in package_names(Project(ROOT)):
        release.publish(data_packages.build(Project(ROOT), name), folder)
    return folder


@pytest.mark.parametrize("label", [label for label, _, _ in R.READERS])
def test_reader(record: Path, label: str) -> None:
    logging.disable(logging.CRITICAL)
    reader: Any = next(function for name, function, _ in R.READERS if name == label)
    if reason := R.missing(reader):
        pytest.skip(reason)
    found = [R.differences(reader, *table) for table in R.tables(record)]
    logging.disable(logging.NOTSET)
    assert len(found) > 25
    rows = [text for text, _ in found if text]
    if label in GUESSES:
        assert len(rows) <= 2, rows
    else:
        assert rows == []
    if label in TYPED:
        assert [text for _, text in found if text] == []


def test_the_docs_have_the_table(record: Path) -> None:
    """docs/releases.md names every reader with what to pass."""
    text = (ROOT / "docs" / "releases.md").read_text("utf-8")
    for label, _, told in R.READERS:
        assert f"| {label.removesuffix(', told')} | {told} |" in text
