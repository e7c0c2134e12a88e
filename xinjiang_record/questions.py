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
``version``, ``base`` and ``lock`` are those of ``xr.load``. Releases before 2.0.0 lack the tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from xinjiang_record import rosters
from xinjiang_record.client import Base, load
from xinjiang_record.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

STATEMENTS = "joint-statements"


def _load(package: str, table: str, options: dict[str, Any]) -> pd.DataFrame:
    return load(package, table, options["version"], base=options["base"], lock=options["lock"])


def _day_text(day: str | date) -> str:
    try:
        return (day if isinstance(day, date) else date.fromisoformat(day)).isoformat()
    except ValueError as error:
        raise UsageError(f"day: expected a date such as 2020-01-31, got {day!r}.") from error


def _answer(frame: pd.DataFrame, columns: Iterable[str], loaded: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of an answer, with the version and citation of what it was read from."""
    answer = frame[list(columns)].reset_index(drop=True)
    answer.attrs = loaded.attrs
    return answer


def sides(
    day: str | date,
    *,
    kinds: Iterable[str] | None = None,
    version: str = "latest",
    base: Base = None,
    lock: Base = None,
) -> pd.DataFrame:
    """Return the side that each state was last known to take, at the end of a day.

    A state is there if it had certainly taken a side by then, and not withdrawn from all of them;
    an abstention gives none. ``position_edtf`` says how old the side is. A state that is not there
    has not thereby been shown to take none: see the table coverage.

    Args:
        day: The day.
        kinds: The position kinds to read, of those that count; all of them, if None.
        version: The version of the package.
        base: Where the releases are.
        lock: A file that fixes the version.

    Raises:
        UsageError: A kind never counts as a side, or the day is not a date.
    """
    wanted = set(rosters.SIDE_KINDS if kinds is None else kinds)
    unknown = sorted(wanted - set(rosters.SIDE_KINDS))
    if unknown:
        raise UsageError(
            f"kinds: expected some of {', '.join(rosters.SIDE_KINDS)}, got {', '.join(unknown)}. "
            "No other kind counts as a side; xr.timeline shows all of them."
        )
    options = {"version": version, "base": base, "lock": lock}
    loaded = _load(STATEMENTS, "positions", options)
    end = _day_text(day)
    holds = (loaded["position_by_on"] <= end) & ~(loaded["left_by_on"] <= end)
    chosen = holds & loaded["position_kind"].isin(wanted) & loaded["side"].isin(rosters.SIDES)
    found = loaded[chosen].sort_values(["country_iso3", "position_number"])
    last = found.groupby("country_iso3", sort=True).tail(1)
    columns = ("country_iso3", "side", "position_kind", "position_edtf", "statement_id")
    return _answer(last, columns, loaded)


def changed_sides(*, version: str = "latest", base: Base = None, lock: Base = None) -> pd.DataFrame:
    """Return every position of the states that ever changed sides, in order.

    Withdrawn signatures and abstentions change nothing.
    """
    options = {"version": version, "base": base, "lock": lock}
    loaded = _load(STATEMENTS, "positions", options)
    found = loaded[loaded["has_changed_sides"]].sort_values(["country_iso3", "position_number"])
    columns = (
        "country_iso3",
        "position_number",
        "position_edtf",
        "side",
        "previous_side",
        "statement_id",
        "position_kind",
    )
    return _answer(found, columns, loaded)


def signed_everything(
    side: str, *, version: str = "latest", base: Base = None, lock: Base = None
) -> pd.DataFrame:
    """Return the states that are on each complete list of one side, with how many lists that is.

    The texts are the letters and joint statements on Xinjiang to a body of the United Nations
    whose list is complete. A state that is missing on a partial list is not shown to be missing.

    Raises:
        UsageError: The side is not critical or supportive.
    """
    if side not in rosters.SIDES:
        raise UsageError(f"side: expected {' or '.join(rosters.SIDES)}, got {side!r}.")
    options = {"version": version, "base": base, "lock": lock}
    statements = _load(STATEMENTS, "statements", options)
    topics = _load(STATEMENTS, "statement_topics", options)
    loaded = _load(STATEMENTS, "signatories", options)
    about = set(topics[topics["topic"] == rosters.XINJIANG]["statement_id"])
    texts = statements[
        statements["statement_type"].isin(["letter", "joint_statement"])
        & (statements["stance"] == side)
        & (statements["roster_status"] == "complete")
        & statements["body"].str.startswith("UN ")
        & statements["statement_id"].isin(about)
    ]
    signed = loaded[loaded["is_current"] & loaded["statement_id"].isin(texts["statement_id"])]
    counts = signed.groupby("country_iso3", sort=True).size().rename("signed_count").reset_index()
    counts["text_count"] = len(texts)
    found = counts[counts["signed_count"] == counts["text_count"]]
    return _answer(found, ("country_iso3", "signed_count", "text_count"), loaded)


def timeline(
    country_iso3: str, *, version: str = "latest", base: Base = None, lock: Base = None
) -> pd.DataFrame:
    """Return everything that a state did, in order, with kind, side, and whether it counts.

    Raises:
        UsageError: The country is not in the table countries.
    """
    options = {"version": version, "base": base, "lock": lock}
    loaded = _load(STATEMENTS, "signature_events", options)
    found = loaded[loaded["country_iso3"] == country_iso3]
    if found.empty:
        countries = _load(STATEMENTS, "countries", options)
        if country_iso3 not in set(countries["country_iso3"]):
            raise UsageError(f"{country_iso3!r} is not an ISO alpha-3 code, such as UKR.")
    found = found.sort_values(["event_by_on", "event_id"])
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
    return _answer(found, columns, loaded)


def claims(
    statement_id: str | None = None,
    *,
    version: str = "latest",
    base: Base = None,
    lock: Base = None,
) -> pd.DataFrame:
    """Return all claimed counts next to what the record can name, of one statement or of all."""
    options = {"version": version, "base": base, "lock": lock}
    loaded = _load(STATEMENTS, "count_claims", options)
    found = loaded if statement_id is None else loaded[loaded["statement_id"] == statement_id]
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
    return _answer(found, columns, loaded)


def revisions(
    measure: str, *, version: str = "latest", base: Base = None, lock: Base = None
) -> pd.DataFrame:
    """Return all figures of a measure by date of the data, each with its links to other figures.

    A figure with several links has several rows. A revision is a link, never an overwrite.

    Raises:
        UsageError: The measure is not in the table measures.
    """
    options = {"version": version, "base": base, "lock": lock}
    loaded = _load("detention-figures", "figures", options)
    measures = _load("detention-figures", "measures", options)
    if measure not in set(measures["measure"]):
        raise UsageError(f"{measure!r} is not a measure. See the table measures.")
    links = _load("detention-figures", "figure_links", options)
    found = loaded[loaded["measure"] == measure].merge(
        links[["figure_id", "link_type", "to_figure_id", "reason"]], on="figure_id", how="left"
    )
    found = found.sort_values(["as_of_edtf", "figure_id", "link_type", "to_figure_id"])
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
    return _answer(found, columns, loaded)


def votes_on_motions(
    *, version: str = "latest", base: Base = None, lock: Base = None
) -> pd.DataFrame:
    """Return the votes on motions and bills by day, with what a vote for did.

    Empty counts were not counted or not found; they are never 0.
    """
    options = {"version": version, "base": base, "lock": lock}
    events = _load("responses", "events", options)
    loaded = _load("responses", "motions", options)
    found = loaded.merge(events, on="event_id").sort_values(["happened_edtf", "event_id"])
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
    return _answer(found, columns, loaded)
