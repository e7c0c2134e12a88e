"""Verify that the ledgers in a folder are the ones that were signed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from xinjiang_record.errors import UsageError, VerifyError
from xinjiang_record.release.distribution.locations import FolderLocation
from xinjiang_record.release.integrity.versions_json import package_folders
from xinjiang_record.release.signing.trust import open_signed


def verify_signed(
    published: Path, root: bytes | None = None, report: Callable[[str], None] = lambda line: None
) -> list[str]:
    """Return every ledger that is not the signed one; arguments as ``open_signed``."""
    try:
        location = open_signed(FolderLocation(published), root, report)
    except VerifyError as error:
        return [str(error)]
    names = [f"{folder.name}/versions.json" for folder in package_folders(published)]
    problems = []
    for name in (*names, "catalog.json"):
        try:
            signed = location.read(name)
        except (UsageError, VerifyError) as error:
            problems.append(str(error))
            continue
        if (published / name).read_bytes() != signed:
            problems.append(
                f"{published / name}: is not what was signed. Somebody changed it, or nobody has "
                "signed it since. As the publisher, run `xrecord sign`; as a reader, do not use it."
            )
    return problems
