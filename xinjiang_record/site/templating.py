"""Turn pages into HTML by Jinja: values are escaped, and an unknown name fails."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import CodeType
from typing import Any
from urllib.parse import urlsplit

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from xinjiang_record.data_packages.source_kinds import un_document_page
from xinjiang_record.site.graphics import country_shapes
from xinjiang_record.site.graphics.drawing import PATTERNS
from xinjiang_record.site.pages.data import download_links
from xinjiang_record.site.pages.page import NAVIGATION, Page
from xinjiang_record.site.release_data import Record
from xinjiang_record.site.serve import POLICY
from xinjiang_record.site.template_filters import archive_lookup, host_of
from xinjiang_record.site.translate import Language

TEMPLATES = Path(__file__).parent / "templates"


class _CompiledTemplates(BytecodeCache):
    """Keep the compiled templates for the next build of this process: compiling takes 1 s."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket of a template, if its source was compiled before."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template under its name and the hash of its source."""
        self._kept[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _CompiledTemplates()


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
        bytecode_cache=_COMPILED,
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
        schema_fields=lambda package, resource: (
            record.releases[package].schema(resource).get("fields", ())
        ),
        un_document=un_document_page,
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
        is_own = words.code != "en" and path.partition("#")[0].endswith(".html")
        return f"{root}{words.code}/{path}" if is_own else f"{root}{path}"

    releases = ", ".join(f"{item.name} {item.version}" for item in record.releases.values())
    fields = _field_titles(record)
    titles = {
        row["measure"]: row.get("title") for row in record.rows("detention-figures", "measures")
    }
    return {
        "page": page,
        "root": root,
        "link": link,
        "t": words,
        "edtf_words": words.edtf,
        "day_words": words.day,
        "number_words": words.number,
        "country_name": lambda code: record.country_name(code, words.code),
        "script_words": json.dumps(
            {
                "link": words("Copy link"),
                "cite": words("Cite"),
                "embed": words("Embed"),
                "copy": words("Copy"),
                "releases": releases,
            },
            ensure_ascii=False,
        ),
        "is_translated": page.path != "404.html",
        "code_words": words.of_code,
        "language_name": words.language_name,
        "fact": _fact(words),
        "measure_title": lambda code: words.of_data(titles.get(code) or code),
        "area_title": lambda code: _area_title(record, words, code),
        "field_title": lambda table, name: words.of_data(fields.get((table, name), name)),
    }


def _fact(words: Language) -> Callable[[str | None], str]:
    """Return the function that shows a text as the record has it: English, in any language."""
    if words.code == "en":
        return lambda text: text or ""
    return lambda text: Markup('<bdi lang="en">{}</bdi>').format(text) if text else ""


def _area_title(record: Record, words: Language, code: str) -> str:
    """Return the title of an area: in Chinese its official name, which the data has."""
    for row in record.rows("detention-figures", "area_names") if words.code == "zh" else ():
        if (row["area_id"], row["language"]) == (code, "zh-Hans"):
            return str(row["name"])
    row = record.index("detention-figures", "areas", "area_id").get(code, {})
    return words.of_data(str(row.get("title") or code))


def _field_titles(record: Record) -> Mapping[tuple[str, str], str]:
    """Return the title of each field by its table and name."""
    if "field_titles" not in record.cache:
        record.cache["field_titles"] = {
            (item["name"], field["name"]): field["title"]
            for release in record.releases.values()
            for item in release.descriptor["resources"]
            for field in item["schema"]["fields"]
        }
    titles: Mapping[tuple[str, str], str] = record.cache["field_titles"]
    return titles
