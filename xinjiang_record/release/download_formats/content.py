"""Hold what every download is written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from xinjiang_record.release.metadata import citation
from xinjiang_record.release.metadata.release_info import ReleaseInfo


@dataclass(frozen=True, slots=True)
class DownloadContent:
    """Hold one release: its words, its tables, and its staged files by their path in the zip.

    ``views``: the SQL of the views of database files, by name.
    """

    release: ReleaseInfo
    tables: Mapping[str, pa.Table]
    members: Mapping[str, Path | bytes]
    views: Mapping[str, str] = field(default_factory=dict)


def describe_release(release: ReleaseInfo) -> list[tuple[str, str]]:
    """Return what the release is, as names and values for a first sheet or an ``_about`` table."""
    return [
        ("title", release.title),
        ("version", release.version),
        ("created", release.created),
        ("description", release.description),
        ("licence", ", ".join(item["name"] for item in release.licenses)),
        ("how to cite", citation.format_citation(release).strip()),
        ("content hash", f"sha256:{release.content_hash}"),
    ]
