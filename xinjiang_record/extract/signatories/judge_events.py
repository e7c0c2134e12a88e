"""Find from the tie of each list what its states did, or why nothing is sure.

Two kinds of words need the context: "supported" is a vote for a draft and a signature under a
statement; "opposed" is a vote against a draft, and nothing under a statement.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from xinjiang_record.extract.dates import dates_in
from xinjiang_record.extract.languages.find_labels import Label, whole_label
from xinjiang_record.extract.languages.list_words import (
    EVENTS,
    VOTES,
    fold,
    list_words,
    pattern_of_all,
)
from xinjiang_record.extract.languages.load_language import DEFAULT
from xinjiang_record.extract.name_lists.document_text import DocumentText
from xinjiang_record.extract.name_lists.find_name_lists import Entry, NameList
from xinjiang_record.extract.signatories.assign_labels import Tie
from xinjiang_record.extract.signatories.footnotes import Footnotes
from xinjiang_record.extract.signatories.statement_model import Because

REACH = 120  # letters between a name and its remark
LEAST_APART, LEAST_PROSE = 3, 4  # names without a label that are reported: apart, in prose
LEAST_DOUBTED = 2  # names with a label that is denied, asked for or one of two
LEAST_ROSTER = 6  # names in prose without a label that are given as rows without an event
_QUOTES = (("“", "”"), ("«", "»"), ("„", "“"), ("「", "」"), ("『", "』"))
MAX_NEAR = 2500  # letters from a heading to the end of the sentence of a list below it
_COLONS = ":："
_VOTE = pattern_of_all("labels", "vote")
_STATEMENT = pattern_of_all("labels", "statement")
_ALIGNMENT = pattern_of_all("labels", "alignment")


@dataclass(frozen=True, slots=True)
class JudgedEntry:
    """Hold one entry with its event, or None and the doubt."""

    entry: Entry
    event: str | None
    because: Because | None


@dataclass(frozen=True, slots=True)
class _Kinds:
    """Hold the kinds of the labels of a document, and of those in the sentence of a list."""

    all: set[str]
    beside: set[str]


@dataclass(slots=True)
class JudgedList:
    """Hold a list with the event of each entry. ``event`` is that of the list; ``doubt`` why none.

    ``is_left_out``: the text says that these states took no part.
    """

    names: NameList
    tie: Tie | None
    event: str | None
    doubt: str
    is_left_out: bool
    entries: list[JudgedEntry]

    @property
    def is_labelled(self) -> bool:
        """Return whether one entry at least has an event."""
        return any(one.event for one in self.entries)


class _Passages:
    """Answer what a passage of a document says; what many lists ask is looked for once."""

    def __init__(self, text: DocumentText) -> None:
        """Keep the text, and where its quotation marks are."""
        self.document, self.text = text, text.text
        self._topics: dict[tuple[int, int], tuple[bool, bool]] = {}
        self._aligned: dict[tuple[int, int], bool] = {}
        signs = {sign for pair in _QUOTES for sign in (*pair, '"')}
        self._signs: dict[str, list[int]] = {sign: [] for sign in signs}
        for found in re.finditer(f"[{''.join(sorted(signs))}]", text.text):
            self._signs[found[0]].append(found.start())

    def topics(self, start: int, end: int) -> tuple[bool, bool]:
        """Return whether a passage speaks of a vote, and whether it speaks of a statement."""
        if (start, end) not in self._topics:
            self._topics[start, end] = self._read_topics(start, end)
        return self._topics[start, end]

    def _read_topics(self, start: int, end: int) -> tuple[bool, bool]:
        folded = fold(self.text[start:end])
        return bool(_VOTE.search(folded)), bool(_STATEMENT.search(folded))

    def is_alignment(self, start: int, end: int) -> bool:
        """Return whether a passage has the formula of alignment."""
        if (start, end) not in self._aligned:
            found = _ALIGNMENT.search(fold(self.text[start:end]))
            self._aligned[start, end] = found is not None
        return self._aligned[start, end]

    def count(self, sign: str, start: int, end: int) -> int:
        """Return how many of one quotation mark a passage has."""
        places = self._signs[sign]
        return max(bisect_left(places, end) - bisect_left(places, start), 0)


def judge_lists(
    text: DocumentText, lists: Sequence[NameList], ties: Sequence[Tie | None], language: str
) -> list[JudgedList]:
    """Return the lists with their events."""
    kinds: set[str] = set()
    beside: dict[tuple[int, int], set[str]] = {}
    for names, tie in zip(lists, ties, strict=True):
        if tie is not None and not tie.doubt:
            kinds.add(tie.label.kind)
            beside.setdefault(names.sentence, set()).add(tie.label.kind)
    passages = _Passages(text)
    judged = [
        _judge(passages, names, tie, _Kinds(kinds, beside.get(names.sentence, set())), language)
        for names, tie in zip(lists, ties, strict=True)
    ]
    notes = Footnotes(text, language)
    return [_with_footnotes(text, one, notes) for one in _without_quoted(passages, judged)]


def _with_footnotes(text: DocumentText, judged: JudgedList, notes: Footnotes) -> JudgedList:
    """Give a signatory the change that its footnote reports: it joined later, or is asked about."""
    if judged.event not in ("signed", "aligned"):
        return judged
    entries = []
    for one in judged.entries:
        label = notes.of(one.entry)
        if label is None:
            entries.append(one)
        elif label.kind == "joined":
            because = _because(text, Tie(label, "remark", 3.0), "joined", 0)
            entries.append(JudgedEntry(one.entry, "joined", because))
        else:
            entries.append(JudgedEntry(one.entry, None, None))
    if entries == judged.entries:
        return judged
    doubt = "remarks" if any(one.event is None for one in entries) else judged.doubt
    return JudgedList(judged.names, judged.tie, judged.event, doubt, False, entries)


def _without_quoted(passages: _Passages, judged: list[JudgedList]) -> list[JudgedList]:
    """Take the event from a mention in a quotation, where the text itself says what states did.

    "We regret that Chad signed the earlier letter": the letter that is quoted may be another one.
    """
    quoted = [
        one.event is not None
        and one.names.form == "clause"
        and one.tie is not None
        and _is_quoted_tie(passages, one.names, one.tie)
        for one in judged
    ]
    own = [one for one in judged if one.names.known > 1 and not _is_quoted(passages, one.names)]
    if not any(quoted) or not own:
        return judged
    return [
        JudgedList(one.names, one.tie, None, "quoted", False, _all(one.names, None, None))
        if is_quoted
        else one
        for one, is_quoted in zip(judged, quoted, strict=True)
    ]


def _is_quoted_tie(passages: _Passages, names: NameList, tie: Tie) -> bool:
    """Return whether the label of a list is in the same quotation as the list."""
    if tie.form == "after":
        return _is_quoted(passages, names)
    paragraph = passages.document.paragraphs[names.paragraph]
    if tie.form != "before" or tie.label.start < paragraph.start:
        return False
    signs = {sign for pair in _QUOTES for sign in (*pair, '"')}
    between = tie.label.start, names.start
    is_whole = not any(passages.count(sign, *between) for sign in signs)
    return is_whole and _is_quoted(passages, names)


def _is_quoted(passages: _Passages, names: NameList) -> bool:
    """Return whether a quotation is open before a list, and is not closed before its end."""
    paragraph = passages.document.paragraphs[names.paragraph]
    before, after = (paragraph.start, names.start), (names.end, paragraph.end)
    for opening, closing in _QUOTES:
        is_open = passages.count(opening, *before) > passages.count(closing, *before)
        if is_open and passages.count(closing, *after):
            return True
    return passages.count('"', *before) % 2 == 1 and passages.count('"', *after) > 0


def _judge(
    passages: _Passages, names: NameList, tie: Tie | None, kinds: _Kinds, language: str
) -> JudgedList:
    text = passages.document
    remarks = [_remark(text, entry, language) for entry in names.entries]
    labelled = [remark for remark in remarks if remark is not None]
    if tie is not None and tie.form == "before" and tie.label.kind == "absent":
        labelled = []  # "Paired: Chad (for) with Togo (against)": what they would have done
    if labelled and (len(labelled) > 1 or names.form == "lines" or len(remarks) == 1):
        return _by_remarks(passages, names, remarks, kinds)
    if labelled and remarks[-1] is not None and (tie is None or tie.strength < 3):
        tie = Tie(remarks[-1], "after", 3.0)
    if tie is None:
        return JudgedList(names, None, None, "no label", False, _all(names, None, None))
    if tie.doubt == "exception":
        return JudgedList(names, tie, None, tie.doubt, True, _all(names, None, None))
    event, doubt = _event(passages, names, tie.label, kinds)
    if tie.doubt:
        return JudgedList(names, tie, None, tie.doubt, False, _all(names, None, None))
    if event in ("absent", "not_signed"):
        return JudgedList(names, tie, None, "", True, _all(names, None, None))
    because = _because(text, tie, event, names.size) if event else None
    return JudgedList(names, tie, event, doubt, False, _all(names, event, because))


def _all(names: NameList, event: str | None, because: Because | None) -> list[JudgedEntry]:
    return [JudgedEntry(entry, event, because) for entry in names.entries]


def _remark(text: DocumentText, entry: Entry, language: str) -> Label | None:
    """Return the label that a remark is, with its place: after its name, or before it."""
    label = whole_label(entry.remark, language) if entry.remark else None
    if label is None and entry.remark:
        bare = entry.remark
        for found in reversed(dates_in(entry.remark)):
            bare = f"{bare[: found.start]} {bare[found.end :]}"
        label = whole_label(bare, language) if bare != entry.remark else None
    if label is None:
        return None
    start = text.text.find(entry.remark, entry.end, entry.end + REACH + len(entry.remark))
    if start < 0:
        start = max(text.text.rfind(entry.remark, 0, entry.start), 0)
    return Label(label.kind, start, start + len(entry.remark), entry.remark, label.language)


def _by_remarks(
    passages: _Passages, names: NameList, remarks: list[Label | None], kinds: _Kinds
) -> JudgedList:
    """Give each entry the event of its own remark: "Albania: yes"."""
    entries, text = [], passages.document
    remarks = _spread(text, names, remarks)
    for entry, label in zip(names.entries, remarks, strict=True):
        event = _event(passages, names, label, kinds)[0] if label else None
        because = None
        if event in EVENTS and label is not None:
            because = _because(text, Tie(label, "remark", 3.0), event, 0)
        entries.append(JudgedEntry(entry, event if event in EVENTS else None, because))
    kept = [
        one
        for one, label in zip(entries, remarks, strict=True)
        if label is None or label.kind not in ("absent", "not_signed")
    ]
    events = {one.event for one in kept}
    event = events.pop() if len(events) == 1 else None
    return JudgedList(names, None, event, "" if event else "remarks", False, kept)


def _spread(text: DocumentText, names: NameList, remarks: list[Label | None]) -> list[Label | None]:
    """Give the remark at the end of a part to all of it: "A, B (against); C, D (in favour)"."""
    out = list(remarks)
    for at in range(len(out) - 2, -1, -1):
        between = text.text[names.entries[at].end : names.entries[at + 1].start]
        if out[at] is None and names.form == "clause" and ";" not in between:
            out[at] = out[at + 1]
    is_parted = ";" in text.text[names.start : names.end]
    return out if is_parted else remarks


def _event(
    passages: _Passages, names: NameList, label: Label, kinds: _Kinds
) -> tuple[str | None, str]:
    """Return the event of a label in its context, or why there is none."""
    if label.kind in ("signed", "joined", "supported"):
        start, end = names.sentence
        if passages.is_alignment(start, max(end, names.end)):
            return "aligned", ""
    if label.kind == "withdrew" and not _is_about_text(passages, names, label, kinds):
        return None, "from what is not said"
    if label.kind == "named_office":
        is_announced = _is_announced(passages, names)
        return ("signed", "") if is_announced else (None, "an office")
    kind = _kind_beside_votes(label, kinds)
    if kind not in ("supported", "opposed"):
        return kind, ""
    if kinds.beside & set(VOTES):  # "rejected the text, while Chad abstained"
        return ("voted_yes" if kind == "supported" else "voted_no"), ""
    near = min(label.start, names.sentence[0]), max(label.end, names.sentence[1])
    if label.end <= names.sentence[0] and near[1] - near[0] > MAX_NEAR:
        near = names.sentence
    paragraph = passages.document.paragraphs[names.paragraph]
    around = max(0, paragraph.start - 200), paragraph.end + 200
    is_prose = names.form == "clause" and not any(
        passages.text.find(sign, label.end, names.start) >= 0 for sign in _COLONS
    )
    places: tuple[tuple[int, int], ...] = (near, around, (0, 3000))
    if is_prose:
        own = paragraph.start, paragraph.end
        places = (near, own) if label.end <= names.start else (near,)
    for place in places:
        is_vote, is_statement = passages.topics(*place)
        if is_vote and not is_statement:
            return ("voted_yes" if kind == "supported" else "voted_no"), ""
        if is_statement and not is_vote:
            return ("signed", "") if kind == "supported" else (None, "opposed a statement")
    if is_prose:
        return None, "vote or statement"
    if kinds.all & {*VOTES, "absent"}:
        return ("voted_yes" if kind == "supported" else "voted_no"), ""
    if "signed" in kinds.all and kind == "supported":
        return "signed", ""
    return None, "vote or statement"


def _is_announced(passages: _Passages, names: NameList) -> bool:
    """Return whether the line above a list speaks of a statement: "Joint statement on Xinjiang"."""
    if names.paragraph == 0:
        return False
    above = passages.document.paragraphs[names.paragraph - 1]
    is_line = not passages.text[above.start : above.end].rstrip().endswith(".")
    return is_line and passages.topics(above.start, above.end)[1]


def _kind_beside_votes(label: Label, kinds: _Kinds) -> str:
    """Return the kind of a label; "backed by" is not a signature where others voted."""
    if label.kind == "signed" and kinds.beside & set(VOTES):
        supported = list_words(label.language or DEFAULT).cues["supported"]
        if any(pattern.search(fold(label.cue)) for pattern in supported):
            return "supported"
    return label.kind


def _is_about_text(passages: _Passages, names: NameList, label: Label, kinds: _Kinds) -> bool:
    """Return whether states withdrew from a text, and not their ambassadors from a capital."""
    if kinds.all & {"signed", "joined", "aligned"}:
        return True
    paragraph = passages.document.paragraphs[names.paragraph]
    return passages.topics(max(0, paragraph.start - 200), paragraph.end + 200)[1]


def _because(text: DocumentText, tie: Tie, event: str | None, size: int) -> Because | None:
    if event is None:
        return None
    label = tie.label
    return Because(
        label.cue.strip(),
        event,
        label.language,
        text.locator(label.start),
        label.start,
        label.end,
        tie.form,
        tie.number is not None and tie.number == size,
    )
