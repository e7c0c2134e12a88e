"""``xrecord export``: copy every release to a folder or a bucket."""

from __future__ import annotations

import sys

import click

from xinjiang_record import settings


@click.command()
@click.argument("target")
def export(target: str) -> None:
    """Copy every release to TARGET, a folder or s3://BUCKET/PREFIX: releases first, the pointers last, then all is read back.

    Stopped, it goes on where it was. Credentials, region and AWS_ENDPOINT_URL are taken as AWS's own tools take them.
    """
    from xinjiang_record.release.distribution.mirror import export_releases as copy

    done = copy(
        settings.find_project().published, target, lambda line: print(line, file=sys.stderr)
    )
    print(
        f"{done.target}: {done.sent} files sent, {done.kept} were there; all read back and equal."
    )
