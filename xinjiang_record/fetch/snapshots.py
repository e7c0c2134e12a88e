"""Store snapshots: ``raw/snapshots/<sha256>/content`` with ``snapshot.json``, once and unchanged.

The sidecar says how the content was got: address, redirects, the headers that matter, times, sizes,
media type, tool. Contents and web archives stay out of the repository and of every release
(``raw/snapshots/.gitignore``). Sidecars and the custody log are kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xinjiang_record import files
from xinjiang_record._version import __version__
from xinjiang_record.document_readers.document import Document
from xinjiang_record.document_readers.open_document import open_document_bytes
from xinjiang_record.errors import ReadError, XRecordError
from xinjiang_record.fetch.http_client import Fetched
from xinjiang_record.model import Finding, Place

TOOL = f"xinjiang-record {__version__}"
CONTENT, SIDECAR, ARCHIVE = "content", "snapshot.json", "exchange.warc.gz"
IGNORED = (
    "# what publishers own is not republished; how it was got, and its hash, is\n"
    f"{CONTENT}\n{ARCHIVE}\n.*.tmp\n"
)
_HEADERS = (
    "content-type",
    "content-length",
    "content-encoding",
    "content-language",
    "date",
    "etag",
    "last-modified",
    "location",
)


def snapshot_folder(raw: Path, sha256: str) -> Path:
    """Return where the snapshot of this hash is, or would be."""
    return raw / "snapshots" / sha256


def store_snapshot(
    raw: Path, source_id: str, fetched: Fetched, *, warc: bytes | None = None
) -> str:
    """Store what was fetched and return its SHA-256; the caller holds the lock.

    A hash that is there already is left as it is.
    """
    sha256 = hashlib.sha256(fetched.body).hexdigest()
    place = snapshot_folder(raw, sha256)
    ignore = raw / "snapshots" / ".gitignore"
    if not ignore.exists():
        files.write_text(ignore, IGNORED)
    if not (place / CONTENT).exists():
        files.write_bytes(place / CONTENT, fetched.body)
    if not (place / SIDECAR).exists():
        text = json.dumps(
            describe_snapshot(source_id, fetched, sha256),
            indent=2,
            sort_keys=True,
            ensure_ascii=False,
        )
        files.write_text(place / SIDECAR, text + "\n")
    if warc is not None and not (place / ARCHIVE).exists():
        files.write_bytes(place / ARCHIVE, warc)
    return sha256


def describe_snapshot(source_id: str, fetched: Fetched, sha256: str) -> dict[str, Any]:
    """Return what is kept about how a content was got."""
    return {
        "source_id": source_id,
        "url": fetched.url,
        **({} if fetched.hops else {"from_file": True}),
        "hops": [
            {
                "url": hop.url,
                "status": hop.status,
                "headers": {k: v for k, v in hop.headers if k in _HEADERS},
            }
            for hop in fetched.hops
        ],
        "fetched_at": fetched.started_at.isoformat(timespec="seconds"),
        "seconds": fetched.seconds,
        "media_type": fetched.media_type,
        "charset": fetched.charset,
        "sha256": sha256,
        "bytes": len(fetched.body),
        "bytes_on_the_wire": fetched.raw_bytes,
        "text_sha256": hash_text(fetched),
        "tool": TOOL,
    }


def hash_text(fetched: Fetched) -> str:
    """Return the SHA-256 of the text that a reader gets out of the content.

    So a page whose clock or advertisement changed is not a changed source.
    """
    try:
        document = open_document_bytes(
            fetched.body,
            "",
            media_type=fetched.media_type,
            encoding=fetched.charset or None,
            shown=fetched.url,
        )
    except XRecordError:
        return ""  # not a document that is read: then its bytes are all there is to compare
    return hashlib.sha256(_text(document).encode("utf-8")).hexdigest()


def _text(document: Document) -> str:
    tables = "\n".join("\t".join(row) for table in document.tables for row in table.rows)
    return f"{document.text}\n{tables}"


def read_sidecar(raw: Path, sha256: str) -> Mapping[str, Any]:
    """Return the sidecar of a snapshot, or nothing. Raises ReadError if it is broken."""
    path = snapshot_folder(raw, sha256) / SIDECAR
    if not path.is_file():
        return {}
    try:
        value: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
        return value
    except ValueError as error:
        raise ReadError(
            f"{path}: the sidecar is broken: {error}. Restore it from the repository's history."
        ) from error


def verify_snapshots(raw: Path) -> list[Finding]:
    """Check every snapshot here: content against its name, sidecar against both.

    A content that is not here is not a finding.
    """
    findings: list[Finding] = []
    for place in sorted(
        path for path in (raw / "snapshots").glob("*") if not path.name.startswith(".")
    ):
        shown = f"raw/snapshots/{place.name}"
        if place.is_symlink() or not place.is_dir() or len(place.name) != 64:
            findings.append(
                Finding("snapshot", "is not the folder of a snapshot. Remove it.", Place(shown))
            )
            continue
        content = place / CONTENT
        if content.is_symlink() or (content.exists() and files.sha256(content) != place.name):
            findings.append(
                Finding(
                    "snapshot",
                    "the content is not what its name says. Delete it and fetch again.",
                    Place(shown),
                )
            )
        try:
            if read_sidecar(raw, place.name).get("sha256") != place.name:
                findings.append(
                    Finding(
                        "snapshot", "the sidecar is missing or of another content.", Place(shown)
                    )
                )
        except ReadError as error:
            findings.append(Finding("snapshot", str(error), Place(shown)))
    return findings
