"""Find lists of names: every run of names in a text, with its place and its form.

A name that is not known does not end a list: it becomes an entry without a code. Words that join
("as well as", "and the EFTA countries") do not end it either. Prose does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from xinjiang_record.extract.languages.detect_language import detect_language
from xinjiang_record.extract.languages.find_labels import find_labels, whole_label
from xinjiang_record.extract.languages.list_words import fold, list_words
from xinjiang_record.extract.languages.load_language import language_codes
from xinjiang_record.extract.name_lists.document_text import HEADINGS, DocumentText
from xinjiang_record.extract.name_lists.joining_words import (
    AND_FIRST,
    JOINER,
    fold_words,
    is_joiner,
)
from xinjiang_record.extract.name_lists.line_breaks import BULLET
from xinjiang_record.extract.name_lists.list_items import (
    Item,
    Named,
    clean,
    is_short,
    read_item,
)
from xinjiang_record.extract.name_lists.list_pieces import Piece
from xinjiang_record.extract.name_lists.misspelt_names import (
    BODY,
    MAX_BODY_WORDS,
    abbreviated,
    is_misspelt,
    is_near_name,
    may_be_name,
    misspelt_before,
    misspelt_last,
)
from xinjiang_record.extract.name_lists.prose_names import find_names, is_parted_by_particle
from xinjiang_record.extract.name_lists.roll_call_lines import (
    read_inline_vote,
    read_office_line,
    read_roll_call_line,
)
from xinjiang_record.reconcile.countries import Match, reconcile

MAX_PENDING = 3  # items in a row that are not read and do not end a list
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

    ``is_missing``: separators went missing in it. ``is_own_last``: "and my own country" ends it.
    """

    form: str
    paragraph: int
    sentence: tuple[int, int]
    entries: list[Entry] = field(default_factory=list)
    is_missing: bool = False
    is_own_last: bool = False

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
        self.first: list[tuple[str, int, int]] = []  # unknown names before a list begins
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
            for unknown in self.first:
                self.add_unknown(*unknown)
            self.first.clear()
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

    def add_unknown(self, text: str, start: int, end: int) -> None:
        """Add a name that is not known to the open list."""
        assert self.open is not None
        self.open.entries.append(Entry(text, reconcile(text), start, end))

    def add_abbreviation(self, piece: Piece, text: str, start: int, end: int) -> None:
        """Keep an unknown abbreviation for the open list, or for the one that may follow."""
        if self.open is not None and start == piece.start:
            self.pending.append(piece)
        else:
            self.close()
            self.first.append((text, start, end))

    def _add_unknown(self, piece: Piece) -> None:
        self.add_unknown(clean(piece.text), piece.start, piece.end)

    def _add_misspelt_first(self, piece: Piece, start: int) -> None:
        """Add the item before the first name where it is near a name: "Belguim, Chile"."""
        last = self.last
        if last is None or self.pending or last.kind in HEADINGS or not is_short(last.text):
            return
        is_same = last.stop == "," and piece.start == start
        if not is_same and not (last.is_line and piece.is_line):
            return
        if read_item(last.text).kind == "other" and is_near_name(last.text):
            self._add_unknown(last)

    def close(self) -> None:
        """End the open list."""
        current, self.open = self.open, None
        pending, self.pending = self.pending, []
        is_own_last, self.is_own_next = self.is_own_next, False
        if current is None:
            return
        current.is_own_last = is_own_last
        self.open = current
        for piece in pending:
            if reconcile(clean(piece.text)).candidates:
                self._add_unknown(piece)
        self.open = None
        self.lists.append(current)


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
    is_only_joiner = bool(JOINER.fullmatch(fold_words(piece.text)))
    is_mixed = walk.has_comma or (piece.stop == "," and not is_only_joiner)
    if walk.open is not None and is_parted and is_mixed:
        walk.close()
    if walk.open is not None and _is_contrast(walk, piece):
        walk.close()
    walk.has_comma = piece.stop == "," or (walk.has_comma and walk.open is not None)
    if piece.is_line and _add_roll_call_line(walk, piece):
        return
    if not piece.is_line and _add_inline_vote(walk, piece, following):
        return
    item = read_item(piece.text)
    unknown = abbreviated(piece, walk.text.text)
    if item.kind != "names" and unknown is not None:
        walk.add_abbreviation(piece, *unknown)
        return
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


def _is_contrast(walk: _Builder, piece: Piece) -> bool:
    """Return whether a piece begins with a word that sets it against the list: Polish "a"."""
    if walk.last is None or walk.last.stop != ",":
        return False
    start, end = piece.sentence
    code = detect_language(walk.text.text[start:end])
    pattern = list_words(code).words.get("contrasts") if code in language_codes() else None
    return pattern is not None and bool(pattern.match(fold(piece.text)))


def _add_roll_call_line(walk: _Builder, piece: Piece) -> bool:
    """Add a line such as "Albania: yes" to the list of such lines; return whether it is one."""
    words = walk.text.text[piece.start : piece.end]
    line = read_roll_call_line(words)
    if line is not None:
        name = Named(line.name.text, line.name.match, line.remark)
    else:
        office = read_office_line(words)
        if office is None:
            return False
        name = office
    walk.add(Item("names", (name,)), piece, piece.start, piece.end)
    return True


def _add_inline_vote(walk: _Builder, piece: Piece, following: Piece | None) -> bool:
    """Add "Albania YES" of a roll call in a sentence, which has another such piece next to it."""
    line = read_inline_vote(piece.text)
    if line is None:
        return False
    last = walk.last.text if walk.last is not None and walk.open is not None else ""
    near = (following.text if following is not None else "", last)
    if not any(read_inline_vote(text) for text in near):
        return False
    name = Named(line.name.text, line.name.match, line.remark)
    walk.add(Item("names", (name,)), piece, piece.start, piece.end)
    _end_piece(walk, piece, following)
    return True


def _is_new_paragraph(walk: _Builder, piece: Piece) -> bool:
    return walk.last is not None and walk.last.paragraph != piece.paragraph


def _goes_on(walk: _Builder, piece: Piece) -> bool:
    """Return whether the list of the paragraph above goes on in this one."""
    assert walk.open is not None and walk.last is not None
    if piece.kind in HEADINGS[:2]:
        return False
    if walk.last.is_line and AND_FIRST.match(fold(piece.text)):
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
    walk.first = walk.first if found and found[0].start == 0 else []
    is_item = walk.open is not None and (
        not found or (_is_after_separator(walk) and is_misspelt(piece, found, following))
    )
    if is_item and _may_be_item(walk, piece, following):
        walk.pending.append(piece)
        _end_piece(walk, piece, following)
        return
    if not found:
        walk.close()
        return
    if _is_sentence_below(walk, piece, found[-1].end):
        walk.close()
    place = 0
    for names in found:
        is_joined = (
            is_joiner(piece.text[place : names.start])
            and not is_parted_by_particle(piece, place, names.start)
        ) or (
            walk.open is not None
            and 0 <= (at := walk.open.end - piece.start) < place
            and is_joiner(piece.text[at : names.start])  # "Albania and the countries of EFTA"
        )
        is_next = walk.open is not None and bool(place or _is_after_separator(walk))
        misspelt = None
        if is_next and not is_joined:
            misspelt = misspelt_before(piece, place, names.start)
        if misspelt is not None:
            walk.add_unknown(*misspelt)
        elif not (is_next and is_joined):
            walk.close()
        walk.add(names.item, piece, piece.start + names.start, piece.start + names.end)
        place = names.end
    last = misspelt_last(piece, place)
    if last is not None and walk.open is not None:
        walk.add_unknown(*last)
        place = last[2] - piece.start
    rest = fold_words(piece.text[place:])
    if _ENDING.fullmatch(rest) or (rest.strip() and JOINER.fullmatch(rest.strip(" ,،、'"))):
        _end_piece(walk, piece, following)
    else:
        walk.close()


def _is_sentence_below(walk: _Builder, piece: Piece, end: int) -> bool:
    """Return whether a sentence is below a list of one name a line: "Fiji thanked the Chair."."""
    if walk.open is None or walk.open.form != "lines" or not _is_new_paragraph(walk, piece):
        return False
    rest = piece.text[end:]
    is_verb = rest[:1].isspace() and rest.lstrip()[:1].islower()
    return piece.stop == "." and is_verb and len(rest.split()[0]) > 1


def _has_bullet(walk: _Builder, piece: Piece) -> bool:
    """Return whether a line has a bullet or a number, as the line of the list above it has."""
    if not piece.is_line or walk.last is None or not walk.last.is_line:
        return False
    return bool(BULLET.match(piece.text)) and bool(BULLET.match(walk.last.text))


def _is_after_separator(walk: _Builder) -> bool:
    return walk.last is not None and walk.last.stop in (",", ";", "|")


def _may_be_item(walk: _Builder, piece: Piece, following: Piece | None) -> bool:
    """Return whether a piece that is not read may be an item of the open list."""
    assert walk.open is not None
    if piece.kind in HEADINGS or len(walk.pending) >= MAX_PENDING or piece.stop in ":(":
        return False
    if JOINER.fullmatch(fold_words(piece.text).strip(" ,،、'")):
        return True
    has_label = bool(find_labels(piece.text) or whole_label(piece.text))
    is_between = piece.stop in (",", ";")
    next_is_name = following is not None and read_item(following.text).kind in ("names", "filler")
    if is_short(piece.text) and not has_label:
        if _has_bullet(walk, piece) or (is_between and may_be_name(piece.text)):
            return True
        is_apart = is_between or (piece.is_line and walk.open.form == "lines")
        if is_apart and next_is_name and BODY.search(fold(piece.text)):
            return True  # "Albania, League of Arab States, Benin"
        return bool(reconcile(clean(piece.text)).candidates)
    if not is_between or not next_is_name or walk.open.known < 2:
        return False
    return not has_label and len(piece.text.split()) <= MAX_BODY_WORDS
