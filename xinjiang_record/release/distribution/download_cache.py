"""Keep what was downloaded from a web address, so that the same bytes are not sent twice.

    <folder>/files/<sha256>           a file of a release, named by its hash
    <folder>/ledgers/<sha256>.json    a ledger or catalog: its address, ETag and text

A file whose hash is known is read from here, once its bytes have been hashed again. A ledger or
catalog is always asked for, with its strong ETag: the server sends it where it has changed. So the
answer is that of the server. Only where no server answers is the kept ledger read, and a warning
says so. A cache that is damaged, full or not writable changes nothing but the time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from xinjiang_record import files, settings
from xinjiang_record.errors import EnvironmentFault, FetchError, NotServedError
from xinjiang_record.limits import LIMITS
from xinjiang_record.release.distribution.locations import WebLocation

FILES, LEDGERS = "files", "ledgers"


@dataclass(frozen=True, slots=True)
class CachedLocation:
    """Read from a web address through a folder of downloads.

    Attributes:
        location: The address.
        folder: The folder of downloads.
        is_offline: Ask no server.
        warn: Called with a sentence where a kept ledger is read unchecked.
    """

    location: WebLocation
    folder: Path
    is_offline: bool
    warn: Callable[[str], None]

    @property
    def shown(self) -> str:
        """Return the address."""
        return self.location.shown

    def read(self, path: str, sha256: str = "") -> bytes:
        """Return the bytes at a path, from the folder where their hash is known and kept."""
        if not sha256:
            return self._read_current(path)
        kept = self.folder / FILES / sha256
        with contextlib.suppress(OSError):
            data = kept.read_bytes()
            if hashlib.sha256(data).hexdigest() == sha256:
                os.utime(kept)  # the longest unused is deleted first
                return data
        if self.is_offline:
            raise self._not_kept(path)
        data = self.location.read(path)
        if hashlib.sha256(data).hexdigest() == sha256:
            self._keep(kept, data)
        return data

    def _read_current(self, path: str) -> bytes:
        """Return a ledger or the catalog as the server has it now, or, without one, as kept."""
        address = f"{self.location.address.rstrip('/')}/{path}"
        kept = self.folder / LEDGERS / f"{hashlib.sha256(address.encode()).hexdigest()}.json"
        known = _read_entry(kept, address)
        if self.is_offline:
            if known is None:
                raise self._not_kept(path)
            self._warn(path, known, "XRECORD_OFFLINE is set")
            return known.text.encode()
        try:
            data, etag = self.location.read_unless(path, known.etag if known else "")
        except NotServedError:
            raise
        except FetchError as error:
            if known is None:
                raise
            self._warn(path, known, str(error))
            return known.text.encode()
        if data is None and known is not None:
            return known.text.encode()
        data = data or b""
        with contextlib.suppress(UnicodeDecodeError):
            strong = "" if etag.startswith("W/") else etag
            entry = _Entry(address, strong, settings.now().isoformat("T", "seconds"), data.decode())
            self._keep(kept, entry.encode())
        return data

    def _keep(self, path: Path, data: bytes) -> None:
        """Write a file, and delete the longest unused above the limit; failing is allowed."""
        if len(data) > LIMITS.cache_bytes:
            return
        with contextlib.suppress(EnvironmentFault, OSError):
            files.write_bytes(path, data)
            shrink(self.folder, LIMITS.cache_bytes)

    def _warn(self, path: str, known: _Entry, why: str) -> None:
        self.warn(
            f"{self.shown}/{path}: read as it was at {known.checked_at}, for the server was not "
            f"asked or did not answer ({why}). Releases and withdrawals since then are missing."
        )

    def _not_kept(self, path: str) -> FetchError:
        return FetchError(
            f"{self.shown}/{path}: is not among the downloads in {self.folder}, and "
            "XRECORD_OFFLINE is set. Unset it, or name a folder of releases."
        )


@dataclass(frozen=True, slots=True)
class _Entry:
    """Hold a ledger or catalog as it was served at a time."""

    address: str
    etag: str
    checked_at: str
    text: str

    def encode(self) -> bytes:
        """Return the bytes of the file, with their own hash in the first line."""
        body = json.dumps([self.address, self.etag, self.checked_at, self.text]).encode()
        return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def _read_entry(path: Path, address: str) -> _Entry | None:
    """Return what is kept; None where nothing is, or where it is damaged."""
    try:
        digest, _, body = path.read_bytes().partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() != digest:
            return None
        entry = _Entry(*json.loads(body))
    except (OSError, ValueError, TypeError):
        return None
    return entry if entry.address == address else None


def shrink(folder: Path, most: int) -> None:
    """Delete the longest unused files of the folder until the rest is within ``most`` bytes."""
    found = []
    for name in (FILES, LEDGERS):
        with contextlib.suppress(FileNotFoundError), os.scandir(folder / name) as entries:
            found += [(item.stat().st_mtime_ns, item.stat().st_size, item.path) for item in entries]
    total = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if total <= most:
            return
        files.remove_tree(Path(path))
        total -= size
