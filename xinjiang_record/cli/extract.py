"""``xrecord reconcile``, ``extract`` and ``check``: names to codes, documents to proposed rows, articles against the record."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from xinjiang_record.extract.extraction_report import Extract
    from xinjiang_record.extract.signatories.find_statements import Statement

FORMATS = click.Choice(["text", "json"])


def _json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


@click.command("reconcile")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
@click.option(
    "--as-list",
    is_flag=True,
    help="The names are one list of states: what the list itself settles is settled.",
)
@click.option("--areas", is_flag=True, help="The names are of areas of Xinjiang.")
@click.option(
    "--spellings",
    is_flag=True,
    help="The names are of officials or peoples that sources spell in several ways.",
)
@click.option(
    "--language",
    "languages",
    multiple=True,
    metavar="CODE",
    help="Read the names in this language only (may be repeated).",
)
@click.option("--strict", is_flag=True, help="Exit 1 if any name is not resolved.")
@click.pass_context
def reconcile_command(
    ctx: click.Context,
    names: tuple[str, ...],
    form: str,
    as_list: bool,
    areas: bool,
    spellings: bool,
    languages: tuple[str, ...],
    strict: bool,
) -> None:
    """Match printed names to codes, in the order asked: resolved, ambiguous, or unknown with candidates."""
    from xinjiang_record.reconcile import countries
    from xinjiang_record.reconcile import person_spellings as aliases

    found: list[Any]
    if spellings:
        found = [aliases.reconcile(name) for name in names]
    elif areas:
        from xinjiang_record import settings
        from xinjiang_record.reconcile.areas import load

        found = load(settings.find_project().raw / "detention-figures").reconcile_all(names)
    else:
        read = countries.reconcile_list if as_list else countries.reconcile_all
        found = list(read(names, languages=languages or None))
    if form == "json":
        _json([match.as_dict() for match in found])
    else:
        for match in found:
            print(_line(match.as_dict()))
    ctx.exit(1 if strict and any(match.status != "resolved" for match in found) else 0)


def _line(match: dict[str, Any]) -> str:
    code = match.get("iso3") or match.get("area_id") or match.get("spelling")
    return f"{match['name']}\t{match['status']}\t{code or ', '.join(match['candidates']) or '-'}"


@click.command("extract")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option(
    "--as",
    "kind",
    type=click.Choice(["auto", "statement", "vote", "figures"]),
    default="auto",
    show_default=True,
)
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
@click.option(
    "--encoding", help="The encoding that the publisher declares, if the document does not."
)
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    metavar="RAW",
    help="Write the statement's folder below this raw/ folder, for review.",
)
@click.option(
    "--id",
    "statement_id",
    help="With --into: the statement's id, such as 2019-07-08-hrc41-critical.",
)
@click.option(
    "--source", "source_id", default="", help="With --into: the source's id in raw/sources.csv."
)
@click.pass_context
def extract_command(
    ctx: click.Context,
    file: Path,
    kind: str,
    form: str,
    encoding: str | None,
    into: Path | None,
    statement_id: str | None,
    source_id: str,
) -> None:
    """Propose rows from a document: its lists of states, votes and figures, each with its place. Exit 1 if there are findings."""
    from xinjiang_record.document_readers.open_document import read
    from xinjiang_record.extract.extraction_report import extract

    document = read(file, encoding=encoding)
    result = extract(document, kind)
    if into is not None:
        _write(into, statement_id, source_id, result, document.metadata.get("title", ""))
    if form == "json":
        _json(result.as_dict())
    else:
        _show(result)
    ctx.exit(1 if result.findings else 0)


def _write(
    into: Path, statement_id: str | None, source_id: str, result: Extract, title: str
) -> None:
    from xinjiang_record.errors import FindingsError, UsageError
    from xinjiang_record.extract.proposal import write_proposal

    if not statement_id:
        raise UsageError(
            "--into needs --id: the statement's id, such as 2019-07-08-hrc41-critical. Nothing was written."
        )
    if not result.statements:
        raise FindingsError(
            "No list of states was found, so there is no folder to write. Look at the document, or give --as."
        )
    longest = max(result.statements, key=lambda item: len(item.signatories))
    for path in write_proposal(into, statement_id, longest, title=title, source_id=source_id):
        print(f"written for review: {path}", file=sys.stderr)


def _show(result: Extract) -> None:
    for number, statement in enumerate(result.statements, 1):
        _show_statement(number, statement)
    for figure in result.figures:
        values = [
            f"{name} {value:,}"
            for name, value in (
                ("low", figure.value_low),
                ("high", figure.value_high),
                ("point", figure.value_point),
            )
            if value is not None
        ]
        print(
            f"figure\t{figure.locator}\t{figure.phrase}\t{figure.qualifier}\t{', '.join(values) or '-'}\t{figure.unit or '-'}"
        )
    for finding in result.findings:
        print(f"finding\t{finding}")
    if not (result.statements or result.figures):
        print("Nothing was found: no list of states and no figure.")


def _show_statement(number: int, statement: Statement) -> None:
    print(
        f"statement {number}\tdeclared {statement.declared_count or '-'}\tnamed {len(statement.signatories)}\tlead {statement.lead_iso3 or '-'}\t{statement.stance or '-'}"
    )
    for row in statement.signatories:
        print(f"  {row.iso3 or '???'}\t{row.name}\t{row.role}\t{row.event}\t{row.locator}")


@click.command("check")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
@click.option(
    "--encoding", help="The encoding that the publisher declares, if the document does not."
)
@click.pass_context
def check_command(ctx: click.Context, file: Path, form: str, encoding: str | None) -> None:
    """Hold the claims of any article against the latest releases. Exit 1 if one of them disagrees."""
    from xinjiang_record import settings
    from xinjiang_record.document_readers.open_document import read
    from xinjiang_record.extract.check_article import check, load_record

    verdicts = check(read(file, encoding=encoding), load_record(settings.find_project().published))
    if form == "json":
        _json([verdict.as_dict() for verdict in verdicts])
    else:
        for verdict in verdicts:
            print(f"{verdict.locator}\t{verdict.claim}: {verdict.text}")
        if not verdicts:
            print("No claim of a count, a signature or a figure was found.")
    ctx.exit(1 if any(verdict.outcome == "disagrees" for verdict in verdicts) else 0)


COMMANDS: dict[str, click.Command] = {
    "reconcile": reconcile_command,
    "extract": extract_command,
    "check": check_command,
}
