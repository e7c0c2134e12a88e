"""Decide which line breaks separate, and put wrapped lines together.

A list of one name per line has hard breaks, a wrapped paragraph has soft ones, and a name may be
broken across two lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from xinjiang_record.document_readers.document import Block
from xinjiang_record.extract.languages.context_words import either, group_words
from xinjiang_record.extract.languages.find_labels import whole_label
from xinjiang_record.extract.name_lists.list_items import clean, is_short, read_item
from xinjiang_record.extract.name_lists.roll_call_lines import is_office, read_office_line
from xinjiang_record.reconcile.countries import find, reconcile

SHORT_LINE = 48  # letters of a line that can be one name and no prose
SEPARATORS = ",;،；、，"
_SEPARATOR, _FIRST_END = re.compile(f"[{SEPARATORS}]"), re.compile(f"[{SEPARATORS}.]")
_NOISE = re.compile(
    rf"^(?:(?:{either('page_words')})\s+)?[0-9]{{1,4}}(?:\s*(?:/|{either('page_of')})\s*[0-9]{{1,4}})?$"
    r"|^A/(?:HRC|C\.3|RES|[0-9]+)/[\w./]+\s+[0-9/]+$|^[0-9/]+\s+A/\S+$|^[-–—_=*\s.]+$"
    r"|^[0-9]{2}-[0-9]{5}\s+(?:[0-9]{1,3}/[0-9]{1,3})?$|^[0-9]{1,3}/[0-9]{1,3}\s+[0-9]{2}-[0-9]{5}$",
    re.IGNORECASE,
)
BULLET = re.compile(
    r"\s*(?:[a-z]/\s|[①-⑳㉑-㉟]\s*\w|[-*+•·・‣▪▫●○■◆►▶✓▽▼△▲◇◎※–—]\s*[^\W\d_(]"
    r"|[(（\[]?(?:[0-9]{1,3}|[٠-٩]{1,3})\s*(?:[.)）\]:、．]|[-–—]\s)\s*\D"
    rf"|(?:{either('list_numbers')})[、．]\s*\w)"
)
_LABEL = re.compile(r"^[\W_]*[^\W\d_][\w'’ /()（）-]{0,50}[:：](?:\s|\*|$|[^\x00-\u02ff])")
MAX_PERSON = 5  # words of the name of a person
_TORN = re.compile(r"[^\W\d_]{2,}-$")  # a word that a line break cuts: "Argen-"
_SMALL_WORD = re.compile(r"\s*[^\W\d_]{2,}(?=[\s,;:.]|$)")
_LINE_NUMBER = re.compile(r"(.*\b)?line ([0-9]+)")
_ENDS = (".", ":", "：", "。", "!", "?", "»", "”", '"')
_OPEN_WORDS = frozenset(group_words("open_words"))


@dataclass(frozen=True, slots=True)
class Line:
    """Hold one line of a block, or one made from a table. ``is_block_end``: it ends its block."""

    text: str
    locator: str
    kind: str
    is_block_end: bool


def flowing_lines(blocks: Iterable[Block]) -> Iterator[list[Line]]:
    """Yield the lines that belong to one paragraph, together."""
    group: list[Line] = []
    for line in _with_signatures(list(_lines(blocks))):
        if group and _is_hard(group[-1], line):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _lines(blocks: Iterable[Block]) -> Iterator[Line]:
    for block in blocks:
        parts = [part.strip() for part in block.text.split("\n") if part.strip()]
        for number, part in enumerate(parts):
            if not _NOISE.match(part):
                yield Line(part, block.locator, block.kind, number == len(parts) - 1)


def _with_signatures(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the lines, with a person, an office and a state below each other as one line.

    Where another name follows, the state begins a list: both lines stay as they are.
    """
    place = 0
    while place < len(lines):
        size = _signature_at(lines, place)
        texts = [line.text.rstrip(" ,") for line in lines[place : place + size]]
        last = lines[place + size - 1]
        yield Line(", ".join(texts), last.locator, last.kind, True) if size > 1 else last
        place += size


def _signature_at(lines: Sequence[Line], place: int) -> int:
    """Return how many lines are one signature: 3, or 2 without the person; else 1."""
    for size in (3, 2):
        part = lines[place : place + size]
        if len(part) < size or not is_office(part[-2].text) or not _reads(part[-1].text):
            continue
        following = lines[place + size].text if place + size < len(lines) else ""
        if _reads(following) or (size == 3 and not _is_person(part[0].text)):
            continue
        if not any(_is_blank_between(*pair) for pair in pairwise(part)):
            return size
    return 1


def _is_person(text: str) -> bool:
    """Return whether a line may be the name of a person: a few words, each with a capital."""
    words = text.split()
    is_short_name = 2 <= len(words) <= MAX_PERSON and all(word[0].isupper() for word in words)
    is_plain = not any(sign in text for sign in ":;,()0123456789")
    return is_short_name and is_plain and whole_label(text) is None and not _reads(text)


def _is_hard(above: Line, below: Line) -> bool:
    """Return whether the break between two lines separates."""
    plain = ("paragraph", "line")
    if above.is_block_end and (above.kind not in plain or below.kind not in plain):
        return True
    if BULLET.match(below.text):
        return True
    last, first = _last_item(above.text), _FIRST_END.split(below.text, 1)[0]
    is_open = _is_open_ended(last)
    if _LABEL.match(below.text) and not _is_open_ended(above.text):
        return True
    if above.text.rstrip().endswith((":", "：")):
        return True
    if read_office_line(above.text) is not None or read_office_line(below.text) is not None:
        return True
    if not last.strip():
        if whole_label(above.text) is not None:
            return True
        return _is_name_line(above.text) and _is_name_line(below.text)
    if above.is_block_end and above.text.rstrip().endswith(_ENDS):
        return True
    both = _reads(last) and _reads(first)
    if not both and find(f"{clean(last)} {clean(first)}") is not None:
        return False
    if _is_blank_between(above, below) and not is_open:
        return True
    if _is_wrapped(above, below):
        return False
    ends_with_name = above.is_block_end and _reads(last) and not _reads(first)
    if ends_with_name and not first.strip()[:1].islower():
        return True
    if _is_name_line(above.text) or _is_name_line(below.text):
        is_apart = _is_name_line(below.text) and above.is_block_end and not is_open
        return len(above.text) <= SHORT_LINE or is_apart
    is_short_block = above.kind == "paragraph" or len(above.text) <= SHORT_LINE
    return above.is_block_end and is_short_block and not is_open


def _is_wrapped(above: Line, below: Line) -> bool:
    """Return whether a line goes on below: it ends in a letter, and the next word is small."""
    if above.kind != below.kind or above.kind not in ("paragraph", "line"):
        return False
    is_torn = _TORN.search(above.text) is not None
    if not is_torn and (not above.text.rstrip()[-1:].isalpha() or _is_name_line(above.text)):
        return False
    return bool(_SMALL_WORD.match(below.text)) and below.text.lstrip()[0].islower()


def _last_item(text: str) -> str:
    if text.rstrip().endswith(tuple(SEPARATORS)):
        return ""
    return _SEPARATOR.split(text)[-1]


def _is_blank_between(above: Line, below: Line) -> bool:
    """Return whether the line numbers of two lines of plain text leave one out."""
    step = lines_between(above.locator, below.locator)
    return step is not None and step > 0


def lines_between(above: str, below: str) -> int | None:
    """Return how many lines are between those of two locators; None where that is not known."""
    one, two = _LINE_NUMBER.fullmatch(above), _LINE_NUMBER.fullmatch(below)
    if not one or not two or one[1] != two[1]:
        return None
    return int(two[2]) - int(one[2]) - 1


def _is_open_ended(last: str) -> bool:
    """Return whether a last piece cannot end a line: "and the Democratic Republic of"."""
    words = last.split()
    return bool(words) and words[-1].lower() in _OPEN_WORDS


def _reads(text: str) -> bool:
    return read_item(text).kind == "names"


def _is_name_line(text: str) -> bool:
    """Return whether a line is one name, with its bullet or comma, or could be a misspelt one."""
    bare = clean(text)
    if len(bare) > SHORT_LINE or _SEPARATOR.search(bare):
        return False
    if _reads(bare):
        return True
    return is_short(bare) and bare[:1].isupper() and bool(reconcile(bare).candidates)
