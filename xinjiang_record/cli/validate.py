"""``xrecord validate``: check tables and data packages, with Frictionless's own report."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click

from xinjiang_record import exit_codes
from xinjiang_record.errors import LimitError, ReadError, UsageError, XRecordError
from xinjiang_record.untrusted.audit_wall import confined

PROJECT_FILE = "xrecord.toml"
FORMATS = ("text", "json", "github", "markdown", "junit")


def _split(option: str, value: str | None) -> list[str]:
    """Return the names in a list with commas; none if the option is not given."""
    found = [item.strip() for item in (value or "").split(",") if item.strip()]
    if value is not None and not found:
        raise UsageError(f"{option}: expected names with commas between them, got {value!r}.")
    return found


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--resource", metavar="NAME", help="Check only this resource of a package.")
@click.option("--schema", metavar="FILE", help="The Table Schema of the data files.")
@click.option("--schema-sync", is_flag=True, help="Match columns by name; columns may lack.")
@click.option(
    "--standard",
    type=click.Choice(("v2",)),
    help="Apply the rules and the defaults of Data Package 2.0, not Frictionless's.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Guess nothing: what is not declared is the standard's default. Implies --standard v2.",
)
@click.option("--map", "maps", multiple=True, metavar="ADDRESS=FILE", help="A local copy.")
@click.option("--pick", metavar="TYPES", help="Report only errors of these types.")
@click.option("--skip", metavar="TYPES", help="Report no errors of these types.")
@click.option("--checks", metavar="NAMES", help="Further checks of Frictionless, by name.")
@click.option("--checklist", metavar="FILE", help="A Frictionless checklist.")
@click.option("--descriptor-only", is_flag=True, help="Check the descriptor and read no data.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option(
    "--limit-errors",
    type=click.IntRange(min=0),
    default=1000,
    show_default=True,
    help="Stop after this many errors; 0: no limit.",
)
@click.option(
    "--packages-of",
    is_flag=True,
    help="Check the data packages that the given files belong to, and no other file.",
)
@click.option("--no-hash", is_flag=True, help="Compute no hashes that are not declared.")
@click.option("--summary", metavar="FILE", help="Append a Markdown report to this file too.")
@click.option("--no-progress", is_flag=True, help="Don't show a progress bar on standard error.")
def validate(
    paths: tuple[str, ...],
    resource: str | None,
    schema: str | None,
    schema_sync: bool,
    standard: str | None,
    strict: bool,
    maps: tuple[str, ...],
    pick: str | None,
    skip: str | None,
    checks: str | None,
    checklist: str | None,
    descriptor_only: bool,
    form: str,
    limit_errors: int,
    packages_of: bool,
    no_hash: bool,
    summary: str | None,
    no_progress: bool,
) -> None:
    """Check tables, folders, resources and data packages against their schemas.

    The path - is standard input. The report (--format json) equals Frictionless's own, error for
    error, but for the differences that docs/validate.md lists. The exit code is 1 if there are
    errors.
    """
    from xinjiang_record.validate.api import validate_all  # deferred: start-up

    if packages_of:
        paths = find_packages(paths)

    mapped = read_maps(maps)
    named_types = _split("--pick", pick), _split("--skip", skip), _split("--checks", checks)
    extra = make_checklist(*named_types, checklist)
    named: list[str | Path] = [*paths, *([schema] if schema else []), *mapped.values()]
    with (
        _progress(paths, shown=not no_progress and sys.stderr.isatty()) as step,
        confined(_readable_places(named), scope="process"),
    ):
        reports = validate_all(
            paths,
            step=step,
            resource=resource,
            limit_errors=limit_errors,
            strict=strict,
            standard=standard,
            schema=schema,
            schema_sync=schema_sync,
            maps=mapped,
            checklist=extra,
            descriptor_only=descriptor_only,
            hashed=form == "json" and not no_hash,  # no other report shows a hash
        )
    from xinjiang_record.validate.report_formats import FORMATS as RENDERERS  # deferred: start-up

    click.echo(RENDERERS[form](reports), nl=False)
    if summary is not None:
        with open(summary, "a", encoding="utf-8") as stream:
            stream.write(RENDERERS["markdown"](reports))
    if not all(report.valid for report in reports):
        raise click.exceptions.Exit(exit_codes.FINDINGS)


def _readable_places(named: Sequence[str | Path]) -> list[Path]:
    """Return what may be read: the folders of the named paths, and what they lead to.

    A path that is a link, which the user has chosen, may be read; links inside may not lead out.
    """
    for item in map(str, named):
        if "\0" in item:
            raise UsageError(f"{item!r}: expected the name of a file, got one with NUL.")
    folders = [Path(path).parent for path in named]
    return folders + [Path(os.path.realpath(path)) for path in named]  # of links in a ring, too


@contextlib.contextmanager
def _progress(
    paths: tuple[str, ...], *, shown: bool
) -> Iterator[Callable[[str, int, int], None] | None]:
    """Show a bar over the bytes read if ``shown``; yield the function that moves it, or None."""
    if not shown:
        yield None
        return
    from rich.console import Console  # deferred: start-up
    from rich.progress import (  # deferred: start-up
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    parts = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*parts, console=console, transient=True) as bar:
        tasks: dict[str, object] = {}

        def step(path: str, done: int, total: int) -> None:
            if path not in tasks:
                tasks[path] = bar.add_task(path.rpartition("/")[2], total=total)
            bar.update(tasks[path], completed=done)  # type: ignore[arg-type]

        yield step


def read_maps(values: Sequence[str]) -> dict[str, Path]:
    """Return local copies by address: of ``[map]`` in ``xrecord.toml``, and of options.

    Paths in ``xrecord.toml`` of the working directory are relative to it. An option wins.

    Raises:
        UsageError: An option or an entry has another form, or an option names no file, or another
            one for an address.
    """
    from xinjiang_record.validate.opening.addresses import is_address  # deferred: start-up

    found: dict[str, Path] = {}
    chosen: dict[str, Path] = {}
    file = Path(PROJECT_FILE)
    if file.is_file():
        from xinjiang_record.untrusted.regular_files import (  # deferred: start-up
            read_regular_file,
        )
        from xinjiang_record.untrusted.strict_toml import parse_toml  # deferred: start-up

        inner = file.resolve()  # a link may lead to another file of this folder, not out of it
        where = inner if inner.is_relative_to(Path.cwd().resolve()) else file
        try:
            table = parse_toml(read_regular_file(where, "descriptor_bytes").decode("utf-8"))
        except (ReadError, LimitError, ValueError) as error:
            raise UsageError(f"{file}: cannot be read: {error}") from error
        entries = table.get("map", {})
        if not isinstance(entries, dict):
            raise UsageError(f"{file}: [map]: expected addresses with files.")
        for address, path in entries.items():
            if not isinstance(path, str) or not is_address(address):
                raise UsageError(f"{file}: [map]: expected ADDRESS = FILE, got {address!r}.")
            found[address] = Path(path)
    for value in values:
        address, equals, name = value.rpartition("=")
        copy = Path(name)
        if not equals or not is_address(address) or not name:
            raise UsageError(f"--map: expected ADDRESS=FILE, got {value!r}.")
        if chosen.get(address, copy) != copy:
            raise UsageError(f"--map: {address} has two copies: {chosen[address]} and {copy}.")
        if not copy.exists():
            raise UsageError(f"--map: {copy} does not exist. Name a local copy of {address}.")
        chosen[address] = copy
    return {**found, **chosen}


def make_checklist(
    pick: Sequence[str], skip: Sequence[str], checks: Sequence[str], path: str | None
) -> dict[str, object] | None:
    """Return the descriptor of a Frictionless checklist; None if nothing of it is given.

    ``checks`` are names of Frictionless's checks, such as ``duplicate-row``. A check that needs
    options is written in a checklist file.

    Raises:
        ReadError: The file is not a checklist.
    """
    descriptor: dict[str, object] = {}
    if path is not None:
        from xinjiang_record.validate import descriptor_safety  # deferred: start-up

        content = descriptor_safety.read_descriptor(Path(path))
        if content is None:
            raise ReadError(f"{path}: expected a checklist in JSON or YAML.")
        descriptor = content
    if checks:
        listed = descriptor.get("checks")
        given = listed if isinstance(listed, list) else []
        descriptor["checks"] = [*given, *({"type": name} for name in checks)]
    if pick:
        descriptor["pickErrors"] = list(pick)
    if skip:
        descriptor["skipErrors"] = list(skip)
    return descriptor or None


def find_packages(paths: Sequence[str]) -> tuple[str, ...]:
    """Return the descriptors that some files are, or belong to, each once.

    A data file belongs to the nearest package above it, within the working directory, that names
    it or one of its schemas and dialects. Other files are left out.
    """
    from xinjiang_record.validate.api import NAMES  # deferred: start-up

    found: dict[str, None] = {}
    for path in map(Path, paths):
        if path.name.lower().startswith("datapackage.") or ".resource." in path.name.lower():
            found[str(path)] = None
            continue
        for folder in path.parents:
            names = [folder / name for name in NAMES if (folder / name).is_file()]
            if names and _names_file(names[0], path):
                found[str(names[0])] = None
                break
    return tuple(found)


def _names_file(descriptor: Path, path: Path) -> bool:
    """Return whether a package descriptor names a file; true if the descriptor is unreadable."""
    from xinjiang_record.validate import descriptor_safety  # deferred: start-up

    try:
        content = descriptor_safety.read_descriptor(descriptor)
    except XRecordError:
        return True
    if content is None:
        return True
    relative = path.relative_to(descriptor.parent).as_posix()
    return relative in set(_texts(content))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value.removeprefix("./")
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
