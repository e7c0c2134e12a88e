"""Open the place where the data of an archived release are: ``archived`` in the ledger names it.

It is a folder, a web address or a bucket in the layout of a folder of releases; or, where it ends
in ``.zip``, one file with the files of one release. Whatever it serves is compared with the hashes
that the ledger names, so the place need not be trusted. But a ledger that was read from the web
must not make a reader open files of this machine, or addresses inside its network.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from xinjiang_record.archives.zip import open_zip
from xinjiang_record.errors import LimitError, ReadError, UsageError, VerifyError
from xinjiang_record.limits import LIMITS
from xinjiang_record.release.distribution.download_cache import CachedLocation
from xinjiang_record.release.distribution.locations import (
    FolderLocation,
    Location,
    open_address,
)
from xinjiang_record.release.distribution.object_stores import Store, open_store

WEB = ("https://", "http://")
# Where GitHub's addresses of a release's files redirect to.
GITHUB_FILES = frozenset({"objects.githubusercontent.com", "release-assets.githubusercontent.com"})


@dataclass(frozen=True, slots=True)
class StoreLocation:
    """Read releases from a bucket, with the credentials of this machine."""

    store: Store

    @property
    def shown(self) -> str:
        """Return the bucket's address."""
        return self.store.shown

    def read(self, path: str, sha256: str = "") -> bytes:
        """Return the bytes of an object."""
        data = self.store.read(path)
        if data is None:
            raise UsageError(f"{self.shown}/{path}: is not there.")
        return data


@dataclass(frozen=True)
class ZipLocation:
    """Read the files of one release from a zip, which is read whole, once.

    Attributes:
        location: The place of the zip.
        name: Its name there.
        folder: The path of the release, which the paths that are asked for begin with.
    """

    location: Location
    name: str
    folder: str

    @property
    def shown(self) -> str:
        """Return the address of the zip."""
        return f"{self.location.shown}/{self.name}"

    @cached_property
    def _bytes(self) -> bytes:
        return self.location.read(self.name)

    def read(self, path: str, sha256: str = "") -> bytes:
        """Return the bytes of a member."""
        member = path.removeprefix(f"{self.folder}/")
        try:
            with open_zip(self._bytes, shown=self.shown) as archive:
                if member not in archive.names:
                    raise UsageError(f"{self.shown}: has no {member}.")
                return archive.read(member, limit=LIMITS.release_bytes)
        except (ReadError, LimitError) as error:
            raise VerifyError(str(error)) from error


def open_archive(address: str, near: Location, folder: str) -> Location:
    """Return the location of an archived release.

    Args:
        address: What the ledger says.
        near: Where the ledger was read.
        folder: The path of the release.

    Raises:
        UsageError: The address is not one that a ledger read there may name.
    """
    place, _, name = address.rpartition("/")
    base = place if name.endswith(".zip") else address
    location = _open_base(base, near)
    return ZipLocation(location, name, folder) if name.endswith(".zip") else location


def _open_base(base: str, near: Location) -> Location:
    is_near_web = near.shown.startswith(WEB)
    if base.startswith(WEB):
        return _open_web(base, near, is_near_web)
    if is_near_web:
        raise UsageError(
            f"{near.shown}: its ledger says that this release is archived at {base!r}: expected an "
            "https address. Ask the publisher for the release."
        )
    if base.startswith("s3://"):
        return StoreLocation(open_store(base))
    return FolderLocation(Path(base))


def _open_web(base: str, near: Location, is_near_web: bool) -> Location:
    opened = open_address(base)
    host = urlsplit(base).hostname
    is_named = not is_near_web or host == urlsplit(near.shown).hostname
    others = GITHUB_FILES if host == "github.com" else frozenset()
    cache = _find_cache(near)
    report = cache.location.report if cache else None
    location = replace(opened, report=report, is_named=is_named, others=others)
    return replace(cache, location=location) if cache else location


def _find_cache(near: Location) -> CachedLocation | None:
    """Return the cache in front of a location, also of a signed one."""
    inner = getattr(near, "location", None)
    if isinstance(near, CachedLocation):
        return near
    return inner if isinstance(inner, CachedLocation) else None
