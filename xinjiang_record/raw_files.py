"""Read the record's own raw files strictly: UTF-8 text, CSV and TOML, with the line of everything.

Nothing is guessed and nothing repaired. A file in another encoding, a ragged row, a control
character or a broken TOML line is a finding with its place, and the file yields nothing. Every file
read is listed with its SHA-256, for the release's provenance.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xinjiang_record.errors import LimitError, ReadError, XRecordError
from xinjiang_record.limits import LIMITS
from xinjiang_record.model import Finding, InputFile, Place, Row
from xinjiang_record.untrusted import strict_toml
from xinjiang_record.untrusted.displayed_text import find_unseen, first_unseen
from xinjiang_record.untrusted.regular_files import read_regular_file

SUFFIXES = (".csv", ".toml", ".txt")
FINDINGS_SHOWN = 100  # unseen characters of one file that are listed
# The columns of raw/sources.csv. ``label``: the words of the address, where no title was read.
# ``hosts``: other hosts that a fetch of the source may follow.
SOURCE_COLUMNS = (
    "source_id",
    "url",
    "title",
    "publisher",
    "published_edtf",
    "language",
    "recorded_on",
    "note",
)
MORE_SOURCE_COLUMNS = ("hosts", "label", "kind", "origin", "weak_reason")


@dataclass(frozen=True, slots=True)
class RawFile:
    """Hold one raw file as strict UTF-8 text; ``path`` is relative to the project, with slashes."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class RawFolder:
    """Hold the files of one folder under ``raw/``, by path relative to that folder.

    What could not be read is in ``findings``.
    """

    files: Mapping[str, RawFile]
    inputs: tuple[InputFile, ...]
    findings: tuple[Finding, ...] = field(default=())

    def folders(self) -> list[str]:
        """Return the subfolders that hold files, sorted."""
        return sorted({name.rpartition("/")[0] for name in self.files if "/" in name})

    def unread(self, name: str) -> bool:
        """Return whether the file ``name`` is there but could not be read."""
        return any(
            item.place and f"/{item.place.path}".endswith(f"/{name}") for item in self.findings
        )


def read_folder(root: Path, folder: Path, partitioned: Collection[str] = ()) -> RawFolder:
    """Read every ``.csv``, ``.toml`` and ``.txt`` under ``folder``, in the order of their names.

    ``folder`` is a part of the project at ``root``. Hidden files are left alone. Any other file, a
    link, a pipe or a device is a finding, because nothing would read it. Parquet files in the
    subfolders ``partitioned`` are read elsewhere.
    """
    if folder.is_symlink():
        shown = folder.relative_to(root).as_posix()
        message = "is a link. Put the folder itself there."
        return RawFolder({}, (), (_finding("source-error", message, shown, 1),))
    paths = [path for path in sorted(folder.rglob("*")) if path.is_symlink() or not path.is_dir()]
    paths = [
        path for path in paths if not _is_partition(path.relative_to(folder), path, partitioned)
    ]
    return _read(root, folder, [path for path in paths if not path.name.startswith(".")])


def _is_partition(inside: Path, path: Path, partitioned: Collection[str]) -> bool:
    plain = str(inside).isprintable() and path.is_file() and not path.is_symlink()
    return inside.parts[0] in partitioned and path.suffix == ".parquet" and plain


def read_file(root: Path, path: Path) -> RawFolder:
    """Read one file as a folder of one; that it is not there is a finding."""
    return read_files(root, path.parent, (path.name,))


def read_files(root: Path, folder: Path, names: Sequence[str]) -> RawFolder:
    """Read some files of a folder. The first must be there: that it is not is a finding."""
    paths = [folder / name for name in names]
    return _read(root, folder, [path for path in paths if path == paths[0] or path.exists()])


def _read(root: Path, folder: Path, paths: Sequence[Path]) -> RawFolder:
    files, inputs, findings = {}, [], []
    for path in paths:
        shown = path.relative_to(root).as_posix().encode("utf-8", "backslashreplace").decode()
        data, problem = _bytes(path)
        if data is None:
            findings.append(_finding("source-error", problem, shown, 1))
            continue
        inputs.append(InputFile(shown, hashlib.sha256(data).hexdigest(), len(data)))
        text, problems = _decode(data, shown)
        if text is not None and (problem := _too_many_lines(text, path.suffix)):
            findings.append(_finding("limit", problem, shown, 1))
            continue
        findings += problems
        if text is not None:
            files[path.relative_to(folder).as_posix()] = RawFile(shown, text)
    return RawFolder(files, tuple(inputs), tuple(findings))


def _bytes(path: Path) -> tuple[bytes | None, str]:
    """Return a raw file's bytes, or why there are none."""
    name = "descriptor_bytes" if path.suffix == ".toml" else "document_text_bytes"
    limit = getattr(LIMITS, name)
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            return None, "is not a regular file. Put the file itself there."
        if path.suffix not in SUFFIXES or not path.name.isprintable():
            return (
                None,
                f"expected {', '.join(SUFFIXES)} with a plain name, so nothing reads it. "
                "Rename it, or take it out.",
            )
        if path.stat().st_size > limit:
            return (
                None,
                f"has over {limit} bytes ({name}). "
                f"Split it, or raise XRECORD_LIMIT_{name.upper()}.",
            )
        return read_regular_file(path, name), ""
    except XRecordError as error:
        return None, str(error)
    except OSError as error:
        return (
            None,
            f"cannot be read: {error.strerror}. Put the file there, or let yourself read it.",
        )


def parse_csv(
    file: RawFile, columns: Sequence[str], optional: Sequence[str] = ()
) -> tuple[list[Row], list[Finding]]:
    """Return the rows of a CSV file (comma, double quote, a header) as text, each with its line.

    All ``columns`` must be there. Others must be among ``optional``, which are empty where the
    header lacks them. A ragged row, or spaces around a cell, is a finding and not a row.
    """
    reader = csv.reader(io.StringIO(file.text, newline=""), strict=True)
    rows: list[Row] = []
    findings: list[Finding] = []
    try:
        header = next(reader, [])
        problem = _header_problem(header, columns, optional)
        if problem:
            return [], [_finding("incorrect-label", problem, file.path, 1)]
        line = reader.line_num + 1
        for cells in reader:
            place, line = Place(file.path, line), reader.line_num + 1
            if len(cells) != len(header):
                findings.append(_ragged(cells, header, place))
            elif spaced := [
                name for name, cell in zip(header, cells, strict=True) if cell != cell.strip()
            ]:
                findings.append(
                    _finding(
                        "type-error",
                        f"spaces around the cell of {', '.join(spaced)}. Remove them.",
                        place,
                    )
                )
            else:
                rows.append(
                    Row(
                        {**dict.fromkeys(optional, ""), **dict(zip(header, cells, strict=True))},
                        place,
                    )
                )
    except csv.Error as error:
        findings.append(
            _finding(
                "source-error",
                f"is not CSV here: {error}. Close the quotes.",
                file.path,
                reader.line_num,
            )
        )
    return rows, findings


def parse_toml(file: RawFile) -> tuple[dict[str, Any], list[Finding]]:
    """Return a TOML file's content; empty, with a finding that names the line, if it is broken."""
    try:
        facts = strict_toml.parse_toml(file.text)
    except (ReadError, LimitError) as error:
        kind = "limit" if isinstance(error, LimitError) else "source-error"
        line = strict_toml.line_of_fault(file.text, error)
        return {}, [_finding(kind, str(error), file.path, line)]
    findings = list(_check_values(file, facts))
    return ({} if findings else facts), findings


def _check_values(file: RawFile, facts: dict[str, Any]) -> Iterator[Finding]:
    """Yield a finding for too many values, and for characters that escapes hide in the text."""
    count = _count_values(facts)
    if count > LIMITS.toml_values:
        message = (
            f"has {count} values, over the limit toml_values ({LIMITS.toml_values}). "
            "Split the file."
        )
        yield _finding("limit", message, file.path, 1)
        return
    for name, value in _walk(facts):
        for text in (name.rpartition(".")[2], value):
            if isinstance(text, str) and (problem := first_unseen(text)):
                message = f"the value of {name!r} holds {problem}. Remove the escape."
                yield _finding("control-character", message, file.path, _line_of_key(file, name))


def _count_values(value: object) -> int:
    """Return the number of values, tables and lists, those without anything in them too."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_count_values, items))


def _walk(value: object, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values of a TOML file with their keys, joined by dots."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _walk(item, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item, name)
    else:
        yield name, value


def _line_of_key(file: RawFile, name: str) -> int:
    key = re.escape(name.rpartition(".")[2])
    found = re.search(rf"^.*?(?<![\w-]){key}[\"']?[ \t]*=.*\\", file.text, re.MULTILINE)
    return file.text.count("\n", 0, found.start()) + 1 if found else 1


def line_of(file: RawFile, text: str, occurrence: int = 1) -> int | None:
    """Return the line (from 1) of the given occurrence of ``text``."""
    position = -1
    for _ in range(occurrence):
        position = file.text.find(text, position + 1)
        if position < 0:
            return None
    return file.text.count("\n", 0, position) + 1


def _too_many_lines(text: str, suffix: str) -> str:
    """Return which limit on the lines of a file is broken; empty if none is."""
    if suffix == ".csv" and (number := text.count("\n")) > LIMITS.raw_rows:
        return f"has {number} lines, over the limit raw_rows ({LIMITS.raw_rows}). Split it."
    if suffix != ".txt":
        return ""
    lines = text.split("\n")
    if len(lines) > LIMITS.raw_lines:
        return f"has {len(lines)} lines, over the limit raw_lines ({LIMITS.raw_lines}). Split it."
    longest = max(map(len, lines))
    if longest > LIMITS.raw_line_chars:
        return (
            f"has a line of {longest} characters, over the limit raw_line_chars "
            f"({LIMITS.raw_line_chars}). Break the line."
        )
    return ""


def _decode(data: bytes, shown: str) -> tuple[str | None, list[Finding]]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = (
            f"byte {error.start} (0x{data[error.start]:02x}) is not UTF-8. Save the file as UTF-8."
        )
        return None, [_finding("encoding-error", message, shown, line)]
    findings: list[Finding] = []
    for number, line_text in enumerate(text.split("\n"), 1):
        for index, name in find_unseen(line_text, "\t"):
            message = f"holds an unseen character, {name}, in column {index + 1}. Remove it."
            findings.append(_finding("control-character", message, shown, number))
            if len(findings) >= FINDINGS_SHOWN:
                return None, findings
    return (None if findings else text), findings


def _header_problem(header: Sequence[str], columns: Sequence[str], optional: Sequence[str]) -> str:
    missing = [name for name in columns if name not in header]
    extra = [name for name in header if name not in columns and name not in optional]
    doubled = sorted({name for name in header if header.count(name) > 1})
    parts = [
        f"{word} {', '.join(map(repr, names))}"
        for word, names in (
            ("lacks the column", missing),
            ("has the unknown column", extra),
            ("repeats the column", doubled),
        )
        if names
    ]
    return f"the header {' and '.join(parts)}. It is: {', '.join(columns)}." if parts else ""


def _ragged(cells: Sequence[str], header: Sequence[str], place: Place) -> Finding:
    if not cells:
        return _finding("blank-row", "the row is blank. Remove it.", place)
    kind = "missing-cell" if len(cells) < len(header) else "extra-cell"
    message = (
        f"the row has {len(cells)} cells, the header {len(header)}. "
        f"Quote a cell that holds a comma."
    )
    return _finding(kind, message, place)


def _finding(kind: str, message: str, place: str | Place, line: int | None = None) -> Finding:
    return Finding(kind, message, place if isinstance(place, Place) else Place(place, line))
