"""``xrecord rebuild``: build a release again, and compare it byte by byte."""

from __future__ import annotations

import sys

import click

from xinjiang_record import exit_codes, settings
from xinjiang_record.cli.release_commands.release_options import split_release_name


@click.command()
@click.argument("release")
@click.option("--commit", default="", help="The commit to build from. [default: the one it names]")
@click.option(
    "--locked",
    is_flag=True,
    help="Install the libraries of the commit's requirements.lock first. Needs the network.",
)
def rebuild(release: str, commit: str, locked: bool) -> None:
    """Build RELEASE (PACKAGE@VERSION) again from the commit that it names, and compare every byte.

    Needs git, and a checkout with the commit. Anyone can run it: equal bytes show that the release
    was made from these sources by this code. The exit code is 1 if a byte differs.
    """
    from xinjiang_record.pipeline.rebuild import rebuild as build_again  # deferred: start-up

    package, version = split_release_name(release)
    done = build_again(settings.find_project(), package, version, commit, is_locked=locked)
    for line in done.libraries:
        print(f"xrecord: warning: {line}.", file=sys.stderr)
    for path in done.different:
        print(f"{path}: differs.")
    if done.different:
        print(f"{len(done.different)} files differ from {release}.", file=sys.stderr)
        sys.exit(exit_codes.FINDINGS)
    print(f"{release}: equal, every byte; id {done.release_id}, from commit {done.commit}.")
