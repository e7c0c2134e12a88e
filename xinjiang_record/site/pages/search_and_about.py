"""Sources, search, the page about the record, the feed and the map of the site."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from xml.sax.saxutils import escape

from xinjiang_record.site.graphics import country_shapes
from xinjiang_record.site.pages.base import Page, host, page_of, script_json, sentence
from xinjiang_record.site.release_data import Record
from xinjiang_record.site.template_filters import edtf_words

FIND_CHARS = 400  # characters of each page's text in the search index


def uses(record: Record) -> dict[str, Counter[tuple[str, str]]]:
    """What each source supports: pages and their words, with the number of facts."""
    found: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for (resource, record_id), rows in sorted(record.evidence.items()):
        for row in rows:
            found[row["source_id"]][page_of(resource, record_id, record)] += 1
    for row in record.rows("joint-statements", "count_claims"):
        found[row["source_id"]][page_of("count_claims", row["statement_id"], record)] += 1
    for package, resource, key in (
        ("detention-figures", "figures", "figure_id"),
        ("documents", "documents", "document_id"),
        ("responses", "events", "event_id"),
    ):
        for row in record.rows(package, resource):
            place = page_of(resource, row[key], record)
            if place not in found[row["source_id"]]:
                found[row["source_id"]][place] += 1
    return found


def source_pages(record: Record) -> Iterator[Page]:
    """The list of sources and a page for each, with the way back to what it supports."""
    supported = uses(record)
    rows = list(record.sources.values())
    described = f"{len(rows)} cited pages, documents and files, each with what it supports."
    yield Page(
        "sources/index.html",
        "sources.html.j2",
        "Sources",
        described,
        "sources",
        {"rows": rows, "uses": supported},
    )
    for row in rows:
        facts = [
            ("Publisher", row["publisher"]),
            ("Published", edtf_words(row["published_edtf"]) if row["published_edtf"] else ""),
            ("Language", row["language"]),
            ("Snapshot (SHA-256)", row["snapshot_sha256"]),
            ("Note", row["note"]),
        ]
        own = [
            (page, words, count)
            for (page, words), count in sorted(supported[row["source_id"]].items())
        ]
        title = (
            row["source_title"] or f"{row['publisher'] or host(row['url'])} ({row['source_id']})"
        )
        described = sentence(
            [row["publisher"], host(row["url"]), f"supports {len(own)} pages of the record"]
        )
        yield Page(
            f"sources/{row['source_id']}.html",
            "source.html.j2",
            title,
            described,
            "sources",
            {"row": row, "facts": facts, "uses": own},
            (("Sources", "sources/index.html"),),
            "Source",
            sentence([row["source_id"], row["publisher"], host(row["url"])]),
        )


def other_pages() -> Iterator[Page]:
    """Search and the page about the record."""
    yield Page(
        "search.html",
        "search.html.j2",
        "Search",
        "Search statements, countries, figures, documents, responses and sources.",
        "search",
        find=None,
    )
    licences = [
        ("Natural Earth shapes", "4.1", "Public domain", "maps"),
        ("world-atlas", "2.0.2", "ISC", "the form of the shapes"),
        (
            "Vega, Vega-Lite and Vega-Embed, by vl-convert-python",
            version("vl-convert-python"),
            "BSD-3-Clause",
            "charts",
        ),
        ("D3 modules, in Vega", "", "ISC", "charts"),
        ("Jinja", version("jinja2"), "BSD-3-Clause", "pages, when the site is built"),
        ("Xinjiang Record", version("xinjiang-record"), "Apache-2.0", "everything else"),
    ]
    yield Page(
        "about.html",
        "about.html.j2",
        "About the record",
        "How to read the record, how the maps and charts are made, and whose work is in the site.",
        "about",
        {"licences": licences, "world_source": country_shapes.SOURCE},
        find="method licence maps borders neutral",
    )


def search_index(pages: Sequence[Page]) -> bytes:
    """The index as a script that sets one variable, so that it also loads from a disk."""
    rows = [
        [page.path, page.kind, page.title, (page.find or page.description)[:FIND_CHARS]]
        for page in pages
        if page.find is not None
    ]
    text = script_json(rows)
    return f"window.xrIndex={text};\n".encode()


def feed(record: Record, base_url: str) -> bytes:
    """An Atom feed: an entry for each released version of each package, newest first."""
    entries = []
    for release in record.releases.values():
        for item in release.versions:
            created = item.get("created") or release.descriptor["created"]
            words = " ".join(str(reason) for reason in item.get("reasons") or ())
            entries.append((created, release, item["version"], words))
    entries.sort(key=lambda entry: (entry[0], entry[1].name, entry[2]), reverse=True)
    updated = entries[0][0] if entries else "2019-07-08T00:00:00Z"
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        "<title>Releases of Xinjiang Record</title>",
        "<id>urn:xinjiang-record:releases</id>",
        f"<updated>{escape(updated)}</updated>",
        "<author><name>Xinjiang Record</name></author>",
        f'<link rel="self" href="{escape(base_url)}feed.xml"/>',
    ]
    for created, release, number, words in entries:
        lines.append(
            f"<entry><title>{escape(release.name)} {escape(number)}</title><id>urn:xinjiang-record:{escape(release.name)}:{escape(number)}</id>"
            f'<updated>{escape(created)}</updated><link href="{escape(base_url)}data/{escape(release.name)}.html"/>'
            f"<summary>{escape(words or release.descriptor['description'])}</summary></entry>"
        )
    return "\n".join([*lines, "</feed>\n"]).encode()


def sitemap(pages: Sequence[Page], base_url: str) -> bytes:
    """Every page's address."""
    lines = [f"<url><loc>{escape(base_url)}{escape(page.path)}</loc></url>" for page in pages]
    head = '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return "\n".join([head, *lines, "</urlset>\n"]).encode()
