"""List what a release says about itself, in one module a dialect.

Every dialect is a pure function of ``release_info.ReleaseInfo``, so that no two can disagree. To
add one, write a module with ``PATH`` and ``render``, and list it here.
"""

from __future__ import annotations

from typing import Protocol

from xinjiang_record.release.metadata import (
    citation_cff,
    croissant,
    datacite,
    datapackage,
    jsonld,
    license_notice,
    readme,
)
from xinjiang_record.release.metadata.release_info import ReleaseInfo


class Dialect(Protocol):
    """Hold a module that writes one file about a release."""

    PATH: str

    def render(self, release: ReleaseInfo) -> str:
        """Return the text of the file."""


# These are in the zip download too, so they cannot describe it.
DIALECTS: tuple[Dialect, ...] = (readme, citation_cff, license_notice, datapackage)
# These describe every file of the release, the downloads included.
DIALECTS_WITH_DOWNLOADS: tuple[Dialect, ...] = (jsonld, croissant, datacite)
