"""Skip packages whose inputs are those of their newest release.

The inputs are hashed, the code that builds from them included. After a success the hash is written
to ``runs/unchanged/``, with the release it led to. A missing or stale note costs one build, and the
build then finds that nothing changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from xinjiang_record import files
from xinjiang_record.errors import EnvironmentFault
from xinjiang_record.pipeline.outcome import Outcome
from xinjiang_record.settings import Project

CODE = Path(__file__).parent.parent
# Every folder that a build can reach: a test computes them from the imports.
HASHED_FOLDERS = (
    "archives",
    "constraints",
    "data_packages",
    "document_readers",
    "extract",
    "fetch",
    "pipeline",
    "reconcile",
    "release",
    "schema",
    "untrusted",
    "validate",
)
# The fields of an outcome that are shown again when nothing changed.
KEPT_FIELDS = ("rows", "quarantined", "quarantine_reasons")


def hash_inputs(project: Project, package: str) -> str:
    """Return the SHA-256 of all that a build of ``package`` depends on.

    That is its raw files, the list of sources, the schemas and the code.
    """
    inputs = [
        project.raw / "sources.csv",
        project.raw / "weak_hosts.csv",
        project.schemas / "fields.toml",
        project.raw / package,
        *(project.raw / package).rglob("*"),
        *(project.schemas / package).rglob("*"),
    ]
    program = [
        path
        for folder in HASHED_FOLDERS
        for path in (CODE / folder).rglob("*")
        # Python writes its caches there while other runs read: they are not inputs.
        if "__pycache__" not in path.parts
    ]
    named = [(path.relative_to(project.root), path) for path in inputs]
    named += [(path.relative_to(CODE), path) for path in (*program, *CODE.glob("*.py"))]
    digest = hashlib.sha256()
    for name, path in sorted(named):
        digest.update(f"{name}\0{_describe_entry(path)}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _describe_entry(path: Path) -> str:
    """Return the kind of an entry and what it holds: a link or a pipe is an input too."""
    link = f"link to {os.readlink(path)} " if path.is_symlink() else ""
    if path.is_file():
        return f"{link}{files.sha256(path)}"
    return f"{link}{'folder' if path.is_dir() else 'other' if os.path.lexists(path) else 'absent'}"


def is_released(project: Project, package: str, key: str) -> bool:
    """Return whether the newest release was made from inputs with the hash ``key``."""
    return _read_success(project, package).get("key") == key


def unchanged_outcome(project: Project, package: str) -> Outcome:
    """Return the outcome of a package whose inputs are those of its newest release."""
    success = _read_success(project, package)
    rows, quarantined, reasons = (
        tuple((str(name), int(count)) for name, count in success["outcome"][field])
        for field in KEPT_FIELDS
    )
    return Outcome(
        package,
        "unchanged",
        version=success["version"],
        rows=rows,
        quarantined=quarantined,
        quarantine_reasons=reasons,
        withdrawn=success.get("withdrawn", ""),
    )


def write_success(project: Project, outcome: Outcome, key: str) -> None:
    """Write the note that lets the next run skip the package. A failure to write is ignored."""
    note = {
        "key": key,
        "version": outcome.version,
        "withdrawn": outcome.withdrawn,
        "outcome": {name: getattr(outcome, name) for name in KEPT_FIELDS},
    }
    with contextlib.suppress(OSError, EnvironmentFault):
        note["release"] = _newest_release(project, outcome.package)
        files.write_text(_note_path(project, outcome.package), json.dumps(note, indent=2) + "\n")


def _note_path(project: Project, package: str) -> Path:
    return project.runs / "unchanged" / f"{package}.json"


def _read_success(project: Project, package: str) -> dict[str, Any]:
    """Return the note of the last success; empty if its release is not the newest any more."""
    try:
        note = json.loads(_note_path(project, package).read_text("utf-8"))
        current = note["release"] == _newest_release(project, package)
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return dict(note) if current else {}


def _newest_release(project: Project, package: str) -> list[str]:
    """Return the newest version, the hashes of its checksums and of versions.json, and all names.

    The names show a release, a withdrawal or anything else that came or went.
    """
    latest = (project.published / package / "latest").resolve(strict=True)
    paths = (latest / "SHA256SUMS", latest.parent / "versions.json")
    names = [path.name for path in latest.parent.iterdir()]
    names += [f"withdrawals/{path.name}" for path in (latest.parent / "withdrawals").glob("*")]
    return [latest.name, *map(files.sha256, paths), *sorted(names)]
