"""Read the record's own raw files: UTF-8 text, CSV and TOML, strictly, with the line of everything.

Nothing is guessed and nothing repaired: a file in another encoding, a ragged row, a control character or a broken TOML line is a
finding with its place, and the file yields nothing. Every file read is listed with its SHA-256, for the release's provenance.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xinjiang_record.model import Finding, InputFile, Place, Row

STATE = "Nothing was published."
# Controls, and the marks that reorder or hide text. Joiners that scripts need (ZWNJ, ZWJ) are fine.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class RawFile:
    """One raw file as strict UTF-8 text. ``path`` is relative to the project, with slashes."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class RawFolder:
    """All the files of one folder under ``raw/``, by path relative to that folder; what could not be read is in ``findings``."""

    files: Mapping[str, RawFile]
    inputs: tuple[InputFile, ...]
    findings: tuple[Finding, ...] = field(default=())

    def folders(self) -> list[str]:
        """The subfolders that hold files, sorted."""
        return sorted({name.rpartition("/")[0] for name in self.files if "/" in name})


def read_folder(root: Path, folder: Path) -> RawFolder:
    """Read every ``.csv``, ``.toml`` and ``.txt`` under ``folder`` (a part of the project at ``root``), in name order."""
    files, inputs, findings = {}, [], []
    for path in sorted(path for suffix in ("csv", "toml", "txt") for path in folder.rglob(f"*.{suffix}")):
        shown = path.relative_to(root).as_posix()
        if path.is_symlink() or not path.is_file():
            findings.append(_finding("source-error", f"is not a plain file. Put the file itself there. {STATE}", shown))
            continue
        data = path.read_bytes()
        inputs.append(InputFile(shown, hashlib.sha256(data).hexdigest(), len(data)))
        text, problem = _decode(data, shown)
        findings += problem
        if text is not None:
            files[path.relative_to(folder).as_posix()] = RawFile(shown, text)
    return RawFolder(files, tuple(inputs), tuple(findings))


def read_file(root: Path, path: Path) -> RawFolder:
    """Read one file as a folder of one."""
    whole = read_folder(root, path.parent)
    shown = path.relative_to(root).as_posix()
    return RawFolder(
        {path.name: whole.files[path.name]} if path.name in whole.files else {},
        tuple(item for item in whole.inputs if item.path == shown),
        tuple(item for item in whole.findings if item.place and item.place.path == shown),
    )


def parse_csv(file: RawFile, columns: Sequence[str], optional: Sequence[str] = ()) -> tuple[list[Row], list[Finding]]:
    """The rows of a CSV file (comma, double quote, a header) as text, each with its line. ``columns`` must all be there, others must
    be among ``optional``, which are empty where the header lacks them. A ragged row is a finding and no row; surrounding spaces too.
    """
    reader = csv.reader(io.StringIO(file.text, newline=""), strict=True)
    rows: list[Row] = []
    findings: list[Finding] = []
    try:
        header = next(reader, [])
        problem = _header_problem(header, columns, optional)
        if problem:
            return [], [_finding("incorrect-label", f"{problem} {STATE}", file.path, 1)]
        line = reader.line_num + 1
        for cells in reader:
            place, line = Place(file.path, line), reader.line_num + 1
            if len(cells) != len(header):
                findings.append(_ragged(cells, header, place))
            elif spaced := [name for name, cell in zip(header, cells, strict=True) if cell != cell.strip()]:
                findings.append(
                    _finding(
                        "type-error", f"spaces around the cell of {', '.join(spaced)}. Remove them. {STATE}", place
                    )
                )
            else:
                rows.append(Row({**dict.fromkeys(optional, ""), **dict(zip(header, cells, strict=True))}, place))
    except csv.Error as error:
        findings.append(
            _finding("source-error", f"is not CSV here: {error}. Close the quotes. {STATE}", file.path, reader.line_num)
        )
    return rows, findings


def parse_toml(file: RawFile) -> tuple[dict[str, Any], list[Finding]]:
    """A TOML file's content; empty, with a finding that names the line, if it is broken."""
    try:
        return tomllib.loads(file.text), []
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"line ([0-9]+)", str(error))
        return {}, [_finding("source-error", f"{error}. {STATE}", file.path, int(match[1]) if match else None)]


def line_of(file: RawFile, text: str, occurrence: int = 1) -> int | None:
    """The line (from 1) on which ``text`` stands for the ``occurrence``-th time, for findings about a value of a TOML file."""
    position = -1
    for _ in range(occurrence):
        position = file.text.find(text, position + 1)
        if position < 0:
            return None
    return file.text.count("\n", 0, position) + 1


def _decode(data: bytes, shown: str) -> tuple[str | None, list[Finding]]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"byte {error.start} (0x{data[error.start]:02x}) is not UTF-8. Save the file as UTF-8. {STATE}"
        return None, [_finding("encoding-error", message, shown, line)]
    findings = []
    for number, line_text in enumerate(text.split("\n"), 1):
        for match in _UNSEEN.finditer(line_text):
            name = unicodedata.name(match[0], f"U+{ord(match[0]):04X}")
            message = f"holds an unseen character, {name}, in column {match.start() + 1}. Remove it. {STATE}"
            findings.append(_finding("control-character", message, shown, number))
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
        return _finding("blank-row", f"the row is blank. Remove it. {STATE}", place)
    kind = "missing-cell" if len(cells) < len(header) else "extra-cell"
    message = f"the row has {len(cells)} cells, the header {len(header)}. Quote a cell that holds a comma. {STATE}"
    return _finding(kind, message, place)


def _finding(kind: str, message: str, place: str | Place, line: int | None = None) -> Finding:
    return Finding(kind, message, place if isinstance(place, Place) else Place(place, line))
