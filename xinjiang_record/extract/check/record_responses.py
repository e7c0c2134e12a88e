"""Read the events of the package responses: motions, sanctions, and the days of leaks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Row = Mapping[str, str]
ReadRows = Callable[[str, str], list[Row]]


@dataclass(frozen=True)
class ResponseEvent:
    """Hold one event of the package responses, with the counts of its motion or sanctions."""

    event_id: str
    cells: Row
    votes: tuple[int | None, int | None, int | None] = (None, None, None)
    body: str = ""
    outcome: str = ""
    targets: tuple[int | None, int | None, int | None] = (None, None, None)
    determinations: frozenset[str] = frozenset()
    target_names: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> str:
        """Return a cell; an absent one is empty."""
        return self.cells.get(name) or ""


def number_of(row: Row, name: str) -> int | None:
    """Return the whole number of a cell, or None."""
    text = row.get(name) or ""
    return int(text) if re.fullmatch(r"-?[0-9]+", text) else None


def read_events(read: ReadRows, package: str) -> list[ResponseEvent]:
    """Return the events, each with its motion, sanctions, determinations and named targets."""
    motions = {row["event_id"]: row for row in read(package, "data/motions.csv")}
    sanctions = {row["event_id"]: row for row in read(package, "data/sanctions.csv")}
    found: dict[str, set[str]] = {}
    for row in read(package, "data/determinations.csv"):
        found.setdefault(row["event_id"], set()).add(row.get("determination") or "")
    targets: dict[str, list[str]] = {}
    for row in read(package, "data/sanction_targets.csv"):
        targets.setdefault(row["event_id"], []).append(row.get("target") or "")
    out = []
    for row in read(package, "data/events.csv"):
        key = row["event_id"]
        motion, sanction = motions.get(key, {}), sanctions.get(key, {})
        out.append(
            ResponseEvent(
                key,
                row,
                (
                    number_of(motion, "votes_for"),
                    number_of(motion, "votes_against"),
                    number_of(motion, "votes_abstain"),
                ),
                motion.get("body") or sanction.get("imposing_body") or "",
                motion.get("outcome") or "",
                (
                    number_of(sanction, "target_count"),
                    number_of(sanction, "person_count"),
                    number_of(sanction, "body_count"),
                ),
                frozenset(found.get(key, ())),
                tuple(targets.get(key, ())),
            )
        )
    return out
