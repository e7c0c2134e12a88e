"""Preview a publication: publish into a temporary copy with the same code, and describe it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from xinjiang_record import data_packages, release
from xinjiang_record.errors import XRecordError
from xinjiang_record.model import Candidate, Finding
from xinjiang_record.pipeline import run as pipeline
from xinjiang_record.pipeline.count_changes import (
    OPERATIONS,
    read_changed_rows,
    read_changes,
)
from xinjiang_record.pipeline.outcome import outcome_of_error
from xinjiang_record.release.changes.major_minor_patch import counts_rows
from xinjiang_record.release.integrity.json_files import read_json
from xinjiang_record.schema.load import is_partitioned
from xinjiang_record.settings import Project
from xinjiang_record.untrusted.escape_text import LAYOUT, escape_unprintable

SHOWN = 50  # changes and findings that the Markdown shows of one package
Counts = dict[str, dict[str, int]]


@dataclass(slots=True)
class Preview:
    """Describe what publishing one package would do.

    ``counts`` holds rows by table, and by added, changed and retracted.
    """

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
    withdrawn: str = ""

    @property
    def errors(self) -> bool:
        """Return whether something stops the publication."""
        return bool(self.error) or any(item.severity == "error" for item in self.findings)


def preview_packages(project: Project, names: Sequence[str] = ()) -> list[Preview]:
    """Preview every package, or the named ones. An error in one does not stop the others."""
    return [_preview_package(project, name) for name in pipeline.select_packages(project, names)]


def _preview_package(project: Project, package: str) -> Preview:
    try:
        if not is_partitioned(project, package):
            return _preview_candidate(project, data_packages.build(project, package))
        from xinjiang_record.pipeline import partitioned  # deferred: optional extra

        with (
            pipeline.start_local_engine() as engine,
            partitioned.build(project, package, engine, keep=False) as candidate,
        ):
            return _preview_candidate(project, candidate)
    except Exception as error:  # as in a run: a bug in one package must not stop the others
        return Preview(
            package, _newest_version(project, package), error=outcome_of_error(package, error).error
        )


def _preview_candidate(project: Project, candidate: Candidate) -> Preview:
    package = candidate.package
    seen = _released_messages(project.published / package / "latest")
    fresh = tuple(str(item) for item in candidate.findings if item.message not in seen)
    found = Preview(
        package, _newest_version(project, package), findings=candidate.findings, new_findings=fresh
    )
    return found if found.errors else _publish_copy(project, candidate, found)


def _newest_version(project: Project, package: str) -> str:
    latest = project.published / package / "latest"
    return latest.resolve().name if latest.is_dir() else ""


def _publish_copy(project: Project, candidate: Candidate, found: Preview) -> Preview:
    with tempfile.TemporaryDirectory(prefix="xrecord-preview-") as folder:
        there = project.published / candidate.package
        if there.is_dir():
            shutil.copytree(there, Path(folder) / candidate.package, symlinks=True)
        try:
            result = release.publish(candidate, Path(folder))
        except XRecordError as error:  # name the real folder, not the temporary one
            raise type(error)(str(error).replace(folder, str(project.published))) from error
        found.after, found.bump, found.reasons = result.version, result.bump, result.reasons
        if result.bump == "none":
            found.withdrawn = result.withdrawn
            return found
        if result.previous:
            _count_changes(found, Path(result.path) / f"changes/from-{result.previous}.csv")
        else:
            found.counts = {name: {"added": rows} for name, rows in result.row_counts.items()}
    return found


def _count_changes(found: Preview, changes: Path) -> None:
    """Count rows by table and kind of change, and new signature events by statement."""
    for row in read_changed_rows(changes):
        counts = found.counts.setdefault(row["table"], {})
        kind = OPERATIONS[row["op"]]
        counts[kind] = counts.get(kind, 0) + 1
    for row in read_changes(changes):
        is_event = row["table"] == "signature_events" and row["op"] == "add"
        if is_event and row["field"] == "statement_id":
            found.statements[row["new"]] = found.statements.get(row["new"], 0) + 1


def _released_messages(release: Path) -> set[str]:
    """Return the messages of the findings that the newest release was made with."""
    path = release / "quality/validation.json"
    return {item["message"] for item in read_json(path)["warnings"]} if path.is_file() else set()


def preview_markdown(previews: Sequence[Preview]) -> str:
    """Return the previews as Markdown, for a comment on a pull request."""
    lines = [
        "## What merging this would publish",
        "",
        "| package | now | then | |",
        "| --- | --- | --- | --- |",
    ]
    for item in previews:
        then = item.before if item.withdrawn else item.after
        then = "nothing: see below" if item.errors else then or "-"
        lines.append(f"| {item.package} | {item.before or '-'} | {then} | {_verdict(item)} |")
    for item in previews:
        lines += _details(item)
    return "\n".join(lines) + "\n"


def _verdict(item: Preview) -> str:
    if item.errors:
        return "cannot be published"
    if item.withdrawn:
        return f"unchanged; {item.after} is withdrawn, so nothing is published"
    return {"none": "unchanged", "first": "first release"}.get(item.bump, f"a {item.bump} version")


def _details(item: Preview) -> list[str]:
    lines: list[str] = []
    if item.counts:
        lines += ["| table | added | changed | retracted |", "| --- | --- | --- | --- |"]
        for table, count in item.counts.items():
            cells = [str(count.get(word, 0)) for word in ("added", "changed", "retracted")]
            lines.append(f"| {' | '.join([table, *cells])} |")
    if item.statements:
        lines += [
            "",
            *(
                f"- {name}: {_count_events(count)}"
                for name, count in sorted(item.statements.items())
            ),
        ]
    other = [reason for reason in item.reasons if item.before and not counts_rows(reason)]
    if other:
        lines += ["", *(f"- {_quote_code(reason)}" for reason in other)]
    if item.error:
        lines += [
            "",
            "~~~",
            escape_unprintable(item.error.replace("~~~", "~ ~ ~").rstrip(), keep=LAYOUT),
            "~~~",
        ]
    if item.new_findings:
        lines += ["", f"New findings: {len(item.new_findings)}", ""]
        lines += [f"- {_quote_code(text)}" for text in item.new_findings[:SHOWN]]
        lines += (
            [f"- and {len(item.new_findings) - SHOWN} more"]
            if len(item.new_findings) > SHOWN
            else []
        )
    while lines and not lines[0]:
        lines = lines[1:]
    return ["", f"### {item.package}", "", *lines] if lines else []


def _quote_code(text: str) -> str:
    """Return untrusted text as code on one line, so that it is not Markdown, HTML or a mention."""
    return f"`{escape_unprintable(' '.join(text.split()).replace('`', chr(39)))}`"


def _count_events(count: int) -> str:
    return f"{count} new signature {'event' if count == 1 else 'events'}"
