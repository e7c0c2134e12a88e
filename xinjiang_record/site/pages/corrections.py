"""Make the page and the feed of corrections: every fact that a release changed or took back."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from xinjiang_record.site.pages.page import Page, page_of
from xinjiang_record.site.release_data import Record, Release
from xinjiang_record.site.translate import ENGLISH, Language

# Fields that a build computes from others: a change of one is the change of what it came from.
DERIVED_TABLES = {"positions", "signatories", "evidence", "sources"}
MOST_ENTRIES = 200  # entries of the feed
OPS = {"change": "corrected", "retract": "retracted"}


@dataclass(frozen=True, slots=True)
class Correction:
    """Hold one fact that a release changed or took back."""

    day: str
    package: str
    version: str
    table: str
    op: str
    record_id: str
    field: str
    old: str
    new: str
    reason: str
    source_id: str

    @property
    def id(self) -> str:
        """Return the name of the correction in the feed and on the page."""
        parts = (self.package, self.version, self.table, self.record_id, self.field)
        return ":".join(parts)


def corrections(record: Record) -> list[Correction]:
    """Return every correction and retraction since the first release, newest first.

    A retraction has one entry for its row, not one for each of its fields.
    """
    if "corrections" not in record.cache:  # each language asks
        found: dict[str, Correction] = {}
        for release in record.releases.values():
            for item in _of_release(release):
                found.setdefault(item.id, item)
        record.cache["corrections"] = sorted(
            found.values(),
            key=lambda item: (item.day, item.package, item.table, item.record_id, item.field),
            reverse=True,
        )
    made: list[Correction] = record.cache["corrections"]
    return made


def _of_release(release: Release) -> Iterator[Correction]:
    for entry in release.versions:
        folder = release.path.parent / entry["version"] / "changes"
        for path in sorted(folder.glob("from-*.csv")):
            before = path.stem.removeprefix("from-")
            fields = _fields(release.path.parent / before / "datapackage.json")
            with path.open(encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
            for row in rows:
                if row["op"] not in OPS or row["table"] in DERIVED_TABLES:
                    continue
                if row["op"] == "change" and row["field"] not in fields.get(row["table"], ()):
                    continue  # the field is new: nothing stood there that was wrong
                is_gone = row["op"] == "retract"
                yield Correction(
                    str(entry.get("created") or "")[:10],
                    release.name,
                    entry["version"],
                    row["table"],
                    OPS[row["op"]],
                    row["record"],
                    "" if is_gone else row["field"],
                    "" if is_gone else row["old"],
                    "" if is_gone else row["new"],
                    row["reason"],
                    row["source"],
                )


def _fields(descriptor: Path) -> dict[str, set[str]]:
    """Return the names of the fields of each table, as a version's descriptor has them."""
    try:
        resources = json.loads(descriptor.read_text("utf-8"))["resources"]
    except OSError:
        return {}
    return {
        item["name"]: {field["name"] for field in item["schema"]["fields"]} for item in resources
    }


def make_pages(record: Record, words: Language) -> Iterator[Page]:
    """Return the page of corrections."""
    found = corrections(record)
    rows = [(item, *page_of(item.table, item.record_id, record, words)) for item in found]
    yield Page(
        "corrections.html",
        "corrections.html.j2",
        words("Corrections"),
        words(
            "Every fact of the record that was corrected or retracted, newest first, with the "
            "reason."
        ),
        "corrections",
        {"rows": rows},
        find="errors mistakes retracted corrected changes",
        words=words,
    )


def feed(record: Record, base_url: str) -> bytes:
    """Return the Atom feed of corrections, newest first."""
    found = corrections(record)[:MOST_ENTRIES]
    updated = max(release.descriptor["created"] for release in record.releases.values())
    entries = []
    for item in found:
        path, title = page_of(item.table, item.record_id, record)
        what = f"{item.op}: {title}" + (f", {ENGLISH.of_code(item.field)}" if item.field else "")
        said = f"{item.old or 'empty'} → {item.new or 'empty'}. " if item.field else ""
        entries.append(
            atom_entry(
                what,
                f"urn:xinjiang-record:correction:{item.id}",
                f"{item.day}T00:00:00Z",
                f"{base_url}{path or 'corrections.html'}",
                f"{said}{_sentence(ENGLISH.of_code(item.reason))}{item.package} {item.version}.",
            )
        )
    return atom("Corrections of Xinjiang Record", "corrections", updated, base_url, entries)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}. " if words else ""


def atom_entry(title: str, identity: str, updated: str, link: str, summary: str) -> str:
    """Return one entry of an Atom feed."""
    return (
        f"<entry><title>{escape(title)}</title><id>{escape(identity)}</id>"
        f'<updated>{escape(updated)}</updated><link href="{escape(link)}"/>'
        f"<summary>{escape(summary)}</summary></entry>"
    )


def atom(title: str, name: str, updated: str, base_url: str, entries: list[str]) -> bytes:
    """Return an Atom feed."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{escape(title)}</title>",
        f"<id>urn:xinjiang-record:{name}</id>",
        f"<updated>{escape(updated)}</updated>",
        "<author><name>Xinjiang Record</name></author>",
        f'<link rel="self" href="{escape(base_url)}{name}.xml"/>',
        *entries,
    ]
    return "\n".join([*lines, "</feed>\n"]).encode()


def release_feed(record: Record, base_url: str) -> bytes:
    """Return the Atom feed of releases: an entry for each version of each package, newest first."""
    found = []
    for release in record.releases.values():
        for item in release.versions:
            created = str(item.get("created") or release.descriptor["created"])
            reasons = "; ".join(str(reason) for reason in item.get("reasons") or ())
            identity = f"urn:xinjiang-record:{release.name}:{item['version']}"
            link = f"{base_url}data/{release.name}.html"
            text = reasons or str(release.descriptor["description"])
            title = f"{release.name} {item['version']}"
            if flag := item.get("withdrawn"):  # the entry is as new as the withdrawal
                created = max(created, f"{flag['on']}T00:00:00Z")
                title += " (withdrawn)"
                text = f"Withdrawn on {flag['on']}: {flag['reason']}"
            found.append((created, title, atom_entry(title, identity, created, link, text)))
    found.sort(reverse=True)
    updated = found[0][0] if found else "2019-07-08T00:00:00Z"
    return atom(
        "Releases of Xinjiang Record", "feed", updated, base_url, [item[2] for item in found]
    )


def sitemap(pages: list[Page], base_url: str) -> bytes:
    """Return the map of the site: every page's address."""
    lines = [
        f"<url><loc>{escape(base_url)}{escape(page.file)}</loc></url>"
        for page in pages
        if page.path != "404.html"
    ]
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    )
    return "\n".join([head, *lines, "</urlset>\n"]).encode()
