"""Strict validation: nothing is sniffed. What a descriptor leaves open is either the standard's own default, or an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xinjiang_record.model import Finding, Place


def undeclared(shown: str, descriptor: Mapping[str, Any]) -> Iterator[Finding]:
    """What a package or a resource does not declare: its schema, its encoding, its dialect."""
    resources = descriptor.get("resources")
    for item in resources if isinstance(resources, list) else [descriptor]:
        if isinstance(item, Mapping) and _is_csv(item):
            yield from _of_resource(shown, item)


def _is_csv(item: Mapping[str, Any]) -> bool:
    path = item.get("path")
    first = path[0] if isinstance(path, list) and path else path
    form = (
        item.get("format")
        or str(first or "").removesuffix(".gz").removesuffix(".zst").rpartition(".")[2]
    )
    return form in ("csv", "tsv")


def _of_resource(shown: str, item: Mapping[str, Any]) -> Iterator[Finding]:
    name = str(item.get("name") or item.get("path"))
    told = {
        "schema": "Frictionless would guess the types from a sample",
        "encoding": 'Frictionless would guess it from the first bytes. Add "encoding": "utf-8"',
        "dialect": 'Frictionless would guess it from the first lines. Add "dialect": {"delimiter": ","}',
    }
    for key, why in told.items():
        if not item.get(key):
            message = f"{name}: no {key} is declared, and --strict guesses nothing. {why}."
            yield Finding(f"undeclared-{key}", message, Place(shown), resource=name)


def declare(resource: Any) -> None:
    """Give a table the standard's defaults wherever its dialect says nothing, so that nothing is left to sniff.

    And its primary key the standard's rule that Frictionless leaves out (frictionless-py#1623): each of its fields is required.
    """
    from frictionless.formats.csv import CsvControl  # deferred: start-up

    for item in resource.schema.fields if resource.schema else ():
        if item.name in resource.schema.primary_key:
            item.constraints["required"] = True
    dialect = resource.dialect
    dialect.header = bool(
        dialect.header
    )  # to assign it is to define it: then no header row is looked for
    control = CsvControl.from_dialect(dialect)
    defaults = {
        "delimiter": "\t" if resource.format == "tsv" else ",",
        "line_terminator": "\r\n",
        "quote_char": '"',
        "double_quote": True,
        "skip_initial_space": False,
    }
    for name, value in defaults.items():
        if not control.has_defined(name):
            setattr(control, name, value)
