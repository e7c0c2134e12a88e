"""Make the page about the record: how to read it, maps, scripts and licences."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

from xinjiang_record.site.graphics import country_shapes
from xinjiang_record.site.pages.page import Page
from xinjiang_record.site.translate import Language


def make_pages(words: Language) -> Iterator[Page]:
    """Return the page about the record."""
    licences = [
        ("Natural Earth 4.1", "", words("public domain"), words("country shapes")),
        ("world-atlas", "2.0.2", "ISC", words("country shapes")),
        ("MiniSearch", "7.2.0", "MIT", words("search")),
        ("Jinja", version("jinja2"), "BSD-3-Clause", words("pages, when the site is built")),
        (
            "vl-convert-python",
            version("vl-convert-python"),
            "BSD-3-Clause",
            words("PNG files, when the site is built"),
        ),
        ("Xinjiang Record", version("xinjiang-record"), "Apache-2.0", words("everything else")),
    ]
    yield Page(
        "about.html",
        "about.html.j2",
        words("About the record"),
        words(
            "How to read the record, how the maps and charts are made, and whose work is in the "
            "site."
        ),
        "about",
        {"licences": licences, "world_source": country_shapes.SOURCE},
        find="method licence maps borders neutral",
        words=words,
    )
