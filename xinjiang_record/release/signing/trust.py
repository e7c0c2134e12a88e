"""Read releases from a location whose ledgers are signed, and refuse everything else.

What is trusted is remembered in a folder of the user, one for each location: the root, the newest
metadata, and the newest ledgers. So a location that was signed once must stay signed, must not go
back, and must not fork. The root is given, or taken from the location on first use.

python-tuf does the work of the TUF client: signatures and thresholds, rotation of keys, expiry,
and that versions only rise. Beyond TUF, each ledger must have grown out of the one seen before.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tuf.api import exceptions
from tuf.api.metadata import Metadata, Root
from tuf.ngclient import Updater, UpdaterConfig
from tuf.ngclient.fetcher import FetcherInterface

from xinjiang_record import files
from xinjiang_record.errors import NotServedError, UsageError, VerifyError
from xinjiang_record.limits import LIMITS
from xinjiang_record.release.distribution.locations import Location
from xinjiang_record.release.integrity.json_files import json_text
from xinjiang_record.release.integrity.versions_json import parse_ledger
from xinjiang_record.release.signing.ledger_growth import find_shrinkage
from xinjiang_record.release.signing.shared_keys import refuse_shared_keys
from xinjiang_record.release.signing.trust_store import trust_folder

BASE = "location://"
STATE = "Nothing was read."
_SHA256 = re.compile("[0-9a-f]{64}")


class _LocationFetcher(FetcherInterface):
    """Give the TUF client what a location holds."""

    def __init__(self, location: Location) -> None:
        self._location = location

    def _fetch(self, url: str) -> Iterator[bytes]:
        path = url.removeprefix(BASE)
        try:
            data = self._location.read(path)
        except (UsageError, NotServedError) as error:  # nothing is there
            raise exceptions.DownloadHTTPError(path, 404) from error
        return iter([data])


@dataclass(slots=True)
class SignedLocation:
    """Read from a location; ledgers and catalog only as they are signed.

    All other files are those that a ledger names by their hashes, so they need no signature.
    """

    location: Location
    updater: Updater
    folder: Path

    @property
    def shown(self) -> str:
        """Return the folder or address of the location."""
        return self.location.shown

    def read(self, path: str, sha256: str = "") -> bytes:
        """Return the bytes at a path; of a ledger or the catalog, the signed ones.

        Raises:
            UsageError: Nothing is there.
            VerifyError: It is not signed as it must be.
        """
        if not path.endswith("/versions.json") and path != "catalog.json":
            return self.location.read(path, sha256)
        with _explained(self.shown):
            info = self.updater.get_targetinfo(path)
            if info is None:
                raise UsageError(f"{self.shown}: {path} is not among the signed ledgers.")
            if not _SHA256.fullmatch(str(info.hashes.get("sha256"))):
                raise VerifyError(
                    f"{self.shown}: the signed metadata give {path} no SHA-256. {STATE}"
                )
            kept = self.folder / "targets" / info.hashes["sha256"]
            if self.updater.find_cached_target(info, str(kept)) is None:
                self.updater.download_target(info, str(kept))
        data = kept.read_bytes()
        if path != "catalog.json":
            self._remember(path, data)
        return data

    def _remember(self, path: str, data: bytes) -> None:
        """Keep the newest ledger; refuse one that did not grow out of the one seen before."""
        name = f"{path.partition('/')[0]}.ledger.json"
        seen, new = self.folder / "seen" / name, parse_ledger(data, f"{self.shown}/{path}")
        before = seen.read_bytes() if seen.is_file() else b""
        if before == data:
            return
        if before:
            for problem in find_shrinkage(parse_ledger(before, str(seen)), new):
                raise VerifyError(
                    f"{self.shown}/{path}: {problem} {STATE} Ask the publisher, by another way, "
                    "which of the two is right."
                )
        files.write_bytes(seen, data)


def open_signed(
    location: Location,
    root: bytes | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> SignedLocation:
    """Return a location that reads signed ledgers only.

    Args:
        location: The location to read.
        root: The root metadata to trust. Without it, the one remembered for this location; on
            first use, the one that the location serves.
        report: Called with a line for the user on first use.

    Raises:
        VerifyError: The location is not signed, or its metadata are older than those seen before,
            forked, expired, mixed, or signed by too few of the trusted keys.
    """
    folder = trust_folder(location.shown)
    files.make_folder(folder)
    with files.locked(folder):
        first = not (folder / "root.json").exists()
        with _explained(location.shown, was_signed=not first):
            trusted = root or (_first_root(location) if first else None)
            updater = _refresh(location, folder, trusted, first)
        if first:
            files.write_text(folder / "location.json", json_text({"location": location.shown}))
            if root is None:
                report(
                    f"{location.shown}: trusted on first use, root "
                    f"{hashlib.sha256(trusted or b'').hexdigest()[:16]}. Compare it with what "
                    "the publisher says, or give the root with --root."
                )
    return SignedLocation(location, updater, folder)


def _refresh(location: Location, folder: Path, trusted: bytes | None, first: bool) -> Updater:
    """Return a client that has read the newest metadata, from a root that is trusted."""
    updater = Updater(
        str(folder),
        f"{BASE}signed/",
        target_base_url=f"{BASE}signed/targets/",
        fetcher=_LocationFetcher(location),
        config=UpdaterConfig(
            root_max_length=LIMITS.signed_root_bytes,
            timestamp_max_length=LIMITS.signed_root_bytes,
            snapshot_max_length=LIMITS.signed_bytes,
            targets_max_length=LIMITS.signed_bytes,
        ),
        bootstrap=trusted,
    )
    try:
        updater.refresh()
        for path in (folder / "root_history").glob("*.root.json"):
            root = Metadata[Root].from_bytes(path.read_bytes()).signed
            refuse_shared_keys(root, location.shown)
    except Exception:
        if first:  # nothing is trusted that has not proved itself once
            files.remove_tree(folder)
        raise
    return updater


def _first_root(location: Location) -> bytes:
    path = "signed/1.root.json"
    try:
        data = location.read(path)
    except (UsageError, NotServedError) as error:
        raise VerifyError(f"{location.shown}: is not signed (no {path}). {STATE}") from error
    most = LIMITS.signed_root_bytes  # the TUF client bounds those that follow
    if len(data) > most:
        raise VerifyError(
            f"{location.shown}/{path}: {len(data)} bytes, over the limit signed_root_bytes "
            f"({most}). {STATE}"
        )
    return data


@contextmanager
def _explained(shown: str, was_signed: bool = True) -> Iterator[None]:
    """Turn the errors of the TUF client into VerifyError: what happened, and what to do."""
    try:
        yield
    except exceptions.ExpiredMetadataError as error:
        raise VerifyError(
            f"{shown}: the signed metadata have expired ({error}). Either nobody signed in time, "
            f"or the location is kept at an old state (a freeze). {STATE} Try another copy, or ask "
            "the publisher to run `xrecord sign`."
        ) from error
    except exceptions.BadVersionNumberError as error:
        raise VerifyError(
            f"{shown}: the signed metadata are older than those seen before (a rollback: {error}). "
            f"{STATE} Try another copy, and inform the publisher."
        ) from error
    except exceptions.UnsignedMetadataError as error:
        raise VerifyError(
            f"{shown}: too few of the trusted keys have signed ({error}). {STATE} If the publisher "
            "has new keys, they must come as a new root that the old keys signed."
        ) from error
    except exceptions.LengthOrHashMismatchError as error:
        raise VerifyError(
            f"{shown}: the files do not belong together (a mixture of two states: {error}). "
            f"{STATE} Run it again; if it stays so, try another copy."
        ) from error
    except exceptions.DownloadHTTPError as error:
        if not was_signed:
            raise VerifyError(
                f"{shown}: the first signing is not complete ({error} does not exist). {STATE} "
                "Ask the publisher to finish it with `xrecord sign`."
            ) from error
        raise VerifyError(
            f"{shown}: was signed before, and now lacks a file of its signed metadata ({error}). "
            f"{STATE} Try another copy, and inform the publisher."
        ) from error
    except exceptions.DownloadError as error:
        cause = error.__cause__ or error
        if isinstance(cause, VerifyError):
            raise cause from error
        raise VerifyError(f"{shown}: signed metadata cannot be read ({cause}). {STATE}") from error
    except (exceptions.RepositoryError, json.JSONDecodeError) as error:
        raise VerifyError(
            f"{shown}: the signed metadata are not valid ({error}). {STATE}"
        ) from error
