"""Decide which resources are tables, by what is declared and by the name of the file."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from typing import Any

from xinjiang_record.validate import descriptor_safety

# Formats that are read as tables; a table of another format gets an error of its own.
TABLES = {
    "csv",
    "tsv",
    "xlsx",
    "xls",
    "ods",
    "jsonl",
    "ndjson",
    "json",
    "parquet",
    "parq",
    "arrow",
    "feather",
    "inline",
}
# Formats that Frictionless takes for a table without "type" or "schema".
DETECTED = {"csv", "tsv", "xlsx", "xls", "ods", "jsonl", "ndjson", "parquet", "parq", "inline"}
# Suffixes of texts that may be CSV: with a schema such a file is read as CSV.
TEXTS = {"txt": "csv", "dat": "csv", "data": "csv", "tab": "tsv", "text": "csv", "": "csv"}
COMPRESSIONS = ("gz", "zst", "zip")
# Media types of tables.
MEDIA_TYPES = {
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/vnd.apache.parquet": "parquet",
    "application/vnd.apache.arrow.file": "arrow",
    "application/json": "json",
}
# Modules that Frictionless needs for a format, all brought by the extra "excel".
MODULES = {
    "xlsx": "openpyxl",
    "xls": "xlrd",
    "ods": "ezodf",
    "json": "ijson",
    "jsonl": "jsonlines",
    "ndjson": "jsonlines",
}


def first_path(resource: Mapping[str, Any]) -> str:
    """Return the first path of a resource; empty if it has none."""
    path = resource.get("path") or resource.get("url")
    if isinstance(path, list):
        path = path[0] if path else ""
    return path if isinstance(path, str) else ""


def suffixes(path: str) -> tuple[str, str]:
    """Return the format and the compression that a file's name says, in small letters."""
    name = path.rpartition("/")[2]
    stem, dot, last = name.rpartition(".")
    if not dot:
        return "", ""
    last = last.lower()
    if last not in COMPRESSIONS:
        return last, ""
    inner = stem.rpartition(".")
    return (inner[2].lower() if inner[1] else ""), last


def format_of(resource: Mapping[str, Any]) -> str:
    """Return the format that a resource declares, or else the one that its file's name says."""
    declared = resource.get("format")
    if isinstance(declared, str) and declared:
        return declared.lower()
    return suffixes(first_path(resource))[0]


def is_declared_table(resource: Mapping[str, Any]) -> bool:
    """Return whether a descriptor says that a resource is a table: by type, profile or schema."""
    if resource.get("type") == "table" or resource.get("profile") == "tabular-data-resource":
        return True
    return resource.get("type") in (None, "") and bool(resource.get("schema"))


def table_format(resource: Mapping[str, Any]) -> str:
    """Return the format in which a declared table is read; empty if there is none.

    A declared format wins, then the suffix, then the media type. A file whose suffix says nothing
    about tables is read as CSV.
    """
    declared = resource.get("format")
    if isinstance(declared, str) and declared:
        return declared.lower() if declared.lower() in {*TABLES, "txt"} else ""
    form = suffixes(first_path(resource))[0]
    if form in TABLES:
        return form
    media = MEDIA_TYPES.get(str(resource.get("mediatype") or "").partition(";")[0].strip().lower())
    return media or TEXTS.get(form, "csv")


def missing_module(form: str) -> str:
    """Return the module that a format needs and that is not installed; empty if there is none."""
    module = MODULES.get(form, "")
    return module if module and importlib.util.find_spec(module) is None else ""


def looks_like_text(path: str) -> bool:
    """Return whether a file that is not a table may be one: its name does not say it."""
    form, _ = suffixes(path)
    return form in TEXTS or form in TABLES - DETECTED


def is_descriptor_name(name: str) -> bool:
    """Return whether a file's name is that of a descriptor."""
    return name.lower().endswith(descriptor_safety.DESCRIPTORS)
