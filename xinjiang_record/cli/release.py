"""``xrecord verify, diff, versions, history, cite, get, withdraw, export``: what can be asked of releases and done with them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from xinjiang_record import settings
from xinjiang_record.errors import UsageError

FROM = click.option(
    "--from",
    "base",
    metavar="BASE",
    help="A folder of releases or an http(s) address, if not this checkout's published/.",
)


def _base(base: str | None) -> str:
    return base or settings.environment("XRECORD_BASE") or str(settings.find_project().published)


def _home(base: str | None) -> Any:
    from xinjiang_record.release.distribution.release_locations import home

    return home(_base(base))


def _split(name: str) -> tuple[str, str]:
    """A package and a version from PACKAGE or PACKAGE@VERSION."""
    package, _, version = name.partition("@")
    return package, version or "latest"


def _table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a table: drawn on a terminal, tab-separated when piped."""
    lines = [[str(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        print("\t".join(columns))
        for line in lines:
            print("\t".join(" ".join(cell.split()) for cell in line))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns)
    for line in lines:
        table.add_row(*map(Text, line))
    Console().print(table)


@click.command()
@click.argument("package", required=False)
@click.option(
    "--path",
    type=click.Path(exists=True, file_okay=False),
    help="A folder of releases, of one package, or of one release.",
)
def verify(package: str | None, path: str | None) -> None:
    """Prove the releases again from their bytes: all, one PACKAGE, or PACKAGE@VERSION. Needs no network.

    Files listed and there, sizes and hashes, descriptor, keys and references, CSV rows = Parquet rows = content hash, the chain of
    releases, latest. Prints every problem; exit code 1 if there is any.

    \b
    xrecord verify
    xrecord verify joint-statements@1.0.0
    xrecord verify --path some/copy
    """
    from xinjiang_record import client
    from xinjiang_record.release.integrity import verify as proof

    if path:
        problems = client.verify(path)
    else:
        name, at, version = (package or "").partition("@")
        problems = proof.verify(
            settings.find_project().published, name or None, version if at else None
        )
    for problem in problems:
        print(problem)
    if problems:
        print(f"{len(problems)} problem{'s' if len(problems) > 1 else ''}.", file=sys.stderr)
        sys.exit(1)
    print(f"{path or package or 'Every release'}: complete, unchanged, and what its ledger says.")


@click.command()
@click.argument("package")
@click.argument("old")
@click.argument("new", default="latest")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "csv", "markdown"]),
    default="text",
    help="How to print it.",
)
@FROM
def diff(package: str, old: str, new: str, form: str, base: str | None) -> None:
    """What changed in PACKAGE from version OLD to NEW (the latest, if not given), field by field, with reason and source.

    \b
    xrecord diff joint-statements 1.0.0 1.1.0
    xrecord diff joint-statements 1.0.0 --format csv > changes.csv
    """
    from xinjiang_record.release.changes.record_history import between, sentences
    from xinjiang_record.release.changes.row_diff import CHANGES
    from xinjiang_record.release.tables.csv_text import csv_text

    changes = between(_home(base), package, old, new)
    if form == "csv":
        sys.stdout.write(
            csv_text(CHANGES, [[change[name] for name in CHANGES] for change in changes])
        )
    elif form == "markdown":
        print("\n".join(f"- {line}" for line in sentences(_home(base), package, new, changes)))
    else:
        _table(CHANGES, [[change[name] for name in CHANGES] for change in changes])
    if not changes:
        print(f"{package}: nothing changed from {old} to {new}.", file=sys.stderr)


@click.command()
@click.argument("package", required=False)
@FROM
def versions(package: str | None, base: str | None) -> None:
    """The releases of PACKAGE (of all, if not given), oldest first, with their size and why each has its number."""
    from xinjiang_record.release.distribution.release_locations import ledger, package_names

    home = _home(base)
    rows = []
    for name in [package] if package else package_names(home):
        for entry in ledger(home, name).versions:
            state = f"withdrawn: {entry['withdrawn']['reason']}" if entry["withdrawn"] else ""
            rows.append(
                (
                    name,
                    entry["version"],
                    entry["created"][:10],
                    sum(entry["row_counts"].values()),
                    "; ".join(entry["reasons"]),
                    state,
                )
            )
    _table(("package", "version", "created", "rows", "reasons", "state"), rows)


@click.command()
@click.argument("record")
@click.option("--package", help="Look in this package only.")
@click.option("--field", default="", help="Show the evidence for this field of it.")
@FROM
def history(record: str, package: str | None, field: str, base: str | None) -> None:
    """What happened to RECORD, named by its primary key, release by release; then where it comes from.

    \b
    xrecord history 2019-07-12-hrc41-supportive.QAT
    xrecord history s-0041 --package documents
    """
    from xinjiang_record.release.changes import record_history as past
    from xinjiang_record.release.distribution.release_locations import package_names, release

    home = _home(base)
    names = [package] if package else list(package_names(home))
    events = past.history(home, names, record)
    columns = ("package", "version", "table", "op", "field", "old", "new", "reason", "source")
    _table(columns, [[getattr(event, name) for name in columns] for event in events])
    rows = [
        row
        for name in dict.fromkeys(event.package for event in events)
        for row in past.evidence(release(home, name), record, field)
    ]
    if rows:
        print()
        shown = (
            "evidence_field",
            "source_id",
            "source_publisher",
            "source_url",
            "locator",
            "as_printed",
            "verification",
        )
        _table(
            ("field", "source", "publisher", "address", "where", "as printed", "verification"),
            [[row[name] or "" for name in shown] for row in rows],
        )


@click.command()
@click.argument("package", default="joint-statements")
@click.option(
    "--style",
    type=click.Choice(["text", "bibtex", "ris", "csl", "cff"]),
    default="text",
    help="The form of the citation.",
)
@FROM
def cite(package: str, style: str, base: str | None) -> None:
    """How to cite PACKAGE or PACKAGE@VERSION."""
    from xinjiang_record import client

    name, version = _split(package)
    print(client.cite(name, style=style, version=version, base=_base(base)), end="")


@click.command()
@click.argument("package")
@click.argument("folder", type=click.Path(file_okay=False), default=".")
@FROM
def get(package: str, folder: str, base: str | None) -> None:
    """A checked copy of PACKAGE or PACKAGE@VERSION in FOLDER. Nothing is there unless every byte is what was released.

    \b
    xrecord get joint-statements@1.0.0 data --from https://example.org/record
    """
    from xinjiang_record.release.distribution.get_release import get as fetch_release

    name, version = _split(package)
    print(fetch_release(_home(base), name, version, Path(folder)))


@click.command()
@click.argument("release")
@click.option("--reason", required=True, help="Why, for those who have cited it.")
@click.option("--on", metavar="DATE", help="The day of the withdrawal, if not today.")
def withdraw(release: str, reason: str, on: str | None) -> None:
    """Flag a RELEASE (PACKAGE@VERSION) as withdrawn. Its bytes stay; latest moves to the release before it."""
    from datetime import date

    from xinjiang_record.release.withdraw import withdraw as flag

    name, at, version = release.partition("@")
    if not at or not version:
        raise UsageError(f"{release!r}: name one release, as PACKAGE@VERSION.")
    try:
        day = date.fromisoformat(on) if on else settings.now().date()
    except ValueError as error:
        raise UsageError(f"{on!r} is no day. Write it as 2026-01-31.") from error
    ledger = flag(settings.find_project().published, name, version, reason, day.isoformat())
    latest = ledger.latest["version"] if ledger.latest else "nothing: every release is withdrawn"
    print(f"{name} {version} is withdrawn. Its bytes stay; latest is {latest}.")


@click.command()
@click.argument("target")
def export(target: str) -> None:
    """Copy every release to TARGET, a folder or s3://BUCKET/PREFIX: releases first, the pointers last, then all is read back.

    Stopped, it goes on where it was. Credentials, region and AWS_ENDPOINT_URL are taken as AWS's own tools take them.
    """
    from xinjiang_record.release.distribution.mirror import export as copy

    done = copy(
        settings.find_project().published, target, lambda line: print(line, file=sys.stderr)
    )
    print(
        f"{done.target}: {done.sent} files sent, {done.kept} were there; all read back and equal."
    )


COMMANDS: dict[str, click.Command] = {
    "verify": verify,
    "diff": diff,
    "versions": versions,
    "history": history,
    "cite": cite,
    "get": get,
    "withdraw": withdraw,
    "export": export,
}
