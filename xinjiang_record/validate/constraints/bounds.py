"""Check ``minimum``, ``maximum``, ``exclusiveMinimum`` and ``exclusiveMaximum`` of values."""

from __future__ import annotations

from typing import Any

from xinjiang_record.validate.constraints.constraint import ValueConstraint


class Minimum(ValueConstraint):
    """Check that a value is the bound or above it."""

    name = "minimum"
    message = "which is below the minimum {}"

    @staticmethod
    def allows(value: Any, bound: Any) -> Any:
        """Compare a value, or an array of values, with the bound."""
        return value >= bound

    @classmethod
    def _refuses_more(cls, before: Any, after: Any) -> bool:
        return bool(after > before)


class Maximum(ValueConstraint):
    """Check that a value is the bound or below it."""

    name = "maximum"
    message = "which is above the maximum {}"

    @staticmethod
    def allows(value: Any, bound: Any) -> Any:
        """Compare a value, or an array of values, with the bound."""
        return value <= bound

    @classmethod
    def _refuses_more(cls, before: Any, after: Any) -> bool:
        return bool(after < before)


class ExclusiveMinimum(Minimum):
    """Check that a value is above the bound."""

    name = "exclusiveMinimum"
    message = "which is not above the exclusiveMinimum {}"

    @staticmethod
    def allows(value: Any, bound: Any) -> Any:
        """Compare a value, or an array of values, with the bound."""
        return value > bound


class ExclusiveMaximum(Maximum):
    """Check that a value is below the bound."""

    name = "exclusiveMaximum"
    message = "which is not below the exclusiveMaximum {}"

    @staticmethod
    def allows(value: Any, bound: Any) -> Any:
        """Compare a value, or an array of values, with the bound."""
        return value < bound
