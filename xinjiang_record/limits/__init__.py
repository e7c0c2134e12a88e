"""Define every limit once: its name, its unit, its value and what it guards.

To change one, set ``XRECORD_LIMIT_<NAME>`` to a whole number in the unit of the limit.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields

from xinjiang_record.errors import UsageError
from xinjiang_record.limits.archive_sizes import RATIO_FREE_BYTES as RATIO_FREE_BYTES
from xinjiang_record.limits.archive_sizes import ArchiveSizes
from xinjiang_record.limits.memory import KEY_BYTES as KEY_BYTES
from xinjiang_record.limits.memory import LEAST_PIECE_BYTES as LEAST_PIECE_BYTES
from xinjiang_record.limits.memory import MAYBE_BYTES as MAYBE_BYTES
from xinjiang_record.limits.memory import PIECE_BYTES as PIECE_BYTES
from xinjiang_record.limits.memory import Memory
from xinjiang_record.limits.sizes import Sizes
from xinjiang_record.limits.timeouts import Timeouts
from xinjiang_record.limits.units import MIB as MIB

MOST_DIGITS = 15  # of a limit that the environment sets


@dataclass(frozen=True)
class Limits(Sizes, ArchiveSizes, Memory, Timeouts):
    """Bound what untrusted files may make the program do."""

    def replace_from_environment(self) -> Limits:
        """Return these limits with those that the environment sets. Raises UsageError."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        for name in values:
            variable = f"XRECORD_LIMIT_{name.upper()}"
            text = os.environ.get(variable)
            if text is None:
                continue
            if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
                raise UsageError(
                    f"{variable}: expected a whole number of up to {MOST_DIGITS} digits, "
                    f"got {text[:40]!r}. Give digits only, or unset it."
                )
            values[name] = int(text)
        return Limits(**values)


LIMITS = Limits().replace_from_environment()
