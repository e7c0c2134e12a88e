"""Build the site from the latest releases, this code and its options: same inputs, same bytes.

``.build.json`` in the site's folder holds the key of what it was built from, and of each drawing.
A build with the same key that finds every file unchanged does nothing. A drawing with the same key
is kept.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from xinjiang_record import extras, files
from xinjiang_record.errors import UsageError
from xinjiang_record.settings import Addresses
from xinjiang_record.site import map_views, palette, picture_tables
from xinjiang_record.site.graphics import (
    changes_strip,
    chart,
    country_shapes,
    drawing,
    figure_panels,
    sides_chart,
    social_card,
    stay_flow,
    svg_to_png,
    world_map,
)
from xinjiang_record.site.pages import (
    about,
    compare,
    corrections,
    countries,
    data,
    documents,
    figures,
    index,
    matrix,
    not_found,
    responses,
    search,
    sources,
    statements,
)
from xinjiang_record.site.pages.page import Page, script_json
from xinjiang_record.site.positions import event_days, last_moment, latest_pair
from xinjiang_record.site.release_data import Record, load, release_key
from xinjiang_record.site.templating import make_renderer
from xinjiang_record.site.translate import ENGLISH, Language, available, load_language

HERE = Path(__file__).parent
NOTE = ".build.json"
PNG_SCALE = 1.25  # PNG pixels per SVG pixel of the maps and charts that the site offers
WORKERS = 2  # threads that draw; the drawing itself is outside Python
MAP_WIDTH = 992  # pixels of a map as a file: 960 and its margins
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BuildResult:
    """Say what a build did. ``status`` is ``built`` or ``unchanged``."""

    status: str
    pages: int
    files: int
    written: int


@dataclass(frozen=True, slots=True)
class CostlyFile:
    """Hold a file that takes time to make: the key of its inputs, and how to make it."""

    key: str
    make: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Extra:
    """Hold how to make more files for the site, and the key of what they are made from and by."""

    key: str
    make: Callable[[Record], dict[str, bytes]]


def build(
    published: Path,
    target: Path,
    *,
    base_url: str = "",
    data_base: str = "",
    datasette_url: str = "",
    languages: Sequence[str] | None = None,
    force: bool = False,
    report: Report = lambda line: None,
    extra: Extra | None = None,
) -> BuildResult:
    """Build the site of the releases under ``published`` in ``target``, which holds nothing else.

    Args:
        published: The folder of releases.
        target: The folder of the site.
        base_url: The site's own address, with the last slash, for what needs whole addresses.
        data_base: The address of the releases, with the last slash: ``base_url`` if not given.
        datasette_url: The address of a Datasette of the record, to link to.
        languages: The codes of the languages; all that have a file where not given.
        force: Draw everything again.
        report: Called with each line about the progress.
        extra: More files that the site carries.

    Raises:
        UsageError: There is no release, an option is invalid, or ``target`` is not a site.
        NotWritableError: ``target`` cannot be written.
    """
    extras.require("site")
    codes = check_options(target, base_url, languages)
    addresses = Addresses(base_url, data_base or base_url, datasette_url)
    key = _build_key(published, addresses, codes, extra.key if extra else "")
    note = _read_note(target)
    if not force and note.get("key") == key and _state(target) == note.get("state"):
        return BuildResult("unchanged", note["pages"], note["files"], 0)
    files.check_writable(target)  # before all is drawn
    report("reading the releases")
    record = _load_record(published)
    spoken = [load_language(code) for code in codes]
    pages = list(all_pages(record, spoken, addresses, extra is not None))
    drawings = _drawings(record, pages)
    kept = set() if force else _drawn_before(target, drawings, note)
    fresh = [name for name in drawings if name not in kept]
    report(f"writing {len(pages)} pages, drawing {len(fresh)} pictures, {len(kept)} as before")
    with ThreadPoolExecutor(WORKERS) as pool:  # drawing is outside Python: pages are made meanwhile
        drawn = pool.map(lambda name: drawings[name].make(), fresh)
        wanted = _text_files(record, pages, spoken, addresses)
        wanted |= _carried(record, published)
        if extra:
            wanted |= extra.make(record)
        wanted |= dict(zip(fresh, drawn, strict=True))
    written = files.mirror(target, wanted, {*kept, NOTE})
    result = BuildResult("built", len(pages), len(wanted) + len(kept), written)
    _write_note(target, key, result, drawings)
    return result


def _drawn_before(
    target: Path, drawings: Mapping[str, CostlyFile], note: Mapping[str, Any]
) -> set[str]:
    """Return the names of the drawings that are in the folder as they would be drawn now."""
    old = note.get("drawings", {})
    return {
        name
        for name, item in drawings.items()
        if old.get(name) == item.key and (target / name).is_file()
    }


def _load_record(published: Path) -> Record:
    record = load(published)
    if "joint-statements" not in record.releases:
        raise UsageError(
            f"{published} has no release of joint-statements, which the site needs. "
            "Make it: xrecord run."
        )
    return record


def _write_note(
    target: Path, key: str, result: BuildResult, drawings: Mapping[str, CostlyFile]
) -> None:
    """Write what the next build compares: the keys of the site and of its pictures."""
    fields = {
        "key": key,
        "state": _state(target),
        "pages": result.pages,
        "files": result.files,
        "drawings": {name: item.key for name, item in drawings.items()},
    }
    files.write_text(target / NOTE, json.dumps(fields, sort_keys=True, indent=0) + "\n")


def check_options(target: Path, base_url: str, languages: Sequence[str] | None) -> list[str]:
    """Return the codes of the languages, English first.

    Raises:
        UsageError: An option is invalid, or ``target`` holds other things than a site.
    """
    if base_url and not (base_url.startswith(("https://", "http://")) and base_url.endswith("/")):
        raise UsageError(
            f"Invalid base address {base_url!r}: expected one such as https://example.org/record/, "
            "with the last slash. Correct --base-url, or homepage in xrecord.toml."
        )
    if target.is_dir() and any(target.iterdir()) and not (target / NOTE).is_file():
        raise UsageError(
            f"{target} holds other things than a site. "
            "Name an empty folder, or one that xrecord site build made."
        )
    known = available()
    unknown = sorted(set(languages or ()) - set(known))
    if unknown:
        raise UsageError(f"Unknown language {unknown[0]!r}. There are: {', '.join(known)}.")
    return ["en", *(code for code in known if code != "en" and code in (languages or known))]


def all_pages(
    record: Record,
    languages: Sequence[Language] = (ENGLISH,),
    addresses: Addresses = data.NOWHERE,
    has_layout: bool = False,
) -> Iterator[Page]:
    """Return every page of the site, in the order of the site's map."""
    for words in languages:
        yield index.make_page(record, words)
        yield from statements.make_pages(record, words)
        yield from countries.make_pages(record, words)
        yield from matrix.make_pages(record, words)
        yield from compare.make_pages(record, words)
        yield from figures.make_pages(record, words)
        yield from about.make_pages(words)
        yield from documents.make_pages(record, words)
        yield from responses.make_pages(record, words)
        yield from corrections.make_pages(record, words)
        yield from data.make_pages(record, words, addresses, has_layout)
        yield from sources.make_pages(record, words)
        yield search.make_page(words)
    yield from not_found.make_pages()


def _text_files(
    record: Record, pages: list[Page], languages: list[Language], addresses: Addresses
) -> dict[str, bytes]:
    base_url = addresses.homepage
    render = make_renderer(record, base_url, languages)
    wanted = {page.file: render(page) for page in pages}
    if len(wanted) != len(pages):
        raise UsageError(
            "Two rows have the same page: their identifiers differ only in characters that a file "
            "name cannot hold. Rename one of them in raw/."
        )
    for path in sorted((HERE / "assets").iterdir()):
        text = path.read_bytes()
        is_style = path.suffix == ".css"
        wanted[f"assets/{path.name}"] = (
            palette.css_variables().encode() + text if is_style else text
        )
    wanted["assets/icon.svg"] = palette.icon()
    wanted[country_shapes.BASE] = country_shapes.base_map()
    shapes = script_json(country_shapes.base_paths())
    wanted[country_shapes.BASE_SCRIPT] = f"window.xrWorld={shapes};\n".encode()
    for words in languages:
        folder = "" if words.code == "en" else f"{words.code}/"
        wanted[f"{folder}map-views.js"] = map_views.views_script(record, words)
        wanted[f"{folder}search-index.js"] = search.search_index(record, pages, words)
    for release in record.releases.values():
        wanted |= data.citation_files(release, addresses)
    wanted |= countries.country_files(record)
    wanted |= {
        f"charts/{panel.id}.csv": figure_panels.as_csv(panel.figures) for panel in _charts(record)
    }
    wanted |= picture_tables.tables(record, _views(record))
    wanted["feed.xml"] = corrections.release_feed(record, base_url)
    wanted["corrections.xml"] = corrections.feed(record, base_url)
    wanted["sitemap.xml"] = corrections.sitemap(pages, base_url)
    wanted["robots.txt"] = f"User-agent: *\nAllow: /\nSitemap: {base_url}sitemap.xml\n".encode()
    return wanted


def _carried(record: Record, published: Path) -> dict[str, bytes]:
    """Return the data that the site carries, in the layout of a folder of releases."""
    found: dict[str, bytes] = {}
    for release in record.releases.values():
        found |= {name: path.read_bytes() for name, path in data.carried_files(release).items()}
    catalog = published / "catalog.json"
    return found | ({"catalog.json": catalog.read_bytes()} if catalog.is_file() else {})


def _charts(record: Record) -> list[figure_panels.Panel]:
    return [panel for panel in figure_panels.panels(record) if figures.has_chart(panel)]


def _drawings(record: Record, pages: list[Page]) -> dict[str, CostlyFile]:
    made: dict[str, CostlyFile] = {}
    for page in pages:
        if page.has_own_card:
            made[page.card] = _picture(social_card.draw_card(page), 1.0)
    for name, view in _views(record).items():
        _add_both(made, f"maps/{name}", map_file(record, view))
    for name, drawn in _plots(record).items():
        _add_both(made, name, drawing.as_file(drawn, source_line(record)))
    return made


def _views(record: Record) -> dict[str, world_map.MapView]:
    """Return the maps that the site has as files, by name."""
    last = last_moment(record)
    views = {f"as-of-{last}": world_map.day_view(record, ENGLISH, last)}
    views["latest-pair"] = world_map.roster_view(record, ENGLISH, latest_pair(record))
    return views | {
        name: world_map.roster_view(record, ENGLISH, [name]) for name in record.statements
    }


def _plots(record: Record) -> dict[str, drawing.Drawing]:
    """Return the charts by the name of their file."""
    found = {
        f"charts/{panel.id}": chart.draw(record, panel, ENGLISH, width=chart.WIDE)
        for panel in _charts(record)
    }
    rows = figure_panels.headline_figures(record)
    if rows:
        panel = figure_panels.Panel(
            "stock", "persons_detained", "persons", "autonomous_region", rows
        )
        found["charts/estimates"] = chart.draw(record, panel, ENGLISH, width=chart.WIDE)
    found["charts/sides-over-time"] = sides_chart.draw(record, ENGLISH, event_days(record))
    stayed = stay_flow.draw(record, ENGLISH, last_moment(record))
    if stayed:
        found["charts/who-stayed"] = stayed
    changed = changes_strip.changed_countries(record)
    if changed:
        found["charts/who-left-and-crossed"] = changes_strip.draw(record, ENGLISH, changed)
    return found


def map_file(record: Record, view: world_map.MapView) -> str:
    """Return a map as an SVG file of its own."""
    return drawing.as_file(world_map.as_drawing(view), source_line(record), MAP_WIDTH)


def source_line(record: Record) -> str:
    """Return the line under a drawing that says where it comes from."""
    names = ", ".join(f"{item.name} {item.version}" for item in record.releases.values())
    return f"Source: Xinjiang Record ({names}), CC BY 4.0."


def _add_both(made: dict[str, CostlyFile], stem: str, svg: str) -> None:
    made[f"{stem}.svg"] = CostlyFile(_digest(svg), lambda: svg.encode())
    made[f"{stem}.png"] = _picture(svg, PNG_SCALE)


def _picture(svg: str, scale: float) -> CostlyFile:
    key = f"{_converter_version()} {scale} {_digest(svg)}"
    return CostlyFile(key, lambda: svg_to_png.to_png(svg, scale))


@functools.cache
def _converter_version() -> str:
    """Return the version of what makes pictures; to look it up reads a file each time."""
    return version("vl-convert-python")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _build_key(
    published: Path, addresses: Addresses, languages: Sequence[str], extra_key: str
) -> str:
    """Return a hash of everything that a build depends on."""
    options = f"{release_key(published)}\n{addresses}\n{' '.join(languages)}\n{extra_key}\n"
    digest = hashlib.sha256(options.encode())
    for name in ("jinja2", "vl-convert-python"):
        digest.update(f"{name} {version(name)}\n".encode())
    for path in sorted(
        path for path in HERE.rglob("*") if path.is_file() and path.suffix != ".pyc"
    ):
        digest.update(str(path.relative_to(HERE)).encode() + path.read_bytes())
    return digest.hexdigest()


def _read_note(target: Path) -> Mapping[str, Any]:
    try:
        value: Mapping[str, Any] = json.loads((target / NOTE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return value


def _state(target: Path) -> str:
    """Return a digest of every file of the site but the note: it changes if one was touched."""
    digest = hashlib.sha256()
    for folder, folders, names in os.walk(target):
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name)
            if path == target / NOTE:
                continue
            digest.update(str(path.relative_to(target)).encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
