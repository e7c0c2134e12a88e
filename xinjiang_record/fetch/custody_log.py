"""Read and extend ``raw/custody.jsonl``: one line for each time a source was fetched.

Each line holds the SHA-256 of the line before it (64 zeros in the first), so a line that is
changed, dropped or moved is noticed. Fields: ``at`` (UTC), ``action`` (``fetched``, ``changed``,
``same-text``, ``unchanged``, ``not-modified``, ``gone``, ``from-file``), ``source_id``, ``url``,
``sha256`` and
``bytes`` of the content, ``tool``, ``previous``. It names no user, host or local path.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinjiang_record import files
from xinjiang_record.errors import ReadError
from xinjiang_record.model import Finding, Place

NAME = "custody.jsonl"
FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class Custody:
    """Hold the log as read: its entries in order, the hash of its last line, and its problems."""

    entries: tuple[Mapping[str, Any], ...]
    last: str
    findings: tuple[Finding, ...]

    def latest(self, source_id: str) -> Mapping[str, Any] | None:
        """Return the newest line of a source that has content."""
        return next(
            (
                item
                for item in reversed(self.entries)
                if item["source_id"] == source_id and item["sha256"]
            ),
            None,
        )

    def last_look(self, source_id: str) -> str:
        """Return when the source was last fetched, as text; empty if never."""
        return next(
            (str(item["at"]) for item in reversed(self.entries) if item["source_id"] == source_id),
            "",
        )


def read_custody_log(raw: Path) -> Custody:
    """Read and check the log under ``raw``; an absent one is empty.

    Every broken link of the chain is a finding with its line.
    """
    path = raw / NAME
    entries: list[Mapping[str, Any]] = []
    findings: list[Finding] = []
    last = FIRST
    for number, line in enumerate(
        path.read_bytes().splitlines(keepends=True) if path.is_file() else (), 1
    ):
        place, whole = Place(f"raw/{NAME}", number), line.rstrip(b"\n")
        try:
            entry = json.loads(whole)
            known = (
                isinstance(entry, dict)
                and {"at", "source_id", "sha256", "previous"} <= entry.keys()
            )
        except ValueError:
            known = False
        if not known:
            findings.append(
                Finding(
                    "custody",
                    "the line is cut or is not a custody line. Restore the log from its history.",
                    place,
                )
            )
        else:
            entries.append(entry)
            if entry["previous"] != last:
                message = (
                    "the line does not follow the one before it: one of them was changed, "
                    "dropped or moved. Restore the log."
                )
                findings.append(Finding("custody", message, place))
        last = hashlib.sha256(whole).hexdigest()
    return Custody(tuple(entries), last, tuple(findings))


def append_entry(raw: Path, entry: Mapping[str, Any]) -> None:
    """Add one line, under the lock of ``raw``. Raises ReadError when the log is broken."""
    log = read_custody_log(raw)
    if log.findings:
        raise ReadError(f"{log.findings[0]} Nothing was added to it.")
    files.append_line(
        raw / NAME, json.dumps({**entry, "previous": log.last}, sort_keys=True, ensure_ascii=False)
    )
