"""Write downloads/: the complete package as one zip, one spreadsheet and one SQLite file.

The same release and the same libraries give the same bytes. A package of more than
``release_info.DOWNLOAD_ROWS`` rows has no downloads; its Parquet files serve better there.

To add a format, write one module with ``SUFFIX``, ``TITLE`` and ``write``, list it in ``FORMATS``,
and add its media type to ``tables/file_info.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from xinjiang_record.release.download_formats import sqlite_file, xlsx_file, zip_file
from xinjiang_record.release.download_formats.content import DownloadContent


class DownloadFormat(Protocol):
    """Hold a module that writes one download."""

    SUFFIX: str
    TITLE: str  # as the site's data page names it

    def write(self, path: Path, content: DownloadContent) -> None:
        """Write the file at ``path``."""


FORMATS: tuple[DownloadFormat, ...] = (zip_file, xlsx_file, sqlite_file)
