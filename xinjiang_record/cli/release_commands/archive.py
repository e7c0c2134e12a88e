"""``xrecord archive``: move the data of older releases out of the checkout."""

from __future__ import annotations

import sys

import click

from xinjiang_record import settings
from xinjiang_record.errors import UsageError


@click.command()
@click.argument("packages", nargs=-1, metavar="[PACKAGE]...")
@click.option("--to", "target", default="", help="A folder or s3://BUCKET/PREFIX to write to.")
@click.option(
    "--address",
    default="",
    help="The address by which readers reach the target. [default: the target itself]",
)
@click.option("--zip", "as_zip", is_flag=True, help="Write one zip file a release.")
@click.option(
    "--keep", type=int, default=2, show_default=True, help="Newest releases whose data stay."
)
@click.option("--downloads", is_flag=True, help="Move the downloads of these too.")
@click.option("--restore", is_flag=True, help="Bring all files of the newest releases back.")
def archive(
    packages: tuple[str, ...],
    target: str,
    address: str,
    as_zip: bool,
    keep: int,
    downloads: bool,
    restore: bool,
) -> None:
    """Move older releases, of all packages or of some, to an archive.

    Here stay descriptor, provenance, sums and changes. The ledger says where the rest is, and get,
    load and verify read it there. It is deleted here only after every file was read back by the
    address that the ledger names. With --downloads, nothing that git cannot compress stays.
    With --restore, nothing is moved: the site needs the downloads of the newest releases.

    \b
    xrecord archive --to s3://bucket/record --address https://data.example.org/record
    xrecord archive --to archive --zip --address https://github.com/NAME/REPO/releases/download/TAG
    xrecord archive --restore
    """
    from xinjiang_record.release.distribution import move_to_archive as work  # deferred: start-up

    def report(line: str) -> None:
        print(line, file=sys.stderr)

    if restore == bool(target):
        raise UsageError("Expected either --to or --restore. See: xrecord archive --help")
    published = settings.find_project().published
    if restore:
        back = work.restore_releases(published, packages, keep, report)
        print("\n".join(f"{name}: restored" for name in back) or "Nothing to restore.")
        return
    place = work.Archive(target, address, as_zip, downloads)
    done = work.archive_releases(published, place, packages, keep, report)
    for name in done:
        print(f"{name}: archived")
    if not done:
        print(f"Nothing to archive: each package has at most {keep} whole releases here.")
    elif (published / "signed").is_dir():
        print("The ledgers changed: sign them again with xrecord sign.", file=sys.stderr)
