"""Copy the releases to a folder or a bucket, and read every object back.

1. Refuse a target whose history is not a part of this one.
2. Copy the files of each release, SHA256SUMS last, and read them back. Files that are there with
   the same bytes are not sent again. Damaged files of the same release are sent again.
3. Copy the withdrawals, the deposits and the signed metadata.
4. Point ``latest`` to the new release, then copy each ledger, then the catalog.
5. Read these back.

A reader who follows a ledger finds complete releases at any time. An export that was stopped
continues when it is run again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from xinjiang_record import files
from xinjiang_record.errors import VerifyError
from xinjiang_record.release.distribution.object_stores import Store, open_store_apart
from xinjiang_record.release.integrity import deposits, withdrawals
from xinjiang_record.release.integrity.checksums import NAME, hash_sums, parse_sums, read_sums
from xinjiang_record.release.integrity.verify import verify
from xinjiang_record.release.integrity.verify_release import is_archivable
from xinjiang_record.release.integrity.versions_json import (
    Ledger,
    package_folders,
    parse_ledger,
    read_ledger,
)


@dataclass(frozen=True, slots=True)
class Exported:
    """Say what an export did: objects written, and objects that were there already."""

    target: str
    sent: int
    kept: int


@dataclass(slots=True)
class _Copier:
    """Send what a store lacks, and remember what it must hold."""

    store: Store
    sent: int = 0
    kept: int = 0
    expected: dict[str, str] = field(default_factory=dict)

    def copy(self, name: str, path: Path, digest: str) -> None:
        self.expected[name] = digest
        if self.store.sha256(name) == digest:
            self.kept += 1
        else:
            self.store.put(name, path.read_bytes())
            self.sent += 1

    def check(self) -> None:
        """Read back what was copied since the last check.

        Raises:
            VerifyError: An object is not what was sent.
        """
        wrong = [
            name for name, digest in self.expected.items() if self.store.sha256(name) != digest
        ]
        self.expected = {}
        if wrong:
            raise VerifyError(
                f"{self.store.shown}: {len(wrong)} objects read back differ, the first: "
                f"{wrong[0]}. "
                "No ledger was changed after that. Run the export again to send them again."
            )


def export_releases(
    published: Path, target: str, report: Callable[[str], None] = lambda line: None
) -> Exported:
    """Bring ``target``, a folder or ``s3://bucket/prefix``, up to date with ``published``.

    ``report`` is called with the name of each release.

    Raises:
        UsageError: The target is ``published`` itself, or lies inside it.
        VerifyError: The releases here are damaged; the target has a release, or another release of
            the same number, that is not here; or what was read back differs.
    """
    problems = verify(published)
    if problems:
        raise VerifyError(
            f"{len(problems)} problem{'s' if len(problems) > 1 else ''} here, the first: "
            f"{problems[0]} Nothing was exported."
        )
    copier = _Copier(open_store_apart(target, published))
    folders = package_folders(published)
    for folder in folders:
        refuse_other_history(copier.store, folder)
    for folder in folders:
        for entry in read_ledger(folder).versions:
            report(f"{folder.name} {entry['version']}")
            _copy_release(copier, folder / entry["version"])
    for folder in folders:
        facts = (withdrawals.FOLDER, deposits.FOLDER)
        for path in sorted(path for name in facts for path in (folder / name).glob("*.json")):
            copier.copy(path.relative_to(published).as_posix(), path, files.sha256(path))
    for path in _list_signed(published / "signed"):
        copier.copy(path.relative_to(published).as_posix(), path, files.sha256(path))
    copier.check()
    for folder in folders:
        latest = read_ledger(folder).latest
        moved = copier.store.point_latest(folder.name, latest["version"] if latest else None)
        copier.sent, copier.kept = copier.sent + moved, copier.kept + (not moved)
    for path in (
        *(folder / "versions.json" for folder in folders),
        *published.glob("catalog.json*"),
    ):
        copier.copy(path.relative_to(published).as_posix(), path, files.sha256(path))
    copier.check()
    return Exported(copier.store.shown, copier.sent, copier.kept)


def copy_release(store: Store, release: Path) -> None:
    """Copy one release to a store that may have others, and read it back.

    Raises:
        VerifyError: The store has another release of this number, or an object differs.
    """
    _copy_release(_Copier(store), release)


def _copy_release(copier: _Copier, release: Path) -> None:
    """Copy the files of one release that are here, SHA256SUMS last, and read them back."""
    place = f"{release.parent.name}/{release.name}"
    _refuse_other_release(copier.store, f"{place}/{NAME}", hash_sums(release))
    for path, digest in sorted(read_sums(release).items()):
        if is_archivable(path) and not (release / path).exists():
            continue  # the ledger says where it is; verify() found nothing wrong
        copier.copy(f"{place}/{path}", release / path, digest)
    copier.copy(f"{place}/{NAME}", release / NAME, hash_sums(release))
    copier.check()


def _list_signed(folder: Path) -> Iterator[Path]:
    """Yield the files of the signed metadata, those that point to others last."""
    paths = [path for path in folder.rglob("*.json") if path.parent.name != "pending"]
    yield from sorted(paths, key=lambda path: (path.name == "timestamp.json", path.as_posix()))


def _refuse_other_release(store: Store, name: str, digest: str) -> None:
    """Refuse where the target has another release of this number; a damaged one does not count."""
    there = store.read(name)
    if there is None or store.sha256(name) == digest:
        return
    try:
        parse_sums(there, f"{store.shown}/{name}")
    except VerifyError:
        return
    raise VerifyError(
        f"{store.shown}/{name}: is of another release: expected the id {digest}. "
        "Nothing there was changed."
    )


def refuse_other_history(store: Store, folder: Path) -> None:
    """Refuse a target that has what is not here: it must not be rolled back."""
    ours = read_ledger(folder)
    here = {entry["version"]: entry for entry in ours.versions}
    there = {
        path.split("/")[1]
        for path in store.paths(folder.name)
        if path.count("/") > 1 and "/." not in path
    }
    ahead = sorted(there - here.keys() - {"latest", withdrawals.FOLDER, deposits.FOLDER})
    if ahead:
        raise VerifyError(
            f"{store.shown}/{folder.name}: has {', '.join(ahead)}, which is not here. "
            "Nothing there was changed."
        )
    for entry in _read_their_ledger(store, folder.name).versions:
        mine = here.get(entry["version"])
        if mine is None or mine["release_id"] != entry["release_id"]:
            problem = f"lists another release as {entry['version']} than versions.json here"
        elif entry["withdrawn"] and entry["withdrawn"] != mine["withdrawn"]:
            problem = (
                f"says that {entry['version']} is withdrawn, which versions.json here does not"
            )
        else:
            continue
        raise VerifyError(
            f"{store.shown}/{folder.name}/versions.json: {problem}. Nothing there was changed."
        )


def _read_their_ledger(store: Store, package: str) -> Ledger:
    data = store.read(f"{package}/versions.json")
    try:
        return parse_ledger(data, store.shown) if data else Ledger(package, "", "")
    except VerifyError:  # a damaged ledger says nothing, and is sent again
        return Ledger(package, "", "")
