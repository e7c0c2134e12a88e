"""What publishing would do, told without publishing: the same code publishes into a copy, and the copy is thrown away."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from xinjiang_record import data_packages, release
from xinjiang_record.errors import XRecordError
from xinjiang_record.model import Candidate, Finding
from xinjiang_record.pipeline import partitioned
from xinjiang_record.pipeline import run as pipeline
from xinjiang_record.pipeline.outcome import outcome_of_error
from xinjiang_record.release.changes.next_version import counts_rows
from xinjiang_record.release.integrity.json_files import read_json
from xinjiang_record.release.tables.csv_text import parse_csv
from xinjiang_record.schema.load import is_partitioned
from xinjiang_record.settings import Project

SHOWN = 50  # changes and findings that the Markdown shows of one package
OPS = {"add": "added", "restore": "added", "change": "changed", "retract": "retracted"}
Counts = dict[str, dict[str, int]]


@dataclass(slots=True)
class Preview:
    """What would happen to one package. ``counts``: records by table and by added, changed, retracted."""

    package: str
    before: str = ""
    after: str = ""
    bump: str = ""
    reasons: tuple[str, ...] = ()
    counts: Counts = field(default_factory=dict)
    statements: dict[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    new_findings: tuple[str, ...] = ()
    error: str = ""

    @property
    def errors(self) -> bool:
        return bool(self.error) or any(item.severity == "error" for item in self.findings)


def preview(project: Project, names: Sequence[str] = ()) -> list[Preview]:
    """Look at every package, or at the named ones; one that cannot be built does not hide the others."""
    return [_look(project, name) for name in pipeline.select_packages(project, names)]


def _look(project: Project, package: str) -> Preview:
    try:
        if not is_partitioned(project, package):
            return _candidate(project, data_packages.build(project, package))
        with (
            pipeline.start_local_engine() as engine,
            partitioned.build(project, package, engine) as candidate,
        ):
            return _candidate(project, candidate)
    except (
        Exception
    ) as error:  # as a run does: a fault in one package must not hide what becomes of the others
        return Preview(
            package, _newest(project, package), error=outcome_of_error(package, error).error
        )


def _candidate(project: Project, candidate: Candidate) -> Preview:
    package = candidate.package
    seen = _seen(project.published / package / "latest")
    fresh = tuple(str(item) for item in candidate.findings if item.message not in seen)
    found = Preview(
        package, _newest(project, package), findings=candidate.findings, new_findings=fresh
    )
    return found if found.errors else _publish(project, candidate, found)


def _newest(project: Project, package: str) -> str:
    latest = project.published / package / "latest"
    return latest.resolve().name if latest.is_dir() else ""


def _publish(project: Project, candidate: Candidate, found: Preview) -> Preview:
    with tempfile.TemporaryDirectory(prefix="xrecord-preview-") as folder:
        there = project.published / candidate.package
        if there.is_dir():
            shutil.copytree(there, Path(folder) / candidate.package, symlinks=True)
        try:
            result = release.publish(candidate, Path(folder))
        except XRecordError as error:  # of the copy, which is gone when somebody reads this
            raise type(error)(str(error).replace(folder, str(project.published))) from error
        found.after, found.bump, found.reasons = result.version, result.bump, result.reasons
        if result.bump == "none":
            return found
        if result.previous:
            _count(found, Path(result.path) / f"changes/from-{result.previous}.csv")
        else:
            found.counts = {name: {"added": rows} for name, rows in result.row_counts.items()}
    return found


def _count(found: Preview, changes: Path) -> None:
    """Records by table and kind of change; and of new events of signature, how many each statement gets."""
    seen: set[tuple[str, str]] = set()
    header, *rows = parse_csv(changes.read_text("utf-8"))
    for row in (dict(zip(header, cells, strict=True)) for cells in rows):
        table, record = row["table"], row["record"]
        if table == "signature_events" and row["op"] == "add" and row["field"] == "statement_id":
            found.statements[row["new"]] = found.statements.get(row["new"], 0) + 1
        if (table, record) in seen:
            continue
        seen.add((table, record))
        told = found.counts.setdefault(table, {})
        told[OPS[row["op"]]] = told.get(OPS[row["op"]], 0) + 1


def _seen(release: Path) -> set[str]:
    """The messages of the findings that the newest release was made with."""
    path = release / "quality/validation.json"
    return {item["message"] for item in read_json(path)["warnings"]} if path.is_file() else set()


def markdown(previews: Sequence[Preview]) -> str:
    """The whole preview, ready for a comment on a pull request."""
    lines = [
        "## What merging this would publish",
        "",
        "| package | now | then | |",
        "| --- | --- | --- | --- |",
    ]
    for item in previews:
        then = "nothing: see below" if item.errors else item.after
        lines.append(f"| {item.package} | {item.before or '-'} | {then} | {_verdict(item)} |")
    for item in previews:
        lines += _details(item)
    return "\n".join(lines) + "\n"


def _verdict(item: Preview) -> str:
    if item.errors:
        return "cannot be published"
    return {"none": "unchanged", "first": "first release"}.get(item.bump, f"a {item.bump} version")


def _details(item: Preview) -> list[str]:
    lines: list[str] = []
    if item.counts:
        lines += ["| table | added | changed | retracted |", "| --- | --- | --- | --- |"]
        lines += [
            f"| {table} | {' | '.join(str(count.get(word, 0)) for word in ('added', 'changed', 'retracted'))} |"
            for table, count in item.counts.items()
        ]
    if item.statements:
        lines += [
            "",
            *(f"- {name}: {_events(count)}" for name, count in sorted(item.statements.items())),
        ]
    other = [reason for reason in item.reasons if item.before and not counts_rows(reason)]
    if other:
        lines += ["", *(f"- {_code(reason)}" for reason in other)]
    if item.error:
        lines += ["", "~~~", item.error.replace("~~~", "~ ~ ~").rstrip(), "~~~"]
    if item.new_findings:
        lines += ["", f"New findings: {len(item.new_findings)}", ""]
        lines += [f"- {_code(text)}" for text in item.new_findings[:SHOWN]]
        lines += (
            [f"- and {len(item.new_findings) - SHOWN} more"]
            if len(item.new_findings) > SHOWN
            else []
        )
    while lines and not lines[0]:
        lines = lines[1:]
    return ["", f"### {item.package}", "", *lines] if lines else []


def _code(text: str) -> str:
    """Words of others as code on one line: nothing in them is Markdown or HTML, and nobody is called by name."""
    return f"`{' '.join(text.split()).replace('`', chr(39))}`"


def _events(count: int) -> str:
    return f"{count} new {'event' if count == 1 else 'events'} of signature"
