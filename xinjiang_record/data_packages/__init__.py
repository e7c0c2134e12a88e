"""Build what a release is made of from raw/: read, assemble, correct, check.

``build`` is one function for every package. A package is a folder here with ``build.py`` and
``rules.py``, or has the default one. Its contract: ``build(raw, spec, sources) -> Built`` is pure;
what came in is in its tables or quarantined, and what is wrong is in its findings.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Protocol, cast

import pyarrow as pa

from xinjiang_record.check_tables import check_tables
from xinjiang_record.data_packages import default_package
from xinjiang_record.data_packages.amendments import (
    Reasons,
    amendment_evidence,
    amendment_reasons,
    check_amendments,
    read_amendments,
)
from xinjiang_record.data_packages.assertions import check_assertions, read_assertions
from xinjiang_record.data_packages.corrections import (
    apply_corrections,
    cited_sources,
    read_corrections,
)
from xinjiang_record.data_packages.evidence import (
    Built,
    add_evidence,
    add_sources,
    check_support,
)
from xinjiang_record.data_packages.source_registry import Sources, read_sources
from xinjiang_record.data_packages.views import read_views
from xinjiang_record.model import Candidate, Finding
from xinjiang_record.raw_files import RawFolder, read_files, read_folder
from xinjiang_record.schema.load import PackageSpec, load_package
from xinjiang_record.settings import Project


class _Package(Protocol):
    def build(self, raw: RawFolder, spec: PackageSpec, sources: Sources) -> Built: ...


def build(project: Project, package: str) -> Candidate:
    """Return everything for one release of ``package``; reads raw/ and schemas/, writes nothing.

    Tables in partitions are not among the candidate's: ``pipeline.partitioned`` adds them. The
    candidate's ``findings`` hold all that is wrong, warnings too; with an error among them it must
    not be published.

    Raises:
        UsageError: The package is unknown.
        SchemaError: A schema is broken.
        CorrectionError: A correction does not apply.
    """
    spec = load_package(project, package)
    registry = read_files(project.root, project.raw, ("sources.csv", "weak_hosts.csv"))
    raw = read_folder(project.root, project.raw / package, spec.partitioned)
    sources, registry_findings = read_sources(registry)
    schemas = {
        name: schema for name, schema in spec.schemas.items() if name not in spec.partitioned
    }
    built = _package(package).build(raw, replace(spec, schemas=schemas), sources)
    amendments, amendment_findings = read_amendments(raw)
    corrections = read_corrections(project.schemas / package / "corrections.toml")
    cited = {*cited_sources(corrections), *(row["source_id"] for row in amendments)}
    tables = add_sources(spec, built.tables, sources, sorted(cited))
    tables = add_evidence(spec, tables, sources, amendment_evidence(amendments))
    keys = {name: schema["primaryKey"] for name, schema in schemas.items()}
    early = (*registry_findings, *built.findings, *amendment_findings)
    reasons: Reasons = {}
    late: tuple[Finding, ...] = ()
    sound = not _has_error(early)
    if sound:  # a correction of a row that could not be read would be an error of its own
        tables, _, reasons = apply_corrections(tables, corrections, keys)
    assertions, asserted = check_assertions(
        tables, read_assertions(project.schemas / package / "assertions.toml")
    )
    if sound:
        late = (
            *check_amendments(amendments, tables, keys, sources),
            *asserted,
            *map(built.locate, check_tables(tables, schemas, package)),
            *check_support(built.evidence, sources),
        )
    return Candidate(
        package=package,
        descriptor=spec.descriptor,
        schemas=spec.schemas,
        tables=tables,
        created=_created(tables.values()),
        inputs=(*registry.inputs, *raw.inputs),
        quarantine=built.quarantined,
        findings=(*early, *late),
        assertions=assertions,
        views=read_views(project.schemas / package / "views.toml"),
        reasons={**amendment_reasons(amendments), **reasons},
    )


def _package(name: str) -> _Package:
    """Return the package's own module, or the one for tables that are published as they are."""
    folder = f"{__name__}.{name.replace('-', '_')}"
    found = importlib.util.find_spec(folder)
    module = importlib.import_module(f"{folder}.build" if found else default_package.__name__)
    return cast(_Package, module)


def _has_error(findings: Iterable[Finding]) -> bool:
    """Return whether the build itself has errors; then the later checks would show them twice."""
    return any(finding.severity == "error" for finding in findings)


def _created(tables: Iterable[pa.Table]) -> str:
    """Return the newest day on which a row entered the record: times come from the inputs."""
    columns = [
        table["recorded_on"].to_pylist() for table in tables if "recorded_on" in table.column_names
    ]
    newest = max((day for column in columns for day in column if day), default=date(1970, 1, 1))
    return f"{newest.isoformat()}T00:00:00Z"
