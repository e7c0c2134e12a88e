"""``xrecord archive``: move the data of older releases out of the checkout."""

from __future__ import annotations

import sys

import click

from xinjiang_record import settings


@click.command()
@click.argument("packages", nargs=-1, metavar="[PACKAGE]...")
@click.option("--to", "target", required=True, help="A folder or s3://BUCKET/PREFIX to write to.")
@click.option(
    "--address",
    default="",
    help="The address by which readers reach the target. [default: the target itself]",
)
@click.option("--zip", "as_zip", is_flag=True, help="Write one zip file a release.")
@click.option(
    "--keep", type=int, default=2, show_default=True, help="Newest releases that stay whole."
)
def archive(packages: tuple[str, ...], target: str, address: str, as_zip: bool, keep: int) -> None:
    """Move older releases, of all packages or of some, to an archive.

    Here stay descriptor, provenance, sums and changes. The ledger says where the rest is, and get,
    load and verify read it there. It is deleted here only after every file was read back by the
    address that the ledger names.

    \b
    xrecord archive --to s3://bucket/record --address https://data.example.org/record
    xrecord archive --to archive --zip --address https://github.com/NAME/REPO/releases/download/TAG
    """
    from xinjiang_record.release.distribution import move_to_archive as work  # deferred: start-up

    done = work.archive_releases(
        settings.find_project().published,
        work.Archive(target, address, as_zip),
        packages,
        keep,
        lambda line: print(line, file=sys.stderr),
    )
    for name in done:
        print(f"{name}: archived")
    if not done:
        print(f"Nothing to archive: each package has at most {keep} releases here.")
    elif (settings.find_project().published / "signed").is_dir():
        print("The ledgers changed: sign them again with xrecord sign.", file=sys.stderr)
