"""Lower what the system lets this process use."""

from __future__ import annotations

import resource


def lower_limit(what: int, most: int, *, for_good: bool = False) -> None:
    """Set a limit of the system, such as ``resource.RLIMIT_CPU``; a lower one stays.

    With ``for_good`` this process cannot raise it again.
    """
    if what == resource.RLIMIT_DATA:
        most = max(most, 1)  # Linux takes 0 as no limit at all
    _, hard = resource.getrlimit(what)
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (allowed, allowed if for_good else hard))
