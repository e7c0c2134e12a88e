"""Adapt a prepared descriptor to ``--standard v2``: Frictionless gets what it has right.

Steps: declare version 2.0; check the descriptor; take the rules out of each schema; translate the
dialect's properties of spreadsheets and JSON; take out hashes, which are checked afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xinjiang_record.model import Finding, Place
from xinjiang_record.validate.opening.addresses import PACKAGE_V2
from xinjiang_record.validate.opening.data_files import get_format
from xinjiang_record.validate.opening.prepare import Prepared
from xinjiang_record.validate.opening.yaml_descriptors import copy_unshared
from xinjiang_record.validate.standard.descriptor_rules import find_problems, find_wrong_key
from xinjiang_record.validate.standard.property_rules import (
    DIALECT,
    PACKAGE,
    RESOURCE,
    drop_wrong,
)
from xinjiang_record.validate.standard.schema_rules import TableStandard, adapt_schema

SECTION = "(Data Package 2.0)"
WITHOUT_PATH = {name: rule for name, rule in RESOURCE.items() if name != "path"}


def adapt_to_standard(
    prepared: Prepared, descriptor: Mapping[str, Any], path: Path, shown: str
) -> dict[str, TableStandard]:
    """Change ``prepared`` for the standard; return the rules of each table, by resource name."""
    if prepared.descriptor is None:
        prepared.descriptor = copy_unshared(dict(descriptor))
    adapted = prepared.descriptor
    for name, kind, message in find_problems(_original(prepared, descriptor)):
        prepared.findings.append(_finding(shown, name, kind, message))
    is_package = isinstance(adapted.get("resources"), list)
    if not str(adapted.get("$schema") or "").startswith("https://datapackage.org/profiles/2"):
        adapted["$schema"] = PACKAGE_V2 if is_package else f"{PACKAGE_V2[:-17]}dataresource.json"
    if is_package and not adapted["resources"]:
        return {}
    if is_package:
        drop_wrong(adapted, PACKAGE)
    found = {}
    items = adapted["resources"] if is_package else [adapted]
    for item in items:
        if isinstance(item, dict) and str(item.get("name") or "") not in prepared.blocked:
            name = str(item.get("name") or "")
            found[name] = _resource(item, items)
            for kind, message in found[name].problems:
                prepared.findings.append(_finding(shown, name, kind, message))
    return found


def _original(prepared: Prepared, descriptor: Mapping[str, Any]) -> dict[str, Any]:
    """Return the descriptor with schemas of other files in place."""
    resources = descriptor.get("resources")
    if not isinstance(resources, list):
        return {**descriptor, **prepared.resources.get(str(descriptor.get("name") or ""), {})}
    whole = [
        prepared.resources.get(str(item.get("name") or ""), item)
        if isinstance(item, Mapping)
        else item
        for item in resources
    ]
    return {**descriptor, "resources": whole}


def _finding(shown: str, name: str, kind: str, message: str) -> Finding:
    return Finding(kind, f"{message} {SECTION}.", Place(shown), resource=name)


def _resource(item: dict[str, Any], others: list[Any]) -> TableStandard:
    dialect = item.get("dialect")
    null_sequence = ""
    drop_wrong(item, WITHOUT_PATH)
    if isinstance(dialect, dict):
        drop_wrong(dialect, DIALECT)
        null_sequence = _dialect(dialect, get_format(item))
    item.pop("hash", None)
    item.pop("bytes", None)
    schema = item.get("schema")
    if not isinstance(schema, dict):
        return TableStandard()
    schema.pop("$schema", None)
    _drop_wrong_keys(item, schema, others)
    return adapt_schema(schema, null_sequence)


def _drop_wrong_keys(item: dict[str, Any], schema: dict[str, Any], others: list[Any]) -> None:
    """Take out foreign keys that cannot be checked: the descriptor has the error."""
    keys = schema.get("foreignKeys")
    if not isinstance(keys, list):
        return
    name = str(item.get("name") or "")
    kept = [key for key in keys if not find_wrong_key(name, key, schema, others)]
    schema["foreignKeys"] = kept
    if not kept:
        del schema["foreignKeys"]


def _dialect(dialect: dict[str, Any], form: str) -> str:
    """Translate the dialect's properties to Frictionless's; return the null sequence."""
    null_sequence = dialect.pop("nullSequence", None)
    sheet = dialect.pop("sheetName", None)
    number = dialect.pop("sheetNumber", None)
    if form in ("xlsx", "xls", "ods") and (sheet is not None or number is not None):
        control = "ods" if form == "ods" else "excel"
        dialect.setdefault(control, {})["sheet"] = sheet if sheet is not None else number
    keep = {name: dialect.pop(name, None) for name in ("property", "itemType", "itemKeys")}
    if form in ("json", "jsonl", "ndjson") and any(v is not None for v in keep.values()):
        options: dict[str, Any] = dialect.setdefault("json", {})
        if keep["property"] is not None:
            options["property"] = keep["property"]
        if keep["itemType"] is not None:
            options["keyed"] = keep["itemType"] == "object"
        if keep["itemKeys"] is not None:
            options["keys"] = keep["itemKeys"]
    return null_sequence if isinstance(null_sequence, str) else ""
