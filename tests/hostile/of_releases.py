"""Releases, ledgers and catalogs that somebody else changed, for the commands that read them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from tests.hostile.case import CANARY, Case, Ended
from xinjiang_record.release.catalog import write_catalog

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "documents"
LINE = f"{hashlib.sha256(b'x').hexdigest()}  "
Change = Callable[[Path], object]


@contextlib.contextmanager
def prepared(top: Path) -> Iterator[Path]:
    """Copy one package of the record, and write a file that no command may read or change."""
    made = top / "published"
    shutil.copytree(ROOT / "published" / PACKAGE, made / PACKAGE, symlinks=True)
    write_catalog(made)
    (top / "outside.txt").write_text(f"{CANARY}\n")
    yield made


def newest(home: Path) -> Path:
    """Return the newest release's folder, whatever its links say by now."""
    names = [path for path in (home / PACKAGE).iterdir() if path.name[0].isdigit()]
    return max(names, key=lambda path: [int(part) for part in path.name.split(".")])


def in_ledger(change: Callable[[dict[str, Any]], object], home: Path) -> None:
    book = home / PACKAGE / "versions.json"
    value = json.loads(book.read_text("utf-8"))
    change(value)
    book.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", "utf-8")


def ledgers() -> Iterator[tuple[str, Change]]:
    """Yield ledgers of other shapes."""
    book = f"{PACKAGE}/versions.json"
    for name, text in {
        "a list": "[]",
        "a text": '"x"',
        "a number": "1",
        "null": "null",
        "empty": "",
        "not JSON": "{",
        "brackets": "[" * 400_000,
        "NaN": '{"format": NaN}',
        "two keys": '{"format": 1, "format": 1}',
        "digits": '{"format": 1' + "0" * 5000 + "}",
        "half a character": '{"format": "\\ud800"}',
        "versions of texts": '{"format": 1, "versions": ["a"]}',
        "versions is an object": '{"format": 1, "versions": {}}',
        "no version": '{"format": 1, "package": "documents", "versions": []}',
        "50 MB": '{"x": "' + "y" * 50_000_000 + '"}',
    }.items():
        yield f"ledger: {name}", partial(_write, book, text.encode())
    yield "ledger: not UTF-8", partial(_write, book, b"\xff\xfe{}")
    for name, value in {
        "version": ["1.0.0/../../x", "\0", 1, None, "1.0", "9" * 50, "٣.0.0", ["1.0.0"], ""],
        "release_id": ["x", None, 1, "0" * 64, [], "A" * 64],
        "previous": ["1.0.0", 5, "x" * 64],
        "withdrawn": ["yes", True, {}, {"reason": 1}],
        "row_counts": [[], {"a": -1}, {"a": "1"}, None],
        "content_hash": ["x", None],
        "unexpected": [1],
    }.items():
        for item in value:
            change = partial(_set_last, name, item)
            yield f"ledger: {name} {item!r:.20}", partial(in_ledger, change)
        if name != "unexpected":
            yield f"ledger: without {name}", partial(in_ledger, partial(_drop_last, name))
    yield "ledger: package null", partial(in_ledger, lambda value: value.update(package=None))
    yield "ledger: another package", partial(in_ledger, lambda value: value.update(package="x"))
    yield "ledger: format 99", partial(in_ledger, lambda value: value.update(format=99))
    yield (
        "ledger: a version twice",
        partial(in_ledger, lambda value: value["versions"].append(value["versions"][-1])),
    )
    yield (
        "ledger: 100,000 versions",
        partial(in_ledger, lambda value: value["versions"].extend(value["versions"][-1:] * 3_000)),
    )
    yield (
        "ledger: in the other order",
        partial(in_ledger, lambda value: value["versions"].reverse()),
    )


def _set_last(name: str, item: object, value: dict[str, Any]) -> None:
    value["versions"][-1][name] = item


def _drop_last(name: str, value: dict[str, Any]) -> None:
    del value["versions"][-1][name]


def _write(path: str, data: bytes, home: Path) -> None:
    (home / path).write_bytes(data)


def _put(name: str, kind: str, home: Path) -> None:
    """Put something that is not a regular file in the place of a file of the newest release."""
    target = (home / PACKAGE / name) if name == "versions.json" else newest(home) / name
    data = target.read_bytes()
    target.unlink()
    if kind == "pipe":
        os.mkfifo(target)
    elif kind == "endless link":
        target.symlink_to("/dev/zero")
    elif kind == "link out":
        target.symlink_to(home.parent.parent / "outside.txt")
    elif kind == "link to the same bytes":
        (home.parent / "moved").write_bytes(data)
        target.symlink_to(home.parent / "moved")
    elif kind == "folder":
        target.mkdir()
    elif kind == "nothing":
        pass
    elif kind == "empty":
        target.write_bytes(b"")
    elif kind == "one bit":
        target.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    elif kind == "longer":
        target.write_bytes(data + b"\n")


def tampered() -> Iterator[tuple[str, Change]]:
    """Yield releases whose files were changed, without and with new sums."""
    names = ("datapackage.json", "provenance.json", "SHA256SUMS", "data/documents.csv",
             "data/documents.parquet", "versions.json")  # fmt: skip
    for kind in ("pipe", "endless link", "link out", "link to the same bytes", "folder", "nothing",
                 "empty", "one bit", "longer"):  # fmt: skip
        for name in names:
            if not (name == "versions.json" and kind == "nothing"):
                yield f"{name}: {kind}", partial(_put, name, kind)
    for name, change in {
        "a file more": lambda home: (newest(home) / "data/more.csv").write_text("a\n"),
        "a folder more": lambda home: (newest(home) / "empty").mkdir(),
        "open to all": lambda home: os.chmod(newest(home) / "README.md", 0o777),
        "a hard link": lambda home: os.link(newest(home) / "README.md", home / "hard"),
        "latest leads out": partial(_latest, "/etc"),
        "latest is older": partial(_latest, "1.0.0"),
        "latest is nothing": partial(_latest, "9.9.9"),
        "a copied release": lambda home: shutil.copytree(
            newest(home), home / PACKAGE / "9.0.0", symlinks=True
        ),
        "a staging folder": lambda home: (home / PACKAGE / ".staging").mkdir(),
        "catalog is a list": partial(_write, "catalog.json", b"[]"),
        "catalog is nothing": partial(_write, "catalog.json", b""),
        "catalog has brackets": partial(_write, "catalog.json", b"[" * 300_000),
        "catalog leads out": partial(_write, "catalog.json",
                                     b'{"format": 1, "packages": [{"name": "../.."}]}'),
    }.items():  # fmt: skip
        yield name, change


def _latest(target: str, home: Path) -> None:
    (home / PACKAGE / "latest").unlink()
    (home / PACKAGE / "latest").symlink_to(target)


def forge_sums(change: Callable[[bytes], bytes], home: Path) -> None:
    """Change the lines of SHA256SUMS, and make the ledger agree with them."""
    sums = newest(home) / "SHA256SUMS"
    data = change(sums.read_bytes())
    sums.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    in_ledger(partial(_set_last, "release_id", digest), home)


def sums() -> Iterator[tuple[str, Change]]:
    """Yield lists of sums that name other paths, or are not lists of sums."""
    for path in ("../escaped.txt", "data/../../escaped.txt", "data/../../../../ESCAPED.txt", "..",
                 ".", "data/./x.csv", "data//x.csv", "/tmp/xrecord-escaped.txt", "-rf", ".bashrc",
                 "data/.git/config", "data\\..\\x", "C:x", "data/x.", "a" * 300,
                 "/".join(["a"] * 2000), "README.md/x", "readme.md", "SHA256SUMS"):  # fmt: skip
        yield f"sums: {path[:30]}", partial(forge_sums, partial(_with_line, path))
    for name, change in {
        "a line that is none": lambda data: data + b"not a line\n",
        "one space": lambda data: data.replace(b"  ", b" ", 1),
        "a line twice": lambda data: data + data.splitlines(True)[-1],
        "the other order": lambda data: b"".join(reversed(data.splitlines(True))),
        "no last line end": lambda data: data.rstrip(b"\n"),
        "line ends of Windows": lambda data: data.replace(b"\n", b"\r\n"),
        "a byte order mark": lambda data: b"\xef\xbb\xbf" + data,
        "200,000 names": lambda data: (
            data + b"".join(f"{LINE}x{n:06d}\n".encode() for n in range(200_000))
        ),
    }.items():
        yield f"sums: {name}", partial(forge_sums, change)


def _with_line(path: str, data: bytes) -> bytes:
    lines = [*data.splitlines(True), f"{LINE}{path}\n".encode()]
    return b"".join(sorted(lines, key=lambda line: line[66:]))


SIMPLE = ("a folder more", "open to all", "a hard link")  # only ``verify`` looks for these
BESIDE = (*SIMPLE, "a file more", "a copied release", "a staging folder", "latest", "catalog")
RELEASE = ("datapackage", "provenance", "SHA256SUMS", "data/", "sums")


def cases(published: Path) -> Iterator[Case]:
    """Yield every change for the commands that must notice it, and for those that must not fail."""

    def made(change: Change, folder: Path) -> None:
        shutil.copytree(published, folder / "published", symlinks=True)
        (folder / "into").mkdir()
        change(folder / "published")

    def nothing_escaped(folder: Path, ended: Ended) -> str:
        found = {path.name for path in folder.iterdir()} - {"published", "into", "moved"}
        if found or Path("/tmp/xrecord-escaped.txt").exists():
            return f"wrote outside of its folder: {found}"
        left = [path.name for path in (folder / "into").iterdir() if ended.code]
        return f"left {left} behind" if left else ""

    verify = ("verify", "--path", "published")
    get = ("get", PACKAGE, "into", "--from", "published")
    versions = ("versions", PACKAGE, "--from", "published")
    for name, change in (*ledgers(), *tampered(), *sums()):
        make = partial(made, change)
        yield Case(f"verify: {name}", verify, "refused", make, check=nothing_escaped)
        noticed = not name.startswith(BESIDE) and name not in ("versions.json: longer",)
        expect = "refused" if noticed else "answered"
        yield Case(f"get: {name}", get, expect, make, check=nothing_escaped)  # type: ignore[arg-type]
        if name.startswith("ledger"):
            yield Case(f"versions: {name}", versions, "answered", make)
    for arguments in (verify, get, versions):
        sound = partial(made, lambda home: None)
        yield Case(f"{arguments[0]}: sound", arguments, "accepted", sound, check=nothing_escaped)
