"""Validate a file, a resource or a package as Frictionless does, at Arrow speed."""

from __future__ import annotations

import functools
import os
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import frictionless
from frictionless import Dialect, FrictionlessException, Resource, Schema
from frictionless.resources import PackageResource, ResourceResource, TableResource
from frictionless.resources.json import MetadataResource

from xinjiang_record.errors import ReadError, UsageError, XRecordError
from xinjiang_record.model import Finding
from xinjiang_record.validate import descriptor_safety
from xinjiang_record.validate.frictionless_hooks.resource_hook import (
    RestartWithoutFastPath,
    TableHook,
)
from xinjiang_record.validate.gc_pause import GcPause
from xinjiang_record.validate.report import Report
from xinjiang_record.validate.small_files import small_reader
from xinjiang_record.validate.small_files.small_csv import SmallTable
from xinjiang_record.validate.strict import declare


def run(
    target: Path,
    shown: str,
    *,
    strict: bool,
    resource: str | None,
    limit_errors: int,
    pause: GcPause,
) -> Report:
    """The report on a file that ``start.validate`` has looked at. ``pause`` ends with the first table that is not small."""
    try:
        with _Run(target, shown, strict=strict, resource=resource, pause=pause) as this:
            return this.report(limit_errors)
    except RestartWithoutFastPath:
        with _Run(target, shown, strict=strict, resource=resource, pause=pause, lazy=False) as this:
            return this.report(limit_errors)


class _Run:
    """One validation: the tables that were thinned, what was converted for it, and what we found ourselves."""

    def __init__(
        self,
        target: Path,
        shown: str,
        *,
        strict: bool,
        resource: str | None,
        pause: GcPause,
        lazy: bool = True,
    ) -> None:
        self._lazy, self._pause = lazy, pause
        self._target, self._shown, self._strict, self._resource = target, shown, strict, resource
        self._tables: list[TableHook] = []
        self._findings: list[Finding] = []
        self._places: dict[str, str] = {}
        self._stack = ExitStack()

    def __enter__(self) -> _Run:
        return self

    def __exit__(self, *error: object) -> None:
        for table in self._tables:
            table.close()
        self._stack.close()

    def report(self, limit_errors: int) -> Report:
        """Let Frictionless make its report over what is left to it."""
        try:
            descriptor = self._validated(limit_errors).to_descriptor()
        except (XRecordError, FrictionlessException):
            raise
        except Exception as error:
            raise ReadError(
                f"{self._shown}: Frictionless 5.21 fails on these data or this schema, with or without "
                f"this engine: {type(error).__name__}: {error}. See docs/validate.md for the cases that are known."
            ) from error
        for task in descriptor["tasks"]:
            task["place"] = self._places.get(task["name"], task["place"])
        slow = {
            table.resource.name: table.reason
            for table in self._tables
            if not table.fast and table.opened
        }
        warnings = [warning for table in self._tables for warning in table.warnings(self._shown)]
        for finding in (
            item
            for table in self._tables
            for item in table.findings(self._shown, strict=self._strict)
        ):
            (self._findings if finding.severity == "error" else warnings).append(finding)
        return Report(
            self._shown,
            descriptor,
            tuple(self._findings),
            tuple(warnings),
            slow,
            tuple(self._tables),
        )

    def _validated(self, limit_errors: int) -> Any:
        try:
            whole = self._open()
        except FrictionlessException:
            return frictionless.validate(str(self._target))
        self._hook(whole)
        return whole.validate(name=self._resource, limit_errors=limit_errors)

    def _open(self) -> Any:
        target, shown = self._target, self._shown
        outside = os.path.isabs(shown) or ".." in target.parts or shown.startswith(("~", "$"))
        if target.suffix.lower() in descriptor_safety.DESCRIPTORS:
            whole = Resource(str(target))
            if isinstance(whole, MetadataResource) or not outside:
                return whole
        elif target.suffix.lower() not in small_reader.FORMATS and _convert().needs(target):
            return self._converted_file()
        if outside:  # the user's own path, which Frictionless calls unsafe
            return Resource(target.name, basepath=str(target.parent))
        return Resource(shown)

    def _hook(self, whole: Any) -> None:
        """Thin every table that Frictionless is going to read."""
        if isinstance(whole, TableResource):
            self._thin(whole)
        elif isinstance(whole, (PackageResource, ResourceResource)):
            setattr(  # noqa: B010 -- mypy refuses to assign to a method
                whole,
                "read_metadata",
                functools.partial(self._read_metadata, whole, whole.read_metadata),
            )

    def _read_metadata(self, whole: Any, read: Any) -> Any:
        metadata = read()
        resources = metadata.resources if isinstance(whole, PackageResource) else [metadata]
        names = [item.name for item in resources]
        if (
            self._resource is not None
            and isinstance(whole, PackageResource)
            and self._resource not in names
        ):
            raise UsageError(f"no resource {self._resource!r}. There are: {', '.join(names)}.")
        for item in resources:
            if isinstance(item, TableResource):
                self._convert(item)
                self._thin(item)
        return metadata

    def _thin(self, table: Any) -> None:
        if not small_reader.is_small(table):
            self._pause.end()
        self._tables.append(_hooked(table, lazy=self._lazy))
        if self._strict:
            declare(table)

    # What Frictionless cannot read

    def _folder(self) -> Path:
        return Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="xrecord-")))

    def _converted_file(self) -> Any:
        convert = _convert()
        inner = convert.convert(self._target, self._folder())
        options: dict[str, Any] = {"path": inner.name, "basepath": str(inner.parent)}
        if self._target.suffix.lower() in convert.ARROW:
            options |= {
                "schema": Schema.from_descriptor(convert.schema_of(self._target)),
                "encoding": "utf-8",
            }
            options["dialect"] = Dialect.from_descriptor(convert.DIALECT)
        table = Resource(**options)
        self._places[table.name] = self._shown
        return table

    def _convert(self, table: Any) -> None:
        """Give a table of a package, if it is none that Frictionless reads, its text instead."""
        if (
            table.memory
            or table.extrapaths
            or not table.path
            or Path(table.path).suffix.lower() in small_reader.FORMATS
        ):
            return
        convert = _convert()
        if not convert.needs(Path(table.path)):
            return
        path = Path(table.normpath)
        if not path.is_file():
            return
        self._places[table.name] = table.path
        if path.suffix.lower() in convert.ARROW:
            schema = table.schema.to_descriptor()
            self._findings += convert.unfit(path, schema, self._shown, table.name)
            table.dialect, table.encoding = Dialect.from_descriptor(convert.DIALECT), "utf-8"
        inner = convert.convert(path, self._folder())
        table.path, table.basepath = inner.name, str(inner.parent)
        table.format, table.compression = inner.suffix.lstrip("."), None


def _convert() -> Any:
    """What needs Arrow, which plain text does not."""
    from xinjiang_record.validate.readers import arrow_to_csv  # deferred: start-up

    return arrow_to_csv


def _hooked(table: Any, *, lazy: bool) -> TableHook:
    if small_reader.is_small(table):
        return SmallTable(table, lazy=lazy)
    from xinjiang_record.validate.fast_pass.scanned_table import ScannedTable  # deferred: start-up

    return ScannedTable(table, lazy=lazy)
