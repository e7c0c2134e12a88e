"""A time without the collector of cycles, which only costs where much is made and little thrown away."""

from __future__ import annotations

import gc


class Pause:
    """The collector rests from ``with`` on until ``end()``, which comes at the latest with the end of the block."""

    def __enter__(self) -> Pause:
        self._rests = gc.isenabled()
        gc.disable()
        return self

    def __exit__(self, *error: object) -> None:
        self.end()

    def end(self) -> None:
        """Let it work again, if it did before."""
        if self._rests:
            gc.enable()
