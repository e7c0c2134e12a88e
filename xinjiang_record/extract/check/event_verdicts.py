"""Give verdicts on events: motions of parliaments, sanctions, and the days of leaks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xinjiang_record.extract.check.find_statement import is_near
from xinjiang_record.extract.check.reading.sentence_reading import Reading
from xinjiang_record.extract.check.record_tables import Record, ResponseEvent
from xinjiang_record.extract.check.verdict import Part, Verdict
from xinjiang_record.extract.check.verdict_text import combine, say_part
from xinjiang_record.extract.languages.list_words import fold

_MOTIONS = frozenset({"parliament_motion", "legislation"})
_SANCTIONS = frozenset({"sanctions", "countersanctions"})
_LEAKS = frozenset({"leak", "publication"})
# "China Cables published", "Aksu List analysis published": the name at the head of a title.
_NAME = re.compile(r"^((?:[A-Z][\w-]+ )+(?:[A-Z][\w-]+))(?= (?:published|analysis))")


def check_events(reading: Reading, record: Record) -> Iterator[Verdict]:
    """Yield the verdicts on the events of a sentence; nothing where it has none, or no date."""
    dates = tuple(item.edtf for item in reading.dates if item.edtf and "/" not in item.edtf)
    if len(dates) != 1:
        return
    folded, words = fold(reading.text), reading.words
    states = _actors(reading, folded)
    is_here = "xinjiang" in reading.topics and bool(states)
    if is_here and words["parliament"].search(folded) and words["motion"].search(folded):
        results = [name for name in ("rejected", "adopted") if words[name].search(folded)]
        result = results[0] if len(results) == 1 else None
        yield _acted(record, _MOTIONS, states, dates[0], "motion", result)
    elif is_here and words["sanctions"].search(folded):
        yield _acted(record, _SANCTIONS, states, dates[0], "sanctions", None)
    elif words["published"].search(folded):
        yield from _published(record, reading.text, dates[0])


def _actors(reading: Reading, folded: str) -> tuple[str, ...]:
    """Return the states of a sentence, by name or adjective: "the Dutch parliament"."""
    named = [code for group in reading.groups for code in group.codes if code != "CHN"]
    if not named:
        named = [
            iso3
            for pattern, iso3 in reading.words.lists.adjectives
            if iso3 != "CHN" and pattern.search(folded)
        ]
    return tuple(dict.fromkeys(named))


def _acted(
    record: Record,
    types: frozenset[str],
    states: tuple[str, ...],
    on: str,
    name: str,
    outcome: str | None,
) -> Verdict:
    """Return the verdict on an act of one state on a day."""
    claim = f"{name} of {', '.join(record.name(code) for code in states)}"
    known = [
        [e for e in record.events if e["event_type"] in types and e["country_iso3"] == code]
        for code in states
    ]
    hits = [next((e for e in found if is_near(e["happened_edtf"], on, 0)), None) for found in known]
    events = [event for event in hits if event is not None]
    if len(events) < len(states):
        days = sorted({e["happened_edtf"] for found in known for e in found})
        said = ", ".join(days[:6]) or "none"
        part = Part("date", on, "unknown", f"days of such acts in the record: {said}")
        text = f"The record has no {name} of that day; it has: {said}."
        return Verdict(claim, "event", "unknown", text, parts=(part,))
    parts = [
        Part("date", on, "agrees", events[0]["happened_edtf"]),
        Part("content", name, "partly", "what it says, and whom it is on, is not compared"),
    ]
    if outcome and events[0].outcome:
        decided = "rejected" if events[0].outcome == "rejected" else "adopted"
        parts.append(
            Part("result", outcome, "agrees" if decided == outcome else "disagrees", decided)
        )
    return _verdict(record, claim, parts, events)


def _published(record: Record, text: str, on: str) -> Iterator[Verdict]:
    """Yield the verdict on the day of a leak or report whose name the sentence has."""
    named: dict[str, list[ResponseEvent]] = {}
    for event in record.events:
        found = _NAME.match(event["title"])
        if found and event["event_type"] in _LEAKS and found[1] in text:
            named.setdefault(found[1], []).append(event)
    for name, events in named.items():
        near = [event for event in events if is_near(event["happened_edtf"], on, 0)]
        # A year may be that of the documents themselves; only a day contradicts a day.
        is_sure = len(events) == 1 and len(on) == 10
        outcome = "agrees" if near else "disagrees" if is_sure else "unknown"
        known = ", ".join(event["happened_edtf"] for event in events)
        yield _verdict(record, f"{name}, {on}", [Part("date", on, outcome, known)], near or events)


def _verdict(record: Record, claim: str, parts: list[Part], events: list[ResponseEvent]) -> Verdict:
    where = "; ".join(f"{e['happened_edtf']}: {e['title']} ({e.event_id})" for e in events[:3])
    outcome = combine(parts)
    verb = "This agrees with" if outcome == "agrees" else "Compared with"
    wrong = [say_part(part) for part in parts if part.outcome == "disagrees"]
    wrong += [f"{part.record}." for part in parts if part.name == "content"]
    links = [record.address(event["source_id"]) for event in events]
    return Verdict(
        claim,
        "event",
        outcome,
        " ".join([f"{verb} {where}.", *wrong]),
        records=tuple(event.event_id for event in events),
        parts=tuple(parts),
        links=tuple(dict.fromkeys(link for link in links if link))[:3],
    )
