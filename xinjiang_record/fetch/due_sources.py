"""Fetch registered sources again, store what is new, write the custody log, and report changes.

Data are never changed.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from xinjiang_record import exit_codes, files, settings
from xinjiang_record.errors import (
    FindingsError,
    LimitError,
    ReadError,
    UsageError,
    XRecordError,
)
from xinjiang_record.fetch import custody_log, snapshots
from xinjiang_record.fetch.http_client import GONE, STATE, Fetched, Policy, fetch, host_of
from xinjiang_record.limits import LIMITS
from xinjiang_record.model import Finding, Place, Row
from xinjiang_record.raw_files import (
    MORE_SOURCE_COLUMNS,
    SOURCE_COLUMNS,
    parse_csv,
    read_file,
)
from xinjiang_record.settings import Project
from xinjiang_record.untrusted.regular_files import read_regular_file

Action = Literal[
    "fetched", "changed", "same-text", "unchanged", "not-modified", "gone", "failed", "from-file"
]
_ERROR_PAGES = (
    "404",
    "403",
    "not found",
    "access denied",
    "forbidden",
    "just a moment",
    "attention required",
    "error",
    "robot check",
)


@dataclass(frozen=True, slots=True)
class FetchResult:
    """Report one fetch of a source; ``finding`` is for a maintainer."""

    source_id: str
    url: str
    action: Action
    sha256: str = ""
    finding: Finding | None = None
    message: str = ""


def read_registry(project: Project) -> dict[str, Row]:
    """Return ``raw/sources.csv`` by source id. Raises FindingsError if it cannot be read."""
    path = project.raw / "sources.csv"
    if not path.is_file():
        raise UsageError(f"{path} is not there: no source is registered.")
    folder = read_file(project.root, path)
    rows, findings = (
        parse_csv(folder.files["sources.csv"], SOURCE_COLUMNS, MORE_SOURCE_COLUMNS)
        if folder.files
        else ([], [])
    )
    if folder.findings or findings:
        raise FindingsError("; ".join(str(item) for item in (*folder.findings, *findings)))
    return {row["source_id"]: row for row in rows}


def select_sources(sources: dict[str, Row], asked: Iterable[str]) -> list[Row]:
    """Return the sources named by id or registered address, in that order.

    Raises UsageError for one that is not registered.
    """
    by_url = {row["url"]: row for row in sources.values()}
    found = []
    for name in asked:
        row = sources.get(name) or by_url.get(name)
        if row is None:
            raise UsageError(
                f"{name[:200]!r} is not a registered source. "
                "Name a source_id or an address of raw/sources.csv."
            )
        found.append(row)
    return found


def list_due_sources(sources: dict[str, Row], log: custody_log.Custody, now: datetime) -> list[Row]:
    """Return the sources not fetched within ``snapshot_days``, oldest first."""
    limit = (now - timedelta(days=LIMITS.snapshot_days)).isoformat(timespec="seconds")
    looks = {name: log.last_look(name) for name in sources}
    return [
        sources[name]
        for name in sorted(sources, key=lambda name: (looks[name], name))
        if looks[name] <= limit
    ]


def fetch_sources(
    project: Project, sources: Iterable[Row], *, warc: bool = False, policy: Policy | None = None
) -> Iterator[FetchResult]:
    """Fetch each source in turn, with a second between requests to one host.

    A source that fails does not stop the others.
    """
    asked: dict[str, float] = {}
    for row in sources:
        host = host_of(row["url"])
        if host in asked:
            settings.pause(max(0.0, asked[host] + 1.0 - settings.monotonic()))
        try:
            yield fetch_source(project, row, warc=warc, policy=policy)
        except XRecordError as error:
            if not isinstance(error, LimitError) and error.exit_code != exit_codes.ENVIRONMENT:
                raise
            yield FetchResult(row["source_id"], row["url"], "failed", message=str(error))
        asked[host] = settings.monotonic()


def fetch_source(
    project: Project, row: Row, *, warc: bool = False, policy: Policy | None = None
) -> FetchResult:
    """Fetch one source, and store and log the result.

    Raises FetchError or LimitError; then nothing was stored.
    """
    before = custody_log.read_custody_log(project.raw).latest(row["source_id"])
    old = snapshots.read_sidecar(project.raw, before["sha256"]) if before else {}
    headers = old["hops"][-1]["headers"] if old and old["hops"] and old["url"] == row["url"] else {}
    hosts = frozenset({host_of(row["url"]), *row.get("hosts").split()})
    fetched = fetch(
        row["url"],
        hosts=hosts,
        etag=headers.get("etag", ""),
        last_modified=headers.get("last-modified", ""),
        policy=policy,
    )
    archive = None
    if warc:
        from xinjiang_record.fetch.warc_export import exchange  # deferred: optional extra

        archive = exchange(fetched)
    with files.locked(project.raw / "snapshots"):
        return _keep(project, row, fetched, archive)


def keep_file(project: Project, row: Row, path: Path) -> FetchResult:
    """Store a file that a person saved as the snapshot of a source, and log that it was a file.

    The sidecar says ``from_file`` and has no answers of a server: nobody can say from it what the
    address served.

    Raises:
        ReadError: The file is not a regular file, or is empty.
        LimitError: It is larger than a document may be.
    """
    body = read_regular_file(path, "document_bytes")
    if not body.strip():
        raise ReadError(f"{path}: is empty. {STATE}")
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    saved = Fetched(row["url"], (), body, len(body), settings.now(), 0.0, kind)
    with files.locked(project.raw / "snapshots"):
        return _keep(project, row, saved, None)


def _keep(project: Project, row: Row, fetched: Fetched, warc: bytes | None) -> FetchResult:
    """Compare with the newest line of the log as it is under the lock, store, and add a line."""
    log = custody_log.read_custody_log(project.raw)
    before = log.latest(row["source_id"])
    was = str(before["sha256"]) if before else ""
    sha256, action = was, _missing(fetched)
    finding = _is_gone(row, fetched) if action == "gone" else None
    if action is None:
        finding = _error_page(row, fetched)
        if finding:
            return FetchResult(row["source_id"], row["url"], "failed", "", finding, finding.message)
        sha256 = snapshots.store_snapshot(project.raw, row["source_id"], fetched, warc=warc)
        action = _compare(project, was, sha256, fetched)
        finding = _has_changed(row, project, was, sha256) if action == "changed" else None
        action = action if fetched.hops else "from-file"
    custody_log.append_entry(
        project.raw,
        {
            "at": fetched.started_at.isoformat(timespec="seconds"),
            "action": action,
            "source_id": row["source_id"],
            "url": row["url"],
            "sha256": "" if action == "gone" else sha256,
            "bytes": 0 if action in ("gone", "not-modified") else len(fetched.body),
            "tool": snapshots.TOOL,
        },
    )
    return FetchResult(row["source_id"], row["url"], action, sha256, finding)


def _missing(fetched: Fetched) -> Action | None:
    if not fetched.hops:
        return None
    return "not-modified" if fetched.status == 304 else "gone" if fetched.status in GONE else None


def _compare(project: Project, was: str, sha256: str, fetched: Fetched) -> Action:
    if not was:
        return "fetched"
    if was == sha256:
        return "unchanged"
    text, old = (
        snapshots.hash_text(fetched),
        snapshots.read_sidecar(project.raw, was).get("text_sha256", ""),
    )
    return "same-text" if text and text == old else "changed"


def _finding(row: Row, kind: str, message: str) -> Finding:
    return Finding(
        kind, message, row.place, resource="sources", record=row["source_id"], value=row["url"]
    )


def _has_changed(row: Row, project: Project, was: str, sha256: str) -> Finding:
    old, new = (snapshots.read_sidecar(project.raw, name) for name in (was, sha256))
    sizes = f"{old.get('bytes', '?')} bytes, now {new.get('bytes', '?')}"
    kinds = (
        ""
        if old.get("media_type") == new.get("media_type")
        else f"; it was {old.get('media_type')}, now {new.get('media_type')}"
    )
    since = str(old.get("fetched_at", "an earlier time"))[:10]
    message = (
        f"{row['url']} has changed since {since} ({sizes}{kinds}). Compare "
        f"raw/snapshots/{was[:12]}... and raw/snapshots/{sha256[:12]}.... No data was changed."
    )
    return _finding(row, "source-changed", message)


def _is_gone(row: Row, fetched: Fetched) -> Finding:
    message = (
        f"{row['url']} answers with status {fetched.status}. A source that is gone has retracted "
        "nothing: the record stays as it is. Find an archived copy."
    )
    return _finding(row, "source-gone", message)


def _error_page(row: Row, fetched: Fetched) -> Finding | None:
    """Return a finding for a page whose title says that it is an error page, with status 200."""
    if fetched.media_type != "text/html":
        return None
    # Whoever only schedules other flows needs no reader of pages.
    from xinjiang_record.document_readers.formats.html import (  # deferred: optional extra
        page_title,
    )

    title = page_title(fetched.body)
    if not title.lower().startswith(_ERROR_PAGES):
        return None
    return _finding(
        row,
        "error-page",
        f"{row['url']} answers with the page {title[:80]!r} and status 200. Nothing was stored.",
    )


def verify_sources(project: Project) -> list[Finding]:
    """Check the custody log, every snapshot here, and that each logged hash has its sidecar.

    Opens no connection.
    """
    log = custody_log.read_custody_log(project.raw)
    findings = [*log.findings, *snapshots.verify_snapshots(project.raw)]
    for sha256 in sorted({str(item["sha256"]) for item in log.entries if item["sha256"]}):
        if not (snapshots.snapshot_folder(project.raw, sha256) / snapshots.SIDECAR).is_file():
            shown = Place(f"raw/snapshots/{sha256}")
            findings.append(
                Finding(
                    "snapshot",
                    "the custody log names it and its sidecar is not here. Restore it.",
                    shown,
                )
            )
    return findings
