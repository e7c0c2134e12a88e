"""Frictionless's own cell reader, asked once for each distinct text."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

MOST = 200_000  # texts remembered for one column before it starts again
Verdict = tuple[bool, Any]


class Stopped(Exception):
    """Nobody wants the answer any more."""


class Memo:
    """Remembers what ``Field.create_cell_reader()`` says of a text: whether it is good, and the value it stands for.

    A reader that raises gives no verdict: the text is not good, its value None. The row then goes to Frictionless, which raises
    in its own time, or has stopped before it. ``raised`` tells that this has happened. To set ``stopped`` ends the threads that ask.
    """

    def __init__(self, reader: Callable[[Any], tuple[Any, Any]]) -> None:
        self._reader = reader
        self._known: dict[str, Verdict] = {}
        self.raised = self.stopped = False
        self._lock = threading.Lock()  # some of Frictionless's parsers keep state

    def __call__(self, text: str) -> Verdict:
        verdict = self._known.get(text)
        if verdict is None:
            if len(self._known) >= MOST:
                self._known = {}
            verdict = self._known[text] = self._ask(text)
        return verdict

    def good(self, texts: Sequence[str]) -> list[bool]:
        """Whether each text is good."""
        return [self(text)[0] for text in texts]

    def _ask(self, text: str) -> Verdict:
        if self.stopped:
            raise Stopped
        try:
            with self._lock:
                value, notes = self._reader(text)
        except Exception:  # whatever it is, the row is Frictionless's to judge
            self.raised = True
            return False, None
        return not notes, value
