"""The published releases: every correction with its reason and source, and 1.0.0 as it was."""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGES = ("detention-figures", "documents", "joint-statements", "responses")
FIRST = {  # SHA-256 of SHA256SUMS of the first releases: they never change
    "detention-figures": "988b3b61590da741446e1a086b90ee939f4434c5b7b7752310846468727c6fdc",
    "documents": "ec4ef8aabcad964a4aea98838cf2d1bda0034163f0169027e9c51845cd0f76bb",
    "joint-statements": "182683685d565e2c4b1fbb6eefcee1875d982a3c17b3527a8641f63385cb820a",
    "responses": "7441b7b8d2044bc3f2d9245079325fa0f600edafe6b38d0fc7210c89ac35f496",
}


def read_csv(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("package", PACKAGES)
def test_the_first_release_is_as_it_was(root: Path, package: str) -> None:
    sums = (root / "published" / package / "1.0.0" / "SHA256SUMS").read_bytes()
    assert hashlib.sha256(sums).hexdigest() == FIRST[package]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_amendment_is_in_the_changes_with_reason_and_source(root: Path, package: str) -> None:
    changes = {
        (row["table"], row["record"], row["field"]): row
        for row in read_csv(root / "published" / package / "2.0.0/changes/from-1.0.0.csv")
        if row["op"] in ("change", "add")
    }
    amendments = read_csv(root / "raw" / package / "amendments.csv")
    assert amendments
    for row in amendments:
        change = changes[row["resource"], row["record_id"], row["field"]]
        assert (change["reason"], change["source"]) == (row["reason"], row["source_id"]), row
        assert change["old"] == row["old_value"] or row["field"].endswith("_on"), row


def test_a_journalist_can_read_what_was_corrected(root: Path) -> None:
    page = (root / "published/responses/2.0.0/CHANGES.md").read_text("utf-8")
    (senate,) = [line for line in page.splitlines() if line.startswith("- `events` E086")]
    assert "The Czech Senate voted on 10 June 2021, not on 14 June" in senate
    assert "source correction" in senate and "http://praha.kdu.cz/" in senate
    for package in PACKAGES:
        text = (root / "published" / package / "2.0.0/CHANGES.md").read_text("utf-8")
        assert "### Corrected and completed values" in text and "As above" not in text


def test_the_diff_tells_corrections_with_reason_and_source(root: Path) -> None:
    command = [sys.executable, "-m", "xinjiang_record.cli", "diff", "joint-statements", "1.0.0"]
    command += ["--format", "markdown"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = done.stdout.replace("\n", " ")
    assert "Ukraine declared its position after the vote of 6 October 2022" in said
    assert "draft_stance is now critical" in said
    assert "Residual 1 is Qatar" in said and "reclassification" in said


def test_the_releases_follow_the_first_by_the_recipe(root: Path) -> None:
    for package in PACKAGES:
        ledger = json.loads((root / "published" / package / "versions.json").read_text("utf-8"))
        second = ledger["versions"][1]
        assert (second["version"], second["bump"]) == ("2.0.0", "major")
        assert second["previous"]["version"] == "1.0.0"


def test_no_addition_gives_a_state_a_first_side_or_another(root: Path) -> None:
    before, after = (
        read_csv(root / "published/joint-statements" / version / "data/positions.csv")
        for version in ("1.0.0", "2.0.0")
    )
    assert {row["country_iso3"] for row in after} == {row["country_iso3"] for row in before}
    moved = {row["country_iso3"] for row in after if row["has_changed_sides"] == "true"}
    assert moved == {"SOM"}
