"""Copy the releases to a second home. Releases first, which never change; then ``latest/`` as a real copy; the ledgers and catalog last.

A reader who follows a ledger finds whole releases at any time. Stopped, it goes on where it was: what is there with the same bytes is
not sent again, other bytes in the place of a released file are an error, never overwritten. At the end all is read back and compared.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from xinjiang_record import files
from xinjiang_record.errors import VerifyError
from xinjiang_record.release.distribution.object_stores import Store, open_store
from xinjiang_record.release.integrity.checksums import NAME, read_sums
from xinjiang_record.release.integrity.verify import verify
from xinjiang_record.release.integrity.versions_json import package_folders, read_ledger


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export did: objects sent, and found there already."""

    target: str
    sent: int
    kept: int


def export_releases(
    published: Path, target: str, told: Callable[[str], None] = lambda line: None
) -> Exported:
    """Bring ``target``, a folder or ``s3://bucket/prefix``, up to date with ``published``. ``told`` hears of each release.

    Raises VerifyError where the releases here are damaged, or the target holds other bytes or a release that is not here.
    """
    problems = verify(published)
    if problems:
        raise VerifyError(
            f"{len(problems)} problems here, the first: {problems[0]} Nothing was exported."
        )
    to = open_store(target)
    sent = kept = 0
    fixed: dict[str, str] = {}
    for folder in package_folders(published):
        _refuse_ahead(to, folder)
        for entry in read_ledger(folder).versions:
            told(f"{folder.name} {entry['version']}")
            for path, digest in _files(folder / entry["version"]):
                name = f"{folder.name}/{entry['version']}/{path}"
                fixed[name] = digest
                there = to.sha256(name)
                if there not in (None, digest):
                    raise VerifyError(
                        f"{to.shown}/{name}: holds other bytes than were released. Nothing there was changed."
                    )
                kept += there is not None
                if there is None:
                    to.put(name, (folder / entry["version"] / path).read_bytes())
                    sent += 1
    moved = _pointers(published, to)
    _check(to, {**fixed, **moved})
    return Exported(to.shown, sent, kept)


def _files(release: Path) -> Iterator[tuple[str, str]]:
    """Every file of a release with its SHA-256, SHA256SUMS last."""
    yield from sorted(read_sums(release).items())
    yield NAME, files.sha256(release / NAME)


def _refuse_ahead(to: Store, folder: Path) -> None:
    """A target that has a release of the package which is not here is not ours to roll back."""
    here = {entry["version"] for entry in read_ledger(folder).versions}
    there = {path.split("/")[1] for path in to.paths(folder.name) if path.count("/") > 1}
    ahead = sorted(there - here - {"latest"})
    if ahead:
        raise VerifyError(
            f"{to.shown}/{folder.name}: has {', '.join(ahead)}, which is not here. Nothing there was changed."
        )


def _pointers(published: Path, to: Store) -> dict[str, str]:
    """Move what moves: copies under ``latest/``, then each ledger, then the catalog. Returns SHA-256 by path."""
    moved: dict[str, str] = {}
    for folder in package_folders(published):
        latest = json.loads((folder / "versions.json").read_bytes())["latest"]
        copies = dict(_files(folder / latest)) if latest else {}
        for path in sorted(
            to.paths(f"{folder.name}/latest") - {f"{folder.name}/latest/{path}" for path in copies}
        ):
            to.delete(path)
        for path, digest in copies.items():
            _move(to, f"{folder.name}/latest/{path}", folder / latest / path, digest, moved)
    books = [folder / "versions.json" for folder in package_folders(published)]
    for book in (*books, *sorted(published.glob("catalog.json*"))):
        _move(to, book.relative_to(published).as_posix(), book, files.sha256(book), moved)
    return moved


def _move(to: Store, name: str, path: Path, digest: str, moved: dict[str, str]) -> None:
    if to.sha256(name) != digest:
        to.put(name, path.read_bytes())
    moved[name] = digest


def _check(to: Store, expected: dict[str, str]) -> None:
    wrong = [name for name, digest in expected.items() if to.sha256(name) != digest]
    if wrong:
        raise VerifyError(
            f"{to.shown}: {len(wrong)} objects read back differ, the first: {wrong[0]}. Run the export again."
        )
