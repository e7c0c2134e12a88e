"""Make and renew the signed metadata under ``published/signed/``.

What lacks signatures of other people is kept in ``pending/``: each person runs the same command
with another key, and the last one puts it in place. The order is that of TUF: root, targets,
snapshot, timestamp; a reader who starts from ``timestamp.json`` finds a consistent state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from securesystemslib.signer import Key, Signer
from tuf.api import exceptions
from tuf.api.metadata import (
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization.json import JSONSerializer

from xinjiang_record import files
from xinjiang_record.errors import UsageError, VerifyError
from xinjiang_record.release.distribution.locations import limit_of
from xinjiang_record.release.integrity.versions_json import package_folders, parse_ledger
from xinjiang_record.release.signing.ledger_growth import find_shrinkage
from xinjiang_record.release.signing.shared_keys import refuse_shared_keys
from xinjiang_record.untrusted.regular_files import read_regular_file

FOLDER, PENDING, TARGETS = "signed", "pending", "targets"
# Days until each role must be signed again. The timestamp is renewed by a schedule.
EXPIRY_DAYS = {"root": 730, "targets": 365, "snapshot": 90, "timestamp": 30}
PEOPLE, MACHINE = ("root", "targets"), ("snapshot", "timestamp")


@dataclass(frozen=True, slots=True)
class Signed:
    """Say what a signing did: roles that are in place, and signatures that are still needed."""

    written: tuple[str, ...]
    missing: Mapping[str, int]


class Repository:
    """Sign the ledgers of one folder of releases."""

    def __init__(self, published: Path, now: datetime) -> None:
        """Take the folder of releases and the present moment."""
        self.published, self.folder = published, published / FOLDER
        self._now = now

    def is_signed(self) -> bool:
        """Return whether the folder has a root."""
        return bool(self._root_version())

    def create(
        self,
        people: Sequence[Key],
        machine: Sequence[Key],
        threshold: int,
        signers: Sequence[Signer],
    ) -> Signed:
        """Make the first root and sign everything.

        Args:
            people: The keys of the roles root and targets.
            machine: The keys of the roles snapshot and timestamp.
            threshold: How many of the people's keys must sign.
            signers: The keys that are at hand.

        Raises:
            UsageError: The folder is signed already, or there are fewer keys than the threshold.
        """
        if self.is_signed():
            raise UsageError(f"{self.folder}: is signed already. Use `xrecord sign rotate`.")
        self._refuse_second_root()
        if not people:
            raise UsageError("Expected the key of a person, got none. Give --key or --public.")
        count = len({key.keyid for key in people})
        if not 1 <= threshold <= count:
            raise UsageError(f"Expected a threshold from 1 to {count} (the keys), got {threshold}.")
        root = Root(version=1, expires=self._expires("root"), consistent_snapshot=True)
        for role in PEOPLE:
            for key in people:
                root.add_key(key, role)
            root.roles[role].threshold = threshold
        for role in MACHINE:
            for key in machine:
                root.add_key(key, role)
        self._keep_pending("root", Metadata(root))
        return self.sign(signers)

    def rotate(
        self,
        role: str,
        add: Sequence[Key],
        remove: Sequence[str],
        threshold: int | None,
        signers: Sequence[Signer],
    ) -> Signed:
        """Make the next root: other keys, another threshold, or only a later expiry.

        The old keys and the new keys must sign it, each by their threshold.
        """
        root = self.newest_root().signed
        self._refuse_second_root()
        root.version, root.expires = root.version + 1, self._expires("root")
        roles = {"people": PEOPLE, "machine": MACHINE}.get(role, (role,))
        for name in roles:
            if name not in root.roles:
                known = "people, machine, " + ", ".join((*PEOPLE, *MACHINE))
                raise UsageError(f"{name!r} is not a role: expected one of {known}.")
            for key in add:
                root.add_key(key, name)
            for keyid in remove:
                self._revoke(root, keyid, name)
            if threshold is not None:
                root.roles[name].threshold = threshold
            if len(root.roles[name].keyids) < root.roles[name].threshold:
                raise UsageError(f"{name}: fewer keys than the threshold. Add a key first.")
        self._keep_pending("root", Metadata(root))
        return self.sign(signers)

    def _revoke(self, root: Root, start: str, name: str) -> None:
        found = [keyid for keyid in root.roles[name].keyids if keyid.startswith(start)]
        if len(found) != 1:
            known = ", ".join(keyid[:16] for keyid in root.roles[name].keyids)
            raise UsageError(
                f"{name}: expected one key whose id starts with {start!r}, got {len(found)}. "
                f"Its keys are: {known}."
            )
        root.revoke_key(found[0], name)

    def _refuse_second_root(self) -> None:
        if self._pending("root"):
            raise UsageError(
                f"{self.folder / PENDING / 'root.json'}: still needs signatures. Sign it "
                "with `xrecord sign`, or delete it and begin again."
            )

    def sign(self, signers: Sequence[Signer]) -> Signed:
        """Sign what is pending, changed or about to expire, with the keys at hand."""
        files.make_folder(self.folder)
        with files.locked(self.folder):
            written: list[str] = []
            missing: dict[str, int] = {}
            if not self._sign_root(signers, written, missing):
                return Signed(tuple(written), missing)
            root = self.newest_root()
            if not self._sign_targets(root, signers, written, missing):
                return Signed(tuple(written), missing)
            self._sign_pointers(root, signers, written, missing)
            return Signed(tuple(written), missing)

    def refresh(self, signers: Sequence[Signer]) -> Signed:
        """Renew snapshot and timestamp only: what a schedule does with the machine's key."""
        with files.locked(self.folder):
            written: list[str] = []
            missing: dict[str, int] = {}
            self._sign_pointers(self.newest_root(), signers, written, missing, always=True)
            return Signed(tuple(written), missing)

    def _sign_root(
        self, signers: Sequence[Signer], written: list[str], missing: dict[str, int]
    ) -> bool:
        pending = self._pending("root")
        if pending is None:
            return True
        self._add_signatures(pending, Root.type, pending.signed, signers)
        old = self.newest_root().signed if self.is_signed() else pending.signed
        self._add_signatures(pending, Root.type, old, signers)
        lacking = max(
            _count_missing(delegator, Root.type, pending) for delegator in (old, pending.signed)
        )
        if lacking:
            self._keep_pending("root", pending)
            missing["root"] = lacking
            return not missing or self.is_signed()
        self._write(f"{pending.signed.version}.root.json", pending)
        self._drop_pending("root")
        written.append("root")
        return True

    def _sign_targets(
        self,
        root: Metadata[Root],
        signers: Sequence[Signer],
        written: list[str],
        missing: dict[str, int],
    ) -> bool:
        contents = self._read_contents()
        wanted = {
            path: TargetFile.from_data(path, data, ["sha256"]) for path, data in contents.items()
        }
        before = self.newest("targets")
        is_good = False
        if before is not None:
            is_good = not _count_missing(root.signed, Targets.type, before)
            is_same = before.signed.targets == wanted
            if is_good and is_same and not self._expires_soon(before):
                return True
        self._refuse_shrinkage(before, contents)
        pending = self._pending("targets")
        if pending is None or pending.signed.targets != wanted:
            version = before.signed.version + 1 if before else 1
            pending = Metadata(Targets(version=version, expires=self._expires("targets")))
            pending.signed.targets = wanted
        self._add_signatures(pending, Targets.type, root.signed, signers)
        lacking = _count_missing(root.signed, Targets.type, pending)
        if lacking:
            self._keep_pending("targets", pending)
            missing["targets"] = lacking
            return is_good
        for path, data in contents.items():
            self._write_target(wanted[path], data)
        self._write(f"{pending.signed.version}.targets.json", pending)
        self._drop_pending("targets")
        written.append("targets")
        return True

    def _sign_pointers(
        self,
        root: Metadata[Root],
        signers: Sequence[Signer],
        written: list[str],
        missing: dict[str, int],
        always: bool = False,
    ) -> None:
        targets = self.newest("targets")
        if targets is None:
            return
        before = self.newest("snapshot")
        snapshot = before
        if (
            before is None
            or before.signed.meta["targets.json"] != _describe(targets)
            or _count_missing(root.signed, Snapshot.type, before)
            or self._expires_soon(before)
        ):
            version = before.signed.version + 1 if before else 1
            snapshot = Metadata(Snapshot(version=version, expires=self._expires("snapshot")))
            snapshot.signed.meta["targets.json"] = _describe(targets)
            self._add_signatures(snapshot, Snapshot.type, root.signed, signers)
            missing["snapshot"] = _count_missing(root.signed, Snapshot.type, snapshot)
        old = self.newest("timestamp")
        keyids = {signer.public_key.keyid for signer in signers}
        is_needed = (
            always
            or snapshot is not before
            or old is None
            or _count_missing(root.signed, Timestamp.type, old)
            or self._expires_soon(old)
        )
        if not is_needed and not keyids & set(root.signed.roles[Timestamp.type].keyids):
            return  # the machine renews it when it is time
        timestamp = Metadata(
            Timestamp(
                version=old.signed.version + 1 if old else 1, expires=self._expires("timestamp")
            )
        )
        assert snapshot is not None
        timestamp.signed.snapshot_meta = _describe(snapshot)
        self._add_signatures(timestamp, Timestamp.type, root.signed, signers)
        missing["timestamp"] = _count_missing(root.signed, Timestamp.type, timestamp)
        for role in [role for role, count in missing.items() if not count]:
            del missing[role]
        if missing.keys() & set(MACHINE):
            return
        if snapshot is not before:
            self._write(f"{snapshot.signed.version}.snapshot.json", snapshot)
            written.append("snapshot")
        self._write("timestamp.json", timestamp)
        written.append("timestamp")

    def _read_contents(self) -> dict[str, bytes]:
        paths = [folder / "versions.json" for folder in package_folders(self.published)]
        paths.append(self.published / "catalog.json")
        return {
            path.relative_to(self.published).as_posix(): path.read_bytes()
            for path in paths
            if path.is_file()
        }

    def _refuse_shrinkage(
        self, before: Metadata[Targets] | None, contents: Mapping[str, bytes]
    ) -> None:
        """Refuse to sign a ledger that says less than the one that was signed before."""
        for path, info in (before.signed.targets if before else {}).items():
            if not path.endswith("/versions.json"):
                continue
            if path not in contents:
                raise VerifyError(f"{path}: was signed before, and is not there. Restore it.")
            old = parse_ledger(self._target_path(info).read_bytes(), path)
            for problem in find_shrinkage(old, parse_ledger(contents[path], path)):
                raise VerifyError(f"{path}: {problem} Restore it from a copy; it is not signed.")

    def _add_signatures(
        self, metadata: Metadata[Any], role: str, root: Root, signers: Sequence[Signer]
    ) -> None:
        keyids = root.roles[role].keyids
        for signer in signers:
            if signer.public_key.keyid in keyids:
                metadata.sign(signer, append=True)

    def _expires(self, role: str) -> datetime:
        return self._now.replace(microsecond=0) + timedelta(days=EXPIRY_DAYS[role])

    def _expires_soon(self, metadata: Metadata[Any]) -> bool:
        """Return whether less than half of the time is left."""
        days = EXPIRY_DAYS[metadata.signed.type]
        return bool(metadata.signed.expires < self._now + timedelta(days=days / 2))

    def _root_version(self) -> int:
        versions = [_version_of(path) for path in self.folder.glob("*.root.json")]
        return max(versions, default=0)

    def newest_root(self) -> Metadata[Root]:
        """Return the root that counts. Raises UsageError if there is none."""
        found = self.newest("root")
        if found is None and self.is_pending("root"):
            raise UsageError(
                f"{self.folder}: the first root needs more signatures. Let the next person run "
                "`xrecord sign`."
            )
        if found is None:
            raise UsageError(f"{self.folder}: is not signed yet. Run `xrecord sign init` first.")
        return found

    def newest(self, role: str) -> Metadata[Any] | None:
        """Return the newest metadata of a role; None if it was never signed."""
        if role == Timestamp.type:
            return self._read("timestamp.json")
        paths = sorted(self.folder.glob(f"*.{role}.json"), key=_version_of)
        return self._read(paths[-1].name) if paths else None

    def _read(self, name: str) -> Metadata[Any] | None:
        path = self.folder / name
        if not path.is_file():
            return None
        try:
            found: Metadata[Any] = Metadata.from_bytes(
                read_regular_file(path, limit_of(f"signed/{path.name}"))
            )
        except exceptions.RepositoryError as error:
            raise VerifyError(f"{path}: is not signed metadata ({error}).") from error
        if isinstance(found.signed, Root):
            refuse_shared_keys(found.signed, str(path))
        return found

    def is_pending(self, role: str) -> bool:
        """Return whether the next metadata of a role need more signatures."""
        return self._pending(role) is not None

    def _pending(self, role: str) -> Metadata[Any] | None:
        return self._read(f"{PENDING}/{role}.json")

    def _keep_pending(self, role: str, metadata: Metadata[Any]) -> None:
        self._write(f"{PENDING}/{role}.json", metadata)

    def _drop_pending(self, role: str) -> None:
        files.remove_tree(self.folder / PENDING / f"{role}.json")
        if not list((self.folder / PENDING).glob("*")):
            files.remove_tree(self.folder / PENDING)

    def _write(self, name: str, metadata: Metadata[Any]) -> None:
        files.write_bytes(self.folder / name, metadata.to_bytes(JSONSerializer()))

    def _write_target(self, info: TargetFile, data: bytes) -> None:
        files.write_bytes(self._target_path(info), data)

    def _target_path(self, info: TargetFile) -> Path:
        folder, _, name = info.path.rpartition("/")
        return self.folder / TARGETS / folder / f"{info.hashes['sha256']}.{name}"


def _describe(metadata: Metadata[Any]) -> MetaFile:
    """Return version, length and SHA-256, so that no other file of this version is accepted."""
    data = metadata.to_bytes(JSONSerializer())
    return MetaFile.from_data(metadata.signed.version, data, ["sha256"])


def _count_missing(delegator: Root, role: str, metadata: Metadata[Any]) -> int:
    """Return how many signatures a role lacks."""
    result = delegator.get_verification_result(role, metadata.signed_bytes, metadata.signatures)
    return max(0, result.threshold - len(result.signed))


def _version_of(path: Path) -> int:
    number = path.name.partition(".")[0]
    return int(number) if number.isascii() and number.isdigit() else 0
