"""A second home: a folder and an S3-compatible bucket, the latter on a real server process."""

from __future__ import annotations

import hashlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from xinjiang_record import files
from xinjiang_record.errors import EnvironmentFault, UsageError, VerifyError
from xinjiang_record.model import Candidate
from xinjiang_record.release import publish
from xinjiang_record.release.distribution import object_stores as stores_module
from xinjiang_record.release.distribution.mirror import export_releases
from xinjiang_record.release.distribution.object_stores import BucketStore, FolderStore, open_store
from xinjiang_record.release.integrity.verify import verify
from xinjiang_record.release.integrity.verify_release import verify_copy
from xinjiang_record.release.withdraw import withdraw


def test_a_folder_is_a_whole_home(published: Path, tmp_path: Path) -> None:
    target = tmp_path / "web"
    first = export_releases(published, str(target))
    assert first.kept == 0
    assert verify(target) == []
    assert not (target / "made-up/latest").is_symlink()
    assert (target / "made-up/latest/data/things.csv").read_bytes() == (
        published / "made-up/latest/data/things.csv"
    ).read_bytes()
    again = export_releases(published, str(target))
    assert (again.sent, again.kept) == (0, first.sent)


def test_it_goes_on_where_it_was(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped after every number of objects, it never points at what is not whole, and a second run
    finishes.
    """
    put, limit = FolderStore.put, 0

    def limited(self: FolderStore, path: str, data: bytes) -> None:
        nonlocal limit
        limit -= 1
        if limit < 0:
            raise EnvironmentFault("the line is dead")
        put(self, path, data)

    for stop in (0, 3, 40, 46):
        target = tmp_path / f"web-{stop}"
        limit = stop
        with monkeypatch.context() as patch:
            patch.setattr(FolderStore, "put", limited)
            with pytest.raises(EnvironmentFault):
                export_releases(published, str(target))
        ledger = target / "made-up/versions.json"
        if ledger.exists():
            assert not [problem for problem in verify(target) if "/made-up/1." in problem]
        export_releases(published, str(target))
        assert verify(target) == []


def test_a_damaged_file_is_sent_again(published: Path, tmp_path: Path) -> None:
    target = tmp_path / "web"
    export_releases(published, str(target))
    for path in ("1.0.0/LICENSE", "1.1.0/SHA256SUMS", "versions.json", "latest/README.md"):
        (target / "made-up" / path).write_text("damaged\n")
    done = export_releases(published, str(target))
    assert done.sent == 4
    assert verify(target) == []


def test_wrong_bytes_in_the_target_are_found_before_any_pointer_moves(
    published: Path,
    tmp_path: Path,
    make: Callable[[int], Candidate],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = tmp_path / "web"
    export_releases(published, str(target))
    before = {path: path.read_bytes() for path in target.rglob("*.json") if "/1." not in str(path)}
    version = publish(make(3), published).version
    put = FolderStore.put

    def spoiling(self: FolderStore, path: str, data: bytes) -> None:
        put(self, path, data[:-1] if path.endswith("things.csv") else data)

    with monkeypatch.context() as patch:
        patch.setattr(FolderStore, "put", spoiling)
        for _ in range(2):
            with pytest.raises(
                VerifyError, match=rf"{version}/data/things\.csv\. No ledger was changed"
            ):
                export_releases(published, str(target))
    assert {path: path.read_bytes() for path in before} == before
    assert (target / "made-up/latest/CHANGES.md").read_bytes() == (
        published / "made-up/1.2.0/CHANGES.md"
    ).read_bytes()
    export_releases(published, str(target))
    assert verify(target) == []


def test_another_release_of_the_same_number_is_never_overwritten(
    published: Path, tmp_path: Path, make: Callable[[int], Candidate]
) -> None:
    fork = Path(shutil.copytree(published, tmp_path / "fork", symlinks=True))
    assert publish(make(7), fork).version == publish(make(3), published).version
    target = tmp_path / "web"
    export_releases(fork, str(target))
    before = {path: path.read_bytes() for path in target.rglob("*") if path.is_file()}
    with pytest.raises(VerifyError, match="lists another release as"):
        export_releases(published, str(target))
    (target / "made-up/versions.json").unlink()
    with pytest.raises(VerifyError, match="is of another release"):
        export_releases(published, str(target))
    after = {path: path.read_bytes() for path in target.rglob("*") if path.is_file()}
    assert {**before, **after} == before


def test_a_withdrawal_is_exported_and_not_rolled_back(published: Path, tmp_path: Path) -> None:
    behind = Path(shutil.copytree(published, tmp_path / "behind", symlinks=True))
    withdraw(published, "made-up", "1.2.0", "A source was misread.", "2026-11-24")
    target = tmp_path / "web"
    export_releases(published, str(target))
    assert verify(target) == []
    with pytest.raises(VerifyError, match=r"says that 1\.2\.0 is withdrawn"):
        export_releases(behind, str(target))


def test_latest_is_never_a_mixture(
    published: Path,
    tmp_path: Path,
    make: Callable[[int], Candidate],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Stopped at each file of the new copy, the folder is the old release or the new one."""
    target = tmp_path / "web"
    export_releases(published, str(target))
    version = publish(make(3), published).version
    create, limit = files.create, 0

    def limited(path: Path, data: bytes) -> str:
        nonlocal limit
        limit -= 1
        if limit < 0:
            raise EnvironmentFault("the line is dead")
        return create(path, data)

    for stop in (0, 1, 8, 14):
        limit = stop
        with monkeypatch.context() as patch:
            patch.setattr(files, "create", limited)
            with pytest.raises(EnvironmentFault):
                export_releases(published, str(target))
        assert verify_copy(target / "made-up/latest") == []
        assert "1.2.0" in (target / "made-up/latest/provenance.json").read_text()
    export_releases(published, str(target))
    assert verify(target) == []
    assert f'"version": "{version}"' in (target / "made-up/latest/provenance.json").read_text()
    catalog = (target / "catalog.json").read_text()
    assert f'"path": "made-up/{version}/datapackage.json"' in catalog and "/latest/" not in catalog


def test_a_target_that_is_ahead_is_not_rolled_back(
    published: Path, tmp_path: Path, make: Callable[[int], Candidate]
) -> None:
    behind = tmp_path / "behind"
    publish(make(0), behind)
    export_releases(published, str(tmp_path / "web"))
    with pytest.raises(VerifyError, match=r"has 1\.1\.0, 1\.2\.0, which is not here"):
        export_releases(behind, str(tmp_path / "web"))


def test_damaged_releases_are_not_exported(published: Path, tmp_path: Path) -> None:
    (published / "made-up/1.0.0/LICENSE").write_text("mine now\n")
    with pytest.raises(VerifyError, match="Nothing was exported"):
        export_releases(published, str(tmp_path / "web"))
    assert not (tmp_path / "web").exists()


def test_what_is_no_target() -> None:
    with pytest.raises(UsageError):
        open_store("ftp://example.org/x")
    with pytest.raises(UsageError):
        open_store("s3://")


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A moto server in a process of its own, with an empty bucket."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (tmp_path_factory.mktemp("moto") / "log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(address, timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        request = urllib.request.Request(f"{address}/record", method="PUT")
        urllib.request.urlopen(request, timeout=10).close()
        yield address
    finally:
        server.terminate()
        server.wait(10)
        log.close()


@pytest.fixture
def s3(bucket: str, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in (
        ("AWS_ENDPOINT_URL", bucket),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ):
        monkeypatch.setenv(name, value)
    return "s3://record/home"


def test_a_bucket(tmp_path: Path, s3: str, bucket: str, make: Callable[[int], Candidate]) -> None:
    published = tmp_path / "small"
    publish(make(0), published)
    first = export_releases(published, s3)
    assert (first.target, first.kept) == (s3, 0)
    again = export_releases(published, s3)
    assert (again.sent, again.kept) == (0, first.sent)
    # Read back by another client than the one that wrote: every object, as a folder, verifies.
    to = BucketStore(s3)
    import s3fs

    reader = s3fs.S3FileSystem(endpoint_url=bucket, key="test", secret="test")
    for path in to.paths("made-up") | {"catalog.json", "catalog.jsonld"}:
        (tmp_path / "back" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "back" / path).write_bytes(reader.cat_file(f"record/home/{path}"))
    assert verify(tmp_path / "back") == []
    assert reader.info("record/home/made-up/1.0.0/data/things.csv")["ContentType"] == "text/csv"

    # A later release: what was sent stays, what is damaged is sent again, the pointer moves.
    publish(make(1), published)
    to.put("made-up/1.0.0/LICENSE", b"damaged\n")
    to.put("made-up/latest/LICENSE", b"of an export by an earlier version\n")
    later = export_releases(published, s3)
    assert later.kept == len([path for path in to.paths("made-up") if "/1.0.0/" in path]) - 1
    assert b'"latest": "1.1.0"' in reader.cat_file("record/home/made-up/versions.json")
    assert b'"path": "made-up/1.1.0/datapackage.json"' in reader.cat_file(
        "record/home/made-up/latest.json"
    )
    assert (
        to.sha256("made-up/1.0.0/LICENSE")
        == hashlib.sha256((published / "made-up/1.0.0/LICENSE").read_bytes()).hexdigest()
    )
    assert not to.paths("made-up/latest")


def test_a_bucket_that_is_not_there(published: Path, s3: str) -> None:
    with pytest.raises(EnvironmentFault, match="nowhere"):
        export_releases(published, "s3://nowhere/home")


def test_the_stores_say_the_same(tmp_path: Path, s3: str) -> None:
    for place in (FolderStore(tmp_path / "web"), stores_module.BucketStore(f"{s3}-two")):
        assert place.paths("a") == set()
        assert place.sha256("a/b") is None
        place.put("a/b", b"one")
        place.put("a/c/d", b"two")
        assert place.paths("a") == {"a/b", "a/c/d"}
        assert place.sha256("a/b") == hashlib.sha256(b"one").hexdigest()
        place.delete("a/b")
        assert place.paths("a") == {"a/c/d"}
    shutil.rmtree(tmp_path / "web")
