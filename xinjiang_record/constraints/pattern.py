"""Check ``pattern``, in Frictionless's form: ``re.compile(f"^{pattern}$").match``."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from xinjiang_record.constraints.constraint import Check, RuleError, TextConstraint
from xinjiang_record.constraints.xml_patterns import PatternError, translate_pattern
from xinjiang_record.untrusted.patterns import compile_pattern

if TYPE_CHECKING:
    import pyarrow as pa

    from xinjiang_record.numpy_columns import Mask


class Pattern(TextConstraint):
    """Check that a text matches a regular expression."""

    name = "pattern"
    message = "which does not have the form {}"
    types = frozenset(("string", "any"))
    native = frozenset[str]()
    own_kind = str

    def __init__(self, bound: object, python: str | None = None) -> None:
        """Take the pattern; ``python`` is another one that is matched instead, from the start."""
        super().__init__(bound)
        self._pattern = f"^{bound}$" if python is None else python
        self._compiled = compile_pattern(self._pattern)

    @classmethod
    def make_check(cls, bound: object, read: Callable[[Any], Any]) -> Check:
        """Return the check of texts by a pattern of XML Schema."""
        if not isinstance(bound, str):
            raise RuleError(f"pattern: expected a text, got {bound!r}")
        try:
            compiled = compile_pattern(translate_pattern(bound))
        except PatternError as error:
            message = f"the pattern {bound!r} is not one of XML Schema: {error}"
            raise RuleError(message) from error
        return lambda value: not isinstance(value, str) or bool(compiled.match(value))

    def refused_texts(self, texts: set[str]) -> set[str]:
        """Return the texts that do not match."""
        match = self._compiled.match
        return {text for text in texts if not match(text)}

    @cached_property
    def _re2(self) -> str | None:
        """Return an RE2 pattern that accepts no more than the pattern; None for none."""
        if not isinstance(self.bound, str):
            return None
        from xinjiang_record.untrusted import regex_to_re2  # deferred: start-up

        return regex_to_re2.subset_of(self._pattern)

    def refused_rows(self, column: pa.Array) -> Mask | None:
        """Return the rows that RE2 does not match; all rows where RE2 cannot have the pattern."""
        from xinjiang_record import numpy_columns  # deferred: start-up

        if self._re2 is None:
            return numpy_columns.every_row(column)
        try:
            return numpy_columns.some(~numpy_columns.matches(column, self._re2))
        except ValueError:  # pa.ArrowInvalid: the pattern is too large for RE2
            return numpy_columns.every_row(column)
