"""Packages with tables in partitions, ``raw/<package>/<resource>/**/*.parquet``: built, and those tables sorted and checked on an engine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from xinjiang_record import data_packages, files
from xinjiang_record.errors import ReleaseError
from xinjiang_record.model import Candidate, Finding, InputFile
from xinjiang_record.release.partitioned import executor
from xinjiang_record.release.partitioned.executor import Engine, PartitionedTable
from xinjiang_record.settings import Project


@contextlib.contextmanager
def build(project: Project, package: str, engine: Engine) -> Iterator[Candidate]:
    """``packages.build`` with the tables in partitions; what workers wrote for them is there until the ``with`` ends.

    Workers and this process share the project's folders. Raises as ``packages.build``, and ReleaseError for partitions that no release
    can hold; LockedError while another run works on the package.
    """
    candidate = data_packages.build(project, package)
    if any(finding.severity == "error" for finding in candidate.findings):
        yield candidate
        return
    place = project.runs / "large" / package
    with files.locked(place):
        try:
            files.remove_tree(place / "work")  # of a run that was killed
            yield _complete(candidate, project, place / "work", engine)
        finally:
            files.remove_tree(place / "work")


def _complete(candidate: Candidate, project: Project, work: Path, engine: Engine) -> Candidate:
    tables: dict[str, Any] = {}
    findings: list[Finding] = []
    inputs: list[InputFile] = []
    for name in candidate.schemas:
        if name in candidate.tables:
            tables[name] = candidate.tables[name]
            continue
        folder = project.raw / candidate.package / name
        found = executor.list_partitions(folder)
        if not found:
            raise ReleaseError(
                f"{folder}: holds no {executor.ENDING}. Put the partitions there. Nothing was published."
            )
        tables[name], told = executor.prepare_table(
            found, name, candidate.schemas, candidate.package, work / name, engine, candidate.tables
        )
        findings += told
        inputs += _inputs(tables[name], project)
    return replace(
        candidate,
        tables=tables,
        findings=(*candidate.findings, *findings),
        inputs=(*candidate.inputs, *inputs),
    )


def _inputs(table: PartitionedTable, project: Project) -> Iterator[InputFile]:
    """The partitions with the bytes that were read."""
    for path, split in table.inputs:
        yield InputFile(path.relative_to(project.root).as_posix(), split.sha256, split.bytes)
