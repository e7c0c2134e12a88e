"""Give verdicts on "signed it after the vote": which of two acts was first, and by how long.

Both acts need one day in the record: that of a state's withdrawal, signature or vote, or that of a
text that its side, date, number or lead identifies. Anything else is left to the reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from xinjiang_record import edtf
from xinjiang_record.extract.check.count_predicates import unread_words
from xinjiang_record.extract.check.find_statement import is_near
from xinjiang_record.extract.check.left_over import UsedPlaces, order_words
from xinjiang_record.extract.check.reading.claim_words import ClaimWords
from xinjiang_record.extract.check.reading.sentence_reading import Reading
from xinjiang_record.extract.check.reading.subjects import side_of
from xinjiang_record.extract.check.record_tables import SIGNED, VOTES, Record, Statement
from xinjiang_record.extract.check.verdict import Part, Verdict
from xinjiang_record.extract.check.verdict_text import links_of, shown
from xinjiang_record.extract.figures.numbers import numbers, plain
from xinjiang_record.extract.languages.context_words import compiled
from xinjiang_record.extract.languages.list_words import fold
from xinjiang_record.extract.languages.number_words import figure_words
from xinjiang_record.extract.languages.writing import writing

NEAR_GAP = 24  # letters before "after" in which "six days" is looked for
_TEXTS = ("letter", "joint_statement")
_KINDS = ("withdrew", "joined", *sorted(VOTES), "led", "signed")
# The fewest and most days of a unit, as it is said.
_UNITS = {"day": (1, 1), "week": (7, 7), "month": (28, 31), "year": (365, 366)}
_CLAUSE = re.compile(r"[;:()]|,(?!\s*[0-9]{4})")
MOST_DAYS = 36600


@dataclass(frozen=True, slots=True)
class _Side:
    """Hold one of the two acts: its place in the sentence, and the day that it was on."""

    statement: Statement
    low: date
    high: date
    what: str


def check_orders(reading: Reading, record: Record, used: UsedPlaces) -> Iterator[Verdict]:
    """Yield the verdict on each "before" and "after" whose two acts have a day in the record."""
    words = reading.words
    late = words.lists.is_verb_final or writing(reading.code).is_unspaced
    if late or reading.open_negations or any(cue.is_negated for cue in reading.cues):
        return
    folded = fold(reading.text)
    found = order_words(reading)
    if len(found) != 1:
        return
    match, is_before = found[0]
    end = _CLAUSE.search(folded, match.end())
    high = end.start() if end else len(folded)
    said = _gap(reading, match.start())
    if said is None or unread_words(reading, match.end(), high):
        return
    gap_at, gap = said
    main = (0, gap_at) if len(re.findall(r"\w+", folded[:gap_at])) > 2 else (high, len(folded))
    clause = (match.end(), high)
    first = _side(reading, record, main, clause)
    second = _side(reading, record, clause, main) or _of_same(reading, record, clause, first)
    if first is None or second is None:
        return
    used.orders.add(match.start())
    used.numbers.append((gap_at, match.start()))
    for low, top in (main, clause):
        used.dates |= {day.start for day in reading.dates if low <= day.start < top}
    used.groups |= {
        number
        for number, group in enumerate(reading.groups)
        if clause[0] <= group.start < clause[1]
    }
    claim = reading.text[gap_at : match.end()].strip(" ,")
    outcome = _outcome(first, second, gap, is_before=is_before)
    known = f"{first.what}; {second.what}"
    part = Part("order", claim, outcome, known)
    says = {"agrees": "agrees", "disagrees": "does not agree"}.get(outcome, "is not clear")
    ids = dict.fromkeys((first.statement.statement_id, second.statement.statement_id))
    yield Verdict(
        claim,
        "order",
        outcome,
        f"The order {says}: {known}.",
        records=tuple(ids),
        parts=(part,),
        links=(*links_of(record, first.statement)[:2], *links_of(record, second.statement)[:1]),
        at=(gap_at, match.end()),
    )


def _outcome(first: _Side, second: _Side, gap: tuple[int, int] | None, *, is_before: bool) -> str:
    """Return whether the first act was before or after the second one, by the days of a gap."""
    early, late = (first, second) if is_before else (second, first)
    least, most = (late.low - early.high).days, (late.high - early.low).days
    if most < 0 or (most == 0 and gap is not None and gap[0] > 0):
        return "disagrees"
    if least <= 0:
        return "ambiguous"
    if gap is None:
        return "agrees"
    if most < gap[0] or least > gap[1]:
        return "disagrees"
    is_sure = gap[0] <= least and most <= gap[1]
    return "agrees" if is_sure else "ambiguous"


def _gap(reading: Reading, end: int) -> tuple[int, tuple[int, int] | None] | None:
    """Return where "six days" before "after" begins, and the days that it may mean.

    "More than a year" is any time from a year on; "nearly a year" a month around it. None if what
    is before "after" is not read, as in "shortly after".
    """
    folded, words = fold(reading.text), reading.words
    low = max(0, end - NEAR_GAP)
    for name, (fewest, most) in _UNITS.items():
        found = compiled(rf"(?P<n>\w+)\s+(?:{words[name].pattern})\s*$").search(folded[low:end])
        if found is None:
            continue
        start = low + found.start("n")
        value = _value(reading, start, low + found.end("n"))
        if value is None:
            return None  # "days after"
        days = (fewest * value, most * value)
        return start, _with_qualifier(folded[max(0, start - NEAR_GAP) : start], days, words)
    before = folded[:end].rstrip()
    last = re.search(r"[^\W_]+$", before)
    return None if last and unread_words(reading, *last.span()) else (end, None)


def _with_qualifier(before: str, days: tuple[int, int], words: ClaimWords) -> tuple[int, int]:
    for name, pattern in figure_words(words.figure_code).before.items():
        if compiled(rf"(?<!\w)(?:{pattern})\s*$").search(before):
            if name in ("more_than", "at_least"):
                return days[0], MOST_DAYS
            if name in ("less_than", "up_to"):
                return 0, days[1]
            return days[0] - days[0] // 10, days[1] + days[1] // 10
    return days


def _value(reading: Reading, start: int, end: int) -> int | None:
    """Return the number of a word before "days": "six", "2", or "a" and "the"."""
    for number in numbers(plain(reading.text[start:end]), reading.words.figure_code):
        if number.value.denominator == 1:
            return int(number.value)
    word = fold(reading.text[start:end])
    is_one = reading.words["single"].fullmatch(word)
    return 1 if is_one else None


def _side(
    reading: Reading,
    record: Record,
    place: tuple[int, int],
    other: tuple[int, int],
    only: Statement | None = None,
) -> _Side | None:
    """Return the act of one part of a sentence, if it has one day in the record."""
    low, high = place
    own = _states(reading, low, high)
    cues = [cue for cue in reading.cues if low <= cue.start < high and cue.kind != "among"]
    kinds = {"led" if cue.kind == "led_by" else cue.kind for cue in cues}
    if kinds & {"not_signed", "stayed", "still", "sponsored"}:
        return None
    acting = own or _states(reading, *other)
    kind = next((name for name in _KINDS if name in kinds), "")
    if only is not None and kind in ("", "led"):  # "after it was read"
        return _side_of(only, only.on, shown(only)) if kind else None
    folded = fold(reading.text[low:high])
    names = [reading.words[name] for name in ("letter", "spoken")]
    is_named = _vote(reading.words, folded) or any(name.search(folded) for name in names)
    is_counted = any(low <= count.start < high for count in reading.counts)
    if not (kind or is_named or is_counted):
        return None  # "after Germany did so"
    fitting = [item for item in record.statements if _fits(reading, item, place, kind)]
    found = [
        side
        for item in ([only] if only is not None else fitting)
        for side in _days(record, item, kind, acting, own)
    ]
    dates = [day.edtf for day in reading.dates if low <= day.start < high]
    found = [side for side in found if all(day and _on(side, day) for day in dates)]
    return found[0] if len({(side.low, side.high) for side in found}) == 1 else None


def _of_same(
    reading: Reading, record: Record, place: tuple[int, int], first: _Side | None
) -> _Side | None:
    """Return the act of a clause that names no text, state or date: it is on the same text."""
    low, high = place
    part, words = fold(reading.text[low:high]), reading.words
    is_bare = not (
        first is None
        or _states(reading, low, high)
        or any(low <= day.start < high for day in reading.dates)
        or any(words[name].search(part) for name in ("letter", "spoken"))
        or side_of(reading.text[low:high], words)
        or _vote(words, part)
    )
    if not is_bare or first is None:
        return None
    return _side(reading, record, place, (0, low), first.statement)


def _on(side: _Side, said: str) -> bool:
    known = side.low.isoformat() if side.low == side.high else f"{side.low}/{side.high}"
    return is_near(known, said, 0) or is_near(side.statement.on, said, 0)


def _states(reading: Reading, low: int, high: int) -> frozenset[str]:
    return frozenset(
        code
        for group in reading.groups
        for code in group.codes
        if low <= group.start < high and code != "CHN"
    )


def _fits(reading: Reading, item: Statement, place: tuple[int, int], kind: str) -> bool:
    """Return whether a part of a sentence may be about a statement."""
    low, high = place
    part, words = reading.text[low:high], reading.words
    folded = fold(part)
    is_letter, is_spoken = (bool(words[n].search(folded)) for n in ("letter", "spoken"))
    is_vote = kind in VOTES or (not (is_letter or is_spoken) and bool(_vote(words, folded)))
    if item.is_vote != is_vote or (not is_vote and item.kind not in _TEXTS):
        return False
    if reading.topics and not reading.topics & item.topics:
        return False
    if (
        not is_vote
        and is_letter != is_spoken
        and item.kind != ("letter" if is_letter else "joint_statement")
    ):
        return False
    side = side_of(part, words)
    if side and not is_vote and item.side != side:
        return False
    leads = {iso3 for pattern, iso3 in words.lists.adjectives if pattern.search(folded)}
    if leads - {"CHN"} and not leads - {"CHN"} <= item.lead_states:
        return False
    said = [count.value for count in reading.counts if low <= count.start < high]
    return all(value in (item.declared, item.named) for value in said)


def _vote(words: ClaimWords, folded: str) -> re.Match[str] | None:
    pattern = words.lists.words.get("vote")
    return pattern.search(folded) if pattern else None


def _days(
    record: Record, item: Statement, kind: str, acting: frozenset[str], own: Iterable[str]
) -> list[_Side]:
    """Return the days on which these states did this on a statement; that of the text, if none."""
    wanted = SIGNED if kind == "signed" else {kind}
    if kind in ("withdrew", "joined", "signed", *VOTES) and acting:
        events = [one for code in acting for one in item.did(code, wanted)]
        if kind in VOTES and not (events or own):
            side = _side_of(item, item.on, shown(item))  # "after the Council voted against it"
            return [side] if side else []
        if len({event.iso3 for event in events}) != len(acting):
            return []
        return [
            side
            for event in events
            if (side := _side_of(item, event.on or item.on, f"{record.name(event.iso3)} {kind}"))
        ]
    if item.is_vote and any(not item.did(code, VOTES) for code in acting):
        return []  # "before it voted": not of a state that had no vote
    if kind == "led" or (own and not kind):
        own = frozenset(own)
        if not own or not own <= item.lead_states:
            return []
    elif kind in ("withdrew", "joined"):
        return []
    side = _side_of(item, item.on, shown(item))
    return [side] if side else []


def _side_of(item: Statement, on: str, what: str) -> _Side | None:
    low, high = edtf.bounds(on) if on else (None, None)
    if low is None or high is None:
        return None
    known = what if what.startswith("the ") else f"{what.replace('_', ' ')} on {on}"
    return _Side(item, low, high, known)
