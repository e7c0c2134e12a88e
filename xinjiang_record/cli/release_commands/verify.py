"""``xrecord verify``: check releases byte by byte."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from xinjiang_record import exit_codes, extras, settings
from xinjiang_record.cli.release_commands.release_options import (
    ROOT,
    SIGNED,
    print_warning,
    split_release_name,
)
from xinjiang_record.errors import UsageError, VerifyError
from xinjiang_record.untrusted.audit_wall import confined
from xinjiang_record.untrusted.escape_text import LAYOUT, escape_unprintable


@click.command()
@click.argument("package", required=False)
@click.option(
    "--path",
    type=click.Path(exists=True, file_okay=False),
    help="A folder of releases, of one package, or of one release.",
)
@click.option(
    "--archived", is_flag=True, help="Read archived data where the ledger says, and check them too."
)
@click.option(
    "--stamp",
    type=click.Path(exists=True, dir_okay=False),
    help="A time-stamping authority's answer (RFC 3161) for this one release.",
)
@click.option(
    "--authority",
    type=click.Path(exists=True, dir_okay=False),
    help="The root certificate of that authority, in PEM.",
)
@SIGNED
@ROOT
def verify(
    package: str | None,
    path: str | None,
    archived: bool,
    stamp: str | None,
    authority: str | None,
    signed: bool,
    root: str | None,
) -> None:
    """Check every release, those of PACKAGE, or PACKAGE@VERSION.

    Needs no network, except for --archived.

    Checked are the list of files, sizes, hashes, the descriptor, keys and references, that CSV and
    Parquet have the same rows, the chain of releases, and latest. Prints every problem; the exit
    code is 1 if there is one.

    \b
    xrecord verify
    xrecord verify joint-statements@1.0.0
    xrecord verify --path some/copy
    xrecord verify joint-statements@1.0.0 --stamp js-1.0.0.tsr --authority authority.pem
    """
    if bool(stamp) != bool(authority):
        raise UsageError("Expected --stamp and --authority together, got one. Give both.")
    from xinjiang_record.release.distribution.verify_archived import (
        list_archived,  # deferred: start-up
        list_listed,
        verify_archived,
    )

    folder = Path(path) if path else settings.find_project().published
    with confined([folder], scope="process"):
        problems = _verify_files(folder, package, is_any_folder=bool(path))
    published, name, version = _split_folder(folder, package or "")
    if archived:
        problems += verify_archived(published, name, version)
    if signed or root:
        problems += _verify_signatures(folder, root)
    stamped = ""
    if stamp and authority:
        release = folder if path else folder / (package or "").replace("@", "/", 1)
        try:
            stamped = _verify_stamp(release, Path(stamp), Path(authority))
        except VerifyError as error:
            problems.append(str(error))
    _exit_on_problems(problems)
    print(
        f"{path or package or 'Every release'}: complete, unchanged, and as versions.json lists it."
    )
    for listed in list_listed(published, name, version):
        print_warning(listed.withdrawal_notice)
    if stamped:
        print(stamped)
    if left := [] if archived else list_archived(published, name, version):
        print(
            f"{len(left)} of them archived: only the files that are here were checked. "
            "Check the others too: xrecord verify --archived"
        )


def _exit_on_problems(problems: Sequence[str]) -> None:
    for problem in problems:
        print(escape_unprintable(problem, keep=LAYOUT))
    if problems:
        print(f"{len(problems)} problem{'s' if len(problems) > 1 else ''}.", file=sys.stderr)
        sys.exit(exit_codes.FINDINGS)


def _verify_files(folder: Path, package: str | None, *, is_any_folder: bool) -> list[str]:
    """Return the problems of a folder that was named, or of the releases of a checkout."""
    from xinjiang_record import client  # deferred: start-up
    from xinjiang_record.release.integrity import verify as proof  # deferred: start-up

    if is_any_folder:
        return client.verify(folder)
    if package is None:
        return proof.verify_some(folder)
    name, version = split_release_name(package)
    return proof.verify(folder, name, version if "@" in package else None)


def _split_folder(folder: Path, package: str) -> tuple[Path, str, str]:
    """Return the folder of all packages, and the package and version that were named, if any."""
    if (folder / "versions.json").is_file():
        return folder.parent, folder.name, ""
    if (folder / "SHA256SUMS").is_file() and (folder.parent / "versions.json").is_file():
        folder = folder.resolve()  # latest is a link
        return folder.parent.parent, folder.parent.name, folder.name
    name, _, version = package.partition("@")
    return folder, name, version


def _verify_signatures(folder: Path, root: str | None) -> list[str]:
    extras.require("sign")
    from xinjiang_record.release.distribution.trusted_location import (
        read_root,  # deferred: start-up
    )
    from xinjiang_record.release.signing import bundle  # deferred: optional extra
    from xinjiang_record.release.signing.verify_signed import (
        verify_signed,  # deferred: optional extra
    )

    trusted = read_root(Path(root)) if root else None
    if not (folder / "SHA256SUMS").exists():
        return verify_signed(folder, trusted, print_warning)
    if not root:
        print_warning(
            f"no root is given: compare {bundle.describe_root(folder)} with what the publisher "
            "says."
        )
    return bundle.verify_bundle(folder, trusted)


def _verify_stamp(release: Path, stamp: Path, authority: Path) -> str:
    extras.require("stamps")
    from xinjiang_record.release.signing.verify_time_stamp import (
        verify_time_stamp,  # deferred: optional extra
    )

    if not (release / "SHA256SUMS").is_file():
        raise UsageError(
            "--stamp is of one release: expected PACKAGE@VERSION, or --path to the folder of a "
            f"release, got {release}. Name the release."
        )
    proved = verify_time_stamp(release, stamp, authority)
    return f"It existed on {proved.time:%Y-%m-%d at %H:%M:%S} UTC, as {proved.authority} certifies."
