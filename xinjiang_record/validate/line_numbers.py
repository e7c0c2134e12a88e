"""Find the file and the line of the rows of a table."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from xinjiang_record.model import Place

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from frictionless.resources import TableResource

    from xinjiang_record.validate.readers.byte_streams import JoinedStream, Part


def find_places(
    resource: TableResource, rows: Iterable[int], lines: Mapping[int, int]
) -> dict[int, Place]:
    """Return the file, as the descriptor names it, and the line of each row.

    ``lines`` are the lines of rows in all files as one text. Where the line is not known: of one
    file the row's own number; of several no line, and the first file. Data that are not a text file
    have no line, and data in the descriptor have no file.
    """
    if resource.memory:
        return {row: Place("") for row in rows}
    paths = [str(path) for path in (resource.path, *resource.extrapaths)]
    if resource.innerpath or resource.format not in ("csv", "tsv"):
        return {row: Place(paths[0]) for row in rows}
    if len(paths) < 2:
        return {row: Place(paths[0], lines.get(row, row)) for row in rows}
    found = dict(_in_parts(resource, paths, {row: lines[row] for row in rows if row in lines}))
    return {row: found.get(row, Place(paths[0])) for row in rows}


def _in_parts(
    resource: TableResource, paths: list[str], lines: Mapping[int, int]
) -> Iterator[tuple[int, Place]]:
    headless = resource.dialect.header is False or resource.format != "csv"
    before = 0  # line ends in the parts before
    pending = sorted(lines.items(), key=lambda item: item[1])
    for number, (path, file) in enumerate(zip(paths, resource.normpaths, strict=True)):
        if not pending:
            return
        dropped, ends, is_open = _counted(
            file, resource.encoding or "utf-8", drop=number > 0 and not headless
        )
        while (
            pending and pending[0][1] <= before + ends + is_open
        ):  # a line that is open continues in the next part
            row, line = pending.pop(0)
            yield row, Place(path, line - before + dropped)
        before += ends


def _counted(file: str, encoding: str, *, drop: bool) -> tuple[int, int, bool]:
    """Count line ends in the dropped line of a part and in its rest; and: is the last line open?"""
    from xinjiang_record.validate.readers import byte_streams  # deferred: start-up

    part = byte_streams.open_part(file, whole=not drop)
    stream = io.BufferedReader(_Raw(byte_streams.JoinedStream((replace(part, skip=0),))))
    dropped = _ends(stream.read(part.skip).decode(encoding, "replace"))
    ends, line = 0, ""
    for line in io.TextIOWrapper(stream, encoding, "replace", newline=""):
        ends += line.endswith(("\n", "\r"))
    return dropped, ends, bool(line) and not line.endswith(("\n", "\r"))


def open_text(parts: tuple[Part, ...], encoding: str) -> io.TextIOWrapper:
    """Return the lines of a table in one file or several, as one text."""
    from xinjiang_record.validate.readers import byte_streams  # deferred: start-up

    raw = _Raw(byte_streams.JoinedStream(parts))
    return io.TextIOWrapper(io.BufferedReader(raw), encoding, newline="")


class _Raw(io.RawIOBase):
    """Give a part the interface of Python's own streams."""

    def __init__(self, stream: JoinedStream) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, target: WriteableBuffer) -> int:
        return int(self._stream.readinto(memoryview(target)))

    def close(self) -> None:
        self._stream.close()
        super().close()


def _ends(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")
