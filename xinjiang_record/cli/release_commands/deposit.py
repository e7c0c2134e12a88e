"""``xrecord deposit``: put a release into an archive."""

from __future__ import annotations

import sys

import click

from xinjiang_record import settings
from xinjiang_record.cli.release_commands.release_options import split_release_name
from xinjiang_record.errors import UsageError

TOKENS = {
    ("zenodo", False): "ZENODO_TOKEN",
    ("zenodo", True): "ZENODO_SANDBOX_TOKEN",
    ("huggingface", False): "HF_TOKEN",
}


@click.command()
@click.argument("release")
@click.option(
    "--to",
    "archive",
    type=click.Choice(["zenodo", "huggingface"]),
    required=True,
    help="The archive.",
)
@click.option("--sandbox", is_flag=True, help="Try it on Zenodo's sandbox; nothing is noted here.")
@click.option(
    "--repository", metavar="OWNER/NAME", help="The dataset on Hugging Face. Needed there only."
)
@click.option("--server", metavar="ADDRESS", help="Another server with the same API.")
def deposit(
    release: str, archive: str, sandbox: bool, repository: str | None, server: str | None
) -> None:
    """Deposit RELEASE (PACKAGE or PACKAGE@VERSION) in an archive, once.

    The token is read from ZENODO_TOKEN, ZENODO_SANDBOX_TOKEN or HF_TOKEN. A deposit that was
    stopped goes on when the command is run again. What the archive answers is written to
    published/PACKAGE/deposits/, and a DOI into versions.json too; commit both.

    \b
    xrecord deposit joint-statements --to zenodo --sandbox
    xrecord deposit joint-statements@2.0.0 --to zenodo
    """
    from xinjiang_record.release.deposit.archives_known import (
        deposit_in_archive,  # deferred: start-up
    )

    name, version = split_release_name(release)
    variable = TOKENS.get((archive, sandbox))
    if variable is None:
        raise UsageError("--sandbox: expected --to zenodo, got --to huggingface. Omit it.")
    token = settings.environment(variable)
    if not token:
        raise UsageError(f"{variable}: expected a token of {archive} in it, got none. Set it.")
    project = settings.find_project()
    done = deposit_in_archive(
        project,
        archive,
        token,
        name,
        version,
        is_sandbox=sandbox,
        repository=repository or "",
        server=server or "",
        report=lambda line: print(line, file=sys.stderr),
    )
    print(f"{done.package} {done.version}: {done.doi or done.address}")
    if done.doi and not sandbox and (project.published / "signed").is_dir():
        print("The ledger changed: sign it again with xrecord sign.", file=sys.stderr)
