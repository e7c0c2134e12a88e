"""From raw/ to what a release is made of: read, build, correct, check. One function, the same for every package.

The storage contract of a package module: ``build(raw, spec, sources) -> Built`` is pure; what came in is in its tables or in its
quarantine, and what is wrong is in its findings.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from datetime import date

import pyarrow as pa

from xinjiang_record import validate
from xinjiang_record.model import Candidate, Finding
from xinjiang_record.packages.common import Built, read_sources
from xinjiang_record.settings import Project
from xinjiang_record.sources.raw import read_file, read_folder
from xinjiang_record.validate.schemas import PackageSpec, load_package


def build(project: Project, package: str) -> Candidate:
    """Everything for one release of ``package``: reads raw/ and schemas/, writes nothing.

    The candidate's ``findings`` hold all that is wrong, warnings too; with an error among them it must not be published.
    Raises UsageError for an unknown package and SchemaError for a broken schema.
    """
    spec = load_package(project, package)
    registry = read_file(project.root, project.raw / "sources.csv")
    raw = read_folder(project.root, project.raw / package)
    sources, registry_findings = read_sources(registry)
    module = importlib.import_module(f"xinjiang_record.packages.{package.replace('-', '_')}")
    built: Built = module.build(raw, spec, sources)
    findings = (*registry_findings, *built.findings, *_checked(spec, built))
    return Candidate(
        package=package,
        descriptor=spec.descriptor,
        schemas=spec.schemas,
        tables=built.tables,
        created=_created(built.tables.values()),
        inputs=(*registry.inputs, *raw.inputs),
        quarantine=built.quarantine,
        findings=findings,
    )


def _checked(spec: PackageSpec, built: Built) -> Iterable[Finding]:
    """What the schemas find in the tables; not asked while the build itself has errors, which would only show twice."""
    if any(finding.severity == "error" for finding in built.findings):
        return ()
    return validate.check_tables(built.tables, spec.schemas, spec.name)


def _created(tables: Iterable[pa.Table]) -> str:
    """The newest day on which a row entered the record: times come from the inputs, never from now."""
    columns = [table["recorded_on"].to_pylist() for table in tables if "recorded_on" in table.column_names]
    newest = max((day for column in columns for day in column if day), default=date(1970, 1, 1))
    return f"{newest.isoformat()}T00:00:00Z"
