"""Validate files: decide what is read and start hashes, before Frictionless is imported."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from xinjiang_record.errors import (
    LimitError,
    ReadError,
    UnsafeNameError,
    UsageError,
    XRecordError,
)
from xinjiang_record.model import Finding, Place
from xinjiang_record.untrusted.audit_wall import confined
from xinjiang_record.validate import descriptor_safety, frictionless_hooks, progress
from xinjiang_record.validate.file_claims import check_claims
from xinjiang_record.validate.opening import data_files
from xinjiang_record.validate.opening.addresses import (
    SchemaSource,
    as_local_path,
    find_local_path,
    read_schema,
)
from xinjiang_record.validate.opening.prepare import (
    Prepared,
    add_limit_hint,
    explain_missing_module,
    prepare,
)
from xinjiang_record.validate.opening.yaml_descriptors import copy_unshared
from xinjiang_record.validate.readers.file_hashes import start_hashes
from xinjiang_record.validate.report import EMPTY, Report
from xinjiang_record.validate.strict import find_undeclared

STANDARDS = ("v2",)
NAMES = ("datapackage.json", "datapackage.yaml", "datapackage.yml")  # of packages


@dataclass(frozen=True)
class Settings:
    """Hold what to check, for one source or several.

    ``resource`` names one resource of a package. ``limit_errors`` stops the reading of a table
    after so many errors (0: never). ``strict`` guesses nothing, and applies the standard's rules.
    ``standard`` is ``v2`` to apply the rules of Data Package 2.0 with its defaults. ``schema`` is
    the Table Schema of a data file. ``maps`` are local copies, by address. ``checklist`` is a
    descriptor of Frictionless's checks, with ``pickErrors`` and ``skipErrors``.
    """

    resource: str | None = None
    limit_errors: int = 1000
    strict: bool = False
    standard: str | None = None
    schema: SchemaSource | None = None
    schema_sync: bool = False
    maps: Mapping[str, Path] = field(default_factory=dict)
    checklist: Mapping[str, Any] | None = None
    descriptor_only: bool = False
    hashed: bool = True

    @property
    def is_plain(self) -> bool:
        """Return whether a source that is clean for Frictionless has nothing else to report."""
        odd = self.by_standard or self.schema_sync or self.checklist or self.resource
        return not (odd or self.descriptor_only)

    @property
    def by_standard(self) -> bool:
        """Return whether the rules of the standard apply."""
        return self.strict or self.standard is not None


class GcPause:
    """Disable garbage collection from ``with`` to ``end()`` or the end of the block.

    Many objects are made and few are dropped.
    """

    def __enter__(self) -> GcPause:
        self._was_enabled = gc.isenabled()
        gc.disable()
        return self

    def __exit__(self, *error: object) -> None:
        self.end()

    def end(self) -> None:
        """Enable it again, if it was enabled before."""
        if self._was_enabled:
            gc.enable()


def validate(
    source: Any,
    *,
    resource: str | None = None,
    limit_errors: int = 1000,
    strict: bool = False,
    standard: str | None = None,
    schema: SchemaSource | None = None,
    schema_sync: bool = False,
    maps: Mapping[str, Path] | None = None,
    checklist: Mapping[str, Any] | None = None,
    descriptor_only: bool = False,
    hashed: bool = True,
) -> Report:
    """Return the report on a source.

    Args:
        source: The path of a data file, a resource, a data package or a folder; a descriptor; or a
            pandas, Polars or Arrow table.
        resource: The name of one resource of a package.
        limit_errors: Stop after so many errors in a table; 0 for no limit.
        strict: Guess nothing: what is not declared is an error, and nothing of it is read.
        standard: ``v2`` for the rules of Data Package 2.0, with its defaults.
        schema: The Table Schema for a data file or a table: a path or a descriptor.
        schema_sync: Match fields and columns by name; columns may lack.
        maps: Local copies of schemas and profiles, by address.
        checklist: The descriptor of a Frictionless checklist.
        descriptor_only: Check the descriptor and read no data.
        hashed: Compute hashes of large files that no descriptor declares, for the report.

    Raises:
        UnsafeNameError: A path leads out of the descriptor's folder.
        LimitError: The source is over a limit.
        ReadError: The source cannot be read.
        UsageError: The resource is unknown, or an option does not fit the source.
    """
    if standard is not None and standard not in STANDARDS:
        raise UsageError(f"standard: expected one of {', '.join(STANDARDS)}, got {standard!r}.")
    settings = Settings(
        resource,
        limit_errors,
        strict,
        standard,
        schema,
        schema_sync,
        maps or {},
        checklist,
        descriptor_only,
        hashed,
    )
    if not isinstance(source, (str, os.PathLike)):
        from xinjiang_record.validate.opening import sources  # deferred: start-up

        if isinstance(source, Mapping):
            plain = sources.copy_descriptor(source)
            return _run(Path(NAMES[0]), "descriptor", plain, settings, read_file=False)
        given = None if schema is None else read_schema(schema, settings.maps)
        with sources.save_source(source, given) as path:
            return replace(_validate_path(str(path), replace(settings, schema=None)), path="table")
    return _validate_path(os.fspath(source), settings)


def _validate_path(shown: str, settings: Settings) -> Report:
    if ":" in shown or not os.path.exists(shown):
        shown = find_local_path(shown)
    target = Path(shown)
    if target.is_dir():
        return _validate_folder(target, shown, settings)
    if not data_files.is_descriptor(target):
        return _validate_data_file(target, shown, settings)
    if settings.schema is not None:
        if target.suffix.lower() != ".json" or _is_a_descriptor(target):
            raise UsageError(f"{shown}: --schema is for data files, and this is a descriptor.")
        return _validate_data_file(target, shown, settings)
    repeated: list[str] = []
    descriptor = descriptor_safety.read_descriptor(target, repeated)
    if descriptor is None:
        return _validate_unparsed(target, shown, settings)
    descriptor_safety.check_shapes(target, descriptor)  # what is unsafe is reported first
    return _run(target, shown, descriptor, settings, repeated=repeated)


def _is_a_descriptor(target: Path) -> bool:
    """Return whether a JSON file is a package or a resource, and not the rows of a table."""
    content: Mapping[str, Any] | None = None
    with suppress(LimitError):  # a large file of rows
        content = descriptor_safety.read_descriptor(target)
    if content is None:
        return False
    return isinstance(content.get("resources"), list) or isinstance(content.get("path"), str)


def _validate_folder(target: Path, shown: str, settings: Settings) -> Report:
    """Validate the package in a folder, or else the tables in it, as Frictionless does."""
    for name in NAMES:
        if (target / name).is_file():
            return _validate_path(os.path.join(shown, name), settings)
    files = sorted(
        item.name
        for item in target.iterdir()
        if item.is_file()
        and not item.is_symlink()
        and data_files.split_suffixes(item.name)[0] in data_files.DETECTED
    )
    if not files:
        raise ReadError(f"{shown}: a folder without a datapackage.json and without tables.")
    repeated: list[str] = []
    resources: list[dict[str, Any]] = [
        {"name": f"table-{number}", "path": as_local_path(name), "title": name}
        for number, name in enumerate(files, 1)
    ]
    if settings.schema is not None:
        schema = read_schema(settings.schema, settings.maps, repeated)
        more = [{"type": "table", "schema": copy_unshared(schema)} for _ in files]
        resources = [{**item, **added} for item, added in zip(resources, more, strict=True)]
    descriptor = {"name": "folder", "resources": resources}
    return _run(target / NAMES[0], shown, descriptor, settings, read_file=False, repeated=repeated)


def _validate_unparsed(target: Path, shown: str, settings: Settings) -> Report:
    """Validate a file whose name is that of a descriptor, and that is not one."""
    report = _run(target, shown, None, settings)
    if report.valid and (error := descriptor_safety.find_syntax_error(target)):
        words = " ".join(error.split())
        message = (
            f"{shown}: cannot be read ({words}), so nothing in it was checked. Correct its syntax."
        )
        return replace(report, findings=(Finding("source-error", message, Place(shown)),))
    return report


def _validate_data_file(target: Path, shown: str, settings: Settings) -> Report:
    data_files.check_file(target, data_files.list_kinds(target.name))
    if settings.resource is not None:
        raise UsageError(
            f"{shown} is a data file: it has no resource {settings.resource!r}. "
            "Leave --resource out."
        )
    form, _ = data_files.split_suffixes(target.name)
    if module := data_files.find_missing_module(form if form != "json" or settings.schema else ""):
        message = f"{shown}: {explain_missing_module(module, form)}"
        return _refused(shown, "format-error", message)
    is_table = form in data_files.DETECTED
    is_odd = bool(data_files.ODD_NAME.intersection(target.name))
    if settings.schema is None and not ((settings.by_standard or is_odd) and is_table):
        from xinjiang_record.validate.proof import clean_tables  # deferred: start-up

        if settings.is_plain:
            with GcPause(), confined(_folders(target, settings)):
                proved = clean_tables.prove_data_file(target, shown, settings)
            if proved is not None:
                return proved
        return _run(target, shown, {"path": target.name, "name": None}, settings, read_file=True)
    repeated: list[str] = []
    resource: dict[str, Any] = {"path": target.name, "type": "table"}
    if settings.schema is not None:
        resource["schema"] = read_schema(settings.schema, settings.maps, repeated)
    stem = target.name.partition(".")[0].lower()
    resource["name"] = re.sub("[^a-z0-9]+", "-", stem).strip("-") or "table"
    target = target.with_name(NAMES[0])
    return _run(target, shown, resource, settings, read_file=False, repeated=repeated)


def _run(
    target: Path,
    shown: str,
    descriptor: Mapping[str, Any] | None,
    settings: Settings,
    *,
    read_file: bool | None = None,
    repeated: Sequence[str] = (),
) -> Report:
    """Prepare a source and let the validator read it.

    ``read_file``: whether the source is a data file, for True, or has no file, for False.
    ``repeated``: keys that are twice in one object of the descriptor.
    """
    prepared = Prepared()
    standards = None
    if descriptor is not None and not read_file and _is_data_descriptor(descriptor):
        open_parts = find_undeclared(shown, descriptor, target.parent) if settings.strict else ()
        prepared = prepare(
            target,
            shown,
            descriptor,
            maps=settings.maps,
            in_place=settings.by_standard,
            undeclared=tuple(open_parts),
        )
        prepared.note_repeated(shown, repeated, is_error=settings.by_standard)
        if read_file is False and prepared.descriptor is None:
            prepared.descriptor = dict(descriptor)
        if settings.by_standard:
            from xinjiang_record.validate.standard.adapt import (  # deferred: start-up
                adapt_to_standard,
            )

            standards = adapt_to_standard(prepared, descriptor, target, shown)
            prepared.findings += _claims(target, shown, prepared, settings)
    elif descriptor is not None and not read_file:
        descriptor_safety.check_descriptor(target, descriptor)
    if settings.descriptor_only:
        frictionless_hooks.install()
        from xinjiang_record.validate.descriptor_only import check_only  # deferred: start-up

        return check_only(target, shown, prepared, descriptor)
    if settings.is_plain and descriptor is not None and not read_file and prepared.is_faultless:
        from xinjiang_record.validate.proof import plain_descriptor  # deferred: start-up

        own = prepared.descriptor
        with GcPause(), confined(_folders(target, settings)):
            proved = plain_descriptor.prove_descriptor(
                target, shown, own or descriptor, settings, from_file=own is None
            )
        if proved is not None:
            return proved
    with (
        GcPause() as pause,
        start_hashes(target, descriptor or {}, settings.resource, hashed=settings.hashed),
    ):
        frictionless_hooks.install()
        from xinjiang_record.validate.validator import run  # deferred: start-up

        with confined(_folders(target, settings)):
            return run(target, shown, prepared, settings, standards, pause)


def _folders(target: Path, settings: Settings) -> list[Path]:
    """Return the folders and files that may be read."""
    return [target.parent, target.resolve(), *settings.maps.values()]


def _is_data_descriptor(descriptor: Mapping[str, Any]) -> bool:
    """Return whether a descriptor is a package or a resource."""
    return "resources" in descriptor or "path" in descriptor or "data" in descriptor


def _claims(target: Path, shown: str, prepared: Prepared, settings: Settings) -> list[Finding]:
    """Return findings on hashes and sizes, which Frictionless checks in part only."""
    found: list[Finding] = []
    for name, item in prepared.resources.items():
        if name not in prepared.blocked and settings.resource in (None, name):
            paths = [
                target.parent / text
                for text in descriptor_safety.list_texts(item, "path", "extrapaths", "url")
            ]
            found += check_claims(item, paths, shown)
    return found


def _refused(shown: str, kind: str, message: str) -> Report:
    return Report(shown, EMPTY, (Finding(kind, message, Place(shown)),))


REFUSALS = (
    (UnsafeNameError, "unsafe-path"),
    (LimitError, "limit"),
    (ReadError, "unreadable"),
)


def validate_all(
    paths: Sequence[str], *, step: progress.Step | None = None, **options: Any
) -> list[Report]:
    """Return one report a path; a path that is refused has a finding that says why.

    ``options`` are those of ``validate``. ``step(path, done, total)`` is called with the bytes that
    were read. The path ``-`` is standard input.
    """

    def one(path: str) -> Report:
        if path == "-":
            from xinjiang_record.validate.opening.sources import save_input  # deferred: start-up

            with save_input() as saved:
                return replace(validate(saved, **options), path="-")
        return validate(path, **options)

    with progress.reporting_to(step) if step else nullcontext():
        return [_report(path, one) for path in paths]


def _report(path: str, one: Callable[[str], Report]) -> Report:
    try:
        return one(path)
    except XRecordError as error:
        for kind, word in REFUSALS:
            if isinstance(error, kind):
                message = add_limit_hint(str(error)) if word == "limit" else str(error)
                return _refused(path, word, message)
        raise
