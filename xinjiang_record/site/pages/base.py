"""What a page is, and what every page module shares: the record, look-ups for templates, safe names of files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from xinjiang_record.site.release_data import Record, RowDict

NAVIGATION = (
    ("Map", "index.html", "map"),
    ("Statements", "statements/index.html", "statements"),
    ("Countries", "countries/index.html", "countries"),
    ("Matrix", "matrix.html", "matrix"),
    ("Figures", "figures/index.html", "figures"),
    ("Documents", "documents/index.html", "documents"),
    ("Timeline", "responses/index.html", "responses"),
    ("Data", "data/index.html", "data"),
    ("Search", "search.html", "search"),
)


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its path below the site's root, what it is called, and what its template is given.

    ``find`` is the text that search looks in beside the title; None keeps the page out of search. ``kind`` is its word there.
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

    @property
    def root(self) -> str:
        """The way from this page to the site's root: relative, so that the site stands anywhere."""
        return "../" * self.path.count("/")

    @property
    def card(self) -> str:
        """The social card's path; the pages of sources share one, for what they say is the address."""
        if self.kind == "Source":
            return "cards/sources-index.png"
        return f"cards/{self.path.removesuffix('.html').replace('/', '-')}.png"


def slug(identifier: str) -> str:
    """An identifier as a file name: letters, digits, dot, underscore and hyphen; never hidden, never a way out."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", identifier).lstrip(".") or "record"


def host(url: str) -> str:
    """The site that an address is at, for showing."""
    try:
        return (urlsplit(url).hostname or url).removeprefix("www.")
    except ValueError:
        return url


def script_json(value: Any) -> Markup:
    """JSON for a data block inside a page: no character that could end the block or be taken for markup."""
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


def cited(record: Record, resource: str, record_id: str, row: Mapping[str, Any]) -> list[str]:
    """The sources of one record, the one in its row first, each once."""
    found = [
        row.get("source_id"),
        *(item["source_id"] for item in record.evidence.get((resource, record_id), [])),
    ]
    return list(dict.fromkeys(name for name in found if name))


def sentence(parts: Iterable[Any]) -> str:
    """The parts that say something, joined for a description."""
    return ", ".join(str(part) for part in parts if part)


def page_of(resource: str, record_id: str, record: Record) -> tuple[str, str]:
    """The page that shows a record, and words for it: ("", words) where no page of its own does."""
    name = slug(record_id)
    if resource == "statements":
        return f"statements/{name}.html", record.statements.get(record_id, {}).get(
            "title", record_id
        )
    if resource in {
        "signature_events",
        "signatories",
        "count_claims",
        "statement_leads",
        "statement_topics",
    }:
        statement = record_id.split(".", 1)[0]
        title = record.statements.get(statement, {}).get("title", record_id)
        return (
            (f"statements/{slug(statement)}.html", title)
            if statement in record.statements
            else ("", record_id)
        )
    if resource.startswith("figure"):
        identifier = re.split(r"[.]", record_id)[0]
        return f"figures/{slug(identifier)}.html", f"Figure {identifier}"
    if resource in {"events", "motions", "determinations", "sanctions", "sanction_targets"}:
        identifier = record_id.split(".", 1)[0]
        rows: dict[str, RowDict] = record.index("responses", "events", "event_id")
        return (
            (f"responses/{slug(identifier)}.html", rows[identifier]["title"])
            if identifier in rows
            else ("", record_id)
        )
    if resource in {"terms", "term_names"}:
        return "documents/terms.html", "The names of things"
    if resource == "directives" or resource.startswith("document"):
        identifier = record_id.split(".", 1)[0]
        documents = record.index("documents", "documents", "document_id")
        return (
            (f"documents/{slug(identifier)}.html", documents[identifier]["title"])
            if identifier in documents
            else ("", record_id)
        )
    return "", f"{resource.replace('_', ' ')}: {record_id}"
