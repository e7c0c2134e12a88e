"""Table Schema at Arrow speed: Frictionless's own report for files, and the same rules for tables in memory.

``validate(path)`` gives Frictionless 5.21's report, error for error. ``check_tables`` checks what the pipeline built. Nothing
heavy is imported before it is needed.
"""

from __future__ import annotations

from xinjiang_record.validate.tables import check_tables

__all__ = ["check_tables"]
