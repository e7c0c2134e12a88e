"""Build a package without a module of its own: each table is published as its CSV file has it.

A table that refers to no other carries its source, ``verification`` and ``basis``; one that does
has the support of its first parent.
"""

from __future__ import annotations

from xinjiang_record.data_packages.build_tables import assemble_tables
from xinjiang_record.data_packages.evidence import Built
from xinjiang_record.data_packages.intake import Intake
from xinjiang_record.data_packages.source_registry import Sources
from xinjiang_record.raw_files import RawFolder
from xinjiang_record.schema.load import PackageSpec

MADE = ("sources", "evidence")  # tables that every package has, and no raw file gives


def build(raw: RawFolder, spec: PackageSpec, sources: Sources) -> Built:
    """Return the package's tables in published order, with every finding and what is quarantined.

    Args:
        raw: The folder ``raw/<package>``.
        spec: The package's schemas.
        sources: The registry by id.
    """
    intake = Intake(raw, spec, sources)
    for name, schema in spec.schemas.items():
        if name in MADE:
            continue
        keys = [key for key in schema.get("foreignKeys", ()) if len(key["fields"]) == 1]
        parents = {key["fields"][0]: key["reference"].get("resource", name) for key in keys}
        parents = {field: table for field, table in parents.items() if table not in (name, *MADE)}
        if parents:
            intake.read_children(name, parents)
        else:
            intake.read_main(name)
    return assemble_tables(intake)
