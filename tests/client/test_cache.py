"""The cache of downloads: fewer requests, the same answers, and nothing that is not checked."""

from __future__ import annotations

import functools
import hashlib
import http.server
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

import xinjiang_record as xr
from tests.web_servers import running
from xinjiang_record import client
from xinjiang_record.errors import FetchError, OfflineWarning, VerifyError, WithdrawnWarning
from xinjiang_record.limits import LIMITS
from xinjiang_record.release.distribution import download_cache
from xinjiang_record.release.withdraw import withdraw


class Server:
    """Serve a folder, with ETags; note each path asked for and the status it got."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.asked, self.fails = folder, list[tuple[str, int]](), False
        outer = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *arguments: object) -> None: ...

            def do_GET(self) -> None:
                path = outer.folder / self.path.lstrip("/")
                if outer.fails or not path.is_file():
                    return self.answer(503 if outer.fails else 404, b"", "")
                data = path.read_bytes()
                etag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
                if self.headers.get("If-None-Match") == etag:
                    return self.answer(304, b"", etag)
                return self.answer(200, data, etag)

            def answer(self, status: int, data: bytes, etag: str) -> None:
                outer.asked.append((self.path, status))
                self.send_response(status)
                self.send_header("ETag", etag)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        handler = functools.partial(Handler, directory=str(folder))
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.address = f"http://127.0.0.1:{self.http.server_port}"

    def take(self) -> list[tuple[str, int]]:
        """Return what was asked for since the last call."""
        taken, self.asked = self.asked, []
        return taken


@pytest.fixture
def server(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    source = root / "published/documents"
    shutil.copytree(source, tmp_path / "published/documents", symlinks=True)
    shutil.copy(root / "published/catalog.json", tmp_path / "published")
    monkeypatch.setenv("XRECORD_CACHE", str(tmp_path / "cache"))
    found = Server(tmp_path / "published")
    monkeypatch.setenv("XRECORD_BASE", found.address)
    with running(found.http):
        yield found


def test_files_are_sent_once_and_the_ledger_is_asked_for_each_time(server: Server) -> None:
    first = xr.load("documents", "terms")
    paths = [path for path, status in server.take() if status == 200]
    assert len(paths) == 4 and paths[0] == "/documents/versions.json"
    again = xr.load("documents", "terms")
    assert server.take() == [("/documents/versions.json", 304)]
    assert first.equals(again) and first.attrs == again.attrs
    assert xr.cache_dir().is_dir()


def test_a_cache_that_is_damaged_or_gone_changes_nothing(server: Server) -> None:
    expected = xr.load("documents", "terms")
    kept = sorted(path for path in xr.cache_dir().rglob("*") if path.is_file())
    assert len(kept) == 4
    for path in kept:
        data = path.read_bytes()
        for other in (data[:-1], b"", data.replace(b"a", b"b", 1), b"[1]\n[2]"):
            path.write_bytes(other)
            server.take()
            assert xr.load("documents", "terms").equals(expected)
            assert path.read_bytes() == data or path.parent.name == "ledgers"
    shutil.rmtree(xr.cache_dir())
    assert xr.load("documents", "terms").equals(expected)


def test_a_cache_that_cannot_be_written_is_done_without(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("not a folder")
    monkeypatch.setenv("XRECORD_CACHE", str(blocker / "cache"))
    for _ in range(2):
        assert len(xr.load("documents", "terms")) == 13
        assert len([1 for _, status in server.take() if status == 200]) == 4


def test_a_withdrawal_is_seen_at_once(server: Server) -> None:
    assert xr.load("documents", "terms").attrs["version"] == "2.0.0"
    withdraw(server.folder, "documents", "2.0.0", "A source was misread.", on="2026-11-27")
    with pytest.warns(WithdrawnWarning, match="A source was misread"):
        assert xr.load("documents", "terms", "2.0.0").attrs["withdrawn"]


def test_other_bytes_on_the_server_are_refused_and_not_kept(server: Server) -> None:
    (table,) = server.folder.glob("documents/2.0.0/data/terms.parquet")
    sound = table.read_bytes()
    table.write_bytes(sound[:-1] + b"x")
    with pytest.raises(VerifyError, match="not those that were released"):
        xr.load("documents", "terms")
    table.write_bytes(sound)
    assert len(xr.load("documents", "terms")) == 13


@pytest.mark.parametrize("how", ["stopped", "failing", "set"])
def test_offline_the_kept_ledger_is_read_with_a_warning(
    server: Server, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = xr.load("documents", "terms")
    server.take()
    if how == "set":
        monkeypatch.setenv("XRECORD_OFFLINE", "1")
    elif how == "failing":
        server.fails = True
    else:
        server.http.server_close()
    with pytest.warns(OfflineWarning, match=r"read as it was at .*withdrawals since then"):
        found = xr.load("documents", "terms")
    assert found.equals(expected) and found.attrs == expected.attrs
    with pytest.warns(OfflineWarning):
        assert xr.cite("documents") == f"{expected.attrs['citation']}\n"
    if how == "set":
        assert server.take() == []
    with pytest.warns(OfflineWarning), pytest.raises(FetchError, match="base="):
        xr.load("documents", "documents")


def test_a_page_that_is_gone_is_not_read_from_the_cache(server: Server) -> None:
    xr.load("documents", "terms")
    (server.folder / "documents/versions.json").unlink()
    with pytest.raises(FetchError, match="expected status 200, got 404"):
        xr.load("documents", "terms")


def test_the_longest_unused_is_deleted_first(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    for number in range(5):
        path = tmp_path / "files" / str(number)
        path.write_bytes(b"x" * 10)
        os.utime(path, (1000 - number, 1000 - number))
    download_cache.shrink(tmp_path, 25)
    assert sorted(path.name for path in (tmp_path / "files").iterdir()) == ["0", "1"]
    assert LIMITS.cache_bytes > 10**6


@pytest.mark.parametrize("below", ["", "/documents", "/documents/1.0.0"])
def test_an_address_is_verified_as_a_folder_is(server: Server, below: str) -> None:
    (server.folder / "catalog.json").unlink()
    if not below:  # a catalog of this one package
        from xinjiang_record.release.catalog import build_catalog

        for name, text in build_catalog(server.folder).items():
            (server.folder / name).write_text(text)
    address = f"{server.address}{below}"
    assert xr.verify(address) == client.verify(server.folder / below.lstrip("/")) == []
    page = server.folder / "documents/1.0.0/README.md"
    page.write_bytes(page.read_bytes().replace(b"e", b"f", 1))
    problems = xr.verify(address)
    assert problems and all(server.address in problem for problem in problems)
    assert any("1.0.0/README.md: its bytes" in problem for problem in problems)
    page.unlink()
    assert any("README.md" in problem for problem in xr.verify(address))


def test_an_address_of_nothing_says_what_to_give(server: Server) -> None:
    with pytest.raises(Exception, match="expected a folder of releases, a package or a release"):
        xr.verify(f"{server.address}/nothing")


SHOWN = """
import sys
from xinjiang_record.client.download_progress import show_progress
from xinjiang_record.release.distribution.locations import WebLocation

report = show_progress()
data = WebLocation(sys.argv[1], report).read("large")
print("bytes", len(data), "bar" if report else "no bar")
"""


def test_a_large_download_shows_a_bar_on_a_terminal_only(server: Server) -> None:
    (server.folder / "large").write_bytes(b"x" * 6_000_000)
    command = [sys.executable, "-c", SHOWN, server.address]
    plain = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (plain.stdout, plain.stderr) == ("bytes 6000000 no bar\n", "")
    shown = pexpect.run(shlex.join(command), encoding="utf-8", timeout=60)
    assert "6.0/6.0 MB" in shown and "bytes 6000000 bar" in shown
    (server.folder / "large").write_bytes(b"x" * 1000)
    small = pexpect.run(shlex.join(command), encoding="utf-8", timeout=60)
    assert small.strip() == "bytes 1000 bar"
