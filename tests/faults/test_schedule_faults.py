"""Scheduled runs on PostgreSQL, with kills of worker, server and database; the long forms only."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.server,
    pytest.mark.skipif(
        not list(Path("/usr/lib/postgresql").glob("*/bin/postgres")),
        reason="PostgreSQL is not here (apt-get install postgresql)",
    ),
]
PROGRAM = Path(__file__).with_name("schedule_faults.py")
# 20 runs on two workers: the server is restarted in the middle of one, later the database is away
# for 20 s. Then 300 runs with a kill of something every 20 s.
FORMS = {
    "restart and stop": ("--runs", "20", "--plan", "6:server,12:database-stop"),
    "random kills": ("--runs", "300"),
}


@pytest.mark.parametrize("form", FORMS)
def test_releases_are_whole_and_no_run_stays_alive(form: str) -> None:
    command = [sys.executable, PROGRAM, *FORMS[form]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    print(done.stdout)
