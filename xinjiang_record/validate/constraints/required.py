"""Check ``required`` and ``unique``: rules on missing values and on whole columns."""

from __future__ import annotations

from xinjiang_record.validate.constraints.constraint import Constraint


class Required(Constraint):
    """A cell must have a value. Both engines check it with the missing values."""

    name = "required"
    message = "which must not be empty"


class Unique(Constraint):
    """A value must occur once in its column. Both engines check it as a key of one field."""

    name = "unique"
    message = "which must occur once only"
