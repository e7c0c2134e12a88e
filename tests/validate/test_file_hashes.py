"""The hashes in a report of a large file, by one thread or by two, in one block or in many."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from xinjiang_record.validate import validate
from xinjiang_record.validate.readers import file_hashes
from xinjiang_record.validate.small_files import small_rows

FIELDS = [{"name": "a", "type": "string"}, {"name": "b", "type": "integer"}]


@pytest.mark.parametrize("block", [1_000, 8 << 20])
@pytest.mark.parametrize(
    "shares", [(("md5", "sha256"),), (("md5",), ("sha256",))], ids=["one thread", "two threads"]
)
def test_hashes_are_those_of_the_file(
    shares: tuple[tuple[str, ...], ...],
    block: int,
    box: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(file_hashes, "_SHARES", shares)
    monkeypatch.setattr(file_hashes, "BLOCK", block)
    monkeypatch.setattr(small_rows, "SMALL_BYTES", 0)
    content = b"a,b\n" + b"x,1\n" * 300_000
    report = validate(box(content, FIELDS, encoding="utf-8", dialect={"delimiter": ","}))
    (task,) = report.to_descriptor()["tasks"]
    assert not report.slow and task["stats"]["bytes"] == len(content)
    assert task["stats"]["md5"] == hashlib.md5(content).hexdigest()
    assert task["stats"]["sha256"] == hashlib.sha256(content).hexdigest()
