"""Give verdicts on acts of parliaments: which chamber, when, with which result, calling it what."""

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
from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.list_words import fold

MOTIONS = frozenset({"parliament_motion", "legislation"})
CALLS = {
    "genocide": "genocide",
    "humanity": "crimes_against_humanity",
}
_UPPER = re.compile(r"Senate|Lords|Seanad|Councillors")
# "The word genocide was dropped": the motion does not say it.
_DROPPED = re.compile(either("dropped"))
_NEAR_DENIAL = 34  # letters before "genocide" in which a word such as "without" denies it


def actors_of(reading: Reading, folded: str) -> tuple[str, ...]:
    """Return the states of a sentence, by name or adjective: "the Dutch parliament"."""
    named = [code for group in reading.groups for code in group.codes if code != "CHN"]
    if not named:
        named = [
            iso3
            for pattern, iso3 in reading.words.lists.adjectives
            if iso3 != "CHN" and pattern.search(folded)
        ]
    return tuple(dict.fromkeys(named))


def parliaments_of(reading: Reading) -> frozenset[str]:
    """Return the states whose parliament a sentence names; "EU" for the European Parliament."""
    folded, words = fold(reading.text), reading.words
    if not words["parliament"].search(folded):
        return frozenset()
    states = frozenset(actors_of(reading, folded))
    return states or frozenset({"EU"} if words["europe"].search(folded) else ())


def check_motion(reading: Reading, record: Record, on: str, used: UsedPlaces) -> Iterator[Verdict]:
    """Yield the verdict on "the Dutch parliament passed a motion that calls it genocide"."""
    folded, words = fold(reading.text), reading.words
    calls = [name for name in CALLS if words[name].search(folded)]
    if not (words["motion"].search(folded) or calls):
        return
    place = _place(reading)
    if not reading.is_done(("adopted", "rejected", *(("called",) if calls else ())), place[0]):
        return
    known, name = _known(reading, record, folded)
    if not known:
        return
    known = [event for event in known if _chamber_outcome(reading, folded, event) != "disagrees"]
    claim = f"act of {name}"
    near = [event for event in known if not on or is_near(event["happened_edtf"], on, 0)]
    if not near:
        yield no_event_of_day(claim, "such act", on, known, place)
        return
    scored = sorted(near, key=lambda event: -_agreeing(content_parts(reading, folded, event)))
    best = scored[0]
    parts = [Part("date", on, "agrees", best["happened_edtf"])] if on else []
    parts += content_parts(reading, folded, best)
    result = _result_part(reading, folded, best)
    if result is None and words["motion"].search(folded):
        result = Part("result", "", "partly", "whether it was passed is not said")
    parts += [result] if result else []
    alike = content_parts(reading, folded, best)
    same = [event for event in near if content_parts(reading, folded, event) == alike]
    if len(same) > 1:
        ids = tuple(event.event_id for event in same)
        text = f"{len(same)} acts fit; the text does not say which: {', '.join(ids[:5])}."
        yield Verdict(claim, "event", "ambiguous", text, records=ids, parts=tuple(parts), at=place)
        return
    if not calls or not on or may_have_unread_names(reading, [place]):
        parts.append(Part("content", "", "partly", "what else it says is not compared"))
    first = _first_part(reading, record, best, calls, used)
    parts += [first] if first else []
    yield on_event(record, claim, parts, [best], place)


def check_content(reading: Reading, record: Record, event_id: str) -> Iterator[Verdict]:
    """Yield the verdict on what a counted vote of a parliament says, and on its chamber."""
    folded = fold(reading.text)
    event = next(item for item in record.events if item.event_id == event_id)
    parts = [*content_parts(reading, folded, event)]
    outcome = _chamber_outcome(reading, folded, event)
    if outcome:
        parts.append(Part("chamber", _place_text(reading), outcome, event.body))
    if parts:
        yield on_event(record, f"act of {event.body}", parts, [event], _place(reading))


def content_parts(reading: Reading, folded: str, event: ResponseEvent) -> list[Part]:
    """Return whether an act calls it what the sentence says: genocide, crimes against humanity."""
    words, parts = reading.words, []
    for name, known in CALLS.items():
        found = words[name].search(folded)
        if not found:
            continue
        said = reading.text[found.start() : found.end()]
        held = ", ".join(sorted(event.determinations)).replace("_", " ")
        if _is_denied(reading, folded, found.start()):
            parts.append(Part("content", said, "partly", "what it does not say is not compared"))
            continue
        risk = {item for item in event.determinations if item.endswith(known) and item != known}
        if known in event.determinations or (risk and words["risk"].search(folded)):
            parts.append(Part("content", said, "agrees", held))
        elif risk or not event.determinations:
            parts.append(Part("content", said, "partly" if risk else "unknown", held or "nothing"))
        else:
            parts.append(Part("content", said, "disagrees", held))
    return parts


def _is_denied(reading: Reading, folded: str, at: int) -> bool:
    words = reading.words.lists.words
    around = folded[max(0, at - _NEAR_DENIAL) : at + 2 * _NEAR_DENIAL]
    patterns = [_DROPPED, *(words.get(name) for name in ("negations", "exceptions"))]
    return any(pattern is not None and pattern.search(around) for pattern in patterns)


def _agreeing(parts: Sequence[Part]) -> int:
    return sum(part.outcome == "agrees" for part in parts)


def _known(reading: Reading, record: Record, folded: str) -> tuple[list[ResponseEvent], str]:
    """Return the acts of the parliament that a sentence names, and how it is called."""
    states = actors_of(reading, folded)
    acts = [event for event in record.events if event["event_type"] in MOTIONS]
    is_european = reading.words["europe"].search(folded) and not states
    if is_european:
        return [e for e in acts if e.body == "European Parliament"], "the European Parliament"
    if len(states) != 1:
        return [], ""
    name = f"the parliament of {record.name(states[0])}"
    return [event for event in acts if event["country_iso3"] == states[0]], name


def _chamber_outcome(reading: Reading, folded: str, event: ResponseEvent) -> str:
    """Return whether the chamber is the right one; empty where the sentence does not say."""
    is_upper = bool(_UPPER.search(event.body))
    says_upper = bool(reading.words["upper_house"].search(folded))
    says_lower = bool(reading.words["lower_house"].search(folded))
    if says_upper == says_lower:
        return ""
    return "agrees" if says_upper == is_upper else "disagrees"


def _result_part(reading: Reading, folded: str, event: ResponseEvent) -> Part | None:
    results = [name for name in ("rejected", "adopted") if reading.words[name].search(folded)]
    if len(results) != 1 or not event.outcome:
        return None
    decided = "rejected" if event.outcome == "rejected" else "adopted"
    outcome = "agrees" if decided == results[0] else "disagrees"
    return Part("result", results[0], outcome, decided)


def _first_part(
    reading: Reading, record: Record, event: ResponseEvent, calls: list[str], used: UsedPlaces
) -> Part | None:
    """Return whether no parliament in the record called it so before."""
    first = reading.first
    if first is None or first.noun not in ("parliament", "state", "one") or not calls:
        return None
    if first.is_narrow or first.group:
        return None  # "the first in Europe", "the first since": not compared
    used.first = True
    wanted = {CALLS[name] for name in calls}
    others = [
        item
        for item in record.events
        if item["event_type"] == "parliament_motion" and wanted <= item.determinations
    ]
    return first_part(reading.text[first.start : first.end], event["happened_edtf"], others)


def _place(reading: Reading) -> tuple[int, int]:
    found = reading.words["parliament"].search(fold(reading.text))
    return found.span() if found else (0, len(reading.text))


def _place_text(reading: Reading) -> str:
    start, end = _place(reading)
    return reading.text[start:end]
