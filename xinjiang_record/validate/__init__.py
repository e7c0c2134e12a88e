"""Table Schema at Arrow speed: Frictionless's own report for files, and the same engine for tables in memory.

``validate(path)`` gives Frictionless 5.21's report, error for error. ``check_tables`` checks what the pipeline built. Nothing
heavy is imported before it is needed.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xinjiang_record.validate.api import validate
    from xinjiang_record.validate.report import Report

__all__ = ["Report", "validate"]


_PLACES = {"Report": "report", "validate": "api"}


def __getattr__(name: str) -> Any:
    """Import what is asked for: Frictionless only for a file, Arrow only for tables and for large files."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
