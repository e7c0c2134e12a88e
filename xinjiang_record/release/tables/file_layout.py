"""Say where the rows of a table are in a release: one CSV and one Parquet file, or parts of both.

    data/countries.csv         data/countries.parquet             a table in memory
    data/events.csv/00000.csv  data/events.parquet/00000.parquet  a partitioned table

Part n of both holds the same rows. Every CSV part has its header, and the descriptor's ``path`` is
the list of them. ``bytes`` and ``hash`` of a resource are those of its CSV as one text: the header,
then all lines. That is what Frictionless sees when it reads the parts in turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xinjiang_record.release.tables.file_info import FileInfo, TableFiles

Descriptor = Mapping[str, Any]  # of a resource, as in datapackage.json


def table_paths(name: str) -> tuple[str, str]:
    """Return the paths of the CSV and the Parquet file of a table in one piece."""
    return f"data/{name}.csv", f"data/{name}.parquet"


def part_paths(name: str, number: int) -> tuple[str, str]:
    """Return the paths of the CSV and the Parquet file of one part of a partitioned table."""
    csv, parquet = table_paths(name)
    return f"{csv}/{number:05}.csv", f"{parquet}/{number:05}.parquet"


def describe_files(table: TableFiles) -> dict[str, Any]:
    """Return what a resource of datapackage.json says of the table's files."""
    paths = [info.path for info in table.csv]
    parts = {"x-parts": [_told(info) for info in table.csv]} if table.in_parts else {}
    parquet = [_told(info) for info in table.parquet]
    return {
        "path": paths if table.in_parts else paths[0],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": table.bytes,
        "hash": f"sha256:{table.sha256}",
        "x-rows": table.rows,
        **parts,
        "x-parquet": parquet if table.in_parts else parquet[0],
    }


def file_entries(resource: Descriptor) -> tuple[list[Descriptor], list[Descriptor]]:
    """Return what a resource says of each CSV and of each Parquet file: path, type, bytes, hash."""
    if isinstance(resource["path"], list):
        return list(resource["x-parts"]), list(resource["x-parquet"])
    return [resource], [resource["x-parquet"]]


def read_files(resource: Descriptor) -> TableFiles:
    """Return the files of a resource; the reverse of ``describe_files``."""
    csv, parquet = (
        tuple(FileInfo(item["path"], item["bytes"], _digest(item)) for item in items)
        for items in file_entries(resource)
    )
    in_parts = isinstance(resource["path"], list)
    return TableFiles(
        csv, parquet, in_parts, resource["x-rows"], resource["bytes"], _digest(resource)
    )


def pair_paths(release: Path, resource: Descriptor) -> list[tuple[Path, Path]]:
    """Return a resource's CSV and Parquet files in pairs, in the order of its rows."""
    csv, parquet = file_entries(resource)
    return [
        (release / one["path"], release / two["path"])
        for one, two in zip(csv, parquet, strict=True)
    ]


def parquet_paths(release: Path, resource: Descriptor) -> list[Path]:
    """Return a resource's Parquet files, in the order of its rows."""
    return [path for _, path in pair_paths(release, resource)]


def _told(info: FileInfo) -> dict[str, Any]:
    return {
        "path": info.path,
        "mediatype": info.media_type,
        "bytes": info.bytes,
        "hash": f"sha256:{info.sha256}",
    }


def _digest(item: Descriptor) -> str:
    return str(item["hash"]).removeprefix("sha256:")
