"""Any order of publish, withdraw, kill, delete, copy, restore, export, get and verify.

A model knows which releases and withdrawals there must be. After every step the folder says just
that, whatever was killed, lost or copied before. XRECORD_MACHINE_RUNS and XRECORD_MACHINE_STEPS
set how many runs of how many steps are made; the long form is 2,000 runs of 50 steps.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from xinjiang_record import files
from xinjiang_record.errors import VerifyError
from xinjiang_record.release import publish
from xinjiang_record.release.distribution.get_release import get_release
from xinjiang_record.release.distribution.locations import open_location
from xinjiang_record.release.distribution.mirror import export_releases
from xinjiang_record.release.integrity.checksums import hash_sums
from xinjiang_record.release.integrity.verify import verify
from xinjiang_record.release.withdraw import withdraw

RUNS = int(os.environ.get("XRECORD_MACHINE_RUNS", "4"))
STEPS = int(os.environ.get("XRECORD_MACHINE_STEPS", "15"))
PACKAGE = "made-up"


def _publisher() -> ModuleType:
    path = Path(__file__).with_name("publisher.py")
    spec = importlib.util.spec_from_file_location("publisher_of_the_machine", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["publisher_of_the_machine"] = module
    spec.loader.exec_module(module)
    return module


MADE = _publisher()


class Killed(BaseException):
    """Nothing that this process does reaches the disk any more."""


@contextmanager
def killed_after(calls: int) -> Iterator[None]:
    """Let so many changes of the file system happen; every later one raises, cleaning up too."""
    left = [calls]

    def limited(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return function(*arguments, **named)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in ("replace", "rename", "symlink", "write", "mkdir", "fchmod"):
            patch.setattr(os, name, limited(getattr(os, name)))
        patch.setattr(Path, "unlink", limited(Path.unlink))
        patch.setattr(shutil, "rmtree", limited(shutil.rmtree))
        patch.setattr(files, "write_bytes", limited(files.write_bytes))
        with suppress(Killed):
            yield


class Releases(RuleBasedStateMachine):
    """The folder of releases, a copy of it elsewhere, and what both must hold."""

    @initialize()
    def begin(self) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="machine-"))
        self.published, self.web = self.place / "published", self.place / "web"
        self.ids: dict[str, str] = {}  # by version, oldest first
        self.withdrawn: set[str] = set()
        self.exported: dict[str, str] = {}
        self.exported_withdrawn: set[str] = set()
        self.backups: list[tuple[Path, dict[str, str], set[str]]] = []
        self.variant = 0
        self.publish(0)

    def teardown(self) -> None:
        shutil.rmtree(getattr(self, "place", "/nowhere"), ignore_errors=True)

    @property
    def package(self) -> Path:
        return self.published / PACKAGE

    @rule(variant=st.integers(0, 5))
    def publish(self, variant: int) -> None:
        result = publish(MADE.candidate(variant), self.published)
        assert (result.status == "published") == (result.version not in self.ids)
        if result.status == "published":
            self.ids[result.version] = hash_sums(self.package / result.version)
        assert result.version == list(self.ids)[-1]
        self.variant = variant

    @rule(variant=st.integers(0, 5), calls=st.integers(0, 120))
    def kill_a_publication(self, variant: int, calls: int) -> None:
        """It is complete, or it never was; the next run does what is left."""
        with killed_after(calls):
            publish(MADE.candidate(variant), self.published)
        there = {path.name for path in self.package.glob("[0-9]*")}
        assert len(there - self.ids.keys()) <= 1
        for version in there - self.ids.keys():
            self.ids[version] = hash_sums(self.package / version)
            self.variant = variant
        self.publish(self.variant)

    @rule(data=st.data(), calls=st.none() | st.integers(0, 8))
    def withdraw(self, data: st.DataObject, calls: int | None) -> None:
        version = data.draw(st.sampled_from(sorted(self.ids)))
        if calls is not None:
            with killed_after(calls):
                withdraw(self.published, PACKAGE, version, "Because.", "2026-11-25")
            is_known = (self.package / f"withdrawals/{version}.json").exists()
            assert is_known or version not in self.withdrawn
        else:
            withdraw(self.published, PACKAGE, version, "Because.", "2026-11-25")
            is_known = True
        if is_known:
            self.withdrawn.add(version)
        self.publish(self.variant)

    @rule(what=st.sampled_from(["versions.json", "latest", "withdrawals"]))
    def lose_something(self, what: str) -> None:
        """What can be rebuilt is rebuilt as it was."""
        path = self.package / what
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        self.publish(self.variant)

    @precondition(lambda self: self.withdrawn)
    @rule()
    def lose_all_that_says_withdrawn(self) -> None:
        """Then the catalog shows that something is missing, and nothing is written."""
        kept = self.place / "kept"
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.package, kept, symlinks=True)
        (self.package / "versions.json").unlink()
        shutil.rmtree(self.package / "withdrawals")
        try:
            publish(MADE.candidate(self.variant), self.published)
            raise AssertionError("a withdrawal was lost without a word")
        except VerifyError:
            pass
        shutil.rmtree(self.package)
        shutil.copytree(kept, self.package, symlinks=True)

    @rule(data=st.data(), number=st.integers(0, 3))
    def copy_a_release(self, data: st.DataObject, number: int) -> None:
        version = data.draw(st.sampled_from(sorted(self.ids)))
        target = self.package / f"{number}.{number}.9"
        if target.name in self.ids:
            return
        before = (self.package / "versions.json").read_bytes()
        shutil.copytree(self.package / version, target)
        try:
            publish(MADE.candidate(self.variant), self.published)
            raise AssertionError("a copy was taken for a release")
        except VerifyError:
            pass
        assert (self.package / "versions.json").read_bytes() == before
        assert any(target.name in problem for problem in verify(self.published))
        shutil.rmtree(target)

    @rule()
    def back_up(self) -> None:
        place = self.place / f"backup-{len(self.backups)}"
        shutil.copytree(self.published, place, symlinks=True)
        self.backups.append((place, dict(self.ids), set(self.withdrawn)))

    @precondition(lambda self: self.backups)
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        place, ids, withdrawn = data.draw(st.sampled_from(self.backups))
        shutil.rmtree(self.published)
        shutil.copytree(place, self.published, symlinks=True)
        self.ids, self.withdrawn = dict(ids), set(withdrawn)
        rows = json.loads((self.package / "versions.json").read_text())["versions"][-1]
        self.variant = rows["row_counts"]["things"] - 20

    @rule()
    def export(self) -> None:
        """A target is brought up to date, and never back."""
        is_behind = any(self.ids.get(name) != digest for name, digest in self.exported.items())
        if is_behind or not self.exported_withdrawn <= self.withdrawn:
            try:
                export_releases(self.published, str(self.web))
                raise AssertionError("a target was rolled back")
            except VerifyError:
                return
        export_releases(self.published, str(self.web))
        self.exported, self.exported_withdrawn = dict(self.ids), set(self.withdrawn)
        assert verify(self.web) == []

    @rule(data=st.data())
    def get(self, data: st.DataObject) -> None:
        version = data.draw(st.sampled_from(sorted(self.ids)))
        said: list[str] = []
        into = self.place / "got"
        shutil.rmtree(into, ignore_errors=True)
        got = get_release(open_location(self.published), PACKAGE, version, into, said.append)
        assert hash_sums(got) == self.ids[version]
        assert bool(said) == (version in self.withdrawn)

    @rule(data=st.data())
    def tamper(self, data: st.DataObject) -> None:
        release = self.package / data.draw(st.sampled_from(sorted(self.ids)))
        found = sorted(path for path in release.rglob("*") if path.is_file())
        path = data.draw(st.sampled_from(found))
        before = path.read_bytes()
        path.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
        assert any(release.name in problem for problem in verify(self.published))
        path.write_bytes(before)

    @invariant()
    def the_folder_says_what_the_model_says(self) -> None:
        if not hasattr(self, "ids"):
            return
        assert verify(self.published) == []
        ledger = json.loads((self.package / "versions.json").read_text())
        assert {item["version"]: item["release_id"] for item in ledger["versions"]} == self.ids
        withdrawn = {item["version"] for item in ledger["versions"] if item["withdrawn"]}
        assert withdrawn == self.withdrawn
        standing = [version for version in self.ids if version not in withdrawn]
        assert ledger["latest"] == (standing[-1] if standing else None)


Releases.TestCase.settings = settings(
    max_examples=RUNS,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestReleases = Releases.TestCase
