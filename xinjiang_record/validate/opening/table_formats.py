"""Decide which resources are tables, by what is declared and by the name of the file."""

from __future__ import annotations

import importlib.util
import mimetypes
from collections.abc import Mapping
from typing import Any

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
# Suffixes that Frictionless does not know, of formats that are read.
ALIASES = {"pq": "parquet", "ipc": "arrow", "arrows": "arrow"}
# What a suffix says of a file that may still be a table in text.
OPEN_TYPES = {None, "application/octet-stream", "text/plain"}
# Formats that Frictionless reads as tables, and that are not read here: files like any other.
FOREIGN_TABLES = {
    *("html", "htm", "sav", "zsav", "por", "sql", "sqlite", "db", "gsheets", "pandas", "qsv"),
    *("ckan", "github", "zenodo", "bigquery", "postgresql", "mysql", "duckdb", "yaml", "yml"),
    *("geojson", "topojson"),
}
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


def get_first_path(resource: Mapping[str, Any]) -> str:
    """Return the first path of a resource; empty if it has none."""
    path = resource.get("path") or resource.get("url")
    if isinstance(path, list):
        path = path[0] if path else ""
    return path if isinstance(path, str) else ""


def split_suffixes(path: str) -> tuple[str, str]:
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


def get_format(resource: Mapping[str, Any]) -> str:
    """Return the format that a resource declares, or else the one that its file's name says."""
    declared = resource.get("format")
    if isinstance(declared, str) and declared:
        return declared.lower()
    return split_suffixes(get_first_path(resource))[0]


def is_declared_table(resource: Mapping[str, Any]) -> bool:
    """Return whether a descriptor says that a resource is a table: by type, profile or schema."""
    if resource.get("type") == "table" or resource.get("profile") == "tabular-data-resource":
        return True
    return resource.get("type") in (None, "") and bool(resource.get("schema"))


def choose_table_format(resource: Mapping[str, Any]) -> str:
    """Return the format in which a declared table is read; empty if there is none.

    A declared format wins, then the suffix, then the media type. A file whose suffix says nothing
    is read as CSV; one whose suffix says that it is something else is not.
    """
    declared = resource.get("format")
    if isinstance(declared, str) and declared:
        return declared.lower() if declared.lower() in {*TABLES, "txt"} else ""
    form = split_suffixes(get_first_path(resource))[0]
    if form in TABLES:
        return form
    if form in ALIASES:
        return ALIASES[form]
    media = MEDIA_TYPES.get(str(resource.get("mediatype") or "").partition(";")[0].strip().lower())
    if media or form in TEXTS:
        return media or TEXTS[form]
    # Python's own list of types, not the machine's: the result is the same everywhere.
    meant = mimetypes.MimeTypes(filenames=()).types_map[True].get(f".{form}")
    return "csv" if meant in OPEN_TYPES and form not in FOREIGN_TABLES else ""


def find_missing_module(form: str) -> str:
    """Return the module that a format needs and that is not installed; empty if there is none."""
    module = MODULES.get(form, "")
    return module if module and importlib.util.find_spec(module) is None else ""


def looks_like_text(path: str) -> bool:
    """Return whether a file that is not a table may be one: its name does not say it."""
    form, _ = split_suffixes(path)
    return form in TEXTS or form in TABLES - DETECTED
