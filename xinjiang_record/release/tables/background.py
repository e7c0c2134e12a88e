"""Run work in other threads while the caller goes on.

Arrow, hashing and the file system release the interpreter's lock, so that both cores have work.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor


class Background(ThreadPoolExecutor):
    """Hold threads for a ``with`` block.

    At its end no work is running. What has not begun when the block fails is given up.
    """

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """Wait for the threads."""
        self.shutdown(cancel_futures=kind is not None)
