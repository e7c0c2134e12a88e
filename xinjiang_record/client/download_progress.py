"""Show a progress bar for a large download, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Callable

from xinjiang_record.limits import MIB

LARGE_BYTES = 4 * MIB  # smaller downloads show nothing


def show_progress() -> Callable[[int, int], None] | None:
    """Return a function to call with the bytes that came and those declared; None off a terminal.

    The bar begins with a download of more than ``LARGE_BYTES`` and ends with it.
    """
    if not sys.stderr.isatty():
        return None
    bars: list[_Bar] = []

    def report(received: int, declared: int) -> None:
        if declared < LARGE_BYTES:
            return
        if not bars:
            bars.append(_Bar(declared))
        bars[0].update(received)
        if received >= declared:
            bars.pop().stop()

    return report


class _Bar:
    """Draw one bar on standard error."""

    def __init__(self, total: int) -> None:
        from rich.console import Console  # deferred: start-up
        from rich.progress import (  # deferred: start-up
            BarColumn,
            DownloadColumn,
            Progress,
            TimeRemainingColumn,
        )

        self._progress = Progress(
            BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=Console(stderr=True)
        )
        self._task = self._progress.add_task("download", total=total)
        self._progress.start()

    def update(self, received: int) -> None:
        """Show how many bytes came."""
        self._progress.update(self._task, completed=received)

    def stop(self) -> None:
        """End the bar, and leave its last state on the terminal."""
        self._progress.stop()
