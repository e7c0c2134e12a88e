"""Put the lines of plain text together where a sentence goes on in the next line.

Plain text and e-mails are wrapped: "at least" may stand in one line and "1 million people" in the
next. A line is joined to the one above it only if it reads on: rows of columns, items, labels and
single names stay apart.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias
from unicodedata import normalize

from xinjiang_record.document_readers.document import Block, Kind
from xinjiang_record.extract.name_lists.line_breaks import BULLET, lines_between
from xinjiang_record.extract.name_lists.list_items import CJK

Marks: TypeAlias = Sequence[tuple[int, str]]  # where lines begin in a text, with their locators
MOST_CHARS = 4_000  # of one paragraph: what reads it may take time with its square
WIDE, WIDE_CJK = 40, 20  # characters of a line that an editor may have wrapped
_GAP = re.compile(r"\S(?:\s{2,}|\t)\S")
_LABEL = re.compile(r"[^:：]{1,60}[:：](?:\s|$|[^\x00-\u02ff])")
_ENDED = re.compile(r"[.!?:;。！？：；؟۔।…|][\"'”’»)\]]*$")
_READS_ON = re.compile(r"[\"'“‘«(\[]?\w")


class Paragraph(NamedTuple):
    """Hold the text of a block, or of lines that belong together.

    The text is in Unicode's form NFC. ``marks`` say where each line begins in it, with its locator.
    """

    text: str
    kind: Kind
    marks: Marks


def mark_at(marks: Marks, place: int) -> tuple[int, str]:
    """Return where the line begins that a place is in, and the line's locator."""
    return marks[max(bisect_right(marks, place, key=lambda mark: mark[0]) - 1, 0)]


def join_wrapped_lines(blocks: Iterable[Block]) -> Iterator[Paragraph]:
    """Yield the blocks of a document, with the lines of a wrapped paragraph as one."""
    lines: list[Block] = []
    size = 0
    for block in blocks:
        if lines and not (size + len(block.text) <= MOST_CHARS and _goes_on(lines[-1], block)):
            yield _paragraph(lines)
            lines, size = [], 0
        lines.append(block)
        size += len(block.text) + 1
    if lines:
        yield _paragraph(lines)


def _paragraph(lines: list[Block]) -> Paragraph:
    text, marks = normalize("NFC", lines[0].text), [(0, lines[0].locator)]
    for line in lines[1:]:
        text = text.rstrip()
        below = normalize("NFC", line.text).lstrip()
        is_cjk = CJK.match(text[-1:]) and CJK.match(below[:1])
        text += "" if is_cjk else " "
        marks.append((len(text), line.locator))
        text += below
    return Paragraph(text, lines[0].kind, tuple(marks))


def _goes_on(above: Block, below: Block) -> bool:
    """Return whether a sentence goes on from one line into the next."""
    upper, lower = above.text.rstrip(), below.text.lstrip()
    if above.kind != "line" or below.kind != "line":
        return False
    if lines_between(above.locator, below.locator) != 0:
        return False
    if _ENDED.search(upper) or not _READS_ON.match(lower):
        return False
    if any(_GAP.search(text) for text in (upper, lower)):
        return False
    if BULLET.match(lower) or _LABEL.match(lower):
        return False
    first = lower.lstrip("\"'“‘«([")[:1]
    if first.islower():
        return upper[-1:].isalnum() or upper[-1:] in ",)\"'”’»–—-%"
    is_wide = len(upper) >= (WIDE_CJK if CJK.search(upper) else WIDE)
    if _has_case(upper[-1:]) and (_has_case(first) or first.isdigit()):
        reads_on = upper[-1:].islower() and upper.count(" ") >= 2
        return reads_on and (is_wide or first.isdigit())
    return is_wide


def _has_case(letter: str) -> bool:
    return letter.lower() != letter.upper()
