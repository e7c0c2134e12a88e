"""Turn codes and counts of the record into words that a reader understands."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from xinjiang_record.site.translate import ENGLISH

day_words = ENGLISH.day
edtf_words = ENGLISH.edtf
number_words = ENGLISH.number


def plural(count: int, word: str, words: str = "") -> str:
    """Return a count with its noun: 1 state, 2 states."""
    return f"{count:,} {word if count == 1 else words or word + 's'}"


def code_words(value: Any) -> str:
    """Return a code of the record as words: ``persons_detained`` becomes persons detained."""
    return str(value or "").replace("_", " ").replace("m2", "m²")


def host_of(url: str) -> str:
    """Return the site that an address is at, for showing."""
    try:
        return (urlsplit(url).hostname or url).removeprefix("www.")
    except ValueError:
        return url


def un_document(symbol: str | None) -> str:
    """Return the address of a UN document by its symbol; nothing where there is none."""
    return f"https://undocs.org/{symbol}" if symbol and symbol.startswith(("A/", "S/")) else ""


def archive_lookup(url: str | None) -> str:
    """Return the address at which the Internet Archive lists its copies of a page."""
    return f"https://web.archive.org/web/*/{url}" if url else ""
