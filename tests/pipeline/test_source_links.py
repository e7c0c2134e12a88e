"""Findings lead to the file and line in the repository, where it has an address on the web."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from xinjiang_record.model import Finding, Place
from xinjiang_record.pipeline.outcome import Outcome
from xinjiang_record.pipeline.run_report import finding_rows, validation_markdown
from xinjiang_record.pipeline.source_links import find_source_address


def git(folder: Path, *arguments: str) -> str:
    name = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=0")
    done = subprocess.run(
        ["git", "-C", folder, *name, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("remote", "page"),
    [
        ("https://git.example.org/owner/name.git", "https://git.example.org/owner/name"),
        ("https://token@git.example.org/owner/name", "https://git.example.org/owner/name"),
        ("git@git.example.org:group/owner/name.git", "https://git.example.org/group/owner/name"),
        ("ssh://git@git.example.org:2222/owner/name/", "https://git.example.org/owner/name"),
        ("/srv/name.git", ""),
        ("file:///srv/name.git", ""),
        ("", ""),
    ],
)
def test_a_finding_is_a_link_if_the_repository_is_on_the_web(
    tmp_path: Path, remote: str, page: str
) -> None:
    git(tmp_path, "init", "--quiet")
    if remote:
        git(tmp_path, "remote", "add", "origin", remote)
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "Begin")
    finding = Finding("blank-row", "A row is blank.", Place("raw/a b.csv", 3))
    outcome = Outcome("documents", "failed", findings=(finding,), error="1 finding.")
    (row,) = finding_rows([outcome], find_source_address(tmp_path))
    commit = git(tmp_path, "rev-parse", "HEAD")
    link = f"[raw/a b.csv:3]({page}/blob/{commit}/raw/a%20b.csv#L3)"
    assert row["place"] == (link if page else "raw/a b.csv:3")


def test_a_folder_that_is_no_repository_has_no_address(tmp_path: Path) -> None:
    assert find_source_address(tmp_path) == ""


def test_warnings_are_not_called_no_finding() -> None:
    finding = Finding("weak-source", "Find another.", Place("raw/a.csv", 3), severity="warning")
    told = validation_markdown(Outcome("documents", "unchanged", findings=(finding,)))
    assert "Valid. Warnings: 1." in told and "- raw/a.csv:3: weak-source" in told
