"""Find the figures of a long document in two processes: this one and the bounded one.

The bounded process has read the document and is idle. It takes portions from the end, and this
process from the beginning, until none is left. The result does not depend on who did what: a
portion that the bounded process does not finish is done here.
"""

from __future__ import annotations

import json
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import TypeAlias

from xinjiang_record.errors import XRecordError
from xinjiang_record.extract.figures.qualifiers import Figure
from xinjiang_record.extract.wrapped_lines import Marks
from xinjiang_record.untrusted import bounded_process

Place: TypeAlias = tuple[str, Marks]  # a text, and where its lines begin
Find: TypeAlias = Callable[[str, Marks, str | None], list[Figure]]
PORTION_CHARS = 20_000  # of text in one portion
LONG_CHARS = 10 * PORTION_CHARS  # of a document that is worth a second process


class SharedWork:
    """Hold the portions of a document, and the figures of those that are done."""

    def __init__(self, places: Iterator[Place], language: str | None, find: Find) -> None:
        """Cut the document in portions; the bounded process begins at once if it is long."""
        self._language, self._find = language, find
        self._portions = list(_portions(places))
        self._waiting = deque(range(len(self._portions)))
        self._done: dict[int, list[Figure]] = {}
        size = sum(len(text) for portion in self._portions for text, _ in portion)
        self.helper: threading.Thread | None = None
        if size >= LONG_CHARS and (os.cpu_count() or 1) > 1:
            self.helper = threading.Thread(target=self._help, daemon=True)
            self.helper.start()

    def finish(self) -> list[Figure]:
        """Do what is left, and return all figures in the order of the document."""
        while True:
            try:
                number = self._waiting.popleft()
            except IndexError:
                break
            self._done[number] = self._here(number)
        if self.helper:
            self.helper.join()
        for number in range(len(self._portions)):
            if number not in self._done:
                self._done[number] = self._here(number)
        return [figure for number in sorted(self._done) for figure in self._done[number]]

    def _here(self, number: int) -> list[Figure]:
        return [
            figure
            for text, marks in self._portions[number]
            for figure in self._find(text, marks, self._language)
        ]

    def _help(self) -> None:
        function = f"{self._find.__module__}:figures_as_json"
        while True:
            try:
                number = self._waiting.pop()
            except IndexError:
                return
            data = json.dumps(self._portions[number]).encode()
            try:
                found = bounded_process.run_bounded(
                    function, data, shown="figures", state="", options={"language": self._language}
                )
            except XRecordError:  # a bound that does not hold for this process, which does it
                return
            if not isinstance(found, list):
                return
            self._done[number] = [Figure(*fields) for fields in found]


def _portions(places: Iterator[Place]) -> Iterator[list[Place]]:
    portion: list[Place] = []
    size = 0
    for text, marks in places:
        portion.append((text, marks))
        size += len(text)
        if size >= PORTION_CHARS:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion
