"""Find a source in raw/sources.csv or register it, and store a snapshot of it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path

from xinjiang_record import edtf, files, settings
from xinjiang_record.document_readers.document import Document
from xinjiang_record.errors import UsageError
from xinjiang_record.fetch import custody_log, due_sources, snapshots
from xinjiang_record.fetch.http_client import Fetched, Hop
from xinjiang_record.model import Row
from xinjiang_record.proposals.askers import Asker, Question
from xinjiang_record.settings import Project
from xinjiang_record.untrusted.regular_files import read_regular_file

_ID = re.compile(r"s-[0-9]{4,}")
_ADDRESS = re.compile(r"https?://[^\s<>\"']+")
# What browsers and sites write into a page about its own address.
_SAVED_FROM = re.compile(
    rb"<!-- saved from url=\(\d{1,6}\)(https?://[^\s<>\"']{1,2000}) -->"
    rb"|<link[^>]{0,200}rel=[\"']canonical[\"'][^>]{0,200}href=[\"'](https?://[^\"'<>\s]{1,2000})"
    rb"|<meta[^>]{0,200}og:url[\"'][^>]{0,200}content=[\"'](https?://[^\"'<>\s]{1,2000})"
)
_SITE_NAME = re.compile(
    rb"<meta[^>]{0,200}og:site_name[\"'][^>]{0,200}content=[\"']([^\"'<>]{1,200})"
)


def is_source_id(text: str) -> bool:
    """Return whether a text has the form of a source id, such as s-0082."""
    return bool(_ID.fullmatch(text))


def is_address(text: str) -> bool:
    """Return whether a text is an address of the web."""
    return bool(_ADDRESS.fullmatch(text))


def find_source(project: Project, id_or_address: str) -> Row | None:
    """Return the registered source with this id or address; None if there is none.

    Raises:
        UsageError: An id that is not registered.
    """
    known = due_sources.read_registry(project)
    if is_source_id(id_or_address):
        if id_or_address not in known:
            raise UsageError(
                f"{id_or_address} is not in raw/sources.csv. Give the address, so that it is "
                "registered. Nothing was written."
            )
        return known[id_or_address]
    return next((row for row in known.values() if row["url"] == id_or_address), None)


def read_saved_address(data: bytes) -> str:
    """Return the address that a page saved in a browser names as its own; empty if none."""
    match = _SAVED_FROM.search(data[:65536])
    return (
        next((part.decode("ascii", "ignore") for part in match.groups() if part), "")
        if match
        else ""
    )


def describe_source(address: str, data: bytes, document: Document, asker: Asker) -> dict[str, str]:
    """Return the cells of a new source; what the page does not say is asked."""
    site = _SITE_NAME.search(data[:65536])
    title = document.metadata.get("title", "")
    title = title or asker.ask(Question("title", "What is the title of the page?"))
    publisher = site[1].decode("utf-8", "ignore") if site else ""
    publisher = publisher or asker.ask(Question("publisher", "Who publishes the page?"))
    return {
        "url": address,
        "title": _cell(title),
        "publisher": _cell(publisher),
        "published_edtf": _published(document.metadata.get("published", "")),
        "language": document.metadata.get("language", "")[:2].lower(),
        "recorded_on": today(),
    }


def today() -> str:
    """Return the present day, for ``recorded_on``."""
    return settings.now().date().isoformat()


def _published(text: str) -> str:
    """Return the day that a page gives as its own, where it is a plain ISO date."""
    day = text.strip()[:10]
    return day if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day) and edtf.full_day(day) else ""


def _cell(text: str) -> str:
    return " ".join(text.split())


def register_source(project: Project, cells: Mapping[str, str]) -> str:
    """Append a source to raw/sources.csv with the next free id, and return the id."""
    path = project.raw / "sources.csv"
    with files.locked(project.raw):
        text = read_regular_file(path, "document_bytes").decode("utf-8")
        header = next(csv.reader(io.StringIO(text)))
        numbers = [int(item) for item in re.findall(r"^s-([0-9]+),", text, re.MULTILINE)]
        source_id = f"s-{max(numbers, default=0) + 1:04d}"
        line = io.StringIO()
        row = {**cells, "source_id": source_id}
        csv.writer(line, lineterminator="\n").writerow([row.get(name, "") for name in header])
        files.write_text(path, text + ("" if text.endswith("\n") else "\n") + line.getvalue())
    return source_id


def store_saved_page(
    project: Project, source_id: str, address: str, data: bytes, path: Path
) -> str:
    """Store a page that a person saved as the snapshot of its source; return its SHA-256."""
    media = "text/html" if path.suffix.lower() in {".html", ".htm"} else ""
    fetched = Fetched(
        url=address,
        hops=(Hop(address, 200, (("content-type", media),) if media else ()),),
        body=data,
        raw_bytes=len(data),
        started_at=settings.now(),
        seconds=0.0,
        media_type=media,
    )
    with files.locked(project.raw / "snapshots"):
        log = custody_log.read_custody_log(project.raw)
        before = log.latest(source_id)
        sha256 = snapshots.store_snapshot(project.raw, source_id, fetched)
        if before is None or before["sha256"] != sha256:
            custody_log.append_entry(
                project.raw,
                {
                    "at": fetched.started_at.isoformat(timespec="seconds"),
                    "action": "saved-by-hand",
                    "source_id": source_id,
                    "url": address,
                    "sha256": sha256,
                    "bytes": len(data),
                    "tool": snapshots.TOOL,
                },
            )
    return sha256


def find_snapshot(project: Project, source_id: str) -> Path | None:
    """Return the newest stored content of a source; None if there is none on this machine."""
    entry = custody_log.read_custody_log(project.raw).latest(source_id)
    if entry is None:
        return None
    path = snapshots.snapshot_folder(project.raw, str(entry["sha256"])) / snapshots.CONTENT
    return path if path.is_file() else None


def media_type(project: Project, path: Path) -> str:
    """Return the media type that the sidecar of a snapshot gives; empty if none."""
    sidecar = snapshots.read_sidecar(project.raw, path.parent.name)
    return str(sidecar.get("media_type", ""))
