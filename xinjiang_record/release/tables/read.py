"""Read published tables back, in batches, for ``verify``, the downloads and the client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from xinjiang_record.archives.parquet_size import check_parquet_size, check_row_count
from xinjiang_record.errors import LimitError, ReadError, VerifyError
from xinjiang_record.limits import MIB
from xinjiang_record.schema.load import arrow_schema

BLOCK_BYTES = 16 * MIB  # of CSV text that is parsed at once; also the longest row


def read_csv_batches(path: Path, schema: Mapping[str, Any]) -> Iterator[pa.RecordBatch]:
    """Yield a published CSV as typed batches.

    Raises:
        VerifyError: It is not what its schema says.
    """
    types = arrow_schema(schema)
    parse = pacsv.ParseOptions(newlines_in_values=True)
    read = pacsv.ReadOptions(block_size=BLOCK_BYTES, use_threads=False)
    try:
        with pacsv.open_csv(
            str(path),
            read_options=read,
            parse_options=parse,
            convert_options=csv_convert_options(schema),
        ) as reader:
            if reader.schema.names != types.names:
                raise VerifyError(
                    f"{path}: its header is not the schema's: {', '.join(reader.schema.names)}."
                )
            for batch in reader:
                yield batch.cast(types)
    except pa.ArrowInvalid as error:
        raise VerifyError(f"{path}: {error}.") from error


def csv_convert_options(schema: Mapping[str, Any]) -> pacsv.ConvertOptions:
    """Return how Arrow reads canonical CSV: an empty cell is null, the schema has the types."""
    return pacsv.ConvertOptions(
        column_types={field.name: _parsed_as(field.type) for field in arrow_schema(schema)},
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        true_values=["true"],
        false_values=["false"],
    )


def _parsed_as(kind: pa.DataType) -> pa.DataType:
    return pa.timestamp("us", tz="UTC") if pa.types.is_timestamp(kind) else kind


def find_parquet_problems(path: Path, schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the types of a published Parquet file.

    They must be the schema's, and none may be a dictionary. The rows must not be much larger than
    the file, since whole row groups are read.
    """
    try:
        check_parquet_size(str(path), str(path))
        with pq.ParquetFile(str(path)) as file:
            found, metadata = file.schema_arrow, file.metadata.metadata
    except (LimitError, ReadError) as error:
        yield str(error)
        return
    except (pa.ArrowException, OSError) as error:
        yield f"{path}: is not a Parquet file ({error})."
        return
    expected = arrow_schema(schema)
    if found.remove_metadata() != expected:
        odd = [
            name
            for name in found.names
            if name not in expected.names or found.field(name) != expected.field(name)
        ]
        shown = ", ".join(odd) or "the order differs"
        yield f"{path}: expected the fields and types of the schema, got others: {shown}."
    if any(pa.types.is_dictionary(kind) for kind in found.types) or metadata:
        yield (
            f"{path}: has a dictionary type or other libraries' metadata, "
            "which can hold dropped values."
        )


def read_parquet_batches(
    paths: Sequence[Path],
    schema: Mapping[str, Any],
    columns: list[str] | None = None,
    *,
    threads: bool = True,
    coded: bool = False,
) -> Iterator[pa.RecordBatch]:
    """Yield a published table's Parquet files as canonical batches, all columns or some.

    With ``coded``, texts that a file holds as a dictionary stay so, except those of the key.
    """
    for path in paths:
        with pq.ParquetFile(
            str(path), read_dictionary=find_coded_texts(str(path), schema) if coded else None
        ) as file:
            for number in range(
                file.num_row_groups
            ):  # iter_batches would keep what it has read until the end
                yield from read_row_group(
                    file, number, schema, columns, threads=threads
                ).to_batches()


def read_row_group(
    file: pq.ParquetFile,
    number: int,
    schema: Mapping[str, Any],
    columns: list[str] | None,
    *,
    threads: bool,
) -> pa.Table:
    """Return one row group of a published Parquet file, in the schema's types, in one chunk.

    A column that the file was opened to read as a dictionary stays one.
    """
    types = arrow_schema(schema)
    chosen = pa.schema([types.field(name) for name in columns]) if columns else types
    table = file.read_row_group(number, columns=columns, use_threads=threads)
    check_row_count(table.num_rows, file, number)
    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            chosen = chosen.set(place, field)
    return table.cast(chosen).combine_chunks()


def find_coded_texts(source: str | pa.BufferReader, schema: Mapping[str, Any]) -> list[str]:
    """Return the columns of texts whose first row group has a dictionary; not those of the key."""
    types = arrow_schema(schema)
    metadata = pq.read_metadata(source)
    if not metadata.num_row_groups:
        return []
    group = metadata.row_group(0)
    columns = [group.column(number) for number in range(group.num_columns)]
    return [
        column.path_in_schema
        for column in columns
        if column.has_dictionary_page
        and column.path_in_schema not in schema["primaryKey"]
        and column.path_in_schema in types.names
        and pa.types.is_string(types.field(column.path_in_schema).type)
    ]


def read_parquet(paths: Sequence[Path], schema: Mapping[str, Any]) -> pa.Table:
    """Return a published table's Parquet files as one typed table."""
    return pa.Table.from_batches(
        list(read_parquet_batches(paths, schema)), schema=arrow_schema(schema)
    )
