"""Build the web layout in a folder, and bring a folder or bucket up to date with it.

1. Build the site and the layout in a folder of the checkout.
2. Refuse a target whose releases are not a part of these, or that has files of somebody else under
   our names. Then add our files to the list of what we put there.
3. Send the released files, SHA256SUMS last, then the rest, then ``latest/``, then the ledgers, then
   the catalogs and the front page. Files that are there with the same bytes are not sent.
4. Read back what was sent, before the next step.
5. Delete what is on the list and no longer published, and write the list again. Releases are never
   deleted: an address that was cited stays.

A reader finds complete releases at any time. A publication that was stopped continues when it is
run again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from xinjiang_record import files
from xinjiang_record.errors import UsageError, VerifyError
from xinjiang_record.release.distribution.mirror import refuse_other_history
from xinjiang_record.release.distribution.object_stores import Store
from xinjiang_record.release.integrity.checksums import read_sums
from xinjiang_record.release.integrity.json_files import json_text, parse_release_json
from xinjiang_record.release.integrity.verify_release import DOWNLOADS
from xinjiang_record.release.integrity.version_numbers import PACKAGE, VERSION
from xinjiang_record.release.integrity.versions_json import package_folders, read_ledger
from xinjiang_record.settings import Addresses
from xinjiang_record.site.build import NOTE, BuildResult, build
from xinjiang_record.web.layout import web_layout

OURS = ".xrecord-published.json"  # at the target: the SHA-256 of every file that we put there
_RELEASED = re.compile(rf"{PACKAGE.pattern}/{VERSION.pattern}/.+")
# The steps of sending, in order. A file belongs to the first one that matches its path.
_STEPS = {
    "releases": _RELEASED,
    "latest": re.compile(rf"{PACKAGE.pattern}/latest/.+"),
    "ledgers": re.compile(rf"{PACKAGE.pattern}/versions\.json"),
    "catalogs": re.compile(r"catalog\.jsonl?d?|index\.html"),
    "pages": re.compile(".+"),
}
_ORDER = ("releases", "pages", "latest", "ledgers", "catalogs")
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Sent:
    """Say what a publication did: files sent, there already, and deleted."""

    target: str
    sent: int
    kept: int
    deleted: int


def build_site(
    published: Path,
    target: Path,
    addresses: Addresses,
    languages: list[str] | None = None,
    report: Report = lambda line: None,
) -> BuildResult:
    """Build site and layout in the folder ``target``, which holds nothing else.

    Raises:
        UsageError: The downloads of a latest release are in an archive only.
    """
    for folder in package_folders(published):
        _require_downloads(folder)
    return build(
        published,
        target,
        base_url=addresses.homepage,
        data_base=addresses.data_base,
        datasette_url=addresses.datasette_url,
        languages=languages,
        report=report,
        extra=web_layout(published, addresses),
    )


def _require_downloads(folder: Path) -> None:
    """Refuse where the layout would lack files that its pages and addresses promise."""
    latest = read_ledger(folder).latest
    release = folder / latest["version"] if latest else folder
    for name in read_sums(release) if latest else ():
        if name.startswith(DOWNLOADS) and not (release / name).exists():
            raise UsageError(
                f"{release}: expected {name}, got none: an archive has it. Bring the files of the "
                "newest releases back: xrecord archive --restore"
            )


def send_site(built: Path, published: Path, store: Store, report: Report) -> Sent:
    """Bring a target up to date with a built site.

    Raises:
        VerifyError: The target has releases that are not here, or a file read back differs.
        UsageError: The target holds other files under our names.
    """
    wanted = {
        path.relative_to(built).as_posix(): files.sha256(path)
        for path in sorted(built.rglob("*"))
        if path.is_file() and path.name != NOTE
    }
    for folder in package_folders(published):
        refuse_other_history(store, folder)
    before = _read_ours(store)
    there = {path: store.sha256(path) for path in wanted}
    others = [
        path
        for path, digest in there.items()
        if digest not in (None, wanted[path]) and path not in before
    ]
    if others:
        raise UsageError(
            f"{store.shown}: holds {len(others)} other files under our names, such as "
            f"{others[0]}. Nothing there was changed. Name an empty folder or prefix."
        )
    _write_ours(store, {**before, **wanted})
    sent = 0
    for step, paths in _steps(wanted).items():
        lacking = [path for path in paths if there[path] != wanted[path]]
        report(f"{step}: {len(lacking)} of {len(paths)} files to send")
        for path in lacking:
            store.put(path, (built / path).read_bytes())
        _read_back(store, {path: wanted[path] for path in lacking})
        sent += len(lacking)
    gone = [path for path in before if path not in wanted]
    kept = {path: before[path] for path in gone if _RELEASED.fullmatch(path)}
    stale = [path for path in gone if path not in kept and store.read(path) is not None]
    for path in stale:
        store.delete(path)
    _write_ours(store, {**kept, **wanted})
    return Sent(store.shown, sent, len(wanted) - sent, len(stale))


def _steps(wanted: Iterable[str]) -> dict[str, list[str]]:
    """Return the files by step, in the order in which they are sent: no pointer is ahead."""
    steps: dict[str, list[str]] = {name: [] for name in _ORDER}
    for path in sorted(wanted):
        step = next(name for name, pattern in _STEPS.items() if pattern.fullmatch(path))
        steps[step].append(path)
    steps["releases"].sort(key=lambda path: (path.endswith("/SHA256SUMS"), path))
    return steps


def _read_ours(store: Store) -> dict[str, str]:
    data = store.read(OURS)
    if data is None:
        return {}
    value = parse_release_json(data, f"{store.shown}/{OURS}")
    listed = value.get("files") if isinstance(value, dict) else None
    if not isinstance(listed, dict):
        raise VerifyError(f"{store.shown}/{OURS}: expected a list of files. Delete it, run again.")
    return {str(path): str(digest) for path, digest in listed.items() if _is_safe(str(path))}


def _is_safe(path: str) -> bool:
    """Return whether a listed path stays inside the target: another one is not ours."""
    return not path.startswith("/") and ".." not in path.split("/")


def _write_ours(store: Store, listed: Mapping[str, str]) -> None:
    text = json_text({"format": 1, "files": dict(sorted(listed.items()))})
    if store.read(OURS) != text.encode():
        store.put(OURS, text.encode())


def _read_back(store: Store, sent: Mapping[str, str]) -> None:
    wrong = [path for path, digest in sent.items() if store.sha256(path) != digest]
    if wrong:
        raise VerifyError(
            f"{store.shown}: {len(wrong)} files read back differ, the first: {wrong[0]}. "
            "Nothing that points to them was changed. Run again to send them again."
        )
