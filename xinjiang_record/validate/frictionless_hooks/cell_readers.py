"""Call Frictionless's cell readers: once for each distinct text, and for URIs not at all if sure.

``CellCache`` remembers what a reader said. ``install()`` changes one method of Frictionless, which
reads a URI with the package ``rfc3986``. Frictionless 5.21 requires a scheme and a colon; where a
text is plainly good or bad the import, which takes time, is not needed.

Measured in CPU seconds for 10 rows, for 10,000 rows and for the ten tables of joint-statements:
0.29, 0.39 and 0.54 with it; 0.34, 0.47 and 0.57 without it. A faster reader of the names of files
brought 3 to 5 %, and was removed.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from typing import Any

from frictionless.fields import StringField

from xinjiang_record.validate.field_types.text_formats import URI

MOST_TEXTS = 200_000  # texts remembered for one column before the cache starts again
Verdict = tuple[bool, object]
FRICTIONLESS_READER: Any = StringField.create_value_reader


def install() -> None:
    """Have Frictionless use this reader. Calling it again changes nothing."""
    setattr(StringField, "create_value_reader", _create_value_reader)  # noqa: B010


def _create_value_reader(field: StringField) -> Callable[[object], object]:
    """Return what ``StringField.create_value_reader`` does; of a URI a faster reader."""
    if field.format != "uri":
        native: Callable[[object], object] = FRICTIONLESS_READER(field)
        return native
    plain = re.compile(URI).match
    readers: list[Any] = []

    def read(cell: object) -> object:
        if isinstance(cell, str) and cell.isascii():
            if ":" not in cell:
                return None
            if plain(cell):
                return cell
        if not readers:
            readers.append(FRICTIONLESS_READER(field))
        return readers[0](cell)

    return read


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
