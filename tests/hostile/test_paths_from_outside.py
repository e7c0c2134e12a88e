"""Paths that somebody else's files name: none leads `get` or `validate` out of its folder."""

from __future__ import annotations

import hashlib
import json
import lzma
import os
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web_servers import serve_folder
from xinjiang_record.errors import FetchError, UnsafeNameError, VerifyError
from xinjiang_record.release.distribution.get_release import get_release
from xinjiang_record.release.distribution.locations import open_location
from xinjiang_record.validate import validate

ROOT = Path(__file__).resolve().parents[2]
EVIL = b"from a server\n"
ABSOLUTE = "/tmp/xrecord-escaped.txt"
UNSAFE = [
    "../escaped.txt",
    "data/../../escaped.txt",
    "data/../../../../ESCAPED.txt",
    "data/..",
    "..",
    ".",
    "data/./x.csv",
    "data//x.csv",
    "data/",
    ABSOLUTE,
    "-rf",
    ".bashrc",
    "data/.git/config",
    "data\\..\\x",
    "C:x",
    "data/x\tb",
    "data/x.",
    " x",
    "a" * 300,
    "/".join(["a"] * 2000),
    "README.md/x",
    "readme.md",
    "SHA256SUMS",
]


@pytest.fixture
def srv(tmp_path: Path) -> Path:
    """Return a folder of releases with one package, several folders deep."""
    target = tmp_path / "srv" / "deep" / "home"
    shutil.copytree(ROOT / "published" / "documents", target / "documents", symlinks=True)
    return target


@pytest.fixture
def address(srv: Path) -> Iterator[str]:
    with serve_folder(srv) as address:
        yield address


def forge(srv: Path, change: Any) -> None:
    """Change the lines of SHA256SUMS, and make the ledger agree with them."""
    book = srv / "documents" / "versions.json"
    ledger = json.loads(book.read_text())
    entry = ledger["versions"][-1]
    sums = srv / "documents" / entry["version"] / "SHA256SUMS"
    data = change(sums.read_bytes())
    sums.write_bytes(data)
    entry["release_id"] = hashlib.sha256(data).hexdigest()
    book.write_text(json.dumps(ledger))


def listing(path: str) -> Any:
    line = f"{hashlib.sha256(EVIL).hexdigest()}  {path}\n".encode()
    return lambda data: b"".join(sorted([*data.splitlines(True), line], key=lambda x: x[66:]))


def everything_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("path", UNSAFE, ids=lambda path: path[:30])
def test_get_refuses_a_path_before_it_writes(srv: Path, tmp_path: Path, path: str) -> None:
    forge(srv, listing(path))
    into = tmp_path / "user" / "downloads"
    into.mkdir(parents=True)
    before = everything_below(tmp_path)
    with pytest.raises(VerifyError, match="SHA256SUMS"):
        get_release(open_location(srv), "documents", "latest", into)
    assert everything_below(tmp_path) == before
    assert not Path(ABSOLUTE).exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data + b"not a line\n",
        lambda data: data.replace(b"  ", b" ", 1),
        lambda data: data + data.splitlines(True)[-1],
        lambda data: b"".join(reversed(data.splitlines(True))),
        lambda data: data.rstrip(b"\n"),
        lambda data: b"",
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"README", "RE\N{LATIN SMALL LETTER E WITH ACUTE}".encode()),
    ],
)
def test_a_web_address_is_read_as_strictly_as_a_folder(
    srv: Path, address: str, tmp_path: Path, change: Any
) -> None:
    forge(srv, change)
    into = tmp_path / "downloads"
    into.mkdir()
    for base in (srv, address):
        with pytest.raises((VerifyError, FetchError), match="SHA256SUMS"):
            get_release(open_location(base), "documents", "latest", into)
        assert everything_below(into) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("version", "1.0.0/../../x"),
        ("version", "\0"),
        ("version", 1),
        ("version", None),
        ("release_id", "x"),
        ("previous", "1.0.0"),
        ("withdrawn", "yes"),
        ("row_counts", []),
        ("reasons", {"a": 1}),
        ("unexpected", 1),
    ],
)
def test_a_ledger_of_another_shape_is_refused(
    srv: Path, address: str, tmp_path: Path, key: str, value: Any
) -> None:
    book = srv / "documents" / "versions.json"
    ledger = json.loads(book.read_text())
    ledger["versions"][-1][key] = value
    book.write_text(json.dumps(ledger))
    into = tmp_path / "downloads"
    into.mkdir()
    for base in (srv, address):
        with pytest.raises(VerifyError, match=key):
            get_release(open_location(base), "documents", "latest", into)
    assert everything_below(into) == []


@pytest.mark.parametrize(
    "text",
    [
        "[" * 400_000,
        '{"format": NaN}',
        '{"format": 1, "format": 1}',
        '{"format": 1' + "0" * 5000 + "}",
        "[]",
        '"text"',
        "",
        '{"format": 1, "versions": ["a"]}',
        "\ud800",
    ],
    ids=range(9),
)
def test_a_ledger_that_is_not_one_is_refused(srv: Path, tmp_path: Path, text: str) -> None:
    (srv / "documents" / "versions.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(VerifyError, match=r"versions\.json"):
        get_release(open_location(srv), "documents", "latest", tmp_path)


def test_a_pipe_in_place_of_a_file_is_refused_at_once(srv: Path, tmp_path: Path) -> None:
    sums = (srv / "documents" / "latest").resolve() / "SHA256SUMS"
    sums.unlink()
    os.mkfifo(sums)
    with pytest.raises(VerifyError, match="expected a regular file, got a pipe"):
        get_release(open_location(srv), "documents", "latest", tmp_path)


# validate

SECRET = b"id\nSECRET\n"


@pytest.fixture
def visits() -> Iterator[tuple[str, list[bytes]]]:
    """Return an address that serves a table to whoever connects, and the requests it has got."""
    requests: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    one, _ = server.accept()
                except OSError:
                    return
                requests.append(one.recv(200))
                one.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + SECRET)
                one.close()

        threading.Thread(target=answer, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/a.csv", requests


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "outside.csv").write_bytes(SECRET)
    folder = tmp_path / "package"
    folder.mkdir()
    os.symlink(tmp_path / "outside.csv", folder / "link.csv")
    os.mkfifo(folder / "pipe.csv")
    (folder / "x.csv.xz").write_bytes(lzma.compress(SECRET))
    return folder


SHAPES = {
    "list in a list": lambda path: {"path": [[path]]},
    "list in a list in a list": lambda path: {"path": [[[path]]]},
    "list after a text": lambda path: {"path": ["a.csv", [path]]},
    "object": lambda path: {"path": {"path": path}},
    "object in a list": lambda path: {"path": [{"path": path}]},
    "extrapaths": lambda path: {"path": "a.csv", "extrapaths": [[path]]},
    "url": lambda path: {"url": [path]},
    "schema in a list": lambda path: {"path": "a.csv", "schema": [path]},
    "dialect in a list": lambda path: {"path": "a.csv", "dialect": [path]},
    "profile in a list": lambda path: {"path": "a.csv", "profile": [path]},
    "profiles in a list": lambda path: {"path": "a.csv", "profiles": [[path]]},
    "number": lambda path: {"path": 5},
    "true": lambda path: {"path": True},
    "scheme": lambda path: {"path": path, "scheme": ["http"]},
    "format": lambda path: {"path": "a.csv", "format": ["sql"]},
    "compression": lambda path: {"path": path, "compression": ["xz"]},
}


@pytest.mark.parametrize("strict", [False, True], ids=["", "strict"])
@pytest.mark.parametrize("name", ["address", "link.csv", "pipe.csv", "x.csv.xz"])
@pytest.mark.parametrize("shape", SHAPES)
def test_validate_refuses_what_it_does_not_know(
    package: Path, visits: tuple[str, list[bytes]], shape: str, name: str, strict: bool
) -> None:
    address, requests = visits
    (package / "a.csv").write_text("id\n1\n")
    resource = {
        "name": "a",
        "schema": {"fields": [{"name": "id", "type": "integer"}]},
        **SHAPES[shape](address if name == "address" else name),
    }
    target = package / "datapackage.json"
    for descriptor in (
        {"name": "p", "resources": [resource]},
        {"name": "p", "resources": [[resource]]},
        resource,
    ):
        target.write_text(json.dumps(descriptor))
        with pytest.raises(UnsafeNameError, match="Nothing was read") as caught:
            validate(target, strict=strict)
        assert "SECRET" not in str(caught.value)
    assert not requests
