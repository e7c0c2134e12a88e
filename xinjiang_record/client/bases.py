"""Find the releases that a call reads: by ``base``, version or lock file, through the cache."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from xinjiang_record import settings
from xinjiang_record.errors import (
    FetchError,
    NotServedError,
    OfflineWarning,
    UsageError,
    VerifyError,
    WithdrawnWarning,
)

if TYPE_CHECKING:
    from xinjiang_record.release.distribution.locations import Location
    from xinjiang_record.release.distribution.release_locations import Release

Base = str | Path | None


def cache_dir() -> Path:
    """Return the folder where the client keeps what it downloads.

    It is ``XRECORD_CACHE``, or a folder in the user's cache folder. It may be deleted at any time:
    each file is compared with its hash before it is used, and ledgers are asked for again. With
    ``XRECORD_OFFLINE=1`` no server is asked. ``XRECORD_LIMIT_CACHE_BYTES`` sets its maximum size.
    """
    return settings.cache_folder()


def open_base(base: Base = None, signed: bool = False, root: Base = None) -> Location:
    """Return the location of ``base``: a folder, or a web address with the cache in front of it.

    Args:
        base: A folder or address; without it XRECORD_BASE, else ``published/`` of this checkout,
            else the address of the publisher.
        signed: Read signed ledgers only.
        root: A root.json to trust.

    Raises:
        UsageError: No base is given and none is found, or it is not a folder or an address.
    """
    from xinjiang_record.client.download_progress import show_progress  # deferred: start-up
    from xinjiang_record.release.distribution.download_cache import (
        CachedLocation,  # deferred: start-up
    )
    from xinjiang_record.release.distribution.locations import (
        WebLocation,  # deferred: start-up
        open_location,
    )
    from xinjiang_record.release.distribution.trusted_location import (
        require_trust,  # deferred: start-up
    )

    location = open_location(_choose_base(base))
    if isinstance(location, WebLocation):
        location = CachedLocation(
            replace(location, report=show_progress()),
            cache_dir(),
            settings.environment("XRECORD_OFFLINE") not in ("", "0"),
            _warn_offline,
        )
    return require_trust(location, signed, root, lambda line: warnings.warn(line, stacklevel=5))


def _choose_base(base: Base) -> str | Path:
    place = base or settings.default_base()
    if place:
        return place
    raise UsageError(
        "No releases here: expected base=FOLDER or base=ADDRESS, the environment variable "
        "XRECORD_BASE, or a working directory in a checkout of Xinjiang Record."
    )


def find_pinned_release(
    package: str,
    version: str,
    base: Base,
    lock: Base = None,
    signed: bool = False,
    root: Base = None,
) -> Release:
    """Return a release by version, or the one that a lock file pins.

    Raises:
        UsageError: The package or version is unknown, or ``base`` has no releases.
        VerifyError: The lock file pins other bytes.
    """
    from xinjiang_record.release.distribution.release_locations import (
        find_release,  # deferred: start-up
    )

    pinned = _read_pin(lock, package) if lock is not None else None
    with explain_base():
        location = open_base(base, signed, root)
        found = find_release(location, package, pinned["version"] if pinned else version)
    if pinned and found.entry["release_id"] != pinned["release_id"]:
        raise VerifyError(
            f"{lock}: pins {package} {pinned['version']} with the id {pinned['release_id']}: "
            f"got {found.entry['release_id']} from {found.location.shown}."
        )
    warn_of_withdrawal(found, 5)
    return found


def warn_of_withdrawal(release: Release, level: int = 3) -> None:
    """Warn, for the caller ``level`` steps up, that a release is withdrawn, if it is."""
    if notice := release.withdrawal_notice:
        warnings.warn(notice, WithdrawnWarning, stacklevel=level)


@contextlib.contextmanager
def explain_base() -> Iterator[None]:
    """Add to an error about the place of the releases how another one is given."""
    try:
        yield
    except (FetchError, UsageError) as error:
        text = str(error)
        is_place = isinstance(error, FetchError) or "folder of the releases?" in text
        if not is_place or "base=" in text:
            raise
        kind = type(error) if isinstance(error, NotServedError | UsageError) else FetchError
        raise kind(f"{text} Give another place as base=FOLDER or base=ADDRESS.") from error


def _read_pin(lock: str | Path, package: str) -> dict[str, str]:
    from xinjiang_record.release.integrity.json_files import (
        check_shape,  # deferred: start-up
        read_json,
    )
    from xinjiang_record.release.integrity.release_shapes import LOCK  # deferred: start-up

    if not Path(lock).is_file():
        raise UsageError(f"{lock}: there is no such lock file. Write one with xr.lock().")
    value = read_json(Path(lock))
    check_shape(value, LOCK, str(lock))
    if package not in value["packages"]:
        raise UsageError(f"{lock}: does not pin {package}. Write the file again with xr.lock().")
    pinned: dict[str, str] = value["packages"][package]
    return pinned


def _warn_offline(text: str) -> None:
    warnings.warn(text, OfflineWarning, stacklevel=2)
