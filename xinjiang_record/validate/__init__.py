"""Validate tables by Table Schema at Arrow speed, with Frictionless's own report.

``validate(source)`` gives Frictionless 5.21's report, error for error, or with ``standard="v2"`` a
report by Data Package 2.0. Heavy modules are imported when they are needed.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xinjiang_record.validate.api import validate
    from xinjiang_record.validate.report import Report

__all__ = ["Report", "validate"]


_PLACES = {"Report": "report", "validate": "api"}


def __getattr__(name: str) -> object:
    """Import a name when it is used: Frictionless for a file, Arrow for large files."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
