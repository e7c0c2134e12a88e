"""The data pages: dictionary, versions, checksums, citations, code that loads it, a preview of every table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xinjiang_record.release.distribution import release_locations
from xinjiang_record.release.metadata import citation
from xinjiang_record.release.tables import file_layout
from xinjiang_record.site.pages.base import Page, script_json
from xinjiang_record.site.release_data import Record, Release

PREVIEW_ROWS = 5
FORMATS = {".zip": "ZIP", ".xlsx": "Excel", ".sqlite": "SQLite"}
STYLES = {"APA": ("text", "txt"), "BibTeX": ("bibtex", "bib"), "RIS": ("ris", "ris")}
COPIED = ("data", "downloads", "metadata")  # folders of a release that the site carries
TOP = ("datapackage.json", "README.md", "CHANGES.md", "CITATION.cff", "LICENSE", "SHA256SUMS")


def carried(release: Release) -> dict[str, Path]:
    """The files of the release that the site carries, by their path in the site: real copies, no links."""
    found = [release.path / name for name in TOP if (release.path / name).is_file()]
    found += [
        path
        for folder in COPIED
        for path in sorted((release.path / folder).rglob("*"))
        if path.is_file()
    ]
    return {f"data/{release.name}/{path.relative_to(release.path)}": path for path in found}


def downloads(release: Release) -> list[tuple[str, str]]:
    """The links a reader wants first: the whole package in each form, and its description."""
    files = carried(release)
    whole = [(FORMATS[path.suffix], name) for name, path in files.items() if path.suffix in FORMATS]
    order = list(FORMATS.values())
    described = [("datapackage.json", f"data/{release.name}/datapackage.json")]
    return sorted(whole, key=lambda item: order.index(item[0])) + described


def snippets(release: Release) -> list[tuple[str, str]]:
    """Code that loads the first table, in four languages: each is run as it stands in a test, in the package's folder."""
    table = release.descriptor["resources"][0]["name"]
    return [
        (
            "pandas",
            f'import pandas as pd\n\n{table} = pd.read_csv("data/{table}.csv", keep_default_na=False, na_values=[""])\nprint({table}.shape)\n',
        ),
        (
            "R",
            f'{table} <- read.csv("data/{table}.csv", na.strings = "", encoding = "UTF-8")\ndim({table})\n',
        ),
        ("DuckDB", f"SELECT count(*) FROM 'data/{table}.parquet';\n"),
        (
            "JavaScript (Node.js)",
            f'const fs = require("node:fs");\nconst dp = JSON.parse(fs.readFileSync("datapackage.json", "utf8"));\n'
            f'const {table} = dp.resources.find((r) => r.name === "{table}");\n'
            f'const rows = fs.readFileSync({table}.path, "utf8").split("\\n");\n'
            f"console.log({table}.schema.fields.length, rows[0]);\n",
        ),
    ]


def cite(release: Release) -> dict[str, str]:
    """The citation in each style, by its name; nothing for a release without the ledger that proves it."""
    info = release_locations.find_release(
        release_locations.open_location(release.path.parents[1]), release.name, release.version
    ).info
    return {name: citation.format_citation(info, style) for name, (style, _) in STYLES.items()}


def citation_files(release: Release) -> dict[str, bytes]:
    """The citations as files of the site."""
    return {
        f"data/{release.name}/cite.{STYLES[name][1]}": text.encode()
        for name, text in cite(release).items()
    }


def pages(record: Record) -> Iterator[Page]:
    """The list of packages and a page for each."""
    described = f"{len(record.releases)} versioned, checked data packages: CSV, Parquet, SQLite, Excel, with checksums and citations."
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
        "files": downloads(release),
        "resources": [_resource(release, item) for item in release.descriptor["resources"]],
        "snippets": snippets(release),
        "citations": [
            (name, text, f"data/{release.name}/cite.{STYLES[name][1]}")
            for name, text in cite(release).items()
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
            (_label(kind, number, len(infos)), f"data/{release.name}/{info['path']}")
            for kind, infos in zip(("CSV", "Parquet"), file_layout.file_entries(item), strict=True)
            for number, info in enumerate(infos, 1)
        ],
    }


def _label(kind: str, number: int, count: int) -> str:
    return kind if count == 1 else f"{kind}, part {number} of {count}"
