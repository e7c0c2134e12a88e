"""Read a table as of a day: the rows that had certainly come about by its end."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from xinjiang_record import rosters, settings
from xinjiang_record.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

# The date from which a row of a table holds: the first of these fields that the table has.
SINCE = (
    "signed_edtf",
    "event_edtf",
    "delivered_edtf",
    "happened_edtf",
    "imposed_edtf",
    "issued_edtf",
    "published_edtf",
)


def read_day(value: str | date) -> date:
    """Return a day.

    Raises:
        UsageError: It is not written as one, or has not come.
    """
    if isinstance(value, datetime):  # such as a pandas Timestamp
        value = value.date()
    try:
        day = value if isinstance(value, date) else date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise UsageError(f"Invalid date {value!r}: expected a day such as 2020-01-31.") from error
    settings.refuse_day_to_come(day, "date")
    return day


def select_as_of(table: pa.Table, day: date, shown: str) -> pa.Table:
    """Return the rows that had come about by the end of a day; later withdrawals are undone.

    Raises:
        UsageError: The table, named ``shown``, has no date.
    """
    import pyarrow as pa  # deferred: start-up
    import pyarrow.compute as pc  # deferred: start-up

    since = next((name for name in SINCE if name in table.column_names), None)
    if since is None:
        raise UsageError(
            f"{shown}: has no date by which its rows could be read as of a day. Omit as_of."
        )
    had_come = [_had_come(value, day) for value in table[since].to_pylist()]
    table = table.filter(pa.array(had_come, pa.bool_()))
    if "withdrew_edtf" not in table.column_names:
        return table
    periods = zip(table[since].to_pylist(), table["withdrew_edtf"].to_pylist(), strict=True)
    stands = pa.array(
        [rosters.is_on_roster(entered, left, day) for entered, left in periods], pa.bool_()
    )
    table = _replace(table, "is_current", stands)
    for name in ("withdrew_on", "withdrew_edtf"):
        empty = pa.nulls(len(table), table.schema.field(name).type)
        table = _replace(table, name, pc.if_else(stands, empty, table[name].combine_chunks()))
    return table


def _replace(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index(name), table.schema.field(name), values)


def _had_come(value: str | None, day: date) -> bool:
    """Return whether the last day that a date can mean had come by the end of ``day``."""
    return value is not None and rosters.certain_by(value) <= day
