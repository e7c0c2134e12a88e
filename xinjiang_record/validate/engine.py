"""Validate a file, a resource or a package as Frictionless does, at Arrow speed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import frictionless
from frictionless import FrictionlessException, Resource
from frictionless.resources import PackageResource, ResourceResource, TableResource

from xinjiang_record.errors import ReadError, UsageError, XRecordError
from xinjiang_record.settings import LIMITS
from xinjiang_record.sources import unpack
from xinjiang_record.validate import guard
from xinjiang_record.validate.judge import Thinned
from xinjiang_record.validate.report import EMPTY, Report
from xinjiang_record.validate.strict import declare, undeclared

ARROW = {".parquet", ".arrow", ".feather"}


def validate(
    path: str | os.PathLike[str], *, resource: str | None = None, limit_errors: int = 1000, strict: bool = False
) -> Report:
    """The report on a data file, a resource or a data package; ``resource`` names one of a package's.

    ``limit_errors`` ends the reading after so many errors (0: never). ``strict`` refuses what is not declared, instead of detecting
    it: then the report's findings say what is missing, and nothing is read. Raises UnsafeNameError and LimitError for what a
    stranger's file must not make us do, ReadError if Frictionless itself fails on the data, UsageError for an unknown resource.
    """
    target = Path(path)
    shown = str(path)
    if target.suffix.lower() in guard.DESCRIPTORS:
        descriptor = guard.read_descriptor(target)
        if descriptor is not None:
            guard.check_descriptor(target, descriptor)
        return _checked(shown, str(target), None, descriptor, resource, limit_errors, strict)
    guard.check_file(target)
    if resource is not None:
        raise UsageError(f"{shown} is a data file: it has no resource {resource!r}. Leave --resource out.")
    if target.suffix.lower() in ARROW:
        from xinjiang_record.validate.arrow_files import validate_arrow

        return validate_arrow(target, {}, limit_errors)
    if target.suffix.lower() == ".zst":
        with _unpacked(target) as inner:
            return _checked(shown, inner.name, str(inner.parent), {"path": shown}, None, limit_errors, strict)
    base, name = (str(target.parent), target.name) if _needs_base(shown) else (None, shown)
    return _checked(shown, name, base, {"path": shown}, None, limit_errors, strict)


def _needs_base(shown: str) -> bool:
    """Whether Frictionless would call the user's own path unsafe: it is then read from its folder."""
    return os.path.isabs(shown) or ".." in Path(shown).parts or shown.startswith(("~", "$"))


def _checked(
    shown: str,
    source: str,
    base: str | None,
    descriptor: Mapping[str, Any] | None,
    resource: str | None,
    limit_errors: int,
    strict: bool,
) -> Report:
    if strict and descriptor is not None and (findings := tuple(undeclared(shown, descriptor))):
        return Report(shown, EMPTY, findings)
    tables: list[Thinned] = []
    try:
        report = _run(source, base, resource, limit_errors, strict, tables)
    except (XRecordError, FrictionlessException):
        raise
    except Exception as error:
        raise ReadError(
            f"{shown}: Frictionless {frictionless.__version__} fails on these data or this schema, with or without this engine: "
            f"{type(error).__name__}: {error}. See docs/validate.md for the cases that are known."
        ) from error
    finally:
        for table in tables:
            table.close()
    slow = {table.resource.name: table.reason for table in tables if not table.fast and table.opened}
    warnings = [warning for table in tables for warning in table.warnings(shown)]
    return Report(shown, report.to_descriptor(), (), tuple(warnings), slow)


def _run(source: str, base: str | None, name: str | None, limit: int, strict: bool, tables: list[Thinned]) -> Any:
    options = {"basepath": base} if base else {}
    try:
        whole = Resource(source, **options)
    except FrictionlessException:
        return frictionless.validate(source, **options)
    _hook(whole, tables, strict, name)
    return whole.validate(name=name, limit_errors=limit)


def _hook(whole: Any, tables: list[Thinned], strict: bool, name: str | None) -> None:
    """Thin every table that Frictionless is going to read."""
    if isinstance(whole, TableResource):
        tables.append(Thinned(whole))
        if strict:
            declare(whole)
        return
    if not isinstance(whole, (PackageResource, ResourceResource)):
        return
    read = whole.read_metadata

    def read_metadata() -> Any:
        metadata = read()
        resources = metadata.resources if isinstance(whole, PackageResource) else [metadata]
        names = [item.name for item in resources]
        if name is not None and isinstance(whole, PackageResource) and name not in names:
            raise UsageError(f"no resource {name!r}. There are: {', '.join(names)}.")
        for item in resources:
            if isinstance(item, TableResource):
                _hook(item, tables, strict, None)
        return metadata

    whole.read_metadata = read_metadata


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """A .zst file unpacked beside nothing, for as long as it is read: Frictionless knows no such compression."""
    with tempfile.TemporaryDirectory(prefix="xrecord-") as folder:
        target = Path(folder) / path.with_suffix("").name
        with open(target, "wb") as stream:
            for chunk in unpack.decompressed(path, "zstd", limit=LIMITS.decompressed_bytes):
                stream.write(chunk)
        yield target
