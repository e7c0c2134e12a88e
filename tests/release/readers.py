"""Read every published table with every reader, and say whether the rows and types are those of the
release.

    python tests/release/readers.py PUBLISHED        prints the table of docs/releases.md

A reader gives each table as rows of Python values and, where it has types, the kind of each column.
Rows are compared as canonical text,
so that 22.0 and 22 are the same number and of different kinds.
"""

from __future__ import annotations

import csv
import functools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

Table = tuple[list[tuple[Any, ...]], list[str] | None]
Reader = Callable[[Path, str, dict[str, Any]], Table]
NODE = Path(
    os.environ.get("XRECORD_NODE_MODULES", Path(__file__).resolve().parents[2] / "node_modules")
)
KIND = {"year": "integer"}


def say(value: Any) -> str:
    """A value as canonical text; what is missing is empty."""
    if value is None or str(value) in ("<NA>", "NaT") or value != value:
        return ""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return (
            value.date().isoformat()
            if (value.hour, value.minute, value.second) == (0, 0, 0)
            else value.isoformat()
        )
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        import pyarrow as pa

        return str(pa.scalar(float(value)).cast(pa.string()))
    return str(value)


@functools.cache
def expected(release: Path, name: str) -> list[tuple[str, ...]]:
    """The rows as in the canonical CSV, by Python's own reader."""
    with (release / f"data/{name}.csv").open(encoding="utf-8", newline="") as lines:
        return [tuple(row) for row in csv.reader(lines, strict=True)][1:]


def _arrow(table: Any) -> Table:
    import pyarrow as pa

    def kind(kind: pa.DataType) -> str:
        checks = {
            "string": pa.types.is_string,
            "integer": pa.types.is_integer,
            "number": pa.types.is_floating,
            "boolean": pa.types.is_boolean,
            "date": pa.types.is_date,
        }
        if pa.types.is_large_string(kind) or str(kind) == "string_view":
            return "string"
        return next((name for name, check in checks.items() if check(kind)), str(kind))

    rows = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    return rows, [kind(column.type) for column in table.columns]


def pyarrow(release: Path, name: str, schema: dict[str, Any]) -> Table:
    import pyarrow.parquet as pq

    return _arrow(pq.read_table(release / f"data/{name}.parquet"))


def _pandas(frame: Any) -> Table:
    def kind(dtype: Any) -> str:
        found = str(dtype).lower()
        for name, starts in {
            "string": ("str", "large_str"),
            "integer": ("int",),
            "number": ("float", "double"),
            "boolean": ("bool",),
            "date": ("datetime", "date"),
        }.items():
            if found.startswith(starts):
                return name
        return found

    return list(frame.itertuples(index=False, name=None)), [kind(dtype) for dtype in frame.dtypes]


def pandas_parquet(release: Path, name: str, schema: dict[str, Any]) -> Table:
    import pandas as pd

    return _pandas(pd.read_parquet(release / f"data/{name}.parquet"))


def pandas_parquet_told(release: Path, name: str, schema: dict[str, Any]) -> Table:
    import pandas as pd

    return _pandas(pd.read_parquet(release / f"data/{name}.parquet", dtype_backend="pyarrow"))


def pandas_csv(release: Path, name: str, schema: dict[str, Any]) -> Table:
    import pandas as pd

    return _pandas(pd.read_csv(release / f"data/{name}.csv"))


def pandas_csv_told(release: Path, name: str, schema: dict[str, Any]) -> Table:
    import pandas as pd

    kinds = {
        "string": "string",
        "integer": "Int64",
        "year": "Int64",
        "number": "Float64",
        "boolean": "boolean",
    }
    dtype = {item["name"]: kinds.get(item["type"], "string") for item in schema["fields"]}
    dates = [item["name"] for item in schema["fields"] if item["type"] == "date"]
    frame = pd.read_csv(
        release / f"data/{name}.csv", keep_default_na=False, na_values=[""], dtype=dtype
    )
    for column in dates:
        frame[column] = pd.to_datetime(frame[column], format="%Y-%m-%d")
    return _pandas(frame)


def polars_parquet(release: Path, name: str, schema: dict[str, Any]) -> Table:
    import polars as pl

    return _arrow(pl.read_parquet(release / f"data/{name}.parquet").to_arrow())


def polars_csv(release: Path, name: str, schema: dict[str, Any]) -> Table:
    import polars as pl

    return _arrow(pl.read_csv(release / f"data/{name}.csv").to_arrow())


def polars_csv_told(release: Path, name: str, schema: dict[str, Any]) -> Table:
    import polars as pl

    kinds = {
        "string": pl.String,
        "integer": pl.Int64,
        "year": pl.Int64,
        "number": pl.Float64,
        "boolean": pl.Boolean,
        "date": pl.Date,
    }
    types = {item["name"]: kinds[item["type"]] for item in schema["fields"]}
    return _arrow(pl.read_csv(release / f"data/{name}.csv", schema=types).to_arrow())


@functools.cache
def _connect() -> Any:
    import duckdb

    return duckdb.connect()


def _duckdb(query: str) -> Table:
    with _connect().cursor() as connection:
        found = connection.execute(query)
        kinds = {
            "VARCHAR": "string",
            "BIGINT": "integer",
            "DOUBLE": "number",
            "BOOLEAN": "boolean",
            "DATE": "date",
        }
        return found.fetchall(), [
            kinds.get(str(item[1]), str(item[1])) for item in found.description
        ]


def duckdb_parquet(release: Path, name: str, schema: dict[str, Any]) -> Table:
    return _duckdb(f"from '{release}/data/{name}.parquet'")


def duckdb_csv(release: Path, name: str, schema: dict[str, Any]) -> Table:
    return _duckdb(f"from '{release}/data/{name}.csv'")


def duckdb_csv_told(release: Path, name: str, schema: dict[str, Any]) -> Table:
    kinds = {
        "string": "VARCHAR",
        "integer": "BIGINT",
        "year": "BIGINT",
        "number": "DOUBLE",
        "boolean": "BOOLEAN",
        "date": "DATE",
    }
    columns = ", ".join(f"'{item['name']}': '{kinds[item['type']]}'" for item in schema["fields"])
    return _duckdb(
        f"from read_csv('{release}/data/{name}.csv', header = true, columns = {{{columns}}})"
    )


@functools.cache
def _frictionless(release: Path) -> Any:
    import frictionless as library

    return library.Package(str(release / "datapackage.json"))


def frictionless(release: Path, name: str, schema: dict[str, Any]) -> Table:
    rows = _frictionless(release).get_resource(name).read_rows()
    names = [item["name"] for item in schema["fields"]]
    return [tuple(row[key] for key in names) for row in rows], [
        KIND.get(item["type"], item["type"]) for item in schema["fields"]
    ]


@functools.cache
def _croissant(release: Path) -> Any:
    import mlcroissant as library

    return library.Dataset(str(release / "metadata/croissant.json"))


def mlcroissant(release: Path, name: str, schema: dict[str, Any]) -> Table:
    keys = [f"{name}/{item['name']}" for item in schema["fields"]]
    return [tuple(row[key] for key in keys) for row in _croissant(release).records(name)], None


def sqlite(release: Path, name: str, schema: dict[str, Any]) -> Table:
    connection = sqlite3.connect(next((release / "downloads").glob("*.sqlite")))
    rows = connection.execute(f'select * from "{name}" order by rowid').fetchall()
    connection.close()
    flags = [item["type"] == "boolean" for item in schema["fields"]]
    return [
        tuple(bool(v) if flag and v is not None else v for flag, v in zip(flags, row, strict=True))
        for row in rows
    ], None


@functools.cache
def _openpyxl(release: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every sheet of a release."""
    import openpyxl as library

    book = library.load_workbook(next((release / "downloads").glob("*.xlsx")), read_only=True)
    sheets = {
        sheet.title: list(sheet.iter_rows(min_row=2, values_only=True)) for sheet in book.worksheets
    }
    book.close()
    return sheets


def openpyxl(release: Path, name: str, schema: dict[str, Any]) -> Table:
    width = len(schema["fields"])
    return [
        tuple(row)[:width] + (None,) * (width - len(row)) for row in _openpyxl(release)[name[:31]]
    ], None


R_SAYS = """
say <- function(x) {
  if (is.logical(x)) x <- ifelse(is.na(x), NA, ifelse(x, "true", "false"))
  else if (is.numeric(x)) x <- ifelse(is.na(x), NA,
    format(x, digits = 15, trim = TRUE, scientific = FALSE, drop0trailing = TRUE))
  x <- as.character(x)
  x[is.na(x)] <- ""
  x
}
"""


def latest(published: Path) -> list[Path]:
    """Return the latest release of each package."""
    return [path.parent.resolve() for path in sorted(published.glob("*/latest/datapackage.json"))]


@functools.cache
def _r(published: Path) -> dict[str, Table]:
    """Every table of every release in one run of R, told and not: read, and written as text."""
    kinds = {"integer": "numeric", "number": "numeric", "year": "numeric"}
    script = [R_SAYS]
    with tempfile.TemporaryDirectory() as folder:
        for release in latest(published):
            for item in json.loads((release / "datapackage.json").read_text("utf-8"))["resources"]:
                classes = ", ".join(
                    f'"{kinds.get(field["type"], "character")}"'
                    for field in item["schema"]["fields"]
                )
                told = f', na.strings = "", fileEncoding = "UTF-8", colClasses = c({classes})'
                for options in ("", told):
                    target = f"{folder}/{release.parent.name} {item['name']} {bool(options)}"
                    script.append(
                        f'd <- read.csv("{release}/{item["path"]}"{options}); d[] <- lapply(d, say)'
                    )
                    script.append(
                        f'write.table(d, "{target}", sep = ",", row.names = FALSE, '
                        'col.names = FALSE, qmethod = "double", fileEncoding = "UTF-8")'
                    )
        (Path(folder) / "script.R").write_text("\n".join(script), "utf-8")
        command = ["Rscript", f"{folder}/script.R"]
        done = subprocess.run(
            command, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"}
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-600:])
        return {
            path.name: (
                [tuple(row) for row in csv.reader(path.open(encoding="utf-8", newline=""))],
                None,
            )
            for path in Path(folder).iterdir()
        }


def r_csv(release: Path, name: str, schema: dict[str, Any]) -> Table:
    return _r(release.parents[1])[f"{release.parent.name} {name} False"]


def r_csv_told(release: Path, name: str, schema: dict[str, Any]) -> Table:
    return _r(release.parents[1])[f"{release.parent.name} {name} True"]


@functools.cache
def _javascript(published: Path) -> dict[str, Any]:
    """Every table of every release in one run of Node."""
    script = f"""
        import {{ readdirSync }} from 'node:fs'
        import {{ asyncBufferFromFile, parquetReadObjects }} from '{NODE}/hyparquet/src/node.js'
        import {{ compressors }} from '{NODE}/hyparquet-compressors/src/index.js'
        const plain = v => typeof v === 'bigint' ? {{ integer: v.toString() }}
            : v instanceof Date ? {{ date: v.toISOString().slice(0, 10) }} : v ?? null
        const found = {{}}
        for (const release of {json.dumps([str(path) for path in latest(published)])}) {{
            for (const name of readdirSync(release + '/data')) {{
                if (!name.endsWith('.parquet')) continue
                const path = release + '/data/' + name
                const rows = await parquetReadObjects(
                    {{ file: await asyncBufferFromFile(path), compressors }})
                found[path] = rows.map(row => Object.values(row).map(plain))
            }}
        }}
        console.log(JSON.stringify(found))
    """
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script], capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-600:])
    value: dict[str, Any] = json.loads(done.stdout)
    return value


def javascript(release: Path, name: str, schema: dict[str, Any]) -> Table:
    found = _javascript(release.parents[1])[f"{release}/data/{name}.parquet"]
    return [tuple(map(_plain, row)) for row in found], None


def _plain(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return int(value["integer"]) if "integer" in value else date.fromisoformat(value["date"])


# Name, function, whether it is expected to give the same rows, and (where that is by telling it
# something) what to pass.
READERS: list[tuple[str, Reader, str]] = [
    ("pyarrow, Parquet", pyarrow, ""),
    ("pandas, Parquet", pandas_parquet, ""),
    ("pandas, Parquet, told", pandas_parquet_told, '`dtype_backend="pyarrow"`'),
    ("pandas, CSV", pandas_csv, ""),
    (
        "pandas, CSV, told",
        pandas_csv_told,
        '`keep_default_na=False, na_values=[""]`, `dtype=` by the schema',
    ),
    ("Polars, Parquet", polars_parquet, ""),
    ("Polars, CSV", polars_csv, ""),
    ("Polars, CSV, told", polars_csv_told, "`schema=` by the schema"),
    ("DuckDB, Parquet", duckdb_parquet, ""),
    ("DuckDB, CSV", duckdb_csv, ""),
    ("DuckDB, CSV, told", duckdb_csv_told, "`columns =` by the schema"),
    ("frictionless, CSV", frictionless, ""),
    ("mlcroissant, Croissant", mlcroissant, ""),
    ("SQLite", sqlite, ""),
    ("openpyxl, XLSX", openpyxl, ""),
    ("R read.csv", r_csv, ""),
    (
        "R read.csv, told",
        r_csv_told,
        '`na.strings = "", fileEncoding = "UTF-8"`, `colClasses =` by the schema',
    ),
    ("JavaScript hyparquet, Parquet", javascript, "`compressors` of hyparquet-compressors"),
]


def missing(reader: Reader) -> str:
    """Why a reader cannot run here; empty if it can."""
    if reader in (r_csv, r_csv_told) and not shutil.which("Rscript"):
        return "R is not installed (apt-get install r-base-core)"
    if reader is javascript and not (shutil.which("node") and (NODE / "hyparquet").is_dir()):
        return (
            "Node or hyparquet is not installed (npm install hyparquet hyparquet-compressors; "
            "XRECORD_NODE_MODULES names the folder)"
        )
    return ""


def tables(published: Path) -> list[tuple[Path, str, dict[str, Any]]]:
    """Every table of the latest releases."""
    found = []
    for release in latest(published):
        for item in json.loads((release / "datapackage.json").read_text("utf-8"))["resources"]:
            found.append((release, item["name"], item["schema"]))
    return found


def differences(
    reader: Reader, release: Path, name: str, schema: dict[str, Any]
) -> tuple[str, str]:
    """What differs in rows, and in types; each empty if nothing does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            rows, kinds = reader(release, name, schema)
        except Exception as error:  # a reader that fails on a table is a result too
            return f"{name}: {type(error).__name__}: {str(error)[:200]}", ""
    wanted = expected(release, name)
    told = [tuple(map(say, row)) for row in rows]
    wrong = next(((a, b) for a, b in zip(told, wanted, strict=False) if a != b), None)
    if wrong or len(told) != len(wanted):
        column = (
            next((i for i, (a, b) in enumerate(zip(*wrong, strict=False)) if a != b), 0)
            if wrong
            else 0
        )
        what = (
            f"{schema['fields'][column]['name']}: {wrong[0][column]!r} for {wrong[1][column]!r}"
            if wrong
            else f"{len(told)} rows"
        )
        return f"{name}.{what}", ""
    schemas = [KIND.get(item["type"], item["type"]) for item in schema["fields"]]
    odd = [
        f"{name}.{item['name']}: {kind}"
        for item, kind, right in zip(schema["fields"], kinds or schemas, schemas, strict=True)
        if kind != right
    ]
    return "", odd[0] if odd else ""


def summary(published: Path) -> str:
    """The table for the docs."""
    lines = ["| reader | pass | same rows | same types |", "| --- | --- | --- | --- |"]
    for label, reader, told in READERS:
        if missing(reader):
            lines.append(
                f"| {label.removesuffix(', told')} | {told} | not run: {missing(reader)} | |"
            )
            continue
        found = [differences(reader, *table) for table in tables(published)]
        rows, types = ([item[side] for item in found if item[side]] for side in (0, 1))
        total = len(found)
        untyped = reader in (mlcroissant, sqlite, openpyxl, r_csv, r_csv_told, javascript)
        same = _count(total - len(rows), total, rows)
        typed = _count(total - len(rows) - len(types), total, types)
        lines.append(
            f"| {label.removesuffix(', told')} | {told} | {same} | "
            f"{'not compared' if untyped else typed} |"
        )
    return "\n".join(lines) + "\n"


def _count(good: int, total: int, wrong: list[str]) -> str:
    return (
        "all"
        if good == total
        else f"{good} of {total} tables" + (f" (such as {wrong[0]})" if wrong else "")
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    print(summary(Path(sys.argv[1])), end="")
