"""Write the zip download: all other files of the release, a complete data package and RO-Crate."""

from __future__ import annotations

from pathlib import Path

from xinjiang_record.archives.zip import write_zip
from xinjiang_record.release.download_formats.content import DownloadContent

SUFFIX, TITLE = "zip", "ZIP"


def write(path: Path, content: DownloadContent) -> None:
    """Write the zip file."""
    write_zip(path, content.members)
