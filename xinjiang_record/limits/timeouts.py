"""Limit how long things take: downloads, readers, patterns, locks, whole commands."""

from __future__ import annotations

from dataclasses import dataclass

from xinjiang_record.limits.units import limit


@dataclass(frozen=True)
class Timeouts:
    """Bound times."""

    download_seconds: int = limit(60, "seconds", "one download, all its redirects together")
    upload_seconds: int = limit(900, "seconds", "one request to an archive")
    lock_wait_seconds: int = limit(60, "seconds", "how long a publisher waits for another")
    sniff_seconds: int = limit(1, "seconds of processor", "guessing the dialect of a table")
    pattern_seconds: int = limit(
        2, "seconds of processor", "one pattern of a schema over all its cells"
    )
    reader_seconds: int = limit(8, "seconds of processor", "reading one document")
    extract_seconds: int = limit(60, "seconds", "`xrecord extract`")
    check_seconds: int = limit(60, "seconds", "`xrecord check`")
    preview_seconds: int = limit(300, "seconds", "`xrecord preview`")
    get_seconds: int = limit(7_200, "seconds", "`xrecord get`")
    snapshot_days: int = limit(30, "days", "how old a snapshot may be before it is due again")
