"""Find the constraints by name: every class of this folder that has one.

So a new constraint is one module here. The linter of schemas, both engines of the validator, the
rules of the standard and the rule for versions read what it says about itself.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from xinjiang_record.constraints.constraint import Constraint, TextConstraint, ValueConstraint


def _constraints() -> Iterator[type[Constraint]]:
    """Yield the classes with a name, module by module."""
    for info in pkgutil.iter_modules([str(Path(__file__).parent)]):
        name = f"{__package__}.{info.name}"
        if name != __name__:
            for item in vars(importlib.import_module(name)).values():
                if isinstance(item, type) and "name" in vars(item) and item.__module__ == name:
                    yield item


CONSTRAINTS: Mapping[str, type[Constraint]] = {item.name: item for item in _constraints()}
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
