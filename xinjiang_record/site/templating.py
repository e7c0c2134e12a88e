"""Turn pages into HTML by Jinja: values are escaped, and an unknown name fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from xinjiang_record.site.graphics import country_shapes
from xinjiang_record.site.graphics.drawing import PATTERNS
from xinjiang_record.site.graphics.world_map import SIDE_WORDS
from xinjiang_record.site.pages.data import download_links
from xinjiang_record.site.pages.page import NAVIGATION, TRANSLATED, Page
from xinjiang_record.site.release_data import Record
from xinjiang_record.site.serve import POLICY
from xinjiang_record.site.template_filters import archive_lookup, code_words, host_of, un_document
from xinjiang_record.site.translate import Language

TEMPLATES = Path(__file__).parent / "templates"


def make_renderer(
    record: Record, base_url: str, languages: list[Language]
) -> Callable[[Page], bytes]:
    """Return the function that turns one page into its bytes."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    world = country_shapes.load()
    environment.globals.update(
        policy=POLICY,
        base_url=base_url,
        navigation=NAVIGATION,
        languages=languages,
        releases=list(record.releases.values()),
        downloads={name: download_links(release) for name, release in record.releases.items()},
        statements=record.statements,
        sources=record.sources,
        evidence_of=record.evidence,
        country_pages=frozenset({*record.by_country, *record.country_events}),
        side_words=SIDE_WORDS,
        schema_fields=lambda package, resource: (
            record.releases[package].schema(resource).get("fields", ())
        ),
        code_words=code_words,
        un_document=un_document,
        archive_lookup=archive_lookup,
        host=host_of,
        world={"width": world["width"], "height": world["height"]},
        patterns=Markup(PATTERNS),
    )

    def render(page: Page) -> bytes:
        template = environment.get_template(page.template)
        text: str = template.render({**page.context, **_own_names(record, page, base_url)})
        return text.encode()

    return render


def _own_names(record: Record, page: Page, base_url: str) -> Mapping[str, Any]:
    """Return the names of a template that depend on the page and its language."""
    words = page.words
    # A host shows 404.html at any address, so its links begin at the top of the host.
    root = (urlsplit(base_url).path or "/") if page.path == "404.html" else page.root

    def link(path: str) -> str:
        is_own = words.code != "en" and TRANSLATED.fullmatch(path.partition("#")[0])
        return f"{root}{words.code}/{path}" if is_own else f"{root}{path}"

    return {
        "page": page,
        "root": root,
        "link": link,
        "t": words,
        "edtf_words": words.edtf,
        "day_words": words.day,
        "number_words": words.number,
        "country_name": lambda code: record.country_name(code, words.code),
        "is_translated": bool(TRANSLATED.fullmatch(page.path)),
    }
