"""Define what one constraint of Table Schema is: a check of texts, a check of columns, a message.

The checks of texts and of columns are proofs: what they let pass, Frictionless accepts. What they
do not let pass is given to Frictionless, which decides and words the error.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

if TYPE_CHECKING:
    import pyarrow as pa

    from xinjiang_record.numpy_columns import Mask


Check: TypeAlias = "Callable[[Any], bool]"
# Types whose values have an order, and types whose values have a length.
ORDERED = frozenset(
    ("integer", "number", "date", "time", "datetime", "duration", "year", "yearmonth")
)
SIZED = frozenset(("string", "list", "array", "object", "any"))
# Compares two values, or an array and a value: a function of the module operator.
Order: TypeAlias = "staticmethod[[Any, Any], Any]"


class RuleError(ValueError):
    """Signal that a constraint in a schema cannot be used, and why."""


class Constraint:
    """Define a constraint. ``name`` is its key in a field, ``message`` the words for a cell.

    ``message`` has a place for the constraint's value. ``narrower`` compares two values of it: a
    narrower one refuses data that the other accepts. ``types`` are the types that the standard has
    it for, ``native`` those for which Frictionless has it right; None is all types. ``own_kind`` is
    what its value is in the project's own schemas; None where they do not use it.
    """

    name: ClassVar[str]
    message: ClassVar[str] = ""
    narrower: ClassVar[Order | None] = None
    types: ClassVar[frozenset[str] | None] = None
    native: ClassVar[frozenset[str] | None] = None
    own_kind: ClassVar[Any] = None

    @classmethod
    def make_check(cls, bound: object, read: Callable[[Any], Any]) -> Check:
        """Return the check of values by the standard; ``read`` casts a text to a value.

        Raises:
            RuleError: The constraint's value cannot be used.
        """
        raise RuleError(f"the constraint {cls.name!r} is not checked by value")

    @classmethod
    def is_tighter(cls, before: object, after: object) -> bool:
        """Return whether a change of the value can refuse data that were accepted before."""
        if after is None or after is False:
            return False
        return before is None or before is False or cls._refuses_more(before, after)

    @classmethod
    def _refuses_more(cls, before: object, after: object) -> bool:
        """Return whether one value refuses what another accepted; true where that is unknown."""
        return cls.narrower is None or bool(cls.narrower(after, before))


class TextConstraint(Constraint, ABC):
    """Define a constraint on the text of a cell."""

    def __init__(self, bound: object) -> None:
        self.bound = bound

    @abstractmethod
    def refused_texts(self, texts: set[str]) -> set[str]:
        """Return those of some texts that are not proved to satisfy the constraint."""

    @abstractmethod
    def refused_rows(self, column: pa.Array) -> Mask | None:
        """Return the rows that are not proved to satisfy the constraint; None for no row.

        ``column`` is a string array without nulls. What needs Arrow is imported here only, since a
        small file does without it.
        """


class ValueConstraint(Constraint):
    """Define a constraint on the value of a cell.

    ``allows`` compares a value, or an array of values, with the bound.
    """

    allows: ClassVar[Order]
