"""Steps that kill their process. Each new process imports this module, so it imports little."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def killed_once(mark: Path, number: int) -> int:
    """Kill the own process, unless that has been done."""
    if number == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def killed(number: int) -> None:
    """Kill the own process."""
    os.kill(os.getpid(), signal.SIGKILL)
