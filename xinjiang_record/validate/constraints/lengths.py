"""Check ``minLength`` and ``maxLength`` of texts, in characters."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from xinjiang_record.validate.constraints.constraint import TextConstraint

if TYPE_CHECKING:
    import pyarrow as pa

    from xinjiang_record.validate.fast_pass.numpy_columns import Mask


class MinLength(TextConstraint):
    """Check that a text has at least so many characters."""

    bound: int
    name = "minLength"
    message = "whose length is below the minLength {}"
    narrower = staticmethod(operator.gt)

    def refused_texts(self, texts: set[str]) -> set[str]:
        """Return the texts that are too short."""
        return {text for text in texts if len(text) < self.bound}

    def refused_rows(self, column: pa.Array) -> Mask | None:
        """Return the rows whose text is too short."""
        from xinjiang_record.validate.fast_pass import numpy_columns  # deferred: start-up

        return numpy_columns.some(numpy_columns.character_counts(column) < self.bound)


class MaxLength(TextConstraint):
    """Check that a text has at most so many characters."""

    bound: int
    name = "maxLength"
    message = "whose length is above the maxLength {}"
    narrower = staticmethod(operator.lt)

    def refused_texts(self, texts: set[str]) -> set[str]:
        """Return the texts that are too long."""
        return {text for text in texts if len(text) > self.bound}

    def refused_rows(self, column: pa.Array) -> Mask | None:
        """Return the rows whose text is too long; a text has no more characters than bytes."""
        from xinjiang_record.validate.fast_pass import numpy_columns  # deferred: start-up

        if not (numpy_columns.lengths(column) > self.bound).any():
            return None
        return numpy_columns.some(numpy_columns.character_counts(column) > self.bound)
