"""Turn codes and counts of the record into words that a reader understands."""

from __future__ import annotations

from urllib.parse import urlsplit

from xinjiang_record.site.translate import ENGLISH

day_words = ENGLISH.day
edtf_words = ENGLISH.edtf
number_words = ENGLISH.number
code_words = ENGLISH.of_code


def plural(count: int, word: str, words: str = "") -> str:
    """Return a count with its noun: 1 state, 2 states."""
    return f"{count:,} {word if count == 1 else words or word + 's'}"


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
