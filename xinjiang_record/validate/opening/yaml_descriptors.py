"""Parse a descriptor in YAML: its events are counted first, with aliases as what they become."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar, cast

from xinjiang_record.errors import LimitError
from xinjiang_record.limits import LIMITS
from xinjiang_record.untrusted.strict_json import check_size

STATE = "Nothing was read."
Json = TypeVar("Json")


def parse_yaml(text: str, path: Path, repeated: list[str] | None = None) -> object:
    """Return the value of a YAML text; add keys that are twice in an object to ``repeated``.

    Raises:
        ValueError: It is not YAML.
        LimitError: It is over a limit, aliases counted as what they become.
    """
    if len(text) > LIMITS.yaml_chars:
        raise LimitError(
            f"{path}: {len(text)} characters of YAML, over the limit yaml_chars "
            f"({LIMITS.yaml_chars}). Use JSON. {STATE}"
        )
    import yaml  # type: ignore[import-untyped]  # deferred: start-up

    try:
        has_aliases = _check_yaml_events(yaml, text, path)
        value = yaml.load(
            text, _make_loader(yaml, [] if repeated is None else repeated)
        )  # safe: a SafeLoader
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(str(error)) from error
    if has_aliases:
        check_size(value, str(path))
        value = copy_unshared(value)
    return value


def note_repeated(keys: Iterable[object], repeated: list[str]) -> None:
    """Add the first of some keys that is there twice."""
    seen: set[object] = set()
    for key in keys:
        if key in seen:
            repeated.append(str(key))
            return
        seen.add(key)


def _make_loader(yaml: ModuleType, repeated: list[str]) -> Any:
    """Return the safe loader of YAML, which notes keys before ``<<`` adds others."""

    class Loader(yaml.SafeLoader):  # type: ignore[misc, name-defined]
        def compose_mapping_node(self, anchor: str | None) -> Any:
            node = super().compose_mapping_node(anchor)
            keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
            note_repeated(keys, repeated)
            return node

    return Loader


def _check_yaml_events(yaml: ModuleType, text: str, path: Path) -> bool:
    """Check the depth, and the number of values that aliases become; return whether there are any.

    An alias inside of its own anchor never ends and is refused.
    """
    sizes: dict[str, int] = {}
    open_nodes: list[list[Any]] = []  # of each open collection: its anchor, its values
    has_aliases = False
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        size, anchor = 1, getattr(event, "anchor", None)
        if isinstance(event, yaml.AliasEvent):
            has_aliases = True
            if anchor not in sizes:
                line = event.start_mark.line + 1
                raise LimitError(f"{path}:{line}: an alias inside of its own anchor. {STATE}")
            size = sizes[anchor]
        elif isinstance(event, yaml.CollectionStartEvent):
            sizes.pop(anchor or "", None)
            open_nodes.append([anchor, 1])
            if len(open_nodes) > LIMITS.descriptor_depth:
                raise LimitError(
                    f"{path}: nested deeper than {LIMITS.descriptor_depth} levels "
                    f"(descriptor_depth). {STATE}"
                )
            continue
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, size = open_nodes.pop()
        elif not isinstance(event, yaml.ScalarEvent):
            continue
        if anchor:
            sizes[anchor] = size
        if open_nodes:
            open_nodes[-1][1] += size
        if size > LIMITS.descriptor_values or (
            open_nodes and open_nodes[-1][1] > LIMITS.descriptor_values
        ):
            raise LimitError(
                f"{path}: more values than the limit descriptor_values "
                f"({LIMITS.descriptor_values}), aliases counted. {STATE}"
            )
    return has_aliases


def copy_unshared(value: Json) -> Json:
    """Return a copy of a JSON value in which every object and every list is its own.

    YAML aliases give the same object several times.
    """
    if isinstance(value, dict):
        return cast(Json, {key: copy_unshared(item) for key, item in value.items()})
    if isinstance(value, list):
        return cast(Json, [copy_unshared(item) for item in value])
    return value
