"""What a run did, in words for people: a table of packages, and one package's validation as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xinjiang_record import logs

if TYPE_CHECKING:
    from xinjiang_record.pipeline.outcome import Outcome


def summary(outcomes: Sequence[Outcome]) -> list[dict[str, str]]:
    """One row a package: what happened, the version, rows published and facts in quarantine by table."""
    return [
        {
            "package": outcome.package,
            "status": outcome.status,
            "version": outcome.version or "-",
            "rows published": counts(outcome.rows) or "-",
            "facts in quarantine": counts(outcome.quarantined) or "none",
            "findings": str(len(outcome.findings)),
        }
        for outcome in outcomes
    ]


def counts(pairs: Sequence[tuple[str, int]]) -> str:
    """``statements 33, sources 130``."""
    return ", ".join(f"{name} {count}" for name, count in pairs)


def validation(outcome: Outcome) -> str:
    """The validation report of one package as Markdown: a verdict, the rows by table, every finding."""
    verdict = outcome.error or "Valid: no finding."
    lines = [
        f"# {outcome.package}",
        "",
        verdict,
        "",
        "| table | rows | in quarantine |",
        "| --- | --- | --- |",
    ]
    held = dict(outcome.quarantined)
    names = [*dict(outcome.rows), *(name for name in held if name not in dict(outcome.rows))]
    lines += [
        f"| {name} | {dict(outcome.rows).get(name, 0)} | {held.get(name, 0)} |" for name in names
    ]
    if outcome.findings:
        lines += ["", "## Findings", "", *(f"- {finding}" for finding in outcome.findings)]
    return "\n".join(lines) + "\n"


def run_summary(outcomes: Sequence[Outcome], run: logs.Run) -> str:
    """One run as Markdown: what became of each package and why, its findings, how long each stage took."""
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
        told = [
            *item.reasons,
            *([item.error.splitlines()[0]] if item.error else []),
            *map(str, item.findings),
        ]
        lines += ["", f"## {item.package}", "", *(f"- {text}" for text in told)] if told else []
    lines += ["", "## Durations", "", "| stage | package | seconds |", "| --- | --- | --- |"]
    lines += [f"| {stage} | {package} | {seconds:.3f} |" for stage, package, seconds in run.seconds]
    return "\n".join(lines) + "\n"
