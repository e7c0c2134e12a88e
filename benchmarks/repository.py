"""Measure how a repository grows: many made releases of each package, the older ones archived.

    python benchmarks/repository.py                     50 releases of each package, 15 minutes
    python benchmarks/repository.py --releases 5 --with-downloads --keep FOLDER

Works on a clone of this repository. Each release changes 1 % of the rows of its package, in any of
its tables. Each round publishes all packages, moves the releases older than the newest two to an
archive, and makes one commit. The downloads of the newest two move too, unless
``--with-downloads`` keeps them. Then the result is cloned with plain ``git clone``. Prints the size
of the clone and of the parts of its history, and verifies every release, those in the archive too.
Exits with 1 if the clone, its checkout included, is over 60 MB, or a release is not sound.
"""

from __future__ import annotations

import argparse
import collections
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa

from xinjiang_record import data_packages, settings
from xinjiang_record.model import Candidate
from xinjiang_record.release import publish
from xinjiang_record.release.distribution.move_to_archive import Archive, archive_releases
from xinjiang_record.release.distribution.verify_archived import list_archived, verify_archived
from xinjiang_record.release.integrity.verify import verify

ROOT = Path(__file__).resolve().parents[1]
MOST = 60_000_000  # bytes of a clone, its checkout included
SHARE = 0.01  # of the rows that a release changes
AUTHOR = ("-c", "user.name=made", "-c", "user.email=made@example.org")
PACKAGES = ("joint-statements", "detention-figures", "documents", "responses")


def free_fields(schema: Mapping[str, Any]) -> list[str]:
    """Return the text fields that nothing refers to and nothing constrains."""
    keys = [schema["primaryKey"], *schema.get("uniqueKeys", ())]
    keys += [key["fields"] for key in schema.get("foreignKeys", ())]
    bound = {name for key in keys for name in ([key] if isinstance(key, str) else key)}
    return [
        field["name"]
        for field in schema["fields"]
        if field["type"] == "string"
        and "format" not in field
        and set(field.get("constraints", {})) <= {"required"}
        and field["name"] not in bound
    ]


def change(candidate: Candidate, dice: random.Random, number: int) -> Candidate:
    """Return a candidate in which a share of the rows has other text."""
    free = {name: free_fields(schema) for name, schema in candidate.schemas.items()}
    tables = dict(candidate.tables)
    places = [(name, row) for name in tables if free[name] for row in range(len(tables[name]))]
    wanted = round(SHARE * sum(map(len, tables.values())))
    for name, row in dice.sample(places, wanted):
        field = dice.choice(free[name])
        values = tables[name][field].to_pylist()
        other = next((value for value in dice.sample(values, len(values)) if value), "A note")
        values[row] = f"{other} ({number}-{row})"
        kind = tables[name].schema.field(field)
        place = tables[name].column_names.index(field)
        tables[name] = tables[name].set_column(place, kind, pa.array(values, kind.type))
    return replace(candidate, tables=tables)


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder, and return what it prints."""
    run = ["git", "-C", str(folder), *arguments]
    return subprocess.run(run, capture_output=True, text=True, check=True).stdout


def size(folder: Path) -> int:
    """Return the bytes of all files below a folder, as their contents are long."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def history(clone: Path) -> list[tuple[str, int]]:
    """Return the bytes that git keeps for the contents of files, by the ending of their name."""
    listed = git(clone, "rev-list", "--objects", "--all").splitlines()
    names = dict(line.split(" ", 1) for line in listed if " " in line)
    found: collections.Counter[str] = collections.Counter()
    shown = "--batch-check=%(objectname) %(objecttype) %(objectsize:disk)"
    for line in git(clone, "cat-file", "--batch-all-objects", shown).splitlines():
        name, kind, length = line.split()
        path = PurePosixPath(names.get(name, ""))
        if kind != "blob":
            found["commits and folders"] += int(length)
        elif path.parts[:1] != ("published",):
            found["all but published/"] += int(length)
        else:
            found[f"published/ {path.suffix or path.name}"] += int(length)
    return found.most_common()


def main() -> int:
    """Make the releases, and print the figures."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--releases", type=int, default=50)
    options.add_argument("--with-downloads", action="store_true", help="leave them in git")
    options.add_argument("--keep", type=Path, help="work in this folder, and leave all there")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="repository-") as name:
        return measure(chosen.keep or Path(name), chosen.releases, chosen.with_downloads)


def measure(folder: Path, releases: int, downloads: bool) -> int:
    """Publish, archive and commit; clone, print and verify."""
    dice, work, began = random.Random(1), folder / "work", time.perf_counter()
    folder.mkdir(exist_ok=True)
    subprocess.run(["git", "clone", "-q", "--no-local", str(ROOT), str(work)], check=True)
    print(f"before: .git {size(work / '.git') / 1e6:.1f} MB, with checkout {size(work) / 1e6:.1f}")
    project, published = settings.Project(ROOT), work / "published"
    candidates = {name: data_packages.build(project, name) for name in PACKAGES}
    for number in range(releases):
        for name in PACKAGES:
            candidates[name] = change(candidates[name], dice, number)
            publish(candidates[name], published)
        archive_releases(published, Archive(str(folder / "archive"), downloads=not downloads))
        git(work, "add", "-A", "published")
        git(work, *AUTHOR, "commit", "-qm", f"Publish made release {number + 1}")
    seconds = time.perf_counter() - began
    print(f"made {releases} releases of {len(PACKAGES)} packages in {seconds:.0f} s")
    clone = folder / "clone"
    subprocess.run(["git", "clone", "-q", "--no-local", str(work), str(clone)], check=True)
    inside, whole = size(clone / ".git"), size(clone)
    print(f"clone: .git {inside / 1e6:.1f} MB, with checkout {whole / 1e6:.1f} MB")
    for words, length in history(clone)[:14]:
        print(f"  {words:28} {length / 1e6:6.2f} MB")
    problems = [*verify(clone / "published"), *verify_archived(clone / "published")]
    archived = len(list_archived(clone / "published"))
    print(f"{archived} archived releases and all others verified: {len(problems)} problems")
    for problem in problems[:5]:
        print(problem)
    return 1 if problems or whole > MOST else 0


if __name__ == "__main__":
    sys.exit(main())
