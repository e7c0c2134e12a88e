"""Cut the paragraphs of a text at the separators of lists, with the place of every piece.

Pieces end at commas, semicolons, colons, brackets that hold lists, ends of sentences and hard line
breaks. A separator inside a name ("Korea, Republic of"; "Hong Kong, China" between semicolons) and
a remark in brackets are not cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.name_lists.document_text import DocumentText, Paragraph
from xinjiang_record.extract.name_lists.list_items import clean, match_name, read_item
from xinjiang_record.extract.name_lists.roll_call_lines import (
    read_inline_vote,
    read_office_line,
    read_roll_call_line,
)
from xinjiang_record.reconcile.countries import find

_SPLIT = re.compile(
    r"(?P<comma>[,;،；、，؛|\t]|(?<=\S)\s[–—]\s|(?:(?<=\s)|(?<=^))[•‣▪●○■□◆◇►▶▽]|\s·\s"
    r"|(?<=[\u0600-\u06ff])\s-\s)"
    r"|(?P<colon>[:：])|(?P<stop>[.!?](?=[\s\"”»’')\]*]|$)|[。！？؟।])"
)
_MAY_SPLIT = re.compile(r"[^\w\s]|[0-9\t]")  # letters and spaces alone are one piece
_ABBREVIATION = re.compile(
    rf"(?:\b(?:[A-Z]|{either('list_abbreviations')})|\.[A-Za-z]|\b[0-9]{{1,3}})$"
)
_INITIALS = re.compile(r"\b(?:(?:[A-Z]\.)+[A-Z]|[0-9])$")
_SENTENCE_START = re.compile(rf"\s+(?:{either('sentence_starts')})\s")
_NESTED = re.compile(
    r"[(（\[]((?:[^()（）\[\]]|[(（\[][^()（）\[\]]*[)）\]])*)[)）\]]"
)  # brackets, and those inside them
_PRINTED = re.compile(r"\S")
_HAN_NUMBER = re.compile(rf"\s*(?:{either('list_numbers')})")  # "三、加拿大": the third item
_NUMBERED = re.compile(r"(?:(?<=\s)|^)([0-9]{1,3})[.)]\s+(?=[^\W\d])")


@dataclass(frozen=True, slots=True)
class Piece:
    """Hold one piece of a text.

    ``stop`` says what came after it: ``,`` ``;`` ``:`` ``.`` ``(`` ``)`` or ``|`` (a hard break).
    ``is_line``: it fills a line, an item or a cell. ``sentence``: offsets of its sentence.
    """

    text: str
    start: int
    end: int
    stop: str
    paragraph: int
    kind: str
    is_line: bool
    sentence: tuple[int, int] = (0, 0)


def cut_paragraphs(document: DocumentText) -> list[Piece]:
    """Return all pieces of a text, in reading order."""
    out: list[Piece] = []
    for number, paragraph in enumerate(document.paragraphs):
        out.extend(_sentenced(_joined(list(_cut(document.text, paragraph, number)), document.text)))
    return out


def _cut(whole: str, paragraph: Paragraph, number: int) -> Iterator[Piece]:
    text = whole[paragraph.start : paragraph.end]
    start = 0
    is_whole = (
        _is_one_name(text)
        or read_roll_call_line(text) is not None
        or read_office_line(text) is not None
    )
    ends = [(len(text), len(text), "|")] if is_whole else [*_ends(text)]
    if not ends or ends[-1][0] < len(text):
        ends.append((len(text), len(text), "|"))
    for end, following, mark in ends:
        piece = text[start:end]
        bare = piece.strip()
        if bare or mark in "()":
            at = paragraph.start + start + (len(piece) - len(piece.lstrip()))
            is_line = start == 0 and end >= len(text) - 1
            yield Piece(bare, at, at + len(bare), mark, number, paragraph.kind, is_line)
        start = following


def _is_one_name(text: str) -> bool:
    """Return whether a line with a comma in it is one name: "Congo, Republic of the"."""
    if "," not in text or len(text) > 90:
        return False
    match = match_name(clean(text))
    return match is not None and match.status == "resolved"


def _ends(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the separators of a text: offset, where the next piece begins, and the mark."""
    if not _MAY_SPLIT.search(text):
        return
    brackets = _list_brackets(text)
    quiet = [
        found.span()
        for found in re.finditer(r"[(（\[][^()（）\[\]]*[)）\]]", text)
        if found.start() not in brackets
    ]
    quiet += _names_with_commas(text)
    marks = [
        (found.start(), found.end(), mark)
        for found in _SPLIT.finditer(text)
        if (mark := _mark(found, text))
    ]
    marks += [(start, start + 1, ",") for start in _inline_numbers(text)]
    for start, stop in brackets.items():
        marks += [(start, start + 1, "("), (stop, stop + 1, ")")]
    spans, quiet_until, after_all = iter(sorted(quiet)), 0, (len(text) + 1, 0)
    first, stop = next(spans, after_all)
    for offset, following, mark in sorted(marks):
        while first <= offset:
            quiet_until = max(quiet_until, stop)
            first, stop = next(spans, after_all)
        if offset >= quiet_until:
            yield offset, following, mark


def _names_with_commas(text: str) -> list[tuple[int, int]]:
    """Return the spans of names with commas in a list whose items semicolons separate."""
    if text.count(";") + text.count("؛") + text.count("；") < 2:
        return []
    out, start = [], 0
    for part in re.split(r"[;；؛]", text):
        lead = re.search(r"[:：]", part)
        offset = start + (lead.end() if lead else 0)
        bare = part[lead.end() :] if lead else part
        if "," in bare and _is_one_name(bare.strip().rstrip(".")):
            out.append((offset, start + len(part)))
        start += len(part) + 1
    return out


def _inline_numbers(text: str) -> list[int]:
    """Return where the numbers of "1. Germany 2. France 3. Japan" begin, if they count up."""
    found = list(_NUMBERED.finditer(text))
    numbers = [int(item[1]) for item in found]
    if len(numbers) < 3 or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return []
    return [item.start() - 1 for item in found if item.start() > 0]


def _mark(found: re.Match[str], text: str) -> str:
    start, end = found.span()
    if found["comma"]:
        if not _PRINTED.search(text, 0, start) or _HAN_NUMBER.fullmatch(text, 0, start):
            return ""  # the bullet of a line
        is_dash = found[0].strip() in ("–", "—", "·", "-") and found[0][0].isspace()
        if is_dash and _is_before_vote(text, found):
            return ""
        if is_dash and (_is_inside_name(text, found) or not _parts_names(text, found)):
            return ""
        return ";" if found[0] in ";；؛" else ","
    if found["colon"]:
        is_address = text[end : end + 2] == "//"
        is_time = text[start - 1 : start].isdigit() and text[end : end + 1].isdigit()
        return "" if is_address or is_time else ":"
    before = text[max(0, start - 24) : start]
    is_short_form = found["stop"] == "." and _ABBREVIATION.search(before)
    if is_short_form and not _ends_for_sure(before, text[end : end + 12]):
        return ""
    return "."


def _parts_names(text: str, dash: re.Match[str]) -> bool:
    """Return whether a dash is next to a name; else it is a dash of prose."""
    left = re.split(r"[,;:.،؛；、，：]|\s[–—-]\s", text[max(0, dash.start() - 40) : dash.start()])[
        -1
    ]
    right = re.split(r"[,;:.،؛；、，：]|\s[–—-]\s", text[dash.end() : dash.end() + 40])[0]
    return read_item(left).kind == "names" or read_item(right).kind == "names"


def _is_before_vote(text: str, dash: re.Match[str]) -> bool:
    """Return whether a dash parts a state and its vote: "Мальта — за"."""
    left = re.split(r"[,;:.،؛；、，：]", text[max(0, dash.start() - 40) : dash.start()])[-1]
    right = re.split(r"[,;:.،؛；、，：]", text[dash.end() : dash.end() + 40])[0]
    return read_inline_vote(f"{left.strip()} — {right.strip()}") is not None


def _is_inside_name(text: str, dash: re.Match[str]) -> bool:
    """Return whether a dash is a part of a name: "Папуа — Новая Гвинея"."""
    before = text[max(0, dash.start() - 60) : dash.start()]
    left = re.split(r"[,;:،؛；、，：\n]|\s[–—]\s", before)[-1].split()
    right = re.split(r"[,;:.،؛；、，：\n]|\s[–—]\s", text[dash.end() : dash.end() + 60])[0].split()
    return any(
        find(clean(" ".join([*left[-first:], *right[:last]]))) is not None
        for first in range(min(len(left), 3), 0, -1)
        for last in range(min(len(right), 3), 0, -1)
    )


def _ends_for_sure(before: str, after: str) -> bool:
    """Return whether a stop after an abbreviation ends a sentence: "... the U.K. The letter"."""
    return bool(_INITIALS.search(before) and _SENTENCE_START.match(after))


def _list_brackets(text: str) -> dict[int, int]:
    """Return the brackets that hold a list of names and no remark: start and end offsets."""
    out = {}
    for found in _NESTED.finditer(text):
        parts = re.split(r"[,;،؛；、，:：]", found[1])
        named = sum(read_item(part).kind == "names" for part in parts)
        if len(parts) >= 2 and named >= 2:
            out[found.start()] = found.end() - 1
    return out


def _joined(pieces: list[Piece], text: str) -> list[Piece]:
    """Return the pieces with "Korea, Republic of" put together: it is one name."""
    out: list[Piece] = []
    for piece in pieces:
        if out and _is_one_name_with(out[-1], piece, text):
            start = out[-1].start
            words = text[start : piece.end]
            is_line = len(out) == 1 and piece.stop == "|"
            out[-1] = replace(piece, text=words, start=start, is_line=is_line)
        else:
            out.append(piece)
    return out


def _is_one_name_with(before: Piece, piece: Piece, text: str) -> bool:
    """Return whether a piece that is not a name makes one with the name before it."""
    if before.stop != "," or not before.text or not piece.text:
        return False
    if read_item(piece.text).kind != "other" or read_item(before.text).kind != "names":
        return False
    match = match_name(clean(text[before.start : piece.end]))
    return match is not None and match.status == "resolved"


def _sentenced(pieces: list[Piece]) -> Iterator[Piece]:
    """Yield the pieces of one paragraph with the offsets of their sentences."""
    group: list[Piece] = []
    for number, piece in enumerate(pieces):
        group.append(piece)
        if piece.stop == "." or number == len(pieces) - 1:
            start, end = group[0].start, piece.end
            for one in group:
                yield replace(one, sentence=(start, end))
            group = []
