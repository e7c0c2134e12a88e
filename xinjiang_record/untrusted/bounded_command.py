"""Run a whole command in a second process with bounded time and memory.

For commands whose whole work is on untrusted files: ``check``, ``extract``, ``get`` and
``preview``. The first process waits. It ends the second one at its deadline, and says which limit
was broken even where a library ended without an exception.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType

from xinjiang_record import settings
from xinjiang_record.errors import LimitError
from xinjiang_record.limits import LIMITS
from xinjiang_record.untrusted.resource_limits import lower_limit

MEMORY = "command_memory_bytes"
STEP = 0.02  # seconds between two looks at the second process
FORWARDED = (signal.SIGTERM, signal.SIGINT)
OUT_OF_MEMORY = 137  # exit code of a process whose memory the system took back


def run_bounded_command(command: Callable[[], int], name: str, *, limit: str) -> int:
    """Return the exit code of a command that runs in a second process.

    Args:
        command: the command; it prints its own errors, and returns its exit code.
        name: what messages call it.
        limit: the name of the limit on its seconds: of processor time, and of time where it
            is not busy, as with a slow server.

    Raises:
        LimitError: it broke that limit, or ``command_memory_bytes``.
    """
    most = int(getattr(LIMITS, limit))
    sys.stdout.flush()
    sys.stderr.flush()
    # Signals wait until they can be passed on: one between the two would end this process alone.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, FORWARDED)
    child = os.fork()
    if not child:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        _be_the_command(command, most)
    with _forwarded_signals(child):
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        code = _wait(child, settings.monotonic() + most)
    if code is None or code == -signal.SIGXCPU:
        raise LimitError(
            f"{name}: took longer than the limit {limit} ({most}). "
            f"Set XRECORD_LIMIT_{limit.upper()} if you trust what it reads."
        )
    if code in (-signal.SIGKILL, -signal.SIGSEGV, -signal.SIGABRT, OUT_OF_MEMORY):
        raise LimitError(
            f"{name}: needed more memory than the limit {MEMORY} "
            f"({LIMITS.command_memory_bytes}), or a library failed."
        )
    return 128 - code if code < 0 else code


def _be_the_command(command: Callable[[], int], seconds: int) -> None:
    """Run the command and end this process."""
    code = 70
    try:
        lower_limit(resource.RLIMIT_CPU, seconds)
        lower_limit(resource.RLIMIT_DATA, LIMITS.command_memory_bytes)
        code = command()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _wait(child: int, deadline: float) -> int | None:
    """Return the exit code of the second process; None after the deadline."""
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        if settings.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None
        settings.pause(STEP)
    return os.waitstatus_to_exitcode(ended[1])


@contextlib.contextmanager
def _forwarded_signals(child: int) -> Iterator[None]:
    """Pass signals on, so that the second process ends in its own way."""

    def forward(number: int, frame: FrameType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, number)

    before = {number: signal.signal(number, forward) for number in FORWARDED}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
