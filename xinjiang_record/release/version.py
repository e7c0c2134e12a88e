"""The next version, computed from what changed, by the Data Package version recipe; with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from xinjiang_record.errors import UsageError, VersionTooLowError
from xinjiang_record.release.ledger import VERSION, order

if TYPE_CHECKING:
    from xinjiang_record.release.stage import Prepared

Bump = Literal["first", "major", "minor", "patch"]
FIRST = "1.0.0"


@dataclass(frozen=True, slots=True)
class Decision:
    """What the next release is called and why. ``counts``: by resource, the number of records added, changed, retracted, restored."""

    version: str
    bump: Bump
    reasons: tuple[str, ...]
    previous: str | None = None
    previous_id: str | None = None
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    change_files: Mapping[str, str] = field(default_factory=dict)


def first(declare: str | None) -> Decision:
    """The decision for a package without a release."""
    return Decision(_declared(FIRST, declare), "first", ("First release.",))


def decide(prepared: Prepared, folder: Path, newest: Mapping[str, Any], declare: str | None) -> Decision:
    raise NotImplementedError


def _declared(needed: str, declare: str | None) -> str:
    if declare is None:
        return needed
    if not VERSION.fullmatch(declare):
        raise UsageError(f"{declare!r} is not a version. Give three numbers with points between: {needed}.")
    if order(declare) < order(needed):
        raise VersionTooLowError(
            f"The change needs at least version {needed}; {declare} was declared. Nothing was published. "
            f"Declare {needed} or higher, or nothing."
        )
    return declare
