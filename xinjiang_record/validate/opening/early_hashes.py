"""Start the hashes of a large file before Frictionless is imported, which takes as long."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import Any

from xinjiang_record.errors import XRecordError
from xinjiang_record.limits import MIB
from xinjiang_record.validate import descriptor_safety

LARGE = 8 * MIB  # bytes of a file whose hashes are started at once


def start_hashes(
    target: Path, descriptor: Mapping[str, Any], resource: str | None, *, hashed: bool
) -> AbstractContextManager[None]:
    """Compute the hashes of the first large file within the block, if ``hashed``."""
    paths = list(_large(target, descriptor, resource)) if hashed else []
    if not paths:
        return nullcontext()
    from xinjiang_record.validate.readers import file_hashes  # deferred: start-up

    return file_hashes.start_hashes(paths)


def _large(target: Path, descriptor: Mapping[str, Any], resource: str | None) -> Iterator[str]:
    """Yield the large file that is read first: its hashes take as long as the imports."""
    resources = descriptor.get("resources")
    for item in resources if isinstance(resources, list) else [descriptor]:
        if isinstance(item, Mapping) and (resource is None or item.get("name") == resource):
            with suppress(OSError, XRecordError):
                for path in descriptor_safety.list_data_paths(target, item):
                    if path.suffix in (".csv", ".tsv") and path.stat().st_size >= LARGE:
                        yield os.path.realpath(path)
                        return
