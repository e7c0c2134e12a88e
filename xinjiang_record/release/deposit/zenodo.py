"""Deposit a release on Zenodo, or on its sandbox, by the deposit API with buckets.

1. Look for the deposit of this version: by what was noted, then among the deposits of the account,
   by the release's own identifier.
2. Without one, begin a new version of the package's last deposit, or a first deposit.
3. Note its number, then describe it, and send the files that it lacks or has otherwise.
4. Compare size and checksum of every file, publish, and read the published record.

Each step first looks at what is there, so a run that was stopped anywhere is continued by the next,
and a version is published once. A deposit that was begun and not noted is found by its identifier.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import cast

from xinjiang_record.errors import VerifyError
from xinjiang_record.fetch.api_client import (
    Api,
    InterruptedCallError,
    RefusedCallError,
    take_up_again,
)
from xinjiang_record.release.metadata.release_info import ReleaseInfo, version_id

ADDRESS, SANDBOX = "https://zenodo.org", "https://sandbox.zenodo.org"
DEPOSITS = "/api/deposit/depositions"
PAGE_ROWS, MOST_PAGES = 100, 50
Draft = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Notes:
    """Keep the number of a deposit that was begun: what to call to read and to write it."""

    read: Callable[[], str]
    write: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Deposited:
    """Say where a release was deposited."""

    record: str
    doi: str
    concept_doi: str
    address: str


def deposit_on_zenodo(
    api: Api,
    release: ReleaseInfo,
    uploads: Mapping[str, Path],
    notes: Notes,
    earlier: str = "",
    report: Callable[[str], None] = lambda line: None,
) -> Deposited:
    """Deposit a release, or finish a deposit that was begun, and return where it is.

    Args:
        api: Zenodo or its sandbox, with a token that may deposit.
        release: What the metadata are written from.
        uploads: The files to send, by the name that they have in the deposit.
        notes: Where the number of the deposit is kept while it is not finished.
        earlier: The number of the deposit of an earlier version; its new version is made.
        report: Called with a line about each step.

    Raises:
        VerifyError: The published deposit has other files.
        FetchError: The archive refuses, or does not answer after several rounds.
    """
    job = _Job(api, release, uploads, notes, earlier, report)
    return take_up_again(job.run, api.pause_seconds, report)


@dataclass(frozen=True, slots=True)
class _Job:
    api: Api
    release: ReleaseInfo
    uploads: Mapping[str, Path]
    notes: Notes
    earlier: str
    report: Callable[[str], None]

    def run(self) -> Deposited:
        draft = self._find() or self._begin()
        number = str(draft["id"])
        self.notes.write(number)
        if not draft.get("submitted"):
            self.report(f"deposit {number}: metadata and files")
            self._object("PUT", f"{DEPOSITS}/{number}", {"metadata": describe(self.release)})
            self._send_files(number, str(_links(draft)["bucket"]))
            self._object("POST", f"{DEPOSITS}/{number}/actions/publish")
        done = self._object("GET", f"{DEPOSITS}/{number}")
        if not done.get("submitted"):
            raise InterruptedCallError(f"deposit {number}: is not published yet.")
        if problems := self._compare(number):
            raise VerifyError(
                f"{self.api.address}, deposit {number}: published with other files: "
                f"{', '.join(problems)}. Write to the archive: what is published cannot be changed."
            )
        address = str(_links(done).get("record_html") or _links(done).get("html", ""))
        doi, concept = str(done.get("doi", "")), str(done.get("conceptdoi", ""))
        return Deposited(number, doi, concept, address)

    def _find(self) -> Draft | None:
        """Return the deposit of this version, published or not, if there is one."""
        if noted := self.notes.read():
            try:
                return self._object("GET", f"{DEPOSITS}/{noted}")
            except RefusedCallError as error:
                if error.status not in (404, 410):
                    raise
        found: list[Draft] = []
        for page in range(1, MOST_PAGES + 1):
            place = f"{DEPOSITS}?size={PAGE_ROWS}&page={page}&all_versions=true"
            rows = cast(list[Draft], self.api.call("GET", place))
            found += [row for row in rows if self._is_of_this_version(row)]
            if len(rows) < PAGE_ROWS:
                break
        published = [row for row in found if row.get("submitted")]
        return next(iter(published or found), None)

    def _is_of_this_version(self, row: Draft) -> bool:
        metadata = cast(Mapping[str, object], row.get("metadata") or {})
        related = cast(list[Mapping[str, object]], metadata.get("related_identifiers") or [])
        return self.release.version_id in {item.get("identifier") for item in related}

    def _begin(self) -> Draft:
        """Begin a deposit: as the next version of an earlier one, if there is one."""
        if not self.earlier:
            self.report("a new deposit")
            metadata = {"metadata": describe(self.release)}  # so that it can be found again
            return self._object("POST", DEPOSITS, metadata)
        self.report(f"a new version of deposit {self.earlier}")
        answer = self._object("POST", f"{DEPOSITS}/{self.earlier}/actions/newversion")
        return self._object("GET", str(_links(answer)["latest_draft"]))

    def _send_files(self, number: str, bucket: str) -> None:
        """Make the deposit hold exactly the files, each complete."""
        for name, found in self._files(number).items():
            if name not in self.uploads:
                self.api.call("DELETE", f"{DEPOSITS}/{number}/files/{found['id']}")
        for name in self._compare(number):
            self.report(f"deposit {number}: sending {name}")
            self.api.call("PUT", f"{bucket}/{name}", file=self.uploads[name])
        if left := self._compare(number):
            raise InterruptedCallError(f"deposit {number}: {', '.join(left)} did not arrive whole.")

    def _files(self, number: str) -> dict[str, Mapping[str, object]]:
        rows = cast(list[Mapping[str, object]], self.api.call("GET", f"{DEPOSITS}/{number}/files"))
        return {str(row["filename"]): row for row in rows}

    def _compare(self, number: str) -> list[str]:
        """Return the names of the files that the deposit lacks, has too many, or has otherwise."""
        found = {
            name: (row.get("filesize"), str(row.get("checksum")).removeprefix("md5:"))
            for name, row in self._files(number).items()
        }
        wanted = {name: (path.stat().st_size, _md5(path)) for name, path in self.uploads.items()}
        return sorted(name for name in {*found, *wanted} if found.get(name) != wanted.get(name))

    def _object(self, method: str, place: str, value: object = None) -> Draft:
        found = self.api.call(method, place, value=value)
        if not isinstance(found, dict):
            raise InterruptedCallError(f"{method} {place}: expected an object, got a list.")
        return found


def describe(release: ReleaseInfo) -> dict[str, object]:
    """Return Zenodo's metadata of a release, from what its other metadata are written from."""
    related = [
        (release.version_id, "isAlternateIdentifier"),
        (release.id, "isVersionOf"),
        *(((release.homepage, "isDocumentedBy"),) if release.homepage else ()),
        *((url, "isDerivedFrom") for _, url in release.sources),
    ]
    if release.previous:
        related.append((version_id(release.package, release.previous), "isNewVersionOf"))
    return {
        "upload_type": "dataset",
        "title": release.title,
        "creators": [{"name": name} for name in release.creators],
        "description": f"<p>{escape(release.description)}</p>",
        "publication_date": release.day,
        "version": release.version,
        "language": "eng",
        "access_right": "open",
        "license": release.licenses[0]["name"].lower(),
        "keywords": list(release.keywords),
        "notes": f"Content hash sha256:{release.content_hash}",
        "related_identifiers": [
            {"identifier": identifier, "relation": relation} for identifier, relation in related
        ],
    }


def _links(draft: Draft) -> Mapping[str, object]:
    return cast(Mapping[str, object], draft.get("links") or {})


def _md5(path: Path) -> str:
    """Return the checksum that the archive gives; what is authentic is said by SHA-256."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
