"""Read the options that the release commands share: --from, and PACKAGE@VERSION."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from xinjiang_record import settings
from xinjiang_record.errors import UsageError
from xinjiang_record.untrusted.escape_text import LAYOUT, escape_unprintable

if TYPE_CHECKING:
    from xinjiang_record.release.distribution.locations import Location

FROM = click.option(
    "--from",
    "base",
    metavar="BASE",
    help="A folder of releases or an http(s) address. [default: published/ of the checkout]",
)


SIGNED = click.option(
    "--signed",
    is_flag=True,
    help="Read signed ledgers only. A location that was read so once must stay signed.",
)
ROOT = click.option(
    "--root",
    type=click.Path(exists=True, dir_okay=False),
    help="Trust this root.json, from the publisher, instead of the first one that is served.",
)


def base_of(base: str | None) -> str:
    """Return where releases are read from: --from, XRECORD_BASE, the checkout, the publisher."""
    place = base or settings.default_base()
    if not place:
        raise UsageError(
            "No releases here: expected --from FOLDER_OR_ADDRESS, the environment variable "
            "XRECORD_BASE, or a checkout of Xinjiang Record (change into one, or --project DIR)."
        )
    return place


def open_from(base: str | None, signed: bool = False, root: str | None = None) -> Location:
    """Open the location that ``base_of`` names; as a signed one, if asked for or known as such."""
    from xinjiang_record.release.distribution.trusted_location import (
        open_trusted,  # deferred: start-up
    )

    return open_trusted(base_of(base), signed, root, print_warning)


def split_release_name(name: str) -> tuple[str, str]:
    """Split PACKAGE or PACKAGE@VERSION; the version is "latest" if not given.

    Raises:
        UsageError: nothing is before the @, or nothing follows it.
    """
    package, at, version = name.partition("@")
    if not package or (at and not version):
        missing = "version" if package else "package"
        raise UsageError(f"{name!r}: expected PACKAGE or PACKAGE@VERSION. Name a {missing}.")
    return package, version or "latest"


def print_warning(text: str) -> None:
    """Print a warning on standard error, unless it is empty."""
    if text:
        print(f"xrecord: warning: {escape_unprintable(text, keep=LAYOUT)}", file=sys.stderr)
