"""Add the addresses of a release: of the page by which it is cited, and of its files.

A release does not know where it is served: its bytes are the same at every publisher. So whoever
prints or publishes an address adds it here.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from xinjiang_record import settings
from xinjiang_record.errors import UsageError
from xinjiang_record.release.distribution.release_locations import Release
from xinjiang_record.release.metadata.release_info import ReleaseInfo
from xinjiang_record.release.tables.file_info import FileInfo


def version_page(homepage: str, package: str, version: str) -> str:
    """Return the address of the page about one version, on a site with this homepage."""
    return f"{homepage}data/{package}/{version}.html"


def known_addresses() -> settings.Addresses:
    """Return the addresses of the checkout that is worked in; elsewhere those of the publisher."""
    try:
        return settings.find_project().addresses
    except UsageError:
        return settings.shipped_addresses()


def add_address(release: ReleaseInfo, addresses: settings.Addresses | None = None) -> ReleaseInfo:
    """Return a release with the address by which it is cited: its page, if the homepage is known.

    The citation of a copy names the same address, wherever the copy is.
    """
    homepage = (known_addresses() if addresses is None else addresses).homepage
    if not homepage:
        return release
    return replace(release, homepage=version_page(homepage, release.package, release.version))


def describe_served(release: Release, folder: Path, addresses: settings.Addresses) -> ReleaseInfo:
    """Return a release that is served at these addresses, with its downloads.

    ``folder`` is the release's folder on this machine. Without addresses, paths are relative.
    """
    downloads = tuple(
        FileInfo(path, (folder / path).stat().st_size, digest)
        for path, digest in release.sums.items()
        if path.startswith("downloads/") and (folder / path).is_file()
    )
    base = addresses.data_base
    archived = str(release.entry.get("archived", ""))
    if archived.startswith(("https://", "http://")) and not archived.endswith(".zip"):
        base = f"{archived.rstrip('/')}/"
    served = f"{base}{release.path}/" if base else ""
    return replace(add_address(release.info, addresses), downloads=downloads, folder=served)
