"""Check ``enum``: a text must be one of a list."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from xinjiang_record.constraints.constraint import Check, RuleError, TextConstraint

if TYPE_CHECKING:
    import pyarrow as pa

    from xinjiang_record.numpy_columns import Mask


class Enum(TextConstraint):
    """Check that a value is one of a list. Typed columns compare values themselves."""

    name = "enum"
    message = "which is none of {}"
    native = frozenset(("string", "integer", "number", "date", "boolean"))
    own_kind: ClassVar[Any] = [str]

    def __init__(self, bound: Iterable[object]) -> None:
        super().__init__(bound)
        self._texts: set[str] = {item for item in bound if isinstance(item, str)}
        self._array: pa.Array | None = None

    @classmethod
    def _refuses_more(cls, before: object, after: object) -> bool:
        if not isinstance(before, list) or not isinstance(after, list):
            return True
        return not set(map(str, before)) <= set(map(str, after))

    @classmethod
    def make_check(cls, bound: object, read: Callable[[Any], Any]) -> Check:
        """Return the check of values of all types."""
        if not isinstance(bound, list) or not bound:
            raise RuleError(f"enum: expected a list of at least one value, got {bound!r}")
        values = [read(item) for item in bound]
        if None in values:
            raise RuleError(f"enum: {bound[values.index(None)]!r} is not a value of the type")
        try:
            known: Collection[object] = frozenset(values)
        except TypeError:  # lists and objects, which are compared one by one
            known = values
        return lambda value: value in known

    def refused_texts(self, texts: set[str]) -> set[str]:
        """Return the texts that are not in the list."""
        return texts - self._texts

    def refused_rows(self, column: pa.Array) -> Mask | None:
        """Return the rows whose text is not in the list."""
        from xinjiang_record import numpy_columns  # deferred: start-up

        if self._array is None:
            self._array = numpy_columns.text_array(sorted(self._texts))
        return numpy_columns.some(~numpy_columns.is_in(column, self._array))
