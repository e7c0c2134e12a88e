"""The package responses: denials, motions with their votes, sanctions with their targets, acts of the United Nations.

Raw files in, tables, findings and quarantine out; pure. A vote that was not counted has no counts: null, never 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from xinjiang_record.data_packages.build_tables import built
from xinjiang_record.data_packages.evidence import Built, Sources
from xinjiang_record.data_packages.intake import Intake, Record
from xinjiang_record.model import Finding
from xinjiang_record.raw_files import STATE, RawFolder
from xinjiang_record.schema.load import PackageSpec

NAME = "responses"
COUNTS = ("votes_for", "votes_against", "votes_abstain")
SANCTIONS = ("sanctions", "countersanctions")
DECIDED = ("parliament_motion", "un_vote")
COMPUTED = ("imposed_edtf", "named_count")


def build(raw: RawFolder, spec: PackageSpec, sources: Sources) -> Built:
    """Tables of the package in published order, with every finding and every fact that waits.

    ``raw``: the folder ``raw/responses``; ``sources``: the registry by id. Raises nothing for bad data.
    """
    intake = Intake(raw, spec, sources)
    intake.main("events")
    for resource in ("motions", "determinations"):
        intake.children(resource, {"event_id": "events"})
    intake.children("sanctions", {"event_id": "events"}, computed=COMPUTED)
    intake.children("sanction_targets", {"event_id": "sanctions"}, also=("as_printed",))
    intake.findings += [*_motions(intake), *_sanctions(intake)]
    return built(intake, {"sanctions": _computed(intake)})


def _computed(intake: Intake) -> dict[str, dict[str, Any]]:
    """The day of each sanction, from its event, and how many of its targets are named."""
    events = intake.ids("events")
    named = Counter(target["event_id"] for target in intake.rows("sanction_targets"))
    return {
        name: {"imposed_edtf": events[name]["happened_edtf"], "named_count": named[name]}
        for name in intake.ids("sanctions")
    }


def _motions(intake: Intake) -> Iterator[Finding]:
    events = intake.ids("events")
    motions = intake.ids("motions")
    for motion in motions.values():
        counted = [name for name in COUNTS if motion[name] is not None]
        if counted and motion["vote_form"] != "counted":
            message = f"{motion.record_id} has {', '.join(counted)} but vote_form is {motion['vote_form'] or 'empty'}. A vote without a count has none: empty them, or write counted."
            yield _finding("vote-form", motion, "vote_form", message, motion["vote_form"] or "")
        if motion["vote_form"] == "counted" and not counted:
            message = f"{motion.record_id}: vote_form is counted, but no count is given. Give one, or empty vote_form."
            yield _finding("vote-form", motion, "vote_form", message, "counted")
        yield from _outcome(motion)
    for event in events.values():
        if (
            event["event_type"] in DECIDED
            and intake.known.get("motions")
            and event.record_id not in intake.known["motions"]
        ):
            message = f"{event.record_id} is a {event['event_type']} without a row in motions.csv. Add one; leave empty what is not known."
            yield _finding("no-motion", event, "event_id", message)


def _outcome(motion: Record) -> Iterator[Finding]:
    ayes, noes = motion["votes_for"], motion["votes_against"]
    if ayes is None or noes is None or motion["outcome"] is None:
        return
    if (ayes > noes) != (motion["outcome"] in ("adopted", "passed")):
        message = f"{motion.record_id}: {ayes} for and {noes} against, but the outcome is {motion['outcome']}. Were the counts swapped?"
        yield _finding("vote-outcome", motion, "outcome", message, motion["outcome"])


def _sanctions(intake: Intake) -> Iterator[Finding]:
    events = intake.ids("events")
    sanctions = intake.ids("sanctions")
    first: dict[tuple[str, str], Record] = {}
    named = Counter(target["event_id"] for target in intake.rows("sanction_targets"))
    for sanction in sanctions.values():
        day = events[sanction.record_id]["happened_edtf"]
        seen = first.setdefault((sanction["imposing_body"], day), sanction)
        if seen is not sanction:
            message = f"{sanction['imposing_body']} has a row for {day} already ({seen.record_id}, line {seen.place.line}). Keep one row per body and day."
            yield _finding(
                "sanctions-twice", sanction, "imposing_body", message, sanction["imposing_body"]
            )
        yield from _targets(sanction, named[sanction.record_id])
    for event in events.values():
        if (
            event["event_type"] in SANCTIONS
            and intake.known.get("sanctions")
            and event.record_id not in intake.known["sanctions"]
        ):
            yield _finding(
                "no-sanction",
                event,
                "event_id",
                f"{event.record_id} has no row in sanctions.csv. Add one.",
            )


def _targets(sanction: Record, named: int) -> Iterator[Finding]:
    count, persons, bodies = (
        sanction["target_count"],
        sanction["person_count"],
        sanction["body_count"],
    )
    if count is not None and named > count:
        message = f"{sanction.record_id} counts {count} targets, but {named} are named. Mend the count or the list."
        yield _finding("count-mismatch", sanction, "target_count", message, str(count))
    if (
        count is not None
        and (persons is not None or bodies is not None)
        and (persons or 0) + (bodies or 0) != count
    ):
        message = f"{sanction.record_id} counts {count} targets, but {persons or 0} persons and {bodies or 0} bodies. Mend one of them."
        yield _finding("count-mismatch", sanction, "target_count", message, str(count))


def _finding(kind: str, record: Record, name: str, message: str, value: str = "") -> Finding:
    return Finding(
        kind,
        f"{message} {STATE}",
        record.place,
        NAME,
        field=name,
        value=value,
        record=record.record_id,
    )
