"""Turn the options of the command into those of ``validate``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from xinjiang_record.errors import LimitError, ReadError, UsageError, XRecordError
from xinjiang_record.untrusted.regular_files import read_regular_file
from xinjiang_record.validate import descriptor_safety
from xinjiang_record.validate.opening.addresses import is_address, parse_maps

PROJECT_FILE = "xrecord.toml"
DESCRIPTOR_NAMES = ("datapackage.json", "datapackage.yaml", "datapackage.yml")


def read_maps(values: Sequence[str]) -> dict[str, Path]:
    """Return local copies by address: of ``[map]`` in ``xrecord.toml``, and of options.

    Paths in ``xrecord.toml`` of the working directory are relative to it. An option wins.

    Raises:
        UsageError: An option or an entry has another form.
    """
    found = {}
    file = Path(PROJECT_FILE)
    if file.is_file():
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
    return {**found, **parse_maps(list(values))}


def make_checklist(
    pick: Sequence[str], skip: Sequence[str], checks: Sequence[str], path: str | None
) -> dict[str, Any] | None:
    """Return the descriptor of a Frictionless checklist; None if nothing of it is given.

    ``checks`` are names of Frictionless's checks, such as ``duplicate-row``. A check that needs
    options is written in a checklist file.

    Raises:
        ReadError: The file is not a checklist.
    """
    descriptor: dict[str, Any] = {}
    if path is not None:
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
    found: dict[str, None] = {}
    for path in map(Path, paths):
        if path.name.lower().startswith("datapackage.") or ".resource." in path.name.lower():
            found[str(path)] = None
            continue
        for folder in path.parents:
            names = [folder / name for name in DESCRIPTOR_NAMES if (folder / name).is_file()]
            if names and _names_file(names[0], path):
                found[str(names[0])] = None
                break
    return tuple(found)


def _names_file(descriptor: Path, path: Path) -> bool:
    """Return whether a package descriptor names a file; true if the descriptor is unreadable."""
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
