"""Build a release again from the commit that it names, and compare it byte by byte.

1. Read the commit from the release's provenance.json.
2. Check that commit out into a temporary folder, with the releases before this one.
3. If asked, install the libraries of the commit's requirements.lock in an environment of its own.
4. Run ``xrecord run --direct`` there, with the code of that commit.
5. Compare every file with the published one.

Without step 3 the libraries are those of this environment. Where they are others than the release
names, its bytes may differ for that reason alone.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinjiang_record import files, settings
from xinjiang_record.errors import EnvironmentFault, UsageError, VerifyError
from xinjiang_record.release.integrity.checksums import NAME, hash_sums, read_sums
from xinjiang_record.release.integrity.json_files import check_shape, read_json
from xinjiang_record.release.integrity.release_shapes import PROVENANCE
from xinjiang_record.release.integrity.version_numbers import version_key
from xinjiang_record.release.integrity.versions_json import (
    find_package_folder,
    read_ledger,
    version_folders,
)
from xinjiang_record.settings import Project

GIT_SECONDS, INSTALL_SECONDS, RUN_SECONDS = 600, 1800, 3600


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Say what a rebuild found: files that differ, and libraries that do."""

    release_id: str
    commit: str
    different: tuple[str, ...]
    libraries: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        """Return whether every byte is the same."""
        return not self.different


def rebuild(
    project: Project, package: str, version: str, commit: str = "", *, is_locked: bool = False
) -> Rebuilt:
    """Build a release again, and compare it.

    Args:
        project: The checkout; it must be a git repository with the commit.
        package: The package.
        version: The version, or "latest".
        commit: The commit to build from, if the release names none.
        is_locked: Install the libraries of the commit's requirements.lock first, each checked
            against its hash. This asks the package index.

    Raises:
        UsageError: The package or release is unknown, or it names no commit and none is given.
        EnvironmentFault: git cannot be run, or lacks the commit; a library cannot be installed.
        VerifyError: The old code does not publish this version.
    """
    home = find_package_folder(project.published, package)
    entry = read_ledger(home).entry(version)
    release = home / entry["version"]
    made = read_json(release / "provenance.json")
    check_shape(made, PROVENANCE, str(release / "provenance.json"))
    commit = commit or _named_commit(made, f"{package} {entry['version']}")
    with _checked_out(project.root, commit) as folder:
        _go_back(folder / "published", package, made)
        python = _install(folder) if is_locked else Path(sys.executable)
        _run(python, folder, package, entry["version"])
        again = folder / "published" / package / entry["version"]
        if not again.is_dir():
            there = ", ".join(path.name for path in version_folders(again.parent)) or "none"
            raise VerifyError(
                f"{package}: the code of {commit[:12]} did not publish {entry['version']}: "
                f"there are {there}."
            )
        different = tuple(_compare(release, again))
        libraries = tuple(_other_libraries(made, read_json(again / "provenance.json")))
    return Rebuilt(hash_sums(release), commit, different, libraries)


def _named_commit(made: Mapping[str, Any], shown: str) -> str:
    commit = made["code"].get("commit")
    if not isinstance(commit, str):
        raise UsageError(
            f"{shown}: names no commit. Give the one it was published from with --commit."
        )
    if made["code"].get("is_modified"):
        raise UsageError(
            f"{shown}: was published from files that differ from the commit {commit[:12]}. "
            "Give the commit that has them with --commit."
        )
    return commit


@contextmanager
def _checked_out(root: Path, commit: str) -> Iterator[Path]:
    """Yield a temporary checkout of a commit, which leaves the repository as it is."""
    exact = _find_commit(root, commit)
    with tempfile.TemporaryDirectory(prefix="rebuild-") as place:
        folder = Path(place) / "checkout"
        for arguments in (
            ("clone", "--quiet", "--shared", "--no-checkout", str(root), str(folder)),
            ("-C", str(folder), "checkout", "--quiet", "--detach", exact),
        ):
            done = _git(*arguments)
            if done.returncode:
                raise EnvironmentFault(
                    f"{root}: the commit {commit[:40]} cannot be checked out: "
                    f"{done.stderr.strip()}. Check the repository, and run the command again."
                )
        yield folder


def _find_commit(root: Path, commit: str) -> str:
    """Return the whole hash of a commit.

    Raises:
        EnvironmentFault: There is no git, no repository, or no such commit in it.
    """
    if not (root / ".git").exists() or _git("-C", str(root), "rev-parse", "--git-dir").returncode:
        raise EnvironmentFault(
            f"{root}: expected a git repository with the commit {commit[:40]!r}, found none that "
            "git can read. Clone the repository with git, and run the command in the clone."
        )
    name = f"{commit}^{{commit}}"
    done = _git("-C", str(root), "rev-parse", "--quiet", "--verify", "--end-of-options", name)
    if done.returncode:
        raise EnvironmentFault(
            f"{root}: expected a commit of this repository, got {commit[:40]!r}, which is not in "
            "it. Get it (git fetch; in a shallow clone: git fetch --unshallow), or name another "
            "with --commit."
        )
    return done.stdout.strip()


def _git(*arguments: str) -> subprocess.CompletedProcess[str]:
    git = shutil.which("git")
    if git is None:
        raise EnvironmentFault(
            "git is not installed: expected it, to check out a commit. Install git."
        )
    return subprocess.run(
        [git, *arguments], capture_output=True, text=True, timeout=GIT_SECONDS, check=False
    )


def _go_back(published: Path, package: str, made: Mapping[str, Any]) -> None:
    """Remove this release and later ones, and withdrawals that were made later."""
    folder = published / package
    for path in version_folders(folder):
        if version_key(path.name) >= version_key(made["version"]):
            files.remove_tree(path)
    for path in (folder / "withdrawals").glob("*.json"):
        if path.stem not in made.get("withdrawals", {}):
            files.remove_tree(path)
    for path in (folder / "versions.json", folder / "latest", published / "catalog.json"):
        files.remove_tree(path)


def _install(folder: Path) -> Path:
    """Install the checkout's locked libraries next to it, and return the interpreter."""
    place = folder.parent / "libraries"
    python = place / "bin" / "python"
    pip = ("-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps")
    for command in (
        ("-m", "venv", "--without-pip", str(place)),
        (*pip, "--require-hashes", "--requirement", str(folder / "requirements.lock")),
    ):
        done = subprocess.run(
            [sys.executable, *command], capture_output=True, text=True, timeout=INSTALL_SECONDS
        )
        if done.returncode:
            said = (done.stderr or done.stdout).strip()[-2000:]
            raise EnvironmentFault(
                f"The libraries of requirements.lock could not be installed: {said}. "
                "Check the network, or omit --locked."
            )
    return python


def _run(python: Path, folder: Path, package: str, version: str) -> None:
    """Publish with the code of the checkout."""
    names = {"PYTHONPATH": str(folder), "XRECORD_PROJECT": str(folder)}
    done = subprocess.run(
        [
            *(str(python), "-m", "xinjiang_record.cli", "--project", str(folder)),
            *("run", "--direct", "--declare", version, package),
        ],
        cwd=folder,
        env=settings.child_environment(names),
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
    )
    if done.returncode:
        said = done.stderr.strip()[-2000:]
        raise VerifyError(f"{package}: the run of the old code failed: {said}")


def _compare(one: Path, two: Path) -> Iterator[str]:
    first, second = ({**read_sums(path), NAME: hash_sums(path)} for path in (one, two))
    for path in sorted({*first, *second}):
        if first.get(path) != second.get(path):
            yield path


def _other_libraries(made: Mapping[str, Any], again: Mapping[str, Any]) -> Iterator[str]:
    used = again["environment"]
    for name, version in made["environment"].items():
        if used.get(name) != version:
            yield f"{name}: expected {version}, as the release names it, got {used.get(name)}"
