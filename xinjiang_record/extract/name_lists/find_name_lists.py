"""Find lists of names: every run of names in a text, with its place and its form.

A name that is not known does not end a list: it becomes an entry without a code. Words that join
("as well as", "and the EFTA countries") do not end it either. Prose does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from xinjiang_record.extract.languages.find_labels import find_labels, is_neutral, whole_label
from xinjiang_record.extract.languages.list_words import fold, pattern_of_all
from xinjiang_record.extract.name_lists.document_text import HEADINGS, DocumentText
from xinjiang_record.extract.name_lists.line_breaks import BULLET
from xinjiang_record.extract.name_lists.list_items import (
    CJK,
    Item,
    Named,
    clean,
    is_cased,
    is_short,
    read_item,
)
from xinjiang_record.extract.name_lists.list_pieces import Piece
from xinjiang_record.extract.name_lists.prose_names import Found, find_names
from xinjiang_record.extract.name_lists.roll_call_lines import read_roll_call_line
from xinjiang_record.reconcile.countries import Match, reconcile

MAX_PENDING = 3  # items in a row that are not read and do not end a list
MAX_SMALL_WORD = 3  # letters of a small word in a name: "of", "the", "and"
MAX_NAME_REST = 2  # letters next to a name that can be a misspelling of it, without spaces
MAX_CJK_NAME, MAX_UNCASED_WORDS = 9, 3  # of an unknown name in a script without capitals
MAX_BODY_WORDS = 16  # words of an item between names that may be a body
_JOINER = re.compile(
    "(?:(?:"
    + "|".join(
        pattern_of_all("lists", name).pattern
        for name in ("and", "also", "articles", "groups", "fillers")
    )
    + r")[\s,،、'’:：]*)*"
)
_AND_FIRST = re.compile(rf"(?:{pattern_of_all('lists', 'and').pattern})\s")
_JOIN_WORDS = re.compile(
    "(?:(?:"
    + "|".join(pattern_of_all("lists", name).pattern for name in ("and", "also", "articles"))
    + r")[\s,،、'’]+)+"
)
_BODY = pattern_of_all("lists", "body_words")
_ENDING = re.compile(r"[\s.)）\]*’”»\"]*")


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold one place of a list. ``match`` may be ambiguous or unknown; then nothing is sure.

    ``remark`` is what the text says of this state alone, in brackets or after it on its line.
    """

    text: str
    match: Match
    start: int
    end: int
    remark: str = ""
    is_own: bool = False


@dataclass(slots=True)
class NameList:
    """Hold one list. ``form``: lines, brackets or clause. ``sentence``: offsets of the first one.

    ``is_missing``: separators went missing in it.
    """

    form: str
    paragraph: int
    sentence: tuple[int, int]
    entries: list[Entry] = field(default_factory=list)
    is_missing: bool = False

    @property
    def start(self) -> int:
        """Return where the first name begins."""
        return self.entries[0].start

    @property
    def end(self) -> int:
        """Return where the last name ends."""
        return self.entries[-1].end

    @property
    def size(self) -> int:
        """Return how many different states or unknown names the list has."""
        return len({entry.match.iso3 or entry.text for entry in self.entries})

    @property
    def known(self) -> int:
        """Return how many entries are names of states or bodies."""
        return sum(
            entry.match.status != "unknown" or bool(entry.match.note) for entry in self.entries
        )


class _Builder:
    """Walk the pieces and keep the open list."""

    def __init__(self, text: DocumentText) -> None:
        self.text = text
        self.lists: list[NameList] = []
        self.open: NameList | None = None
        self.pending: list[Piece] = []
        self.last: Piece | None = None
        self.is_own_next = False
        self.is_bracket = False
        self.has_comma = False  # whether commas separate the open list

    def add(self, item: Item, piece: Piece, start: int, end: int) -> None:
        """Add the names of an item to the open list, or to a new one."""
        if self.open is None:
            before = self.text.text[max(0, start - 1) : start]
            is_bracket = self.is_bracket or before in ("(", "（", "[")
            fills = piece.is_line and start == piece.start and end == piece.end
            form = "lines" if fills else "brackets" if is_bracket else "clause"
            self.open = NameList(form, piece.paragraph, piece.sentence)
            self._add_misspelt_first(piece, start)
        for waiting in self.pending:
            self._add_unknown(waiting)
        self.pending.clear()
        place = start
        for name in item.names:
            at = self.text.text.find(name.text, place, end)
            first = at if at >= 0 else place
            last = first + len(name.text) if at >= 0 else end
            self.open.entries.append(_entry(name, first, last, self.is_own_next))
            self.is_own_next = False
            place = last
        self.open.is_missing |= item.is_missing
        self.is_own_next = item.is_own_next

    def _add_unknown(self, piece: Piece) -> None:
        assert self.open is not None
        text = clean(piece.text)
        self.open.entries.append(Entry(text, reconcile(text), piece.start, piece.end))

    def _add_misspelt_first(self, piece: Piece, start: int) -> None:
        """Add the item before the first name where it is near a name: "Belguim, Chile"."""
        last = self.last
        if last is None or self.pending or last.kind in HEADINGS or not is_short(last.text):
            return
        is_same = last.stop == "," and piece.start == start
        if not is_same and not (last.is_line and piece.is_line):
            return
        if read_item(last.text).kind == "other" and _is_near(last.text):
            self._add_unknown(last)

    def close(self) -> None:
        """End the open list."""
        current, self.open = self.open, None
        pending, self.pending = self.pending, []
        self.is_own_next = False
        if current is None:
            return
        self.open = current
        for piece in pending:
            if reconcile(clean(piece.text)).candidates:
                self._add_unknown(piece)
        self.open = None
        self.lists.append(current)


def _is_near(text: str) -> bool:
    if is_neutral(text) or find_labels(text) or whole_label(text):
        return False
    return bool(reconcile(clean(text)).candidates)


def _entry(name: Named, start: int, end: int, is_own: bool) -> Entry:
    return Entry(name.text, name.match, start, end, name.note, name.is_own or is_own)


def find_name_lists(text: DocumentText, pieces: Sequence[Piece]) -> list[NameList]:
    """Return the lists of a text, in its order."""
    walk = _Builder(text)
    for number, piece in enumerate(pieces):
        following = pieces[number + 1] if number + 1 < len(pieces) else None
        _step(walk, piece, following)
        walk.last = piece
        walk.is_bracket = piece.stop == "("
    walk.close()
    return walk.lists


def _step(walk: _Builder, piece: Piece, following: Piece | None) -> None:
    if walk.open is not None and _is_new_paragraph(walk, piece) and not _goes_on(walk, piece):
        walk.close()
    is_parted = walk.last is not None and walk.last.stop == ";"
    if walk.open is not None and is_parted and (walk.has_comma or piece.stop == ","):
        walk.close()
    walk.has_comma = piece.stop == "," or (walk.has_comma and walk.open is not None)
    if piece.is_line and _add_roll_call_line(walk, piece):
        return
    item = read_item(piece.text)
    if item.kind == "empty":
        if piece.stop in "()" and piece.stop:
            walk.close()
    elif item.kind == "names":
        if piece.stop == ":" and walk.open is None and following is not None:
            return  # "France: we are concerned", or a heading
        if walk.open is not None and piece.kind in HEADINGS[:2]:
            walk.close()
        walk.add(item, piece, piece.start, piece.end)
        _end_piece(walk, piece, following)
    elif item.kind == "filler":
        if walk.open is not None or item.is_own:
            walk.is_own_next = item.is_own or walk.is_own_next
            _end_piece(walk, piece, following)
    else:
        _prose(walk, piece, following)


def _add_roll_call_line(walk: _Builder, piece: Piece) -> bool:
    """Add a line such as "Albania: yes" to the list of such lines; return whether it is one."""
    line = read_roll_call_line(walk.text.text[piece.start : piece.end])
    if line is None:
        return False
    name = Named(line.name.text, line.name.match, line.remark)
    walk.add(Item("names", (name,)), piece, piece.start, piece.end)
    return True


def _is_new_paragraph(walk: _Builder, piece: Piece) -> bool:
    return walk.last is not None and walk.last.paragraph != piece.paragraph


def _goes_on(walk: _Builder, piece: Piece) -> bool:
    """Return whether the list of the paragraph above goes on in this one."""
    assert walk.open is not None and walk.last is not None
    if piece.kind in HEADINGS[:2]:
        return False
    if walk.last.is_line and _AND_FIRST.match(fold(piece.text)):
        return True
    if walk.open.form == "lines":
        return piece.is_line or walk.last.stop == ","
    return walk.last.stop == "," and bool(walk.last.text)


def _end_piece(walk: _Builder, piece: Piece, following: Piece | None) -> None:
    """Close the open list where the piece ends it."""
    if piece.stop in (":", ")", "("):
        walk.close()
    elif piece.stop == ".":
        goes_on = (
            following is not None
            and following.is_line
            and piece.is_line
            and read_item(following.text).kind == "names"
        )
        if not goes_on:
            walk.close()


def _prose(walk: _Builder, piece: Piece, following: Piece | None) -> None:
    found = find_names(piece.text)
    is_item = walk.open is not None and (not found or _is_misspelt(walk, piece, found, following))
    if is_item and _may_be_item(walk, piece, following):
        walk.pending.append(piece)
        _end_piece(walk, piece, following)
        return
    if not found:
        walk.close()
        return
    place = 0
    for names in found:
        between = fold(piece.text[place : names.start])
        is_joined = bool(_JOINER.fullmatch(between.strip(" ,،、'")))
        if not (walk.open is not None and is_joined and (place or _is_after_separator(walk))):
            walk.close()
        walk.add(names.item, piece, piece.start + names.start, piece.start + names.end)
        place = names.end
    rest = fold(piece.text[place:])
    if _ENDING.fullmatch(rest) or (rest.strip() and _JOINER.fullmatch(rest.strip(" ,،、'"))):
        _end_piece(walk, piece, following)
    else:
        walk.close()


def _may_be_name(text: str) -> bool:
    """Return whether an unknown item begins as a name does; a label that is not known does not."""
    bare = clean(re.sub(r"[(（\[][^()（）\[\]]*[)）\]]", " ", text))
    joined = _JOIN_WORDS.match(fold(bare))
    words = bare[joined.end() :].split() if joined else bare.split()
    if not words:
        return False
    if CJK.search(bare):
        return len(bare) <= MAX_CJK_NAME
    if not is_cased(words[0]):
        return len(words) <= MAX_UNCASED_WORDS
    small = [word for word in words if word[:1].islower() and len(word) > MAX_SMALL_WORD]
    return words[0][:1].isupper() and not small


def _has_bullet(walk: _Builder, piece: Piece) -> bool:
    """Return whether a line has a bullet or a number, as the line of the list above it has."""
    if not piece.is_line or walk.last is None or not walk.last.is_line:
        return False
    return bool(BULLET.match(piece.text)) and bool(BULLET.match(walk.last.text))


def _is_after_separator(walk: _Builder) -> bool:
    return walk.last is not None and walk.last.stop in (",", ";", "|")


def _is_misspelt(
    walk: _Builder, piece: Piece, found: Sequence[Found], following: Piece | None
) -> bool:
    """Return whether a short item between names has a name and more letters: it is asked about."""
    if following is None or piece.stop not in (",", ";") or not _is_after_separator(walk):
        return False
    if read_item(following.text).kind != "names" and not is_short(following.text):
        return False
    before, after = piece.text[: found[0].start], piece.text[found[-1].end :].rstrip(" *")
    if _JOINER.fullmatch(fold(before).strip()) and not after.strip():
        return False
    has_body = any(not name.match.candidates for one in found for name in one.item.names)
    if has_body and len(piece.text.split()) <= MAX_BODY_WORDS:
        return bool(_BODY.search(fold(before + after)))
    return is_short(piece.text) and _may_be_name_words(before) and _may_be_name_words(after)


def _may_be_name_words(text: str) -> bool:
    """Return whether words next to a name may belong to it: "Marshall Island", "U.S. state"."""
    words = [word.strip("()（）[]*.,") for word in text.split()]
    words = [word for word in words if word and not _JOINER.fullmatch(fold(word))]
    if CJK.search(text):
        return len(text.strip()) <= MAX_NAME_REST
    if words and not is_cased(words[0]):
        return len(words) <= 1
    is_remark = any(sign in text for sign in "()（）")
    return is_remark or all(word[0].isupper() for word in words)


def _may_be_item(walk: _Builder, piece: Piece, following: Piece | None) -> bool:
    """Return whether a piece that is not read may be an item of the open list."""
    assert walk.open is not None
    if piece.kind in HEADINGS or len(walk.pending) >= MAX_PENDING or piece.stop in ":(":
        return False
    if _JOINER.fullmatch(fold(piece.text).strip(" ,،、'")):
        return True
    has_label = bool(find_labels(piece.text) or whole_label(piece.text))
    is_between = piece.stop in (",", ";")
    next_is_name = following is not None and read_item(following.text).kind in ("names", "filler")
    if is_short(piece.text) and not has_label:
        if _has_bullet(walk, piece) or (is_between and _may_be_name(piece.text)):
            return True
        return bool(reconcile(clean(piece.text)).candidates)
    if not is_between or not next_is_name or walk.open.known < 2:
        return False
    return not has_label and len(piece.text.split()) <= MAX_BODY_WORDS
