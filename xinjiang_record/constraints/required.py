"""Check ``required`` and ``unique``: rules on missing values and on whole columns."""

from __future__ import annotations

from xinjiang_record.constraints.constraint import Constraint


class Required(Constraint):
    """Check that a cell has a value. Both engines do it with the missing values."""

    name = "required"
    message = "which must not be empty"
    own_kind = bool


class Unique(Constraint):
    """Check that a value occurs once in its column. Both engines do it as for a key."""

    name = "unique"
    message = "which must occur once only"
    own_kind = bool
