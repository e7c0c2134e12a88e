"""Offer the released tables to Python: which states signed what, and how many are detained.

``import xinjiang_record as xr`` offers ``xr.load``, ``xr.roster``, ``xr.history``,
``xr.evidence``, ``xr.versions``, ``xr.cite``, ``xr.verify``, ``xr.lock`` and ``xr.check``; see
``xinjiang_record.client``. Whole questions are answered by ``xr.sides``, ``xr.timeline`` and
others; see ``xinjiang_record.questions``. Both are imported on first use.
"""

from __future__ import annotations

from typing import Any

from xinjiang_record._version import __version__ as __version__

_CLIENT = ("check", "cite", "evidence", "history", "load", "lock", "roster", "verify", "versions")
_QUESTIONS = (
    "changed_sides",
    "claims",
    "revisions",
    "sides",
    "signed_everything",
    "timeline",
    "votes_on_motions",
)


def __getattr__(name: str) -> Any:
    if name in _CLIENT:
        from xinjiang_record import client  # deferred: start-up

        return getattr(client, name)
    if name in _QUESTIONS:
        from xinjiang_record import questions  # deferred: start-up

        return getattr(questions, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(["__version__", *_CLIENT, *_QUESTIONS])
