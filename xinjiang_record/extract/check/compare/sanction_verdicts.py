"""Give verdicts on sanctions: who imposed them, on which day, on whom, on how many."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from xinjiang_record.extract.check.compare.unread_names import may_have_unread_names
from xinjiang_record.extract.check.find_statement import is_near
from xinjiang_record.extract.check.left_over import UsedPlaces
from xinjiang_record.extract.check.reading.sentence_reading import Reading
from xinjiang_record.extract.check.record_responses import ResponseEvent
from xinjiang_record.extract.check.record_tables import Record
from xinjiang_record.extract.check.verdict import Part, Verdict
from xinjiang_record.extract.check.verdict_text import first_part, no_event_of_day, on_event
from xinjiang_record.extract.figures.numbers import Number, numbers, plain
from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.list_words import fold
from xinjiang_record.extract.languages.writing import writing

SANCTIONS = frozenset({"sanctions", "countersanctions"})
MOST_TARGETS = 60
EUROPEAN_UNION = "EU"
_BY = re.compile(rf"\b(?:{either('imposed_by')})\s*(?:{either('imposed_articles')})?\s*$")
_BEIJING = re.compile(either("beijing"))


def check_sanctions(
    reading: Reading, record: Record, on: str, used: UsedPlaces
) -> Iterator[Verdict]:
    """Yield one verdict for each state or body that is said to have imposed sanctions."""
    folded = fold(reading.text)
    cues = list(reading.words["sanctions"].finditer(folded))
    imposers = _imposers(reading, folded, cues[0].start())
    if not imposers or not reading.is_done(("imposed",), cues[0].start()):
        return
    targets, places = named_targets(reading, record)
    counts = _counts(reading)
    is_alone = len(imposers) == 1
    unread = may_have_unread_names(reading, [*places, *(cue.span() for cue in cues)])
    for code in imposers:
        known = [event for event in record.events if _is_by(event, code)]
        name = "the European Union" if code == EUROPEAN_UNION else record.name(code)
        claim = f"sanctions of {name}"
        near = [event for event in known if not on or is_near(event["happened_edtf"], on, 0)]
        if not near:
            yield no_event_of_day(claim, f"sanctions of {name}", on, known, cues[0].span())
            continue
        parts = [Part("date", on, "agrees", near[0]["happened_edtf"])] if on else []
        parts += [_target_part(record, name, near) for name in targets]
        parts += _place_parts(reading, folded, record, near, imposers)
        if is_alone:
            parts += _count_parts(reading, counts, near, used)
        first = _first_part(reading, record, near, used) if is_alone else None
        parts += [first] if first else []
        if len(cues) > 1 or not on or (unread and not targets) or (unread and not counts):
            parts.append(Part("content", "", "partly", "whom they are on is not all compared"))
        if not on and len({event["happened_edtf"] for event in near}) > 1 and not targets:
            parts.append(Part("date", "", "ambiguous", f"{len(near)} such acts"))
        yield on_event(record, claim, parts, near, cues[0].span())


def _imposers(reading: Reading, folded: str, cue: int) -> tuple[str, ...]:
    """Return who imposed sanctions: behind "by", else who is named before the word for them."""
    groups = [(group.start, group.codes) for group in reading.groups if group.codes]
    groups += [
        (found.start(), (EUROPEAN_UNION,))
        for found in reading.words["european_union"].finditer(folded)
    ]
    groups += [(found.start(), ("CHN",)) for found in _BEIJING.finditer(folded)]
    groups.sort()
    by = [codes for start, codes in groups if start > cue and _BY.search(folded[cue:start])]
    if by and not reading.words.lists.is_verb_final:
        return by[0] if "CHN" not in by[0] or len(by[0]) == 1 else ()
    before = [codes for start, codes in groups if start < cue]
    if reading.words.lists.is_verb_final or writing(reading.code).is_unspaced:
        before = before[:1] or [codes for _, codes in groups][:1]
    if not before:
        return ()
    codes = tuple(dict.fromkeys(code for one in before for code in one))
    return codes if "CHN" not in codes or len(codes) == 1 else ()


def _is_by(event: ResponseEvent, code: str) -> bool:
    if event["event_type"] not in SANCTIONS:
        return False
    if code == EUROPEAN_UNION:
        return event.body.startswith("European Union")
    return event["country_iso3"] == code


def named_targets(
    reading: Reading, record: Record
) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
    """Return the targets of the record that a sentence names, in either order of the name."""
    found: dict[str, tuple[int, int]] = {}
    for event in record.events:
        for target in event.target_names:
            for form in {target, " ".join(reversed(target.split()))}:
                at = reading.text.find(form)
                if at >= 0:
                    found[target] = (at, at + len(form))
    return tuple(found), list(found.values())


def _target_part(record: Record, name: str, events: Sequence[ResponseEvent]) -> Part:
    if any(name in event.target_names for event in events):
        return Part("target", name, "agrees", name)
    if all(event.target_names for event in events):
        known = ", ".join(events[0].target_names[:5])
        return Part("target", name, "disagrees", known)
    return Part("target", name, "unknown", "its targets are not all named")


def _place_parts(
    reading: Reading,
    folded: str,
    record: Record,
    events: Sequence[ResponseEvent],
    imposers: Sequence[str],
) -> list[Part]:
    """Return whether the other states and the Union that a sentence names are those of targets."""
    others = {code: record.name(code) for group in reading.groups for code in group.codes}
    if reading.words["european_union"].search(folded):
        others[EUROPEAN_UNION] = "EU"
    known = " ".join(f"{event['title']} {' '.join(event.target_names)}" for event in events)
    return [
        Part("target", name, "agrees" if name in known else "partly", known)
        for code, name in others.items()
        if code not in imposers and code != "CHN"
    ]


def _counts(reading: Reading) -> list[Number]:
    """Return the small numbers of a sentence that are no date: "four officials and one entity"."""
    text = plain(reading.text)
    taken = [(item.start, item.end) for item in reading.dates]
    return [
        number
        for number in numbers(text, reading.words.figure_code)
        if number.value.denominator == 1
        and 1 <= number.value <= MOST_TARGETS
        and not any(start < number.end and number.start < end for start, end in taken)
        and not (number.value == 1 and not text[number.start : number.end].isdecimal()
                 and len(text[number.start : number.end]) < 3)
    ]  # fmt: skip


def _count_parts(
    reading: Reading, counts: list[Number], events: Sequence[ResponseEvent], used: UsedPlaces
) -> list[Part]:
    parts = []
    for number in counts:
        said = reading.text[number.start : number.end]
        used.numbers.append((number.start, number.end))
        sums = {value for event in events for value in event.targets if value is not None}
        sums |= {sum(event.targets[0] or 0 for event in events)}
        is_known = any(value is not None for event in events for value in event.targets)
        outcome = "agrees" if int(number.value) in sums else "disagrees" if is_known else "unknown"
        known = "; ".join(_size(event) for event in events)
        parts.append(Part("count", said, outcome, known))
    return parts


def _size(event: ResponseEvent) -> str:
    total, persons, bodies = event.targets
    return f"{total or '?'} in all ({persons or 0} persons, {bodies or 0} bodies)"


def _first_part(
    reading: Reading, record: Record, events: Sequence[ResponseEvent], used: UsedPlaces
) -> Part | None:
    """Return whether no other state of the record imposed sanctions over Xinjiang before."""
    first = reading.first
    if first is None or first.noun not in ("state", "one") or first.is_narrow or first.group:
        return None
    used.first = True
    mine = min(event["happened_edtf"] for event in events)
    others = [event for event in record.events if event["event_type"] == "sanctions"]
    return first_part(reading.text[first.start : first.end], mine, others)
