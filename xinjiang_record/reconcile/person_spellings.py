"""Match names of officials and peoples to one spelling, by an alias table with reasons.

Exact keys only (case, accents, spaces and signs apart): a person's name is never guessed.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xinjiang_record.reconcile.normalize import key, tidy


@dataclass(frozen=True, slots=True)
class SpellingMatch:
    """Hold one printed name; ``spelling`` only where ``status`` is ``resolved``."""

    name: str
    status: str
    spelling: str | None = None

    def as_dict(self) -> dict[str, object]:
        """Return the fields of ``xrecord reconcile --spellings --format json``."""
        return {
            "name": self.name,
            "status": self.status,
            "spelling": self.spelling,
            "candidates": [],
        }


@functools.cache
def _index() -> Mapping[str, str]:
    entries = tomllib.loads(Path(__file__).with_name("person_spellings.toml").read_text("utf-8"))
    return {
        key(form): spelling
        for spelling, entry in entries.items()
        for form in (spelling, *entry["also"])
    }


def reconcile(name: str) -> SpellingMatch:
    """Return the record's spelling of one printed name."""
    found = _index().get(key(tidy(name)))
    return SpellingMatch(name, "resolved" if found else "unknown", found)
