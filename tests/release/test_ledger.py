"""A ledger says no less and no more than the releases: copies, losses, cuts and withdrawals."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from xinjiang_record import client, files
from xinjiang_record.errors import (
    LockedError,
    ReleaseError,
    UsageError,
    VerifyError,
    WithdrawnWarning,
)
from xinjiang_record.model import Candidate
from xinjiang_record.release import publish
from xinjiang_record.release.catalog import write_catalog
from xinjiang_record.release.distribution.get_release import get_release
from xinjiang_record.release.distribution.locations import open_location
from xinjiang_record.release.integrity.verify import verify
from xinjiang_record.release.integrity.versions_json import Ledger
from xinjiang_record.release.withdraw import withdraw

Make = Callable[[int], Candidate]
REASON = "A source was misread."


def ledger_of(published: Path) -> dict[str, object]:
    value: dict[str, object] = json.loads((published / "made-up/versions.json").read_text())
    return value


def listed(published: Path) -> list[str]:
    return [entry["version"] for entry in ledger_of(published)["versions"]]  # type: ignore[attr-defined]


@pytest.mark.parametrize("version", ["1.2.5", "1.0.5", "9.0.0"])
@pytest.mark.parametrize("copied", ["1.2.0", "1.0.0"])
def test_a_copy_of_a_release_is_refused(
    published: Path, make: Make, version: str, copied: str
) -> None:
    package = published / "made-up"
    before = (package / "versions.json").read_bytes()
    shutil.copytree(package / copied, package / version)
    for variant in (1, 3):  # whether or not there is something to publish
        with pytest.raises(VerifyError, match=rf"{version}: expected made-up {version}, got"):
            publish(make(variant), published)
    assert (package / "versions.json").read_bytes() == before
    assert any(f"{version}: holds version {copied}" in item for item in verify(published))
    shutil.rmtree(package / version)
    assert verify(published) == []


def test_a_release_of_another_package_is_refused(published: Path, make: Make) -> None:
    other = replace(make(4), package="other", descriptor={**make(4).descriptor, "name": "other"})
    publish(other, published)
    publish(replace(other, tables=make(5).tables), published)
    newest = sorted((published / "other").glob("1.*"))[-1].name
    shutil.rmtree(published / "made-up/1.2.0")
    shutil.copytree(
        published / "other" / newest, published / "made-up" / newest, dirs_exist_ok=True
    )
    with pytest.raises(VerifyError):
        publish(make(1), published)


def test_a_fork_is_not_adopted(published: Path, make: Make, tmp_path: Path) -> None:
    """A release that follows another one than the newest of this ledger is not ours."""
    fork = Path(shutil.copytree(published, tmp_path / "fork", symlinks=True))
    publish(make(7), fork)
    publish(make(3), published)
    made = sorted(path.name for path in (fork / "made-up").glob("1.*"))[-1]
    newest = listed(published)[-1]
    assert made == newest
    publish(make(6), fork)
    later = sorted(path.name for path in (fork / "made-up").glob("1.*"))[-1]
    shutil.copytree(fork / "made-up" / later, published / "made-up" / later)
    with pytest.raises(VerifyError, match="expected the release that follows"):
        publish(make(3), published)


def test_a_lost_ledger_comes_back_with_its_withdrawals(published: Path, make: Make) -> None:
    withdraw(published, "made-up", "1.2.0", REASON, "2026-11-24")
    before = (published / "made-up/versions.json").read_bytes()
    (published / "made-up/versions.json").unlink()
    publish(make(1), published)
    assert (published / "made-up/versions.json").read_bytes() == before
    assert os.readlink(published / "made-up/latest") == "1.1.0"
    assert verify(published) == []


def test_a_lost_withdrawal_is_refused_while_the_catalog_knows_it(
    published: Path, make: Make
) -> None:
    withdraw(published, "made-up", "1.2.0", REASON, "2026-11-24")
    catalog = (published / "catalog.json").read_bytes()
    (published / "made-up/versions.json").unlink()
    shutil.rmtree(published / "made-up/withdrawals")
    with pytest.raises(VerifyError, match=r"catalog\.json says that 1\.2\.0 is withdrawn"):
        publish(make(1), published)
    assert not write_catalog(published)
    assert (published / "catalog.json").read_bytes() == catalog


def test_the_next_release_holds_the_withdrawal_in_its_chain(published: Path, make: Make) -> None:
    withdraw(published, "made-up", "1.2.0", REASON, "2026-11-24")
    version = publish(make(3), published).version
    assert verify(published) == []
    ledger = ledger_of(published)
    for entry in ledger["versions"]:  # type: ignore[attr-defined]
        entry["withdrawn"] = None
    (published / "made-up/versions.json").write_text(json.dumps(ledger, indent=2) + "\n")
    shutil.rmtree(published / "made-up/withdrawals")
    (published / "catalog.json").unlink()
    write_catalog(published)
    problems = "\n".join(verify(published))
    assert "withdrawals/1.2.0.json: expected SHA-256" in problems
    assert f"as {version} names it" in problems


def test_a_file_of_a_withdrawal_and_the_ledger_say_the_same(published: Path, make: Make) -> None:
    withdraw(published, "made-up", "1.1.0", REASON, "2026-11-24")
    path = published / "made-up/withdrawals/1.1.0.json"
    path.write_text(path.read_text().replace("misread", "lost"))
    assert any("says other than versions.json" in item for item in verify(published))
    with pytest.raises(VerifyError, match=r"withdrawals/1\.1\.0\.json: contradicts versions\.json"):
        publish(make(1), published)


def test_a_kill_between_file_and_ledger_is_finished(published: Path, make: Make) -> None:
    before = (published / "made-up/versions.json").read_bytes()
    withdraw(published, "made-up", "1.1.0", REASON, "2026-11-24")
    after = (published / "made-up/versions.json").read_bytes()
    (published / "made-up/versions.json").write_bytes(before)
    publish(make(1), published)
    assert (published / "made-up/versions.json").read_bytes() == after


@pytest.mark.parametrize("drop", [1, 2])
def test_a_cut_ledger_is_rebuilt_only_as_it_was(published: Path, make: Make, drop: int) -> None:
    before = (published / "made-up/versions.json").read_bytes()
    ledger = ledger_of(published)
    ledger["versions"] = ledger["versions"][:-drop]  # type: ignore[index]
    (published / "made-up/versions.json").write_text(json.dumps(ledger))
    publish(make(1), published)
    assert json.loads((published / "made-up/versions.json").read_text()) == json.loads(before)
    for version in ("1.1.0", "1.2.0")[-drop:]:
        shutil.rmtree(published / "made-up" / version)
    (published / "made-up/versions.json").write_text(json.dumps(ledger))
    with pytest.raises(
        VerifyError, match=r"catalog\.json lists 1\.\d\.0, which the ledger does not"
    ):
        publish(make(1), published)


def test_an_unlisted_release_with_other_bytes_is_not_adopted(published: Path, make: Make) -> None:
    ledger = ledger_of(published)
    ledger["versions"] = ledger["versions"][:-1]  # type: ignore[index]
    (published / "made-up/versions.json").write_text(json.dumps(ledger))
    path = published / "made-up/1.2.0/LICENSE"
    path.write_bytes(path.read_bytes().replace(b"warranty", b"WARRANTY"))
    with pytest.raises(VerifyError, match="its bytes are not those of SHA256SUMS"):
        publish(make(1), published)


def test_no_version_is_listed_twice(published: Path, make: Make) -> None:
    ledger = ledger_of(published)
    ledger["versions"].append(ledger["versions"][-1])  # type: ignore[attr-defined]
    (published / "made-up/versions.json").write_text(json.dumps(ledger, indent=2) + "\n")
    with pytest.raises(VerifyError, match="versions do not rise"):
        publish(make(3), published)
    with pytest.raises(VerifyError, match="versions do not rise"):
        client.load("made-up", "things", base=published)


def test_a_package_that_lost_its_ledger_stays_in_the_catalog(published: Path, make: Make) -> None:
    other = replace(make(4), package="other", descriptor={**make(4).descriptor, "name": "other"})
    publish(other, published)
    (published / "made-up/versions.json").unlink()
    result = publish(replace(other, tables=make(5).tables), published)
    assert result.status == "published"
    names = [
        item["name"] for item in json.loads((published / "catalog.json").read_text())["packages"]
    ]
    assert names == ["made-up", "other"]
    publish(make(1), published)
    assert verify(published) == []


@pytest.mark.parametrize("version", ["999999.0.0", "1.100000.0", "1000000.0.0"])
def test_a_declared_version_leaves_numbers_for_the_next(
    make: Make, tmp_path: Path, version: str
) -> None:
    publish(make(0), tmp_path)
    with pytest.raises(UsageError):
        publish(make(1), tmp_path, declare=version)
    assert publish(make(1), tmp_path, declare="99999.99999.99999").version == "99999.99999.99999"
    assert publish(make(2), tmp_path).version == "99999.100000.0"
    assert verify(tmp_path) == []


def test_no_version_is_above_six_digits(make: Make) -> None:
    from xinjiang_record.release.changes.major_minor_patch import decide_next

    newest = {"version": "1.999999.0", "release_id": "0" * 64}
    with pytest.raises(ReleaseError, match=r"would be 1\.1000000\.0"):
        decide_next(newest, [], {"things": {"added": 1}}, False, None)


def serve(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "served", symlinks=True))


def edit(path: Path, change: Callable[[dict[str, object]], object]) -> None:
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value))


def test_another_package_is_not_what_was_asked_for(
    published: Path, make: Make, tmp_path: Path
) -> None:
    served = serve(published, tmp_path)
    shutil.copytree(served / "made-up", served / "documents", symlinks=True)
    for name in ("documents",):
        with pytest.raises(VerifyError, match="expected 'documents'"):
            get_release(open_location(served), name, "latest", tmp_path / "got")
        edit(served / name / "versions.json", lambda value: value.update(package="documents"))
        with pytest.raises(VerifyError, match=r"expected .*documents"):
            get_release(open_location(served), name, "latest", tmp_path / "got")
        with pytest.raises(VerifyError, match=r"expected documents 1\.2\.0"):
            client.load(name, "things", base=served)
        with pytest.raises(VerifyError, match=r"expected documents 1\.2\.0"):
            client.cite(name, base=served)
    assert not list((tmp_path / "got").glob("*"))


def test_another_version_is_not_what_was_asked_for(published: Path, tmp_path: Path) -> None:
    served = serve(published, tmp_path)
    shutil.move(served / "made-up/1.2.0", served / "made-up/9.9.9")
    edit(
        served / "made-up/versions.json",
        lambda value: value["versions"][-1].update(version="9.9.9"),  # type: ignore[index]
    )
    with pytest.raises(VerifyError, match=r"9\.9\.9"):
        get_release(open_location(served), "made-up", "9.9.9", tmp_path / "got")
    with pytest.raises(VerifyError, match=r"expected made-up 9\.9\.9"):
        client.cite("made-up", version="9.9.9", base=served)
    assert not list((tmp_path / "got").glob("*"))


def test_the_content_hash_is_that_of_the_ledger(published: Path, tmp_path: Path) -> None:
    served = serve(published, tmp_path)
    edit(
        served / "made-up/versions.json",
        lambda value: value["versions"][-1].update(content_hash="0" * 64),  # type: ignore[index]
    )
    with pytest.raises(VerifyError, match="expected the content hash 0000"):
        get_release(open_location(served), "made-up", "latest", tmp_path / "got")
    with pytest.raises(VerifyError, match="sha256:0000"):
        client.load("made-up", "things", base=served)


def test_a_withdrawn_release_says_so_wherever_it_is_used(published: Path, tmp_path: Path) -> None:
    lock = tmp_path / "record.lock"
    client.lock(lock, ["made-up"], base=published)
    withdraw(published, "made-up", "1.2.0", REASON, "2026-11-24")
    said = r"made-up 1\.2\.0 was withdrawn on 2026-11-24: A source was misread\."
    with pytest.warns(WithdrawnWarning, match=said):
        client.load("made-up", "things", "1.2.0", base=published)
    with pytest.warns(WithdrawnWarning, match=said):
        client.load("made-up", "things", base=published, lock=lock)
    with pytest.warns(WithdrawnWarning, match=said):
        client.cite("made-up", version="1.2.0", base=published)
    with pytest.warns(WithdrawnWarning, match=said):
        client.history("t-020", base=published)
    with pytest.warns(WithdrawnWarning, match=said):
        get_release(open_location(published), "made-up", "1.2.0", tmp_path / "got")


def test_a_withdrawal_names_its_release(published: Path) -> None:
    before = {path: path.read_bytes() for path in published.rglob("versions.json")}
    with pytest.raises(UsageError, match="expected a version, got latest"):
        withdraw(published, "made-up", "latest", "Misread.", "2026-11-27")
    assert before == {path: path.read_bytes() for path in published.rglob("versions.json")}


def test_a_withdrawal_is_not_before_the_release(published: Path) -> None:
    with pytest.raises(UsageError, match="expected a withdrawal on or after that day"):
        withdraw(published, "made-up", "1.2.0", REASON, "1970-01-01")


def test_verify_during_a_publication_waits_for_it(
    published: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is seen between rename and ledger is looked at again under the lock."""
    reached, go = threading.Event(), threading.Event()
    write = files.write_text

    def slowly(path: Path, text: str) -> str:
        if path.name == "versions.json":
            reached.set()
            go.wait(20)
        return write(path, text)

    monkeypatch.setattr(files, "write_text", slowly)
    publisher = threading.Thread(target=publish, args=(make(3), published))
    publisher.start()
    assert reached.wait(20)
    found: list[list[str]] = []
    reader = threading.Thread(target=lambda: found.append(verify(published)))
    reader.start()
    reader.join(0.5)
    assert reader.is_alive()  # it has seen something, and is waiting for the lock
    go.set()
    publisher.join()
    reader.join()
    assert found == [[]]


STRANGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "an empty folder": (lambda p: (p / "stray").mkdir(), "stray: is a folder without a file"),
    "a mode": (lambda p: (p / "README.md").chmod(0o777), "README.md: expected mode 0644"),
    "a hard link": (
        lambda p: os.link(p / "LICENSE", p.parent.parent.parent / "link"),
        "LICENSE: has 2 names",
    ),
    "a pipe": (
        lambda p: ((p / "data/things.csv").unlink(), os.mkfifo(p / "data/things.csv")),
        "data/things.csv: expected a regular file",
    ),
    "a pipe for the descriptor": (
        lambda p: ((p / "datapackage.json").unlink(), os.mkfifo(p / "datapackage.json")),
        "datapackage.json: expected a regular file",
    ),
    "an endless file": (
        lambda p: ((p / "SHA256SUMS").unlink(), (p / "SHA256SUMS").symlink_to("/dev/zero")),
        "SHA256SUMS: cannot be read",
    ),
}


@pytest.mark.parametrize("what", STRANGE)
def test_a_strange_file_is_named(published: Path, what: str) -> None:
    change, said = STRANGE[what]
    change(published / "made-up/1.1.0")
    assert any(f"1.1.0/{said}" in item for item in verify(published)), verify(published)


def test_a_broken_ledger_does_not_hide_the_rest(published: Path, make: Make) -> None:
    other = replace(make(4), package="other", descriptor={**make(4).descriptor, "name": "other"})
    publish(other, published)
    edit(published / "made-up/versions.json", lambda value: value.update(versions=["1.0.0"]))
    for path in ("made-up/1.1.0/README.md", "other/1.0.0/README.md"):
        (published / path).write_text("changed")
    problems = "\n".join(verify(published))
    assert "made-up/versions.json: " in problems
    assert "made-up/1.1.0/README.md: its bytes" in problems
    assert "other/1.0.0/README.md: its bytes" in problems


def test_catalog_and_withdrawal_take_the_locks(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LIMITS", replace(files.LIMITS, lock_wait_seconds=0))
    with files.locked(published), pytest.raises(LockedError):
        write_catalog(published)
    with files.locked(published / "made-up"), pytest.raises(LockedError):
        withdraw(published, "made-up", "1.2.0", REASON, "2026-11-24")
    assert withdraw(published, "made-up", "1.2.0", REASON, "2026-11-24")


def test_an_unknown_version_is_answered_with_those_there_are() -> None:
    first = {"version": "1.0.0", "withdrawn": None}
    for versions, known in (((), "none"), ((first, {**first, "version": "1.0.1"}), "1.0.0, 1.0.1")):
        with pytest.raises(UsageError, match=rf"no version '9\.9\.9'\. There are: {known}\.$"):
            Ledger("made-up", "", "", versions).entry("9.9.9")
