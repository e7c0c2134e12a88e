"""Give Frictionless a copy in text of a table that it cannot read: Arrow, or zstd."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

from frictionless import Dialect, Resource, Schema
from frictionless.resources import TableResource

from xinjiang_record.model import Finding
from xinjiang_record.validate.file_claims import check_claims
from xinjiang_record.validate.frictionless_hooks.resource_hook import get_path

ARROW = {"arrow", "feather"}  # formats, as a descriptor names them
ARROW_FILES = (".arrow", ".feather")
ZSTD = ".zst"
ZSTD_FILES = (".csv.zst", ".tsv.zst")  # of those without a descriptor


class TableConverter:
    """Hold the copies of one validation, in temporary folders.

    ``places`` are the true files by resource, ``findings`` what the copies would hide.
    """

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._stack = ExitStack()
        self.places: dict[str, str] = {}
        self.findings: list[Finding] = []

    def close(self) -> None:
        """Remove the copies."""
        self._stack.close()

    def open_file(self, path: Path) -> Resource | None:
        """Return the copy of a data file; None for one that Frictionless reads itself."""
        is_arrow = path.name.lower().endswith(ARROW_FILES)
        if not is_arrow and not path.name.lower().endswith(ZSTD_FILES):
            return None
        convert = _load_module()
        inner = convert.convert(path, self._make_folder(), is_arrow=is_arrow)
        options: dict[str, Any] = {"path": inner.name, "basepath": str(inner.parent)}
        if is_arrow:
            options |= {
                "schema": Schema.from_descriptor(convert.read_schema(path)),
                "encoding": "utf-8",
                "dialect": Dialect.from_descriptor(convert.DIALECT),
            }
        table = Resource(**options)
        self.places[table.name or ""] = self._shown
        return table

    def convert(self, table: TableResource) -> None:
        """Give a table of a package its copy, if Frictionless cannot read it."""
        is_arrow = str(table.format).lower() in ARROW
        names = [str(name) for name in (table.path, *table.extrapaths) if name]
        is_packed = bool(names) and all(name.lower().endswith(ZSTD) for name in names)
        if table.memory or not (is_packed or (is_arrow and len(names) == 1)):
            return
        paths = [Path(path.removeprefix("file://")) for path in table.normpaths]
        if not all(path.is_file() for path in paths):
            return
        name = table.name or ""
        self.places[name] = table.place
        claims = {"name": name, "hash": table.hash, "bytes": table.bytes}
        self.findings += check_claims(claims, paths, self._shown)
        table.hash = table.bytes = None
        convert = _load_module()
        if is_arrow:
            schema = table.schema.to_descriptor()
            self.findings += convert.find_unfit_columns(paths[0], schema, self._shown, name)
            table.dialect, table.encoding = Dialect.from_descriptor(convert.DIALECT), "utf-8"
        folder = self._make_folder()
        copies = []
        for number, path in enumerate(paths):
            inside = folder / str(number) if len(paths) > 1 else folder
            inside.mkdir(exist_ok=True)
            copies.append(convert.convert(path, inside, is_arrow=is_arrow))
        first, *others = [str(path.relative_to(folder)) for path in copies]
        table.path, table.extrapaths, table.basepath = first, others, str(folder)
        if is_arrow or table.format in (None, "", "zst"):
            table.format = copies[0].suffix.lstrip(".").lower()
        table.compression = None

    def _make_folder(self) -> Path:
        folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="xrecord-"))
        return Path(folder)


def _load_module() -> ModuleType:
    """Return the module that needs Arrow, which plain text does not."""
    from xinjiang_record.validate.readers import arrow_to_csv  # deferred: start-up

    return arrow_to_csv


def find_unread_part(table: TableResource) -> str:
    """Return what of a table's file Frictionless does not read; empty for nothing.

    Of a ZIP archive it reads one file, the first or ``innerpath``; of ODS some repeats are lost.
    """
    path = Path(get_path(table))
    if table.memory or table.extrapaths:
        return ""
    if table.compression == "zip" and not table.innerpath:
        names = _list_members(path)
        if len(names) > 1:
            return (
                f"{table.name}: {table.path} has {len(names)} files, and only {names[0]} was read. "
                'Name another with "innerpath", or make an archive of each.'
            )
    if table.format == "ods":
        from xinjiang_record.validate.readers import ods_repeats  # deferred: start-up

        if count := ods_repeats.count_lost_repeats(path):
            return (
                f"{table.name}: {table.path} has {count} groups of equal rows or cells that were "
                "read as one, so rows are missing. Save the table as CSV."
            )
    return ""


def find_unended_part(table: TableResource) -> str:
    """Return which part of a table in text ends amid a row; empty for none.

    Frictionless and the standard join the parts as they are, so that two rows become one.
    """
    if table.format not in ("csv", "tsv"):
        return ""
    paths = [str(table.path), *map(str, table.extrapaths)]
    for path, file in list(zip(paths, table.normpaths, strict=True))[:-1]:
        if path.lower().endswith((".gz", ".zip")) or not os.path.isfile(file):
            continue
        with open(file, "rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - 1))
            last = stream.read(1)
        if last not in (b"", b"\n", b"\r", b"\0"):
            return (
                f"{table.name}: {path} does not end with a line end, so its last row continues in "
                "the next part. End it with one."
            )
    return ""


def find_unread_sheets(table: TableResource) -> str:
    """Return which sheets of an Excel file are not read; empty if one is named, or alone."""
    if table.format != "xlsx" or table.compression or table.memory or table.extrapaths:
        return ""
    if table.dialect.has_control("excel"):
        return ""
    from xinjiang_record.validate.readers import excel_sheets  # deferred: start-up

    names = excel_sheets.list_sheets(Path(get_path(table)))
    if len(names) < 2:
        return ""
    return f"{table.name}: {table.path} has {len(names)} sheets, and only {names[0]!r} was read"


def _list_members(path: Path) -> list[str]:
    """Return the names of the files in a ZIP archive; empty for any other file."""
    from xinjiang_record.archives import zip  # deferred: start-up

    if not path.is_file() or not zip.is_zip(path):
        return []
    with zip.open_zip(path) as archive:
        return [name for name in zip.sizes(archive) if not name.endswith("/")]
