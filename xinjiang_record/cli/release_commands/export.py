"""``xrecord export``: copy every release to a folder or a bucket."""

from __future__ import annotations

import sys

import click

from xinjiang_record import settings


@click.command()
@click.argument("target")
def export(target: str) -> None:
    """Copy every release to TARGET, a folder or s3://BUCKET/PREFIX, and read all of it back.

    Releases are copied first, the files that point to them last. An interrupted export continues
    when it is run again. Credentials, region and AWS_ENDPOINT_URL are read as by AWS's tools.
    """
    from xinjiang_record.release.distribution.mirror import (
        export_releases as copy,  # deferred: start-up
    )

    done = copy(
        settings.find_project().published, target, lambda line: print(line, file=sys.stderr)
    )
    print(
        f"{done.target}: {done.sent} files copied, {done.kept} already there; all read back equal."
    )
