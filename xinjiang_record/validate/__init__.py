"""Table Schema at Arrow speed: Frictionless's own report for files, and the same engine for tables in memory.

``validate(path)`` gives Frictionless 5.21's report, error for error. ``check_tables`` checks what the pipeline built. Nothing
heavy is imported before it is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xinjiang_record.validate.tables import check_tables

if TYPE_CHECKING:
    from xinjiang_record.validate.report import Report
    from xinjiang_record.validate.start import validate

__all__ = ["Report", "check_tables", "validate"]


def __getattr__(name: str) -> Any:
    """Import Frictionless only when a file is validated."""
    if name == "validate":
        from xinjiang_record.validate.start import validate

        return validate
    if name == "Report":
        from xinjiang_record.validate.report import Report

        return Report
    raise AttributeError(name)
