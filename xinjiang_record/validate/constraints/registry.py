"""List the constraints by name.

A new constraint is a class in this folder and a line here. ``standard/schema_rules.py`` says for
which types the standard allows it, ``schema/lint.py`` whether the project's own schemas may use it.
"""

from __future__ import annotations

from collections.abc import Mapping

from xinjiang_record.validate.constraints.bounds import (
    ExclusiveMaximum,
    ExclusiveMinimum,
    Maximum,
    Minimum,
)
from xinjiang_record.validate.constraints.constraint import (
    Constraint,
    TextConstraint,
    ValueConstraint,
)
from xinjiang_record.validate.constraints.enum import Enum
from xinjiang_record.validate.constraints.lengths import MaxLength, MinLength
from xinjiang_record.validate.constraints.pattern import Pattern
from xinjiang_record.validate.constraints.required import Required, Unique

CONSTRAINTS: Mapping[str, type[Constraint]] = {
    item.name: item
    for item in (
        Required,
        Unique,
        Pattern,
        Enum,
        MinLength,
        MaxLength,
        Minimum,
        Maximum,
        ExclusiveMinimum,
        ExclusiveMaximum,
    )
}
BOUNDS: Mapping[str, type[ValueConstraint]] = {
    name: item for name, item in CONSTRAINTS.items() if issubclass(item, ValueConstraint)
}
TEXTS: Mapping[str, type[TextConstraint]] = {
    name: item for name, item in CONSTRAINTS.items() if issubclass(item, TextConstraint)
}


def is_tighter(name: str, before: object, after: object) -> bool:
    """Return whether a change of a field's constraint can refuse data that were accepted before.

    A constraint that is not known counts as tighter, unless it was removed.
    """
    return CONSTRAINTS.get(name, Constraint).is_tighter(before, after)
