"""Define what a page is, and what every page module shares: look-ups, safe names, data blocks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from xinjiang_record.site.release_data import Record
from xinjiang_record.site.translate import ENGLISH, Language

NAVIGATION = (
    ("Map", "index.html", "map"),
    ("Statements", "statements/index.html", "statements"),
    ("Countries", "countries/index.html", "countries"),
    ("Matrix", "matrix.html", "matrix"),
    ("Compare", "compare.html", "compare"),
    ("Figures", "figures/index.html", "figures"),
    ("Documents", "documents/index.html", "documents"),
    ("Timeline", "responses/index.html", "responses"),
    ("Corrections", "corrections.html", "corrections"),
    ("Data", "data/index.html", "data"),
)
OWN_CARD = {"Country", "Statement", "Chart", "Data package"}


@dataclass(frozen=True, slots=True)
class Page:
    """Hold one page: its path below the site's root, its title, and what its template is given.

    ``find`` is the text that search looks in as well as the title; None keeps the page out of
    search. ``kind`` is its word there.
    """

    path: str
    template: str
    title: str
    description: str
    section: str
    context: Mapping[str, Any] = field(default_factory=dict)
    crumbs: tuple[tuple[str, str], ...] = ()
    kind: str = "Page"
    find: str | None = ""
    words: Language = ENGLISH

    @property
    def file(self) -> str:
        """Return the page's file below the site's root: in the folder of its language."""
        return self.path if self.words.code == "en" else f"{self.words.code}/{self.path}"

    @property
    def root(self) -> str:
        """Return the relative way from this page to the site's root."""
        return "../" * self.file.count("/")

    @property
    def card(self) -> str:
        """Return the path of the social card; single figures, documents and sources share one."""
        name = self.path.removesuffix(".html").replace("/", "-")
        if "/" in self.path and not name.endswith("-index") and self.kind not in OWN_CARD:
            name = f"{self.path.split('/', 1)[0]}-index"
        return f"cards/{name}.png"

    @property
    def has_own_card(self) -> bool:
        """Return whether the social card is drawn for this page."""
        is_list = "/" not in self.path or self.path.endswith("/index.html")
        return self.words.code == "en" and (is_list or self.kind in OWN_CARD)


def slug(identifier: str) -> str:
    """Return an identifier as a file name: never hidden, never a way out of the folder."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", identifier).lstrip(".") or "record"


def script_json(value: Any) -> Markup:
    """Return JSON for a data block inside a page, without a character that could end the block."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for char, safe in (
        ("&", "\\u0026"),
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(char, safe)
    return Markup(text)


def cited_sources(
    record: Record, resource: str, record_id: str, row: Mapping[str, Any]
) -> list[str]:
    """Return the sources of one row, the one that it names first, each once."""
    found = [
        row.get("source_id"),
        *(item["source_id"] for item in record.evidence.get((resource, record_id), [])),
    ]
    return list(dict.fromkeys(name for name in found if name))


def join_parts(parts: Iterable[Any]) -> str:
    """Return the parts that are not empty, joined for a description."""
    return ", ".join(str(part) for part in parts if part)


STATEMENT_TABLES = {
    *("signature_events", "signatories", "count_claims", "statement_leads", "statement_topics"),
    *("positions", "coverage"),
}
EVENT_TABLES = {
    *("events", "motions", "determinations", "sanctions", "sanction_targets"),
    *("trade_restrictions", "court_cases", "diplomatic_acts"),
}
BLOC_TABLES = {"blocs", "bloc_members", "bloc_positions"}


def _table_title(record: Record, resource: str, words: Language) -> str:
    for release in record.releases.values():
        for item in release.descriptor["resources"]:
            if item["name"] == resource:
                return words.of_data(str(item["title"]))
    return resource


def page_of(
    resource: str, record_id: str, record: Record, words: Language = ENGLISH
) -> tuple[str, str]:
    """Return the page that shows a row, and words for it: ("", words) where none does."""
    first = record_id.split(".", 1)[0]
    if resource == "statements" or resource in STATEMENT_TABLES:
        name = record_id if resource == "statements" else first
        if name in record.statements:
            return f"statements/{slug(name)}.html", str(record.statements[name]["title"])
    elif resource in BLOC_TABLES:
        return "statements/index.html#blocs", words("Positions of blocs")
    elif resource.startswith("figure"):
        return f"figures/{slug(first)}.html", words("Figure {name}", name=first)
    elif resource in EVENT_TABLES:
        events = record.index("responses", "events", "event_id")
        if first in events:
            return f"responses/{slug(first)}.html", str(events[first]["title"])
    elif resource in {"terms", "term_names"}:
        return "documents/terms.html", words("The names of things")
    elif resource == "directives" or resource.startswith("document"):
        documents = record.index("documents", "documents", "document_id")
        if first in documents:
            return f"documents/{slug(first)}.html", str(documents[first]["title"])
    return "", f"{_table_title(record, resource, words)}: {record_id}"
