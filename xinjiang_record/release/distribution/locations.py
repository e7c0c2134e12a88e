"""Open the places that hold releases: a folder, or a web address that serves one."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from xinjiang_record.errors import (
    FetchError,
    LimitError,
    NotServedError,
    ReadError,
    UsageError,
    VerifyError,
)
from xinjiang_record.untrusted.regular_files import read_regular_file


class Location(Protocol):
    """Describe a place that holds releases."""

    @property
    def shown(self) -> str:
        """Return the folder or address, for messages."""

    def read(self, path: str, sha256: str = "") -> bytes:
        """Return the bytes at a path; the caller compares them with ``sha256``, if it is known.

        Raises:
            UsageError: Nothing is there.
        """


def limit_of(path: str) -> str:
    """Return the name of the limit for the bytes at a path of a location."""
    folder, _, name = path.rpartition("/")
    if folder == "signed":
        is_short = name == "timestamp.json" or name.endswith(".root.json")
        return "signed_root_bytes" if is_short else "signed_bytes"
    is_list = name.endswith(("versions.json", "catalog.json")) or name == "SHA256SUMS"
    return "ledger_bytes" if is_list else "release_bytes"


@dataclass(frozen=True, slots=True)
class FolderLocation:
    """Read releases from a folder of this machine."""

    root: Path

    @property
    def shown(self) -> str:
        """Return the folder."""
        return str(self.root)

    def read(self, path: str, sha256: str = "") -> bytes:
        """Return the bytes of a regular file of the folder."""
        try:
            return read_regular_file(self.root / path, limit_of(path))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise UsageError(
                f"{self.root / path}: is not there. Is {self.root} the folder of the releases?"
            ) from error
        except (ReadError, LimitError) as error:
            raise VerifyError(str(error)) from error


@dataclass(frozen=True, slots=True)
class WebLocation:
    """Read releases from a web address; only its own host is contacted.

    Attributes:
        address: The address of the folder of releases.
        report: Called while a body arrives, with the bytes that came and those declared (or 0).
        is_named: The reader named the address, so that it may be any. Otherwise, a ledger did, and
            only https to public addresses is used.
        others: Other hosts that the address may redirect to.
    """

    address: str
    report: Callable[[int, int], None] | None = None
    is_named: bool = True
    others: frozenset[str] = frozenset()

    @property
    def shown(self) -> str:
        """Return the address."""
        return self.address

    def read(self, path: str, sha256: str = "") -> bytes:
        """Return the body that the address serves at a path."""
        body, _ = self.read_unless(path, "")
        return body or b""

    def read_unless(self, path: str, etag: str) -> tuple[bytes | None, str]:
        """Return the body and its ETag; no body where the server still has that of ``etag``."""
        from xinjiang_record.fetch.http_client import Policy, fetch, host_of  # deferred: start-up

        url = f"{self.address.rstrip('/')}/{path}"
        policy = Policy()
        if self.is_named:
            ports, schemes = frozenset({_port(url)}), frozenset({url.partition(":")[0]})
            policy = Policy(schemes, ports, allows=lambda address: True)
        hosts = frozenset({host_of(url)}) | self.others
        fetched = fetch(url, hosts=hosts, etag=etag, policy=policy, report=self.report)
        if etag and fetched.status == 304:
            return None, etag
        if fetched.status != 200:
            kind = NotServedError if fetched.status in (403, 404, 410) else FetchError
            raise kind(
                f"{url}: expected status 200, got {fetched.status}. "
                f"Is {self.address} the address of the releases?"
            )
        return fetched.body, fetched.header("etag")


def _port(url: str) -> int:
    parts = urlsplit(url)
    return parts.port or (443 if parts.scheme == "https" else 80)


def open_address(address: str) -> WebLocation:
    """Return the location at an http(s) address.

    Raises:
        UsageError: It is no such address, or has a user name, which is not repeated: a password may
            follow it.
    """
    scheme, _, rest = address.partition("://")
    place = re.split("[/?#]", rest, maxsplit=1)[0]
    user, at, _ = place.rpartition("@")
    if at:
        shown = f"{scheme}://{rest[len(user) + 1 :]}"
        raise UsageError(f"{shown!r}: expected an address without a user name, got one before @.")
    try:
        if not _port(address) or not urlsplit(address).hostname:
            raise ValueError("it has no host")
    except ValueError as error:
        raise UsageError(f"{address!r}: expected an http(s) address: {error}.") from error
    return WebLocation(address)


def _is_encodable(text: str) -> bool:
    try:
        os.fsencode(text).decode("utf-8")
    except UnicodeError:
        return False
    return True


def open_location(base: str | Path) -> Location:
    """Return the location at a folder or an http(s) address."""
    text = str(base)
    if "\0" in text or not _is_encodable(text):
        raise UsageError(f"{text[:100]!r}: expected a folder, got a name that none can have.")
    if text.startswith(("http://", "https://")):
        return open_address(text)
    if "://" in text:
        raise UsageError(f"{text!r}: expected a folder or an http(s) address.")
    return FolderLocation(Path(text))
