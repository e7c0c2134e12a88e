"""The R client: install it and run its own tests against copies of the published releases."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEEDS = "quit(status = !all(sapply(c('digest', 'jsonlite', 'testthat'), requireNamespace)))"


def r_is_ready() -> bool:
    if not shutil.which("Rscript"):
        return False
    return subprocess.run(["Rscript", "-e", NEEDS], capture_output=True).returncode == 0


def test_the_tests_of_the_r_package_pass(tmp_path: Path) -> None:
    if not r_is_ready():  # asked here, as every worker collects this test, and R starts slowly
        pytest.skip("needs R with digest, jsonlite and testthat")
    library = tmp_path / "library"
    library.mkdir()
    package = shutil.copytree(ROOT / "clients/r", tmp_path / "r")
    done = subprocess.run(
        ["R", "CMD", "INSTALL", f"--library={library}", package], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    damaged = tmp_path / "damaged"
    shutil.copytree(
        ROOT / "published/joint-statements", damaged / "joint-statements", symlinks=True
    )
    table = damaged / "joint-statements/latest/data/statements.csv"
    table.write_bytes(table.read_bytes().replace(b"hrc41", b"hrc42", 1))
    environment = {
        **os.environ,
        "R_LIBS": str(library),
        "XRECORD_BASE": str(ROOT / "published"),
        "XRECORD_DAMAGED": str(damaged),
        "TZ": "UTC",
    }
    done = subprocess.run(
        ["Rscript", "testthat.R"],
        cwd=package / "tests",
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "[ FAIL 0 |" in done.stdout and "PASS 0 ]" not in done.stdout, done.stdout
