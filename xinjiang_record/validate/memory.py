"""Arrow tables in memory, for the engine: their columns as the canonical text that a release holds, proved by the same kernels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record.errors import ReadError, SchemaError
from xinjiang_record.validate import engine  # before Frictionless
from xinjiang_record.validate import columns
from xinjiang_record.validate.chunks import Parsed
from xinjiang_record.validate.judge import Thinned
from xinjiang_record.validate.strict import declare
from xinjiang_record.validate.texts import to_text

from frictionless import Package

ROWS = 65_536  # of a table that are text at the same time, on each core
