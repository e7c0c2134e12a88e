"""Give a table as a frame of pandas, of Polars, or as Arrow: ``as_`` is the same everywhere.

pandas frames carry version, hashes and citation in ``.attrs``, Arrow tables as JSON in
``.schema.metadata[b"xinjiang_record"]``. Polars frames have no place for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from xinjiang_record import extras
from xinjiang_record.errors import EnvironmentFault, UsageError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

Kind = Literal["pandas", "polars", "arrow"]
Pandas = Literal["pandas"]
Polars = Literal["polars"]
Arrow = Literal["arrow"]
KINDS = ("pandas", "polars", "arrow")
METADATA = b"xinjiang_record"


def check_kind(as_: str) -> None:
    """Check before any download that ``as_`` is known and its library is there.

    Raises:
        UsageError: ``as_`` is not one of ``KINDS``.
        EnvironmentFault: The library is not installed.
    """
    if as_ not in KINDS:
        raise UsageError(f"as_: expected {', '.join(KINDS[:-1])} or {KINDS[-1]}, got {as_!r}.")
    if as_ == "arrow":
        return
    try:
        extras.require(as_)
    except EnvironmentFault as error:
        raise EnvironmentFault(f'{error} Or give as_="arrow", which needs no extra.') from error


def give_frame(
    table: pa.Table, as_: Kind, attributes: Mapping[str, object]
) -> pd.DataFrame | pl.DataFrame | pa.Table:
    """Return a table as ``as_`` says, with its attributes where the kind has a place for them."""
    if as_ == "arrow":
        return table.replace_schema_metadata({METADATA: json.dumps(attributes).encode()})
    if as_ == "polars":
        import polars as pl  # deferred: optional extra

        return pl.from_arrow(table)
    frame = to_pandas(table)
    frame.attrs = dict(attributes.items())
    return frame


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """Return a pandas frame: columns are Int64, string, boolean or datetime64."""
    import pandas as pd  # deferred: optional extra
    import pyarrow as pa  # deferred: start-up

    kinds = {
        pa.int64(): pd.Int64Dtype(),
        pa.string(): pd.StringDtype(),
        pa.bool_(): pd.BooleanDtype(),
    }
    frame: pd.DataFrame = table.to_pandas(types_mapper=kinds.get, date_as_object=False)
    return frame
