"""``xrecord publish-site``: write site, data and stable addresses as one folder or bucket."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from xinjiang_record import settings
from xinjiang_record.cli.site_commands.site_options import (
    BASE_URL,
    ENGLISH_ONLY,
    OUTPUT,
    PUBLISHED,
    output_of,
    published_of,
)


@click.command("publish-site")
@click.option("--to", "target", help="A folder or s3://BUCKET/PREFIX to bring up to date.")
@OUTPUT
@BASE_URL
@ENGLISH_ONLY
@PUBLISHED
def publish_site(
    target: str | None,
    output: Path | None,
    base_url: str | None,
    english_only: bool,
    published: Path | None,
) -> None:
    """Write the site, the releases and the stable addresses as one folder or bucket.

    The result is the site, a base for the client, and addresses such as
    joint-statements/latest/statements.csv and country/QAT.json. Without --to it stays in the
    folder in which it is built. With --to, files that are there already are not sent again, what
    points to a release is sent after the release, and all is read back.
    """
    from xinjiang_record.release.distribution.object_stores import (
        open_store_apart,  # deferred: start-up
    )
    from xinjiang_record.web import publish_site as work  # deferred: start-up

    source = published_of(published)
    built = output_of(output, source)
    addresses = settings.Project(source.parent).addresses
    if base_url is not None:
        is_elsewhere = addresses.data_base != addresses.homepage
        data_base = addresses.data_base if is_elsewhere else base_url
        addresses = replace(addresses, homepage=base_url, data_base=data_base)

    def report(line: str) -> None:
        print(line, file=sys.stderr)

    store = open_store_apart(target, source) if target else None
    done = work.build_site(source, built, addresses, ["en"] if english_only else None, report)
    print(f"{built}: {done.status}, {done.files} files, {done.written} written")
    if not addresses.homepage:
        report("xrecord.toml has no homepage, so addresses are relative. See docs/publishing.md.")
    if store:
        sent = work.send_site(built, source, store, report)
        print(
            f"{sent.target}: {sent.sent} files sent, {sent.kept} already there, "
            f"{sent.deleted} deleted; all read back equal."
        )
