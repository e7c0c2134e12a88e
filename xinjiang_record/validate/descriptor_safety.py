"""What a stranger's descriptor may make us do: read files inside its own folder, below named limits, and nothing else.

Everything is looked at before Frictionless is: the descriptor's size, depth and aliases, and every path in it. A path that leaves the
folder (by ``..``, from the root, through a link), an address, a profile from elsewhere or a format that is read from a network ends
the matter with an error that names it; no byte behind it is read.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from xinjiang_record.errors import LimitError, ReadError, UnsafeNameError
from xinjiang_record.limits import LIMITS
from xinjiang_record.untrusted.shapes import describe

STATE = "Nothing was read."
DESCRIPTORS = (".json", ".yaml", ".yml")
_DESCRIBING = {suffix[1:] for suffix in DESCRIPTORS}
FORMATS = {
    "csv",
    "tsv",
    "json",
    "jsonl",
    "ndjson",
    "geojson",
    "xlsx",
    "xls",
    "ods",
    "parquet",
    "arrow",
    "feather",
    "txt",
    "inline",
}
ARCHIVES = {"zip", "xlsx", "ods"}
STREAMS = {"gz": "gzip", "zst": "zstd"}
PROFILES = {"data-package", "tabular-data-package", "data-resource", "tabular-data-resource"}
PARTS = ("schema", "dialect")  # what a resource may keep in a file of its own
REFERENCES = {
    "$ref",
    "$dynamicRef",
    "$recursiveRef",
}  # by which a JSON Schema has another document fetched
UNBOUNDED, DATABASES = {"bz2", "xz"}, {"sqlite", "db"}
TEXTS = "a text or a list of texts"
PROFILE_SHAPES = {"profile": "a text", "profiles": TEXTS, "$schema": "a text"}
RESOURCE_SHAPES = {
    "path": TEXTS,
    "extrapaths": TEXTS,
    "url": "a text",
    "basepath": "a text",
    "scheme": "a text",
    "format": "a text",
    "compression": "a text",
    "innerpath": "a text",
    "schema": "a text or an object",
    "dialect": "a text or an object",
}
LISTS = {
    "inquiry": "tasks",
    "catalog": "packages",
}  # descriptors that name other descriptors, with the key that tells them


def is_descriptor(path: Path) -> bool:
    """Whether a file that was named by the user may be taken for a descriptor."""
    return not _DESCRIBING.isdisjoint({_suffix(path.name), *kinds(path.name)})


def check_file(path: Path, others: Iterable[str] = ()) -> None:
    """A data file: a regular one, whose compression does not explode. ``others``: what it may be taken for, its suffix aside."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise ReadError(f"{path}: {error.strerror}. Check the path.") from error
    if not stat.S_ISREG(mode):
        raise UnsafeNameError(f"{path}: not a regular file. {STATE}")
    _check_compression(path, {_suffix(path.name), *others})


def read_descriptor(path: Path) -> dict[str, Any] | None:
    """A descriptor, checked; None if the file is none (then Frictionless has its say about it)."""
    check_file(path)
    if path.stat().st_size > LIMITS.descriptor_bytes:
        raise LimitError(
            f"{path}: {path.stat().st_size} bytes, over the limit descriptor_bytes ({LIMITS.descriptor_bytes}). {STATE}"
        )
    try:
        data = _parsed(path)
    except RecursionError as error:
        raise LimitError(f"{path}: nested too deeply (descriptor_depth). {STATE}") from error
    except ValueError:
        return None
    _check_depth(data, path)
    return data if isinstance(data, dict) else None


def syntax_error(path: Path) -> str:
    """Why a descriptor's file cannot be parsed; empty if it can. Frictionless calls such a file, under most names, valid data."""
    try:
        _parsed(path)
    except ValueError as error:
        return str(error)
    return ""


def _parsed(path: Path) -> Any:
    """As Frictionless has it: JSON, unless the name ends in ``.yaml``, in small letters."""
    text = path.read_text("utf-8")
    return _yaml(text, path) if path.name.endswith(".yaml") else json.loads(text)


def check_descriptor(path: Path, data: Mapping[str, Any]) -> None:
    """Every path in a package, resource or schema descriptor; raises at the first that is not safe."""
    _check_kind(path, data)
    _check_profiles(path, data)
    resources = data.get("resources")
    for resource in resources if isinstance(resources, list) else [data]:
        if isinstance(resource, str):
            inner = _inside(path, resource, "resource")
            nested = read_descriptor(inner) if os.path.exists(inner) else None
            if nested is not None:
                check_descriptor(inner, nested)
        elif isinstance(resource, Mapping):
            _check_resource(path, resource)
        else:
            raise UnsafeNameError(
                f"{path}: resources: expected objects or paths, got {describe(resource)}. {STATE}"
            )


def _check_kind(path: Path, data: Mapping[str, Any]) -> None:
    """Whether Frictionless may take a descriptor for a list of others, of which each could lead anywhere."""
    for kind, key in LISTS.items():
        named = path.name.endswith((f"{kind}.json", f"{kind}.yaml"))
        if named or (key in data and not isinstance(data.get("resources"), list)):
            raise UnsafeNameError(
                f"{path}: a list of other descriptors ({kind}); give those instead. {STATE}"
            )


def data_paths(descriptor: Path, resource: Mapping[str, Any]) -> Iterator[Path]:
    """The files of one resource, checked to be inside the descriptor's folder."""
    for item in _texts(resource, "path", "extrapaths", "url"):
        yield _inside(descriptor, item, "path")


def _check_resource(path: Path, resource: Mapping[str, Any]) -> None:
    _check_shapes(path, resource, RESOURCE_SHAPES)
    _check_profiles(path, resource)
    scheme = resource.get("scheme")
    if scheme not in (None, "", "file", "multipart"):
        raise UnsafeNameError(f"{path}: the scheme {scheme!r} would need a network. {STATE}")
    form = resource.get("format")
    if isinstance(form, str) and form.lower() not in FORMATS:
        raise UnsafeNameError(
            f"{path}: the format {form!r} is none of {', '.join(sorted(FORMATS))}. {STATE}"
        )
    for name in PARTS:
        for item in _texts(resource, name):
            inner = _inside(path, item, name)
            if os.path.exists(inner):
                read_descriptor(inner)
    for data in data_paths(path, resource):
        if os.path.exists(data):
            check_file(data, kinds(data.name, resource))
            _check_data(data)


def _check_data(path: Path) -> None:
    """Data in a descriptor's format: what can be read is neither too deep nor a YAML bomb."""
    if path.suffix.lower() == ".yaml":
        with contextlib.suppress(ValueError):
            _yaml(path.read_text("utf-8"), path)
    elif path.suffix in DESCRIPTORS and path.stat().st_size <= LIMITS.descriptor_bytes:
        read_descriptor(path)


def kinds(name: str, resource: Mapping[str, Any] = MappingProxyType({})) -> set[str]:
    """What Frictionless may take a file for: by what is declared, and by the suffix before a query or a fragment."""
    try:
        parts = urlsplit(name)
    except ValueError:  # which Frictionless does not take for anything
        return set()
    told = [
        resource.get("compression"),
        resource.get("format"),
        *parse_qs(parts.query).get("format", ()),
    ]
    return {_suffix(parts.path), *(item.lower() for item in told if isinstance(item, str))}


def _suffix(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _check_profiles(path: Path, data: Mapping[str, Any]) -> None:
    """A profile is one of those that Frictionless knows without asking, or a file that refers to nothing else."""
    _check_shapes(path, data, PROFILE_SHAPES)
    for profile in _texts(data, "profile", "profiles"):
        if profile in PROFILES:
            continue
        if profile == "fiscal-data-package":
            raise UnsafeNameError(
                f"{path}: the profile {profile!r} would be fetched from the network. {STATE}"
            )
        inner = _inside(path, profile, "profile")
        content = read_descriptor(inner) if os.path.exists(inner) else None
        if content is not None and not REFERENCES.isdisjoint(_keys(content)):
            raise UnsafeNameError(
                f"{path}: the profile {profile!r} refers to other documents. {STATE}"
            )


def _keys(node: Any) -> Iterator[str]:
    """The keys of all objects in a descriptor."""
    if isinstance(node, dict):
        yield from node
        node = list(node.values())
    for item in node if isinstance(node, list) else ():
        yield from _keys(item)


def _check_shapes(path: Path, resource: Mapping[str, Any], names: Mapping[str, str]) -> None:
    """Refuse a property of a shape that is not known: nothing is passed over unread."""
    for name, shape in names.items():
        value = resource.get(name)
        known = (
            value is None
            or isinstance(value, str)
            or ("list" in shape and _is_list_of_texts(value))
            or ("object" in shape and isinstance(value, Mapping))
        )
        if not known:
            raise UnsafeNameError(
                f"{path}: {name}: expected {shape}, got {describe(value)}. {STATE}"
            )


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _texts(resource: Mapping[str, Any], *names: str) -> Iterator[str]:
    """Yield the texts of some properties; ``_check_shapes`` has refused every other shape."""
    for name in names:
        value = resource.get(name)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str) and item:
                yield item


def _inside(descriptor: Path, item: str, what: str) -> Path:
    """The file that ``item`` names, which must be in the descriptor's folder, links followed."""
    try:
        scheme = urlsplit(item).scheme
        os.fsencode(item)
    except ValueError as error:
        raise UnsafeNameError(
            f"{descriptor}: the {what} {item!r} is no name of a file: {error}. {STATE}"
        ) from error
    if len(scheme) > 1 or item.startswith(("//", "\\\\")):
        raise UnsafeNameError(
            f"{descriptor}: the {what} {item!r} is an address; only files beside it are read. {STATE}"
        )
    folder = Path(os.path.realpath(descriptor.parent))
    unsafe = (
        item.startswith(("/", "~", "$")) or ".." in Path(item).parts or "\\" in item or "\0" in item
    )
    if unsafe or not Path(os.path.realpath(folder / item)).is_relative_to(folder):
        raise UnsafeNameError(f"{descriptor}: the {what} {item!r} leads out of its folder. {STATE}")
    return folder / item


def _check_compression(path: Path, found: set[str]) -> None:
    if unbounded := sorted(found & UNBOUNDED):
        raise LimitError(
            f"{path}: what a {unbounded[0]} file becomes cannot be bounded. Use gz or zst. {STATE}"
        )
    if found & DATABASES:
        raise UnsafeNameError(f"{path}: a database is no data file here. {STATE}")
    if not found & {*ARCHIVES, *STREAMS}:
        return
    from xinjiang_record.archives import zip  # which plain text does not need

    if found & ARCHIVES and zip.is_zip(path):  # what is none is Frictionless's to report
        zip.open_zip(path).close()
    for kind in found & STREAMS.keys():
        with contextlib.suppress(ReadError):  # a broken stream, too
            for _ in zip.decompressed(path, STREAMS[kind]):
                pass


def _check_depth(data: Any, path: Path) -> None:
    level = [data]
    for _ in range(LIMITS.descriptor_depth):
        level = [
            item
            for node in level
            if isinstance(node, (dict, list))
            for item in (node.values() if isinstance(node, dict) else node)
        ]
        if not level:
            return
    raise LimitError(
        f"{path}: nested deeper than {LIMITS.descriptor_depth} levels (descriptor_depth). {STATE}"
    )


def _yaml(text: str, path: Path) -> Any:
    import yaml  # type: ignore[import-untyped]

    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1
                raise LimitError(
                    f"{path}:{line}: an alias, by which a small file becomes a large one. Write it out. {STATE}"
                )
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
