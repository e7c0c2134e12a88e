"""Find a key that an object of a descriptor has twice: which value counts is left to the reader."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from xinjiang_record.untrusted.regular_files import read_regular_file


def find_repeated_key(path: Path) -> str:
    """Return the first key that is twice in one object of JSON or YAML; empty if none does.

    The file is one that was read before, within its limits.
    """
    text = read_regular_file(path, "descriptor_bytes", follow_link=True).decode("utf-8")
    found: list[str] = []
    try:
        json.loads(text, object_pairs_hook=lambda pairs: _note(found, (key for key, _ in pairs)))
    except ValueError:
        _look_into_yaml(found, text)
    return found[0] if found else ""


def _note(found: list[str], keys: Iterable[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            found.append(key)
            return
        seen.add(key)


def _look_into_yaml(found: list[str], text: str) -> None:
    """Walk the nodes of a YAML text; those that aliases share are looked at once."""
    import yaml  # type: ignore[import-untyped]  # deferred: start-up

    waiting, seen = [yaml.compose(text, Loader=yaml.SafeLoader)], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
            _note(found, keys)
            waiting += [item for pair in node.value for item in pair]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
