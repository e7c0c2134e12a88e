"""Check ``minLength`` and ``maxLength`` of texts, in characters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xinjiang_record.validate.constraints.constraint import TextConstraint

if TYPE_CHECKING:
    import pyarrow as pa

    from xinjiang_record.validate.fast_pass.numpy_columns import Mask


class MinLength(TextConstraint):
    """Check that a text has at least so many characters."""

    name = "minLength"
    message = "whose length is below the minLength {}"

    @classmethod
    def _refuses_more(cls, before: Any, after: Any) -> bool:
        return bool(after > before)

    def refused_texts(self, texts: set[str]) -> set[str]:
        """Return the texts that are too short."""
        return {text for text in texts if len(text) < self.bound}

    def refused_rows(self, column: pa.Array, arrays: Any) -> Mask | None:
        """Return the rows whose text is too short."""
        return arrays.some(arrays.character_counts(column) < self.bound)  # type: ignore[no-any-return]


class MaxLength(TextConstraint):
    """Check that a text has at most so many characters."""

    name = "maxLength"
    message = "whose length is above the maxLength {}"

    @classmethod
    def _refuses_more(cls, before: Any, after: Any) -> bool:
        return bool(after < before)

    def refused_texts(self, texts: set[str]) -> set[str]:
        """Return the texts that are too long."""
        return {text for text in texts if len(text) > self.bound}

    def refused_rows(self, column: pa.Array, arrays: Any) -> Mask | None:
        """Return the rows whose text is too long; a text has no more characters than bytes."""
        if not (arrays.lengths(column) > self.bound).any():
            return None
        return arrays.some(arrays.character_counts(column) > self.bound)  # type: ignore[no-any-return]
