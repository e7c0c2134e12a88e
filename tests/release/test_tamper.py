"""Whatever is done to released bytes, verify names it.

And it tells every problem, not the first.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinjiang_record.errors import UsageError
from xinjiang_record.release.integrity.verify import verify
from xinjiang_record.release.integrity.verify_release import verify_release
from xinjiang_record.release.withdraw import withdraw


def _flip(path: Path, at: int = 40) -> None:
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= 1
    path.write_bytes(bytes(data))


def _swap(one: Path, two: Path) -> None:
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)


def _link(path: Path) -> None:
    shutil.move(path, path.parents[3] / "moved")
    path.symlink_to(path.parents[3] / "moved")


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def _latest(package: Path, target: str) -> None:
    (package / "latest").unlink()
    (package / "latest").symlink_to(target)


TAMPER: dict[str, tuple[Callable[[Path], None], str]] = {
    "flip a bit of the CSV": (lambda p: _flip(p / "1.1.0/data/things.csv"),
        "1.1.0/data/things.csv: its bytes"),
    "flip a bit of the Parquet": (lambda p: _flip(p / "1.1.0/data/things.parquet"),
        "1.1.0/data/things.parquet: its bytes"),
    "truncate": (lambda p: os.truncate(p / "1.0.0/README.md", 50), "1.0.0/README.md: its bytes"),
    "extend": (lambda p: _edit(p / "1.0.0/LICENSE", "warranty", "any warranty"),
        "1.0.0/LICENSE: its bytes"),
    "add a file": (lambda p: (p / "1.0.0/data/more.csv").write_text("a\n"),
        "1.0.0/data/more.csv: is not listed"),
    "delete a file": (lambda p: (p / "1.0.0/CITATION.cff").unlink(),
        "1.0.0/CITATION.cff: is missing"),
    "delete the sums": (lambda p: (p / "1.0.0/SHA256SUMS").unlink(),
        "1.0.0/SHA256SUMS: cannot be read"),
    "swap two files": (lambda p: _swap(p / "1.0.0/data/things.csv", p / "1.0.0/data/sources.csv"),
        "1.0.0/data/things.csv: its bytes"),
    "a link in place of a file": (lambda p: _link(p / "1.0.0/data/things.csv"),
        "1.0.0/data/things.csv: expected a regular file, got a link"),
    "a link in place of a release": (lambda p: _link_release(p),
        "1.0.0: is not a release's folder"),
    "roll latest back": (lambda p: _latest(p, "1.0.0"),
        "latest: is 1.0.0; by versions.json it is 1.2.0"),
    "latest leads out": (lambda p: _latest(p, "/etc"), "latest: is /etc"),
    "no latest": (lambda p: (p / "latest").unlink(), "latest: is not there"),
    "cut the ledger": (lambda p: _cut(p), "1.2.0: is not in versions.json"),
    "empty the ledger": (lambda p: _empty(p), "versions.json: lists no version"),
    "rewrite the ledger": (lambda p: _edit(p / "versions.json", '"added": 2', '"added": 3'),
        "changes of 1.1.0 is not the release's"),
    "break the chain": (lambda p: _edit(p / "1.1.0/SHA256SUMS", "a", "b"),
        "release_id of 1.1.0 is not the release's"),
    "delete a release": (lambda p: shutil.rmtree(p / "1.1.0"),
        "1.1.0: is in versions.json and not there"),
    "leave something": (lambda p: (p / ".staging").mkdir(), ".staging: does not belong there"),
    "edit the catalog": (lambda p: _edit(p.parent / "catalog.json", "1.2.0", "1.1.0"),
        "catalog.json: is not what the ledgers say"),
}  # fmt: skip


def _link_release(package: Path) -> None:
    shutil.move(package / "1.0.0", package.parent.parent / "moved")
    (package / "1.0.0").symlink_to(package.parent.parent / "moved")


def _empty(package: Path) -> None:
    """Leave a ledger without versions, and nothing that it could list."""
    value = json.loads((package / "versions.json").read_text())
    value.update(versions=[], latest=None)
    (package / "versions.json").write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
    (package / "latest").unlink()
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        shutil.rmtree(package / version)


def _cut(package: Path) -> None:
    value = json.loads((package / "versions.json").read_text())
    value["versions"].pop()
    (package / "versions.json").write_text(json.dumps(value))


@pytest.mark.parametrize("what", TAMPER)
def test_verify_names_it(published: Path, what: str) -> None:
    assert verify(published) == []
    change, expected = TAMPER[what]
    change(published / "made-up")
    assert any(expected in problem for problem in verify(published)), verify(published)


def test_every_problem_is_told(published: Path) -> None:
    for what in (
        "flip a bit of the CSV",
        "truncate",
        "add a file",
        "leave something",
        "roll latest back",
    ):
        TAMPER[what][0](published / "made-up")
    problems = "\n".join(verify(published))
    for what in (
        "flip a bit of the CSV",
        "truncate",
        "add a file",
        "leave something",
        "roll latest back",
    ):
        assert TAMPER[what][1] in problems


def test_a_forger_who_mends_the_sums_breaks_the_ledger(published: Path) -> None:
    """Rows, descriptor, sums.

    One that agrees with itself is still not the one in the ledger, nor in the next release's chain.
    """
    import hashlib

    release = published / "made-up" / "1.1.0"
    _edit(release / "data/things.csv", "plain", "plainer")
    digest = hashlib.sha256((release / "data/things.csv").read_bytes()).hexdigest()
    lines = (release / "SHA256SUMS").read_text().splitlines()
    mended = [
        f"{digest}  data/things.csv" if line.endswith("  data/things.csv") else line
        for line in lines
    ]
    (release / "SHA256SUMS").write_text("\n".join(mended) + "\n")
    problems = "\n".join(verify(published))
    assert "release_id of 1.1.0 is not the release's" in problems
    assert (
        "data/things.csv: holds other rows than things.parquet, or not in canonical form, from byte"
        in problems
    )


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_bit_of_any_file(published: Path, data: st.DataObject) -> None:
    release = published / "made-up" / "1.2.0"
    path = data.draw(st.sampled_from(sorted(path for path in release.rglob("*") if path.is_file())))
    at = data.draw(st.integers(0, path.stat().st_size - 1))
    _flip(path, at)
    assert any(
        path.name in problem or "release_id" in problem
        for problem in [*verify(published, "made-up", "1.2.0")]
    )
    _flip(path, at)


def test_one_release_alone(published: Path) -> None:
    assert (
        verify(published, "made-up", "1.0.0")
        == verify_release(published / "made-up" / "1.0.0")
        == []
    )
    with pytest.raises(UsageError, match=r"no version '9\.9\.9'"):
        verify(published, "made-up", "9.9.9")
    with pytest.raises(UsageError, match="Unknown package 'other': expected one of "):
        verify(published, "other")


def test_withdrawn_but_there(published: Path) -> None:
    package = published / "made-up"
    before = (package / "1.2.0/SHA256SUMS").read_bytes()
    ledger = withdraw(published, "made-up", "1.2.0", "A source was misread.", "2026-11-24")
    assert ledger.latest and ledger.latest["version"] == "1.1.0"
    assert os.readlink(package / "latest") == "1.1.0"
    assert (package / "1.2.0/SHA256SUMS").read_bytes() == before
    assert verify(published) == []
    assert json.loads((published / "catalog.json").read_text())["packages"][0]["latest"] == "1.1.0"
    again = withdraw(published, "made-up", "1.2.0", "A source was misread.", "2026-12-01")
    assert again.entry("1.2.0")["withdrawn"] == {
        "on": "2026-11-24",
        "reason": "A source was misread.",
    }
    with pytest.raises(UsageError, match="for another reason"):
        withdraw(published, "made-up", "1.2.0", "Something else.", "2026-12-01")
    with pytest.raises(UsageError, match="needs a reason"):
        withdraw(published, "made-up", "1.1.0", " ", "2026-12-01")
    for version in ("1.1.0", "1.0.0"):
        withdraw(published, "made-up", version, "All of it.", "2026-12-01")
    assert not (package / "latest").is_symlink()
    assert verify(published) == []
