"""Count the files of the library that two common ways through it enter: ``python count_files.py``.

A file is entered if one of its functions is called, not if it is only imported. The first way is
one printed name, from its raw file to its row in a CSV: the files whose functions return it, or a
row or table that has it, and so not those that only check it. The second is ``xrecord validate`` of
a CSV of two rows, also with a wrong row, and of a package.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType

import pyarrow as pa

from xinjiang_record.cli import main as command
from xinjiang_record.data_packages import build
from xinjiang_record.release.tables import csv_text
from xinjiang_record.release.tables.row_order import split_into_batches
from xinjiang_record.settings import Project

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = f"{ROOT / 'xinjiang_record'}/"
PACKAGE, STATEMENT = "joint-statements", "2022-10-31-unga77-c3-critical"
PRINTED = "Czech Republic"
IS_FUNCTION = 0x1 | 0x2  # CO_OPTIMIZED and CO_NEWLOCALS: no module, no body of a class


@contextlib.contextmanager
def entered_files(counts: Callable[[FrameType, str, object], bool]) -> Iterator[dict[str, str]]:
    """Collect the files whose functions are called, each with its first function, if it counts."""
    found: dict[str, str] = {}

    def look(frame: FrameType, event: str, value: object) -> None:
        code = frame.f_code
        if event not in ("call", "return") or code.co_flags & IS_FUNCTION != IS_FUNCTION:
            return
        path = code.co_filename
        name = path.removeprefix(LIBRARY)
        if name == path or name in found or code.co_name.startswith("<"):
            return
        if not _is_imported_now(frame) and counts(frame, event, value):
            found[name] = code.co_qualname

    sys.setprofile(look)
    try:
        yield found
    finally:
        sys.setprofile(None)


def _is_imported_now(frame: FrameType | None) -> bool:
    """Return whether a call is made while a module is imported: tables are made then."""
    while frame is not None:
        if frame.f_code.co_name == "<module>" and frame.f_code.co_filename.startswith(LIBRARY):
            return True
        frame = frame.f_back
    return False


def follow_a_name() -> dict[str, str]:
    """Return the files that one printed name enters, from its raw file to its row in a CSV."""

    def has_name(frame: FrameType, event: str, value: object) -> bool:
        return event == "return" and _holds(value)

    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder))
        shutil.copytree(ROOT / "schemas", project.schemas)
        project.raw.mkdir()
        for name in ("sources.csv", "weak_hosts.csv"):
            shutil.copy(ROOT / "raw" / name, project.raw)
        shutil.copytree(ROOT / "raw" / PACKAGE / STATEMENT, project.raw / PACKAGE / STATEMENT)
        with entered_files(has_name) as found:
            table = build(project, PACKAGE).tables["signature_events"]
            for batch in split_into_batches(table):
                csv_text.encode_batch(batch)
    return found


def _holds(value: object, depth: int = 2) -> bool:
    """Return whether a value is the name, or a row, a record or a table that has it."""
    if isinstance(value, str):
        return PRINTED in value
    if isinstance(value, bytes):
        return PRINTED.encode() in value
    if isinstance(value, pa.Table | pa.RecordBatch):
        return any(PRINTED in str(cell) for column in value.columns for cell in column.to_pylist())
    if not depth:
        return False
    if isinstance(value, Mapping):
        return any(_holds(item, depth - 1) for item in value.values())
    if isinstance(value, list | tuple):
        return any(_holds(item, depth - 1) for item in value)
    if dataclasses.is_dataclass(value):
        names = (item.name for item in dataclasses.fields(value))
        return any(_holds(getattr(value, name, None), depth - 1) for name in names)
    return False


def validate_two_rows(last: str = "b") -> dict[str, str]:
    """Return the files that ``xrecord validate`` of a CSV of two rows enters."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "two.csv")
        path.write_text(f"id,name\n1,a\n2,{last}\n", "utf-8")
        return validate_path(path, "INVALID" if "," in last else "ok")


def validate_path(path: Path, expected: str) -> dict[str, str]:
    """Return the files that ``xrecord validate`` of a path enters; it prints ``expected``."""
    shown = io.StringIO()
    with (
        contextlib.chdir(path.parent),
        contextlib.redirect_stdout(shown),
        contextlib.suppress(SystemExit),
        entered_files(lambda frame, event, value: event == "call") as found,
    ):
        command.main(["validate", path.name])
    assert expected in shown.getvalue(), shown.getvalue()
    return found


if __name__ == "__main__":
    for title, found in (
        (f"{PRINTED!r}, from raw/ to a row", follow_a_name()),
        ("xrecord validate of two rows", validate_two_rows()),
        ("xrecord validate of two rows, one with a cell too many", validate_two_rows("b,c")),
        (
            f"xrecord validate of {PACKAGE}",
            validate_path(ROOT / "published" / PACKAGE / "latest" / "datapackage.json", "ok"),
        ),
    ):
        print(f"{title}: {len(found)} files")
        for name, function in found.items():
            print(f"    {name}: {function}")
