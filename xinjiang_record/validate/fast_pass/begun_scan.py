"""Hand over a scan that was begun before Frictionless was imported, for a table to go on with it.

A thread checks further pieces while Frictionless is imported and opens the table.
"""

from __future__ import annotations

import os
import threading

from xinjiang_record.validate.fast_pass.scan import Scan
from xinjiang_record.validate.readers.csv_reader import CsvTable

_OF_THREAD = threading.local()


class BegunScan:
    """Hold the scan that this thread has begun, until a table takes it or ``close()``."""

    def __init__(self, scan: Scan) -> None:
        self.scan, self._failed = scan, False
        self._thread = threading.Thread(target=self._go_on, name="xrecord-scan", daemon=True)

    def go_on(self) -> None:
        """Check further pieces, in a thread, and offer the scan to the table."""
        _OF_THREAD.begun = self
        self._thread.start()

    def _go_on(self) -> None:
        try:
            self.scan.advance()
        except BaseException:  # of any kind: the table is read again, and says what it is
            self._failed = True

    def close(self) -> None:
        """End the threads of a scan that no table has taken."""
        if self._thread.is_alive():
            self.scan.close()
            self._thread.join()
        if getattr(_OF_THREAD, "begun", None) is self:
            self.scan.close()
            _OF_THREAD.begun = None

    def take(self, scan: Scan) -> Scan:
        """Return the scan, which now reads cells as ``scan`` does; ``scan`` itself if it failed."""
        self._thread.join()
        _OF_THREAD.begun = None
        if self._failed:
            self.scan.close()
            return scan
        for own, check in zip(self.scan.checks, scan.checks, strict=True):
            own.cells.read_with(check.field.create_cell_reader())
        return self.scan


def take_begun(scan: Scan) -> Scan:
    """Return the scan that was begun of the same table by the same rules, or else ``scan``."""
    begun: BegunScan | None = getattr(_OF_THREAD, "begun", None)
    if begun is None or _describe(begun.scan) != _describe(scan):
        return scan
    return begun.take(scan)


def _describe(scan: Scan) -> object:
    """Return all that decides what a scan finds, in a form that can be compared."""
    table = scan.table
    if not isinstance(table, CsvTable):
        return scan
    python = table.shape.dialect
    return (
        [(os.path.realpath(part.path), part.gzip, part.skip) for part in table.parts],
        (table.size, table.encoding, table.first, table.ahead, table.stream, table.tabbed),
        (table.comment, table.comment_rows, table.skip_blank),
        (table.shape.delimiter, table.shape.quote, table.shape.width),
        (python.doublequote, python.escapechar, python.skipinitialspace),
        [check.describe() for check in scan.checks],
        [(group.places, group.primary) for group in scan.groups],
        [reference.places for reference in scan.references],
    )
