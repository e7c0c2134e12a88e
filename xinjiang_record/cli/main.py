"""The command ``xrecord``: parse, call one function, print, exit.

Commands live beside this module and are imported only when they are called, so that ``xrecord --help`` starts at once.
Exit codes: 0 done, 1 findings, 2 usage, 3 the environment (disk, lock, network), 130 or 143 a signal.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
from types import FrameType
from typing import Any

import click

from xinjiang_record.errors import XRecordError

# Command -> module that defines it under its own name, in the order of the help page.
MODULES = {
    "run": "pipeline_commands.run",
    "validate": "validate",
    "verify": "release_commands.verify",
    "diff": "release_commands.diff",
    "versions": "release_commands.versions",
    "history": "release_commands.history",
    "cite": "release_commands.cite",
    "get": "release_commands.get",
    "withdraw": "release_commands.withdraw",
    "export": "release_commands.export",
    "fetch": "source_commands.fetch",
    "extract": "source_commands.extract",
    "reconcile": "source_commands.reconcile",
    "check": "source_commands.check",
    "figure": "site_commands.figure",
    "site": "site_commands.site",
    "preview": "pipeline_commands.preview",
    "schedule": "pipeline_commands.schedule",
}


class Lazy(click.Group):
    """A group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(MODULES)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in MODULES:
            return None
        module = importlib.import_module(f"xinjiang_record.cli.{MODULES[name]}")
        command: click.Command = getattr(module, name)
        return command


@click.command(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--project",
    type=click.Path(exists=True, file_okay=False),
    help="The checkout to work on, if not this folder's.",
)
@click.version_option(package_name="xinjiang-record", prog_name="xrecord")
def group(project: str | None) -> None:
    """Which states signed what about the detentions in Xinjiang, and how many are said to be detained: build, check, cite.

    Start with: xrecord run
    """
    from xinjiang_record import (
        settings,  # here, because it may refuse the environment, and main says so
    )

    if project:
        settings.choose_project(project)


def _terminated(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main(arguments: list[str] | None = None) -> Any:
    """Run the command; the entry point of ``xrecord``."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        code = group.main(args=arguments, prog_name="xrecord", standalone_mode=False)
    except click.exceptions.Abort:
        code = 130
    except KeyboardInterrupt:
        code = 130
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except XRecordError as error:
        print(f"xrecord: {error}", file=sys.stderr)
        code = error.exit_code
    except BrokenPipeError:  # who read the output has enough
        code = 141
    except OSError as error:
        print(
            f"xrecord: {error}. Is there room on the disk, and are the files yours? Then run it again.",
            file=sys.stderr,
        )
        code = 3
    code = code if isinstance(code, int) else 0
    if arguments is None and sys.argv[1:2] == ["validate"]:
        _leave(code)
    sys.exit(code)


def _leave(code: int) -> None:
    """End at once what leaves nothing behind: Python's own way, to take everything apart, takes time that is felt."""
    with contextlib.suppress(OSError):  # nobody reads on: the usual end says so
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
