"""Describe what a run did, for people: a table of packages, and Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from xinjiang_record import logs
from xinjiang_record.pipeline.outcome import Outcome, TableChanges

SHOWN_FINDINGS = 200  # findings of one package in an artifact; runs/failed-*.json has all


def format_counts(pairs: Sequence[tuple[str, int]]) -> str:
    """Return ``statements 33, sources 130``."""
    return ", ".join(f"{name} {count}" for name, count in pairs)


def table_rows(outcomes: Sequence[Outcome]) -> list[dict[str, str | int | float]]:
    """Return one row a table: its package and version, rows, changes, quarantine and seconds."""
    rows: list[dict[str, str | int | float]] = []
    for outcome in outcomes:
        published, quarantined = dict(outcome.rows), dict(outcome.quarantined)
        changes = {item.table: item for item in outcome.changes}
        for table in dict.fromkeys([*published, *quarantined]) or [""]:
            change = changes.get(table, TableChanges(table))
            rows.append(
                {
                    "package": outcome.package,
                    "status": outcome.status,
                    "version": outcome.version or "-",
                    "table": table or "-",
                    "rows": published.get(table, 0),
                    "added": change.added,
                    "changed": change.changed,
                    "retracted": change.retracted,
                    "in quarantine": quarantined.get(table, 0),
                    "package seconds": _seconds(outcome.package),
                }
            )
    return rows


def _seconds(package: str) -> float:
    """Return how long the stages of a package took in this run."""
    return round(sum(took for _, name, took in logs.current().seconds if name == package), 3)


def finding_rows(outcomes: Sequence[Outcome]) -> list[dict[str, str]]:
    """Return one row a finding: package, severity, type, file and line, message."""
    return [
        {
            "package": outcome.package,
            "severity": finding.severity,
            "type": finding.type,
            "place": str(finding.place or ""),
            "message": finding.message,
        }
        for outcome in outcomes
        for finding in outcome.findings[:SHOWN_FINDINGS]
    ]


def validation_markdown(outcome: Outcome) -> str:
    """Return one package's validation as Markdown: the verdict, rows by table, every finding."""
    lines = [
        f"# {outcome.package}",
        "",
        outcome.error or "Valid: no finding.",
        "",
        "| table | rows | in quarantine |",
        "| --- | --- | --- |",
    ]
    rows, quarantined = dict(outcome.rows), dict(outcome.quarantined)
    lines += [
        f"| {name} | {rows.get(name, 0)} | {quarantined.get(name, 0)} |"
        for name in dict.fromkeys([*rows, *quarantined])
    ]
    if outcome.findings:
        lines += ["", "## Findings", "", *(f"- {finding}" for finding in outcome.findings)]
    return "\n".join(lines) + "\n"


def run_markdown(outcomes: Sequence[Outcome], run: logs.Run) -> str:
    """Return one run as Markdown: each package with its changes and findings, then durations."""
    lines = [
        f"Run `{run.id}`",
        "",
        "| package | | version | findings |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| {item.package} | {item.status} | {item.version or '-'} | {len(item.findings)} |"
        for item in outcomes
    ]
    for item in outcomes:
        points = [
            *item.reasons,
            *([item.error.splitlines()[0]] if item.error else []),
            *map(str, item.findings),
        ]
        if points:
            lines += ["", f"## {item.package}", "", *(f"- {text}" for text in points)]
    lines += ["", "## Durations", "", "| stage | package | seconds |", "| --- | --- | --- |"]
    lines += [f"| {stage} | {package} | {seconds:.3f} |" for stage, package, seconds in run.seconds]
    return "\n".join(lines) + "\n"
