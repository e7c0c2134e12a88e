"""Decide which errors are reported: all, or those that ``--pick`` and ``--skip`` leave."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from frictionless import errors

from xinjiang_record.errors import UsageError

OWN = {
    *("unique-keys", "not-checked", "unreadable", "limit", "unsafe-path"),
    *("undeclared-schema", "undeclared-encoding", "undeclared-dialect"),
}
ALWAYS = {"not-checked"}  # says that something was not read: no choice of types hides it


@dataclass(frozen=True)
class Wanted:
    """Hold the types that are picked (None for all) and those that are skipped."""

    pick: tuple[str, ...] | None
    skip: tuple[str, ...]

    @classmethod
    def of(cls, checklist: Mapping[str, Any] | None) -> Wanted:
        """Return what a checklist's descriptor says."""
        given = checklist or {}
        pick = given.get("pickErrors")
        return cls(
            tuple(map(str, pick)) if pick else None, tuple(map(str, given.get("skipErrors") or ()))
        )

    def check_names(self) -> None:
        """Raise UsageError for a type that is none: it would hide errors, or hide nothing."""
        known, tags = _list_types()
        for name in (*(self.pick or ()), *self.skip):
            if name not in known and name not in tags:
                words = ", ".join(sorted(known))
                raise UsageError(f"{name!r} is not a type of errors: expected one of {words}.")

    def has(self, kind: str) -> bool:
        """Return whether an error of this project is reported."""
        if kind in ALWAYS:
            return True
        return kind not in self.skip and (self.pick is None or kind in self.pick)

    def notes(self) -> Iterator[str]:
        """Yield what was left out of the report."""
        if self.pick is not None:
            yield f"only errors of these types are reported: {', '.join(self.pick)}"
        if self.skip:
            yield f"errors of these types are not reported: {', '.join(self.skip)}"


def _list_types() -> tuple[set[str], set[str]]:
    """Return the types of errors that there are, and their tags."""
    classes = [item for item in vars(errors).values() if inspect.isclass(item)]
    known = {item.type for item in classes if issubclass(item, errors.DataError)}
    tags = {tag for item in classes for tag in getattr(item, "tags", ())}
    metadata = {item.type for item in classes if issubclass(item, errors.MetadataError)}
    return known | metadata | OWN, tags
