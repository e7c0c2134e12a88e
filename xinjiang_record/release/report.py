"""What a run did, in words for people: a table of packages, and one package's validation as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xinjiang_record.release.record import Outcome


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
    lines = [f"# {outcome.package}", "", verdict, "", "| table | rows | in quarantine |", "| --- | --- | --- |"]
    held = dict(outcome.quarantined)
    names = [*dict(outcome.rows), *(name for name in held if name not in dict(outcome.rows))]
    lines += [f"| {name} | {dict(outcome.rows).get(name, 0)} | {held.get(name, 0)} |" for name in names]
    if outcome.findings:
        lines += ["", "## Findings", "", *(f"- {finding}" for finding in outcome.findings)]
    return "\n".join(lines) + "\n"
