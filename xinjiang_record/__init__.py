"""Offer the released tables to Python: which states signed what, and how many are detained.

``import xinjiang_record as xr`` offers what ``xinjiang_record.client`` lists: ``xr.packages``,
``xr.search``, ``xr.load``, ``xr.roster``, ``xr.sql`` and others. Whole questions are answered by
``xr.sides``, ``xr.timeline`` and others; see ``xinjiang_record.questions``. Errors and warnings are
those of ``xinjiang_record.errors``. All are imported on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from xinjiang_record._version import __version__ as __version__

if TYPE_CHECKING:
    from xinjiang_record.client import cache_dir as cache_dir
    from xinjiang_record.client import check as check
    from xinjiang_record.client import cite as cite
    from xinjiang_record.client import evidence as evidence
    from xinjiang_record.client import figures as figures
    from xinjiang_record.client import history as history
    from xinjiang_record.client import load as load
    from xinjiang_record.client import lock as lock
    from xinjiang_record.client import packages as packages
    from xinjiang_record.client import positions as positions
    from xinjiang_record.client import roster as roster
    from xinjiang_record.client import search as search
    from xinjiang_record.client import sql as sql
    from xinjiang_record.client import tables as tables
    from xinjiang_record.client import verify as verify
    from xinjiang_record.client import versions as versions
    from xinjiang_record.errors import FetchError as FetchError
    from xinjiang_record.errors import OfflineWarning as OfflineWarning
    from xinjiang_record.errors import UsageError as UsageError
    from xinjiang_record.errors import VerifyError as VerifyError
    from xinjiang_record.errors import WithdrawnWarning as WithdrawnWarning
    from xinjiang_record.errors import XRecordError as XRecordError
    from xinjiang_record.questions import changed_sides as changed_sides
    from xinjiang_record.questions import claims as claims
    from xinjiang_record.questions import revisions as revisions
    from xinjiang_record.questions import sides as sides
    from xinjiang_record.questions import signed_everything as signed_everything
    from xinjiang_record.questions import timeline as timeline
    from xinjiang_record.questions import votes_on_motions as votes_on_motions

_OFFERED = {
    "xinjiang_record.client": (
        "cache_dir",
        "check",
        "cite",
        "evidence",
        "figures",
        "history",
        "load",
        "lock",
        "packages",
        "positions",
        "roster",
        "search",
        "sql",
        "tables",
        "verify",
        "versions",
    ),
    "xinjiang_record.errors": (
        "FetchError",
        "OfflineWarning",
        "UsageError",
        "VerifyError",
        "WithdrawnWarning",
        "XRecordError",
    ),
    "xinjiang_record.questions": (
        "changed_sides",
        "claims",
        "revisions",
        "sides",
        "signed_everything",
        "timeline",
        "votes_on_motions",
    ),
}


def __getattr__(name: str) -> object:
    for module, names in _OFFERED.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(["__version__", *(name for names in _OFFERED.values() for name in names)])
