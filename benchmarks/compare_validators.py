"""Run the same checks in other validators' words, each a program that prints how many rows it
finds bad.

They say less: no ragged rows, no messages in Frictionless's words, a URI by one pattern. A row that
repeats a key is bad to all; to
those that cannot separate the first from the later ones, the first is bad too.
"""

from __future__ import annotations

_HEAD = """
import json, sys
from pathlib import Path
from datetime import date
folder = Path(sys.argv[1]).parent
data, sites = str(folder / "data.csv"), str(folder / "sites.csv")
fields = json.loads(Path(sys.argv[1]).read_text())["resources"][0]["schema"]["fields"]
codes = fields[1]["constraints"]["enum"]
first, last = date(2014, 1, 1), date(2026, 12, 31)
"""
# All cells are read as text, and what is not of its type becomes a null: these tables have no other
# nulls.
_POLARS_READ = """
import polars as pl
types = {"low_count": pl.Int64, "high_count": pl.Int64, "area_m2": pl.Float64, "share": pl.Float64}
cast = [pl.col(name).cast(kind, strict=False) for name, kind in types.items()]
cast += [pl.col(name).str.to_date("%Y-%m-%d", strict=False) for name in ("opened_on", "seen_on")]
cast.append(pl.col("is_confirmed").replace_strict(
    {"true": True, "false": False}, default=None, return_dtype=pl.Boolean))
frame = pl.scan_csv(data, infer_schema=False).with_columns(cast)
known = pl.read_csv(sites)["site_id"]
"""
CODES = {
    "polars expressions": _HEAD
    + _POLARS_READ
    + """
good = (pl.col("id").str.contains("^r[0-9]{8}$") & pl.col("iso3").is_in(codes)
    & pl.col("opened_on").is_between(first, last) & pl.col("seen_on").is_between(first, last)
    & pl.col("low_count").is_between(0, 2_000_000)
    & pl.col("high_count").is_between(0, 4_000_000)
    & pl.col("area_m2").is_between(0, 1e6) & pl.col("share").is_between(0, 100)
    & pl.col("is_confirmed").is_not_null() & pl.col("url").str.contains("^[A-Za-z][A-Za-z0-9+.-]*:")
    & (pl.col("note").str.len_chars() <= 400) & pl.col("site_id").str.contains("^s[0-9]{5}$")
    & pl.col("site_id").is_in(known.implode()) & pl.col("id").is_first_distinct())
print(frame.select((~good.fill_null(False)).sum()).collect(engine="streaming").item())
""",
    "DuckDB SQL": _HEAD
    + """
import duckdb
columns = {item["name"]: "VARCHAR" for item in fields}
dialect = "header=true, delim=',', quote='\\"', parallel=false"
table = f"read_csv('{data}', columns={columns}, {dialect})"
bad, twice = duckdb.sql(f'''
select count(*) filter (where not coalesce(
  regexp_full_match(id, 'r[0-9]{{8}}') and list_contains({codes}, iso3)
  and try_cast(opened_on as date) between '2014-01-01' and '2026-12-31'
  and try_cast(seen_on as date) between '2014-01-01' and '2026-12-31'
  and try_cast(low_count as bigint) between 0 and 2000000
  and try_cast(high_count as bigint) between 0 and 4000000
  and try_cast(area_m2 as double) between 0 and 1000000
  and try_cast(share as double) between 0 and 100
  and is_confirmed in ('true','false') and regexp_matches(url, '^[A-Za-z][A-Za-z0-9+.-]*:')
  and length(note) <= 400
  and regexp_full_match(site_id, 's[0-9]{{5}}')
  and site_id in (select site_id from read_csv('{sites}', all_varchar=true)), false)) as bad,
  count(*) filter (where id is not null and regexp_full_match(id, 'r[0-9]{{8}}')) -
  count(distinct id) filter (where id is not null and regexp_full_match(id, 'r[0-9]{{8}}')) as twice
from {table}''').fetchall()[0]
print(bad + twice)
""",
    "pandera (Polars)": _HEAD
    + _POLARS_READ
    + """
import pandera.polars as pa
schema = pa.DataFrameSchema({
    "id": pa.Column(str, pa.Check.str_matches("^r[0-9]{8}$"), unique=True),
    "iso3": pa.Column(str, pa.Check.isin(codes)),
    "opened_on": pa.Column(pl.Date, pa.Check.in_range(first, last)),
    "seen_on": pa.Column(pl.Date, pa.Check.in_range(first, last)),
    "low_count": pa.Column(int, pa.Check.in_range(0, 2_000_000)),
    "high_count": pa.Column(int, pa.Check.in_range(0, 4_000_000)),
    "area_m2": pa.Column(float, pa.Check.in_range(0, 1e6)),
    "share": pa.Column(float, pa.Check.in_range(0, 100)),
    "is_confirmed": pa.Column(bool),
    "url": pa.Column(str, pa.Check.str_matches("^[A-Za-z][A-Za-z0-9+.-]*:")),
    "note": pa.Column(str, pa.Check.str_length(0, 400)),
    "site_id": pa.Column(
        str, [pa.Check.str_matches("^s[0-9]{5}$"), pa.Check.isin(known.to_list())])})
try:
    schema.validate(frame.collect(), lazy=True)
    print(0)
except pa.errors.SchemaErrors as errors:
    print(errors.failure_cases["index"].n_unique())
""",
    "pointblank (Polars)": _HEAD
    + _POLARS_READ
    + """
import pointblank as pb
# rows_distinct does not say which rows it finds, so a repeated key is a column.
rows = frame.with_columns(repeats=(~pl.col("id").is_first_distinct()).cast(int)).collect()
plan = pb.Validate(rows).col_vals_eq("repeats", 0).col_vals_in_set("iso3", codes)
for name, pattern in (("id", "^r[0-9]{8}$"), ("url", "^[A-Za-z][A-Za-z0-9+.-]*:"),
    ("note", "^(?s:.{0,400})$"), ("site_id", "^s[0-9]{5}$")):
    plan = plan.col_vals_regex(name, pattern)
for name, low, high in (("opened_on", first, last), ("seen_on", first, last),
    ("low_count", 0, 2_000_000), ("high_count", 0, 4_000_000), ("area_m2", 0, 1e6),
    ("share", 0, 100)):
    plan = plan.col_vals_between(name, low, high)
plan = plan.col_vals_not_null("is_confirmed").col_vals_in_set("site_id", known.to_list())
plan = plan.interrogate(get_first_n=0)
print(plan.get_sundered_data(type="fail").height)
""",
    "dataframely": _HEAD
    + _POLARS_READ
    + """
import dataframely as dy
class Rows(dy.Schema):
    id = dy.String(primary_key=True, regex="^r[0-9]{8}$")
    iso3 = dy.String(nullable=False, check=lambda column: column.is_in(codes))
    opened_on = dy.Date(nullable=False, min=first, max=last)
    seen_on = dy.Date(nullable=False, min=first, max=last)
    low_count = dy.Int64(nullable=False, min=0, max=2_000_000)
    high_count = dy.Int64(nullable=False, min=0, max=4_000_000)
    area_m2 = dy.Float64(nullable=False, min=0, max=1e6)
    share = dy.Float64(nullable=False, min=0, max=100)
    is_confirmed = dy.Bool(nullable=False)
    url = dy.String(nullable=False, regex="^[A-Za-z][A-Za-z0-9+.-]*:")
    note = dy.String(nullable=False, max_length=400)
    site_id = dy.String(nullable=False, regex="^s[0-9]{5}$",
        check=lambda column: column.is_in(known.implode()))
rows = frame.collect()
good, failures = Rows.filter(rows)
print(len(rows) - len(good))
""",
    "pydantic (row by row)": _HEAD
    + """
import csv
from typing import Annotated, Literal
from pydantic import BaseModel, Field, TypeAdapter
Day = Annotated[date, Field(ge=first, le=last)]
class Row(BaseModel):
    id: Annotated[str, Field(pattern="^r[0-9]{8}$")]
    iso3: Literal[tuple(codes)]
    opened_on: Day
    seen_on: Day
    low_count: Annotated[int, Field(ge=0, le=2_000_000)]
    high_count: Annotated[int, Field(ge=0, le=4_000_000)]
    area_m2: Annotated[float, Field(ge=0, le=1e6)]
    share: Annotated[float, Field(ge=0, le=100)]
    is_confirmed: Literal["true", "false"]
    url: Annotated[str, Field(pattern="^[A-Za-z][A-Za-z0-9+.-]*:")]
    note: Annotated[str, Field(max_length=400)]
    site_id: Annotated[str, Field(pattern="^s[0-9]{5}$")]
known = {row["site_id"] for row in csv.DictReader(open(sites, newline=""))}
seen, bad, adapter = set(), 0, TypeAdapter(Row)
for row in csv.DictReader(open(data, newline="", encoding="utf-8")):
    try:
        item = adapter.validate_python(row)
        bad += item.site_id not in known or item.id in seen
        seen.add(item.id)
    except ValueError:
        bad += 1
print(bad)
""",
}
