"""Give verdicts on events: acts of parliaments, sanctions, and the days of leaks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xinjiang_record.extract.check.compare.motion_verdicts import check_motion
from xinjiang_record.extract.check.compare.sanction_verdicts import (
    check_sanctions,
    named_targets,
)
from xinjiang_record.extract.check.find_statement import is_near
from xinjiang_record.extract.check.left_over import UsedPlaces
from xinjiang_record.extract.check.reading.sentence_reading import Reading
from xinjiang_record.extract.check.record_responses import ResponseEvent
from xinjiang_record.extract.check.record_tables import Record
from xinjiang_record.extract.check.verdict import Part, Verdict
from xinjiang_record.extract.check.verdict_text import on_event
from xinjiang_record.extract.languages.list_words import fold
from xinjiang_record.extract.publishers import publishers_in

_LEAKS = frozenset({"leak", "publication"})
# "China Cables published", "Aksu List analysis published": the name at the head of a title.
_NAME = re.compile(r"^((?:[A-Z][\w-]+ )+(?:[A-Z][\w-]+))(?= (?:published|analysis))")


def check_events(reading: Reading, record: Record, used: UsedPlaces) -> Iterator[Verdict]:
    """Yield the verdicts on the events of a sentence; nothing where it has none."""
    dates = tuple(item.edtf for item in reading.dates if item.edtf and "/" not in item.edtf)
    if len(dates) > 1 or len(dates) < len(reading.dates):
        return
    on = dates[0] if dates else ""
    folded, words = fold(reading.text), reading.words
    found: list[Verdict] = []
    is_about_it = "xinjiang" in reading.topics or bool(named_targets(reading, record)[0])
    if is_about_it and words["sanctions"].search(folded):
        found = list(check_sanctions(reading, record, on, used))
    elif "xinjiang" in reading.topics and words["parliament"].search(folded):
        found = list(check_motion(reading, record, on, used))
    elif on and words["published"].search(folded):
        found = list(_published(record, reading, on, used))
    if found:
        used.groups |= set(range(len(reading.groups)))
        used.dates |= {item.start for item in reading.dates}
    yield from found


def _publisher_parts(
    reading: Reading, events: list[ResponseEvent], place: tuple[int, int], used: UsedPlaces
) -> list[Part]:
    """Return whether those who are said to have published a leak are those of the record.

    Others than the record names may have published it too, so nobody is contradicted.
    """
    names = {
        name for start, end, name in reading.publishers if not (start < place[1] and place[0] < end)
    }
    used.publishers = True
    known = " and ".join(dict.fromkeys(event["actor"] for event in events))
    bodies = {name for _, _, name in publishers_in(known)}
    return [
        Part("publisher", name, "agrees" if name in bodies or name in known else "unknown", known)
        for name in sorted(names)
    ]


def _published(record: Record, reading: Reading, on: str, used: UsedPlaces) -> Iterator[Verdict]:
    """Yield the verdict on the day of a leak or report whose name the sentence has."""
    named: dict[str, list[ResponseEvent]] = {}
    for event in record.events:
        found = _NAME.match(event["title"])
        if found and event["event_type"] in _LEAKS and found[1] in reading.text:
            named.setdefault(found[1], []).append(event)
    for name, events in named.items():
        near = [event for event in events if is_near(event["happened_edtf"], on, 0)]
        # A year may be that of the documents themselves; only a day contradicts a day.
        is_sure = len(events) == 1 and len(on) == 10
        outcome = "agrees" if near else "disagrees" if is_sure else "unknown"
        known = ", ".join(event["happened_edtf"] for event in events)
        at = reading.text.find(name)
        parts = [Part("date", on, outcome, known)]
        parts += _publisher_parts(reading, near or events, (at, at + len(name)), used)
        yield on_event(record, f"{name}, {on}", parts, near or events, (at, at + len(name)))
