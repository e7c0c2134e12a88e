"""Bring a folder or a bucket up to date: in order, again and again, and only what is ours."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import xinjiang_record as xr
from tests.release.test_export import bucket, s3  # noqa: F401
from tests.web.conftest import Layout
from xinjiang_record.cli.main import group
from xinjiang_record.errors import EnvironmentFault, UsageError, VerifyError
from xinjiang_record.release.distribution.object_stores import FolderStore, Store, open_store
from xinjiang_record.web.publish_site import OURS, Sent, send_site


def send(built: Path, published: Path, target: str | Path) -> Sent:
    return send_site(built, published, open_store(str(target)), lambda line: None)


@pytest.fixture
def built(layout: Layout, tmp_path: Path) -> Path:
    """A part of the built site: one package, and some of what points to it."""
    folder = tmp_path / "built"
    shutil.copytree(layout.folder / "responses", folder / "responses")
    for name in ("index.html", "catalog.json", "catalog.jsonld", "about.html"):
        shutil.copy(layout.folder / name, folder)
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != OURS
    }


def test_a_second_time_nothing_is_sent(built: Path, published: Path, tmp_path: Path) -> None:
    first = send(built, published, tmp_path / "web")
    assert files_of(tmp_path / "web") == files_of(built) and first.sent == len(files_of(built))
    assert send(built, published, tmp_path / "web") == Sent(str(tmp_path / "web"), 0, first.sent, 0)
    assert len(xr.load("responses", "events", base=tmp_path / "web"))


def test_what_is_no_longer_published_goes_unless_it_is_a_release_or_somebody_else_s(
    built: Path, published: Path, tmp_path: Path
) -> None:
    web = tmp_path / "web"
    send(built, published, web)
    (web / "CNAME").write_text("record.example.org\n")
    (built / "about.html").unlink()
    shutil.rmtree(built / "responses/1.0.0/downloads")
    (built / "index.html").write_text("new")
    done = send(built, published, web)
    assert (done.sent, done.deleted) == (1, 1)
    assert not (web / "about.html").exists() and (web / "CNAME").exists()
    assert list((web / "responses/1.0.0/downloads").iterdir()), "a cited address stays"
    assert "responses/1.0.0/LICENSE" in json.loads((web / OURS).read_text())["files"]


def test_a_damaged_file_is_sent_again(built: Path, published: Path, tmp_path: Path) -> None:
    web = tmp_path / "web"
    send(built, published, web)
    (web / "responses/1.0.0/LICENSE").write_text("mine now")
    assert send(built, published, web).sent == 1
    assert files_of(web) == files_of(built)


def test_no_pointer_is_ahead_of_what_it_points_to(
    built: Path, published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped at any file, ledger and catalog are absent or everything they name is there."""
    put, web = FolderStore.put, tmp_path / "web"
    total = len(files_of(built))
    for stop in (0, 1, 5, 20, total - 8, total - 1):
        left = stop

        def limited(self: FolderStore, path: str, data: bytes) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise EnvironmentFault("the line is dead")
            put(self, path, data)

        shutil.rmtree(web, ignore_errors=True)
        with monkeypatch.context() as patch:
            patch.setattr(FolderStore, "put", limited)
            with pytest.raises(EnvironmentFault):
                send(built, published, web)
        if (web / "responses/versions.json").exists() or (web / "catalog.json").exists():
            assert len(xr.load("responses", "events", "1.0.0", base=web))
        send(built, published, web)
        assert files_of(web) == files_of(built)


def test_a_file_that_is_not_what_was_sent_stops_it(
    built: Path, published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = FolderStore.put

    def bent(self: FolderStore, path: str, data: bytes) -> None:
        put(self, path, data[:-1] if path.endswith("/LICENSE") else data)

    monkeypatch.setattr(FolderStore, "put", bent)
    with pytest.raises(VerifyError, match=r"1 files read back differ.*LICENSE"):
        send(built, published, tmp_path / "web")
    assert not (tmp_path / "web/catalog.json").exists()


def test_other_files_under_our_names_are_not_replaced(
    built: Path, published: Path, tmp_path: Path
) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web/index.html").write_text("a page of my own")
    with pytest.raises(UsageError, match=r"1 other files under our names, such as index\.html"):
        send(built, published, tmp_path / "web")
    assert files_of(tmp_path / "web") == {"index.html": b"a page of my own"}


def test_a_target_that_is_ahead_is_not_rolled_back(
    built: Path, published: Path, tmp_path: Path
) -> None:
    send(built, published, tmp_path / "web")
    (tmp_path / "web/responses/9.0.0").mkdir()
    (tmp_path / "web/responses/9.0.0/LICENSE").write_text("later")
    with pytest.raises(VerifyError, match=r"has 9\.0\.0, which is not here"):
        send(built, published, tmp_path / "web")


def test_a_list_of_ours_cannot_name_files_outside(
    built: Path, published: Path, tmp_path: Path
) -> None:
    web, outside = tmp_path / "web", tmp_path / "outside.txt"
    outside.write_text("keep me")
    web.mkdir()
    listed = {"../outside.txt": "0" * 64, str(outside): "0" * 64}
    (web / OURS).write_text(json.dumps({"format": 1, "files": listed}))
    assert send(built, published, web).deleted == 0
    assert outside.exists()


def test_a_bucket_is_the_same(built: Path, published: Path, s3: str) -> None:  # noqa: F811
    store: Store = open_store(f"{s3}-web")
    first = send(built, published, f"{s3}-web")
    assert first.sent == len(files_of(built))
    (built / "about.html").unlink()
    (built / "index.html").write_text("new")
    done = send(built, published, f"{s3}-web")
    assert (done.sent, done.kept, done.deleted) == (1, first.sent - 2, 1)
    assert store.read("index.html") == b"new" and store.read("about.html") is None


def test_the_command(layout: Layout, published: Path, tmp_path: Path) -> None:
    arguments = ["publish-site", "--english-only", "--base-url", layout.address]
    arguments += ["-o", str(layout.folder), "--published", str(published)]
    result = CliRunner().invoke(group, [*arguments, "--to", str(tmp_path / "web")])
    assert result.exit_code == 0, result.output
    assert f"{layout.folder}: unchanged" in result.stdout
    assert "all read back equal" in result.stdout
    assert (tmp_path / "web/joint-statements/latest/statements.json").is_file()
