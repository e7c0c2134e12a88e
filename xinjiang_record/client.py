"""What ``import xinjiang_record as xr`` gives a researcher: typed tables of a fixed version, checked on the way in.

    import xinjiang_record as xr

    frame = xr.load("joint-statements", "signatories")          # the latest release
    frame.attrs["version"], frame.attrs["citation"]
    xr.roster("2019-07-12-hrc41-supportive", as_of="2019-07-18")  # who stood on the list at the end of that day
    xr.history("2019-07-12-hrc41-supportive.QAT")               # what happened to a record, release by release
    xr.evidence("2019-07-12-hrc41-supportive.QAT.withdrew")     # where it comes from
    xr.lock("record.lock")                                      # pin every package, for a paper

``base`` is a folder of releases or an http(s) address that serves one; without it, ``XRECORD_BASE``, else this checkout's
``published/``. Every byte is compared with the hash that the ledger fixes; other bytes are a VerifyError.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinjiang_record import extras, files, rosters, settings
from xinjiang_record.errors import UsageError, VerifyError

if TYPE_CHECKING:
    import pandas as pd

    from xinjiang_record.release.distribution.release_locations import Location, Release

Base = str | Path | None
# The date from which a row of a table holds, by field; the first that a table has. Read from the last day it can mean.
SINCE = (
    "signed_edtf",
    "event_edtf",
    "delivered_edtf",
    "happened_edtf",
    "imposed_edtf",
    "issued_edtf",
    "published_edtf",
)


def load(
    package: str,
    table: str,
    version: str = "latest",
    *,
    as_of: str | date | None = None,
    base: Base = None,
    lock: Base = None,
) -> pd.DataFrame:
    """A table as a typed pandas frame (Int64, string, boolean, datetime64), with version, hashes and citation in ``.attrs``.

    ``as_of``: only the rows that had certainly come about by the end of that day; in ``signatories``, later withdrawals are undone.
    ``lock``: a file that ``xr.lock`` wrote; the version is the one in it, and so are the bytes.
    """
    release = _release(package, version, base, lock)
    frame = _frame(release, table)
    if as_of is not None:
        frame = _as_of(frame, _day(as_of), f"{package} {table}")
        frame.attrs = {**_attributes(release, table), "as_of": _day(as_of).isoformat()}
    return frame


def roster(
    statement_id: str,
    *,
    as_of: str | date | None = None,
    version: str = "latest",
    base: Base = None,
    lock: Base = None,
) -> pd.DataFrame:
    """The signatories of a statement, or the votes: those that stood at the end of ``as_of`` (of all time, if not given)."""
    frame = load("joint-statements", "signatories", version, as_of=as_of, base=base, lock=lock)
    attributes, found = frame.attrs, frame[frame["statement_id"] == statement_id]
    if found.empty:
        known = load("joint-statements", "statements", version, base=base, lock=lock)[
            "statement_id"
        ]
        if statement_id not in set(known):
            raise UsageError(
                f"No statement {statement_id!r}. Such as: {', '.join(list(known)[:3])}."
            )
    found = found[found["is_current"]].reset_index(drop=True)
    found.attrs = attributes
    return found


def history(record_id: str, *, package: str | None = None, base: Base = None) -> pd.DataFrame:
    """Every change of a record from release to release, oldest first."""
    extras.require("pandas")
    import pandas as pd  # deferred: optional extra

    from xinjiang_record.release.changes import record_history as past  # deferred: start-up
    from xinjiang_record.release.distribution.release_locations import (
        list_packages,  # deferred: start-up
    )

    home = _home(base)
    events = past.find_history(home, [package] if package else list_packages(home), record_id)
    return pd.DataFrame([asdict(event) for event in events])


def evidence(
    record_id: str,
    field: str = "",
    *,
    package: str | None = None,
    version: str = "latest",
    base: Base = None,
) -> pd.DataFrame:
    """Which sources support a record, or one field of it: where in them, and as printed there."""
    extras.require("pandas")
    import pandas as pd  # deferred: optional extra

    from xinjiang_record.release.changes.record_history import (
        find_evidence as support,  # deferred: start-up
    )
    from xinjiang_record.release.distribution.release_locations import (  # deferred: start-up
        find_release,
        list_packages,
    )

    home = _home(base)
    names = [package] if package else list_packages(home)
    rows = [
        row
        for name in names
        for row in support(find_release(home, name, version), record_id, field)
    ]
    return pd.DataFrame(rows)


def versions(package: str, *, base: Base = None) -> pd.DataFrame:
    """The releases of a package, oldest first."""
    extras.require("pandas")
    import pandas as pd  # deferred: optional extra

    from xinjiang_record.release.distribution.release_locations import (
        fetch_ledger,  # deferred: start-up
    )

    entries = fetch_ledger(_home(base), package).versions
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
    """The citation of a release: text, bibtex, ris, csl or cff."""
    from xinjiang_record.release.metadata import citation  # deferred: start-up

    return citation.format_citation(_release(package, version, base, None).info, style)


def verify(path: str | Path | None = None) -> list[str]:
    """Every problem of a folder of releases, or of one release's folder; none: an empty list. No network."""
    from xinjiang_record.release.integrity import verify as proof  # deferred: start-up

    folder = Path(path) if path is not None else settings.find_project().published
    if (folder / "SHA256SUMS").exists():
        return proof.verify_release(folder.resolve())
    if (folder / "versions.json").exists():
        return proof.verify_package(folder)
    return proof.verify(folder)


def lock(
    path: str | Path = "record.lock", packages: Sequence[str] = (), *, base: Base = None
) -> dict[str, Any]:
    """Write the latest version of each package, with its hashes, to a file for ``load(lock=...)``; returns what it holds."""
    from xinjiang_record.release.distribution.release_locations import (  # deferred: start-up
        find_release,
        list_packages,
    )

    home = _home(base)
    found = {name: find_release(home, name).entry for name in (packages or list_packages(home))}
    names = ("version", "release_id", "content_hash")
    value = {
        "format": 1,
        "packages": {name: {key: entry[key] for key in names} for name, entry in found.items()},
    }
    files.write_text(Path(path), json.dumps(value, indent=2) + "\n")
    return value


def _home(base: Base) -> Location:
    from xinjiang_record.release.distribution.release_locations import (
        open_location,  # deferred: start-up
    )

    return open_location(
        base or settings.environment("XRECORD_BASE") or settings.find_project().published
    )


def _release(package: str, version: str, base: Base, lock_file: Base) -> Release:
    from xinjiang_record.release.distribution.release_locations import (
        find_release,  # deferred: start-up
    )

    if lock_file is None:
        return find_release(_home(base), package, version)
    pinned = json.loads(Path(lock_file).read_text("utf-8"))["packages"].get(package)
    if pinned is None:
        raise UsageError(f"{lock_file}: does not pin {package}. Write it anew with xr.lock().")
    found = find_release(_home(base), package, pinned["version"])
    if found.entry["release_id"] != pinned["release_id"]:
        raise VerifyError(
            f"{lock_file}: pins other bytes of {package} {pinned['version']} than there are at {found.location.shown}."
        )
    return found


def _frame(release: Release, table: str) -> pd.DataFrame:
    extras.require("pandas")
    import pandas as pd  # deferred: optional extra
    import pyarrow as pa  # deferred: start-up

    kinds = {
        pa.int64(): pd.Int64Dtype(),
        pa.string(): pd.StringDtype(),
        pa.bool_(): pd.BooleanDtype(),
    }
    frame: pd.DataFrame = release.table(table).to_pandas(
        types_mapper=kinds.get, date_as_object=False
    )
    frame.attrs = {**_attributes(release, table)}
    return frame


def _attributes(release: Release, table: str) -> dict[Any, Any]:
    from xinjiang_record.release.metadata import citation  # deferred: start-up

    return {
        "package": release.package,
        "table": table,
        "version": release.version,
        "content_hash": release.entry["content_hash"],
        "release_id": release.entry["release_id"],
        "citation": citation.format_citation(release.info).strip(),
        "withdrawn": release.entry["withdrawn"],
    }


def _day(value: str | date) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(value)
    except ValueError as error:
        raise UsageError(f"{value!r} is no day. Write it as 2020-01-31.") from error


def _as_of(frame: pd.DataFrame, day: date, shown: str) -> pd.DataFrame:
    import pandas as pd  # deferred: optional extra

    since = next((name for name in SINCE if name in frame.columns), None)
    if since is None:
        raise UsageError(
            f"{shown}: has no date by which its rows could be read as of a day. Leave as_of away."
        )
    frame = frame[[_had_come(value, day) for value in frame[since]]].reset_index(drop=True)
    if "withdrew_edtf" in frame.columns:
        left = [value if isinstance(value, str) else None for value in frame["withdrew_edtf"]]
        ends = zip(frame[since], left, strict=True)
        stands = [rosters.is_on_roster(entered, gone, day) for entered, gone in ends]
        frame["is_current"] = pd.array(stands, dtype="boolean")
        frame.loc[stands, ["withdrew_on", "withdrew_edtf"]] = None
    return frame


def _had_come(value: Any, day: date) -> bool:
    """Whether a date has certainly come by the end of ``day``: the last day it can mean counts."""
    return isinstance(value, str) and rosters.certain_by(value) <= day
