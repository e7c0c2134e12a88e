"""Check what a descriptor claims of a file: ``hash`` and ``bytes``, by Data Package 2.0."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from xinjiang_record.model import Finding, Place

ALGORITHMS = ("md5", "sha1", "sha256", "sha512")
BLOCK = 1 << 20  # bytes


def check_claims(
    resource: Mapping[str, Any], paths: Sequence[Path], shown: str
) -> Iterator[Finding]:
    """Yield a finding for a hash or a size that is not that of the files.

    The size of several files is their sum. The hash of several files is that of their bytes, one
    file after the other. A hash without an algorithm is MD5.
    """
    name = str(resource.get("name") or "")
    if not paths or not all(map(os.path.isfile, paths)):
        return
    size = sum(map(os.path.getsize, paths))
    expected = resource.get("bytes")
    if type(expected) is int and expected != size:
        message = f'expected is "{expected}" and actual is "{size}"'
        yield Finding("byte-count", f"bytes: {message}.", Place(shown), resource=name)
    claimed = resource.get("hash")
    if not isinstance(claimed, str) or not claimed:
        return
    algorithm, _, digits = claimed.rpartition(":")
    algorithm = (algorithm or "md5").lower().replace("-", "")
    if algorithm not in ALGORITHMS:
        known = ", ".join(ALGORITHMS)
        message = f"the hash {algorithm!r} was not checked: expected one of {known}"
        yield Finding("hash-count", f"{message}.", Place(shown), resource=name)
        return
    actual = _digest(paths, algorithm)
    if actual != digits.lower():
        message = f'the {algorithm} hash: expected is "{digits}" and actual is "{actual}"'
        yield Finding("hash-count", f"{message}.", Place(shown), resource=name)


def _digest(paths: Sequence[Path], algorithm: str) -> str:
    digest = hashlib.new(algorithm, usedforsecurity=False)
    for path in paths:
        with open(path, "rb") as stream:
            while block := stream.read(BLOCK):
                digest.update(block)
    return digest.hexdigest()
