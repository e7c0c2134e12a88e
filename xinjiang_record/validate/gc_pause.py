"""Disable garbage collection while many objects are made and few are dropped."""

from __future__ import annotations

import gc


class GcPause:
    """Disable garbage collection from ``with`` to ``end()`` or the end of the block."""

    def __enter__(self) -> GcPause:
        self._was_enabled = gc.isenabled()
        gc.disable()
        return self

    def __exit__(self, *error: object) -> None:
        self.end()

    def end(self) -> None:
        """Enable it again, if it was enabled before."""
        if self._was_enabled:
            gc.enable()
