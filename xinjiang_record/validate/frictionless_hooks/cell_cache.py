"""Call Frictionless's own cell reader once for each distinct text."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

MOST_TEXTS = 200_000  # texts remembered for one column before the cache starts again
Verdict = tuple[bool, object]


class Cancelled(Exception):
    """Say that the result is no longer wanted."""


class CellCache:
    """Remember what ``Field.create_cell_reader()`` returns: whether a text is good, and its value.

    A reader that raises gives no verdict: the text is not good and its value is None. Frictionless
    then gets the row, and raises at its own time or has stopped before. ``raised`` records that
    this has happened. Setting ``cancelled`` ends the threads that use the cache.
    """

    def __init__(self, reader: Callable[[Any], tuple[Any, Any]]) -> None:
        self._reader = reader
        self._verdicts: dict[str, Verdict] = {}
        self.raised = self.cancelled = False
        self._lock = threading.Lock()  # some of Frictionless's parsers keep state

    def __call__(self, text: str) -> Verdict:
        """Return whether a text is good, and the value that it means."""
        verdict = self._verdicts.get(text)
        if verdict is None:
            if len(self._verdicts) >= MOST_TEXTS:
                self._verdicts = {}
            verdict = self._verdicts[text] = self._read(text)
        return verdict

    def are_good(self, texts: Sequence[str]) -> list[bool]:
        """Return whether each text is good."""
        return [self(text)[0] for text in texts]

    def _read(self, text: str) -> Verdict:
        if self.cancelled:
            raise Cancelled
        try:
            with self._lock:
                value, notes = self._reader(text)
        except Exception:  # of any kind: Frictionless gets the row and raises it again
            self.raised = True
            return False, None
        return not notes, value
