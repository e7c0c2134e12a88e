"""Check a candidate for a release, and bring its tables into canonical form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from xinjiang_record.errors import FindingsError, ReleaseError, UnsafeNameError
from xinjiang_record.model import Candidate
from xinjiang_record.release.integrity.schema_hashes import metadata_hash, schema_hash
from xinjiang_record.release.integrity.version_numbers import PACKAGE, RESERVED
from xinjiang_record.release.tables.open_table import Source
from xinjiang_record.release.tables.row_order import sort_table


@dataclass(frozen=True, slots=True)
class PreparedCandidate:
    """Hold a candidate with canonical tables, and the hashes of its structure and its words."""

    candidate: Candidate
    tables: Mapping[str, Source]
    schema_hash: str
    metadata_hash: str


def prepare_candidate(candidate: Candidate) -> PreparedCandidate:
    """Return a candidate whose tables have the schemas' fields and types, sorted by key.

    Raises:
        UnsafeNameError: The package's name cannot be one.
        FindingsError: The candidate has errors.
        ReleaseError: Tables and schemas differ, or a table has no canonical form.
    """
    if not PACKAGE.fullmatch(candidate.package) or candidate.package in RESERVED:
        raise UnsafeNameError(
            f"{candidate.package!r} cannot name a package: expected lower-case letters, digits and "
            "hyphens, and not a reserved name."
        )
    errors = [item for item in candidate.findings if item.severity == "error"]
    if errors:
        raise FindingsError(f"{candidate.package}: {len(errors)} errors, the first: {errors[0]}")
    if list(candidate.tables) != list(candidate.schemas):
        raise ReleaseError(f"{candidate.package}: tables and schemas differ in name or order.")
    tables = {
        name: sort_table(table, candidate.schemas[name], name)
        if isinstance(table, pa.Table)
        else table
        for name, table in candidate.tables.items()
    }
    return PreparedCandidate(
        candidate,
        tables,
        schema_hash(candidate.schemas),
        metadata_hash(candidate.descriptor, candidate.schemas),
    )
