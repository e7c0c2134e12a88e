"""Build the site: a pure function of the latest releases, this code and its options. Same releases, same bytes.

``.build.json`` in the site's folder holds the key of what it was built from and of every drawing; a build with the same key that
finds every file as it left it does nothing, and a drawing whose key is the same is kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from xinjiang_record import extras, files
from xinjiang_record.errors import UsageError
from xinjiang_record.site.graphics import chart, social_card, svg_to_png, world_map
from xinjiang_record.site.pages import data, documents, figures, front, search_and_about, statements
from xinjiang_record.site.pages.base import Page
from xinjiang_record.site.release_data import Record, load, release_key

HERE = Path(__file__).parent
NOTE = ".build.json"
PNG_SCALE = 1.0  # PNG pixels per SVG pixel of the maps and charts that the site offers
WORKERS = 2  # threads that draw; the drawing itself is outside Python
SNIPPET = "window.xrEmbed = vegaEmbed;"
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Result:
    """What a build did. ``status`` is ``built`` or ``unchanged``."""

    status: str
    pages: int
    files: int
    written: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A file that is costly to make: the key of all that it depends on, and how."""

    key: str
    make: Callable[[], bytes]


def build(
    published: Path,
    target: Path,
    *,
    base_url: str = "",
    force: bool = False,
    tell: Tell = lambda line: None,
) -> Result:
    """Build the site of the releases under ``published`` in ``target``, which holds nothing else.

    Raises UsageError where there is no release, the base address is none, or ``target`` is a folder that is not a site.
    """
    extras.require("site")
    if base_url and not (base_url.startswith(("https://", "http://")) and base_url.endswith("/")):
        raise UsageError(
            f"{base_url!r} is no base address. Give one such as https://example.org/record/, with the last slash."
        )
    if target.is_dir() and any(target.iterdir()) and not (target / NOTE).is_file():
        raise UsageError(
            f"{target} holds other things than a site. Name an empty folder, or one that xrecord site build made."
        )
    key = _key(published, base_url)
    note = _note(target)
    if not force and note.get("key") == key and _state(target) == note.get("state"):
        return Result("unchanged", note["pages"], note["files"], 0)
    tell("reading the releases, drawing the charts")
    record = load(published)
    if "joint-statements" not in record.releases:
        raise UsageError(
            f"{published} has no release of joint-statements, which the site is built around. Make it: xrecord run."
        )
    drawn = figures.draw_all(record)
    pages = list(all_pages(record, drawn))
    tell(f"writing {len(pages)} pages")
    wanted = _texts(record, pages, drawn, base_url)
    drawings = _drawings(record, pages, drawn)
    old = {} if force else note.get("drawings", {})
    kept = {
        name
        for name, item in drawings.items()
        if old.get(name) == item.key and (target / name).is_file()
    }
    tell(f"drawing {len(drawings) - len(kept)} pictures, {len(kept)} as before")
    with ThreadPoolExecutor(WORKERS) as pool:
        fresh = [name for name in drawings if name not in kept]
        wanted |= dict(zip(fresh, pool.map(lambda name: drawings[name].make(), fresh), strict=True))
    written = files.mirror(target, wanted, {*kept, NOTE})
    count = len(wanted) + len(kept)
    fields = {
        "key": key,
        "state": _state(target),
        "pages": len(pages),
        "files": count,
        "drawings": {name: item.key for name, item in drawings.items()},
    }
    files.write_text(target / NOTE, json.dumps(fields, sort_keys=True, indent=0) + "\n")
    return Result("built", len(pages), count, written)


def all_pages(record: Record, drawn: list[figures.Drawn]) -> Iterator[Page]:
    """Every page of the site, in the order of the site's map."""
    yield front.page(record)
    yield from statements.pages(record)
    yield from statements.country_pages(record)
    yield from figures.pages(record, drawn)
    yield from documents.pages(record)
    yield from documents.response_pages(record)
    yield from data.pages(record)
    yield from search_and_about.source_pages(record)
    yield from search_and_about.other_pages()


def _texts(
    record: Record, pages: list[Page], drawn: list[figures.Drawn], base_url: str
) -> dict[str, bytes]:
    from xinjiang_record.site.templating import renderer

    have = {page.path for page in pages}
    render = renderer(record, base_url)
    wanted = {page.path: render(page) for page in pages}
    if len(have) != len(pages):
        raise UsageError(
            "Two records have the same page: their identifiers differ only in signs that a file name cannot hold."
        )
    wanted |= {
        f"assets/{path.name}": path.read_bytes() for path in sorted((HERE / "assets").iterdir())
    }
    for release in record.releases.values():
        wanted |= {name: path.read_bytes() for name, path in data.carried(release).items()}
        wanted |= data.citation_files(release)
    wanted |= {f"charts/{item.id}.csv": item.csv for item in drawn}
    wanted["search-index.js"] = search_and_about.search_index(pages)
    wanted["feed.xml"] = search_and_about.feed(record, base_url)
    wanted["sitemap.xml"] = search_and_about.sitemap(pages, base_url)
    return wanted


def _drawings(record: Record, pages: list[Page], drawn: list[figures.Drawn]) -> dict[str, Drawing]:
    made: dict[str, Drawing] = {}
    for page in pages:
        if page.kind == "Source":
            continue
        made[page.card] = _picture(social_card.draw(page), 1.0)
    last = front.last_moment(record)
    maps = {f"as-of-{last}": world_map.as_of_figure(record, last)}
    maps |= {name: world_map.statements_figure(record, [name]) for name in record.statements}
    for name, figure in maps.items():
        _both(made, f"maps/{name}", world_map.draw(figure))
    for item in drawn:
        _both(
            made,
            f"charts/{item.id}",
            chart.svg(chart.framed(record, item.spec, item.quantity_type, item.unit)),
        )
    made["assets/vega.js"] = Drawing(f"vega {version('vl-convert-python')} {SNIPPET}", _bundle)
    return made


def _both(made: dict[str, Drawing], stem: str, svg: str) -> None:
    made[f"{stem}.svg"] = Drawing(_digest(svg), lambda: svg.encode())
    made[f"{stem}.png"] = _picture(svg, PNG_SCALE)


def _picture(svg: str, scale: float) -> Drawing:
    return Drawing(
        f"{version('vl-convert-python')} {scale} {_digest(svg)}",
        lambda: svg_to_png.render(svg, scale),
    )


def _bundle() -> bytes:
    import vl_convert

    script: str = vl_convert.javascript_bundle(SNIPPET)
    return script.encode()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _key(published: Path, base_url: str) -> str:
    """Of everything a build depends on: the releases, the code, the libraries that draw, the options."""
    digest = hashlib.sha256(f"{release_key(published)}\n{base_url}\n".encode())
    for name in ("jinja2", "vl-convert-python"):
        digest.update(f"{name} {version(name)}\n".encode())
    for path in sorted(
        path for path in HERE.rglob("*") if path.is_file() and path.suffix != ".pyc"
    ):
        digest.update(str(path.relative_to(HERE)).encode() + path.read_bytes())
    return digest.hexdigest()


def _note(target: Path) -> Mapping[str, Any]:
    try:
        value: Mapping[str, Any] = json.loads((target / NOTE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return value


def _state(target: Path) -> str:
    """A digest of every file of the site but the note: says whether somebody touched one."""
    digest = hashlib.sha256()
    for path in sorted(path for path in target.rglob("*") if path.is_file() and path.name != NOTE):
        digest.update(
            str(path.relative_to(target)).encode()
            + b"\0"
            + hashlib.sha256(path.read_bytes()).digest()
        )
    return digest.hexdigest()
