"""A document's text cut at the separators of lists, with the place of every piece.

Pieces end at commas, semicolons, colons, list brackets, ends of sentences and hard line breaks. Whether a line break is hard is
the one judgement made here: a list of one name per line has hard ones, a wrapped paragraph has soft ones, and a name may be
broken across two lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from xinjiang_record.document_readers.document import Block, Document, Table
from xinjiang_record.extract.signatories.list_items import clean, read_item
from xinjiang_record.extract.signatories.prose_names import is_short
from xinjiang_record.reconcile.countries import find, reconcile

SHORT_LINE = 48  # letters of a line that can be one name and no prose
_SPLIT = re.compile(
    r"(?P<comma>[,;،；、，؛|\t]|(?<=\S)\s[–—]\s|(?:(?<=\s)|(?<=^))[•‣▪●○■□◆◇►▶]|\s·\s)|(?P<colon>[:：])|(?P<stop>[.!?](?=[\s\"”»’')\]*]|$)|[。！？؟])"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|St|Ste|ST|STE|REP|DEM|Rep|Dem|Fed|Is|Dr|Mr|Ms|Mrs|No|Eq|Dom|Sts|Std|Amb|H\.E|Art|para|cf|incl|approx|bzw|Nr|Sra?|EE|UU|Excmo|Prof|vs|Gov|U\.S|U\.K)|\.[A-Za-z]|\b\d{1,3})$"
)
_NOISE = re.compile(
    r"^(?:page\s+)?\d{1,4}(?:\s*(?:/|of|de|von)\s*\d{1,4})?$|^A/(?:HRC|C\.3|RES|\d+)/[\w./]+(?:\s+\d+)?$|^\d+\s+A/\S+$|^[-–—_=*\s.]+$",
    re.IGNORECASE,
)
_NESTED = re.compile(
    r"[(（\[]((?:[^()（）\[\]]|[(（\[][^()（）\[\]]*[)）\]])*)[)）\]]"
)  # brackets, and those inside them
_LABEL = re.compile(r"^[\W_]*[^\W\d_][\w'’ /()（）-]{1,50}[:：](?:\s|\*|$)")
_INVERTED = re.compile(
    r"^(?:the\s+)?(?:[\w'’.-]+\s+){0,4}?(?:republic|state|states|kingdom|rep\.?|part|république|états?|república|republik|estado|estados|royaume|reino)(?:\s+(?:of|de|des|du|von|fédérés de|d['’]))?(?:\s+(?:the|la))?$|^(?:british|u\.?s\.?|the)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Fragment:
    """One piece. ``end``: what came after it: ``,`` ``:`` ``.`` ``(`` ``)`` or ``|`` (a hard break). ``kind``: its block's."""

    text: str
    locator: str
    end: str
    kind: str = "paragraph"
    is_line: bool = False  # it fills a line, an item or a cell by itself


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    locator: str
    kind: str
    is_block_end: bool


def fragments(document: Document) -> list[Fragment]:
    """All pieces of the blocks of a document, in reading order. Tables are read by ``cells``."""
    out: list[Fragment] = []
    for paragraph in _paragraphs(_lines(document.blocks)):
        out.extend(_cut(paragraph))
    return _joined(out)


def cells(table: Table) -> Iterator[tuple[int, int, str]]:
    """Row, column and text of every cell that is not empty."""
    for row, line in enumerate(table.rows):
        for column, text in enumerate(line):
            if text.strip():
                yield row, column, text


def _lines(blocks: Iterable[Block]) -> list[_Line]:
    lines: list[_Line] = []
    for block in blocks:
        parts = [part for part in block.text.split("\n") if part.strip()]
        for number, part in enumerate(parts):
            if not _NOISE.match(part.strip()):
                lines.append(
                    _Line(part.strip(), block.locator, block.kind, number == len(parts) - 1)
                )
    return lines


def _paragraphs(lines: list[_Line]) -> Iterator[list[_Line]]:
    """Lines that flow on into each other, together."""
    group: list[_Line] = []
    for line in lines:
        if group and _is_hard(group[-1], line):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _is_hard(above: _Line, below: _Line) -> bool:
    """Whether the break between two lines separates."""
    if above.is_block_end and (
        above.kind not in ("paragraph", "line") or below.kind not in ("paragraph", "line")
    ):
        return True
    if re.match(r"\s*(?:[-*•·・‣▪●○■◆►–—]\s*\S|[(（\[]?\d{1,3}\s*[.)）\]:、．]\s*\D)", below.text):
        return True
    if _LABEL.match(below.text) and not _open_ended(above.text):
        return True
    last = (
        re.split(r"[,;،；、，]", above.text)[-1]
        if not above.text.rstrip().endswith((",", ";", "،", "；", "、", "，"))
        else ""
    )
    first = re.split(r"[,;،；、，.]", below.text)[0]
    if not last.strip():
        return _is_name_line(above.text) and _is_name_line(below.text)
    if above.is_block_end and above.text.rstrip().endswith(
        (".", ":", "：", "。", "!", "?", "»", "”", '"')
    ):
        return True
    if find(f"{clean(last)} {clean(first)}") is not None and not (_reads(last) and _reads(first)):
        return False
    if _is_blank_between(above, below) and not _open_ended(last):
        return True
    if (
        above.is_block_end
        and _reads(last)
        and not _reads(first)
        and not first.strip()[:1].islower()
    ):
        return True
    if _is_name_line(above.text) or _is_name_line(below.text):
        return len(above.text) <= SHORT_LINE or (
            _is_name_line(below.text) and above.is_block_end and not _open_ended(last)
        )
    return (
        above.is_block_end
        and (above.kind == "paragraph" or len(above.text) <= SHORT_LINE)
        and not _open_ended(last)
    )


def _is_blank_between(above: _Line, below: _Line) -> bool:
    """Lines of plain text whose numbers leave one out."""
    numbers = [re.fullmatch(r"(?:.*: )?line (\d+)", line.locator) for line in (above, below)]
    return bool(numbers[0] and numbers[1] and int(numbers[1][1]) > int(numbers[0][1]) + 1)


def _open_ended(last: str) -> bool:
    """A last piece that cannot end a line of its own: "the", "and the Democratic People's Republic of"."""
    words = last.split()
    return bool(words) and words[-1].lower() in (
        "the",
        "of",
        "and",
        "la",
        "le",
        "de",
        "du",
        "des",
        "del",
        "der",
        "und",
        "et",
        "y",
        "و",
    )


def _reads(text: str) -> bool:
    return read_item(text).kind == "names"


def _is_name_line(text: str) -> bool:
    """A line that is one name (with its bullet, number or comma), or that could be a misspelt one."""
    bare = clean(text)
    return (
        len(bare) <= SHORT_LINE
        and not re.search(r"[,;،；、，]", bare)
        and (
            _reads(bare)
            or (is_short(bare) and bare[:1].isupper() and bool(reconcile(bare).candidates))
        )
    )


def _cut(group: list[_Line]) -> Iterator[Fragment]:
    text, marks = "", []
    for line in group:
        if text:
            text = (
                text[:-1]
                if text.endswith("-") and text[-2:-1].isalpha() and line.text[:1].islower()
                else text + " "
            )
        marks.append((len(text), line.locator))
        text += line.text
    kind, single = group[0].kind, len(group) == 1
    if single and (name := _name_with_remark(text)):
        yield Fragment(name, marks[0][1], "|", kind, True)
        return
    start = 0
    for end, mark in _ends(text):
        piece = text[start:end].strip()
        if piece or mark in "()":
            yield Fragment(
                piece,
                _place(marks, start),
                mark,
                kind,
                single and start == 0 and end >= len(text) - 1,
            )
        start = end + (
            3
            if mark == ","
            and text[end : end + 3].strip() in ("–", "—", "·")
            and text[end : end + 1] == " "
            else 1
        )
    if text[start:].strip():
        yield Fragment(text[start:].strip(), _place(marks, start), "|", kind, single and start == 0)


def _name_with_remark(text: str) -> str | None:
    """ "France – signed 8 July 2019" on a line of its own: the name."""
    found = re.match(r"(?P<name>[^–—]{2,60}?)\s+[-–—]\s+(?P<rest>.+)$", text)
    if not found or len(text) > 2 * SHORT_LINE or _reads(text) or _reads(found["rest"]):
        return None
    item = read_item(found["name"])
    return found["name"] if item.kind == "names" and len(item.names) == 1 else None


def _place(marks: list[tuple[int, str]], offset: int) -> str:
    return [locator for start, locator in marks if start <= offset + 1][-1]


def _ends(text: str) -> Iterator[tuple[int, str]]:
    """Offsets of separators with what they are; those inside a remark in brackets are none."""
    brackets = _list_brackets(text)
    quiet = [
        found.span()
        for found in re.finditer(r"[(（\[][^()（）\[\]]*[)）\]]", text)
        if found.start() not in brackets
    ]
    marks = [(found.start(), _mark(found, text)) for found in _SPLIT.finditer(text)]
    marks += [(start, ",") for start in _inline_numbers(text)]
    for start, stop in brackets.items():
        marks += [(start, "("), (stop, ")")]
    last = len(text) - 1
    for offset, mark in sorted(marks):
        if mark and not any(first <= offset < stop for first, stop in quiet):
            yield offset, ("|" if mark == "," and offset == last else mark)


def _inline_numbers(text: str) -> list[int]:
    """ "1. Germany 2. France 3. Japan" in one line: where each later number begins, if they count up."""
    found = list(re.finditer(r"(?:(?<=\s)|^)(\d{1,3})[.)]\s+(?=[^\W\d])", text))
    numbers = [int(item[1]) for item in found]
    if len(numbers) < 3 or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return []
    return [item.start() - 1 for item in found if item.start() > 0]


def _mark(found: re.Match[str], text: str) -> str:
    if found["comma"]:
        return (
            ""
            if found[0].strip() in ("–", "—", "·")
            and found[0][0] == " "
            and _is_inside_name(text, found)
            else ","
        )
    if found["colon"]:
        return (
            ""
            if text[found.end() : found.end() + 2] == "//"
            or re.match(r"\d", text[found.end() : found.end() + 1] or " ")
            else ":"
        )
    before = text[max(0, found.start() - 24) : found.start()]
    if (
        found["stop"] == "."
        and _ABBREVIATION.search(before)
        and not _ends_for_sure(before, text[found.end() : found.end() + 12])
    ):
        return ""
    return "."


def _is_inside_name(text: str, dash: re.Match[str]) -> bool:
    """ "Папуа — Новая Гвинея": the dash is a part of the name."""
    left = re.split(r"[,;:،；、，：\n]|\s[–—]\s", text[max(0, dash.start() - 60) : dash.start()])[
        -1
    ]
    right = re.split(r"[,;:.،；、，：\n]|\s[–—]\s", text[dash.end() : dash.end() + 60])[0]
    return find(clean(f"{left} {right}")) is not None


def _ends_for_sure(before: str, after: str) -> bool:
    """ "... the U.K. The letter" ends a sentence; "the U.S. Virgin Islands", "St. Lucia" do not."""
    return bool(
        re.search(r"\b(?:U\.K|U\.S|U\.A\.E|\d)$", before)
        and re.match(r"\s+(?:The|This|It|In|They|He|She|We|A|An|All|On|At|Of)\s", after)
    )


def _list_brackets(text: str) -> dict[int, int]:
    """Brackets that hold a list of names and no remark: start and end offsets."""
    out = {}
    for found in _NESTED.finditer(text):
        parts = re.split(r"[,;،；、，:：]", found[1])
        if len(parts) >= 2 and sum(_reads(part) for part in parts) >= 2:
            out[found.start()] = found.end() - 1
    return out


def _joined(pieces: list[Fragment]) -> list[Fragment]:
    """ "Korea, Republic of" is one name: a piece that cannot stand alone goes back to the one before it."""
    out: list[Fragment] = []
    for piece in pieces:
        if out and out[-1].end == "," and _INVERTED.match(piece.text) and not _reads(piece.text):
            whole = f"{out[-1].text}, {piece.text}"
            match = find(clean(whole))
            if match is not None and match.status == "resolved":
                out[-1] = Fragment(whole, out[-1].locator, piece.end, piece.kind, False)
                continue
        out.append(piece)
    return out
