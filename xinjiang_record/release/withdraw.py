"""Withdraw a release: flagged in the ledger with a reason, ``latest`` moves to the one before; its bytes stay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from xinjiang_record import files
from xinjiang_record.errors import UsageError
from xinjiang_record.release.catalog import write_catalog
from xinjiang_record.release.integrity.versions_json import Ledger
from xinjiang_record.release.recover import point_latest, recover, write_ledger


def withdraw(published: Path, package: str, version: str, reason: str, on: str) -> Ledger:
    """Flag ``version`` as withdrawn, for ``reason``, on a day (ISO). Again with the same reason: nothing changes.

    Raises UsageError for an unknown package or version, an empty reason, and a release that was withdrawn for another reason.
    """
    folder = published / package
    if not (folder / "versions.json").is_file():
        raise UsageError(f"{published}: no package {package!r}.")
    if not reason.strip():
        raise UsageError("A withdrawal needs a reason, for those who have cited the release.")
    with files.locked(folder):
        ledger = recover(folder)
        entry = ledger.entry(version)
        told = entry["withdrawn"]
        if told and told["reason"] != reason:
            raise UsageError(
                f"{package} {version} was withdrawn on {told['on']} for another reason: {told['reason']}"
            )
        if not told:
            flagged = {**entry, "withdrawn": {"on": on, "reason": reason}}
            ledger = replace(
                ledger,
                versions=tuple(flagged if item is entry else item for item in ledger.versions),
            )
            write_ledger(folder, ledger)
            point_latest(folder, ledger)
    write_catalog(published)
    return ledger
