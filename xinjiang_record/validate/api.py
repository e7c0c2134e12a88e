"""Validate files: check what may be read and start hashes, before Frictionless is imported."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from xinjiang_record.errors import (
    LimitError,
    ReadError,
    UnsafeNameError,
    UsageError,
    XRecordError,
)
from xinjiang_record.limits import MIB
from xinjiang_record.model import Finding, Place
from xinjiang_record.untrusted.audit_wall import confined
from xinjiang_record.validate import descriptor_safety, frictionless_hooks, progress
from xinjiang_record.validate.gc_pause import GcPause
from xinjiang_record.validate.report import EMPTY, Report
from xinjiang_record.validate.strict import undeclared

LARGE = 8 * MIB  # bytes of a file whose hashes are started at once


def validate(
    path: str | os.PathLike[str],
    *,
    resource: str | None = None,
    limit_errors: int = 1000,
    strict: bool = False,
) -> Report:
    """The report on a data file, a resource or a data package; ``resource`` names one of a package's.

    ``limit_errors`` ends the reading after so many errors (0: never). ``strict`` refuses what is not declared, instead of detecting
    it: then the report's findings say what is missing, and nothing is read. Raises UnsafeNameError and LimitError for what a
    stranger's file must not make us do, ReadError if Frictionless itself fails on the data, UsageError for an unknown resource.
    """
    target, shown = Path(path), str(path)
    descriptor: Mapping[str, Any] | None = {"path": target.name, "name": None}
    if descriptor_safety.is_descriptor(target):
        descriptor = descriptor_safety.read_descriptor(target)
        if descriptor is not None:
            descriptor_safety.check_descriptor(target, descriptor)
    else:
        descriptor_safety.check_file(target, descriptor_safety.kinds(target.name))
        if resource is not None:
            raise UsageError(
                f"{shown} is a data file: it has no resource {resource!r}. Leave --resource out."
            )
    if strict and descriptor is not None and (findings := tuple(undeclared(shown, descriptor))):
        return Report(shown, EMPTY, findings)
    with (
        confined([target.parent, target.resolve()]),
        GcPause() as pause,
        _hashes_started(list(_large(target, descriptor or {}, resource))),
    ):
        frictionless_hooks.install()
        from xinjiang_record.validate.validator import run  # deferred: start-up

        report = run(
            target, shown, strict=strict, resource=resource, limit_errors=limit_errors, pause=pause
        )
    if descriptor is None and report.valid and (error := descriptor_safety.syntax_error(target)):
        message = f"{shown}: cannot be read ({' '.join(error.split())}), so nothing in it was checked. Mend it."
        return replace(report, findings=(Finding("source-error", message, Place(shown)),))
    return report


def _hashes_started(paths: list[str]) -> AbstractContextManager[None]:
    """While this lasts, the hashes of some files are made."""
    if not paths:
        return nullcontext()
    from xinjiang_record.validate.readers import file_hashes  # deferred: start-up

    return file_hashes.hashes_started(paths)


def _large(target: Path, descriptor: Mapping[str, Any], resource: str | None) -> Iterator[str]:
    """The large file that will be read first: its hashes take as long as Frictionless takes to be imported."""
    resources = descriptor.get("resources")
    for item in resources if isinstance(resources, list) else [descriptor]:
        if isinstance(item, Mapping) and (resource is None or item.get("name") == resource):
            with suppress(OSError, XRecordError):
                for path in descriptor_safety.data_paths(target, item):
                    if path.suffix in (".csv", ".tsv") and path.stat().st_size >= LARGE:
                        yield os.path.realpath(path)
                        return


REFUSALS = ((UnsafeNameError, "unsafe-path"), (LimitError, "limit"), (ReadError, "unreadable"))


def validate_all(
    paths: Sequence[str],
    *,
    resource: str | None,
    limit_errors: int,
    strict: bool,
    step: progress.Step | None = None,
) -> list[Report]:
    """Return one report a path; a path that is refused has a finding that says why.

    ``step(path, done, total)`` is called with the bytes that were read.
    """

    def one(path: str) -> Report:
        return validate(path, resource=resource, limit_errors=limit_errors, strict=strict)

    with progress.reporting_to(step):
        return [_report(path, one) for path in paths]


def _report(path: str, one: Callable[[str], Report]) -> Report:
    try:
        return one(path)
    except XRecordError as error:
        for kind, word in REFUSALS:
            if isinstance(error, kind):
                return Report(path, EMPTY, (Finding(word, str(error), Place(path)),))
        raise
