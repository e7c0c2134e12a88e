"""Open a location with what is remembered about it: one that was signed must stay signed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from xinjiang_record import extras
from xinjiang_record.errors import UsageError
from xinjiang_record.release.distribution.locations import Location, open_location
from xinjiang_record.release.signing.trust_store import is_known
from xinjiang_record.untrusted.regular_files import read_regular_file


def open_trusted(
    base: str | Path,
    signed: bool = False,
    root: str | Path | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> Location:
    """Return the location at a folder or an address, as ``require_trust`` does."""
    return require_trust(open_location(base), signed, root, report)


def require_trust(
    location: Location,
    signed: bool = False,
    root: str | Path | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> Location:
    """Return a location; if it is or must be signed, one that reads signed ledgers only.

    Args:
        location: The location.
        signed: Read signed ledgers only. This is remembered for the location.
        root: A file with the root metadata to trust, if not the first that is served.
        report: Called with a line for the user when a location is trusted on first use.

    Raises:
        VerifyError: The location is not signed as it must be.
    """
    if not (signed or root is not None or is_known(location.shown)):
        return location
    extras.require("sign")
    from xinjiang_record.release.signing.trust import open_signed  # deferred: optional extra

    try:
        trusted = None if root is None else read_root(Path(root))
    except ValueError as error:  # NUL, or half a character
        raise UsageError(f"root: {str(root)[:100]!r} is not the name of a file.") from error
    return open_signed(location, trusted, report)


def read_root(path: Path) -> bytes:
    """Return the root metadata in a file that the reader names.

    Raises:
        ReadError: it is not a regular file.
        LimitError: it is larger than a root may be.
    """
    return read_regular_file(path, "signed_root_bytes", follow_link=True)
