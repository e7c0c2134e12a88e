"""Describe what a run did, for people: a table of packages, and Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from xinjiang_record import logs
from xinjiang_record.pipeline.outcome import Outcome


def format_counts(pairs: Sequence[tuple[str, int]]) -> str:
    """Return ``statements 33, sources 130``."""
    return ", ".join(f"{name} {count}" for name, count in pairs)


def summary_rows(outcomes: Sequence[Outcome]) -> list[dict[str, str]]:
    """Return one row a package: status, version, rows published and facts in quarantine."""
    return [
        {
            "package": outcome.package,
            "status": outcome.status,
            "version": outcome.version or "-",
            "rows published": format_counts(outcome.rows) or "-",
            "facts in quarantine": format_counts(outcome.quarantined) or "none",
            "findings": str(len(outcome.findings)),
        }
        for outcome in outcomes
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
