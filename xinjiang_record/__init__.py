"""Xinjiang Record: which states signed what about the detentions in Xinjiang, and how many are said to be detained.

``import xinjiang_record as xr`` offers ``xr.load``, ``xr.roster``, ``xr.history``, ``xr.evidence``, ``xr.versions``, ``xr.cite``,
``xr.verify`` and ``xr.lock``; see ``xinjiang_record.client``. They are imported when first asked for.
"""

from __future__ import annotations

from typing import Any

from xinjiang_record._version import __version__ as __version__

_CLIENT = ("cite", "evidence", "history", "load", "lock", "roster", "verify", "versions")


def __getattr__(name: str) -> Any:
    if name in _CLIENT:
        from xinjiang_record import client

        return getattr(client, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_CLIENT])
