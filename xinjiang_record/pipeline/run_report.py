"""Describe what a run did, for people: a table of packages, and Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from xinjiang_record import logs
from xinjiang_record.model import Finding
from xinjiang_record.pipeline.outcome import SINGLE_VALUES, Outcome, TableChanges
from xinjiang_record.pipeline.source_links import link_place

SHOWN_FINDINGS = 200  # findings of one package in an artifact; runs/failed-*.json has all


def format_counts(pairs: Sequence[tuple[str, int]]) -> str:
    """Return ``statements 33, sources 130``."""
    return ", ".join(f"{name} {count}" for name, count in pairs)


def table_rows(outcomes: Sequence[Outcome]) -> list[dict[str, str | int | float]]:
    """Return one row a table: rows, changes, quarantine, and the package's version and seconds.

    The columns that say most come first: a page of the server cuts off the last ones.
    """
    rows: list[dict[str, str | int | float]] = []
    for outcome in outcomes:
        published, quarantined = dict(outcome.rows), dict(outcome.quarantined)
        changes = {item.table: item for item in outcome.changes}
        tables = [*published, *(name.removesuffix(SINGLE_VALUES) for name in quarantined)]
        for table in dict.fromkeys(tables) or [""]:
            change = changes.get(table, TableChanges(table))
            rows.append(
                {
                    "package": outcome.package,
                    "table": table or outcome.status,
                    "rows": published.get(table, 0),
                    "added": change.added,
                    "changed": change.changed,
                    "retracted": change.retracted,
                    "in quarantine": quarantined.get(table, 0),
                    "values in quarantine": quarantined.get(f"{table}{SINGLE_VALUES}", 0),
                    "status": outcome.status,
                    "version": outcome.shown_version,
                    "package seconds": _seconds(outcome.package),
                }
            )
    return rows


def _seconds(package: str) -> float:
    """Return how long the stages of a package took in this run."""
    return round(sum(took for _, name, took in logs.current().seconds if name == package), 3)


def finding_rows(outcomes: Sequence[Outcome], address: str = "") -> list[dict[str, str]]:
    """Return one row a finding: severity, file and line, message; errors first.

    Args:
        outcomes: What the run did.
        address: The web address of the checkout's files, to which the places are links.
    """
    rows = [
        {
            "severity": finding.severity,
            "place": link_place(finding.place, address) if finding.place else outcome.package,
            "message": finding.message,
            "type": finding.type,
            "package": outcome.package,
        }
        for outcome in outcomes
        for finding in _errors_first(outcome)[:SHOWN_FINDINGS]
    ]
    return sorted(rows, key=lambda row: row["severity"] != "error")


def _errors_first(outcome: Outcome) -> list[Finding]:
    return sorted(outcome.findings, key=lambda finding: finding.severity != "error")


def validation_markdown(outcome: Outcome) -> str:
    """Return one package's validation as Markdown: the verdict, rows by table, every finding."""
    lines = [
        f"# {outcome.package}",
        "",
        outcome.error or f"Valid. Warnings: {len(outcome.findings)}.",
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
        lines += ["", "## Findings", "", *(f"- {finding}" for finding in _errors_first(outcome))]
    return "\n".join(lines) + "\n"


def run_markdown(outcomes: Sequence[Outcome], run: logs.Run) -> str:
    """Return one run as Markdown: each package with its changes and findings, then durations."""
    lines = [
        f"Run `{run.id}`",
        "",
        "| package | status | version | findings |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| {item.package} | {item.status} | {item.shown_version} | {len(item.findings)} |"
        for item in outcomes
    ]
    for item in outcomes:
        points = [
            *item.reasons,
            *([item.error.splitlines()[0]] if item.error else []),
            *map(str, _errors_first(item)),
        ]
        if points:
            lines += ["", f"## {item.package}", "", *(f"- {text}" for text in points)]
    lines += ["", "## Durations", "", "| stage | package | seconds |", "| --- | --- | --- |"]
    lines += [f"| {stage} | {package} | {seconds:.3f} |" for stage, package, seconds in run.seconds]
    return "\n".join(lines) + "\n"
