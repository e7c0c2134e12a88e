"""Check a descriptor by Frictionless's rules, without reading any data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from frictionless import Dialect, FrictionlessException, Package, Resource, Schema

from xinjiang_record.model import Finding, Place
from xinjiang_record.validate import descriptor_safety
from xinjiang_record.validate.opening.prepare import Prepared
from xinjiang_record.validate.report import EMPTY, Report


def check_only(
    target: Path, shown: str, prepared: Prepared, descriptor: Mapping[str, Any] | None
) -> Report:
    """Return the report on a descriptor alone."""
    if descriptor is None:
        message = f"{shown}: {descriptor_safety.find_syntax_error(target)}"
        return Report(shown, EMPTY, (Finding("source-error", message, Place(shown)),))
    findings = _find_metadata_errors(prepared.descriptor or dict(descriptor), target.parent, shown)
    of_resources = map(_named, (*prepared.findings, *prepared.blocked.values()))
    own = (*findings, *of_resources)
    notes = (*prepared.notes, "the descriptor was checked, and no data were read")
    return Report(shown, EMPTY, own, notes=notes)


def _named(finding: Finding) -> Finding:
    """Return a finding whose message begins with its resource, since no table is listed."""
    if not finding.resource or finding.message.startswith(f"{finding.resource}: "):
        return finding
    return replace(finding, message=f"{finding.resource}: {finding.message}")


def _find_metadata_errors(
    descriptor: dict[str, Any], folder: Path, shown: str
) -> Iterator[Finding]:
    """Yield what Frictionless finds wrong in a package, resource, schema or dialect."""
    kind: Any = Dialect
    if "resources" in descriptor:
        kind = Package
    elif "path" in descriptor or "data" in descriptor:
        kind = Resource
    elif "fields" in descriptor:
        kind = Schema
    options = {"basepath": str(folder)} if kind in (Package, Resource) else {}
    try:
        metadata = kind.from_descriptor(descriptor, **options)
        resources = metadata.resources if kind is Package else [metadata]
        for item in resources if kind in (Package, Resource) else ():
            item.schema, item.dialect  # noqa: B018 - reads those in other files
    except FrictionlessException as exception:
        for error in exception.reasons or [exception.error]:
            yield Finding(error.type, error.message, Place(shown))
