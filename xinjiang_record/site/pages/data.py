"""Make the data pages: dictionary, versions, checksums, citations, code, a preview of each table.

The site's ``data/`` has the layout of a folder of releases, so that it serves as a base address
for the client and for ``xrecord get``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xinjiang_record.release.distribution import release_locations
from xinjiang_record.release.distribution.locations import open_location
from xinjiang_record.release.metadata import citation
from xinjiang_record.release.tables import file_layout
from xinjiang_record.site.pages.page import Page, script_json
from xinjiang_record.site.release_data import Record, Release

PREVIEW_ROWS = 5
FORMATS = {".zip": "ZIP", ".xlsx": "Excel", ".sqlite": "SQLite"}
STYLES = {"APA": ("text", "txt"), "BibTeX": ("bibtex", "bib"), "RIS": ("ris", "ris")}


def carried_files(release: Release) -> dict[str, Path]:
    """Return the files of every version of a package by their path in the site: real copies.

    The tables of the latest version are there under ``latest`` too, as a stable address.
    """
    home, base = release.path.parent, f"data/{release.name}"
    names = {release.version, *(str(item["version"]) for item in release.versions)}
    made = {
        f"{base}/{name}/{path.relative_to(home / name)}": path
        for name in sorted(names)
        for path in sorted((home / name).rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
    for path in sorted((home / release.version / "data").glob("*")):
        if path.is_file():
            made[f"{base}/latest/data/{path.name}"] = path
    ledger = home / "versions.json"
    return made | ({f"{base}/versions.json": ledger} if ledger.is_file() else {})


def download_links(release: Release) -> list[tuple[str, str]]:
    """Return the links a reader wants first: the package in each form, and its description."""
    files = carried_files(release)
    folder = f"data/{release.name}/{release.version}/downloads/"
    found = [
        (FORMATS[path.suffix], name)
        for name, path in files.items()
        if name.startswith(folder) and path.suffix in FORMATS
    ]
    order = list(FORMATS.values())
    descriptor = f"data/{release.name}/{release.version}/datapackage.json"
    return [*sorted(found, key=lambda item: order.index(item[0])), ("datapackage.json", descriptor)]


def code_snippets(release: Release) -> list[tuple[str, str]]:
    """Return code that loads the first table, in four languages. A test runs each of them."""
    table = release.descriptor["resources"][0]["name"]
    return [
        (
            "pandas",
            f'import pandas as pd\n\n{table} = pd.read_csv("data/{table}.csv", '
            f'keep_default_na=False, na_values=[""])\nprint({table}.shape)\n',
        ),
        (
            "R",
            f'{table} <- read.csv("data/{table}.csv", na.strings = "", encoding = "UTF-8")'
            f"\ndim({table})\n",
        ),
        ("DuckDB", f"SELECT count(*) FROM 'data/{table}.parquet';\n"),
        (
            "JavaScript (Node.js)",
            'const fs = require("node:fs");\n'
            'const dp = JSON.parse(fs.readFileSync("datapackage.json", "utf8"));\n'
            f'const {table} = dp.resources.find((r) => r.name === "{table}");\n'
            f'const rows = fs.readFileSync({table}.path, "utf8").split("\\n");\n'
            f"console.log({table}.schema.fields.length, rows[0]);\n",
        ),
    ]


def citations(release: Release) -> dict[str, str]:
    """Return the citation in each style, by its name."""
    info = release_locations.find_release(
        open_location(release.path.parents[1]), release.name, release.version
    ).info
    return {name: citation.format_citation(info, style) for name, (style, _) in STYLES.items()}


def citation_files(release: Release) -> dict[str, bytes]:
    """Return the citations as files of the site."""
    return {
        f"data/{release.name}/cite.{STYLES[name][1]}": text.encode()
        for name, text in citations(release).items()
    }


def make_pages(record: Record) -> Iterator[Page]:
    """Return the list of packages and a page for each."""
    described = (
        f"{len(record.releases)} versioned, checked data packages: CSV, Parquet, SQLite, Excel, "
        "with checksums and citations."
    )
    yield Page("data/index.html", "data.html.j2", "Data", described, "data")
    yield from (_package(release) for release in record.releases.values())


def _package(release: Release) -> Page:
    linked = release.path / "metadata" / "dataset.jsonld"
    described = release.descriptor["description"]
    jsonld: Any = (
        json.loads(linked.read_text("utf-8"))
        if linked.is_file()
        else {
            "@context": "https://schema.org/",
            "@type": "Dataset",
            "name": release.descriptor["title"],
        }
    )
    context = {
        "release": release,
        "files": download_links(release),
        "resources": [_resource(release, item) for item in release.descriptor["resources"]],
        "snippets": code_snippets(release),
        "citations": [
            (name, text, f"data/{release.name}/cite.{STYLES[name][1]}")
            for name, text in citations(release).items()
        ],
        "versions": [
            {**item, "rows": sum((item.get("row_counts") or {}).values())}
            for item in reversed(release.versions)
        ],
        "checksums": (release.path / "SHA256SUMS").read_text("utf-8"),
        "jsonld": script_json(jsonld),
    }
    find = " ".join([release.name, *(item["name"] for item in release.descriptor["resources"])])
    return Page(
        f"data/{release.name}.html",
        "package.html.j2",
        release.descriptor["title"],
        described,
        "data",
        context,
        (("Data", "data/index.html"),),
        "Data package",
        find,
    )


def _resource(release: Release, item: dict[str, Any]) -> dict[str, Any]:
    name, schema = item["name"], item.get("schema", {})
    key = schema.get("primaryKey", [])
    return {
        "name": name,
        "title": item.get("title"),
        "description": item.get("description"),
        "fields": schema.get("fields", []),
        "primary": [key] if isinstance(key, str) else key,
        "count": f"{item['x-rows']:,}",
        "preview": release.rows(name)[:PREVIEW_ROWS],
        "files": [
            (
                _label(kind, number, len(infos)),
                f"data/{release.name}/{release.version}/{info['path']}",
            )
            for kind, infos in zip(("CSV", "Parquet"), file_layout.file_entries(item), strict=True)
            for number, info in enumerate(infos, 1)
        ],
    }


def _label(kind: str, number: int, count: int) -> str:
    return kind if count == 1 else f"{kind}, part {number} of {count}"
