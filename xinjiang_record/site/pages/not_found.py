"""Make the page that a host shows where an address is not there."""

from __future__ import annotations

from collections.abc import Iterator

from xinjiang_record.site.pages.page import Page


def make_pages() -> Iterator[Page]:
    """Return ``404.html``. Its links begin at the top of the host."""
    yield Page(
        "404.html",
        "404.html.j2",
        "This page is not there",
        "The address does not lead to a page of the record.",
        "404",
        find=None,
    )
