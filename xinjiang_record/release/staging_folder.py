"""Hold the folder that is being filled with a release, and what is known of its files."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path

from xinjiang_record import files
from xinjiang_record.release.tables.file_info import FileInfo


@dataclass(slots=True)
class StagingFolder:
    """Hold a folder that is being filled, with the size and SHA-256 of each file by path.

    ``other`` flushes the files to the disk, while more are written and verified.
    """

    folder: Path
    other: Executor
    hashes: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    flushes: list[Future[None]] = field(default_factory=list)

    def later(self, flush: Callable[[], None]) -> Future[None]:
        """Flush a file in the other thread."""
        self.flushes.append(self.other.submit(flush))
        return self.flushes[-1]

    def wait(self) -> None:
        """Wait until all files are on the disk.

        Raises:
            NotWritableError: One could not be flushed.
        """
        for flushed in self.flushes:
            flushed.result()

    def write(self, path: str, text: str) -> None:
        """Write a new file."""
        data = text.encode("utf-8")
        files.make_folder((self.folder / path).parent)
        self.note(path, files.create(self.folder / path, data, self.later), len(data))

    def note(self, path: str, sha256: str, size: int) -> FileInfo:
        """Remember a file that something else has written and hashed."""
        self.hashes[path], self.sizes[path] = sha256, size
        return FileInfo(path, size, sha256)

    def seal(self, path: str) -> FileInfo:
        """Flush, hash and remember a file that a library has written."""
        digest = files.seal(self.folder / path, self.later)
        return self.note(path, digest, (self.folder / path).stat().st_size)
