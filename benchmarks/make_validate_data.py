"""Make the table that the validation benchmark is run on.

12 columns, deterministic, clean or with 0.1 % bad rows.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pycountry

SITES = 5_000
BAD_EVERY = 1_000  # of the rows of a dirty table, the last of so many is bad
WORDS = [
    "facility",
    "county",
    "prefecture",
    "report",
    "region",
    "officials",
    "said",
    "détention",
    "报告",
    "camp",
    "village",
    "school",
    "figure",
    "source",
    "published",
]
FIRST_DAY = date(2014, 1, 1)
CODES = [country.alpha_3 for country in pycountry.countries]

SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "id", "type": "string", "constraints": {"required": True, "pattern": "r[0-9]{8}"}},
        {"name": "iso3", "type": "string", "constraints": {"enum": CODES}},
        {
            "name": "opened_on",
            "type": "date",
            "constraints": {"minimum": "2014-01-01", "maximum": "2026-12-31"},
        },
        {
            "name": "seen_on",
            "type": "date",
            "constraints": {"minimum": "2014-01-01", "maximum": "2026-12-31"},
        },
        {
            "name": "low_count",
            "type": "integer",
            "constraints": {"minimum": 0, "maximum": 2_000_000},
        },
        {
            "name": "high_count",
            "type": "integer",
            "constraints": {"minimum": 0, "maximum": 4_000_000},
        },
        {"name": "area_m2", "type": "number", "constraints": {"minimum": 0, "maximum": 1_000_000}},
        {"name": "share", "type": "number", "constraints": {"minimum": 0, "maximum": 100}},
        {"name": "is_confirmed", "type": "boolean"},
        {"name": "url", "type": "string", "format": "uri"},
        {"name": "note", "type": "string", "constraints": {"maxLength": 400}},
        {"name": "site_id", "type": "string", "constraints": {"pattern": "s[0-9]{5}"}},
    ],
    "primaryKey": ["id"],
    "foreignKeys": [
        {"fields": ["site_id"], "reference": {"resource": "sites", "fields": ["site_id"]}}
    ],
}
SITE_SCHEMA: dict[str, Any] = {
    "fields": [{"name": "site_id", "type": "string"}, {"name": "name", "type": "string"}],
    "primaryKey": ["site_id"],
}


def rows(count: int, *, dirty: bool) -> Iterator[list[str]]:
    """``count`` rows of text; with ``dirty`` every thousandth has one bad cell or key."""
    draw = random.Random(20261123)
    for number in range(count):
        words = " ".join(draw.choices(WORDS, k=15))
        note = f'"{words}",\nand so on' if number % 100 == 7 else words
        row = [
            f"r{number:08d}",
            draw.choice(CODES),
            (FIRST_DAY + timedelta(days=draw.randrange(4_000))).isoformat(),
            (FIRST_DAY + timedelta(days=draw.randrange(4_000))).isoformat(),
            str(draw.randrange(2_000_000)),
            str(draw.randrange(4_000_000)),
            f"{draw.random() * 1e6:.2f}",
            f"{draw.random() * 100:.4f}",
            draw.choice(("true", "false")),
            f"https://example.org/records/{draw.randrange(10**9)}?page={number % 50}",
            note,
            f"s{draw.randrange(SITES):05d}",
        ]
        if dirty and number % BAD_EVERY == BAD_EVERY - 1:
            _spoil(row, draw)
        yield row


def _spoil(row: list[str], draw: random.Random) -> None:
    column, value = draw.choice(
        [
            (0, "r00000001"),
            (0, "x1"),
            (0, ""),
            (1, "XXX"),
            (2, "2021-02-30"),
            (3, "2031-01-01"),
            (4, "many"),
            (5, "-1"),
            (6, "1e9"),
            (7, "n/a"),
            (8, "yes"),
            (9, "no address"),
            (10, "x" * 401),
            (11, "s99999"),
        ]
    )
    row[column] = value


def write(folder: Path, count: int, *, dirty: bool = False) -> Path:
    """Write a data package of ``count`` rows and its table of sites.

    Returns the descriptor's path.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "data.csv", "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([item["name"] for item in SCHEMA["fields"]])
        writer.writerows(rows(count, dirty=dirty))
    with open(folder / "sites.csv", "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["site_id", "name"])
        writer.writerows([f"s{number:05d}", f"Site {number}"] for number in range(SITES))
    return describe(folder)


def describe(folder: Path, *, keys: bool = True) -> Path:
    """Write the package's descriptor, or one without its keys, and return its path."""
    schema = SCHEMA if keys else {"fields": SCHEMA["fields"]}
    dialect = {
        "header": True,
        "csv": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "skipInitialSpace": False},
    }
    common = {"type": "table", "format": "csv", "encoding": "utf-8", "dialect": dialect}
    resources = [
        {"name": "data", "path": "data.csv", **common, "schema": schema},
        {"name": "sites", "path": "sites.csv", **common, "schema": SITE_SCHEMA},
    ]
    target = folder / ("datapackage.json" if keys else "without-keys.json")
    target.write_text(
        json.dumps({"name": "benchmark", "resources": resources}, indent=1), encoding="utf-8"
    )
    return target
