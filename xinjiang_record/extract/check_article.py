"""An article's claims held against the record: how many states signed what, which state did, how many are said to be detained.

A verdict says ``agrees``, ``disagrees``, ``claimed`` (someone said so; the record has it as a claim and no more), ``ambiguous``
(more than one thing bears the number) or ``unknown`` (the record has nothing to hold it against: that is no verdict on the
claim). Dates are read from the claim's own sentence, else from the last full date before it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from xinjiang_record import edtf
from xinjiang_record.document_readers.document import Document
from xinjiang_record.errors import ReleaseError
from xinjiang_record.extract.dates import DateFound, dates_in
from xinjiang_record.extract.figures.find_figures import extract_figures
from xinjiang_record.extract.figures.qualifiers import Figure
from xinjiang_record.extract.languages.list_cues import STANCES
from xinjiang_record.extract.signatories.declared_count import declared_count
from xinjiang_record.extract.signatories.find_statements import find_statements

ROUNDED = 0.05  # by how much a rounded figure may differ from the record's, as a part of it
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Record:
    """The tables of the latest releases that claims are held against, as text cells."""

    statements: Sequence[Row] = ()
    claims: Sequence[Row] = ()
    signatories: Sequence[Row] = ()
    figures: Sequence[Row] = ()
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One claim and what the record has. ``text`` is the sentence for people."""

    claim: str
    outcome: str
    text: str
    locator: str
    records: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """The fields of ``xrecord check --format json``."""
        return {
            "claim": self.claim,
            "outcome": self.outcome,
            "text": self.text,
            "locator": self.locator,
            "records": list(self.records),
        }


def load_record(published: Path) -> Record:
    """The latest releases below ``published``. Raises ReleaseError when the statements have none."""
    statements_folder = published / "joint-statements" / "latest"
    if not (statements_folder / "data").is_dir():
        raise ReleaseError(
            f"{published}: joint-statements has no release to check against. Make one: xrecord run."
        )
    figures_folder = published / "detention-figures" / "latest"
    versions = {
        folder.parent.name: folder.resolve().name
        for folder in (statements_folder, figures_folder)
        if folder.is_dir()
    }
    return Record(
        _read(statements_folder, "statements"),
        _read(statements_folder, "count_claims"),
        _read(statements_folder, "signatories"),
        _read(figures_folder, "figures"),
        versions,
    )


def _read(folder: Path, name: str) -> list[Row]:
    path = folder / "data" / f"{name}.csv"
    if not path.is_file():
        return []
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def check(document: Document, record: Record) -> list[Verdict]:
    """Every claim of the document that the record can say something about, in reading order, each once."""
    verdicts = [*_counts(document, record), *_lists(document, record), *_figures(document, record)]
    return list(dict.fromkeys(verdicts))


def _sentences(text: str) -> Iterable[str]:
    return (
        part.strip()
        for part in re.split(r"(?<=[.!?])\s+(?=[^a-z\s])|(?<=[。！？])|\n", text)
        if part.strip()
    )


def _counts(document: Document, record: Record) -> Iterable[Verdict]:
    """ "22 countries on 8 July 2019"."""
    last: str | None = None
    for block in document.blocks:
        for sentence in _sentences(block.text):
            dates = _dates(sentence)
            for clause in re.split(
                r"[;；]|,? (?:while|whereas|and on|but on|alors que|mientras|während)\b", sentence
            ):
                own = _dates(clause)
                count = declared_count(clause)
                when = own[0] if own else dates[0] if dates else None
                if count is not None:
                    yield _count_verdict(count, when, last, clause, block.locator, record)
            last = next(
                (found.edtf for found in reversed(dates) if len(found.edtf or "") == 10), last
            )


def _dates(text: str) -> list[DateFound]:
    return [found for found in dates_in(text) if found.edtf and "/" not in found.edtf]


def _count_verdict(
    count: int,
    dated: DateFound | None,
    before: str | None,
    clause: str,
    locator: str,
    record: Record,
) -> Verdict:
    claim = f"{count} countries" + (
        f" {'on' if len(dated.edtf or '') == 10 else 'in'} {dated.phrase}" if dated else ""
    )
    when = dated.edtf if dated else None
    near = [
        row
        for row in record.statements
        if _is_near(row["delivered_edtf"], when) or _is_claimed(row, count, when, record)
    ]
    if when and not near:
        return Verdict(claim, "unknown", "the record has no statement of that date", locator)
    stance = _side(clause)
    rows = (
        [row for row in (near or record.statements) if stance is None or row["stance"] == stance]
        or near
        or list(record.statements)
    )
    if not when and before:
        rows = [
            row
            for row in rows
            if _is_near(row["delivered_edtf"], before) and _bears(row, count, record)
        ] or rows
    bearing = [row for row in rows if _bears(row, count, record)]
    if not bearing:
        return _no_bearer(claim, count, near, locator, record)
    return _bearer_verdict(claim, count, bearing, locator, record)


def _no_bearer(
    claim: str, count: int, near: Sequence[Row], locator: str, record: Record
) -> Verdict:
    if not near:
        return Verdict(claim, "unknown", "no statement of the record bears this number", locator)
    said = "; ".join(
        f"{row['statement_id']} declares {row['declared_count'] or 'no number'} and names {row['named_count']}"
        for row in near
    )
    return Verdict(
        claim,
        "disagrees",
        f"disagrees: {said}",
        locator,
        tuple(row["statement_id"] for row in near),
    )


def _bearer_verdict(
    claim: str, count: int, bearing: Sequence[Row], locator: str, record: Record
) -> Verdict:
    ids = tuple(row["statement_id"] for row in bearing)
    claims = [
        row
        for row in record.claims
        if row["statement_id"] in ids and row["claimed_count"] == str(count)
    ]
    sets = {(row["statement_id"], row["named_count"]) for row in claims}
    if len(bearing) > 1 or len(sets) > 1:
        number = max(len(bearing), len(sets))
        words = {2: "two", 3: "three", 4: "four"}.get(number, str(number))
        return Verdict(
            claim,
            "ambiguous",
            f"{words} different sets bear this number ({', '.join(dict.fromkeys(ids))})",
            locator,
            ids,
        )
    row = bearing[0]
    aloud = next(
        (
            item
            for item in record.claims
            if item["statement_id"] == ids[0] and "named when delivered" in (item["note"] or "")
        ),
        None,
    )
    if aloud is not None and str(count) == row["declared_count"]:
        return Verdict(
            claim,
            "claimed",
            f"claimed, {aloud['claimed_count']} named aloud ({ids[0]}; a printed list names {row['named_count']})",
            locator,
            ids,
        )
    if str(count) in (row["named_count"], row["current_count"]):
        return Verdict(claim, "agrees", f"agrees with {ids[0]}", locator, ids)
    note = next((item["note"] for item in claims if item["note"]), "")
    tail = f": {note}" if note else ""
    if str(count) == row["declared_count"]:
        return Verdict(
            claim,
            "claimed",
            f"agrees with the number declared in {ids[0]}; {row['named_count']} are named in the record{tail}",
            locator,
            ids,
        )
    return Verdict(
        claim,
        "claimed",
        f"claimed by a source of {ids[0]}, which declares {row['declared_count'] or 'no number'} and names {row['named_count']}{tail}",
        locator,
        ids,
    )


def _bears(row: Row, count: int, record: Record) -> bool:
    number = str(count)
    if number in (
        row["declared_count"],
        row["named_count"] if row["roster_status"] == "complete" else "",
        row["current_count"] if row["roster_status"] == "complete" else "",
    ):
        return True
    return any(
        item["statement_id"] == row["statement_id"] and item["claimed_count"] == number
        for item in record.claims
    )


def _is_claimed(row: Row, count: int, when: str | None, record: Record) -> bool:
    """Whether a source claimed this number of this statement on that day."""
    return any(
        item["statement_id"] == row["statement_id"]
        and item["claimed_count"] == str(count)
        and _is_near(item["as_of_edtf"], when)
        for item in record.claims
    )


def _is_near(known: str, when: str | None) -> bool:
    """Whether a date in an article can be a known one: a day either side, for time zones and papers of the next morning."""
    if when is None or not known:
        return False
    low, high = edtf.bounds(known)
    first, last = edtf.bounds(when)
    day = timedelta(days=1)
    return (first or date.min) <= (high or date.max) + day and (last or date.max) >= (
        low or (high or date.max)
    ) - day


def _side(text: str) -> str | None:
    found = {side for side, pattern in STANCES.items() if pattern.search(text)}
    return found.pop() if len(found) == 1 else None


def _lists(document: Document, record: Record) -> Iterable[Verdict]:
    """A list of states: held against the roster that it shares most with."""
    for statement in find_statements(document).statements:
        codes = set(statement.codes("signed", "joined", "voted_yes", "voted_no", "abstained"))
        best = max(
            record.statements, key=lambda row: _overlap(codes, _roster(row, record)), default=None
        )
        if len(codes) < 3 or best is None:
            continue
        roster = _roster(best, record)
        locator = statement.signatories[0].locator
        claim = f"a list of {len(codes)} states"
        if _overlap(codes, roster) < 0.5:
            yield Verdict(claim, "unknown", "is near no roster of the record", locator)
        elif codes == roster:
            yield Verdict(
                claim,
                "agrees",
                f"agrees with {best['statement_id']}",
                locator,
                (best["statement_id"],),
            )
        else:
            yield _list_differs(claim, codes, roster, best, locator)


def _list_differs(
    claim: str, codes: set[str], roster: set[str], best: Row, locator: str
) -> Verdict:
    more, fewer = sorted(codes - roster), sorted(roster - codes)
    parts = [
        f"{label} {', '.join(states)}"
        for label, states in (("not in the record:", more), ("only in the record:", fewer))
        if states
    ]
    partial = best["roster_status"] != "complete"
    outcome = "disagrees" if more and not partial else "claimed"
    tail = "; the record's roster is partial, so neither list refutes the other" if partial else ""
    return Verdict(
        claim,
        outcome,
        f"near {best['statement_id']}: {'; '.join(parts)}{tail}",
        locator,
        (best["statement_id"],),
    )


def _roster(row: Row, record: Record) -> set[str]:
    return {
        item["country_iso3"]
        for item in record.signatories
        if item["statement_id"] == row["statement_id"] and item["country_iso3"]
    }


def _overlap(first: set[str], second: set[str]) -> float:
    return len(first & second) / len(first | second) if first | second else 0.0


def _figures(document: Document, record: Record) -> Iterable[Verdict]:
    """ "15,000 in one week of 2017"."""
    for figure in extract_figures(document):
        values = [
            value
            for value in (figure.value_point, figure.value_low, figure.value_high)
            if value is not None
        ]
        if not values or figure.unit not in (
            None,
            "persons",
            "children",
            "share",
            "m2",
            "facilities",
        ):
            continue
        same = [
            row
            for row in record.figures
            if _values(row) & set(map(float, values)) and _fits(row, figure)
        ]
        near = (
            [row for row in record.figures if _is_rounded(row, values) and _fits(row, figure)]
            if not same
            else []
        )
        if same or near:
            yield _figure_verdict(figure, same or near, bool(same))


def _values(row: Row) -> set[float]:
    return {
        float(row[name]) for name in ("value_point", "value_low", "value_high") if row.get(name)
    }


def _is_rounded(row: Row, values: Sequence[float]) -> bool:
    """Whether the claim is the record's value with its last digits dropped or rounded (15,000 for 15,683)."""
    claim = values[0]
    if len(values) != 1 or claim < 1000 or claim % 100:
        return False
    digits = int(claim)
    step = 10 ** (len(str(digits)) - len(str(digits).rstrip("0")))
    return any(0 < abs(value - claim) < min(step, ROUNDED * value) for value in _values(row))


def _fits(row: Row, figure: Figure) -> bool:
    unit = row.get("unit") or ""
    if figure.unit == "share":
        return unit == "share"
    if figure.unit is None and max(_values(row) or {0.0}) < 1000:
        return False
    if figure.unit in ("persons", "children") and unit not in (
        "persons",
        "children",
        "persons per year",
    ):
        return False
    years = set(re.findall(r"(?:19|20)\d\d", figure.period or ""))
    known = " ".join(
        row.get(name) or ""
        for name in row
        if "period" in name or "as_of" in name or "published" in name
    )
    return not years or not known.strip() or any(year in known for year in years)


def _figure_verdict(figure: Figure, rows: Sequence[Row], is_same: bool) -> Verdict:
    ids = tuple(row["figure_id"] for row in rows)
    types = list(dict.fromkeys(row["quantity_type"] for row in rows))
    kinds = ", ".join(f"a {kind}" if kind != "unclear" else "of unclear type" for kind in types)
    words = "agrees" if is_same else "agrees when rounded"
    shown = ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")
    if len(types) > 1:
        return Verdict(
            figure.phrase,
            "ambiguous",
            f"figures of different types bear this value: {kinds} ({shown})",
            figure.locator,
            ids,
        )
    return Verdict(figure.phrase, "agrees", f"{words}, {kinds} ({shown})", figure.locator, ids)
