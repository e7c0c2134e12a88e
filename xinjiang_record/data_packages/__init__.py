"""From raw/ to what a release is made of: read, build, correct, check. One function, the same for every package.

The storage contract of a package module: ``build(raw, spec, sources) -> Built`` is pure; what came in is in its tables or in its
quarantine, and what is wrong is in its findings.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa

from xinjiang_record.check_tables import check_tables
from xinjiang_record.data_packages import default_package
from xinjiang_record.data_packages.assertions import check_assertions, read_assertions
from xinjiang_record.data_packages.corrections import (
    apply_corrections,
    cited_sources,
    read_corrections,
)
from xinjiang_record.data_packages.evidence import Built, add_sources, read_sources
from xinjiang_record.model import Candidate, Finding
from xinjiang_record.raw_files import read_file, read_folder
from xinjiang_record.schema.load import load_package
from xinjiang_record.settings import Project


def build(project: Project, package: str) -> Candidate:
    """Everything for one release of ``package``: reads raw/ and schemas/, writes nothing.

    Tables that come in partitions are not among the candidate's: ``pipeline.partitioned`` adds them, on workers. Its ``findings`` hold all that is wrong, warnings too; with an error among them it must not be published.
    Raises UsageError for an unknown package and SchemaError for a broken schema.
    """
    spec = load_package(project, package)
    registry = read_file(project.root, project.raw / "sources.csv")
    raw = read_folder(project.root, project.raw / package, spec.partitioned)
    sources, registry_findings = read_sources(registry)
    schemas = {
        name: schema for name, schema in spec.schemas.items() if name not in spec.partitioned
    }
    built: Built = _module(package).build(raw, replace(spec, schemas=schemas), sources)
    corrections = read_corrections(project.schemas / package / "corrections.toml")
    tables = add_sources(spec, built.tables, sources, cited_sources(corrections))
    keys = {name: schema["primaryKey"] for name, schema in schemas.items()}
    tables, _, reasons = apply_corrections(tables, corrections, keys)
    assertions, asserted = check_assertions(
        tables, read_assertions(project.schemas / package / "assertions.toml")
    )
    early = (*registry_findings, *built.findings)
    late = (
        ()
        if _any_error(early)
        else (*asserted, *map(built.located, check_tables(tables, schemas, package)))
    )
    return Candidate(
        package=package,
        descriptor=spec.descriptor,
        schemas=spec.schemas,
        tables=tables,
        created=_created(tables.values()),
        inputs=(*registry.inputs, *raw.inputs),
        quarantine=built.quarantine,
        findings=(*early, *late),
        assertions=assertions,
        reasons=reasons,
    )


def _module(package: str) -> Any:
    """The package's own module, or the plain one where its tables are published as they came in."""
    folder = f"{__name__}.{package.replace('-', '_')}"
    found = importlib.util.find_spec(folder)
    return importlib.import_module(f"{folder}.build" if found else default_package.__name__)


def _any_error(findings: Iterable[Finding]) -> bool:
    """While the build itself has errors neither schemas nor ranges are asked: what is wrong would only show twice."""
    return any(finding.severity == "error" for finding in findings)


def _created(tables: Iterable[pa.Table]) -> str:
    """The newest day on which a row entered the record: times come from the inputs, never from now."""
    columns = [
        table["recorded_on"].to_pylist() for table in tables if "recorded_on" in table.column_names
    ]
    newest = max((day for column in columns for day in column if day), default=date(1970, 1, 1))
    return f"{newest.isoformat()}T00:00:00Z"
