"""Validate a file, a resource or a package as Frictionless does, at Arrow speed.

Steps: open the source with Frictionless; hook every table, so that a scan proves its rows; let
Frictionless make its report over what is left; add what it does not check. A table on which
Frictionless fails has an error of its own, and the others are checked.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import frictionless
from frictionless import Checklist, FrictionlessException, Package, Resource
from frictionless.resources import PackageResource, ResourceResource, TableResource
from frictionless.resources.json import MetadataResource

from xinjiang_record.errors import LimitError, ReadError, UsageError, XRecordError
from xinjiang_record.model import Finding, Place
from xinjiang_record.validate.frictionless_hooks.own_errors import (
    OwnErrors,
    explain_failure,
    report_blocked,
    report_failure,
)
from xinjiang_record.validate.frictionless_hooks.resource_hook import (
    KnownKeys,
    RestartWithoutFastPath,
    TableHook,
    WantedKeys,
    get_path,
    replace_validate,
    skip_comments_before_header,
)
from xinjiang_record.validate.frictionless_hooks.wanted_errors import Wanted
from xinjiang_record.validate.opening import data_files
from xinjiang_record.validate.opening.addresses import as_local_path, find_remote_error
from xinjiang_record.validate.opening.data_files import guess_encoding
from xinjiang_record.validate.opening.prepare import Prepared, add_limit_hint
from xinjiang_record.validate.readers.table_converter import (
    TableConverter,
    find_unended_part,
    find_unread_part,
    find_unread_sheets,
)
from xinjiang_record.validate.report import Report
from xinjiang_record.validate.small_files.small_csv import SmallTable, is_small
from xinjiang_record.validate.strict import declare_defaults

if TYPE_CHECKING:
    from xinjiang_record.validate.api import GcPause, Settings
    from xinjiang_record.validate.standard.schema_rules import TableStandard

NOT_A_TABLE = "is not a table: its presence, size and hash were checked, and nothing in it"


def run(
    target: Path,
    shown: str,
    prepared: Prepared,
    options: Settings,
    standards: Mapping[str, TableStandard] | None,
    pause: GcPause,
) -> Report:
    """Return the report on a source that was prepared.

    ``standards`` are the rules of Data Package 2.0 by table, None without ``--standard``. ``pause``
    ends with the first table that is not small.
    """
    try:
        with _Run(target, shown, prepared, options, standards, pause) as this:
            return this.report()
    except RestartWithoutFastPath:
        with _Run(target, shown, prepared, options, standards, pause, lazy=False) as this:
            return this.report()


@dataclass
class _Run:
    """Hold one validation: the hooked tables, what was converted, and what was found."""

    target: Path
    shown: str
    prepared: Prepared
    options: Settings
    standards: Mapping[str, TableStandard] | None
    pause: GcPause
    lazy: bool = True
    tables: list[TableHook] = field(default_factory=list)
    known_keys: KnownKeys = field(default_factory=dict)
    wanted_keys: WantedKeys = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    converter: TableConverter = field(init=False)

    def __post_init__(self) -> None:
        self.converter = TableConverter(self.shown)

    @property
    def is_strict(self) -> bool:
        """Return whether rules that Frictionless ignores are errors."""
        return self.options.strict or self.standards is not None

    def __enter__(self) -> _Run:
        return self

    def __exit__(self, *error: object) -> None:
        for table in self.tables:
            table.close()
        self.converter.close()

    def report(self) -> Report:
        """Let Frictionless make its report over what is left to it, and add the rest."""
        try:
            descriptor = self._validated().to_descriptor()
        except (XRecordError, FrictionlessException):
            raise
        except Exception as error:
            raise ReadError(f"{self.shown}: {explain_failure(error)}") from error
        places = {**self.places, **self.converter.places}
        for task in descriptor["tasks"]:
            task["place"] = places.get(task["name"], task["place"])
        slow = {
            table.resource.name: table.reason
            for table in self.tables
            if not table.fast and table.opened
        }
        warnings = [item for table in self.tables for item in table.warnings(self.shown)]
        warnings += [item for table in self.tables for item in table.key_warnings(self.shown)]
        selected, wanted = self.options.resource, Wanted.of(self.options.checklist)
        findings = [
            item
            for item in (*self.prepared.findings, *self.converter.findings, *self.findings)
            if (selected is None or item.resource in ("", selected)) and wanted.has(item.type)
        ]
        return Report(
            self.shown,
            descriptor,
            tuple(findings),
            tuple(warnings),
            slow,
            tuple(self.tables),
            (*self.prepared.notes, *self.notes, *wanted.notes()),
            frozenset(table.resource.name or "" for table in self.tables if table.opened),
        )

    def _validated(self) -> frictionless.Report:
        try:
            source = self._open()
        except FrictionlessException:
            failed: frictionless.Report = frictionless.validate(str(self.target))
            return failed
        self._hook(source)
        checklist = self._checklist()
        if isinstance(source, TableResource):
            self._isolate(source, alone=True)
        elif not isinstance(source, MetadataResource):
            self._note_file(source)
        report: frictionless.Report = source.validate(
            checklist, name=self.options.resource, limit_errors=self.options.limit_errors
        )
        return report

    def _checklist(self) -> Checklist | None:
        options = self.options
        if not self.is_strict and options.checklist is None:
            return None
        try:
            checklist = Checklist.from_descriptor(dict(options.checklist or {"checks": []}))
        except FrictionlessException as error:
            reasons = "; ".join(item.note for item in error.to_errors())
            raise UsageError(f"checks: {reasons}. Use names of Frictionless's checks.") from error
        Wanted.of(options.checklist).check_names()
        if self.is_strict:
            checklist.add_check(OwnErrors())
        return checklist

    def _open(self) -> Resource:
        target, shown = self.target, self.shown
        outside = os.path.isabs(shown) or ".." in target.parts or shown.startswith(("~", "$"))
        if self.prepared.descriptor is not None:
            return self._open_prepared(self.prepared.descriptor)
        if target.suffix.lower() in data_files.DESCRIPTORS:
            source = Resource(str(target))
            if isinstance(source, MetadataResource) or not outside:
                return source
        elif (copy := self.converter.open_file(target)) is not None:
            return copy
        if outside:  # the user's own path, which Frictionless calls unsafe
            return Resource(target.name, basepath=str(target.parent))
        return Resource(shown)

    def _open_prepared(self, descriptor: Mapping[str, Any]) -> Resource:
        """Return Frictionless's resource for a descriptor that was changed."""
        kind = PackageResource if "resources" in descriptor else ResourceResource
        base = as_local_path(os.path.dirname(self.target))
        return kind(data=dict(descriptor), basepath=base)

    def _hook(self, source: Resource) -> None:
        """Hook every table that Frictionless is going to read."""
        if isinstance(source, TableResource):
            remote = find_remote_error(source, self.shown)
            if remote is not None:
                replace_validate(source, functools.partial(report_blocked, source, remote))
                return
            if self.target.suffix.lower() in data_files.DESCRIPTORS:
                self.converter.convert(source)
            self._hook_table(source)
        elif isinstance(source, (PackageResource, ResourceResource)):
            read = functools.partial(self._read_metadata, source, source.read_metadata)
            setattr(source, "read_metadata", read)  # noqa: B010 - mypy refuses an assignment

    def _read_metadata(
        self, source: Resource, read: Callable[[], Package | Resource]
    ) -> Package | Resource:
        metadata = read()
        resources = metadata.resources if isinstance(metadata, Package) else [metadata]
        names = [item.name for item in resources]
        wanted = self.options.resource
        if wanted is not None and isinstance(source, PackageResource) and wanted not in names:
            raise UsageError(f"no resource {wanted!r}. There are: {', '.join(names)}.")
        for item in resources:
            for key in item.schema.foreign_keys if isinstance(item, TableResource) else ():
                reference = key["reference"]
                wanted_fields = self.wanted_keys.setdefault(reference["resource"], set())
                wanted_fields.add(tuple(reference["fields"]))
        for item in resources:
            if isinstance(item, TableResource):
                self._drop_keys_to_files(item, resources)
        for item in resources:
            blocked = self.prepared.blocked.get(item.name) or find_remote_error(item, self.shown)
            if blocked is not None:
                declared = self.prepared.resources.get(item.name, {})
                self.places[item.name] = data_files.get_first_path(declared) or "memory"
                replace_validate(item, functools.partial(report_blocked, item, blocked))
                continue
            if isinstance(item, TableResource):
                self.converter.convert(item)
                self._hook_table(item)
                self._isolate(item, alone=len(resources) == 1)
            elif wanted in (None, item.name):
                self._note_file(item)
        return metadata

    def _drop_keys_to_files(self, table: TableResource, others: Sequence[Resource]) -> None:
        """Make an error of a foreign key to what is not a table: Frictionless fails on it."""
        files = {item.name for item in others if not isinstance(item, TableResource)}
        absent = {item.name for item in others if self.is_strict and _is_absent(item)}
        kept = []
        for key in table.schema.foreign_keys:
            target = key["reference"]["resource"]
            if target in absent and target != table.name:
                self.notes.append(
                    f"{table.name}: the foreign key {', '.join(key['fields'])} was not checked, "
                    f"since {target!r} was not read"
                )
                continue
            if target not in files:
                kept.append(key)
                continue
            message = (
                f"the foreign key {', '.join(key['fields'])} was not checked: {target!r} is not a "
                "table. Declare its schema, or remove the key."
            )
            place = Place(self.shown)
            self.findings.append(Finding("foreign-key", message, place, resource=table.name or ""))
        if len(kept) != len(table.schema.foreign_keys):
            table.schema.foreign_keys = kept

    def _hook_table(self, table: TableResource) -> None:
        if not is_small(table):
            self.pause.end()
        rules = (self.standards or {}).get(table.name)
        if rules is not None and table.schema:
            from xinjiang_record.validate.frictionless_hooks import (  # deferred: start-up
                standard_fields,
            )

            for message in standard_fields.apply_to_schema(table.schema, rules):
                problem = Finding("field-error", message, Place(self.shown), resource=table.name)
                self.findings.append(problem)
        self._check_encoding(table)
        self._check_unread_part(table)
        if self.options.schema_sync:
            table.detector.schema_sync = True
        if self.is_strict:
            declare_defaults(table)
            skip_comments_before_header(table)
            table.encoding = table.encoding or "utf-8"
            if not (self.options.strict or table.schema.fields):
                table.detector.field_type = "any"
        self.tables.append(self._hooked(table))
        self.tables[-1].known_keys = self.known_keys
        self.tables[-1].wanted_keys = self.wanted_keys

    def _check_encoding(self, table: TableResource) -> None:
        """Make an error of UTF-16 without a byte order mark, which Frictionless reads wrongly."""
        if table.encoding or table.memory or table.compression or table.extrapaths:
            return
        if table.format not in ("csv", "tsv") or not os.path.isfile(get_path(table)):
            return
        with open(get_path(table), "rb") as stream:
            encoding = guess_encoding(stream.read(4096))
        if encoding in ("utf-16-le", "utf-16-be"):
            message = (
                f"{table.name}: the file is UTF-16 without a byte order mark, and was read in "
                f'another encoding. Declare "encoding": "{encoding}".'
            )
            place = Place(self.shown)
            self.findings.append(Finding("encoding-error", message, place, resource=table.name))

    def _check_unread_part(self, table: TableResource) -> None:
        """Say what of a file Frictionless leaves out: members, sheets, and repeats in ODS."""
        self.notes += filter(None, (find_unread_sheets(table), find_unended_part(table)))
        message = find_unread_part(table)
        if not message:
            return
        if not self.is_strict:
            self.notes.append(message)
            return
        place = Place(self.shown)
        self.findings.append(Finding("not-checked", message, place, resource=table.name or ""))

    def _hooked(self, table: TableResource) -> TableHook:
        options: dict[str, Any] = {
            "lazy": self.lazy,
            "standards": self.standards,
            "strict": self.is_strict,
            "hashed": self.options.hashed,
        }
        needs_every_row = bool(self.options.checklist and self.options.checklist.get("checks"))
        if is_small(table) and not needs_every_row:
            return SmallTable(table, **options)
        from xinjiang_record.validate.fast_pass.scanned_table import (  # deferred: start-up
            ScannedTable,
            read_every_row,
        )

        if needs_every_row:
            options["choose"] = read_every_row
        return ScannedTable(table, **options)

    def _isolate(self, table: Resource, *, alone: bool) -> None:
        """Make an error of what stops the reading of one table, so that the others are read.

        If there are no others, an exception says it.
        """
        validate = table.validate

        def isolated(checklist: Checklist | None = None, **options: Any) -> frictionless.Report:
            try:
                report: frictionless.Report = validate(checklist, **options)
                return report
            except LimitError as error:
                if alone:
                    raise
                message = add_limit_hint(f"{table.name}: {error}")
                return report_failure(table, "limit", message)
            except (XRecordError, FrictionlessException):
                raise
            except Exception as error:
                message = f"{table.name}: {explain_failure(error, table)}"
                if alone:
                    raise ReadError(f"{self.shown}: {message}") from error
                return report_failure(table, "unreadable", message)

        replace_validate(table, isolated)

    def _note_file(self, item: Resource) -> None:
        """Say that a file is not a table; an error where it may have been meant as one."""
        place, hint = str(item.place), ""
        self.notes.append(f"{place} {NOT_A_TABLE}")
        if self.is_strict and self.prepared.resources.get(item.name or "", {}).get("schema"):
            hint = f'It has a schema: declare "type": "table" in place of "type": "{item.type}"'
        elif self.options.strict and data_files.looks_like_text(place):
            hint = 'Declare "type": "table" and a schema, if it is one'
        if hint:
            self.findings.append(
                Finding(
                    "not-checked",
                    f"{place} {NOT_A_TABLE}. {hint}.",
                    Place(self.shown),
                    resource=item.name or "",
                )
            )


def _is_absent(item: Resource) -> bool:
    """Return whether the file of a table is not there."""
    is_file = isinstance(item, TableResource) and not item.memory
    return is_file and not os.path.exists(get_path(item))
