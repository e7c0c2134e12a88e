"""Signed releases: who signs what, and what a reader refuses."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import serialization
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, Root, Targets

from tests.warm_commands import run_command
from xinjiang_record import client
from xinjiang_record.cli.release_commands.sign import sign
from xinjiang_record.errors import LimitError, ReadError, UsageError, VerifyError
from xinjiang_record.limits import LIMITS
from xinjiang_record.model import Candidate
from xinjiang_record.release import publish
from xinjiang_record.release.distribution.get_release import get_release
from xinjiang_record.release.distribution.mirror import export_releases
from xinjiang_record.release.distribution.trusted_location import open_trusted
from xinjiang_record.release.integrity.verify import verify
from xinjiang_record.release.integrity.versions_json import read_ledger
from xinjiang_record.release.signing.bundle import verify_bundle, write_bundle
from xinjiang_record.release.signing.describe_roles import describe_roles
from xinjiang_record.release.signing.keys import make_key, open_signer, read_public_key
from xinjiang_record.release.signing.ledger_growth import find_shrinkage
from xinjiang_record.release.signing.repository import EXPIRY_DAYS, Repository, Signed
from xinjiang_record.release.signing.trust import SignedLocation
from xinjiang_record.release.signing.trust_store import is_known
from xinjiang_record.release.signing.verify_signed import verify_signed
from xinjiang_record.release.withdraw import withdraw

Make = Callable[[int], Candidate]
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XRECORD_TRUST", str(tmp_path / "trust"))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return tmp_path / "trust"


@pytest.fixture(scope="module")
def signers() -> list[CryptoSigner]:
    return [CryptoSigner.generate_ed25519() for _ in range(4)]


@pytest.fixture
def signed(published: Path, signers: list[CryptoSigner]) -> Path:
    """Three releases, signed: two of the first three keys, and the fourth for the schedule."""
    people, machine = signers[:3], signers[3]
    keys = [key.public_key for key in people]
    done = repository(published).create(keys, [machine.public_key], 2, [*people[:2], machine])
    assert done.missing == {} and done.written == ("root", "targets", "snapshot", "timestamp")
    return published


def repository(published: Path, now: datetime = NOW) -> Repository:
    return Repository(published, now)


def read(published: Path) -> bytes:
    return open_trusted(published, signed=True).read("made-up/versions.json")


def copy(folder: Path, to: Path) -> Path:
    return Path(shutil.copytree(folder, to, symlinks=True))


def replace_folder(folder: Path, by: Path) -> None:
    shutil.rmtree(folder)
    shutil.copytree(by, folder, symlinks=True)


def test_what_is_signed_is_read(signed: Path, tmp_path: Path) -> None:
    assert read(signed) == (signed / "made-up/versions.json").read_bytes()
    assert verify(signed) == [] and verify_signed(signed) == []
    frame = client.load("made-up", "things", base=signed, signed=True)
    assert frame.attrs["version"] == "1.2.0"
    got = get_release(open_trusted(signed, signed=True), "made-up", "1.0.0", tmp_path / "got")
    assert got.name == "made-up-1.0.0"


def test_a_home_that_is_not_signed(published: Path, trust: Path) -> None:
    with pytest.raises(VerifyError, match="is not signed"):
        read(published)
    assert not list(trust.rglob("root.json"))  # and nothing is trusted afterwards
    assert client.load("made-up", "things", base=published).attrs["version"] == "1.2.0"


def test_a_signed_home_stays_signed(signed: Path) -> None:
    """Without --signed too: once it is known, what is not signed is refused."""
    read(signed)
    shutil.rmtree(signed / "signed")
    for action in (read, lambda place: client.load("made-up", "things", base=place)):
        with pytest.raises(VerifyError, match=r"was signed before, and now lacks"):
            action(signed)


def test_a_rollback(signed: Path, tmp_path: Path, make: Make, signers: list[CryptoSigner]) -> None:
    old = copy(signed, tmp_path / "old")
    publish(make(3), signed)
    repository(signed).sign([signers[0], signers[2], signers[3]])
    read(signed)
    replace_folder(signed, old)
    with pytest.raises(VerifyError, match="older than those seen before"):
        read(signed)


def test_a_withdrawal_cannot_be_rolled_back(
    signed: Path, tmp_path: Path, signers: list[CryptoSigner]
) -> None:
    old = copy(signed, tmp_path / "old")
    withdraw(signed, "made-up", "1.2.0", "A source was misread.", "2026-11-24")
    repository(signed).sign([signers[0], signers[1], signers[3]])
    with pytest.warns(UserWarning, match="trusted on first use"):
        frame = client.load("made-up", "things", base=signed, signed=True)
    assert frame.attrs["version"] == "1.1.0"
    replace_folder(signed, old)
    with pytest.raises(VerifyError, match="older than those seen before"):
        client.load("made-up", "things", base=signed)


def test_a_fork_by_the_keys_themselves(
    signed: Path, tmp_path: Path, make: Make, signers: list[CryptoSigner]
) -> None:
    """Good signatures, higher versions, and another release under a number that was seen."""
    fork = copy(signed, tmp_path / "fork")
    keys = [signers[0], signers[1], signers[3]]
    version = publish(make(3), signed).version
    repository(signed).sign(keys)
    read(signed)
    assert publish(make(7), fork).version == version
    repository(fork).sign(keys)
    publish(make(6), fork)
    repository(fork).sign(keys)
    replace_folder(signed, fork)
    with pytest.raises(VerifyError, match=rf"lists another release as {version} .*\(a fork\)"):
        read(signed)


def test_the_signer_refuses_to_sign_less(
    signed: Path, tmp_path: Path, make: Make, signers: list[CryptoSigner]
) -> None:
    old = copy(signed / "made-up", tmp_path / "old")
    publish(make(3), signed)
    repository(signed).sign([signers[0], signers[1], signers[3]])
    replace_folder(signed / "made-up", old)
    with pytest.raises(VerifyError, match="which an earlier ledger listed"):
        repository(signed).sign([signers[0], signers[1], signers[3]])


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets"])
def test_a_freeze(published: Path, signers: list[CryptoSigner], role: str) -> None:
    """Nobody has signed in time, or somebody serves an old state for ever."""
    past = NOW - timedelta(days=EXPIRY_DAYS[role] + 1)
    keys = [key.public_key for key in signers[:1]]
    place = repository(published, past)
    place.create(keys, keys, 1, signers[:1])
    if role != "timestamp":
        repository(published, past + timedelta(days=EXPIRY_DAYS[role] // 2 - 1)).refresh(
            signers[:1]
        )
    with pytest.raises(VerifyError, match=r"have expired .*\(a freeze\)"):
        read(published)
    assert not is_known(str(published))  # nothing is trusted that has not proved itself once
    repository(published).sign(signers[:1])
    assert read(published)


def test_a_mixture(signed: Path, tmp_path: Path, make: Make, signers: list[CryptoSigner]) -> None:
    """The new timestamp with the ledger of before, and a ledger of one state in another."""
    old = copy(signed, tmp_path / "old")
    publish(make(3), signed)
    repository(signed).sign([signers[0], signers[1], signers[3]])
    targets = signed / "signed/targets/made-up"
    new, before = ({path.name for path in place.iterdir()} for place in (
        targets, old / "signed/targets/made-up"))  # fmt: skip
    (path,) = new - before
    shutil.copy(targets / next(iter(before)), targets / path)
    with pytest.raises(VerifyError, match="do not belong together"):
        read(signed)
    shutil.copy(signed / "signed/1.targets.json", signed / "signed/2.targets.json")
    with pytest.raises(VerifyError):
        read(signed)


def test_a_stolen_key_is_not_enough(signed: Path, make: Make, signers: list[CryptoSigner]) -> None:
    """One of the people's keys and the machine's: two people must sign."""
    stolen = [signers[0], signers[3]]
    before = read(signed)
    publish(make(3), signed)
    done = repository(signed).sign(stolen)
    assert done.missing == {"targets": 1}
    assert read(signed) == before
    pending = json.loads((signed / "signed/pending/targets.json").read_text())
    shutil.copy(signed / "signed/pending/targets.json", signed / "signed/2.targets.json")
    for path in (signed / "signed/targets/made-up").iterdir():
        digest = pending["signed"]["targets"]["made-up/versions.json"]["hashes"]["sha256"]
        shutil.copy(signed / "made-up/versions.json", path.with_name(f"{digest}.versions.json"))
    repository(signed).refresh(stolen)
    with pytest.raises(VerifyError, match="too few of the trusted keys have signed"):
        read(signed)


def two_ids(value: dict[str, Any]) -> dict[str, Any]:
    """Give the first signature a second time, under another id of the same key."""
    value["signatures"] = [value["signatures"][0], {**value["signatures"][0], "keyid": "f" * 64}]
    return value


def test_one_key_under_two_ids_does_not_sign_for_two(
    signed: Path, tmp_path: Path, signers: list[CryptoSigner]
) -> None:
    location = open_trusted(copy(signed, tmp_path / "good"), signed=True)
    assert isinstance(location, SignedLocation)
    got = get_release(location, "made-up", "1.1.0", tmp_path / "got")
    write_bundle(location, "made-up", got)
    folder, (one, *_, machine) = signed / "signed", signers
    root = json.loads((folder / "1.root.json").read_text())
    keyid = one.public_key.keyid
    root["signed"]["keys"]["f" * 64] = dict(root["signed"]["keys"][keyid])
    for role in ("root", "targets"):
        root["signed"]["roles"][role]["keyids"] = [keyid, "f" * 64]
    known = {item for role in root["signed"]["roles"].values() for item in role["keyids"]}
    root["signed"]["keys"] = {item: root["signed"]["keys"][item] for item in known}
    for name, value in (
        ("1.root.json", root),
        ("1.targets.json", json.loads((folder / "1.targets.json").read_text())),
    ):
        metadata = Metadata[Any].from_dict(value)
        metadata.sign(one)
        (folder / name).write_text(json.dumps(two_ids(metadata.to_dict())))
    for name in ("1.snapshot.json", "timestamp.json"):
        below = Metadata[Any].from_bytes((folder / name).read_bytes())
        timestamp = name == "timestamp.json"
        infos = [below.signed.snapshot_meta] if timestamp else below.signed.meta.values()
        for info in infos:
            info.length = info.hashes = None
        below.sign(machine)
        below.to_file(str(folder / name))
    with pytest.raises(VerifyError, match="root 1 counts one key twice for "):
        read(signed)
    assert not is_known(str(signed))
    with pytest.raises(VerifyError, match="counts one key twice"):
        repository(signed).sign([one, machine])
    shutil.copy(folder / "1.root.json", got.with_name(f"{got.name}.signed"))
    assert "counts one key twice" in verify_bundle(got)[0]


def test_the_second_person_completes_it(
    signed: Path, make: Make, signers: list[CryptoSigner]
) -> None:
    version = publish(make(3), signed).version
    assert repository(signed).sign([signers[1], signers[3]]).missing == {"targets": 1}
    done = repository(signed, NOW + timedelta(hours=3)).sign([signers[2], signers[3]])
    assert done.missing == {} and "targets" in done.written
    assert not (signed / "signed/pending").exists()
    assert f'"latest": "{version}"' in read(signed).decode()


def test_people_and_the_machine_sign_one_after_the_other(
    published: Path, make: Make, signers: list[CryptoSigner]
) -> None:
    """Each with their own key only, as on different computers, from the first root on."""
    *people, machine = signers
    keys = [key.public_key for key in people]
    place = repository(published)
    assert place.create(keys, [machine.public_key], 2, people[:1]).missing == {"root": 1}
    for action in (lambda: describe_roles(place), lambda: place.refresh([machine])):
        with pytest.raises(UsageError, match="the first root needs more signatures"):
            action()
    with pytest.raises(UsageError, match=r"root\.json: still needs signatures"):
        place.create(keys, [machine.public_key], 1, people[:1])
    done = place.sign(people[1:2])
    assert done.written == ("root",) and done.missing == {"targets": 1}
    with pytest.raises(VerifyError, match=r"first signing is not complete .*timestamp\.json"):
        read(published)
    assert place.sign(people[2:3]).missing == {"snapshot": 1, "timestamp": 1}
    assert place.refresh([machine]).written == ("snapshot", "timestamp")
    assert read(published)
    # Nothing changed, so the people need no machine.
    assert place.sign(people[:1]) == Signed((), {})
    states = {state.role: state for state in describe_roles(place)}
    assert states["root"].threshold == 2 and states["timestamp"].keyids == (
        machine.public_key.keyid,
    )
    assert not any(state.is_pending or state.expires is None for state in states.values())
    publish(make(3), published)
    place.sign(people[:1])
    assert [state.role for state in describe_roles(place) if state.is_pending] == ["targets"]


def test_a_new_root_that_waits_is_not_replaced(signed: Path, signers: list[CryptoSigner]) -> None:
    place, new = repository(signed), CryptoSigner.generate_ed25519()
    with pytest.raises(
        UsageError, match=rf"got 0\. Its keys are: {signers[0].public_key.keyid[:16]}"
    ):
        place.rotate("people", [], ["zzz"], None, signers)
    assert place.rotate("people", [new.public_key], [], None, signers[:1]).missing == {"root": 1}
    with pytest.raises(UsageError, match=r"root\.json: still needs signatures"):
        place.rotate("people", [], [], None, signers[1:2])
    assert place.sign(signers[1:2]).written == ("root",)


def test_keys_are_rotated_and_a_stolen_one_removed(
    signed: Path, make: Make, signers: list[CryptoSigner]
) -> None:
    read(signed)
    new = CryptoSigner.generate_ed25519()
    stolen, *others = signers[:3]
    done = repository(signed).rotate(
        "people", [new.public_key], [stolen.public_key.keyid[:12]], None, [*others, signers[3]]
    )
    assert done.missing == {} and "root" in done.written
    assert read(signed)  # a reader who trusts the first root follows
    publish(make(3), signed)
    assert repository(signed).sign([stolen, others[0], signers[3]]).missing == {"targets": 1}
    assert repository(signed).sign([new, signers[3]]).missing == {}
    assert read(signed) == (signed / "made-up/versions.json").read_bytes()


def test_another_root_is_not_accepted(
    signed: Path, tmp_path: Path, published_once: Path, signers: list[CryptoSigner]
) -> None:
    """A home that was taken over signs everything anew with other keys."""
    read(signed)
    thief = CryptoSigner.generate_ed25519()
    taken = copy(published_once, tmp_path / "taken")
    repository(taken).create([thief.public_key], [thief.public_key], 1, [thief])
    for _ in range(3):
        repository(taken).sign([thief])
    root = (signed / "signed/1.root.json").read_bytes()
    replace_folder(signed, taken)
    with pytest.raises(VerifyError, match="too few of the trusted keys have signed"):
        read(signed)
    good = tmp_path / "root.json"
    good.write_bytes(root)
    with pytest.raises(VerifyError, match="too few of the trusted keys have signed"):
        open_trusted(taken, root=good)  # another place, with the publisher's root


def test_changed_metadata(signed: Path) -> None:
    path = signed / "signed/timestamp.json"
    value = json.loads(path.read_text())
    value["signed"]["version"] += 1
    path.write_text(json.dumps(value))
    with pytest.raises(VerifyError, match="too few of the trusted keys have signed"):
        read(signed)
    path.write_text("{")
    with pytest.raises(VerifyError):
        read(signed)


def test_an_unsigned_ledger_is_named(signed: Path, make: Make) -> None:
    publish(make(3), signed)
    problems = verify_signed(signed)
    assert [item.split("published/")[1].split(":")[0] for item in problems] == [
        "made-up/versions.json",
        "catalog.json",
    ]


def test_an_export_is_signed_too(signed: Path, tmp_path: Path) -> None:
    export_releases(signed, str(tmp_path / "web"))
    assert verify(tmp_path / "web") == [] and verify_signed(tmp_path / "web") == []


def test_a_bundle_proves_a_copy_without_the_network(
    signed: Path, tmp_path: Path, published_once: Path, signers: list[CryptoSigner]
) -> None:
    root = (signed / "signed/1.root.json").read_bytes()
    location = open_trusted(signed, signed=True)
    assert isinstance(location, SignedLocation)
    got = get_release(location, "made-up", "1.1.0", tmp_path / "got")
    write_bundle(location, "made-up", got)
    shutil.rmtree(signed)
    assert verify_bundle(got) == verify_bundle(got, root) == []
    other = copy(published_once, tmp_path / "other")
    repository(other).create([signers[3].public_key], [signers[3].public_key], 1, [signers[3]])
    other_root = (other / "signed/1.root.json").read_bytes()
    assert "does not prove" in verify_bundle(got, other_root)[0]
    for name in ("versions.json", "targets.json", "1.root.json"):
        path = got.with_name(f"{got.name}.signed") / name
        before = path.read_bytes()
        path.write_bytes(before.replace(b"1", b"2", 3))
        assert verify_bundle(got, None if "root" in name else root), name
        path.unlink()
        assert verify_bundle(got), name
        path.write_bytes(before)
    for name, more in {"x": "not the name of a root", "3": "root 2 is missing"}.items():
        path = got.with_name(f"{got.name}.signed") / f"{name}.root.json"
        later = Metadata[Root].from_bytes(root)
        later.signed.version = 3
        later.sign(signers[0])
        later.sign(signers[1], append=True)
        path.write_bytes(later.to_bytes())
        assert more in verify_bundle(got, root)[0]
        path.unlink()
    (got / "SHA256SUMS").write_bytes((got / "SHA256SUMS").read_bytes() + b"\n")
    assert "is not one of the releases" in verify_bundle(got, root)[0]


@pytest.mark.parametrize("hashes", [{"md5": "0" * 32}, {"sha256": "a\0b"}, {"sha256": "../x"}])
def test_targets_without_a_sha256_are_refused(
    signed: Path, signers: list[CryptoSigner], hashes: dict[str, str]
) -> None:
    """The keys themselves signed what no file name and no hash can be."""
    path = signed / "signed/1.targets.json"
    targets = Metadata[Targets].from_bytes(path.read_bytes())
    targets.signed.targets["made-up/versions.json"].hashes = hashes
    for number, signer in enumerate(signers[:2]):
        targets.sign(signer, append=bool(number))
    path.write_bytes(targets.to_bytes())
    for role in ("snapshot", "timestamp"):
        name = "timestamp.json" if role == "timestamp" else "1.snapshot.json"
        below = Metadata[Any].from_bytes((signed / "signed" / name).read_bytes())
        for info in getattr(below.signed, "meta", {}).values():
            info.length, info.hashes = None, None
        if role == "timestamp":
            below.signed.snapshot_meta.length = below.signed.snapshot_meta.hashes = None
        below.sign(signers[3])
        (signed / "signed" / name).write_bytes(below.to_bytes())
    with pytest.raises(VerifyError, match="no SHA-256"):
        read(signed)


def test_it_costs_a_reader_little(signed: Path) -> None:
    """Measured after the first use, without the time that the libraries take to be imported."""
    read(signed)
    took = []
    for _ in range(5):
        started = time.process_time()
        read(signed)
        took.append(time.process_time() - started)
    assert min(took) < 0.03


def test_a_key_file_is_private_and_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    with pytest.raises(UsageError, match="inside the checkout"):
        make_key(checkout / "key.pem", [checkout])
    monkeypatch.setenv("XRECORD_SIGNING_PASSPHRASE", "correct horse")
    key = make_key(tmp_path / "key.pem", [checkout])
    assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600
    assert open_signer(f"file:{tmp_path / 'key.pem'}").public_key == key
    assert read_public_key(tmp_path / "key.pem.pub") == key
    with pytest.raises(UsageError, match="never overwritten"):
        make_key(tmp_path / "key.pem", [checkout])
    monkeypatch.setenv("MY_KEY", (tmp_path / "key.pem").read_text())
    assert open_signer("env:MY_KEY").public_key == key
    monkeypatch.setenv("XRECORD_SIGNING_PASSPHRASE", "wrong")
    with pytest.raises(UsageError, match="is not a private key that can be read"):
        open_signer("env:MY_KEY")
    for where in ("file:", "agent:x", "mine", "file:/nowhere/key", "file:a\0b", "file:/dev/zero"):
        with pytest.raises(UsageError):
            open_signer(where)
    with pytest.raises(UsageError, match="NOT_SET is not set: expected a private key"):
        open_signer("env:NOT_SET")
    (tmp_path / "key.pem").chmod(0o644)
    with pytest.raises(UsageError, match=r"mode 0644\): expected mode 0600. Run: chmod 600"):
        open_signer(f"file:{tmp_path / 'key.pem'}")


@pytest.mark.parametrize(
    "name",
    ["-", "-k", "--", "documents@", "a b", "a\nb", "%00", ".pem", "k.pub", "k.", "\u202ek", "~",
     "*", "k" * 252, "a\0b", "a\\b"],
    ids=ascii,
)  # fmt: skip
def test_a_key_file_has_a_plain_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        make_key(tmp_path / name, [])
    if "\0" not in name:
        (tmp_path / "link").symlink_to(name)
    with pytest.raises(UsageError):
        make_key(tmp_path / "link" if "\0" not in name else Path("/"), [])
    assert [path.name for path in tmp_path.iterdir() if not path.is_symlink()] == []
    make_key(tmp_path / "Key_2.a-b.pem", [])


def test_a_key_of_another_kind_signs_nothing(
    monkeypatch: pytest.MonkeyPatch, signers: list[CryptoSigner]
) -> None:
    other = CryptoSigner.generate_ecdsa()
    monkeypatch.setenv("MY_KEY", other.private_bytes.decode())
    with pytest.raises(UsageError, match="MY_KEY: expected an Ed25519 key, got another kind"):
        open_signer("env:MY_KEY")
    monkeypatch.setenv("MY_KEY", signers[0].private_bytes.decode())
    assert open_signer("env:MY_KEY").public_key == signers[0].public_key


def test_no_key_is_made_beside_a_public_key_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "key.pem.pub").write_text("of somebody else")
    with pytest.raises(UsageError, match=r"key\.pem\.pub: already exists"):
        make_key(tmp_path / "key.pem", [])
    assert [path.name for path in tmp_path.iterdir()] == ["key.pem.pub"]
    with pytest.raises(UsageError, match="expected the path of a new file"):
        make_key(Path("~no-such-user/key.pem"), [])


@pytest.mark.parametrize("name", ["1.root.json", "timestamp.json", "1.targets.json"])
def test_signed_files_have_a_limit(
    signed: Path, trust: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """On first use too, where nothing is known of the location, and before it is in memory."""
    path = signed / "signed" / name
    path.write_bytes(path.read_bytes() + b" " * 5_000_000)
    with pytest.raises(VerifyError, match=f"{name}.*over the limit signed_(root_)?bytes"):
        read(signed)
    assert not list(trust.rglob("root.json"))


def test_a_root_as_large_as_the_limit_is_read(signed: Path) -> None:
    path = signed / "signed/1.root.json"
    data = path.read_bytes()
    path.write_bytes(data + b" " * (LIMITS.signed_root_bytes - len(data)))
    assert read(signed)


def test_a_root_that_the_reader_names_has_a_limit(signed: Path, tmp_path: Path) -> None:
    large = tmp_path / "root.json"
    large.write_bytes((signed / "signed/1.root.json").read_bytes() + b" " * 5_000_000)
    for root in (large, "/dev/zero", ""):
        with pytest.raises((LimitError, ReadError)):
            open_trusted(signed, root=root)
        assert not is_known(str(signed))


def test_a_ledger_keeps_the_doi_of_a_release(published_once: Path) -> None:
    before = read_ledger(published_once / "made-up")
    named = replace(before, versions=({**before.versions[0], "doi": "10.1234/5"},))
    assert list(find_shrinkage(before, before)) == list(find_shrinkage(named, named)) == []
    assert "does not name the DOI 10.1234/5 of 1.0.0" in next(iter(find_shrinkage(named, before)))


def test_a_file_that_cannot_be_read_is_named_itself(signed: Path) -> None:
    read(signed)
    (signed / "signed/timestamp.json").unlink()
    os.mkfifo(signed / "signed/timestamp.json")
    with pytest.raises(VerifyError, match=r"signed/timestamp\.json: ") as error:
        read(signed)
    assert "signed metadata cannot be read" not in str(error.value)


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CryptoSigner]:
    """A real ssh-agent with one Ed25519 key."""
    if not shutil.which("ssh-agent"):
        pytest.skip("ssh-agent is not installed")
    socket = tmp_path / "agent.sock"
    running = subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            if socket.exists():
                break
            time.sleep(0.05)
        monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
        signer = CryptoSigner.generate_ed25519()
        path = tmp_path / "ssh_key"
        private = serialization.load_pem_private_key(signer.private_bytes, None)
        path.write_bytes(
            private.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.OpenSSH,
                serialization.NoEncryption(),
            )
        )
        path.chmod(0o600)
        subprocess.run(["ssh-add", "-q", str(path)], check=True, env={**os.environ})
        path.unlink()
        yield signer
    finally:
        running.terminate()
        running.wait(10)


def test_an_agent_signs(agent: CryptoSigner, published: Path) -> None:
    signer = open_signer("agent:")
    assert signer.public_key == agent.public_key
    repository(published).create([signer.public_key], [signer.public_key], 1, [signer])
    assert read(published)


def test_the_command(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout = tmp_path / "checkout"
    (checkout / "schemas").mkdir(parents=True)
    (checkout / "schemas/fields.toml").write_text("")
    shutil.copytree(published, checkout / "published", symlinks=True)
    key = f"file:{tmp_path / 'key.pem'}"

    def run(*arguments: str) -> tuple[int, str]:
        done = run_command(*arguments, folder=checkout)
        return done.returncode, done.stdout + done.stderr

    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    monkeypatch.setenv("XRECORD_PROJECT", str(checkout))
    anew = subprocess.run([sys.executable, "-m", "xinjiang_record.cli", "sign"], check=False)
    assert anew.returncode == 2
    assert run("sign", "new-key", str(tmp_path / "key.pem"))[0] == 0
    assert run("verify", "--signed")[0] == 1
    assert run("sign", "--key", key)[0] == 2  # not signed yet: init first
    assert run("sign", "init", "--key", key, "--machine", key) == (
        0,
        "root: signed.\ntargets: signed.\nsnapshot: signed.\ntimestamp: signed.\n",
    )
    assert run("verify", "--signed")[0] == 0
    code, said = run("get", "made-up", str(tmp_path / "got"), "--from", "published", "--signed")
    assert code == 0, said
    copied = str(tmp_path / "got/made-up-1.2.0")
    root = str(checkout / "published/signed/1.root.json")
    assert run("verify", "--path", copied, "--signed")[0] == 0
    assert run("verify", "--path", copied, "--root", root)[0] == 0
    assert run("sign", "refresh", "--key", key) == (0, "timestamp: signed.\n")


def test_the_command_says_who_must_sign_next(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/fields.toml").write_text("")
    monkeypatch.setenv("XRECORD_PROJECT", str(tmp_path))
    for name in ("anna", "ben", "machine"):
        make_key(tmp_path / f"keys/{name}.pem", [])
    anna, ben, machine = (f"file:{tmp_path}/keys/{name}.pem" for name in ("anna", "ben", "machine"))

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(sign, arguments)
        return done.output + (f"{done.exception}" if done.exception else "")

    assert "Expected the key of a person, got none" in run("init", "--machine", machine)
    public = ("--public", f"{ben[5:]}.pub")
    said = run("init", "--key", anna, *public, "--threshold", "2", "--machine", machine)
    assert said == (
        "root: 1 more signature is needed. Commit published/signed/ and let the next person run "
        "`xrecord sign`.\n"
    )
    assert run("--key", ben, "--key", anna) == (
        "root: signed.\ntargets: signed.\nsnapshot and timestamp: the machine's key signs them. "
        "Run `xrecord sign refresh` with it, or let the schedule do it.\n"
    )
    assert run("refresh", "--key", machine) == "snapshot: signed.\ntimestamp: signed.\n"
    assert "Expected the machine's key, got another" in run("refresh", "--key", ben)
    said = run("show")
    assert said.count("2 of 2") == said.count("1 of 1") == 2 and "waits" not in said
    old = read_public_key(Path(f"{machine[5:]}.pub")).keyid
    replaced = ("--role", "machine", "--add", f"{ben[5:]}.pub", "--remove", old[:8])
    assert run("rotate", *replaced, "--key", anna).startswith("root: 1 more signature is needed")
    assert "the next one needs more signatures" in run("show")
    assert run("--key", ben) == "root: signed.\nsnapshot: signed.\ntimestamp: signed.\n"
