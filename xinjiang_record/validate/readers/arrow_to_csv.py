"""Convert inputs that Frictionless cannot read to CSV, in a temporary folder: Arrow, zstd.

An Arrow column becomes text as Table Schema writes it: ISO dates, ``true`` and ``false``, JSON for
lists and structs, an empty cell for null. Whether its Arrow type fits the field's type is checked
here, since text would hide it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from xinjiang_record.archives import zip
from xinjiang_record.errors import ReadError
from xinjiang_record.limits import LIMITS
from xinjiang_record.model import Finding, Place

DIALECT = {
    "header": True,
    "csv": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "skipInitialSpace": False},
}
_FITS: Mapping[str, tuple[str, ...]] = {
    "string": ("string",),
    "integer": ("integer", "number", "year"),
    "number": ("number",),
    "boolean": ("boolean",),
    "date": ("date",),
    "datetime": ("datetime",),
    "time": ("time",),
    "array": ("array", "list"),
    "object": ("object", "geojson"),
}


def convert(path: Path, folder: Path, *, is_arrow: bool) -> Path:
    """Write a file of Arrow, or else of zstd, to ``folder``; return the new path.

    Raises:
        LimitError: It is over the limit ``decompressed_bytes``.
    """
    target = folder / path.with_suffix("").name
    if is_arrow:
        target = target.with_name(target.name + ".csv")
        _write_csv(path, target)
        return target
    with open(target, "wb") as stream:
        for chunk in zip.decompressed(path, "zstd", limit=LIMITS.decompressed_bytes):
            stream.write(chunk)
    return target


def read_schema(path: Path) -> dict[str, Any]:
    """Return the Table Schema of an Arrow file's own types."""
    with _open(path) as reader:
        return {
            "fields": [
                {"name": item.name, "type": get_table_type(item.type)} for item in reader.schema
            ]
        }


def find_unfit_columns(
    path: Path, schema: Mapping[str, Any], shown: str, resource: str
) -> Iterator[Finding]:
    """Yield a finding for each column whose Arrow type does not fit the field's type."""
    with _open(path) as reader:
        given = {item.name: item.type for item in reader.schema}
    for item in schema.get("fields", ()):
        name, wanted = item["name"], item.get("type", "any")
        if name in given and wanted != "any" and wanted not in _FITS[get_table_type(given[name])]:
            message = (
                f"{name} is {given[name]} in the file, and {wanted} in the schema. "
                f"Write the column as {wanted}."
            )
            yield Finding(
                "type-error",
                message,
                Place(shown),
                resource=resource,
                field=name,
                value=str(given[name]),
            )


def _open(path: Path) -> pa.ipc.RecordBatchFileReader | pa.ipc.RecordBatchStreamReader:
    try:
        return pa.ipc.open_file(pa.OSFile(str(path)))
    except pa.ArrowInvalid:
        try:
            return pa.ipc.open_stream(pa.OSFile(str(path)))
        except pa.ArrowInvalid as error:
            raise ReadError(f"{path}: not an Arrow file: {error}.") from error


def _batches(
    reader: pa.ipc.RecordBatchFileReader | pa.ipc.RecordBatchStreamReader,
) -> Iterator[pa.RecordBatch]:
    if hasattr(reader, "get_batch"):
        yield from (reader.get_batch(number) for number in range(reader.num_record_batches))
    else:
        yield from reader


def _write_csv(path: Path, target: Path) -> None:
    with _open(path) as reader:
        texts = pa.schema([(item.name, pa.string()) for item in reader.schema])
        with csv.CSVWriter(str(target), texts) as writer:
            for batch in _batches(reader):
                writer.write(
                    pa.record_batch([_text(column) for column in batch.columns], schema=texts)
                )


def _text(column: pa.Array) -> pa.Array:
    kind = get_table_type(column.type)
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if kind in ("array", "object"):
        return pa.array(
            [
                None if item is None else json.dumps(item, default=str)
                for item in column.to_pylist()
            ],
            pa.string(),
        )
    if kind == "datetime":
        zone = "Z" if column.type.tz else ""
        return pc.strftime(column, format=f"%Y-%m-%dT%H:%M:%S{zone}")
    return pc.cast(column, pa.string())


def get_table_type(kind: pa.DataType) -> str:
    """Return the Table Schema type of an Arrow type."""
    types = pa.types
    if types.is_dictionary(kind):
        return get_table_type(kind.value_type)
    checks = {
        "integer": types.is_integer,
        "number": lambda item: types.is_floating(item) or types.is_decimal(item),
        "boolean": types.is_boolean,
        "date": types.is_date,
        "datetime": types.is_timestamp,
        "time": types.is_time,
        "array": lambda item: (
            types.is_list(item) or types.is_large_list(item) or types.is_fixed_size_list(item)
        ),
        "object": lambda item: types.is_struct(item) or types.is_map(item),
    }
    return next((name for name, check in checks.items() if check(kind)), "string")
