"""Pages to HTML by Jinja: every value is escaped, and a template that names what is not there fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from xinjiang_record.site.graphics import country_shapes, world_map
from xinjiang_record.site.graphics.chart import unit_words
from xinjiang_record.site.pages.base import NAVIGATION, Page, host
from xinjiang_record.site.pages.data import downloads
from xinjiang_record.site.release_data import Record
from xinjiang_record.site.serve import POLICY
from xinjiang_record.site.template_filters import edtf_words, number_words

TEMPLATES = Path(__file__).parent / "templates"


def renderer(record: Record, base_url: str) -> Callable[[Page], bytes]:
    """What turns one page into its bytes."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    world = country_shapes.load()
    environment.globals.update(
        policy=POLICY,
        base_url=base_url,
        navigation=NAVIGATION,
        releases=list(record.releases.values()),
        downloads={name: downloads(release) for name, release in record.releases.items()},
        statements=record.statements,
        sources=record.sources,
        evidence_of=record.evidence,
        country_pages=frozenset(record.by_country),
        country_name=record.country_name,
        schema_fields=lambda package, resource: (
            record.releases[package].schema(resource).get("fields", ())
        ),
        field_words=lambda name: str(name).replace("_", " "),
        unit_words=unit_words,
        edtf_words=edtf_words,
        number_words=number_words,
        host=host,
        world={"width": world["width"], "height": world["height"]},
        patterns=Markup(world_map.PATTERNS),
    )
    templates: dict[str, Any] = {}

    def render(page: Page) -> bytes:
        template = templates.setdefault(page.template, environment.get_template(page.template))
        context: Mapping[str, Any] = {**page.context, "page": page, "root": page.root}
        text: str = template.render(context)
        return text.encode()

    return render
