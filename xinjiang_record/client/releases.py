"""Ask about releases: versions, a record's history and evidence, citations, proofs, lock files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from xinjiang_record import extras, files, settings
from xinjiang_record.client.bases import (
    Base,
    explain_base,
    find_pinned_release,
    open_base,
    warn_of_withdrawal,
)
from xinjiang_record.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd


class Lock(TypedDict):
    """Hold what a lock file pins."""

    format: int
    packages: dict[str, dict[str, str]]


def history(record_id: str, *, package: str | None = None, base: Base = None) -> pd.DataFrame:
    """Return every change of a record from release to release, oldest first."""
    extras.require("pandas")
    import pandas as pd  # deferred: optional extra

    from xinjiang_record.release.changes import record_history as past  # deferred: start-up
    from xinjiang_record.release.distribution.release_locations import (  # deferred: start-up
        find_release,
        list_packages,
    )

    with explain_base():
        location = open_base(base)
        names = [package] if package else list_packages(location)
        events = past.find_history(location, names, record_id)
        for name, version in dict.fromkeys((event.package, event.version) for event in events):
            warn_of_withdrawal(find_release(location, name, version))
    return pd.DataFrame([asdict(event) for event in events])


def evidence(
    record_id: str,
    field: str = "",
    *,
    package: str | None = None,
    version: str = "latest",
    base: Base = None,
) -> pd.DataFrame:
    """Return the sources of a record or one field of it: where in them, and as printed there.

    No rows: the record is there, and no source of it or of that field is.

    Raises:
        UsageError: No release has such a record.
    """
    extras.require("pandas")
    import pandas as pd  # deferred: optional extra

    from xinjiang_record.release.changes.record_history import (  # deferred: start-up
        describe_unknown_record,
        find_evidence,
        has_record,
        list_evidence_columns,
    )
    from xinjiang_record.release.distribution.release_locations import (  # deferred: start-up
        find_newest_release,
        find_release,
        list_packages,
    )

    rows, asked = [], []
    with explain_base():
        location = open_base(base)
        for name in [package] if package else list_packages(location):
            if version == "latest":
                release = find_newest_release(location, name)
            else:
                release = find_release(location, name, version)
            asked.append(release)
            if found := find_evidence(release, record_id, field):
                warn_of_withdrawal(release)
                rows += found
        if not rows and not any(
            find_evidence(release, record_id) or has_record(release, record_id) for release in asked
        ):
            raise UsageError(describe_unknown_record(asked, record_id))
    names = dict.fromkeys(name for release in asked for name in list_evidence_columns(release))
    return pd.DataFrame(rows, columns=[*names])


def versions(package: str, *, base: Base = None) -> pd.DataFrame:
    """Return the releases of a package, oldest first."""
    extras.require("pandas")
    import pandas as pd  # deferred: optional extra

    from xinjiang_record.release.distribution.release_locations import (
        fetch_ledger,  # deferred: start-up
    )

    with explain_base():
        entries = fetch_ledger(open_base(base), package).versions
    names = ("version", "created", "bump", "content_hash", "release_id")
    return pd.DataFrame(
        [
            {**{name: item[name] for name in names}, "is_withdrawn": bool(item["withdrawn"])}
            for item in entries
        ]
    )


def cite(
    package: str = "joint-statements",
    *,
    style: str = "text",
    version: str = "latest",
    base: Base = None,
) -> str:
    """Return the citation of a release: text, bibtex, ris, csl or cff."""
    from xinjiang_record.release.distribution.cited_address import (
        add_address,  # deferred: start-up
    )
    from xinjiang_record.release.metadata import citation  # deferred: start-up

    release = find_pinned_release(package, version, base)
    return citation.format_citation(add_address(release.info), style)


def verify(path: str | Path | None = None) -> list[str]:
    """Return every problem of a folder or address of releases, of one package or of one release.

    At an address, all files that its ledgers name are downloaded and verified as in a folder. Files
    that no ledger names cannot be seen there.

    Args:
        path: A folder or an http(s) address; ``published/`` of this checkout, if None.

    Raises:
        UsageError: There is no such folder.
    """
    from xinjiang_record.release.integrity import verify as proof  # deferred: start-up
    from xinjiang_record.release.integrity.verify_release import (
        verify_release,  # deferred: start-up
    )

    if path is not None and not isinstance(path, str | Path):
        raise UsageError(f"path: expected a folder or an address, got {path!r}.")
    if str(path).startswith(("http://", "https://")):
        from xinjiang_record.release.distribution.verify_address import (
            verify_address,  # deferred: start-up
        )

        return verify_address(str(path))
    folder = Path(path) if path is not None else settings.find_project().published
    if not folder.is_dir():
        raise UsageError(f"{folder}: expected a folder of releases, got none at that path.")
    if (folder / "SHA256SUMS").exists():
        return verify_release(folder.resolve())
    if (folder / "versions.json").exists():
        return proof.verify_package(folder)
    return proof.verify_some(folder)


def lock(
    path: str | Path = "record.lock", packages: Sequence[str] = (), *, base: Base = None
) -> Lock:
    """Write the latest version of each package, with its hashes, to a file for ``load(lock=...)``.

    Returns:
        What the file holds.

    Raises:
        UsageError: ``path`` is not the name of a file, or a package is unknown.
    """
    if not isinstance(path, str | Path):
        raise UsageError(f"path: expected the name of a file, got {path!r}.")
    from xinjiang_record.release.distribution.release_locations import (  # deferred: start-up
        find_release,
        list_packages,
    )

    with explain_base():
        location = open_base(base)
        found: dict[str, Mapping[str, str]] = {
            name: find_release(location, name).entry
            for name in (packages or list_packages(location))
        }
    names = ("version", "release_id", "content_hash")
    value: Lock = {
        "format": 1,
        "packages": {name: {key: entry[key] for key in names} for name, entry in found.items()},
    }
    files.write_text(Path(path), json.dumps(value, indent=2) + "\n")
    return value
