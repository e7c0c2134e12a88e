"""``xrecord reconcile``: match printed names to codes."""

from __future__ import annotations

from typing import Any

import click

from xinjiang_record import exit_codes
from xinjiang_record.cli.source_commands.json_output import FORMATS, print_json
from xinjiang_record.errors import UsageError, suggest_nearest
from xinjiang_record.untrusted.escape_text import escape_unprintable


@click.command("reconcile")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
@click.option(
    "--as-list",
    is_flag=True,
    help="Treat the names as one list of states; its other names settle ambiguous ones.",
)
@click.option("--areas", is_flag=True, help="Match names of areas of Xinjiang.")
@click.option(
    "--spellings",
    is_flag=True,
    help="Match names of officials and peoples that sources spell in several ways.",
)
@click.option(
    "--language",
    "languages",
    multiple=True,
    metavar="CODE",
    help="Match names of this language only (repeatable).",
)
@click.option("--strict", is_flag=True, help="Exit 1 if any name is not resolved.")
@click.pass_context
def reconcile(
    ctx: click.Context,
    names: tuple[str, ...],
    form: str,
    as_list: bool,
    areas: bool,
    spellings: bool,
    languages: tuple[str, ...],
    strict: bool,
) -> None:
    """Match printed names to codes: resolved, ambiguous, or unknown with candidates."""
    from xinjiang_record.reconcile import countries  # deferred: start-up
    from xinjiang_record.reconcile import person_spellings as aliases  # deferred: start-up

    found: list[Any]
    if spellings:
        found = [aliases.reconcile(name) for name in names]
    elif areas:
        from xinjiang_record import settings  # deferred: start-up
        from xinjiang_record.reconcile.areas import load  # deferred: start-up

        found = load(settings.find_project().raw / "detention-figures").reconcile_all(names)
    else:
        known = countries.known_languages()
        own = {code.partition("_")[0] for code in known} | known
        for code in languages:
            if code not in own:
                hint = suggest_nearest(code, sorted(own)) or "Give a code such as en, fr or zh."
                raise UsageError(f"--language: no names are known in the language {code!r}. {hint}")
        read = countries.reconcile_list if as_list else countries.reconcile_all
        found = list(read(names, languages=languages or None))
    if form == "json":
        print_json([match.as_dict() for match in found])
    else:
        for match in found:
            print(_line(match.as_dict()))
    is_open = strict and any(match.status != "resolved" for match in found)
    ctx.exit(exit_codes.FINDINGS if is_open else exit_codes.DONE)


def _line(match: dict[str, Any]) -> str:
    code = match.get("iso3") or match.get("area_id") or match.get("spelling")
    cells = (match["name"], match["status"], code or ", ".join(match["candidates"]) or "-")
    return "\t".join(map(escape_unprintable, cells))
