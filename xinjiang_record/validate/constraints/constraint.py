"""Define what one constraint of Table Schema is: a check of texts, a check of columns, a message.

The checks of texts and of columns are proofs: what they let pass, Frictionless accepts. What they
do not let pass is given to Frictionless, which decides and words the error.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

if TYPE_CHECKING:
    import pyarrow as pa

    from xinjiang_record.validate.fast_pass.numpy_columns import Mask


# Compares two values, or an array and a value: a function of the module operator.
Order: TypeAlias = "staticmethod[[Any, Any], Any]"


class Constraint:
    """Define a constraint. ``name`` is its key in a field, ``message`` the words for a cell.

    ``message`` has a place for the constraint's value. ``narrower`` compares two values of it: a
    narrower one refuses data that the other accepts.
    """

    name: ClassVar[str]
    message: ClassVar[str] = ""
    narrower: ClassVar[Order | None] = None

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
