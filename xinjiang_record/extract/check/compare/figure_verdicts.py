"""Give verdicts on figures: value, unit, who published it, when, where, and the kind of quantity.

A figure agrees only with a row of the record that has all that the article says. Zenz's 1.8
million is not the Pentagon's 3 million, facilities are not persons, a week's flow is not a stock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xinjiang_record.extract.check.compare.figure_parts import (
    FigureClaim,
    area_part,
    change_part,
    custody_part,
    date_part,
    kind_part,
    period_part,
    population_part,
    published_part,
    publisher_part,
    unit_part,
)
from xinjiang_record.extract.check.record_tables import SQUARE_FOOT, FigureRow, Record
from xinjiang_record.extract.check.verdict import Part, Verdict
from xinjiang_record.extract.check.verdict_text import combine
from xinjiang_record.extract.figures.qualifiers import Figure

ROUNDED = 0.05  # by how much a rounded figure may differ from the record's, as a part of it
PRECISE = 3  # digits of a number that no other figure has by chance
NEAR_SHARE = 0.006


@dataclass(frozen=True)
class _Fit:
    row: FigureRow
    parts: tuple[Part, ...]

    @property
    def outcome(self) -> str:
        return combine(self.parts)

    @property
    def score(self) -> float:
        return sum({"agrees": 1.0, "unknown": 0.25}.get(p.outcome, -1.0) for p in self.parts)


def check_figure(record: Record, claim: FigureClaim) -> Verdict:
    """Return the verdict on one figure of an article."""
    near = record.figures_near(claim.figure.values, 2 * ROUNDED, 2 * NEAR_SHARE)
    fits = [_fit(row, claim) for row in near if _same_value(row, claim.figure)]
    fits = [item for item in fits if item.parts]
    if fits:
        best = max(item.score for item in fits)
        top = [item for item in fits if item.score > best - 0.1]
        return _bearing(record, claim, top, fits)
    return _not_borne(record, claim)


def _bearing(
    record: Record, claim: FigureClaim, top: Sequence[_Fit], fits: Sequence[_Fit]
) -> Verdict:
    agreeing = [item for item in top if item.outcome == "agrees"]
    if agreeing:
        types = list(dict.fromkeys(item.row["quantity_type"] for item in agreeing))
        kinds = ", ".join(f"a {kind}" if kind != "unclear" else "of unclear type" for kind in types)
        ids = tuple(item.row.figure_id for item in agreeing)
        if len(types) > 1 and not claim.publishers:
            text = f"Figures of different types bear this value: {kinds} ({_ids(ids)})."
            return _make(record, claim, "ambiguous", text, agreeing, agreeing[0].parts)
        text = f"The figure agrees, {kinds} ({_ids(ids)}): {_describe(agreeing[0].row)}."
        return _make(record, claim, "agrees", text, agreeing, agreeing[0].parts)
    item = top[0]
    outcome = "partly" if item.outcome in ("partly", "unknown") else item.outcome
    wrong = [part for part in item.parts if part.outcome != "agrees"]
    if outcome == "disagrees":
        outcome = _misattributed(record, claim, wrong)
    said = "; ".join(f"the {part.name}: {part.record}, not {part.said}" for part in wrong)
    text = f"The value is that of {item.row.figure_id} ({_describe(item.row)}), but {said}."
    other = _own_figures(record, claim)
    if other and any(part.name == "publisher" for part in wrong):
        text += f" {claim.publishers[0]}: {_describe(other[0])} ({other[0].figure_id})."
    rows = [entry.row for entry in top[:3]] + other[:2]
    return _make(record, claim, outcome, text, [_Fit(row, item.parts) for row in rows], item.parts)


def _misattributed(record: Record, claim: FigureClaim, wrong: Sequence[Part]) -> str:
    """Return disagrees where the record has the claimed publisher's own figure, else ambiguous."""
    names = {part.name for part in wrong}
    if names == {"publisher"} and _own_figures(record, claim):
        return "disagrees"
    is_sure = "kind" not in names or _is_precise(claim.figure)
    if names <= {"unit", "kind"} and is_sure and claim.publishers:
        return "disagrees"
    return "ambiguous"


def _is_precise(figure: Figure) -> bool:
    """Return whether a value has three digits or more: half a million may be another figure."""
    return any(len(str(int(value)).rstrip("0")) >= PRECISE for value in figure.values)


def _own_figures(record: Record, claim: FigureClaim) -> list[FigureRow]:
    """Return the claimed publisher's figures of the same unit, in the same year if one is said."""
    if not claim.publishers:
        return []
    rows = [
        row
        for row in record.figures
        if publisher_part(row, claim.publishers).outcome == "agrees"
        and unit_part(row, claim.figure.unit).outcome == "agrees"
    ]
    dated = [row for row in rows if date_part(row, claim.dates) in (None, "agrees")]
    return _nearest(dated or rows, claim.figure)


def _nearest(rows: Iterable[FigureRow], figure: Figure) -> list[FigureRow]:
    value = next(iter(figure.values), 0.0)

    def distance(row: FigureRow) -> float:
        """Return how far the nearest value of a row is, in relation to the claim."""
        return min((abs(v - value) / max(v, value, 1e-9) for v in row.values), default=9.0)

    return sorted(rows, key=distance)


def _not_borne(record: Record, claim: FigureClaim) -> Verdict:
    own = _own_figures(record, claim)
    if own:
        said = "; ".join(f"{_describe(row)} ({row.figure_id})" for row in own[:2])
        text = f"The record does not have this value. Nearest of {claim.publishers[0]}: {said}."
        parts = (Part("value", claim.figure.phrase, "unknown", _value_text(own[0])),)
        return _make(record, claim, "unknown", text, [_Fit(row, parts) for row in own[:2]], parts)
    text = "The record has no figure of this value."
    return _make(
        record, claim, "unknown", text, [], (Part("value", claim.figure.phrase, "unknown"),)
    )


def _make(
    record: Record,
    claim: FigureClaim,
    outcome: str,
    text: str,
    fits: Sequence[_Fit],
    parts: Sequence[Part],
) -> Verdict:
    links = [record.address(item.row["source_id"]) for item in fits]
    return Verdict(
        claim.figure.phrase,
        "figure",
        outcome,
        text,
        records=tuple(dict.fromkeys(item.row.figure_id for item in fits)),
        parts=tuple(parts),
        links=tuple(dict.fromkeys(item for item in links if item))[:3],
    )


def _ids(ids: Sequence[str]) -> str:
    return ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")


# --- one row ----------------------------------------------------------------------------------


def _fit(row: FigureRow, claim: FigureClaim) -> _Fit:
    figure = claim.figure
    parts = [Part("value", figure.phrase, _value_outcome(row, figure), _value_text(row))]
    parts.append(unit_part(row, figure.unit))
    if claim.publishers:
        parts.append(publisher_part(row, claim.publishers))
    dated = date_part(row, claim.dates)
    if dated:
        parts.append(
            Part("date", ", ".join(claim.dates), dated, ", ".join(dict.fromkeys(row.dates)))
        )
    area = area_part(row, claim.areas, claim.sentence)
    if area:
        parts.append(area)
    population = population_part(row, claim.figure.population)
    if population:
        parts.append(population)
    period = period_part(row, claim.durations)
    if period:
        parts.append(period)
    kind = kind_part(row, claim.quantity_type)
    more = (
        kind,
        custody_part(row, claim),
        change_part(row, claim.change),
        published_part(row, claim.published),
    )
    parts += [part for part in more if part]
    return _Fit(row, tuple(parts))


def _same_value(row: FigureRow, figure: Figure) -> bool:
    return _value_outcome(row, figure) != "unknown"


def _value_outcome(row: FigureRow, figure: Figure) -> str:
    """Return agrees, partly (the number is the same, its qualifier is not), or unknown."""
    claimed = (figure.value_low, figure.value_high, figure.value_point)
    known = (row.low, row.high, row.point)
    is_share = figure.unit == "share"
    if row["unit"] == "ft2" and figure.unit == "m2":
        known = tuple(v * SQUARE_FOOT if v else v for v in known)  # type: ignore[assignment]
    if all(
        (a is None) == (b is None) and (a is None or b is None or _equal(float(a), b, is_share))
        for a, b in zip(claimed, known, strict=True)
    ):
        return "agrees"
    values = figure.values
    if len(values) == 1:
        known_values = [v for v in known if v is not None]
        if figure.value_point is not None and row.point is not None:
            return "agrees" if _is_rounded(row.point, values[0], figure) else "unknown"
        if any(
            _equal(values[0], v, is_share) or _is_rounded(v, values[0], figure)
            for v in known_values
        ):
            if figure.qualifier in ("approx", "exact") and len(known_values) == 1:
                return "agrees" if _is_loose(row, figure) else "partly"
            return "partly"
        return "unknown"
    if len(values) == 2 and all(any(_equal(v, k, is_share) for k in row.values) for v in values):
        return "partly"
    return "unknown"


def _is_loose(row: FigureRow, figure: Figure) -> bool:
    """Return whether an article may print the row's bound as a plain number."""
    return figure.qualifier == "exact" and row["qualifier"] in ("at_least",)


def _equal(first: float, second: float, is_share: bool) -> bool:
    if is_share:
        return abs(first - second) <= NEAR_SHARE and abs(first - second) <= 0.08 * second
    return first == second


def _is_rounded(known: float, claim: float, figure: Figure) -> bool:
    """Return whether the claim is the record's value, its last digits dropped or rounded."""
    if figure.unit == "share":
        return _equal(claim, known, True)
    if claim < 1000 or claim % 100 or (figure.qualifier == "exact" and claim % 1000):
        return claim == known
    digits = int(claim)
    step: int = 10 ** (len(str(digits)) - len(str(digits).rstrip("0")))
    return abs(known - claim) < min(step, ROUNDED * known)


def _value_text(row: FigureRow) -> str:
    def number(value: float) -> str:
        """Return a number as people write it."""
        return f"{value:,.0f}" if value == int(value) else f"{value:g}"

    words = {
        "at_least": "at least ",
        "more_than": "more than ",
        "up_to": "up to ",
        "less_than": "less than ",
        "nearly": "nearly ",
        "approx": "about ",
        "average": "on average ",
    }
    if row.point is not None:
        return words.get(row["qualifier"], "") + number(row.point)
    if row.low is not None and row.high is not None:
        return f"{number(row.low)} to {number(row.high)}"
    value = row.low if row.low is not None else row.high
    return words.get(row["qualifier"], "") + number(value) if value is not None else "no number"


def _describe(row: FigureRow) -> str:
    who = row["publisher"] + (f", {row.authors[0]}" if row.authors else "")
    on = row["as_of_edtf"] or row["published_edtf"]
    return f"{who}: {_value_text(row)} {row['unit']}, {row['measure'].replace('_', ' ')}, {on}"
