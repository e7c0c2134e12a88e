"""Print what a run did: findings, a table of packages, and what to do next."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from xinjiang_record.cli.main import print_error
from xinjiang_record.cli.print_table import print_table
from xinjiang_record.untrusted.escape_text import LAYOUT, escape_unprintable

if TYPE_CHECKING:
    from xinjiang_record.pipeline.outcome import Outcome

SHOWN_FINDINGS = 100  # findings printed for one package; runs/failed-*.json has all
REASONS = {
    "recall": "known from memory only",
    "no-source": "without a source",
    "contradiction": "contradicted by a source",
    "weak": "with a weak source only",
    "unsettled": "not settled",
}


def show_outcomes(outcomes: Sequence[Outcome], *, verbose: bool = False) -> None:
    """Print the outcomes: a table on a terminal, one line a package when piped.

    Args:
        outcomes: One outcome a package.
        verbose: Show every table of every package, not only their sums.
    """
    for outcome in outcomes:
        for line in _finding_lines(outcome, warnings=verbose or not sys.stdout.isatty()):
            print(escape_unprintable(line, keep=LAYOUT))
    if not sys.stdout.isatty():
        _print_lines(outcomes)
    elif verbose:
        _print_tables(outcomes)
    else:
        _print_packages(outcomes)
    for outcome in outcomes:
        if outcome.error:
            print_error(f"{outcome.package}: {outcome.error}")
            print(f"Nothing of {outcome.package} was published.", file=sys.stderr)
        if outcome.withdrawn:
            print(
                f"xrecord: warning: {outcome.package} {outcome.version} was withdrawn "
                f"{outcome.withdrawn.rstrip('.')}. raw/ still gives the same rows: correct them, "
                "and run again to publish the next version.",
                file=sys.stderr,
            )
    if sys.stdout.isatty() and not any(outcome.error for outcome in outcomes):
        _print_next_steps()


def _finding_lines(outcome: Outcome, *, warnings: bool) -> Iterator[str]:
    shown = [item for item in outcome.findings if warnings or item.severity == "error"]
    for finding in shown[:SHOWN_FINDINGS]:
        yield f"{'warning: ' if finding.severity == 'warning' else ''}{finding}"
    if len(shown) > SHOWN_FINDINGS:
        hidden = len(shown) - SHOWN_FINDINGS
        yield f"... and {hidden} more findings of {outcome.package}: see runs/failed-*.json."
    if len(shown) < len(outcome.findings):
        hidden = len(outcome.findings) - len(shown)
        yield f"{outcome.package}: {hidden} warnings; --verbose lists them."


def _print_lines(outcomes: Sequence[Outcome]) -> None:
    from xinjiang_record.pipeline.run_report import format_counts  # deferred: start-up

    for outcome in outcomes:
        version, rows, quarantined = "-", "nothing", "-"
        if outcome.status != "failed":
            version = outcome.shown_version
            rows = format_counts(outcome.rows)
            quarantined = format_counts(outcome.quarantined) or "none"
        cells = (f"published: {rows}", f"in quarantine: {quarantined}")
        print("\t".join((outcome.package, outcome.status, version, *cells)))


def _print_packages(outcomes: Sequence[Outcome]) -> None:
    rows = []
    for outcome in outcomes:
        failed = outcome.status == "failed"
        total = sum(count for _, count in outcome.rows)
        tables = f"{total:,} in {len(outcome.rows)} tables"
        rows.append(
            (
                outcome.package,
                "-" if failed else _describe_version(outcome),
                "nothing" if failed else tables,
                "-" if failed else _describe_quarantine(outcome),
            )
        )
    print_table(("package", "version", "rows published", "facts in quarantine"), rows)


def _describe_version(outcome: Outcome) -> str:
    return f"{outcome.version} ({outcome.status}{', withdrawn' if outcome.withdrawn else ''})"


def _describe_quarantine(outcome: Outcome) -> str:
    """Say how many facts are not published, and why: ``104: 103 known from memory only, ...``."""
    total = sum(count for _, count in outcome.quarantined)
    if not total:
        return "none"
    why = ", ".join(
        f"{count} {REASONS.get(reason, reason)}" for reason, count in outcome.quarantine_reasons
    )
    return f"{total}: {why}" if why else str(total)


def _print_tables(outcomes: Sequence[Outcome]) -> None:
    rows: list[tuple[str, str, object, object]] = []
    for outcome in outcomes:
        if outcome.status == "failed":
            rows.append((outcome.package, "failed", "nothing", "-"))
            continue
        rows.append((outcome.package, _describe_version(outcome), "", ""))
        published, quarantined = dict(outcome.rows), dict(outcome.quarantined)
        rows += [
            ("", name, published.get(name, ""), quarantined.get(name, ""))
            for name in dict.fromkeys([*published, *quarantined])
        ]
    print_table(("package", "table", "rows published", "facts in quarantine"), rows)


def _print_next_steps() -> None:
    xrecord = "xrecord" if shutil.which("xrecord") else sys.argv[0]
    print("The tables are in published/, one folder a package and version. Next:")
    for command, what in (
        (f"{xrecord} cite joint-statements", "print a citation"),
        ("make site", "build the site, then open site/index.html"),
        (f"{xrecord} run --verbose", "list every table; quality/quarantine.csv has each reason"),
    ):
        print(f"  {command:<{max(40, len(xrecord) + 22)}} {what}")
