"""Guess nothing: what a descriptor leaves open is the standard's default, or an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinjiang_record.errors import XRecordError
from xinjiang_record.model import Finding, Place
from xinjiang_record.untrusted.regular_files import read_regular_head
from xinjiang_record.validate import descriptor_safety
from xinjiang_record.validate.opening import data_files
from xinjiang_record.validate.opening.data_files import DELIMITERS, SAMPLE, guess_encoding

if TYPE_CHECKING:
    from frictionless.resources import TableResource

DEFAULT_ENCODING, DEFAULT_DELIMITER = "utf-8", ","  # of the standard
PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ")  # first bytes


def find_undeclared(shown: str, descriptor: Mapping[str, Any], folder: Path) -> Iterator[Finding]:
    """Yield what a package or a resource leaves open: its schema, an encoding or a dialect.

    What is not declared of encoding and dialect is the standard's default: UTF-8, comma, double
    quotes. A file that begins otherwise needs a declaration, and the advice is for the very file.
    """
    resources = descriptor.get("resources")
    for item in resources if isinstance(resources, list) else [descriptor]:
        if isinstance(item, Mapping) and _is_csv(item):
            yield from _of_resource(shown, item, folder)


def _is_csv(item: Mapping[str, Any]) -> bool:
    if "data" in item:
        return False
    form = data_files.get_format(item)
    if data_files.is_declared_table(item):
        form = data_files.choose_table_format(item)
    return form in ("csv", "tsv")


def _of_resource(shown: str, item: Mapping[str, Any], folder: Path) -> Iterator[Finding]:
    name = str(item.get("name") or "")
    absent = [key for key in ("schema", "encoding", "dialect") if item.get(key) is None]
    if not absent:
        return
    encoding, delimiter = _advice(item, folder)
    shown_delimiter = "\\t" if delimiter == "\t" else delimiter
    reasons = {"schema": "Frictionless would guess the types from a sample. Add a Table Schema"}
    if encoding != DEFAULT_ENCODING:
        reasons["encoding"] = (
            f'the standard\'s default, UTF-8, is not that of the file. Add "encoding": "{encoding}"'
        )
    if delimiter != DEFAULT_DELIMITER:
        reasons["dialect"] = (
            f"the standard's default, a comma, is not that of the file. "
            f'Add "dialect": {{"delimiter": "{shown_delimiter}"}}'
        )
    for key in absent:
        if key in reasons:
            message = f"no {key} is declared, and --strict guesses nothing: {reasons[key]}."
            yield Finding(f"undeclared-{key}", message, Place(shown), resource=name)


def _advice(item: Mapping[str, Any], folder: Path) -> tuple[str, str]:
    """Return the encoding and the delimiter that the file itself suggests."""
    path = data_files.get_first_path(item)
    default = "\t" if data_files.get_format(item) in ("tsv", "tab") else ","
    if not path or data_files.split_suffixes(path)[1]:
        return str(item.get("encoding") or "utf-8"), default
    try:
        target = descriptor_safety.resolve_inside(folder / "datapackage.json", path, "path")
        sample = read_regular_head(Path(target), SAMPLE)
    except (XRecordError, OSError, ValueError):
        return "utf-8", default
    if item.get("compression") or sample.startswith(PACKED):
        return str(item.get("encoding") or "utf-8"), default
    encoding = guess_encoding(sample)
    first = sample.decode(encoding, "replace").partition("\n")[0]
    counts = {mark: first.count(mark) for mark in DELIMITERS}
    if counts[DEFAULT_DELIMITER] and default == DEFAULT_DELIMITER:
        return encoding, default
    best = max(counts, key=lambda mark: (counts[mark], mark == default))
    return encoding, best if counts[best] else default


def declare_defaults(resource: TableResource) -> None:
    """Give a table the standard's defaults where its dialect says nothing: nothing is sniffed.

    Each field of its primary key is required, by the standard's rule that Frictionless leaves out
    (frictionless-py#1623).
    """
    from frictionless.formats.csv import CsvControl  # deferred: start-up

    for item in resource.schema.fields if resource.schema else ():
        if item.name in resource.schema.primary_key:
            item.constraints["required"] = True
    dialect = resource.dialect
    # To assign the header is to define it: then Frictionless looks for no header row.
    dialect.header = bool(dialect.header)
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
