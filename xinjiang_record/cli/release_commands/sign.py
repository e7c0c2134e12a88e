"""``xrecord sign``: sign the ledgers, and manage the keys."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xinjiang_record import extras, files, settings
from xinjiang_record.cli.output_path import refuse_released
from xinjiang_record.cli.print_table import print_table
from xinjiang_record.cli.release_commands.release_options import split_release_name
from xinjiang_record.errors import UsageError, VerifyError

if TYPE_CHECKING:
    from securesystemslib.signer import Signer

    from xinjiang_record.release.signing.repository import Repository, Signed

KEY = click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="KEY",
    help="A key to sign with: file:PATH, agent:COMMENT or env:NAME. [default: "
    "env:XRECORD_SIGNING_KEY, if it is set]",
)


@click.group(invoke_without_command=True)
@KEY
@click.pass_context
def sign(context: click.Context, keys: tuple[str, ...]) -> None:
    """Sign the ledgers of all packages, so that readers know who published them.

    Run it after each release, and at least once a month. What other people must sign too is kept
    in published/signed/pending/ until they run the same command. docs/signing.md explains it from
    the first key on.

    \b
    xrecord sign new-key ~/keys/record.pem
    xrecord sign init --key file:~/keys/record.pem
    xrecord sign --key file:~/keys/record.pem
    """
    extras.require("sign")
    if context.invoked_subcommand is None:
        _run(keys, lambda repository, signers: repository.sign(signers))


@sign.command("new-key")
@click.argument("path", type=click.Path())
def new_key(path: str) -> None:
    """Write a new private key to PATH, outside of the checkout, and its public key to PATH.pub.

    Set XRECORD_SIGNING_PASSPHRASE to encrypt the file.
    """
    from xinjiang_record.release.signing.keys import make_key  # deferred: optional extra

    key = make_key(Path(path), [settings.find_project().root])
    print(f"{path}: a new key with the id {key.keyid[:16]}. Its public part is {path}.pub.")


@sign.command()
@KEY
@click.option(
    "--public",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False),
    help="The public key of another person who signs.",
)
@click.option(
    "--machine",
    metavar="KEY",
    help="The key of the schedule, which renews the timestamp. [default: the first --key]",
)
@click.option(
    "--threshold",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="How many of the people's keys must sign.",
)
def init(
    keys: tuple[str, ...], public: tuple[str, ...], machine: str | None, threshold: int
) -> None:
    """Make the first root, which says whose keys count, and sign everything."""
    from xinjiang_record.release.signing.keys import (  # deferred: optional extra
        default_keys,
        open_signer,
        read_public_key,
    )

    people = list(keys) or ([] if public else default_keys())

    def create(repository: Repository, signers: Sequence[Signer]) -> Signed:
        who = [open_signer(where).public_key for where in people]
        who += [read_public_key(Path(path)) for path in public]
        renewing = [open_signer(machine).public_key] if machine else who[:1]
        return repository.create(who, renewing, threshold, signers)

    _run((*people, *([machine] if machine else [])), create)


@sign.command()
@KEY
@click.option("--role", default="people", show_default=True, help="people, machine, root, ...")
@click.option("--add", multiple=True, type=click.Path(exists=True), help="A public key to add.")
@click.option("--remove", multiple=True, metavar="ID", help="The start of a key's id to remove.")
@click.option("--threshold", type=click.IntRange(1), help="How many keys must sign from now on.")
def rotate(
    keys: tuple[str, ...],
    role: str,
    add: tuple[str, ...],
    remove: tuple[str, ...],
    threshold: int | None,
) -> None:
    """Change the keys or the threshold, or renew the root before it expires.

    The old keys sign the new root, so that readers follow. After a key was stolen, remove it.
    """
    from xinjiang_record.release.signing.keys import read_public_key  # deferred: optional extra

    added = [read_public_key(Path(path)) for path in add]
    _run(
        keys,
        lambda repository, signers: repository.rotate(role, added, remove, threshold, signers),
    )


@sign.command()
@KEY
def refresh(keys: tuple[str, ...]) -> None:
    """Renew snapshot and timestamp only, as a schedule does with the machine's key."""
    if _run(keys, lambda repository, signers: repository.refresh(signers)).missing:
        raise UsageError("Expected the machine's key, got another. Give it with --key.")


@sign.command()
def show() -> None:
    """Show whose keys count, how many must sign, when each role expires, and what waits."""
    from xinjiang_record.release.signing.describe_roles import (
        describe_roles,  # deferred: optional extra
    )
    from xinjiang_record.release.signing.repository import (
        Repository,  # deferred: optional extra
    )

    states = describe_roles(Repository(settings.find_project().published, settings.now()))
    rows = [
        (
            state.role,
            f"{state.threshold} of {len(state.keyids)}",
            f"{state.expires:%Y-%m-%d}" if state.expires else "not signed yet",
            "the next one needs more signatures" if state.is_pending else "",
            " ".join(keyid[:16] for keyid in state.keyids),
        )
        for state in states
    ]
    print_table(("role", "must sign", "expires", "state", "keys"), rows)


@sign.command()
@click.argument("release")
@click.argument("file", type=click.Path(dir_okay=False))
def stamp(release: str, file: str) -> None:
    """Write a time-stamp request (RFC 3161) for RELEASE (PACKAGE@VERSION) to FILE.

    Send it to a time-stamping authority; docs/signing.md has the commands.
    """
    from xinjiang_record.release.integrity.versions_json import (  # deferred: start-up
        find_package_folder,
        read_ledger,
    )
    from xinjiang_record.release.signing.time_stamp import (
        build_time_stamp_request,  # deferred: start-up
    )

    package, version = split_release_name(release)
    published = settings.find_project().published
    refuse_released(Path(file), published)
    entry = read_ledger(find_package_folder(published, package)).entry(version)
    files.write_bytes(Path(file), build_time_stamp_request(entry["release_id"]))
    print(f"{file}: a request for {package} {entry['version']}, id {entry['release_id']}.")


def _run(keys: Sequence[str], action: Callable[[Repository, Sequence[Signer]], Signed]) -> Signed:
    from xinjiang_record.release.integrity.verify import verify  # deferred: start-up
    from xinjiang_record.release.signing import keys as key_sources  # deferred: optional extra
    from xinjiang_record.release.signing.repository import (
        MACHINE,
        Repository,  # deferred: optional extra
    )

    where = list(keys) or key_sources.default_keys()
    if not where:
        raise UsageError(f"No key is named. Give --key: {key_sources.FORMS}.")
    signers = [key_sources.open_signer(name) for name in dict.fromkeys(where)]
    published = settings.find_project().published
    problems = verify(published)
    if problems:
        found = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        raise VerifyError(f"{found}, the first: {problems[0]} Nothing was signed.")
    repository = Repository(published, settings.now())
    done = action(repository, signers)
    for role in done.written:
        print(f"{role}: signed.")
    for role, count in done.missing.items():
        if role in MACHINE:
            continue
        print(
            f"{role}: {count} more signature{'s are' if count > 1 else ' is'} needed. Commit "
            "published/signed/ and let the next person run `xrecord sign`.",
            file=sys.stderr,
        )
    if waiting := [role for role in done.missing if role in MACHINE]:
        print(
            f"{' and '.join(waiting)}: the machine's key signs {'them' if waiting[1:] else 'it'}. "
            "Run `xrecord sign refresh` with it, or let the schedule do it.",
            file=sys.stderr,
        )
    return done
