"""Limit the memory of the validator, of the readers of documents and of commands."""

from __future__ import annotations

from dataclasses import dataclass

from xinjiang_record.limits.units import GIB, MIB, limit

# Of the validator; no setting changes these.
KEY_BYTES = 64 * MIB  # texts of keys that are kept; above it a row is read again
MAYBE_BYTES = 32 * MIB  # cells of rows that may repeat a key
PIECE_BYTES, LEAST_PIECE_BYTES = 4 * MIB, MIB // 16  # one piece of a CSV file, and of a small one


@dataclass(frozen=True)
class Memory:
    """Bound the memory of processes."""

    reader_memory_bytes: int = limit(320 * MIB, "bytes", "the process that reads documents")
    command_memory_bytes: int = limit(2 * GIB, "bytes", "one bounded command as a whole")
