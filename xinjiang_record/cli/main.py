"""Run the command ``xrecord``: parse, call one function, print, exit.

Each command is a module of this folder, imported only when it is called, so that ``xrecord --help``
starts at once.

``exit_codes.py`` lists the exit codes.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import io
import os
import re
import resource
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn

import click
from click.core import ParameterSource

from xinjiang_record import exit_codes
from xinjiang_record.errors import XRecordError
from xinjiang_record.extras import describe_missing_module
from xinjiang_record.untrusted.escape_text import LAYOUT, escape_unprintable

# What the loader of libraries says, in an ImportError, where memory is too little.
NO_MEMORY = re.compile("failed to map segment|annot allocate memory")
MEMORY = 1024**3  # bytes of address space without which Arrow ends the process
LIGHT = {"validate", "reconcile", "--help", "-h", "--version"}  # what works with less
# Command -> module that defines it under its own name, in the order of the help page.
MODULES = {
    "run": "pipeline_commands.run",
    "validate": "validate",
    "describe": "describe",
    "verify": "release_commands.verify",
    "diff": "release_commands.diff",
    "versions": "release_commands.versions",
    "history": "release_commands.history",
    "cite": "release_commands.cite",
    "get": "release_commands.get",
    "withdraw": "release_commands.withdraw",
    "export": "release_commands.export",
    "archive": "release_commands.archive",
    "deposit": "release_commands.deposit",
    "sign": "release_commands.sign",
    "rebuild": "release_commands.rebuild",
    "fetch": "source_commands.fetch",
    "sources": "source_commands.sources",
    "add": "source_commands.add",
    "extract": "source_commands.extract",
    "reconcile": "source_commands.reconcile",
    "check": "source_commands.check",
    "figure": "site_commands.figure",
    "site": "site_commands.site",
    "publish-site": "site_commands.publish_site",
    "serve": "site_commands.serve",
    "preview": "pipeline_commands.preview",
    "schedule": "pipeline_commands.schedule",
}


class _NotEmpty(click.ParamType[object]):
    """Convert as another type does; refuse an empty value, which is never the same as none."""

    def __init__(self, inner: click.ParamType[object]) -> None:
        self.inner, self.name = inner, inner.name

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """Return what the help page shows for the value."""
        return self.inner.get_metavar(param, ctx)

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> object:
        """Return the converted value; a default may be empty."""
        if _is_empty(value) and param and ctx and _is_given(param, ctx):
            self.fail("it is empty: expected a value. Leave it out if there is none.", param, ctx)
        return self.inner.convert(value, param, ctx)


def _is_empty(value: object) -> bool:
    return isinstance(value, str) and not value.strip()


def _is_given(param: click.Parameter, ctx: click.Context) -> bool:
    return ctx.get_parameter_source(str(param.name)) is ParameterSource.COMMANDLINE


def _refuse_empty_values(command: click.Command) -> None:
    """Let a command, and those below it, refuse empty texts and paths with a usage error."""
    for parameter in command.params:
        if isinstance(parameter.type, click.types.StringParamType | click.Path):
            parameter.type = _NotEmpty(parameter.type)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            _refuse_empty_values(inner)


class CommandGroup(click.Group):
    """Import a command's module only when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the help page."""
        return list(MODULES)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import and return the command; None for an unknown name."""
        if name not in MODULES:
            return None
        module = importlib.import_module(f"xinjiang_record.cli.{MODULES[name]}")
        command: click.Command = getattr(module, name.replace("-", "_"))
        _refuse_empty_values(command)
        return command

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: object,
    ) -> click.Context:
        """Read the arguments; this prints the help page."""
        with _closed_output_is_no_finding():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        with _closed_output_is_no_finding():
            return super().invoke(ctx)


@contextlib.contextmanager
def _closed_output_is_no_finding() -> Iterator[None]:
    """Exit 141 where the reader of the output closed it: click's exit code would be 1."""
    try:
        yield
    except BrokenPipeError:
        raise click.exceptions.Exit(exit_codes.CLOSED_OUTPUT) from None


@click.command(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--project",
    type=click.Path(exists=True, file_okay=False),
    help="Work on this checkout. [default: the one that holds the current folder]",
)
@click.version_option(package_name="xinjiang-record", prog_name="xrecord")
def group(project: str | None) -> None:
    """Build, check, compare and cite the data packages of Xinjiang Record.

    Which states signed what about the detentions in Xinjiang, and how many people are said to be
    detained? Start with: xrecord run
    """
    # The settings can refuse the environment; main() then prints the reason.
    from xinjiang_record import settings  # deferred: start-up

    settings.prefer_fast_libraries()
    if project is not None:
        settings.choose_project(project)


def _exit_on_sigterm(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command and exit; the entry point of ``xrecord``."""
    signal.signal(signal.SIGTERM, _exit_on_sigterm)
    given = sys.argv[1:] if arguments is None else arguments
    problem = _prepare_process(given)
    if problem:
        if sys.stderr is not None:
            print_error(problem)
        sys.exit(exit_codes.ENVIRONMENT)
    code = report_failures(
        lambda: group.main(args=given, prog_name="xrecord", standalone_mode=False)
    )
    if arguments is None:
        _exit_at_once(code)
    sys.exit(code)


def report_failures(call: Callable[[], object]) -> int:
    """Return the exit code of a call, with one line on stderr for every failure.

    That its output could not be written is one, whatever the call returned.
    """
    try:
        code = _call_and_flush(call)
        return code if isinstance(code, int) else exit_codes.DONE
    except click.exceptions.Exit as end:
        return end.exit_code
    except (click.exceptions.Abort, KeyboardInterrupt):
        return exit_codes.INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except XRecordError as error:
        print_error(str(error))
        return error.exit_code
    except ModuleNotFoundError as error:
        message = describe_missing_module(error)
        if not message:
            raise
        print_error(message)
        return exit_codes.ENVIRONMENT
    except MemoryError as error:
        print_error(
            f"out of memory ({error or 'MemoryError'}). Close programs, or raise the limit "
            "(ulimit, or XRECORD_LIMIT_COMMAND_MEMORY_BYTES for check, extract, get and preview)."
        )
        return exit_codes.ENVIRONMENT
    except BrokenPipeError:
        return exit_codes.CLOSED_OUTPUT
    except OSError as error:
        place = f"{error.filename}: " if error.filename and error.strerror else ""
        said = error.strerror if place else error
        print_error(
            f"{place}{said}. Check the free disk space and the permissions, then run again."
        )
        return exit_codes.ENVIRONMENT
    except Exception as error:
        from xinjiang_record import settings  # deferred: start-up

        if isinstance(error, ImportError) and NO_MEMORY.search(str(error)):
            print_error(f"out of memory ({error}). Raise the limit, or close programs.")
            return exit_codes.ENVIRONMENT
        if settings.environment("XRECORD_DEBUG"):
            raise
        text = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        print_error(f"internal error: {text}. Report it, with what XRECORD_DEBUG=1 prints.")
        return exit_codes.ENVIRONMENT


def _call_and_flush(call: Callable[[], object]) -> object:
    """Call, and write all that Python has buffered, while a failure of it can still be said."""
    try:
        return call()
    finally:
        sys.stdout.flush()


def print_error(message: str) -> None:
    """Print the one line that says why the command ends."""
    print(f"xrecord: {escape_unprintable(message, keep=LAYOUT)}", file=sys.stderr)


def _prepare_process(arguments: list[str]) -> str:
    """Let names be printed in any encoding; return what keeps a command from working at all."""
    if sys.stdout is None or sys.stderr is None:
        # The next file that is opened would get its number, and libraries would write into it.
        return "standard output or standard error is closed. Redirect it to /dev/null instead."
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() != "utf-8":
            stream.reconfigure(errors="backslashreplace")
    most, _ = resource.getrlimit(resource.RLIMIT_AS)
    if most != resource.RLIM_INFINITY and most < MEMORY and not LIGHT.intersection(arguments):
        return (
            f"the address space is limited to {most // 1024} KiB (ulimit -v): "
            f"expected at least {MEMORY // 1024}. Raise the limit."
        )
    return ""


def _exit_at_once(code: int) -> NoReturn:
    """Exit after Python's own clean-up, but without that of the libraries in C++.

    Arrow's can abort a process whose thread pool is still starting threads: the command would
    exit with -6 after it did its work. It also adds noticeable latency.
    """
    threading._shutdown()  # type: ignore[attr-defined]  # waits for threads, as sys.exit does
    atexit._run_exitfuncs()
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)
