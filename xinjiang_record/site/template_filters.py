"""Turn addresses of sources into what a page shows: the host, and the archive's list of copies."""

from __future__ import annotations

from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """Return the site that an address is at, for showing."""
    try:
        return (urlsplit(url).hostname or url).removeprefix("www.")
    except ValueError:
        return url


def archive_lookup(url: str | None) -> str:
    """Return the address at which the Internet Archive lists its copies of a page."""
    is_page = bool(url) and str(url).startswith(("https://", "http://"))
    return f"https://web.archive.org/web/*/{url}" if is_page else ""
