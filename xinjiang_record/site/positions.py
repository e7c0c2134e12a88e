"""Find who took which side, when, and how long ago: from the dated events of the record.

A side is a camp of statements on China's policy in Xinjiang: ``critical`` or ``supportive``. A
state that is on no list is not thereby on neither side: several rosters are known only in part.
Only a formal act of the state on a named text about Xinjiang counts, by one rule for both camps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from xinjiang_record import rosters
from xinjiang_record.errors import UsageError, suggest_names
from xinjiang_record.site.release_data import Record, RowDict, delivered, last_day

SIDES = rosters.SIDES
# Kinds of position beyond the roster that count as a side, and the kinds that never do.
FORMAL_KINDS = tuple(name for name in rosters.SIDE_KINDS if name not in rosters.ENTRY_KINDS)
OTHER_KINDS = tuple(
    name for name in rosters.KIND_NAMES if name not in {*rosters.SIDE_KINDS, "withdrew"}
)
# Types of statement that states sign; the others have no list that could be complete.
SIGNED_TYPES = ("letter", "joint_statement")
RECENT = timedelta(days=731)  # 24 months: an older position is drawn in a lighter colour
PAIR_DAYS = 45  # statements of both camps this near each other make a pair


@dataclass(frozen=True, slots=True)
class Position:
    """Hold one formal act: who, on which statement and side, from when until when."""

    code: str | None
    name: str
    statement_id: str
    side: str
    kind: str
    start: date
    end: date | None
    source_id: str | None = None

    def is_in_force(self, day: date) -> bool:
        """Return whether the act was done and not taken back on ``day``."""
        return rosters.is_standing(self.start, self.end, day)


@dataclass(frozen=True, slots=True)
class CountrySide:
    """Hold the side of one state on a day, with the position that justifies it.

    ``last`` is that position; for the side ``withdrew``, it is the last one taken back. ``earlier``
    is the other side if the state took it before; ``left`` the last statement it withdrew from.
    """

    side: str
    last: Position
    is_recent: bool
    earlier: str | None
    left: str | None


def roster_positions(record: Record, statement_id: str) -> list[Position]:
    """Return the signatures or votes of one statement, by name.

    Raises:
        UsageError: The statement is not in the record.
    """
    statement = record.statements.get(statement_id)
    if statement is None:
        hint = suggest_names(statement_id, record.statements)
        raise UsageError(f"No statement {statement_id!r}. {hint}")
    rows = record.signatories.get(statement_id, [])
    return [_roster_position(record, row, statement) for row in rows]


def _roster_position(record: Record, row: RowDict, statement: RowDict) -> Position:
    events = record.events.get(row["signatory_id"], [])
    entry = [event["source_id"] for event in events if event["event_type"] == row["entry"]]
    has_left = row.get("withdrew_edtf") or row.get("withdrew_on")
    return Position(
        row["country_iso3"],
        row["signatory_name"],
        row["statement_id"],
        side_of(row["entry"], statement),
        row["entry"],
        last_day(row, "signed") or delivered(statement),
        last_day(row, "withdrew") if has_left else None,
        entry[0] if entry else None,
    )


def side_of(kind: str, statement: Mapping[str, Any]) -> str:
    """Return the side that a kind of position on a statement takes."""
    return rosters.side_of(kind, statement["stance"], statement.get("draft_stance"))


def formal_positions(record: Record, statement_id: str) -> list[Position]:
    """Return the formal acts on a statement that its roster does not hold, such as sponsoring."""
    statement = record.statements[statement_id]
    found = []
    for row in record.statement_events.get(statement_id, []):
        if row["event_type"] in FORMAL_KINDS and row.get("is_counted", True):
            side = row.get("side") or side_of(row["event_type"], statement)
            start = last_day(row, "event") or delivered(statement)
            name, code = row["signatory_name"], row["country_iso3"]
            kind, source = row["event_type"], row["source_id"]
            found.append(Position(code, name, statement_id, side, kind, start, None, source))
    return found


def all_positions(record: Record) -> list[Position]:
    """Return every position of the record that counts as one, in order of the statements."""
    return [
        item
        for name in record.statements
        for item in (*roster_positions(record, name), *formal_positions(record, name))
    ]


def is_on_xinjiang(record: Record, statement_id: str) -> bool:
    """Return whether a statement is on Xinjiang; some are on Hong Kong alone."""
    return "xinjiang" in record.topics.get(statement_id, ["xinjiang"])


def event_days(record: Record) -> list[date]:
    """Return every day on which a position on Xinjiang began or ended, in order."""
    counted = [item for item in all_positions(record) if is_on_xinjiang(record, item.statement_id)]
    days = {day for item in counted for day in (item.start, item.end) if day}
    days |= {
        delivered(row) for name, row in record.statements.items() if is_on_xinjiang(record, name)
    }
    return sorted(days)


def sides_on(record: Record, day: date) -> dict[str, CountrySide]:
    """Return the side of each state that had taken one by ``day``: that of its last position.

    Statements on other subjects than Xinjiang do not count, nor do abstentions. A state all of
    whose signatures were taken back has the side ``withdrew``.
    """
    order = {name: number for number, name in enumerate(record.statements)}
    found: dict[str, list[Position]] = {}
    for item in record_positions(record):
        if item.code and item.start <= day and item.side in SIDES:
            found.setdefault(item.code, []).append(item)
    return {code: _country_side(items, day, order) for code, items in sorted(found.items())}


def record_positions(record: Record) -> list[Position]:
    """Return the positions on Xinjiang, computed once for each record."""
    cache: dict[str, list[Position]] = record.cache
    if "positions" not in cache:
        cache["positions"] = [
            item for item in all_positions(record) if is_on_xinjiang(record, item.statement_id)
        ]
    return cache["positions"]


def last_moment(record: Record) -> date:
    """Return the day of the last event of the record: the map's "now", which no clock moves."""
    days = [day for item in record_positions(record) for day in (item.start, item.end) if day]
    return max(days, default=max(delivered(row) for row in record.statements.values()))


def country_positions(record: Record, code: str) -> list[Position]:
    """Return the positions of a state on Xinjiang, oldest first."""
    if "by_country" not in record.cache:
        found: dict[str, list[Position]] = {}
        for item in sorted(record_positions(record), key=lambda item: item.start):
            found.setdefault(item.code or "", []).append(item)
        record.cache["by_country"] = found
    by_country: dict[str, list[Position]] = record.cache["by_country"]
    return by_country.get(code, [])


def _country_side(items: list[Position], day: date, order: Mapping[str, int]) -> CountrySide:
    items = sorted(items, key=lambda item: (item.start, order[item.statement_id]))
    in_force = [item for item in items if item.is_in_force(day)]
    left = [item.statement_id for item in items if not item.is_in_force(day)]
    last = in_force[-1] if in_force else items[-1]
    earlier = next((item.side for item in reversed(in_force[:-1]) if item.side != last.side), None)
    side = last.side if in_force else "withdrew"
    is_recent = last.start >= day - RECENT
    return CountrySide(side, last, is_recent, earlier, left[-1] if left else None)


def count_sides(items: Iterable[Position]) -> dict[str, int]:
    """Return how many are on each side, after every event."""
    totals: dict[str, int] = {}
    for item in items:
        if item.is_in_force(date.max):
            totals[item.side] = totals.get(item.side, 0) + 1
    return totals


def counterparts(record: Record, statement_id: str) -> list[str]:
    """Return the other camp's statements made within 45 days of this one, nearest first."""
    own = record.statements[statement_id]
    if own["stance"] not in SIDES or own["statement_type"] not in SIGNED_TYPES:
        return []
    near = [
        (abs((delivered(row) - delivered(own)).days), name)
        for name, row in record.statements.items()
        if row["statement_type"] in SIGNED_TYPES
        and row["stance"] in SIDES
        and row["stance"] != own["stance"]
        and _shares_topic(record, name, statement_id)
    ]
    return [name for days, name in sorted(near) if days <= PAIR_DAYS]


def latest_pair(record: Record) -> list[str]:
    """Return the newest critical statement on Xinjiang with a supportive one near it.

    The critical one comes first. Without any pair: the newest statement of each camp.
    """
    own = [
        name
        for name, row in record.statements.items()
        if is_on_xinjiang(record, name) and row["statement_type"] in SIGNED_TYPES
    ]
    for name in reversed(own):
        others = [other for other in counterparts(record, name) if other in own]
        if others:
            found = [name, _largest(record, others)]
            return sorted(found, key=lambda item: str(record.statements[item]["stance"]))
    newest = {record.statements[name]["stance"]: name for name in own}
    return [newest[side] for side in SIDES if side in newest]


def _largest(record: Record, names: list[str]) -> str:
    return max(names, key=lambda name: record.statements[name]["declared_count"] or 0)


def is_newest_list_full(record: Record, side: str) -> bool:
    """Return whether all names of a side's newest letter or joint statement are known."""
    found = [
        row["roster_status"] == "complete"
        for name, row in record.statements.items()
        if row["stance"] == side
        and row["statement_type"] in SIGNED_TYPES
        and is_on_xinjiang(record, name)
    ]
    return bool(found) and found[-1]


@dataclass(frozen=True, slots=True)
class Step:
    """Hold the change from one full roster of a camp to its next one, by alpha-3 code."""

    before: str
    after: str
    stayed: tuple[str, ...]
    came: tuple[str, ...]
    went: tuple[str, ...]


def roster_steps(record: Record) -> list[Step]:
    """Return the changes between the full rosters of each camp, newest first.

    A roster that is known in part cannot show who left, so it is passed over.
    """
    found = []
    for side in SIDES:
        names = [
            name
            for name, row in record.statements.items()
            if row["stance"] == side
            and row["statement_type"] in SIGNED_TYPES
            and row["roster_status"] == "complete"
            and is_on_xinjiang(record, name)
        ]
        for before, after in pairwise(names):
            then, now = current_codes(record, before), current_codes(record, after)
            stayed = tuple(code for code in now if code in then)
            came = tuple(code for code in now if code not in then)
            went = tuple(code for code in then if code not in now)
            found.append(Step(before, after, stayed, came, went))
    return sorted(found, key=lambda step: delivered(record.statements[step.after]), reverse=True)


def current_codes(record: Record, statement_id: str) -> list[str]:
    """Return the states on a roster after every event."""
    items = roster_positions(record, statement_id)
    return [item.code for item in items if item.code and item.end is None]


def previous_statement(record: Record, statement_id: str) -> str | None:
    """Return the same camp's statement before this one that has a roster and a shared topic."""
    own = record.statements[statement_id]
    earlier = None
    for name, row in record.statements.items():
        if name == statement_id:
            return earlier
        is_same = row["stance"] == own["stance"] in SIDES and row["roster_status"] != "none"
        if is_same and _shares_topic(record, name, statement_id):
            earlier = name
    return None


def _shares_topic(record: Record, first: str, second: str) -> bool:
    topics = record.topics
    return bool(set(topics.get(first, ["xinjiang"])) & set(topics.get(second, ["xinjiang"])))


@dataclass(frozen=True, slots=True)
class Period:
    """Hold a time in which a state took one side, from its first to its last position on it."""

    side: str
    first: Position
    last: Position


def side_periods(record: Record, code: str) -> list[Period]:
    """Return the sides that a state took one after the other, without the signatures taken back."""
    found: list[Period] = []
    for item in country_positions(record, code):
        if item.side not in SIDES or item.end is not None:
            continue
        if found and found[-1].side == item.side:
            found[-1] = Period(item.side, found[-1].first, item)
        else:
            found.append(Period(item.side, item, item))
    return found
