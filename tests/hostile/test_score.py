"""The score of the corpus: a sample of the cheap families on each run, all in ``make slow``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warm_commands import run_script

HERE = Path(__file__).parent
# Those that cost little to make; answers, signatures, formats and projects are in ``make slow``.
SAMPLED = (
    "packages", "tables", "raw_files", "documents", "releases", "forgeries", "servers", "site",
    "python", "environments",
)  # fmt: skip


def score(*arguments: str) -> str:
    done = run_script(HERE / "score.py", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.medium
def test_a_sample_of_most_families_ends_as_it_must() -> None:
    lines = score("--every", "202", *SAMPLED).splitlines()
    total = next(line for line in lines if line.startswith("all"))
    counts = [int(number) for number in total.split()[1:]]
    assert counts[0] == counts[1] > 15 and not any(counts[2:])


@pytest.mark.slow
def test_every_input_ends_as_it_must() -> None:
    total = next(line for line in score().splitlines() if line.startswith("all"))
    assert int(total.split()[1]) > 5_000
