"""Answer the questions of docs/questions.md, each by one call that returns a frame.

    import xinjiang_record as xr

    xr.sides("2021-07-01")                       # who took which side on a day
    xr.sides("2021-07-01", kinds=["signed"])     # by signatures of the first day alone
    xr.changed_sides()                           # who ever changed
    xr.signed_everything("critical")             # who signed each complete text of one side
    xr.timeline("UKR")                           # what a state did, in order
    xr.claims("2022-10-06-hrc51-vote-l6")        # claimed counts next to what can be named
    xr.revisions("formal_sentences")             # all figures of a measure, with their links
    xr.votes_on_motions()                        # votes, with what a vote for did

The SQL views of the downloads (``schemas/<package>/views.toml``) give the same answers.
``version``, ``as_``, ``base`` and ``lock`` are those of ``xr.load``. Releases before 2.0.0 lack the
tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, TypeAlias, Unpack, overload

from xinjiang_record import rosters
from xinjiang_record.client.answers import AskedRelease, Row, sort_rows
from xinjiang_record.client.bases import Base
from xinjiang_record.client.frames import Arrow, Kind, Pandas, Polars
from xinjiang_record.client.load_tables import Place
from xinjiang_record.client.tables_as_of import read_day
from xinjiang_record.errors import UsageError, suggest_names

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    Frame: TypeAlias = pd.DataFrame | pl.DataFrame | pa.Table

STATEMENTS, FIGURES, RESPONSES = "joint-statements", "detention-figures", "responses"


def _is_by(value: object, end: date) -> bool:
    return isinstance(value, date) and value <= end


# fmt: off
@overload
def sides(
    day: str | date, *, kinds: Iterable[str] | None = ..., as_: Pandas = ..., **place: Unpack[Place]
) -> pd.DataFrame: ...
@overload
def sides(
    day: str | date, *, kinds: Iterable[str] | None = ..., as_: Polars, **place: Unpack[Place]
) -> pl.DataFrame: ...
@overload
def sides(
    day: str | date, *, kinds: Iterable[str] | None = ..., as_: Arrow, **place: Unpack[Place]
) -> pa.Table: ...
# fmt: on
def sides(
    day: str | date,
    *,
    kinds: Iterable[str] | None = None,
    version: str = "latest",
    as_: Kind = "pandas",
    base: Base = None,
    lock: Base = None,
) -> Frame:
    """Return the side that each state was last known to take, at the end of a day.

    A state is there if it had certainly taken a side by then, and not withdrawn from all of them;
    an abstention gives none. ``position_edtf`` says how old the side is. A state that is not there
    has not thereby been shown to take none: see the table coverage.

    Args:
        day: The day.
        kinds: The position kinds to read, of those that count; all of them, if None.
        version: The version of the package.
        as_: "pandas", "polars" or "arrow".
        base: Where the releases are.
        lock: A file that fixes the version.

    Raises:
        UsageError: A kind never counts as a side, or the day is not a date.
    """
    if isinstance(kinds, str):
        raise UsageError(f"kinds: expected a list, got {kinds!r}. Write [{kinds!r}] for one kind.")
    wanted = set(rosters.SIDE_KINDS if kinds is None else kinds)
    unknown = sorted(wanted - set(rosters.SIDE_KINDS))
    if unknown:
        raise UsageError(
            f"kinds: expected some of {', '.join(rosters.SIDE_KINDS)}, got {', '.join(unknown)}. "
            "No other kind counts as a side; xr.timeline shows all of them."
        )
    end = read_day(day)
    release = AskedRelease(STATEMENTS, as_, version, base, lock)
    last: dict[object, Row] = {}
    for row in sort_rows(release.rows("positions"), "country_iso3", "position_number"):
        holds = _is_by(row["position_by_on"], end) and not _is_by(row["left_by_on"], end)
        if holds and row["position_kind"] in wanted and row["side"] in rosters.SIDES:
            last[row["country_iso3"]] = row
    columns = ("country_iso3", "side", "position_kind", "position_edtf", "statement_id")
    return release.answer(last.values(), columns, "positions")


# fmt: off
@overload
def changed_sides(*, as_: Pandas = ..., **place: Unpack[Place]) -> pd.DataFrame: ...
@overload
def changed_sides(*, as_: Polars, **place: Unpack[Place]) -> pl.DataFrame: ...
@overload
def changed_sides(*, as_: Arrow, **place: Unpack[Place]) -> pa.Table: ...
# fmt: on
def changed_sides(
    *,
    version: str = "latest",
    as_: Kind = "pandas",
    base: Base = None,
    lock: Base = None,
) -> Frame:
    """Return every position of the states that ever changed sides, in order.

    Withdrawn signatures and abstentions change nothing.
    """
    release = AskedRelease(STATEMENTS, as_, version, base, lock)
    found = [row for row in release.rows("positions") if row["has_changed_sides"]]
    columns = (
        "country_iso3",
        "position_number",
        "position_edtf",
        "side",
        "previous_side",
        "statement_id",
        "position_kind",
    )
    return release.answer(sort_rows(found, "country_iso3", "position_number"), columns, "positions")


# fmt: off
@overload
def signed_everything(side: str, *, as_: Pandas = ..., **place: Unpack[Place]) -> pd.DataFrame: ...
@overload
def signed_everything(side: str, *, as_: Polars, **place: Unpack[Place]) -> pl.DataFrame: ...
@overload
def signed_everything(side: str, *, as_: Arrow, **place: Unpack[Place]) -> pa.Table: ...
# fmt: on
def signed_everything(
    side: str,
    *,
    version: str = "latest",
    as_: Kind = "pandas",
    base: Base = None,
    lock: Base = None,
) -> Frame:
    """Return the states that are on each complete list of one side, with how many lists that is.

    The texts are the letters and joint statements on Xinjiang to a body of the United Nations
    whose list is complete. A state that is missing on a partial list is not shown to be missing.

    Raises:
        UsageError: The side is not critical or supportive.
    """
    if side not in rosters.SIDES:
        raise UsageError(f"side: expected {' or '.join(rosters.SIDES)}, got {side!r}.")
    release = AskedRelease(STATEMENTS, as_, version, base, lock)
    about = {
        row["statement_id"]
        for row in release.rows("statement_topics")
        if row["topic"] == rosters.XINJIANG
    }
    texts = {
        row["statement_id"]
        for row in release.rows("statements")
        if row["statement_type"] in ("letter", "joint_statement")
        and row["stance"] == side
        and row["roster_status"] == "complete"
        and str(row["body"]).startswith("UN ")
        and row["statement_id"] in about
    }
    signed = Counter(
        str(row["country_iso3"])
        for row in release.rows("signatories")
        if row["is_current"] and row["statement_id"] in texts
    )
    found = [
        {"country_iso3": country, "signed_count": count, "text_count": len(texts)}
        for country, count in sorted(signed.items())
        if count == len(texts)
    ]
    return release.answer(found, ("country_iso3", "signed_count", "text_count"), "signatories")


# fmt: off
@overload
def timeline(country_iso3: str, *, as_: Pandas = ..., **place: Unpack[Place]) -> pd.DataFrame: ...
@overload
def timeline(country_iso3: str, *, as_: Polars, **place: Unpack[Place]) -> pl.DataFrame: ...
@overload
def timeline(country_iso3: str, *, as_: Arrow, **place: Unpack[Place]) -> pa.Table: ...
# fmt: on
def timeline(
    country_iso3: str,
    *,
    version: str = "latest",
    as_: Kind = "pandas",
    base: Base = None,
    lock: Base = None,
) -> Frame:
    """Return everything that a state did, in order, with kind, side, and whether it counts.

    Raises:
        UsageError: The country is not in the table countries.
    """
    release = AskedRelease(STATEMENTS, as_, version, base, lock)
    found = [row for row in release.rows("signature_events") if row["country_iso3"] == country_iso3]
    if not found:
        known = [str(row["country_iso3"]) for row in release.rows("countries")]
        if country_iso3 not in known:
            hint = suggest_names(country_iso3, known)
            raise UsageError(f"{country_iso3!r} is not an ISO alpha-3 code. {hint}")
    columns = (
        "event_edtf",
        "event_type",
        "side",
        "is_counted",
        "statement_id",
        "name_as_printed",
        "source_id",
        "note",
    )
    return release.answer(sort_rows(found, "event_by_on", "event_id"), columns, "signature_events")


# fmt: off
@overload
def claims(
    statement_id: str | None = ..., *, as_: Pandas = ..., **place: Unpack[Place]
) -> pd.DataFrame: ...
@overload
def claims(
    statement_id: str | None = ..., *, as_: Polars, **place: Unpack[Place]
) -> pl.DataFrame: ...
@overload
def claims(statement_id: str | None = ..., *, as_: Arrow, **place: Unpack[Place]) -> pa.Table: ...
# fmt: on
def claims(
    statement_id: str | None = None,
    *,
    version: str = "latest",
    as_: Kind = "pandas",
    base: Base = None,
    lock: Base = None,
) -> Frame:
    """Return all claimed counts next to what the record can name, of one statement or of all.

    Raises:
        UsageError: The statement is not in the table statements.
    """
    release = AskedRelease(STATEMENTS, as_, version, base, lock)
    found = [
        row
        for row in release.rows("count_claims")
        if statement_id is None or row["statement_id"] == statement_id
    ]
    if not found and statement_id is not None:
        known = [str(row["statement_id"]) for row in release.rows("statements")]
        if statement_id not in known:
            hint = suggest_names(statement_id, known)
            raise UsageError(f"No statement {statement_id!r}. {hint}")
    columns = (
        "claim_id",
        "counts",
        "qualifier",
        "claimed_count",
        "named_count",
        "difference_count",
        "residual_count",
        "residual_kind",
        "as_of_edtf",
        "source_id",
        "note",
    )
    return release.answer(found, columns, "count_claims")


# fmt: off
@overload
def revisions(measure: str, *, as_: Pandas = ..., **place: Unpack[Place]) -> pd.DataFrame: ...
@overload
def revisions(measure: str, *, as_: Polars, **place: Unpack[Place]) -> pl.DataFrame: ...
@overload
def revisions(measure: str, *, as_: Arrow, **place: Unpack[Place]) -> pa.Table: ...
# fmt: on
def revisions(
    measure: str,
    *,
    version: str = "latest",
    as_: Kind = "pandas",
    base: Base = None,
    lock: Base = None,
) -> Frame:
    """Return all figures of a measure by date of the data, each with its links to other figures.

    A figure with several links has several rows. A revision is a link, never an overwrite.

    Raises:
        UsageError: The measure is not in the table measures.
    """
    release = AskedRelease(FIGURES, as_, version, base, lock)
    known = [str(row["measure"]) for row in release.rows("measures")]
    if measure not in known:
        hint = suggest_names(measure, known)
        raise UsageError(f"{measure!r} is not a measure. {hint} See the table measures.")
    figures = [row for row in release.rows("figures") if row["measure"] == measure]
    links: dict[object, list[Row]] = {}
    for link in release.rows("figure_links"):
        links.setdefault(link["figure_id"], []).append(link)
    none: Row = {"link_type": None, "to_figure_id": None, "reason": None}
    found = [
        {**figure, **{name: link[name] for name in none}}
        for figure in figures
        for link in links.get(figure["figure_id"], [none])
    ]
    columns = (
        "figure_id",
        "quantity_type",
        "qualifier",
        "value_low",
        "value_high",
        "value_point",
        "unit",
        "as_of_edtf",
        "published_edtf",
        "publisher",
        "link_type",
        "to_figure_id",
        "reason",
        "source_id",
    )
    order = ("as_of_edtf", "figure_id", "link_type", "to_figure_id")
    return release.answer(sort_rows(found, *order), columns, "figures")


# fmt: off
@overload
def votes_on_motions(*, as_: Pandas = ..., **place: Unpack[Place]) -> pd.DataFrame: ...
@overload
def votes_on_motions(*, as_: Polars, **place: Unpack[Place]) -> pl.DataFrame: ...
@overload
def votes_on_motions(*, as_: Arrow, **place: Unpack[Place]) -> pa.Table: ...
# fmt: on
def votes_on_motions(
    *,
    version: str = "latest",
    as_: Kind = "pandas",
    base: Base = None,
    lock: Base = None,
) -> Frame:
    """Return the votes on motions and bills by day, with what a vote for did.

    Empty counts were not counted or not found; they are never 0.
    """
    release = AskedRelease(RESPONSES, as_, version, base, lock)
    events = {row["event_id"]: row for row in release.rows("events")}
    found = [{**events[row["event_id"]], **row} for row in release.rows("motions")]
    columns = (
        "event_id",
        "happened_edtf",
        "body",
        "title",
        "vote_on",
        "for_means",
        "outcome",
        "vote_form",
        "votes_for",
        "votes_against",
        "votes_abstain",
        "source_id",
    )
    return release.answer(sort_rows(found, "happened_edtf", "event_id"), columns, "motions")
