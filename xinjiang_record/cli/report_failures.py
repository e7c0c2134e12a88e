"""Turn every failure of a command into one line on standard error and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from xinjiang_record import exit_codes
from xinjiang_record.errors import XRecordError
from xinjiang_record.extras import describe_missing_module


def report_failures(call: Callable[[], object]) -> int:
    """Return the exit code of a call, with one line on stderr for every failure."""
    try:
        code = call()
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
        print_error(f"{error}. Check the free disk space and the permissions, then run again.")
        return exit_codes.ENVIRONMENT
    except Exception as error:
        from xinjiang_record import settings  # deferred: start-up

        if settings.environment("XRECORD_DEBUG"):
            raise
        text = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        print_error(f"internal error: {text}. Report it, with what XRECORD_DEBUG=1 prints.")
        return exit_codes.ENVIRONMENT


def print_error(message: str) -> None:
    """Print the one line that says why the command ends."""
    print(f"xrecord: {message}", file=sys.stderr)
