"""Older releases out of git: nothing is lost, the ledger says where, and readers follow it."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import xinjiang_record as xr
from tests.release.test_export import bucket, s3  # noqa: F401
from tests.warm_commands import run_command
from tests.web_servers import serve_folder
from xinjiang_record import files
from xinjiang_record.cli.main import group
from xinjiang_record.errors import EnvironmentFault, FetchError, UsageError, VerifyError
from xinjiang_record.model import Candidate
from xinjiang_record.release import publish
from xinjiang_record.release.distribution import move_to_archive
from xinjiang_record.release.distribution.get_release import get_release
from xinjiang_record.release.distribution.locations import open_location
from xinjiang_record.release.distribution.mirror import export_releases
from xinjiang_record.release.distribution.move_to_archive import (
    Archive,
    archive_releases,
    restore_releases,
)
from xinjiang_record.release.distribution.verify_archived import verify_archived
from xinjiang_record.release.integrity.verify import verify
from xinjiang_record.release.integrity.verify_release import verify_release
from xinjiang_record.settings import Addresses
from xinjiang_record.web.publish_site import build_site

OLD = ["1.0.0", "1.1.0"]


@pytest.fixture
def serve() -> Iterator[Callable[[Path], str]]:
    with contextlib.ExitStack() as stack:

        def start(folder: Path) -> str:
            folder.mkdir(parents=True, exist_ok=True)
            return stack.enter_context(serve_folder(folder))

        yield start


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XRECORD_CACHE", str(tmp_path / "cache"))


def entries(published: Path) -> dict[str, dict[str, str]]:
    ledger = json.loads((published / "made-up/versions.json").read_text())
    return {item["version"]: item for item in ledger["versions"]}


def whole(published: Path) -> list[str]:
    return sorted(path.parent.name for path in published.glob("made-up/[0-9]*/data"))


def test_the_data_leave_and_everything_is_still_read(
    published: Path, tmp_path: Path, make: Callable[[int], Candidate]
) -> None:
    before = {version: xr.load("made-up", "things", version, base=published) for version in OLD}
    past = xr.history("t-000", base=published)
    done = archive_releases(published, Archive(str(tmp_path / "old")), keep=1)
    assert done == ["made-up@1.0.0", "made-up@1.1.0"] and whole(published) == ["1.2.0"]
    assert {name: item.get("archived") for name, item in entries(published).items()} == {
        "1.0.0": str(tmp_path / "old"),
        "1.1.0": str(tmp_path / "old"),
        "1.2.0": None,
    }
    assert verify(published) == [] and verify_archived(published) == []
    names = {path.name for path in (published / "made-up/1.0.0").rglob("*")}
    assert names == {"datapackage.json", "provenance.json", "SHA256SUMS", "LICENSE", "CITATION.cff"}
    for version in OLD:
        assert xr.load("made-up", "things", version, base=published).equals(before[version])
        copy = get_release(open_location(published), "made-up", version, tmp_path / "got")
        assert verify_release(copy) == [] and (copy / "downloads").is_dir()
    assert xr.history("t-000", base=published).equals(past)
    assert archive_releases(published, Archive(str(tmp_path / "old")), keep=1) == []
    assert publish(make(3), published).status == "published"
    assert verify(published) == []
    export_releases(published, str(tmp_path / "web"))
    assert verify(tmp_path / "web") == []


def test_readers_on_the_web_follow_the_ledger_and_check_what_they_get(
    published: Path, tmp_path: Path, serve: Callable[[Path], str]
) -> None:
    old = tmp_path / "old"
    address = serve(old)
    archive_releases(published, Archive(str(old), address), keep=1)
    assert entries(published)["1.0.0"]["archived"] == address
    base = serve(published)
    assert len(xr.load("made-up", "things", "1.0.0", base=base)) == 20
    assert xr.verify(base) == []
    part = old / "made-up/1.1.0/data/things.parquet"
    part.write_bytes(part.read_bytes()[:-1] + b"x")
    with pytest.raises(VerifyError, match=r"data/things\.parquet"):
        xr.load("made-up", "things", "1.1.0", base=base)
    found = verify_archived(published)
    assert len(found) == 1 and "1.1.0: archived at http" in found[0]
    part.unlink()
    with pytest.raises(FetchError, match="expected status 200, got 404"):
        xr.load("made-up", "things", "1.1.0", base=base)


def test_one_zip_a_release_where_the_archive_has_no_folders(
    published: Path, tmp_path: Path, serve: Callable[[Path], str]
) -> None:
    """As with the files of a GitHub release: written, uploaded by another program, then used."""
    out, host = tmp_path / "out", tmp_path / "host"
    archive = Archive(str(out), serve(host), as_zip=True)
    with pytest.raises(UsageError, match=r"does not serve them\. Bring them there.*deleted here"):
        archive_releases(published, archive, keep=1)
    assert whole(published) == [*OLD, "1.2.0"] and not entries(published)["1.0.0"].get("archived")
    shutil.copytree(out, host, dirs_exist_ok=True)
    with pytest.raises(UsageError, match=r"1\.1\.0"):
        archive_releases(published, archive, keep=1)
    shutil.copytree(out, host, dirs_exist_ok=True)
    assert archive_releases(published, archive, keep=1) == ["made-up@1.1.0"]
    assert entries(published)["1.1.0"]["archived"].endswith("/made-up-1.1.0.release.zip")
    assert whole(published) == ["1.2.0"] and verify_archived(published) == []
    for base in (published, serve(published)):
        assert len(xr.load("made-up", "things", "1.0.0", base=base)) == 20
    (host / "made-up-1.0.0.release.zip").write_bytes(b"PK no zip")
    assert "1.0.0" in verify_archived(published)[0]


@pytest.mark.parametrize("kind", ["folder", "zip", "web"])
def test_the_command_get_follows_the_ledger_too(
    published: Path, tmp_path: Path, serve: Callable[[Path], str], kind: str
) -> None:
    """It runs behind a wall that lets it open only what it needs."""
    old = tmp_path / "old"
    address = serve(old) if kind == "web" else ""
    archive_releases(published, Archive(str(old), address, as_zip=kind == "zip"), keep=1)
    command = [sys.executable, "-m", "xinjiang_record.cli", "get", "made-up@1.0.0"]
    command += [str(tmp_path / "got"), "--from", str(published)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert verify_release(tmp_path / "got/made-up-1.0.0") == []


def test_a_bucket_holds_an_archive(published: Path, s3: str) -> None:  # noqa: F811
    archive_releases(published, Archive(f"{s3}-archive"), keep=1)
    assert entries(published)["1.0.0"]["archived"] == f"{s3}-archive"
    assert verify_archived(published) == []
    assert len(xr.load("made-up", "things", "1.0.0", base=published)) == 20


@pytest.mark.parametrize(
    "address", ["/etc", "s3://bucket/old", "https://127.0.0.2/old", "http://localhost/old"]
)
def test_a_ledger_from_the_web_opens_no_file_and_no_inner_address(
    published: Path, tmp_path: Path, serve: Callable[[Path], str], address: str
) -> None:
    archive_releases(published, Archive(str(tmp_path / "old")), keep=1)
    ledger = published / "made-up/versions.json"
    ledger.write_text(ledger.read_text().replace(str(tmp_path / "old"), address))
    with pytest.raises((UsageError, FetchError)) as caught:
        xr.load("made-up", "things", "1.0.0", base=serve(published))
    assert any(
        text in str(caught.value)
        for text in ("expected an https address", "not a public address", "scheme", "port", "https")
    ), caught.value


def test_stopped_at_any_point_nothing_is_lost(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dead(*given: object) -> None:
        raise EnvironmentFault("the line is dead")

    archive = Archive(str(tmp_path / "old"))
    for step in ("copy_release", "_read_back", "write_ledger", "_delete"):
        with monkeypatch.context() as patch:
            patch.setattr(move_to_archive, step, dead)
            with pytest.raises(EnvironmentFault):
                archive_releases(published, archive, keep=1)
        assert verify(published) == [], step
        assert whole(published) == [*OLD, "1.2.0"], step
        assert len(xr.load("made-up", "things", "1.0.0", base=published)) == 20
    archive_releases(published, archive, keep=1)
    assert whole(published) == ["1.2.0"] and verify_archived(published) == []


def test_an_archive_that_lies_deletes_nothing(
    published: Path, tmp_path: Path, serve: Callable[[Path], str]
) -> None:
    other = tmp_path / "other"
    export_releases(published, str(other))
    (other / "made-up/1.0.0/data/things.csv").write_text("thing_id\n")
    with pytest.raises(VerifyError, match=r"data/things\.csv of made-up 1\.0\.0 has other bytes"):
        archive_releases(published, Archive(str(tmp_path / "old"), serve(other)), keep=1)
    assert whole(published) == [*OLD, "1.2.0"]


def test_a_damaged_release_is_not_archived(published: Path, tmp_path: Path) -> None:
    (published / "made-up/1.0.0/data/things.csv").write_text("thing_id\n")
    with pytest.raises(VerifyError, match="Nothing was archived"):
        archive_releases(published, Archive(str(tmp_path / "old")), keep=1)
    assert not (tmp_path / "old").exists()


def test_the_downloads_of_the_newest_leave_too_and_come_back(
    published: Path, tmp_path: Path, make: Callable[[int], Candidate]
) -> None:
    """Git cannot store a zip as its difference from the one before."""
    newest, archive = published / "made-up/1.2.0", Archive(str(tmp_path / "old"), downloads=True)
    names = {path.name: path.read_bytes() for path in (newest / "downloads").iterdir()}
    everything = ["made-up@1.0.0", "made-up@1.1.0", "made-up@1.2.0"]
    assert archive_releases(published, archive, keep=1) == everything
    assert not (newest / "downloads").exists() and whole(published) == ["1.2.0"]
    assert verify(published) == [] and verify_archived(published) == []
    assert archive_releases(published, archive, keep=1) == []
    copy = get_release(open_location(published), "made-up", "1.2.0", tmp_path / "got")
    assert {path.name for path in (copy / "downloads").iterdir()} == set(names)
    with pytest.raises(UsageError, match=r"downloads/.*an archive has it.*archive --restore"):
        build_site(published, tmp_path / "site", Addresses(), ["en"])

    assert restore_releases(published, keep=1) == ["made-up@1.2.0"]
    assert {path.name: path.read_bytes() for path in (newest / "downloads").iterdir()} == names
    assert verify(published) == [] and restore_releases(published, keep=1) == []

    assert publish(make(3), published).status == "published"
    assert archive_releases(published, archive, keep=1) == [*everything[2:], "made-up@1.3.0"]
    assert whole(published) == ["1.3.0"] and not (newest / "data").exists()
    assert verify(published) == [] and verify_archived(published) == []


def test_an_archive_that_has_lost_its_files_deletes_and_restores_nothing(
    published: Path, tmp_path: Path
) -> None:
    archive = Archive(str(tmp_path / "old"), downloads=True)
    archive_releases(published, archive, keep=3)
    there = tmp_path / "old/made-up/1.2.0/downloads/made-up-1.2.0.zip"
    there.write_bytes(b"PK other")
    with pytest.raises(VerifyError, match="not those that were released"):
        restore_releases(published, keep=1)
    assert verify(published) == []
    (tmp_path / "old/made-up/1.0.0/data/things.csv").unlink()
    with pytest.raises(UsageError, match=r"data/things\.csv"):
        archive_releases(published, archive, keep=1)
    assert whole(published) == [*OLD, "1.2.0"]


def test_a_killed_restore_is_finished_by_the_next(published: Path, tmp_path: Path) -> None:
    archive_releases(published, Archive(str(tmp_path / "old"), downloads=True), keep=1)
    left = published / "made-up/1.2.0/downloads/.made-up-1.2.0.zip.1.tmp"
    left.parent.mkdir()
    left.write_bytes(b"PK")
    assert restore_releases(published, keep=1) == ["made-up@1.2.0"]
    assert verify(published) == [] and not left.exists()


def test_a_copy_of_a_release_is_not_put_among_the_releases(published: Path) -> None:
    done = run_command("get", "made-up", published, "--from", published)
    assert done.returncode == 2 and "expected a place outside" in done.stderr, done.stderr
    assert verify(published) == []


@pytest.mark.parametrize("form", ["itself", "inside", "by a link", "by dots"])
def test_the_folder_of_the_releases_is_no_place_for_their_copies(
    published: Path, tmp_path: Path, form: str
) -> None:
    """An export there replaced the link latest, and an archive there deleted what it had kept."""
    link = tmp_path / "link"
    link.symlink_to(published)
    place = {
        "itself": published,
        "inside": published / "made-up" / "archive",
        "by a link": link,
        "by dots": published / ".." / published.name,
    }[form]
    before = sorted(published.rglob("*"))
    for call in (
        lambda: archive_releases(published, Archive(str(place)), keep=1),
        lambda: archive_releases(published, Archive(str(tmp_path / "x"), str(place)), keep=1),
        lambda: export_releases(published, str(place)),
    ):
        with pytest.raises(UsageError, match="expected a place outside of the releases"):
            call()
    assert sorted(published.rglob("*")) == before and verify(published) == []


def test_the_command_moves_or_restores(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (published.parent / "schemas").mkdir()
    (published.parent / "schemas/fields.toml").write_text("")
    monkeypatch.setenv("XRECORD_PROJECT", str(published.parent))

    def run(*options: str) -> str:
        result = CliRunner().invoke(group, ["archive", *options])
        return str(result.exception or result.stdout)

    assert "made-up@1.2.0: archived" in run("--to", str(tmp_path / "old"), "--downloads")
    assert run("--restore").splitlines() == ["made-up@1.1.0: restored", "made-up@1.2.0: restored"]
    assert run("--restore") == "Nothing to restore.\n"
    for options in ((), ("--restore", "--to", str(tmp_path / "x"))):
        assert "Expected either --to or --restore" in run(*options)


def test_the_latest_release_stays_though_newer_ones_are_withdrawn(
    published: Path, tmp_path: Path
) -> None:
    from xinjiang_record.release.withdraw import withdraw

    for version in ("1.1.0", "1.2.0"):
        withdraw(published, "made-up", version, "A source was misread.", "2026-11-27")
    assert archive_releases(published, Archive(str(tmp_path / "old")), keep=1) == ["made-up@1.1.0"]
    assert whole(published) == ["1.0.0", "1.2.0"] and verify(published) == []


def test_verify_does_not_say_more_than_it_checked(published: Path, tmp_path: Path) -> None:
    def printed(*options: str) -> str:
        result = CliRunner().invoke(group, ["verify", "--path", str(published), *options])
        assert result.exit_code == 0, result.output
        return result.stdout

    assert "archived" not in printed()
    archive_releases(published, Archive(str(tmp_path / "old")), keep=1)
    assert "2 of them archived: only the files that are here were checked" in printed()
    assert "of them archived" not in printed("--archived")


def test_missing_data_are_a_problem_unless_they_are_archived(
    published: Path, tmp_path: Path, make: Callable[[int], Candidate]
) -> None:
    archive_releases(published, Archive(str(tmp_path / "old")), keep=2)
    files.remove_tree(published / "made-up/1.1.0/data")
    assert any("1.1.0/data/things.csv: is missing" in item for item in verify(published))
    (published / "made-up/1.0.0/LICENSE").unlink()
    assert any("1.0.0/LICENSE: is missing" in item for item in verify(published))


def test_the_changes_stay_when_the_data_are_archived(published: Path, tmp_path: Path) -> None:
    archive_releases(published, Archive(str(tmp_path / "old")), keep=1)
    changes = published / "made-up/1.1.0/changes/from-1.0.0.csv"
    changes.unlink()
    assert any("changes/from-1.0.0.csv: is missing" in item for item in verify(published))


def test_a_lost_ledger_is_not_made_up(
    published: Path, tmp_path: Path, make: Callable[[int], Candidate]
) -> None:
    archive_releases(published, Archive(str(tmp_path / "old")), keep=1)
    (published / "made-up/versions.json").unlink()
    with pytest.raises(VerifyError, match=r"archive that only versions\.json names\. Restore"):
        publish(make(3), published)


def git(*arguments: str | Path) -> None:
    subprocess.run(["git", *map(str, arguments)], check=True, capture_output=True)


@pytest.mark.slow
def test_fifty_releases_leave_a_small_repository(
    tmp_path: Path, make: Callable[[int], Candidate]
) -> None:
    """As the workflow does it: publish, archive all but two, commit; then clone."""
    root, old, name = tmp_path / "repository", tmp_path / "old", ("-c", "user.name=x")
    published = root / "published"
    published.mkdir(parents=True)
    git("init", "-q", root)
    for number in range(50):
        publish(make(number), published)
        archive_releases(published, Archive(str(old)))
        git("-C", root, "add", "-A")
        git(*name, "-c", "user.email=x@example.org", "-C", root, "commit", "-qm", str(number))
    git("clone", "-q", "--no-local", f"file://{root}", tmp_path / "clone")
    size = sum(path.stat().st_size for path in (tmp_path / "clone").rglob("*") if path.is_file())
    assert size < 60_000_000, size
    clone = tmp_path / "clone/published"
    assert len(whole(clone)) == 2 and len(entries(clone)) == 50
    assert verify(clone) == [] and verify_archived(clone) == []
    for version in entries(clone):
        get_release(open_location(clone), "made-up", version, tmp_path / "got")
