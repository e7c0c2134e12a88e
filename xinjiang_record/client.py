"""Offer what ``import xinjiang_record as xr`` gives a researcher: typed tables of fixed versions.

    import xinjiang_record as xr

    frame = xr.load("joint-statements", "signatories")          # the latest release
    frame.attrs["version"], frame.attrs["citation"]
    xr.roster("2019-07-12-hrc41-supportive", as_of="2019-07-18")  # the list at the end of that day
    xr.history("2019-07-12-hrc41-supportive.QAT")               # a record, release by release
    xr.evidence("2019-07-12-hrc41-supportive.QAT.withdrew")     # its sources
    xr.lock("record.lock")                                      # pin every package, for a paper

``base`` is a folder of releases or an http(s) address that serves one. Without it, the environment
variable ``XRECORD_BASE`` is used, else ``published/`` of this checkout, else the address of the
publisher. Every byte is compared with the hash that the ledger names; other bytes are a
VerifyError. A withdrawn release gives a WithdrawnWarning.
"""

from __future__ import annotations

import csv
import io
import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinjiang_record import extras, files, rosters, settings
from xinjiang_record.errors import ReleaseError, UsageError, VerifyError, WithdrawnWarning
from xinjiang_record.release.integrity.json_files import check_shape, read_json
from xinjiang_record.release.integrity.release_shapes import LOCK

if TYPE_CHECKING:
    import pandas as pd

    from xinjiang_record.extract.check.record_tables import Record
    from xinjiang_record.extract.check.verdict import Report
    from xinjiang_record.release.distribution.locations import Location
    from xinjiang_record.release.distribution.release_locations import Release

Base = str | Path | None
# The date from which a row of a table holds: the first of these fields that the table has.
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
    signed: bool = False,
    root: Base = None,
) -> pd.DataFrame:
    """Return a table as a typed pandas frame, with version, hashes and citation in ``.attrs``.

    Columns are Int64, string, boolean or datetime64.

    Args:
        package: The package's name.
        table: The table's name.
        version: A version, or "latest".
        as_of: Keep only the rows that had certainly come about by the end of that day. In
            ``signatories``, later withdrawals are undone.
        base: A folder or address of releases.
        lock: A file that ``xr.lock`` wrote. The version is the one in it, and so are the bytes.
        signed: Read signed ledgers only. A location that was read so once must stay signed.
        root: A root.json from the publisher, to trust instead of the first that is served.
    """
    release = _release(package, version, base, lock, signed, root)
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
    """Return the signatories or voters of a statement as they stood at the end of ``as_of``.

    Without ``as_of``, those that the release lists as current.
    """
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
    """Return every change of a record from release to release, oldest first."""
    extras.require("pandas")
    import pandas as pd  # deferred: optional extra

    from xinjiang_record.release.changes import record_history as past  # deferred: start-up
    from xinjiang_record.release.distribution.release_locations import (
        list_packages,  # deferred: start-up
    )

    location = _location(base)
    events = past.find_history(
        location, [package] if package else list_packages(location), record_id
    )
    return pd.DataFrame([asdict(event) for event in events])


def evidence(
    record_id: str,
    field: str = "",
    *,
    package: str | None = None,
    version: str = "latest",
    base: Base = None,
) -> pd.DataFrame:
    """Return the sources of a record or one field of it: where in them, and as printed there."""
    extras.require("pandas")
    import pandas as pd  # deferred: optional extra

    from xinjiang_record.release.changes.record_history import (
        find_evidence as support,  # deferred: start-up
    )
    from xinjiang_record.release.distribution.release_locations import (  # deferred: start-up
        find_release,
        list_packages,
    )

    location = _location(base)
    names = [package] if package else list_packages(location)
    rows = [
        row
        for name in names
        for row in support(find_release(location, name, version), record_id, field)
    ]
    return pd.DataFrame(rows)


def versions(package: str, *, base: Base = None) -> pd.DataFrame:
    """Return the releases of a package, oldest first."""
    extras.require("pandas")
    import pandas as pd  # deferred: optional extra

    from xinjiang_record.release.distribution.release_locations import (
        fetch_ledger,  # deferred: start-up
    )

    entries = fetch_ledger(_location(base), package).versions
    names = ("version", "created", "bump", "content_hash", "release_id")
    return pd.DataFrame(
        [
            {**{name: item[name] for name in names}, "is_withdrawn": bool(item["withdrawn"])}
            for item in entries
        ]
    )


def check(text: str, *, on: str | date | None = None, base: Base = None) -> Report:
    """Check a text against the latest releases: its claims, with a verdict for each part.

    Args:
        text: A paragraph a line.
        on: The date of the text, for "last year" and days without a year.
        base: A folder of releases or an http(s) address.
    """
    from xinjiang_record.extract.check.check_article import check_text  # deferred: start-up

    return check_text(text, read_record(base), on=None if on is None else _day(on))


def read_record(base: Base = None) -> Record:
    """Read the tables of the latest releases that articles are checked against."""
    from xinjiang_record.extract.check.record_tables import build_record  # deferred: start-up
    from xinjiang_record.release.distribution.cited_address import (
        known_addresses,  # deferred: start-up
    )
    from xinjiang_record.release.distribution.release_locations import (  # deferred: start-up
        find_release,
        list_packages,
    )

    location = _location(base)
    releases = {name: find_release(location, name) for name in list_packages(location)}
    if "joint-statements" not in releases:
        raise ReleaseError(
            f"{location.shown}: joint-statements has no release to check against. "
            "Make one: xrecord run; or name another folder with --from."
        )

    def read(package: str, path: str) -> list[Mapping[str, str]]:
        """Return the rows of one CSV file; a file that a release does not have has none."""
        release = releases.get(package)
        if release is None or path not in release.sums:
            return []
        return list(csv.DictReader(io.StringIO(release.read(path).decode("utf-8"))))

    versions = {name: release.version for name, release in releases.items()}
    return build_record(read, versions, known_addresses().homepage)


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

    release = _release(package, version, base, None)
    return citation.format_citation(add_address(release.info), style)


def verify(path: str | Path | None = None) -> list[str]:
    """Return every problem of a folder of releases, of one package or of one release."""
    from xinjiang_record.release.integrity import verify as proof  # deferred: start-up
    from xinjiang_record.release.integrity.verify_release import (
        verify_release,  # deferred: start-up
    )

    folder = Path(path) if path is not None else settings.find_project().published
    if (folder / "SHA256SUMS").exists():
        return verify_release(folder.resolve())
    if (folder / "versions.json").exists():
        return proof.verify_package(folder)
    return proof.verify(folder)


def lock(
    path: str | Path = "record.lock", packages: Sequence[str] = (), *, base: Base = None
) -> dict[str, Any]:
    """Write the latest version of each package, with its hashes, to a file for ``load(lock=...)``.

    Returns:
        What the file holds.
    """
    from xinjiang_record.release.distribution.release_locations import (  # deferred: start-up
        find_release,
        list_packages,
    )

    location = _location(base)
    found = {
        name: find_release(location, name).entry for name in (packages or list_packages(location))
    }
    names = ("version", "release_id", "content_hash")
    value = {
        "format": 1,
        "packages": {name: {key: entry[key] for key in names} for name, entry in found.items()},
    }
    files.write_text(Path(path), json.dumps(value, indent=2) + "\n")
    return value


def _location(base: Base, signed: bool = False, root: Base = None) -> Location:
    from xinjiang_record.release.distribution.trusted_location import (
        open_trusted,  # deferred: start-up
    )

    place = base or settings.default_base()
    if not place:
        raise UsageError(
            "No releases here: expected base=FOLDER or base=ADDRESS, the environment variable "
            "XRECORD_BASE, or a working directory in a checkout of Xinjiang Record."
        )
    return open_trusted(place, signed, root, lambda line: warnings.warn(line, stacklevel=5))


def _release(
    package: str,
    version: str,
    base: Base,
    lock_file: Base,
    signed: bool = False,
    root: Base = None,
) -> Release:
    from xinjiang_record.release.distribution.release_locations import (
        find_release,  # deferred: start-up
    )

    pinned = _pinned(lock_file, package) if lock_file is not None else None
    found = find_release(
        _location(base, signed, root), package, pinned["version"] if pinned else version
    )
    if pinned and found.entry["release_id"] != pinned["release_id"]:
        raise VerifyError(
            f"{lock_file}: pins {package} {pinned['version']} with the id {pinned['release_id']}: "
            f"got {found.entry['release_id']} from {found.location.shown}."
        )
    if found.withdrawal_notice:
        warnings.warn(found.withdrawal_notice, WithdrawnWarning, stacklevel=3)
    return found


def _pinned(lock_file: str | Path, package: str) -> dict[str, str]:
    value = read_json(Path(lock_file))
    check_shape(value, LOCK, str(lock_file))
    if package not in value["packages"]:
        raise UsageError(
            f"{lock_file}: does not pin {package}. Write the file again with xr.lock()."
        )
    pinned: dict[str, str] = value["packages"][package]
    return pinned


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
    from xinjiang_record.release.distribution.cited_address import (
        add_address,  # deferred: start-up
    )
    from xinjiang_record.release.metadata import citation  # deferred: start-up

    return {
        "package": release.package,
        "table": table,
        "version": release.version,
        "content_hash": release.entry["content_hash"],
        "release_id": release.entry["release_id"],
        "citation": citation.format_citation(add_address(release.info)).strip(),
        "withdrawn": release.entry["withdrawn"],
    }


def _day(value: str | date) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(value)
    except ValueError as error:
        raise UsageError(f"Invalid date {value!r}: expected a day such as 2020-01-31.") from error


def _as_of(frame: pd.DataFrame, day: date, shown: str) -> pd.DataFrame:
    import pandas as pd  # deferred: optional extra

    since = next((name for name in SINCE if name in frame.columns), None)
    if since is None:
        raise UsageError(
            f"{shown}: has no date by which its rows could be read as of a day. Omit as_of."
        )
    frame = frame[[_had_come(value, day) for value in frame[since]]].reset_index(drop=True)
    if "withdrew_edtf" in frame.columns:
        left = [value if isinstance(value, str) else None for value in frame["withdrew_edtf"]]
        ends = zip(frame[since], left, strict=True)
        stands = [rosters.is_on_roster(entered, gone, day) for entered, gone in ends]
        frame["is_current"] = pd.array(stands, dtype="boolean")
        frame.loc[stands, ["withdrew_on", "withdrew_edtf"]] = None
    return frame


def _had_come(value: object, day: date) -> bool:
    """Return whether the last day that a date can mean had come by the end of ``day``."""
    return isinstance(value, str) and rosters.certain_by(value) <= day
