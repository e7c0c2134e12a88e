"""Read the published tables that claims are checked against: the only place that names columns.

Columns that a release does not have are read as empty, so that releases before and after a
change of the model can both be checked against.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from xinjiang_record.extract.check.record_passages import Passage, read_passages
from xinjiang_record.extract.check.record_responses import (
    ReadRows,
    ResponseEvent,
    Row,
    number_of,
    read_events,
)

SQUARE_FOOT = 0.09290304  # square metres
SIGNED = frozenset({"signed", "joined"})
VOTES = frozenset({"voted_yes", "voted_no", "abstained"})
# "Did not vote in favour": the vote that is denied.
NOT_VOTES = {f"not_{kind}": kind for kind in sorted(VOTES)}
VOTE_ACTS = VOTES | set(NOT_VOTES)
BODIES = (
    ("hrc", "Human Rights Council"),
    ("third_committee", "Third Committee"),
    ("general_assembly", "General Assembly"),
)


@dataclass(frozen=True, slots=True)
class Event:
    """Hold one position of a state on a statement: what it did, and when (EDTF)."""

    event_id: str
    iso3: str
    kind: str
    on: str
    source_id: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CountClaim:
    """Hold how many a source says there are; in quarantine, ``is_published`` is False."""

    claim_id: str
    count: int | None
    as_of: str
    note: str
    source_id: str
    votes: tuple[int | None, int | None, int | None] = (None, None, None)
    qualifier: str = "exact"
    counts: str = "signatories"
    named: int | None = None
    is_published: bool = True


@dataclass
class Statement:
    """Hold one statement, letter or vote with all that the record says about it."""

    statement_id: str
    kind: str
    side: str
    title: str
    bodies: frozenset[str]
    session: str
    on: str
    declared: int | None
    named: int | None
    current: int | None
    roster: str
    note: str
    topics: frozenset[str]
    leads: tuple[tuple[str, str], ...] = ()
    events: tuple[Event, ...] = ()
    claims: tuple[CountClaim, ...] = ()
    sources: tuple[str, ...] = ()
    held_states: frozenset[str] = frozenset()

    @property
    def is_vote(self) -> bool:
        """Return whether the states voted."""
        return self.kind == "vote"

    @property
    def is_complete(self) -> bool:
        """Return whether the roster names every state, so that a missing name means something."""
        return self.roster == "complete"

    def did(self, iso3: str, kinds: Iterable[str]) -> list[Event]:
        """Return the events of one state of these kinds."""
        return [event for event in self.events if event.iso3 == iso3 and event.kind in kinds]

    def states(self, *kinds: str) -> set[str]:
        """Return the states with an event of one of these kinds."""
        return {event.iso3 for event in self.events if event.kind in kinds and event.iso3}

    @cached_property
    def signers(self) -> set[str]:
        """Return the states that signed or joined, those that withdrew later included."""
        return self.states(*SIGNED)

    @cached_property
    def lead_states(self) -> set[str]:
        """Return the states that delivered or introduced the text."""
        return {iso3 for iso3, _ in self.leads}


@dataclass(frozen=True)
class FigureRow:
    """Hold one published figure, with its values as numbers."""

    figure_id: str
    cells: Row
    low: float | None
    high: float | None
    point: float | None
    authors: tuple[str, ...]

    def __getitem__(self, name: str) -> str:
        """Return a cell; an absent one is empty."""
        return self.cells.get(name) or ""

    @property
    def values(self) -> tuple[float, ...]:
        """Return the values that are filled."""
        return tuple(v for v in (self.point, self.low, self.high) if v is not None)

    @property
    def dates(self) -> tuple[str, ...]:
        """Return the dates that the figure is of, or was published on (EDTF)."""
        names = ("as_of_edtf", "published_edtf", "period_start_edtf", "period_end_edtf")
        return tuple(self[name] for name in names if self[name])


@dataclass(frozen=True, slots=True)
class Member:
    """Hold one state of a bloc, with when it entered and left (EDTF, or empty)."""

    iso3: str
    since: str
    until: str


@dataclass
class Record:
    """Hold the tables of one release of each package."""

    statements: list[Statement] = field(default_factory=list)
    figures: list[FigureRow] = field(default_factory=list)
    events: list[ResponseEvent] = field(default_factory=list)
    regions: Mapping[str, str] = field(default_factory=dict)
    subregions: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, tuple[Member, ...]] = field(default_factory=dict)
    passages: tuple[Passage, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    site: str = ""

    def figures_near(
        self, values: Sequence[float], share: float, more: float
    ) -> Sequence[FigureRow]:
        """Return the figures that may have one of the values; all, if there is no value.

        A figure's value may differ by ``share`` of the value, and ``more``.
        """
        if not values:
            return self.figures
        known, end = self._figure_values, len(self.figures)
        first = bisect_left(known, (min(values) * (1 - share) - more, -1))
        last = bisect_left(known, (max(values) * (1 + share) + more, end))
        places = {place for _, place in known[first:last]}
        return [self.figures[place] for place in sorted(places)]

    @cached_property
    def _figure_values(self) -> list[tuple[float, int]]:
        """Return the values of all figures, each with the figure's place; areas in both units."""
        return sorted(
            (value * factor, place)
            for place, row in enumerate(self.figures)
            for factor in ((1.0, SQUARE_FOOT) if row["unit"] == "ft2" else (1.0,))
            for value in row.values
        )

    def name(self, iso3: str) -> str:
        """Return the English name of a state."""
        return self.names.get(iso3, iso3)

    def address(self, source_id: str) -> str:
        """Return the address of a source, or an empty text."""
        return self.sources.get(source_id, "")


def build_record(read: ReadRows, versions: Mapping[str, str], site: str = "") -> Record:
    """Return the record of the tables that ``read(package, path)`` gives, absent ones as none.

    Args:
        read: Gives the rows of a file of a package.
        versions: The version of each package.
        site: The address of the site with a page for each record; empty if it is not known.
    """
    joint, figures, responses = "joint-statements", "detention-figures", "responses"
    documents = "documents"
    countries = read(joint, "data/countries.csv")
    sources = [
        row
        for package in (joint, figures, responses, documents)
        for row in read(package, "data/sources.csv")
    ]
    return Record(
        statements=_statements(read, joint),
        figures=_figures(read, figures),
        events=read_events(read, responses),
        regions={row["country_iso3"]: _region(row, "m49_region_name").lower() for row in countries},
        subregions={row["country_iso3"]: _region(row, "m49_subregion_name") for row in countries},
        members=_members(read(joint, "data/bloc_members.csv")),
        passages=read_passages(read, documents, responses),
        names={row["country_iso3"]: row.get("name_en", "") for row in countries},
        sources={row["source_id"]: row.get("url") or "" for row in sources},
        versions=versions,
        site=site,
    )


def _members(rows: Iterable[Row]) -> dict[str, tuple[Member, ...]]:
    """Return the states of each bloc, with the days on which they entered and left."""
    return {
        bloc: tuple(
            Member(
                row["country_iso3"],
                row.get("member_from_edtf") or "",
                row.get("member_to_edtf") or "",
            )
            for row in found
        )
        for bloc, found in _group(rows, "bloc_id").items()
    }


def _region(row: Row, name: str) -> str:
    """Return the region of a state; nothing for a territory: "all African states" has none."""
    return "" if row.get("un_membership") == "none" else row.get(name) or ""


def _group(rows: Iterable[Row], name: str) -> dict[str, list[Row]]:
    out: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        out[row.get(name) or ""].append(row)
    return out


def _statements(read: ReadRows, package: str) -> list[Statement]:
    leads = _group(read(package, "data/statement_leads.csv"), "statement_id")
    topics = _group(read(package, "data/statement_topics.csv"), "statement_id")
    events = _group(read(package, "data/signature_events.csv"), "statement_id")
    claims = _group(read(package, "data/count_claims.csv"), "statement_id")
    sources = _group(
        [
            row
            for row in read(package, "data/evidence.csv")
            if row.get("evidence_resource") == "statements"
        ],
        "record_id",
    )
    held = read(package, "quality/quarantine.csv")
    out = []
    for row in read(package, "data/statements.csv"):
        key = row["statement_id"]
        stance = row.get("stance") or ""
        body = row.get("body") or ""
        out.append(
            Statement(
                statement_id=key,
                kind=row.get("statement_type") or "",
                side=(row.get("draft_stance") or "critical") if stance == "vote" else stance,
                title=row.get("title") or "",
                bodies=frozenset(name for name, words in BODIES if words in body),
                session=row.get("session") or "",
                on=row.get("delivered_edtf") or "",
                declared=number_of(row, "declared_count"),
                named=number_of(row, "named_count"),
                current=number_of(row, "current_count"),
                roster=row.get("roster_status") or "",
                note=row.get("note") or "",
                topics=frozenset(item["topic"] for item in topics[key]),
                leads=tuple(
                    (item["country_iso3"], item.get("lead_role") or "") for item in leads[key]
                ),
                events=tuple(map(_event, events[key])),
                claims=(*map(_claim, claims[key]), *_held_claims(held, key)),
                sources=tuple(item["source_id"] for item in sources[key]),
                held_states=frozenset(_held_names(held, key)),
            )
        )
    return out


def _event(row: Row) -> Event:
    return Event(
        row.get("event_id") or "",
        row.get("country_iso3") or "",
        row.get("event_type") or "",
        row.get("event_edtf") or "",
        row.get("source_id") or "",
        row.get("note") or "",
    )


def _claim(row: Row) -> CountClaim:
    return CountClaim(
        row.get("claim_id") or "",
        number_of(row, "claimed_count"),
        row.get("as_of_edtf") or "",
        row.get("note") or "",
        row.get("source_id") or "",
        (
            number_of(row, "claimed_yes_count"),
            number_of(row, "claimed_no_count"),
            number_of(row, "claimed_abstain_count"),
        ),
        row.get("qualifier") or "exact",
        row.get("counts") or "signatories",
        number_of(row, "named_count"),
    )


def _held_claims(held: Iterable[Row], statement_id: str) -> Iterable[CountClaim]:
    """Yield the counts that are in quarantine: "79 signatories. An error of the press"."""
    for row in held:
        record = row.get("record") or ""
        if row.get("resource") != "count_claims" or not record.startswith(f"{statement_id}."):
            continue
        found = re.match(r"([0-9]{1,3}) signatories\.?\s*(.*)", row.get("detail") or "")
        if found:
            yield CountClaim(
                record, int(found[1]), "", found[2], row.get("source_id") or "", is_published=False
            )


def _held_names(held: Iterable[Row], statement_id: str) -> Iterable[str]:
    """Yield the names whose position is in quarantine: "...-hrc47-critical: Sweden signed"."""
    for row in held:
        record = row.get("record") or ""
        if row.get("resource") == "signature_events" and record.startswith(statement_id):
            found = re.match(r"[^:]*:\s*(.+?)\s+(?:signed|joined|withdrew|\w+)$", record)
            if found:
                yield found[1]


def _figures(read: ReadRows, package: str) -> list[FigureRow]:
    authors = _group(read(package, "data/figure_authors.csv"), "figure_id")

    def value(row: Row, name: str) -> float | None:
        text = row.get(name) or ""
        return float(text) if text else None

    return [
        FigureRow(
            row["figure_id"],
            row,
            value(row, "value_low"),
            value(row, "value_high"),
            value(row, "value_point"),
            tuple(item.get("author") or "" for item in authors[row["figure_id"]]),
        )
        for row in read(package, "data/figures.csv")
    ]
