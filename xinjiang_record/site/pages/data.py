"""Make the data pages: dictionary, versions, checksums, citations, code, a preview of each table.

The site is a folder of releases too, so that its address is a base for the client and for
``xrecord get``; the pages about the data are in ``data/``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xinjiang_record.release.distribution import release_locations
from xinjiang_record.release.distribution.cited_address import describe_served
from xinjiang_record.release.distribution.locations import open_location
from xinjiang_record.release.download_formats import FORMATS
from xinjiang_record.release.integrity.checksums import read_sums
from xinjiang_record.release.metadata import citation, jsonld
from xinjiang_record.release.metadata.release_info import ReleaseInfo
from xinjiang_record.release.tables import file_layout
from xinjiang_record.settings import Addresses
from xinjiang_record.site.pages.page import Page, script_json
from xinjiang_record.site.release_data import Record, Release
from xinjiang_record.site.translate import Language

NOWHERE = Addresses()
NOT_FACTS = {"recorded_on"}  # days on which the record itself wrote something down
PREVIEW_ROWS = 5
TITLES = {f".{item.SUFFIX}": item.TITLE for item in FORMATS}
STYLES = {"APA": ("text", "txt"), "BibTeX": ("bibtex", "bib"), "RIS": ("ris", "ris")}


def carried_files(release: Release) -> dict[str, Path]:
    """Return the files of every version of a package by their path in the site: real copies.

    The tables and downloads of the latest version are there under ``latest`` too, as stable
    addresses: ``<package>/latest/<table>.csv``, ``<package>/latest/<package>.xlsx``.
    """
    home, base = release.path.parent, release.name
    names = {release.version, *(str(item["version"]) for item in release.versions)}
    made = {
        f"{base}/{name}/{path.relative_to(home / name)}": path
        for name in sorted(names)
        for path in sorted((home / name).rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
    for path in sorted((home / release.version / "data").glob("*")):
        if path.is_file():
            made[f"{base}/latest/{path.name}"] = path
    for path in sorted((home / release.version / "downloads").glob("*")):
        made[f"{base}/latest/{release.name}{path.suffix}"] = path
    ledger = home / "versions.json"
    return made | ({f"{base}/versions.json": ledger} if ledger.is_file() else {})


def download_links(release: Release) -> list[tuple[str, str]]:
    """Return the links a reader wants first: the package in each form, and its description."""
    folder = f"{release.name}/{release.version}/downloads"
    found = [
        (TITLES[path.suffix], f"{folder}/{path.name}")
        for path in (release.path / "downloads").glob("*")
        if path.suffix in TITLES and path.is_file() and not path.is_symlink()
    ]
    order = list(TITLES.values())
    descriptor = f"{release.name}/{release.version}/datapackage.json"
    return [*sorted(found, key=lambda item: order.index(item[0])), ("datapackage.json", descriptor)]


def _layout_links(release: Release) -> Iterator[tuple[str, str]]:
    at = f"{release.name}/latest"
    yield "DuckDB", f"{at}/{release.name}.duckdb"
    yield "Croissant", f"{at}/croissant.json"


def code_snippets(release: Release, addresses: Addresses = NOWHERE) -> list[tuple[str, str]]:
    """Return code that loads the first table, in four languages. A test runs each of them.

    Without addresses, it reads the files of the release's own folder.
    """
    table = release.descriptor["resources"][0]["name"]
    base = addresses.data_base
    at = f"{base}{release.name}/latest/{table}" if base else f"data/{table}"
    javascript = (
        f'const response = await fetch("{at}.json");\n'
        f"const {table} = await response.json();\n"
        f"console.log({table}.length, {table}[0]);\n"
        if base
        else 'const fs = require("node:fs");\n'
        'const dp = JSON.parse(fs.readFileSync("datapackage.json", "utf8"));\n'
        f'const {table} = dp.resources.find((r) => r.name === "{table}");\n'
        f'const rows = fs.readFileSync({table}.path, "utf8").split("\\n");\n'
        f"console.log({table}.schema.fields.length, rows[0]);\n"
    )
    return [
        (
            "pandas",
            f'import pandas as pd\n\n{table} = pd.read_csv("{at}.csv", '
            f'keep_default_na=False, na_values=[""])\nprint({table}.shape)\n',
        ),
        (
            "R",
            f'{table} <- read.csv("{at}.csv", na.strings = "", encoding = "UTF-8")\ndim({table})\n',
        ),
        ("DuckDB", f"SELECT count(*) FROM '{at}.parquet';\n"),
        ("JavaScript (browser)" if base else "JavaScript (Node.js)", javascript),
    ]


def describe(release: Release, version: str, addresses: Addresses) -> ReleaseInfo:
    """Return what one version of a package is, at the addresses where it is served."""
    key = version, addresses
    if key not in release.cache:  # each language asks
        home = release.path.parent
        found = release_locations.find_release(open_location(home.parent), release.name, version)
        release.cache[key] = describe_served(found, home / version, addresses)
    info: ReleaseInfo = release.cache[key]
    return info


def dataset_jsonld(release: Release, info: ReleaseInfo) -> dict[str, Any]:
    """Return schema.org's Dataset for a version, with what dataset search engines show."""
    value = jsonld.dataset(info)
    value |= {
        "alternateName": info.package,
        "includedInDataCatalog": {"@type": "DataCatalog", "name": "Xinjiang Record"},
        "spatialCoverage": {"@type": "Place", "name": "Xinjiang, China"},
    }
    if days := _covered_days(release.path.parent / info.version / "quality" / "stats.json"):
        value["temporalCoverage"] = days
    return value


def _covered_days(stats: Path) -> str:
    """Return the first and last day of all facts, as ISO 8601 has it; empty where none has one."""
    if not stats.is_file():
        return ""
    tables = json.loads(stats.read_text("utf-8")).values()
    days = [
        day
        for table in tables
        for name, field in table["fields"].items()
        if name.endswith("_on") and name not in NOT_FACTS
        for day in (field.get("min"), field.get("max"))
        if day
    ]
    return f"{min(days)}/{max(days)}" if days else ""


def citations(release: Release, addresses: Addresses = NOWHERE) -> dict[str, str]:
    """Return the citation in each style, by its name."""
    info = describe(release, release.version, addresses)
    return {name: citation.format_citation(info, style) for name, (style, _) in STYLES.items()}


def citation_files(release: Release, addresses: Addresses = NOWHERE) -> dict[str, bytes]:
    """Return the citations as files of the site."""
    return {
        f"data/{release.name}/cite.{STYLES[name][1]}": text.encode()
        for name, text in citations(release, addresses).items()
    }


def make_pages(
    record: Record, words: Language, addresses: Addresses = NOWHERE, has_layout: bool = False
) -> Iterator[Page]:
    """Return the list of packages, a page for each, and a page for each of its versions.

    ``has_layout``: the files of ``xinjiang_record.web`` are there too.
    """
    described = words(
        "Versioned, checked data packages: CSV, Parquet, SQLite, Excel, with checksums and "
        "citations."
    )
    context = {"datasette_url": addresses.datasette_url, "has_layout": has_layout}
    title = words("Data")
    yield Page("data/index.html", "data.html.j2", title, described, "data", context, words=words)
    for release in record.releases.values():
        yield _package(words, release, addresses, has_layout)
        yield from _versions(words, release, addresses)


def _versions(words: Language, release: Release, addresses: Addresses) -> Iterator[Page]:
    """Return a page for each version that is here: by its address a version is cited."""
    for entry in release.versions:
        folder = release.path.parent / entry["version"]
        if not (folder / "SHA256SUMS").is_file():
            continue
        info = describe(release, entry["version"], addresses)
        title = words.of_data(info.title)
        context = {
            "info": info,
            "entry": entry,
            "release": release,
            "citation": citation.format_citation(info),
            "files": [
                (path, digest, (folder / path).is_file())
                for path, digest in read_sums(folder).items()
            ],
            "jsonld": script_json(dataset_jsonld(release, info)),
        }
        yield Page(
            f"data/{release.name}/{entry['version']}.html",
            "version.html.j2",
            words("{title}, version {version}", title=title, version=info.version),
            words.of_data(info.description),
            "data",
            context,
            ((words("Data"), "data/index.html"), (title, f"data/{release.name}.html")),
            "Version of a data package",
            None,
            words,
        )


def _package(words: Language, release: Release, addresses: Addresses, has_layout: bool) -> Page:
    described = words.of_data(release.descriptor["description"])
    info = describe(release, release.version, addresses)
    context = {
        "release": release,
        "files": [*download_links(release), *(_layout_links(release) if has_layout else ())],
        "resources": [_resource(words, release, item) for item in release.descriptor["resources"]],
        "snippets": code_snippets(release, addresses),
        "citations": [
            (name, text, f"data/{release.name}/cite.{STYLES[name][1]}")
            for name, text in citations(release, addresses).items()
        ],
        "versions": [
            {**item, "rows": sum((item.get("row_counts") or {}).values())}
            for item in reversed(release.versions)
        ],
        "checksums": (release.path / "SHA256SUMS").read_text("utf-8"),
        "jsonld": script_json(dataset_jsonld(release, info)),
        "data_base": addresses.data_base,
        "datasette_url": addresses.datasette_url,
        "has_layout": has_layout,
    }
    find = " ".join([release.name, *(item["name"] for item in release.descriptor["resources"])])
    return Page(
        f"data/{release.name}.html",
        "package.html.j2",
        words.of_data(release.descriptor["title"]),
        described,
        "data",
        context,
        ((words("Data"), "data/index.html"),),
        "Data package",
        find,
        words,
    )


def _resource(words: Language, release: Release, item: dict[str, Any]) -> dict[str, Any]:
    name, schema = item["name"], item.get("schema", {})
    key = schema.get("primaryKey", [])
    return {
        "name": name,
        "title": item.get("title"),
        "description": item.get("description"),
        "fields": schema.get("fields", []),
        "primary": [key] if isinstance(key, str) else key,
        "count": words.number(item["x-rows"]),
        "preview": release.rows(name)[:PREVIEW_ROWS],
        "files": [
            (
                _label(words, kind, number, len(infos)),
                f"{release.name}/{release.version}/{info['path']}",
            )
            for kind, infos in zip(("CSV", "Parquet"), file_layout.file_entries(item), strict=True)
            for number, info in enumerate(infos, 1)
        ],
    }


def _label(words: Language, kind: str, number: int, count: int) -> str:
    part = words("part {n} of {count}", n=number, count=count)
    return kind if count == 1 else f"{kind}, {part}"
