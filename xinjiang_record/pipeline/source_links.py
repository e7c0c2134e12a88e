"""Give places in the checkout their address on the web, where its repository has one."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from xinjiang_record.model import Place
from xinjiang_record.release.integrity.source_commit import run_git

# https://host/owner/name.git, ssh://git@host/owner/name and git@host:owner/name
_REMOTE = re.compile(
    r"(?:https?://(?:[^/@]*@)?|ssh://(?:[^/@]*@)?|[^/@:]+@)"
    r"(?P<host>[\w.-]+)(?::[0-9]+/|[:/])(?P<path>[\w./-]+?)(?:\.git)?/?"
)


def find_source_address(root: Path) -> str:
    """Return the web address of a checkout's files at its commit; "" if it has none.

    It is the address of the remote ``origin`` in the form that GitHub, GitLab and Forgejo read:
    ``https://host/owner/name/blob/COMMIT``.
    """
    remote, commit = (
        run_git(root, *words) for words in (("remote", "get-url", "origin"), ("rev-parse", "HEAD"))
    )
    found = _REMOTE.fullmatch(remote or "")
    return f"https://{found['host']}/{found['path']}/blob/{commit}" if found and commit else ""


def link_place(place: Place, address: str) -> str:
    """Return a place as a Markdown link to its file and line; as words without an address."""
    if not address:
        return str(place)
    line = f"#L{place.line}" if place.line is not None else ""
    words = str(place).replace("[", "\\[").replace("]", "\\]")
    return f"[{words}]({address}/{quote(place.path)}{line})"
