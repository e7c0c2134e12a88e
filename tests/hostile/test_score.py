"""The score of the corpus: a sample of every family on each run, all of it in ``make slow``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def score(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, str(HERE / "score.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.medium
def test_a_sample_of_every_family_ends_as_it_must() -> None:
    total = next(line for line in score("--every", "101").splitlines() if line.startswith("all"))
    counts = [int(number) for number in total.split()[1:]]
    assert counts[0] == counts[1] > 20 and not any(counts[2:])


@pytest.mark.slow
def test_every_input_ends_as_it_must() -> None:
    total = next(line for line in score().splitlines() if line.startswith("all"))
    assert int(total.split()[1]) > 900
