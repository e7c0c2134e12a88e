"""Check a text against the latest releases."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from xinjiang_record.client.bases import Base, explain_base, open_base
from xinjiang_record.client.tables_as_of import read_day
from xinjiang_record.errors import ReleaseError, UsageError

if TYPE_CHECKING:
    from xinjiang_record.extract.check.record_tables import Record
    from xinjiang_record.extract.check.verdict import Report


def check(text: str, *, on: str | date | None = None, base: Base = None) -> Report:
    """Check a text against the latest releases: its claims, with a verdict for each part.

    Args:
        text: A paragraph a line.
        on: The date of the text, for "last year" and days without a year.
        base: A folder of releases or an http(s) address.
    """
    from xinjiang_record.extract.check.check_article import check_text  # deferred: start-up

    if not isinstance(text, str):
        raise UsageError(f"text: expected a text, got {type(text).__name__}.")
    day = None if on is None else read_day(on)
    with explain_base():
        record = read_record(base)
    return check_text(text, record, on=day)


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

    location = open_base(base)
    releases = {name: find_release(location, name) for name in list_packages(location)}
    if "joint-statements" not in releases:
        raise ReleaseError(
            f"{location.shown}: joint-statements has no release to check against. "
            "Make one: xrecord run. Or name another folder of releases."
        )

    def read(package: str, path: str) -> list[Mapping[str, str]]:
        """Return the rows of one CSV file; a file that a release does not have has none."""
        release = releases.get(package)
        if release is None or path not in release.sums:
            return []
        return list(csv.DictReader(io.StringIO(release.read(path).decode("utf-8"))))

    versions = {name: release.version for name, release in releases.items()}
    return build_record(read, versions, known_addresses().homepage)
