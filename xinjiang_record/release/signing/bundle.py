"""Keep next to a copied release what proves its signature without the network.

    joint-statements-1.2.0/          the release, as `xrecord get --signed` copied it
    joint-statements-1.2.0.signed/   the roots, targets.json and the ledger that was signed

A bundle proves who signed the release. It does not prove that the release is the newest, so expiry
does not matter here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from tuf.api import exceptions
from tuf.api.metadata import Metadata, Root, Targets

from xinjiang_record import files
from xinjiang_record.errors import VerifyError
from xinjiang_record.release.distribution.locations import limit_of
from xinjiang_record.release.integrity.checksums import hash_sums
from xinjiang_record.release.integrity.versions_json import parse_ledger
from xinjiang_record.release.signing.shared_keys import refuse_shared_keys
from xinjiang_record.release.signing.trust import SignedLocation
from xinjiang_record.untrusted.regular_files import read_regular_file

LEDGER, TARGETS = "versions.json", "targets.json"
_ROOT = re.compile(r"[1-9][0-9]{0,9}\.root\.json")


def bundle_of(release: Path) -> Path:
    """Return where the bundle of a copied release is."""
    return release.with_name(f"{release.name}.signed")


def write_bundle(location: SignedLocation, package: str, release: Path) -> None:
    """Write the bundle of a release that was just copied from a signed location."""
    bundle = bundle_of(release)
    for path in sorted((location.folder / "root_history").glob("*.root.json")):
        files.write_bytes(bundle / path.name, path.read_bytes())
    files.write_bytes(bundle / TARGETS, (location.folder / TARGETS).read_bytes())
    files.write_text(bundle / "package", f"{package}\n")
    files.write_bytes(bundle / LEDGER, location.read(f"{package}/{LEDGER}"))


def verify_bundle(release: Path, root: bytes | None = None) -> list[str]:
    """Return what is wrong with the signature of a copied release.

    ``root`` is the root metadata to trust; without it, the first root of the bundle, which shows
    only that the parts belong together.
    """
    bundle = bundle_of(release)
    try:
        return list(_find_problems(release, bundle, root))
    except (exceptions.RepositoryError, exceptions.DownloadError, VerifyError, OSError) as error:
        return [f"{bundle}: does not prove the signature of {release.name} ({error})."]


def _find_problems(release: Path, bundle: Path, root: bytes | None) -> Iterator[str]:
    trusted = _follow_roots(bundle, root)
    targets = Metadata[Targets].from_bytes(_read(bundle / TARGETS))
    trusted.verify_delegate(Targets.type, targets.signed_bytes, targets.signatures)
    package = _read(bundle / "package").decode("ascii", "replace").strip()
    data = _read(bundle / LEDGER)
    info = targets.signed.targets.get(f"{package}/{LEDGER}")
    if info is None:
        yield f"{bundle / TARGETS}: expected the ledger of {package!r} in it, got none."
        return
    info.verify_length_and_hashes(data)
    listed = {entry["release_id"] for entry in parse_ledger(data, str(bundle / LEDGER)).versions}
    if hash_sums(release) not in listed:
        yield f"{release}: is not one of the releases in the signed ledger of {package}."


def _follow_roots(bundle: Path, root: bytes | None) -> Root:
    """Return the newest root that the trusted one leads to, each signed by the one before."""
    paths = list(bundle.glob("*.root.json"))
    for path in paths:
        if not _ROOT.fullmatch(path.name):
            raise VerifyError(f"{path.name!r} is not the name of a root")
    paths.sort(key=lambda path: int(path.name.split(".")[0]))
    first = Metadata[Root].from_bytes(root or _read(paths[0]) if paths else root or b"")
    first.signed.verify_delegate(Root.type, first.signed_bytes, first.signatures)
    trusted = first.signed
    refuse_shared_keys(trusted, bundle.name)
    for path in paths:
        following = Metadata[Root].from_bytes(_read(path))
        if following.signed.version <= trusted.version:
            same = following.signed.version == first.signed.version
            if same and following.signed_bytes != first.signed_bytes:
                raise VerifyError(f"{path.name} is not the root to trust")
            continue
        if following.signed.version != trusted.version + 1:
            raise VerifyError(f"root {trusted.version + 1} is missing")
        trusted.verify_delegate(Root.type, following.signed_bytes, following.signatures)
        following.signed.verify_delegate(Root.type, following.signed_bytes, following.signatures)
        trusted = following.signed
        refuse_shared_keys(trusted, path.name)
    return trusted


def describe_root(release: Path) -> str:
    """Return the first characters of the SHA-256 of the bundle's first root, to be compared."""
    path = bundle_of(release) / "1.root.json"
    return hashlib.sha256(_read(path)).hexdigest()[:16] if path.is_file() else "none"


def _read(path: Path) -> bytes:
    name = f"signed/{path.name}"  # where it is in the location that it was copied from
    return read_regular_file(path, "ledger_bytes" if path.name == LEDGER else limit_of(name))
