"""``xrecord get``: download a checked copy of a release."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click

from xinjiang_record import settings
from xinjiang_record.cli.limited_command import LimitedCommand
from xinjiang_record.cli.output_path import refuse_released
from xinjiang_record.cli.release_commands.release_options import (
    FROM,
    ROOT,
    SIGNED,
    open_from,
    print_warning,
    split_release_name,
)
from xinjiang_record.untrusted.audit_wall import confined


@click.command(cls=LimitedCommand)
@click.argument("package")
@click.argument("folder", type=click.Path(file_okay=False), default=".")
@FROM
@SIGNED
@ROOT
def get(package: str, folder: str, base: str | None, signed: bool, root: str | None) -> None:
    """Download PACKAGE or PACKAGE@VERSION into FOLDER, and check every byte.

    If a checksum differs, nothing is written.

    \b
    xrecord get joint-statements@1.0.0 data --from https://example.org/record
    """
    from xinjiang_record.release.distribution.get_release import (
        get_release as fetch_release,  # deferred: start-up
    )
    from xinjiang_record.release.distribution.locations import (
        FolderLocation,  # deferred: start-up
    )
    from xinjiang_record.release.distribution.release_locations import (
        find_release,  # deferred: start-up
    )

    name, version = split_release_name(package)
    location, into = open_from(base, signed, root), Path(folder)
    inner = getattr(location, "location", location)  # of one that is read as signed
    read = [inner.root] if isinstance(inner, FolderLocation) else []
    for releases in read:  # a copy in it would be a folder that does not belong there
        refuse_released(into, releases)
    network = not read
    write = [into, settings.trust_folder()]
    with confined(read, write, network=network, scope="process"):
        archived = str(find_release(location, name, version).entry.get("archived", ""))
    if "://" in archived:
        network = True
    elif archived and read:
        read.append(Path(archived).parent if archived.endswith(".zip") else Path(archived))
    with confined(read, write, network=network, scope="process"):
        target = fetch_release(location, name, version, into, print_warning)
    if inner is not location:
        from xinjiang_record.release.signing.bundle import (
            write_bundle,  # deferred: optional extra
        )
        from xinjiang_record.release.signing.trust import (
            SignedLocation,  # deferred: optional extra
        )

        write_bundle(cast(SignedLocation, location), name, target)
    print(target)
