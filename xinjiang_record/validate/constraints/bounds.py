"""Check ``minimum``, ``maximum``, ``exclusiveMinimum`` and ``exclusiveMaximum`` of values."""

from __future__ import annotations

import operator

from xinjiang_record.validate.constraints.constraint import ValueConstraint


class Minimum(ValueConstraint):
    """Check that a value is the bound or above it."""

    name = "minimum"
    message = "which is below the minimum {}"
    allows = staticmethod(operator.ge)
    narrower = staticmethod(operator.gt)


class Maximum(ValueConstraint):
    """Check that a value is the bound or below it."""

    name = "maximum"
    message = "which is above the maximum {}"
    allows = staticmethod(operator.le)
    narrower = staticmethod(operator.lt)


class ExclusiveMinimum(Minimum):
    """Check that a value is above the bound."""

    name = "exclusiveMinimum"
    message = "which is not above the exclusiveMinimum {}"
    allows = staticmethod(operator.gt)


class ExclusiveMaximum(Maximum):
    """Check that a value is below the bound."""

    name = "exclusiveMaximum"
    message = "which is not below the exclusiveMaximum {}"
    allows = staticmethod(operator.lt)
