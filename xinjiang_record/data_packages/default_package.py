"""A package without a module of its own: its tables are published as they came in, each from the CSV file of its name.

A table that refers to no other carries its source, ``verification`` and ``basis``; one that does rests on what its first parent rests on.
"""

from __future__ import annotations

from xinjiang_record.data_packages.build_tables import built
from xinjiang_record.data_packages.evidence import Built, Sources
from xinjiang_record.data_packages.intake import Intake
from xinjiang_record.raw_files import RawFolder
from xinjiang_record.schema.load import PackageSpec

MADE = ("sources", "evidence")  # tables that every package has, and no raw file gives


def build(raw: RawFolder, spec: PackageSpec, sources: Sources) -> Built:
    """Tables of the package in published order, with every finding and every fact that waits.

    ``raw``: the folder ``raw/<package>``; ``sources``: the registry by id. Raises nothing for bad data.
    """
    intake = Intake(raw, spec, sources)
    for name, schema in spec.schemas.items():
        if name in MADE:
            continue
        keys = [key for key in schema.get("foreignKeys", ()) if len(key["fields"]) == 1]
        parents = {key["fields"][0]: key["reference"].get("resource", name) for key in keys}
        parents = {field: table for field, table in parents.items() if table not in (name, *MADE)}
        if parents:
            intake.children(name, parents)
        else:
            intake.main(name)
    return built(intake)
