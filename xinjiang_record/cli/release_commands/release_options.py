"""Read the options that the release commands share: --from, and PACKAGE@VERSION."""

from __future__ import annotations

from typing import Any

import click

from xinjiang_record import settings

FROM = click.option(
    "--from",
    "base",
    metavar="BASE",
    help="A folder of releases or an http(s) address, if not this checkout's published/.",
)


def base_of(base: str | None) -> str:
    return base or settings.environment("XRECORD_BASE") or str(settings.find_project().published)


def home_of(base: str | None) -> Any:
    from xinjiang_record.release.distribution.release_locations import open_location

    return open_location(base_of(base))


def split_release_name(name: str) -> tuple[str, str]:
    """A package and a version from PACKAGE or PACKAGE@VERSION."""
    package, _, version = name.partition("@")
    return package, version or "latest"
