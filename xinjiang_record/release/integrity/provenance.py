"""Write provenance.json: what a release was made from and by, and the release before it, by its id.

It holds all that is needed to build the ledger's entry again.
"""

from __future__ import annotations

import hashlib
import platform
import sqlite3
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from xinjiang_record._version import __version__
from xinjiang_record.model import Candidate
from xinjiang_record.release.changes.major_minor_patch import Decision
from xinjiang_record.release.integrity.json_files import json_text
from xinjiang_record.release.integrity.source_commit import find_source_commit
from xinjiang_record.release.metadata.release_info import ReleaseInfo

LIBRARIES = ("pyarrow", "xlsxwriter")  # those whose version can show in a release's bytes
ENTRY = (  # what the ledger takes over from provenance.json
    "version",
    "created",
    "content_hash",
    "schema_hash",
    "metadata_hash",
    "previous",
    "bump",
    "reasons",
    "row_counts",
    "changes",
)


def render_provenance(
    release: ReleaseInfo,
    candidate: Candidate,
    decision: Decision,
    withdrawals: Mapping[str, str],
    code: Mapping[str, object],
) -> str:
    """Return the text of provenance.json.

    ``withdrawals`` are the SHA-256 of the package's withdrawal files by version, and ``code`` is
    what ``describe_code`` says.
    """
    inputs = sorted(candidate.inputs, key=lambda item: item.path)
    return json_text(
        {
            "format": 1,
            "package": release.package,
            "version": release.version,
            "created": release.created,
            "content_hash": release.content_hash,
            "schema_hash": release.schema_hash,
            "metadata_hash": release.metadata_hash,
            "previous": {"version": release.previous, "release_id": decision.previous_id}
            if release.previous
            else None,
            "bump": release.bump,
            "reasons": list(release.reasons),
            "row_counts": release.row_counts,
            "changes": {name: dict(count) for name, count in decision.counts.items()},
            "withdrawals": dict(withdrawals),
            "code": dict(code),
            "environment": describe_environment(),
            "inputs": [
                {"path": item.path, "bytes": item.bytes, "sha256": item.sha256} for item in inputs
            ],
        }
    )


def describe_code() -> dict[str, object]:
    """Return which code makes a release; the first call reads it and runs git."""
    return {
        "name": "xinjiang-record",
        "version": __version__,
        "source_sha256": _source_hash(),
        **find_source_commit(),
    }


def describe_environment() -> dict[str, str | None]:
    """Return the versions of Python and of the libraries that can show in a release's bytes."""
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: _version(name) for name in LIBRARIES},
    }


def build_ledger_entry(provenance: Mapping[str, Any], release_id: str) -> dict[str, Any]:
    """Return the entry of versions.json for the release with this provenance."""
    return {
        **{name: provenance[name] for name in ENTRY},
        "release_id": release_id,
        "withdrawn": None,
    }


@cache
def _source_hash() -> str:
    """Return the SHA-256 over the program's own modules: which code made a release."""
    root = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(
            f"{path.relative_to(root).as_posix()}\0".encode()
            + hashlib.sha256(path.read_bytes()).digest()
        )
    return digest.hexdigest()


def _version(library: str) -> str | None:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None
