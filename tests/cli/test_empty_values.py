"""An empty value of an option or argument is wrong usage, never the same as none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from xinjiang_record.cli.main import group
from xinjiang_record.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = (click.IntRange, click.FloatRange, click.types.IntParamType)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(group, arguments)


def parameters(
    command: click.Command, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], click.Parameter, list[click.Parameter]]]:
    """Yield the path of each command with each of its parameters that takes a value."""
    context = click.Context(command)
    before: list[click.Parameter] = []
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            before.append(parameter)
        if not getattr(parameter, "is_flag", False):
            yield path, parameter, before[:-1]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from parameters(inner, (*path, name))


def test_an_empty_value_is_refused_in_every_option_of_every_command() -> None:
    found = [item for item in parameters(group, ()) if item[0]]
    assert len(found) > 100
    for path, parameter, before in found:
        for value in ("", " "):
            if isinstance(parameter, click.Argument):
                given = [*(["x"] * len(before)), value]
            else:
                given = [parameter.opts[0], value]
            done = run(*path, *given)
            assert done.exit_code == 2, (path, given, done.output)
            told = "it is empty: expected a value" in done.output
            own = isinstance(parameter.type, (*NUMBERS, click.Choice, click.DateTime))
            # An argument that stands before may be refused first: "x" is no file.
            assert told or own or before or "Invalid value" in done.output, (path, given)


def test_an_empty_value_with_the_equals_sign_is_refused_too() -> None:
    assert run("versions", "--from=").exit_code == 2
    assert run("--project", "", "versions").exit_code == 2


@pytest.mark.parametrize("option", ["--pick", "--skip", "--checks"])
def test_a_list_of_nothing_is_refused(option: str) -> None:
    done = run("validate", "x.csv", option, ",")
    assert isinstance(done.exception, UsageError)
    assert f"{option}: expected names with commas between them, got ','" in str(done.exception)


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "@1.0.0"),
        ("verify", "documents@"),
        ("verify", "@"),
        ("cite", "@1.0.0"),
        ("rebuild", "@1.0.0"),
        ("withdraw", "@1.0.0", "--reason", "x"),
        ("withdraw", "documents@", "--reason", "x"),
    ],
    ids=" ".join,
)
def test_a_release_without_its_package_or_version_is_refused(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert isinstance(done.exception, UsageError)
    assert "expected PACKAGE" in str(done.exception)


def test_an_empty_day_withdraws_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/fields.toml").write_text("")
    published = tmp_path / "published/documents"
    shutil.copytree(ROOT / "published/documents", published, symlinks=True)
    monkeypatch.setenv("XRECORD_PROJECT", str(tmp_path))
    before = (published / "versions.json").read_bytes()
    for day in ("", " ", "\t"):
        done = run("withdraw", "documents@1.0.0", "--reason", "A source was misread.", "--on", day)
        assert done.exit_code == 2 and "'--on'" in done.output
    assert (published / "versions.json").read_bytes() == before
    done = run("withdraw", "documents@1.0.0", "--reason", "A source was misread.")
    assert done.exit_code == 0, done.output
    assert "A source was misread." in (published / "versions.json").read_text()
