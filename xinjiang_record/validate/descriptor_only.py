"""Check a descriptor by Frictionless's rules, without reading any data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from frictionless import Dialect, FrictionlessException, Package, Resource, Schema

from xinjiang_record.model import Finding, Place


def find_metadata_errors(descriptor: dict[str, Any], folder: Path, shown: str) -> Iterator[Finding]:
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
