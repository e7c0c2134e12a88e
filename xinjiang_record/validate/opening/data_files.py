"""Say what a data file is by its name, and look at its first records before it is read.

A file is a table by what is declared and by its name. Checked are its kind, its compression and the
size of its first records. Their encoding and dialect are guessed; the patterns of ``csv.Sniffer``
take time with the square of the quotes in a text, so there is a deadline. Its results are kept.
"""

from __future__ import annotations

import contextlib
import csv
import functools
import importlib.util
import itertools
import json
import mimetypes
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any, TextIO
from urllib.parse import parse_qs, urlsplit

from xinjiang_record.errors import LimitError, ReadError, UnsafeNameError
from xinjiang_record.limits import LIMITS
from xinjiang_record.untrusted.regular_files import describe_kind

STATE = "Nothing was read."
# Formats that Frictionless takes for a table without "type" or "schema".
DETECTED = {"csv", "tsv", "xlsx", "xls", "ods", "jsonl", "ndjson", "parquet", "parq", "inline"}
# Formats that are read as tables; a table of another format gets an error of its own.
TABLES = {*DETECTED, "json", "arrow", "feather"}
# Suffixes of texts that may be CSV: with a schema such a file is read as CSV.
TEXTS = {"txt": "csv", "dat": "csv", "data": "csv", "tab": "tsv", "text": "csv", "": "csv"}
COMPRESSIONS = ("gz", "zst", "zip")
# In a name of a file Frictionless takes these for the query of an address, or for a pattern.
ODD_NAME = frozenset("?#;[")
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
DESCRIPTORS = (".json", ".yaml", ".yml")
_DESCRIBING = {suffix[1:] for suffix in DESCRIPTORS}
ARCHIVES = {"zip", "xlsx", "ods"}
STREAMS = {"gz": "gzip", "zst": "zstd"}
PARQUET, ARROW = {"parquet", "parq", "pq"}, {"arrow", "arrows", "feather", "ipc"}
UNBOUNDED = {"bz2", "xz"}
DELIMITERS = ",;\t|"
SAMPLE = 64 * 1024  # bytes of a file that an encoding is guessed from
SAMPLED = 200  # records that Frictionless may read before the first is checked
WORK = 10**8  # steps of sniffing that are harmless, by quotes and by the longest line
PLAIN = {"lineterminator": "\r\n", "escapechar": None, "quotechar": '"', "skipinitialspace": False}
DIALECT = ("delimiter", "lineterminator", "escapechar", "quotechar", "skipinitialspace")


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


def is_descriptor(path: Path) -> bool:
    """Return whether a file that the user named may be read as a descriptor."""
    return not _DESCRIBING.isdisjoint({_suffix(path.name), *list_kinds(path.name)})


def list_kinds(name: str, resource: Mapping[str, Any] = MappingProxyType({})) -> set[str]:
    """Return what Frictionless may read a file as, by what is declared and by its suffix.

    The suffix is the one before a query or a fragment.
    """
    try:
        parts = urlsplit(name)
    except ValueError:  # which Frictionless reads as nothing
        return set()
    declared = [
        resource.get("compression"),
        resource.get("format"),
        *parse_qs(parts.query).get("format", ()),
    ]
    return {_suffix(parts.path), *(item.lower() for item in declared if isinstance(item, str))}


def _suffix(name: str) -> str:
    return name.rpartition(".")[2].lower()


def check_file(path: Path, others: Iterable[str] = (), *, is_table: bool = True) -> None:
    """Check that a data file is a regular one whose compression does not explode.

    ``others``: what it may be read as, its suffix aside. A file that is not a table is not
    decompressed, unless by gzip or zip.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        raise ReadError(f"{path}: {getattr(error, 'strerror', error)}. Check the path.") from error
    if not stat.S_ISREG(mode):
        found = describe_kind(mode)
        raise UnsafeNameError(f"{path}: expected a regular file, got {found}. {STATE}")
    kinds = {_suffix(path.name), *others}
    _check_compression(path, kinds if is_table else kinds - UNBOUNDED)
    if kinds & {"csv", "tsv"}:
        check_first_records(path)
    if kinds & PARQUET:
        from xinjiang_record.archives.parquet_size import (  # deferred: start-up
            check_parquet_size,
        )

        check_parquet_size(str(path), str(path))
    if kinds & ARROW:
        from xinjiang_record.archives.arrow_size import check_arrow_size  # deferred: start-up

        check_arrow_size(path)


def _check_compression(path: Path, found: set[str]) -> None:
    if unbounded := sorted(found & UNBOUNDED):
        raise LimitError(
            f"{path}: what a {unbounded[0]} file becomes cannot be bounded. Use gz or zst. {STATE}"
        )
    if not found & {*ARCHIVES, *STREAMS}:
        return
    from xinjiang_record.archives import zip  # deferred: start-up

    if found & ARCHIVES and zip.is_zip(path):  # Frictionless reports what is not one
        from xinjiang_record.validate.readers.excel_sheets import (  # deferred: start-up
            check_dimensions,
        )

        with zip.open_zip(path) as archive, contextlib.suppress(ReadError):
            check_dimensions(archive, str(path))
    for kind in found & STREAMS.keys():
        with contextlib.suppress(ReadError):  # a broken stream, too
            for _ in zip.decompressed(path, STREAMS[kind]):
                pass


def check_first_records(path: Path) -> None:
    """Refuse a header of too many columns, and first records over row_bytes.

    Frictionless reads these into memory to guess the dialect and the types.
    """
    window = 2 * LIMITS.row_bytes if path.stat().st_size > LIMITS.row_bytes else LIMITS.header_bytes
    before = csv.field_size_limit(window)
    try:
        with open(path, encoding="latin-1", newline="") as stream:  # a character for each byte
            for delimiter in _likely_delimiters(stream.readline(window)):
                stream.seek(0)
                _check_sample(path, _Lines(stream, window), delimiter)
    except csv.Error:
        return  # which Frictionless reports
    finally:
        csv.field_size_limit(before)


def _likely_delimiters(line: str) -> list[str]:
    """Return the delimiters that cut the first line into most cells."""
    first = line.rstrip("\r\n")
    most = max(map(first.count, DELIMITERS))
    return [item for item in DELIMITERS if first.count(item) == most]


class _Lines:
    """Give the lines of a stream up to a number of characters; ``used`` are those given."""

    def __init__(self, stream: TextIO, most: int) -> None:
        self._stream, self._most, self.used = stream, most, 0

    def __iter__(self) -> Iterator[str]:
        while self.used < self._most and (line := self._stream.readline(self._most - self.used)):
            self.used += len(line)
            yield line


def _check_sample(path: Path, lines: _Lines, delimiter: str) -> None:
    start = 0
    for row in itertools.islice(csv.reader(lines, delimiter=delimiter), SAMPLED):
        if len(row) > LIMITS.field_count:
            raise LimitError(
                f"{path}: {len(row)} columns, over the limit field_count "
                f"({LIMITS.field_count}). {STATE}"
            )
        if lines.used - start > LIMITS.row_bytes:
            raise LimitError(
                f"{path}: a record of more than {LIMITS.row_bytes} bytes (row_bytes). "
                f"Is a quote left open? {STATE}"
            )
        start = lines.used


def guess_encoding(sample: bytes) -> str:
    """Return the encoding of a sample: UTF-16 by its zero bytes, UTF-8, else Windows-1252."""
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for place, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = sample[place::2]
        if len(half) > 1 and half.count(0) > 0.8 * len(half) and 0 not in sample[1 - place :: 2]:
            return name
    if sample.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 4 or len(sample) < SAMPLE:
            return "windows-1252"
    return "utf-8"


class DeadlineSniffer:
    """Sniff as ``csv.Sniffer`` does, in the bounded process where it may take long."""

    def sniff(
        self, sample: str, delimiters: str | None = None
    ) -> type[csv.Dialect] | SimpleNamespace:
        """Return a dialect. Raises csv.Error as the original does, LimitError over the deadline."""
        quotes = sample.count('"') + sample.count("'")
        if not quotes and delimiters and _is_plain(sample, delimiters):
            return SimpleNamespace(delimiter=delimiters, **PLAIN)
        longest = max(map(len, sample.splitlines()), default=0)
        if max(quotes * len(sample), longest**2 if quotes else 0) <= WORK:
            return SimpleNamespace(**_sniff_once(sample, delimiters))
        from xinjiang_record.untrusted.bounded_process import run_bounded  # deferred: start-up

        found = run_bounded(
            f"{__name__}:sniff_here",
            json.dumps(sample).encode(),
            shown="the first rows",
            state="Declare a dialect, so that nothing is sniffed. The table was not checked.",
            options={"delimiters": delimiters},
            limit="sniff_seconds",
        )
        if not isinstance(found, dict):
            raise csv.Error("no delimiter was found")
        return SimpleNamespace(**found)


def _is_plain(sample: str, delimiter: str) -> bool:
    """Return whether all that can be sniffed is that no blanks follow a declared delimiter.

    Without quotes the sniffer finds only the delimiter, which is known, and such blanks in the
    first line that is not empty.
    """
    first = next(filter(None, sample.split("\n")), "")
    return len(delimiter) == 1 and first.count(delimiter) != first.count(f"{delimiter} ")


def sniff_here(data: bytes, options: Mapping[str, Any]) -> dict[str, Any] | None:
    """Sniff in this process; the bounded process calls this. None where csv.Error is raised."""
    try:
        return _sniff_once(json.loads(data), options["delimiters"])
    except csv.Error:
        return None


@functools.lru_cache(2)
def _sniff_once(sample: str, delimiters: str | None) -> dict[str, Any]:
    """Sniff; the proof and Frictionless ask about the same rows, one after the other."""
    found = csv.Sniffer().sniff(sample, delimiters)
    return {name: getattr(found, name) for name in DIALECT}
