"""Define the units of limits, and what one limit is."""

from __future__ import annotations

from dataclasses import field
from typing import Any

MIB, GIB = 1024**2, 1024**3


def limit(value: int, unit: str, guards: str) -> Any:
    """Return the field of a limit: its value, its unit and what it guards."""
    return field(default=value, metadata={"unit": unit, "guards": guards})
