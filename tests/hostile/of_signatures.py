"""Signed metadata that are old, mixed, forged or odd in form, for the commands that trust them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata

from tests.faults import publisher
from tests.hostile.case import Case, Ended
from xinjiang_record.release import publish
from xinjiang_record.release.distribution.get_release import get_release
from xinjiang_record.release.distribution.trusted_location import open_trusted
from xinjiang_record.release.signing.bundle import bundle_of, verify_bundle, write_bundle
from xinjiang_record.release.signing.repository import Repository

NOW = datetime.now(UTC)
LEDGER = "made-up/versions.json"
ROLES = {
    "root": "1.root.json",
    "targets": "1.targets.json",
    "snapshot": "1.snapshot.json",
    "timestamp": "timestamp.json",
}
Change = Callable[[Path], object]
Expect = Literal["refused", "accepted", "answered"]


class Given(NamedTuple):
    home: Path
    newer: Path
    person: CryptoSigner
    machine: CryptoSigner


@contextlib.contextmanager
def prepared(top: Path) -> Iterator[Given]:
    """Sign one release, and a later state of the same home; keep what the first reader kept."""
    home, newer = top / "home", top / "newer"
    publish(publisher.candidate(0), home)
    person, machine = CryptoSigner.generate_ed25519(), CryptoSigner.generate_ed25519()
    signer = Repository(home, NOW)
    signer.create([person.public_key], [machine.public_key], 1, [person, machine])
    shutil.copytree(home, newer, symlinks=True)
    publish(publisher.candidate(3), newer)
    Repository(newer, NOW).sign([person, machine])
    yield Given(home, newer, person, machine)


def signed(folder: Path, role: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((folder / "published/signed" / ROLES[role]).read_text())
    return value


def save(folder: Path, role: str, value: object) -> None:
    (folder / "published/signed" / ROLES[role]).write_text(json.dumps(value))


def resign(
    given: Given, role: str, change: Callable[[dict[str, Any]], object], folder: Path
) -> None:
    """Change a part that is signed, and sign it with the right key."""
    value = signed(folder, role)
    change(value["signed"])
    keys = (given.person,) if role in ("root", "targets") else (given.machine,)
    try:
        metadata = Metadata[Any].from_dict(value)
        for key in keys:
            metadata.sign(key)
        value = metadata.to_dict()
    except Exception:  # then it keeps its old signature
        pass
    save(folder, role, value)


def raw(role: str, change: Callable[[bytes], bytes], folder: Path) -> None:
    path = folder / "published/signed" / ROLES[role]
    path.write_bytes(change(path.read_bytes()))


def whole(role: str, change: Callable[[dict[str, Any]], object], folder: Path) -> None:
    value = signed(folder, role)
    change(value)
    save(folder, role, value)


def put(key: str, value: object) -> Callable[[dict[str, Any]], object]:
    return lambda found: found.update({key: value})


def changes(given: Given) -> Iterator[tuple[str, Expect, Change]]:
    """Yield name, outcome and change of a home that a reader sees for the first time."""
    past = (NOW - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for role in ROLES:
        for name, change in {
            "expired": put("expires", past),
            "no expiry": lambda found: found.pop("expires"),
            "expiry is a list": put("expires", []),
            "year 10000": put("expires", "10000-01-01T00:00:00Z"),
            "year 0": put("expires", "0000-01-01T00:00:00Z"),
            "Feb 30": put("expires", "2030-02-30T00:00:00Z"),
            "no zone": put("expires", "2030-01-01T00:00:00"),
            "version 0": put("version", 0),
            "version -1": put("version", -1),
            "version text": put("version", "1"),
            "version 1.0": put("version", 1.0),
            "version list": put("version", [1]),
            "another type": put("_type", "evil"),
            "type of another": put("_type", "timestamp" if role != "timestamp" else "root"),
            "no type": lambda found: found.pop("_type"),
            "type list": put("_type", []),
            "spec 2": put("spec_version", "2.0.0"),
            "spec text": put("spec_version", "evil"),
            "spec number": put("spec_version", 1),
            "spec dots": put("spec_version", "1." * 9_000),
            "spec superscript": put("spec_version", "\xb9.0.31"),
        }.items():
            yield f"{role}: {name}", "refused", partial(resign, given, role, change)
        yield (
            f"{role}: more keys",
            "answered",
            partial(resign, given, role, put("x-more", {"a": [1]})),
        )
        yield f"{role}: deep more", "answered", partial(resign, given, role, put("x", nested(500)))
        yield f"{role}: a float more", "answered", partial(resign, given, role, put("x", 1.5))
        yield (
            f"{role}: surrogate more",
            "answered",
            partial(resign, given, role, put("x", "\ud800")),
        )
        for name, old in {
            "empty": lambda data: b"",
            "list": lambda data: b"[]",
            "null": lambda data: b"null",
            "number": lambda data: b"1",
            "brackets": lambda data: b"[" * 300_000,
            "braces": lambda data: b'{"a":' * 100_000,
            "digits": lambda data: b"9" * 900_000,
            "page": lambda data: b"<html>",
            "UTF-16": lambda data: data.decode().encode("utf-16"),
            "byte order mark": lambda data: b"\xef\xbb\xbf" + data,
            "tail": lambda data: data + b"x",
            "cut": lambda data: data[:-9],
            "too long": lambda data: data + b" " * 5_000_000,
            "NaN": lambda data: b"NaN",
            "not UTF-8": lambda data: data.replace(b"_type", b"_typ\xff"),
            "only signed": lambda data: json.dumps({"signed": json.loads(data)["signed"]}).encode(),
            "only signatures": lambda data: b'{"signatures": []}',
        }.items():
            yield f"{role}: {name}", "refused", partial(raw, role, old)
        for name, old in {
            "spaces": lambda data: data + b" " * 900,
            "other order": lambda data: json.dumps(
                dict(reversed(json.loads(data).items()))
            ).encode(),
            "a key twice": lambda data: data.replace(b'"signed":', b'"signed": {}, "signed":', 1),
            "a version twice": lambda data: data.replace(
                b'"version":', b'"version": 9, "version":', 1
            ),
            "escaped": lambda data: data.replace(b'"_type"', b'"\\u005ftype"'),
        }.items():
            yield f"{role}: {name}", "answered", partial(raw, role, old)
        for name, more in {
            "no signature": put("signatures", []),
            "signatures null": put("signatures", None),
            "signatures table": put("signatures", {"a": 1}),
            "signature number": put("signatures", [1]),
            "empty signature": lambda value: value["signatures"][0].update(sig=""),
            "signature not hex": lambda value: value["signatures"][0].update(sig="zz"),
            "signature list": lambda value: value["signatures"][0].update(sig=[1]),
            "signature 900 KB": lambda value: value["signatures"][0].update(sig="ab" * 450_000),
            "key twice": lambda value: value["signatures"].append(value["signatures"][0]),
            "key id list": lambda value: value["signatures"][0].update(keyid=[1]),
            "another key": lambda value: value["signatures"][0].update(keyid="0" * 64),
            "5,000 signatures": lambda value: value["signatures"].extend(
                {"keyid": f"{n:064x}", "sig": "00"} for n in range(5_000)
            ),
            "signature odd hex": lambda value: value["signatures"][0].update(sig="abc"),
            "key id in capitals": lambda value: value["signatures"][0].update(
                keyid=value["signatures"][0]["keyid"].upper()
            ),
        }.items():
            expect: Expect = "answered" if name in ("5,000 signatures",) else "refused"
            yield f"{role}: {name}", expect, partial(whole, role, more)
        for kind in ("pipe", "folder", "link out", "link to a device", "nothing", "mixed"):
            yield f"{role}: {kind}", "refused", partial(replace_file, given, role, kind)
    yield from roots(given)
    yield from targets(given)


def nested(depth: int) -> object:
    found: object = 1
    for _ in range(depth):
        found = [found]
    return found


def replace_file(given: Given, role: str, kind: str, folder: Path) -> None:
    path = folder / "published/signed" / ROLES[role]
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "link out":
        path.symlink_to("/etc/passwd")
    elif kind == "link to a device":
        path.symlink_to("/dev/zero")
    elif kind == "mixed":
        names = {"root": "1.root.json", "targets": "2.targets.json", "snapshot": "2.snapshot.json"}
        if role == "root":
            path.write_bytes((given.home / "signed/1.targets.json").read_bytes())
        else:
            path.write_bytes((given.newer / "signed" / names.get(role, ROLES[role])).read_bytes())


def roots(given: Given) -> Iterator[tuple[str, Expect, Change]]:
    """Yield roots whose keys and thresholds are odd."""
    person = given.person.public_key
    one = {"keytype": "evil", "scheme": "evil", "keyval": {"public": "00"}}

    def roles(change: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], object]:
        return lambda found: [change(role) for role in found["roles"].values()]

    for name, change in {
        "threshold 0": roles(put("threshold", 0)),
        "threshold -1": roles(put("threshold", -1)),
        "threshold 2 of one": roles(put("threshold", 2)),
        "threshold text": roles(put("threshold", "1")),
        "threshold huge": roles(put("threshold", 10**4000)),
        "one key twice": roles(lambda role: role.update(threshold=2, keyids=role["keyids"] * 2)),
        "no keys": roles(put("keyids", [])),
        "keys null": roles(put("keyids", None)),
        "keys are a text": roles(put("keyids", "abc")),
        "unknown key": roles(put("keyids", ["0" * 64])),
        "no roles": put("roles", {}),
        "roles are a list": put("roles", []),
        "keys of unknown type": lambda found: [key.update(one) for key in found["keys"].values()],
        "keys without value": lambda found: [
            key.update(keyval={}) for key in found["keys"].values()
        ],
        "keys are lists": put("keys", {"a": []}),
        "keys are none": put("keys", None),
        "key under another id": put("keys", {"0" * 64: person.to_dict()}),
        "key of RSA that is none": lambda found: [
            key.update(keytype="rsa", scheme="rsassa-pss-sha256", keyval={"public": "-----BEGIN"})
            for key in found["keys"].values()
        ],
        "key of GPG": lambda found: [
            key.update(keytype="gpg", scheme="evil") for key in found["keys"].values()
        ],
        "key of sigstore": lambda found: [
            key.update(
                keytype="sigstore-oidc", scheme="Fulcio", keyval={"identity": "a", "issuer": "b"}
            )
            for key in found["keys"].values()
        ],
        "short key": lambda found: [
            key.update(keyval={"public": "00"}) for key in found["keys"].values()
        ],
        "one role less": lambda found: found["roles"].pop("targets"),
        "inconsistent": put("consistent_snapshot", False),
    }.items():
        yield f"root: {name}", "refused", partial(resign, given, "root", change)
    yield (
        "root: a role more",
        "answered",
        partial(
            resign,
            given,
            "root",
            lambda found: found["roles"].update(
                {"evil": {"keyids": [person.keyid], "threshold": 1}}
            ),
        ),
    )
    yield (
        "root: 5,000 keys more",
        "answered",
        partial(
            resign,
            given,
            "root",
            lambda found: found["keys"].update({f"{n:064x}": one for n in range(5_000)}),
        ),
    )
    for number in (2, 3, 9, 10**20):
        yield f"a root {number} that is a copy", "answered", partial(copy_root, number)
    yield "a root 2 of others", "refused", partial(foreign_root, given)


def copy_root(number: int, folder: Path) -> None:
    signed = folder / "published/signed"
    shutil.copy(signed / "1.root.json", signed / f"{number}.root.json")


def foreign_root(given: Given, folder: Path) -> None:
    metadata = Metadata[Any].from_bytes((folder / "published/signed/1.root.json").read_bytes())
    other = CryptoSigner.generate_ed25519()
    metadata.signed.version = 2
    for role in metadata.signed.roles:
        metadata.signed.add_key(other.public_key, role)
    metadata.sign(other)
    (folder / "published/signed/2.root.json").write_bytes(metadata.to_bytes())


def targets(given: Given) -> Iterator[tuple[str, Expect, Change]]:
    """Yield targets and pointers that lead elsewhere; the pointers are signed again."""

    def change(role: str, edit: Callable[[dict[str, Any]], object]) -> Change:
        def apply(folder: Path) -> None:
            resign(given, role, edit, folder)
            if role == "targets":
                resign(
                    given,
                    "snapshot",
                    lambda found: found.update(meta={"targets.json": {"version": 1}}),
                    folder,
                )
            if role != "timestamp":
                resign(
                    given,
                    "timestamp",
                    lambda found: found.update(meta={"snapshot.json": {"version": 1}}),
                    folder,
                )

        return apply

    def info(edit: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], object]:
        return lambda found: edit(found["targets"][LEDGER])

    for name, edit in {
        "no hash": info(put("hashes", {})),
        "hash of another kind": info(put("hashes", {"md5": "0" * 32})),
        "hash climbs": info(put("hashes", {"sha256": "../../../../../tmp/xrecord-climbed"})),
        "hash absolute": info(put("hashes", {"sha256": "/tmp/xrecord-climbed"})),
        "hash number": info(put("hashes", {"sha256": 1})),
        "hash of zeros": info(put("hashes", {"sha256": "0" * 64})),
        "length -1": info(put("length", -1)),
        "length 0": info(put("length", 0)),
        "length huge": info(put("length", 10**30)),
        "length text": info(put("length", "9")),
        "length true": info(put("length", True)),
        "no length": info(lambda found: found.pop("length")),
        "no targets": put("targets", {}),
        "targets list": put("targets", []),
        "info null": lambda found: found["targets"].update({LEDGER: None}),
        "hash list": info(put("hashes", ["sha256"])),
        "hash shake": info(put("hashes", {"shake_128": "00"})),
        "hash empty": info(put("hashes", {"sha256": ""})),
        "hash NUL": info(put("hashes", {"sha256": "a\0b"})),
        "hash long": info(put("hashes", {"sha256": "a" * 5_000})),
    }.items():
        yield f"targets: {name}", "refused", change("targets", edit)
    for name, edit in {
        "climbing target": lambda found: found["targets"].update(
            {"../../evil": found["targets"][LEDGER]}
        ),
        "NUL in a target": lambda found: found["targets"].update(
            {"a\0b": found["targets"][LEDGER]}
        ),
        "delegations": put(
            "delegations",
            {
                "keys": {},
                "roles": [
                    {
                        "name": "../../evil",
                        "keyids": [],
                        "threshold": 1,
                        "terminating": False,
                        "paths": ["*" * 30],
                    }
                ],
            },
        ),
        "delegations list": put("delegations", []),
        "delegations null": put("delegations", None),
        "two kinds of hash": info(lambda found: found["hashes"].update({"sha512": "0" * 128})),
        "custom": info(put("custom", {"a": "\u202e"})),
        "9,000 targets": lambda found: found["targets"].update(
            {f"p{n}/versions.json": found["targets"][LEDGER] for n in range(9_000)}
        ),
    }.items():
        yield f"targets: {name}", "answered", change("targets", edit)
    for role, key in (("snapshot", "targets.json"), ("timestamp", "snapshot.json")):
        for name, value in {
            "version 0": {"version": 0},
            "version 9": {"version": 9},
            "version huge": {"version": 10**4000},
            "version climbs": {"version": "../../1"},
            "no version": {},
            "version true": {"version": True},
            "null": None,
            "list": [],
            "length 1": {"version": 1, "length": 1},
            "hash wrong": {"version": 1, "hashes": {"sha256": "0" * 64}},
            "hash unknown": {"version": 1, "hashes": {"evil": "0"}},
            "length -1": {"version": 1, "length": -1},
        }.items():
            expect: Expect = "answered" if name == "version true" else "refused"
            yield f"{role} says {name}", expect, change(role, put("meta", {key: value}))
        yield f"{role} says nothing", "refused", change(role, put("meta", {}))
        yield f"{role} says a list", "refused", change(role, put("meta", []))
    yield (
        "snapshot says more",
        "answered",
        change("snapshot", lambda found: found["meta"].update({"../evil.json": {"version": 1}})),
    )


def trust(home: Path) -> bytes:
    """Read the signed ledger of a home, as a reader with ``--signed`` does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return open_trusted(home, signed=True).read(LEDGER)


def then(first: Path, second: Change) -> int:
    """Read a good home, then what it became at the same place."""
    place = Path("published")
    shutil.copytree(first, place, symlinks=True)
    trust(place)
    second(Path())
    trust(place)
    return 0


def becomes(home: Path, folder: Path) -> None:
    shutil.rmtree(folder / "published")
    shutil.copytree(home, folder / "published", symlinks=True)


def older_part(given: Given, role: str, folder: Path) -> None:
    """Put an old part into the newer home."""
    old = (given.home / "signed" / ROLES[role]).read_bytes()
    name = ROLES[role].replace("1.", "2.") if role != "root" else "2.root.json"
    (folder / "published/signed" / name).write_bytes(old)


BUNDLE = ("1.root.json", "targets.json", "versions.json", "package")


def bundle(change: Change) -> int:
    """Copy a signed release with what proves it, change that, and check it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        where = open_trusted(Path("published"), signed=True)
        release = get_release(where, "made-up", "1.0.0", Path("into"))
        write_bundle(where, "made-up", release)
    folder = bundle_of(release)
    change(folder)
    problems = verify_bundle(release)
    print(problems)
    return 1 if problems else 0


def in_bundle(name: str, edit: Callable[[bytes], bytes], folder: Path) -> None:
    (folder / name).write_bytes(edit((folder / name).read_bytes()))


def bundles() -> Iterator[tuple[str, Expect, Change]]:
    """Yield changes of the files beside a copied release."""
    yield "sound", "accepted", lambda folder: None
    for name in BUNDLE:
        for kind, edit in {
            "one byte": lambda data: bytes([data[0] ^ 1]) + data[1:],
            "a byte in the middle": lambda data: (
                data[: len(data) // 2]
                + bytes([data[len(data) // 2] ^ 1])
                + data[len(data) // 2 + 1 :]
            ),
            "empty": lambda data: b"",
            "list": lambda data: b"[]",
            "brackets": lambda data: b"[" * 99_000,
            "not UTF-8": lambda data: b"\xff\xfe",
            "long": lambda data: b"9" * 900_000,
        }.items():
            yield f"{name}: {kind}", "refused", partial(in_bundle, name, edit)
        yield f"{name}: missing", "refused", lambda folder, name=name: (folder / name).unlink()
        yield f"{name}: pipe", "refused", partial(pipe_in_bundle, name)
        yield f"{name}: link out", "refused", partial(link_in_bundle, name)
    for name in (
        "x.root.json",
        "-1.root.json",
        "\u0663.root.json",
        "1.5.root.json",
        ".root.json",
        "9" * 200 + ".root.json",
        "2.root.json",
        "3.root.json",
        "01.root.json",
    ):
        yield (
            f"a root {name[:20]} of nothing",
            "answered",
            lambda folder, name=name: (folder / name).write_bytes(b"{}"),
        )
        yield (
            f"a root {name[:20]} again",
            "answered",
            lambda folder, name=name: shutil.copy(folder / "1.root.json", folder / name),
        )


def pipe_in_bundle(name: str, folder: Path) -> None:
    (folder / name).unlink()
    os.mkfifo(folder / name)


def link_in_bundle(name: str, folder: Path) -> None:
    (folder / name).unlink()
    (folder / name).symlink_to("/etc/passwd")


def climbed(folder: Path, ended: Ended) -> str:
    if Path("/tmp/xrecord-climbed").exists():
        return "wrote outside of its folder"
    names = {path.name for path in folder.iterdir()} - {"published", "into", "trust"}
    return f"wrote {names}" if names else ""


def cases(given: Given) -> Iterator[Case]:
    """Yield every change, for a first reader, for one who knows the home, and for bundles."""
    settings = {"XRECORD_TRUST": "trust"}

    def made(change: Change, folder: Path) -> None:
        shutil.copytree(given.home, folder / "published", symlinks=True)
        (folder / "into").mkdir()
        change(folder)

    get = ("get", "made-up", "into", "--from", "published", "--signed")
    case = partial(Case, environment=settings, check=climbed)
    for name, expect, change in changes(given):
        make = partial(made, change)
        yield case(f"get: {name}", get, expect, make)
        yield case(
            f"verify: {name}", ("verify", "--path", "published", "--signed"), "answered", make
        )
        # what was read before is kept, so a broken part of the same number is not even read
        yield case(f"known: {name}", (), "answered", call=partial(then, given.home, change))
        yield case(f"sign: {name}", ("--project", ".", "sign", "show"), "answered", make)
    for name, action in {
        "rolled back": partial(becomes, given.home),
        "made of two": None,
        **{f"an old {role}": partial(older_part, given, role) for role in ROLES},
    }.items():
        if action:
            yield case(
                f"seen: {name}",
                (),
                "refused" if name in ("rolled back", "an old timestamp") else "answered",
                call=partial(then, given.newer, action),
            )
    for name, expect, change in bundles():
        yield case(
            f"bundle: {name}",
            (),
            expect,
            partial(made, lambda folder: None),
            call=partial(bundle, change),
        )
    yield case("sound", get, "accepted", partial(made, lambda folder: None))
