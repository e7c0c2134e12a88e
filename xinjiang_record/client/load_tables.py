"""Load tables: any by its name, the roster of a statement, the positions of a state, figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, TypeAlias, TypedDict, Unpack, overload

from xinjiang_record.client.bases import Base, explain_base, find_pinned_release
from xinjiang_record.client.frames import Arrow, Kind, Pandas, Polars, check_kind, give_frame
from xinjiang_record.client.tables_as_of import read_day, select_as_of
from xinjiang_record.errors import UsageError, suggest_names

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from xinjiang_record.release.distribution.release_locations import Release

    Frame: TypeAlias = pd.DataFrame | pl.DataFrame | pa.Table

Day = str | date | None
STATEMENTS, FIGURES = "joint-statements", "detention-figures"
# What is known about a list as a whole. A count of its rows alone would say too much.
COVERAGE = ("declared_count", "named_count", "roster_status")


class Place(TypedDict, total=False):
    """Say which release a call reads; see ``load``."""

    version: str
    base: Base
    lock: Base


class Trust(TypedDict, total=False):
    """Say where a call reads, and whether it must be signed; see ``load``."""

    base: Base
    lock: Base
    signed: bool
    root: Base


# fmt: off
@overload
def load(
    package: str, table: str, version: str = ..., *, columns: Sequence[str] | None = ...,
    as_of: Day = ..., as_: Pandas = ..., **place: Unpack[Trust]
) -> pd.DataFrame: ...
@overload
def load(
    package: str, table: str, version: str = ..., *, columns: Sequence[str] | None = ...,
    as_of: Day = ..., as_: Polars, **place: Unpack[Trust]
) -> pl.DataFrame: ...
@overload
def load(
    package: str, table: str, version: str = ..., *, columns: Sequence[str] | None = ...,
    as_of: Day = ..., as_: Arrow, **place: Unpack[Trust]
) -> pa.Table: ...
# fmt: on
def load(
    package: str,
    table: str,
    version: str = "latest",
    *,
    columns: Sequence[str] | None = None,
    as_of: Day = None,
    as_: Kind = "pandas",
    base: Base = None,
    lock: Base = None,
    signed: bool = False,
    root: Base = None,
) -> Frame:
    """Return a table with the types of its schema, with version, hashes and citation.

    Every byte is compared with the hash that the ledger names.

    Args:
        package: The package's name; ``xr.packages()`` lists them.
        table: The table's name; ``xr.tables(package)`` lists them.
        version: A version, or "latest".
        columns: The columns to read, in this order; all of them, if None.
        as_of: Keep only the rows that had certainly come about by the end of that day. In
            ``signatories``, later withdrawals are undone.
        as_: "pandas", "polars" or "arrow". Arrow needs no library but those of the base install.
        base: A folder or address of releases; without it XRECORD_BASE, else ``published/`` of this
            checkout, else the address of the publisher.
        lock: A file that ``xr.lock`` wrote. The version is the one in it, and so are the bytes.
        signed: Read signed ledgers only. A location that was read so once must stay signed.
        root: A root.json from the publisher, to trust instead of the first that is served.

    Raises:
        UsageError: The package, version, table or column is unknown, or ``base`` has no releases.
        VerifyError: The bytes are not those that were released.
        FetchError: The address does not answer, and no copy is in the cache.
    """
    check_kind(as_)
    release = find_pinned_release(package, version, base, lock, signed, root)
    found = read_columns(release, table, columns, as_of)
    attributes = describe_release(release, table)
    if as_of is not None:
        attributes["as_of"] = read_day(as_of).isoformat()
    return give_frame(found, as_, attributes)


# fmt: off
@overload
def roster(
    statement_id: str, *, as_of: Day = ..., as_: Pandas = ..., **place: Unpack[Place]
) -> pd.DataFrame: ...
@overload
def roster(
    statement_id: str, *, as_of: Day = ..., as_: Polars, **place: Unpack[Place]
) -> pl.DataFrame: ...
@overload
def roster(
    statement_id: str, *, as_of: Day = ..., as_: Arrow, **place: Unpack[Place]
) -> pa.Table: ...
# fmt: on
def roster(
    statement_id: str,
    *,
    as_of: Day = None,
    version: str = "latest",
    as_: Kind = "pandas",
    base: Base = None,
    lock: Base = None,
) -> Frame:
    """Return the signatories or voters of a statement as they stood at the end of ``as_of``.

    Without ``as_of``, those that the release lists as current. Each row repeats what is known of
    the list as a whole, and so do the attributes: ``declared_count``, ``named_count`` (named at
    first) and ``roster_status``. A state that is missing from a roster that is ``partial`` or
    ``none`` has not thereby been shown not to have signed.

    Raises:
        UsageError: The statement is unknown.
    """
    import pyarrow as pa  # deferred: start-up
    import pyarrow.compute as pc  # deferred: start-up

    check_kind(as_)
    release = find_pinned_release(STATEMENTS, version, base, lock)
    statements = read_columns(release, "statements")
    found = [row for row in statements.to_pylist() if row["statement_id"] == statement_id]
    if not found:
        hint = suggest_names(statement_id, statements["statement_id"].to_pylist())
        raise UsageError(
            f"No statement {statement_id!r}. {hint} xr.search finds statements by their words."
        )
    table = read_columns(release, "signatories", None, as_of)
    listed = pc.and_(pc.equal(table["statement_id"], statement_id), table["is_current"])
    table = table.filter(listed)
    attributes = describe_release(release, "signatories")
    for name in COVERAGE:
        if name in statements.column_names:
            kind, value = statements.schema.field(name).type, found[0][name]
            table = table.append_column(name, pa.array([value] * len(table), kind))
            attributes[name] = value
    if as_of is not None:
        attributes["as_of"] = read_day(as_of).isoformat()
    return give_frame(table, as_, attributes)


# fmt: off
@overload
def positions(country: str, *, as_: Pandas = ..., **place: Unpack[Place]) -> pd.DataFrame: ...
@overload
def positions(country: str, *, as_: Polars, **place: Unpack[Place]) -> pl.DataFrame: ...
@overload
def positions(country: str, *, as_: Arrow, **place: Unpack[Place]) -> pa.Table: ...
# fmt: on
def positions(
    country: str,
    *,
    version: str = "latest",
    as_: Kind = "pandas",
    base: Base = None,
    lock: Base = None,
) -> Frame:
    """Return the positions of one state that count as a side, in order.

    No rows: the record has found none. That does not show that the state took none.

    Args:
        country: An ISO alpha-3 code, or a name in any language that ``xrecord reconcile`` reads.
        version: The version of the package.
        as_: "pandas", "polars" or "arrow".
        base: A folder or address of releases.
        lock: A file that fixes the version.

    Raises:
        UsageError: The name is unknown, or that of several states.
    """
    import pyarrow.compute as pc  # deferred: start-up

    check_kind(as_)
    code = find_country(country)
    release = find_pinned_release(STATEMENTS, version, base, lock)
    table = read_columns(release, "positions")
    table = table.filter(pc.equal(table["country_iso3"], code)).sort_by("position_number")
    return give_frame(table, as_, {**describe_release(release, "positions"), "country_iso3": code})


# fmt: off
@overload
def figures(
    *, measure: str | None = ..., area: str | None = ..., as_: Pandas = ..., **place: Unpack[Place]
) -> pd.DataFrame: ...
@overload
def figures(
    *, measure: str | None = ..., area: str | None = ..., as_: Polars, **place: Unpack[Place]
) -> pl.DataFrame: ...
@overload
def figures(
    *, measure: str | None = ..., area: str | None = ..., as_: Arrow, **place: Unpack[Place]
) -> pa.Table: ...
# fmt: on
def figures(
    *,
    measure: str | None = None,
    area: str | None = None,
    version: str = "latest",
    as_: Kind = "pandas",
    base: Base = None,
    lock: Base = None,
) -> Frame:
    """Return published figures, each with its qualifier, quantity type, area and publisher.

    Figures of different measures, quantity types or areas are not to be added or ranked together.

    Args:
        measure: One measure of the table ``measures``, such as "persons_detained".
        area: One ``area_id`` of the table ``areas``, such as "xinjiang".
        version: The version of the package.
        as_: "pandas", "polars" or "arrow".
        base: A folder or address of releases.
        lock: A file that fixes the version.

    Raises:
        UsageError: The measure or area is unknown.
    """
    import pyarrow.compute as pc  # deferred: start-up

    check_kind(as_)
    release = find_pinned_release(FIGURES, version, base, lock)
    table = read_columns(release, "figures")
    for column, source, wanted in (("measure", "measures", measure), ("area_id", "areas", area)):
        if wanted is None:
            continue
        known = read_columns(release, source, [column])[column].to_pylist()
        if wanted not in known:
            raise UsageError(
                f"{column}: expected one of the table {source}, got {wanted!r}. "
                f"{suggest_names(wanted, known)} xr.load({FIGURES!r}, {source!r}) lists them."
            )
        table = table.filter(pc.equal(table[column], wanted))
    return give_frame(table, as_, describe_release(release, "figures"))


def find_country(country: str) -> str:
    """Return the alpha-3 code of a state.

    Raises:
        UsageError: The name is unknown, or that of several states.
    """
    from xinjiang_record.reconcile.countries import reconcile  # deferred: start-up

    if not isinstance(country, str):
        raise UsageError(f"country: expected a name or an ISO alpha-3 code, got {country!r}.")
    match = reconcile(country)
    if match.iso3 is not None:
        return match.iso3
    likely = ", ".join(match.candidates)
    hint = f"Give one of these codes: {likely}." if likely else "Give an ISO alpha-3 code."
    if not likely and (code := reconcile(country.upper()).iso3) is not None:
        hint = f"Did you mean {code!r}?"
    raise UsageError(f"country: {country!r} is {match.status}: expected one state. {hint}")


def read_columns(
    release: Release, table: str, columns: Sequence[str] | None = None, as_of: Day = None
) -> pa.Table:
    """Return a table of a release, or some columns of it, as of a day if one is given."""
    with explain_base():
        if as_of is None:
            return release.table(table, columns)
        found = select_as_of(release.table(table), read_day(as_of), f"{release.package} {table}")
        if columns is not None:
            release.table(table, columns)  # names a column that is not there
        return found if columns is None else found.select(list(columns))


def describe_release(release: Release, table: str) -> dict[str, object]:
    """Return what a frame carries about the release that it was read from."""
    from xinjiang_record.release.distribution.cited_address import (
        add_address,  # deferred: start-up
    )
    from xinjiang_record.release.metadata import citation  # deferred: start-up

    entry: Mapping[str, object] = release.entry
    return {
        "package": release.package,
        "table": table,
        "version": release.version,
        "content_hash": entry["content_hash"],
        "release_id": entry["release_id"],
        "citation": citation.format_citation(add_address(release.info)).strip(),
        "withdrawn": entry["withdrawn"],
    }
