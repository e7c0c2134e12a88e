"""Check ``enum``: a text must be one of a list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from xinjiang_record.validate.constraints.constraint import TextConstraint

if TYPE_CHECKING:
    import pyarrow as pa

    from xinjiang_record.validate.fast_pass.numpy_columns import Mask


class Enum(TextConstraint):
    """Check that a value is one of a list. Typed columns compare values themselves."""

    name = "enum"
    message = "which is none of {}"

    def __init__(self, bound: Iterable[object]) -> None:
        super().__init__(bound)
        self._texts: set[str] = {item for item in bound if isinstance(item, str)}
        self._array: pa.Array | None = None

    @classmethod
    def _refuses_more(cls, before: object, after: object) -> bool:
        if not isinstance(before, list) or not isinstance(after, list):
            return True
        return not set(map(str, before)) <= set(map(str, after))

    def refused_texts(self, texts: set[str]) -> set[str]:
        """Return the texts that are not in the list."""
        return texts - self._texts

    def refused_rows(self, column: pa.Array) -> Mask | None:
        """Return the rows whose text is not in the list."""
        from xinjiang_record.schema.cell_text import text_array  # deferred: start-up
        from xinjiang_record.validate.fast_pass import numpy_columns  # deferred: start-up

        if self._array is None:
            self._array = text_array(sorted(self._texts))
        return numpy_columns.some(~numpy_columns.is_in(column, self._array))
