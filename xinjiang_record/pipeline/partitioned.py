"""Build packages with partitioned tables, ``raw/<package>/<resource>/**/*.parquet``.

An engine's workers sort and check the partitions.
"""

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
from xinjiang_record.release.partitioned.executor import Engine, Kept, PartitionedTable
from xinjiang_record.settings import Project


@contextlib.contextmanager
def build(project: Project, package: str, engine: Engine, *, keep: bool) -> Iterator[Candidate]:
    """Build a candidate with its partitioned tables; the workers' files last as long as the block.

    The workers and this process share the project's folders. With ``keep``, unchanged parts of the
    newest release are taken over, and the inputs of this one are kept for the next.

    Raises:
        ReleaseError: The partitions cannot be published.
        LockedError: Another run works on the package.
    """
    candidate = data_packages.build(project, package)
    if any(finding.severity == "error" for finding in candidate.findings):
        yield candidate
        return
    folder = project.runs / "partitioned" / package
    with files.locked(folder):
        try:
            files.remove_tree(folder / "work")  # left by a run that was killed
            yield _add_partitioned_tables(
                candidate, project, folder / "work", engine, folder / "kept" if keep else None
            )
        finally:
            files.remove_tree(folder / "work")


def _add_partitioned_tables(
    candidate: Candidate, project: Project, work: Path, engine: Engine, kept: Path | None
) -> Candidate:
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
                f"{folder}: expected files that end in {executor.ENDING}, found none. "
                "Put the partitions there."
            )
        tables[name], new_findings = executor.prepare_table(
            found,
            name,
            candidate.schemas,
            candidate.package,
            work / name,
            engine,
            candidate.tables,
            Kept(kept / name, project.published / candidate.package) if kept else None,
        )
        findings += new_findings
        inputs += _input_files(tables[name], project)
    return replace(
        candidate,
        tables=tables,
        findings=(*candidate.findings, *findings),
        inputs=(*candidate.inputs, *inputs),
    )


def _input_files(table: PartitionedTable, project: Project) -> Iterator[InputFile]:
    """Yield the partitions with the hash and size of the bytes that were read."""
    for item, (digest, size) in table.inputs:
        yield InputFile(item.path.relative_to(project.root).as_posix(), digest, size)
