"""Define ``Document``: text blocks and tables in reading order, each with its place.

A reader fills a ``Builder``. It counts against the limits, refuses control characters, and leaves
out text that is displayed otherwise than it is stored, with a finding.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from xinjiang_record.errors import LimitError, ReadError
from xinjiang_record.limits import LIMITS, Limits
from xinjiang_record.model import Finding, Place, Severity

Kind = Literal["paragraph", "heading", "list-item", "label", "line", "title"]
Style = Literal["sheet", "csv", "table"]
MOST_REASON = 500  # characters of why a document is refused
STATE = "Nothing was read from it."
OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # how the older Office files begin
FINDINGS_SHOWN = 10  # findings of one type that are listed for one document; the rest are counted

_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_DECEPTIVE = re.compile(
    "[\u202d\u202e\U000e0000-\U000e007f]"
)  # overrides and tags: what is shown is not what is stored
_FLAG = re.compile(
    "\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
)  # the one good use of tags: flags of Scotland, Wales, England
_DAMAGED = "\ufffd"


@dataclass(frozen=True, slots=True)
class Run:
    """Hold a stretch of a block in one weight."""

    text: str
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Hold one paragraph, heading, list item, label (a paragraph all in bold), line or title.

    ``text`` is as printed, with white space collapsed; a line break of the author is a line feed.
    ``locator`` says where: ``paragraph 4``, ``page 3, paragraph 2``, ``line 14``. ``runs`` are
    given when a part of the text is bold, else empty.
    """

    text: str
    locator: str
    kind: Kind = "paragraph"
    runs: tuple[Run, ...] = ()

    @property
    def label(self) -> str:
        """Return the bold words the block begins with, without their colon, or nothing.

        For ``**Africa:** Algeria, Angola`` it is ``Africa``.
        """
        text = ""
        for run in self.runs:
            if not run.is_bold and run.text.strip():
                break
            text += run.text
        return text.strip().rstrip(":：").rstrip()


@dataclass(frozen=True, slots=True)
class Table:
    """Hold cells as text, row by row, each as wide as it is.

    ``marks``: the number (from 1) of each row in its source: the row of a sheet or table, the line
    of a CSV file. ``first_column``: how many columns were empty before it. ``position``: how many
    blocks come first.
    """

    rows: tuple[tuple[str, ...], ...]
    locator: str
    style: Style = "table"
    marks: tuple[int, ...] = ()
    first_column: int = 0
    position: int = 0

    def cell(self, row: int, column: int) -> str:
        """Return the locator of a cell, by its indexes in ``rows``.

        Examples: ``sheet Votes, cell B7``; ``line 14, column 3``; ``table 2, row 3, column 1``.
        """
        mark = self.marks[row] if self.marks else row + 1
        if self.style == "sheet":
            return f"{self.locator}, cell {column_name(column + self.first_column)}{mark}"
        if self.style == "csv":
            return f"line {mark}, column {column + 1}"
        return f"{self.locator}, row {mark}, column {column + 1}"


@dataclass(frozen=True, slots=True)
class Document:
    """Hold one document as read.

    ``metadata`` is what it says of itself: ``title``, ``language``, ``published`` (as printed
    there). ``left_out`` in it: the heads and feet of a PDF's pages that are in no block.
    ``findings`` say what could not be read; those of severity error mean that something is missing
    from blocks and tables.
    """

    path: str
    media_type: str
    blocks: tuple[Block, ...] = ()
    tables: tuple[Table, ...] = ()
    findings: tuple[Finding, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Return all blocks, one per line."""
        return "\n".join(block.text for block in self.blocks)


def column_name(index: int) -> str:
    """Return the letters of a spreadsheet's column, from 0: A, B, ... Z, AA."""
    name, index = "", index + 1
    while index:
        index, letter = divmod(index - 1, 26)
        name = chr(65 + letter) + name
    return name


class Builder:
    """Collect what a reader finds, under the limits; ``prefix`` goes before every locator."""

    def __init__(self, shown: str, *, prefix: str = "", limits: Limits = LIMITS) -> None:
        """Start an empty document; ``shown`` names it in messages."""
        self.shown, self.prefix, self.limits = shown, prefix, limits
        self.blocks: list[Block] = []
        self.tables: list[Table] = []
        self.findings: list[Finding] = []
        self.metadata: dict[str, str] = {}
        self._cells = 0
        self._found: Counter[tuple[str, Severity]] = Counter()

    def add_block(
        self, text: str, locator: str, kind: Kind = "paragraph", runs: Sequence[Run] = ()
    ) -> None:
        """Add a block that has text; refuse control characters, leave out deceptive text."""
        text = text.strip()
        if not text or not self._is_honest(text, locator):
            return
        if len(self.blocks) + len(self.tables) >= self.limits.document_blocks:
            raise self.limit_error("blocks", "document_blocks", self.limits.document_blocks)
        emphasis = tuple(runs) if any(run.is_bold for run in runs) else ()
        if (
            kind == "paragraph"
            and emphasis
            and all(run.is_bold or not run.text.strip() for run in emphasis)
        ):
            kind = "label"
        self.blocks.append(Block(text, self.prefix + locator, kind, emphasis))

    def add_table(
        self,
        rows: Iterable[Sequence[str]],
        locator: str,
        style: Style = "table",
        marks: Sequence[int] = (),
        first_column: int = 0,
    ) -> None:
        """Add a table if it has rows; a deceptive cell is left empty."""
        kept: list[tuple[str, ...]] = []
        for row in rows:
            self.count_cells(len(row))
            kept.append(
                tuple(
                    cell
                    if not cell or self._is_honest(cell, f"{locator}, row {len(kept) + 1}")
                    else ""
                    for cell in row
                )
            )
        if kept:
            position = len(self.blocks)
            self.tables.append(
                Table(
                    tuple(kept), self.prefix + locator, style, tuple(marks), first_column, position
                )
            )

    def count_cells(self, number: int) -> None:
        """Count the cells of a row. LimitError over ``field_count`` or ``document_cells``."""
        self._cells += number
        if number > self.limits.field_count:
            raise self.limit_error(f"{number} columns", "field_count", self.limits.field_count)
        if self._cells > self.limits.document_cells:
            raise self.limit_error("cells", "document_cells", self.limits.document_cells)

    def uncount_cells(self, number: int) -> None:
        """Take back cells that were counted while parsing and are counted again in ``table``."""
        self._cells -= number

    def add_finding(
        self,
        kind: str,
        message: str,
        locator: str = "",
        severity: Severity = "warning",
        value: str = "",
    ) -> None:
        """Add a finding about a part of the document."""
        self._found[kind, severity] += 1
        if self._found[kind, severity] > FINDINGS_SHOWN:
            return
        place = Place(
            self.shown, None, self.prefix + locator if locator else self.prefix.rstrip(": ")
        )
        self.findings.append(Finding(kind, message, place, value=value[:200], severity=severity))

    def add_document(self, other: Document, prefix: str) -> None:
        """Add all of a document that was found inside this one, its locators under ``prefix``."""
        start = len(self.blocks)
        if start + len(other.blocks) > self.limits.document_blocks:
            raise self.limit_error("blocks", "document_blocks", self.limits.document_blocks)
        self._cells += sum(map(len, (row for table in other.tables for row in table.rows)))
        if self._cells > self.limits.document_cells:
            raise self.limit_error("cells", "document_cells", self.limits.document_cells)
        self.blocks += [
            replace(block, locator=f"{prefix}{block.locator}") for block in other.blocks
        ]
        self.tables += [
            replace(table, locator=f"{prefix}{table.locator}", position=table.position + start)
            for table in other.tables
        ]
        for item in other.findings:
            inner = item.place.locator if item.place else ""
            self.add_finding(
                item.type, item.message, f"{prefix}{inner}".rstrip(": "), item.severity, item.value
            )
        for name, value in other.metadata.items():
            self.metadata.setdefault(name, value)

    def read_error(self, why: str, locator: str = "") -> ReadError:
        """Return the error for a document that is not what it should be."""
        where = f": {self.prefix}{locator}" if locator else ""
        # A library may put an entire line of the document into its reason.
        short = why if len(why) <= MOST_REASON else f"{why[:MOST_REASON]}... "
        return ReadError(f"{self.shown}{where}: {short} {STATE}")

    def limit_error(self, what: str, name: str, limit: int) -> LimitError:
        """Return the error for a document over a named limit."""
        # A limit of one form alone cannot be set.
        also = ", or raise the limit" if hasattr(self.limits, name) else ""
        return LimitError(
            f"{self.shown}: {what} over the limit {name} ({limit}). {STATE} "
            f"Split the document{also}."
        )

    def build(self, media_type: str) -> Document:
        """Return the document; a last finding of each type says how many are not listed."""
        more = tuple(
            Finding(
                kind,
                f"{count - FINDINGS_SHOWN} more of this kind are not listed.",
                Place(self.shown),
                severity=severity,
            )
            for (kind, severity), count in self._found.items()
            if count > FINDINGS_SHOWN
        )
        return Document(
            self.shown,
            media_type,
            tuple(self.blocks),
            tuple(self.tables),
            (*self.findings, *more),
            dict(self.metadata),
        )

    def _is_honest(self, text: str, locator: str) -> bool:
        if len(text) > self.limits.cell_chars:
            raise self.limit_error(
                f"{locator}: {len(text)} characters,", "cell_chars", self.limits.cell_chars
            )
        if text.isascii() and text.isprintable():
            return True
        if match := _CONTROL.search(text):
            raise self.read_error(
                f"holds the control character U+{ord(match[0]):04X}: "
                "not text, or in another encoding.",
                locator,
            )
        if _DAMAGED in text:
            self.add_finding(
                "damaged-text",
                "the source itself holds the sign for a character that was lost (U+FFFD).",
                locator,
            )
        if match := _DECEPTIVE.search(text if "\U0001f3f4" not in text else _FLAG.sub("", text)):
            message = (
                f"holds U+{ord(match[0]):04X}, which shows a text in another order, or hides it. "
                "The text here was left out."
            )
            self.add_finding("deceptive-text", message, locator, "error")
            return False
        return True


def to_json(document: Document) -> dict[str, Any]:
    """Return a document as plain values, for the pipe between the processes."""
    return {
        "media_type": document.media_type,
        "blocks": [
            [b.text, b.locator, b.kind, [[r.text, r.is_bold] for r in b.runs]]
            for b in document.blocks
        ],
        "tables": [
            [t.rows, t.locator, t.style, t.marks, t.first_column, t.position]
            for t in document.tables
        ],
        "findings": [
            [f.type, f.message, f.place.locator if f.place else "", f.severity, f.value]
            for f in document.findings
        ],
        "metadata": dict(document.metadata),
    }


def from_json(shown: str, value: Mapping[str, Any]) -> Document:
    """Return the document that ``to_json`` made plain values of."""
    return Document(
        shown,
        value["media_type"],
        tuple(
            Block(text, at, kind, tuple(Run(*run) for run in runs))
            for text, at, kind, runs in value["blocks"]
        ),
        tuple(
            Table(tuple(tuple(row) for row in rows), at, style, tuple(marks), first, position)
            for rows, at, style, marks, first, position in value["tables"]
        ),
        tuple(
            Finding(kind, message, Place(shown, None, at), value=found, severity=severity)
            for kind, message, at, severity, found in value["findings"]
        ),
        value["metadata"],
    )
