"""Read the value of an option that is a day."""

from __future__ import annotations

from datetime import date

from xinjiang_record import settings
from xinjiang_record.errors import UsageError


def read_day_option(option: str, text: str | None) -> date | None:
    """Return the day; None if the option was not given.

    Raises:
        UsageError: It is not written as a day, or has not come.
    """
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option}: expected YYYY-MM-DD, got {text!r}.") from None
    settings.refuse_day_to_come(day, option)
    return day
