"""Check the rules of responses: votes, determinations, sanctions, and the facts of each type.

Errors stop the publication. Warnings are in the quality report: sanctions whose targets are named
in part (oldest first), and a second body that an event names and no row has.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial

from xinjiang_record import edtf
from xinjiang_record.data_packages.intake import Intake, Record, record_finding
from xinjiang_record.model import Finding
from xinjiang_record.reconcile.iso3166 import country_rows

NAME = "responses"
_finding = partial(record_finding, NAME)
COUNTS = ("votes_for", "votes_against", "votes_abstain")
SANCTIONS = ("sanctions", "countersanctions", "sanctions_renewal", "countersanctions_lifted")
# The table that an event of each type must have a row in.
NEEDED_TABLES = {
    **dict.fromkeys(("parliament_motion", "un_vote"), "motions"),
    **dict.fromkeys(SANCTIONS, "sanctions"),
    **dict.fromkeys(("diplomatic_boycott", "diplomatic_absence"), "diplomatic_acts"),
    "court_case": "court_cases",
}
MISSING = {"motions": "no-motion", "sanctions": "no-sanction"}
ADOPTED = ("adopted", "passed")
DETERMINING = ("motion", "bill")  # what a vote must be on for its text to determine anything
_TWO_BODIES = re.compile(r" and |&|;|, (?=US |Department|Ministry)")


def check_responses(intake: Intake) -> list[Finding]:
    """Return every finding of every rule."""
    return [
        *_needed(intake),
        *_states(intake),
        *_motions(intake),
        *_determinations(intake),
        *_sanctions(intake),
        *_trade(intake),
        *_diplomacy(intake),
        *_incomplete(intake),
    ]


def _needed(intake: Intake) -> Iterator[Finding]:
    for event in intake.rows("events"):
        table = NEEDED_TABLES.get(event["event_type"], "")
        if table and intake.raw_ids.get(table) and event.record_id not in intake.raw_ids[table]:
            message = (
                f"{event.record_id} is a {event['event_type']} without a row in {table}.csv. "
                "Add one; leave empty what is not known."
            )
            yield _finding(MISSING.get(table, "no-details"), event, "event_id", message)


def _states(intake: Intake) -> Iterator[Finding]:
    """Find codes of three letters that no state or territory has."""
    codes = {event["country_iso3"] for event in intake.rows("events")} - {None}
    known = {row["country_iso3"] for row in country_rows(codes)}
    for event in intake.rows("events"):
        code = event["country_iso3"]
        if code in codes - known:
            message = (
                f"{event.record_id}: expected an ISO 3166-1 alpha-3 code, got {code!r}. "
                "Correct it: xrecord reconcile NAME gives the code of a name."
            )
            yield _finding("unknown-state", event, "country_iso3", message, code)


def _motions(intake: Intake) -> Iterator[Finding]:
    for motion in intake.rows("motions"):
        counted = [name for name in COUNTS if motion[name] is not None]
        form = motion["vote_form"]
        if counted and form != "counted":
            message = (
                f"{motion.record_id} has {', '.join(counted)} but vote_form is {form or 'empty'}. "
                "A vote without a count has none: empty them, or write counted."
            )
            yield _finding("vote-form", motion, "vote_form", message, form or "")
        if form == "counted" and not counted:
            message = (
                f"{motion.record_id}: vote_form is counted, but no count is given. "
                "Give one, or empty vote_form."
            )
            yield _finding("vote-form", motion, "vote_form", message, "counted")
        if motion["vote_on"] in ("amendment", "procedure") and counted and not motion["for_means"]:
            message = (
                f"{motion.record_id} is a counted vote on {motion['vote_on']}. Say in for_means "
                "what a vote for did."
            )
            yield _finding("no-meaning", motion, "for_means", message)
        yield from _outcome(motion)


def _outcome(motion: Record) -> Iterator[Finding]:
    ayes, noes = motion["votes_for"], motion["votes_against"]
    if ayes is None or noes is None or motion["outcome"] is None:
        return
    if (ayes > noes) != (motion["outcome"] in ADOPTED):
        message = (
            f"{motion.record_id}: {ayes} for and {noes} against, but the outcome is "
            f"{motion['outcome']}. Were the counts swapped?"
        )
        yield _finding("vote-outcome", motion, "outcome", message, motion["outcome"])


def _determinations(intake: Intake) -> Iterator[Finding]:
    """Yield determinations by texts that were not adopted, or by votes on something else."""
    motions = intake.ids("motions")
    for item in intake.rows("determinations"):
        motion = motions.get(item["event_id"])
        if motion is None:
            continue
        if motion["vote_on"] not in DETERMINING or motion["outcome"] not in ADOPTED:
            message = (
                f"{item['event_id']} is a vote on {motion['vote_on']}, outcome "
                f"{motion['outcome'] or 'unknown'}: it determines nothing. Take this row out."
            )
            value = item["determination"]
            yield _finding("determination-not-adopted", item, "determination", message, value)


def _sanctions(intake: Intake) -> Iterator[Finding]:
    events = intake.ids("events")
    first: dict[tuple[str, str], Record] = {}
    named = Counter(target["event_id"] for target in intake.rows("sanction_targets"))
    for sanction in intake.rows("sanctions"):
        body = sanction["imposing_body"]
        day = events[sanction.record_id]["happened_edtf"]
        seen = first.setdefault((body, day), sanction)
        if seen is not sanction:
            message = (
                f"{body} has a row for {day} already ({seen.record_id}, line {seen.place.line}). "
                "Keep one row per body and day."
            )
            yield _finding("sanctions-twice", sanction, "imposing_body", message, body)
        if _TWO_BODIES.search(body):
            message = (
                f"{sanction.record_id}: imposing_body {body!r} holds two bodies. "
                "Give each a row of its own, with its own targets."
            )
            yield _finding("two-bodies", sanction, "imposing_body", message, body)
        yield from _targets(sanction, named[sanction.record_id])
        yield from _answer(sanction, events)
    yield from _second_bodies(intake)


def _second_bodies(intake: Intake) -> Iterator[Finding]:
    """Ask where an event names another body of the same state that has no row of that day."""
    events, sanctions = intake.ids("events"), list(intake.rows("sanctions"))
    bodies: dict[str, set[str]] = {}
    rows: dict[tuple[str, str], set[str]] = {}
    for sanction in sanctions:
        event = events[sanction.record_id]
        code = event["country_iso3"] or ""
        bodies.setdefault(code, set()).add(sanction["imposing_body"])
        rows.setdefault((code, event["happened_edtf"]), set()).add(sanction["imposing_body"])
    for sanction in sanctions:
        event = events[sanction.record_id]
        code = event["country_iso3"] or ""
        text = f"{event['title']} {event['actor']} {event['note'] or ''}"
        missing = [
            body
            for body in sorted(bodies[code] - rows[code, event["happened_edtf"]])
            if _short(body) in text
        ]
        if missing:
            message = (
                f"{sanction.record_id} names {', '.join(missing)}, which has no row of that day. "
                "Did it act as well? Add its row, with its own targets."
            )
            yield _finding("second-body", event, "note", message, severity="warning")


def _short(body: str) -> str:
    """Return what a text calls a body: without the state and what is in brackets."""
    return body.removeprefix("US ").partition(" (")[0]


def _targets(sanction: Record, named: int) -> Iterator[Finding]:
    count, persons, bodies = (
        sanction["target_count"],
        sanction["person_count"],
        sanction["body_count"],
    )
    if count is None:
        return
    if named > count:
        message = (
            f"{sanction.record_id} counts {count} targets, but {named} are named. "
            "Correct the count or the list."
        )
        yield _finding("count-mismatch", sanction, "target_count", message, str(count))
    known = persons is not None or bodies is not None
    if known and (persons or 0) + (bodies or 0) != count:
        message = (
            f"{sanction.record_id} counts {count} targets, but {persons or 0} persons and "
            f"{bodies or 0} bodies. Correct one of them."
        )
        yield _finding("count-mismatch", sanction, "target_count", message, str(count))


def _answer(sanction: Record, events: Mapping[str, Record]) -> Iterator[Finding]:
    """Yield answers that come before the act, or answer themselves."""
    answered = events.get(sanction["answers_event_id"] or "")
    if answered is None:
        return
    own = edtf.bounds(events[sanction.record_id]["happened_edtf"])[1]
    other = edtf.bounds(answered["happened_edtf"])[0]
    if answered.record_id == sanction.record_id or (own and other and own < other):
        message = (
            f"{sanction.record_id} answers {answered.record_id} of {answered['happened_edtf']}, "
            "which is not an earlier act. Correct it."
        )
        value = answered.record_id
        yield _finding("answer-before-act", sanction, "answers_event_id", message, value)


def _trade(intake: Intake) -> Iterator[Finding]:
    for item in intake.rows("trade_restrictions"):
        counts = [name for name in ("added_count", "total_count") if item[name] is not None]
        if counts and not item["count_unit"]:
            message = (
                f"{item.record_id} has {', '.join(counts)} and no count_unit. Say what is counted: "
                "totals in different units are never one series."
            )
            yield _finding("no-unit", item, "count_unit", message)


def _diplomacy(intake: Intake) -> Iterator[Finding]:
    """Yield boycotts that do not name human rights, and absences that do."""
    events = intake.ids("events")
    for item in intake.rows("diplomatic_acts"):
        kind = events[item.record_id]["event_type"]
        if (kind == "diplomatic_boycott") != bool(item["names_human_rights"]):
            message = (
                f"{item.record_id} is a {kind}, and names_human_rights is "
                f"{str(bool(item['names_human_rights'])).lower()}. A boycott names human rights; "
                "with any other reason it is a diplomatic_absence."
            )
            yield _finding("boycott-reason", item, "names_human_rights", message)


def _incomplete(intake: Intake) -> Iterator[Finding]:
    """Yield sanctions whose targets are named in part, oldest first."""
    events = intake.ids("events")
    named = Counter(target["event_id"] for target in intake.rows("sanction_targets"))
    ordered = sorted(
        intake.rows("sanctions"),
        key=lambda item: edtf.sort_key(events[item.record_id]["happened_edtf"]),
    )
    for sanction in ordered:
        count = sanction["target_count"]
        if count is not None and named[sanction.record_id] < count:
            message = (
                f"{sanction.record_id}: {named[sanction.record_id]} of {count} targets are named."
            )
            yield _finding("incomplete-list", sanction, "named_count", message, severity="warning")
