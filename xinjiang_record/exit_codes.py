"""Define the exit codes of the command ``xrecord``; ``errors.py`` gives each exception one."""

from __future__ import annotations

DONE = 0
FINDINGS = 1  # the data have findings, or do not allow what was asked for
USAGE = 2  # the call itself is wrong
ENVIRONMENT = 3  # disk, lock, network, permissions, a missing extra; or a bug of xrecord
NOT_UNDERSTOOD = 4  # `xrecord check` found no claim that the record can check
INTERRUPTED = 130  # Ctrl-C
CLOSED_OUTPUT = 141  # the reader of the output closed it
TERMINATED = 143  # SIGTERM
