"""Withdraw a release: flag it with a reason. Its bytes stay; ``latest`` moves back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from xinjiang_record import files
from xinjiang_record.errors import UsageError
from xinjiang_record.release.catalog import write_catalog
from xinjiang_record.release.integrity.versions_json import Ledger, find_package_folder
from xinjiang_record.release.integrity.withdrawals import write_withdrawal
from xinjiang_record.release.recover import point_latest, recover, write_ledger


def withdraw(published: Path, package: str, version: str, reason: str, on: str) -> Ledger:
    """Flag ``version`` as withdrawn, for ``reason``, on a day (ISO), and return the ledger.

    Withdrawing again for the same reason changes nothing.

    Raises:
        UsageError: The package or version is unknown or "latest", the reason is empty, the day is
            before the release's own, or the release was withdrawn for another reason.
    """
    folder = find_package_folder(published, package)
    if not reason.strip():
        raise UsageError("A withdrawal needs a reason, for those who have cited the release.")
    if version == "latest":  # the same call again would withdraw the release before it
        raise UsageError(
            f"{package}@latest: expected a version, got latest. Name the release: "
            f"xrecord versions {package} lists them."
        )
    with files.locked(folder):
        ledger = recover(folder)
        entry = ledger.entry(version)
        before = entry["withdrawn"]
        if before and before["reason"] != reason:
            raise UsageError(
                f"{package} {version} was withdrawn on {before['on']} for another reason: "
                f"{before['reason']}"
            )
        if on < entry["created"][:10]:
            raise UsageError(
                f"{package} {version} is of {entry['created'][:10]}: expected a withdrawal on or "
                f"after that day, got {on}. Is the clock right? Give the day with --on."
            )
        if not before:
            flagged = {**entry, "withdrawn": {"on": on, "reason": reason}}
            entries = tuple(flagged if item is entry else item for item in ledger.versions)
            ledger = replace(ledger, versions=entries)
            write_withdrawal(folder, ledger.package, flagged)
            write_ledger(folder, ledger)
            point_latest(folder, ledger)
        write_catalog(published)
    return ledger
