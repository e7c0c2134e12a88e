"""Frictionless without pydantic: importing it takes a third less time.

Frictionless imports pydantic for one class of two fields, the result of publishing to a portal. Unless the process has pydantic already,
a plain class of the same fields stands in for it. Import this before ``frictionless``.
"""

from __future__ import annotations

import sys
import types
from dataclasses import dataclass, field
from typing import Any

NAME = "frictionless.system.models"


@dataclass
class PublishResult:
    """Where something was published, and what the portal said."""

    url: str | None = None
    context: dict[str, Any] = field(default_factory=dict)


def stand_in() -> None:
    """Put the class in its place, if there is still time and reason."""
    if "frictionless" not in sys.modules and "pydantic" not in sys.modules:
        module = types.ModuleType(NAME)
        module.PublishResult = PublishResult  # type: ignore[attr-defined]
        sys.modules[NAME] = module


stand_in()
