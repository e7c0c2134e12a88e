"""Deposit a release as one tagged commit of a dataset on the Hugging Face hub.

The release is in a folder with its version as name, byte for byte, so that it can be verified where
it is: ``xr.verify("https://huggingface.co/datasets/OWNER/NAME/resolve/2.0.0/2.0.0")``. The card of
the dataset is written from what the other metadata are written from. A hub gives a DOI on its page
only, so none is noted.
"""

from __future__ import annotations

import json
from pathlib import Path

from xinjiang_record import files
from xinjiang_record.errors import FetchError
from xinjiang_record.fetch.api_client import take_up_again
from xinjiang_record.fetch.huggingface_client import ADDRESS, Dataset
from xinjiang_record.release.deposit.deposit_release import (
    Desk,
    Report,
    find_deposit,
    note_deposit,
    prepare_release,
)
from xinjiang_record.release.deposit.zenodo import Deposited
from xinjiang_record.release.distribution.release_locations import Release
from xinjiang_record.release.integrity.checksums import NAME
from xinjiang_record.release.integrity.deposits import Deposit
from xinjiang_record.release.metadata.release_info import ReleaseInfo


def deposit_at_huggingface(
    desk: Desk,
    server: str,
    token: str,
    repository: str,
    package: str,
    version: str,
    report: Report,
    pause_seconds: float = 1.0,
) -> Deposit:
    """Deposit a release in a dataset, unless it is noted as deposited or is there.

    Args:
        desk: Where releases are read and deposits noted.
        server: The hub; Hugging Face's own, if empty.
        token: A token that may write.
        repository: OWNER/NAME of the dataset.
        package: The package.
        version: The version, or "latest".
        report: Called with a line about each step.
        pause_seconds: The first pause before a broken step is taken up again.

    Raises:
        FetchError: The hub refuses, or does not answer after several rounds.
    """
    release, info, folder = prepare_release(desk, package, version)
    dataset = Dataset(server or ADDRESS, token, repository)
    with files.locked(desk.notes):
        if found := find_deposit(desk, release, "huggingface"):
            report(f"{package} {release.version}: was deposited on {found.deposited_on}")
            return found
        commit = take_up_again(
            lambda: _deposit(dataset, release, info, folder, report), pause_seconds, report
        )
        address = f"{dataset.address}/datasets/{repository}/tree/{release.version}"
        done = Deposited(f"{repository}/{commit}", "", "", address)
        return note_deposit(desk, release, info, "huggingface", done)


def _deposit(
    dataset: Dataset, release: Release, info: ReleaseInfo, folder: Path, report: Report
) -> str:
    """Return the commit of the release: the tagged one, one that was made, or a new one."""
    dataset.create()
    tags = dataset.tags()
    commits = dataset.commits()
    marker = f"Release {release.entry['release_id']}"
    title = f"{release.package} {release.version}"
    made = next((id_ for id_, *words in commits if marker in " ".join(words)), "")
    if release.version in tags:
        if tags[release.version] != made:
            raise FetchError(
                f"{dataset.address}/datasets/{dataset.name}: its tag {release.version} is of "
                "another release. Remove the tag, or name another repository."
            )
        return made
    if not made:
        report(f"{dataset.name}: sending {title}")
        wanted: dict[str, bytes | Path] = {"README.md": render_card(info).encode()}
        for path in (*release.sums, NAME):
            wanted[f"{release.version}/{path}"] = folder / path
        made = dataset.commit(title, marker, wanted, commits[0][0])
    dataset.tag(release.version, made)
    return made


def render_card(info: ReleaseInfo) -> str:
    """Return the card of a dataset: what the hub reads in YAML, then words for people."""
    configs = [
        line
        for item in info.resources
        for line in (
            f"  - config_name: {item.name}",
            "    data_files:",
            *(f"      - {info.version}/{file.path}" for file in item.files.parquet),
        )
    ]
    head = [
        "---",
        f"pretty_name: {json.dumps(info.title, ensure_ascii=False)}",
        f"license: {info.licenses[0]['name'].lower()}",
        "language: [en]",
        f"tags: {json.dumps(list(info.keywords), ensure_ascii=False)}",
        "configs:",
        *configs,
        "---",
    ]
    return "\n".join(
        [
            *head,
            "",
            f"# {info.title}",
            "",
            info.description,
            "",
            f"Version {info.version}, content hash `sha256:{info.content_hash}`. The folder "
            f"`{info.version}` is the release, byte for byte; its README says more.",
            "",
        ]
    )
