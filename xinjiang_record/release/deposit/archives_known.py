"""Choose the archive of a deposit: its address, and the function that deposits there."""

from __future__ import annotations

from xinjiang_record import extras, settings
from xinjiang_record.errors import UsageError
from xinjiang_record.fetch.api_client import Api
from xinjiang_record.release.deposit import zenodo
from xinjiang_record.release.deposit.deposit_release import Desk, Report, deposit_at_zenodo
from xinjiang_record.release.integrity.deposits import Deposit
from xinjiang_record.settings import Project


def deposit_in_archive(
    project: Project,
    archive: str,
    token: str,
    package: str,
    version: str,
    *,
    is_sandbox: bool,
    repository: str,
    server: str,
    report: Report,
) -> Deposit:
    """Deposit a release in an archive, and return what is noted about it.

    Raises:
        UsageError: The archive needs a repository, or the address is not one for a token.
    """
    desk = Desk(
        project.published,
        settings.deposit_notes(project),
        is_sandbox,
        settings.now().date(),
        project.addresses,
    )
    if archive == "zenodo":
        address = server or (zenodo.SANDBOX if is_sandbox else zenodo.ADDRESS)
        return deposit_at_zenodo(desk, Api(address, token), package, version, report)
    if not repository:
        raise UsageError("--repository: expected OWNER/NAME of a dataset on Hugging Face.")
    extras.require("deposit")
    from xinjiang_record.release.deposit.huggingface import (
        deposit_at_huggingface,  # deferred: optional extra
    )

    return deposit_at_huggingface(desk, server, token, repository, package, version, report)
