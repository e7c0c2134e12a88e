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
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from xinjiang_record.errors import LimitError, ReadError, UnsafeNameError
from xinjiang_record.settings import LIMITS

STATE = "Nothing was read."
DESCRIPTORS = (".json", ".yaml", ".yml")
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
}
ARCHIVES = {"zip", "xlsx", "ods"}
STREAMS = {"gz": "gzip", "zst": "zstd"}
PROFILES = {"data-package", "tabular-data-package", "data-resource", "tabular-data-resource"}
PARTS = ("schema", "dialect")  # what a resource may keep in a file of its own


def check_file(path: Path) -> None:
    """A data file that was named by the user: a regular file, whose compression does not explode."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise ReadError(f"{path}: {error.strerror}. Check the path.") from error
    if not stat.S_ISREG(mode):
        raise UnsafeNameError(f"{path}: not a regular file. {STATE}")
    _check_compression(path)


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
    text = path.read_text("utf-8")
    return json.loads(text) if path.suffix == ".json" else _yaml(text, path)


def check_descriptor(path: Path, data: Mapping[str, Any]) -> None:
    """Every path in a package, resource or schema descriptor; raises at the first that is not safe."""
    _check_profile(path, data.get("profile"))
    resources = data.get("resources")
    for resource in resources if isinstance(resources, list) else [data]:
        if isinstance(resource, str):
            inner = _inside(path, resource, "resource")
            nested = read_descriptor(inner)
            if nested is not None:
                check_descriptor(inner, nested)
        elif isinstance(resource, Mapping):
            _check_resource(path, resource)


def data_paths(descriptor: Path, resource: Mapping[str, Any]) -> Iterator[Path]:
    """The files of one resource, checked to be inside the descriptor's folder."""
    for item in _texts(resource, "path", "extrapaths", "url"):
        yield _inside(descriptor, item, "path")


def _check_resource(path: Path, resource: Mapping[str, Any]) -> None:
    _check_profile(path, resource.get("profile"))
    scheme = resource.get("scheme")
    if scheme not in (None, "", "file", "multipart"):
        raise UnsafeNameError(f"{path}: the scheme {scheme!r} would need a network. {STATE}")
    form = resource.get("format")
    if isinstance(form, str) and form.lower() not in FORMATS:
        raise UnsafeNameError(f"{path}: the format {form!r} is none of {', '.join(sorted(FORMATS))}. {STATE}")
    for name in PARTS:
        for item in _texts(resource, name):
            inner = _inside(path, item, name)
            read_descriptor(inner)
    for data in data_paths(path, resource):
        if data.exists():
            if data.suffix in DESCRIPTORS and data.stat().st_size <= LIMITS.descriptor_bytes:
                read_descriptor(data)
            _check_suffix(path, data)
            check_file(data)


def _check_suffix(path: Path, item: Path) -> None:
    suffixes = [part.lstrip(".").lower() for part in item.suffixes[-2:]]
    if suffixes and suffixes[-1] in {"bz2", "xz"}:
        raise LimitError(
            f"{path}: {item.name}: what a {suffixes[-1]} file becomes cannot be bounded. Use gz or zst. {STATE}"
        )
    if suffixes and suffixes[-1] in {"sqlite", "db"}:
        raise UnsafeNameError(f"{path}: {item.name}: a database is no data file here. {STATE}")


def _check_profile(path: Path, profile: Any) -> None:
    if not isinstance(profile, str) or profile in PROFILES:
        return
    if urlsplit(profile).netloc == "datapackage.org":
        return
    inner = _inside(path, profile, "profile")
    if inner.is_file() and "$ref" in inner.read_text("utf-8", errors="replace"):
        raise UnsafeNameError(f"{path}: the profile {profile!r} refers to other documents. {STATE}")


def _texts(resource: Mapping[str, Any], *names: str) -> Iterator[str]:
    for name in names:
        value = resource.get(name)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str):
                yield item


def _inside(descriptor: Path, item: str, what: str) -> Path:
    """The file that ``item`` names, which must be in the descriptor's folder, links followed."""
    parts = urlsplit(item)
    if (parts.scheme and len(parts.scheme) > 1) or item.startswith(("//", "\\\\")):
        raise UnsafeNameError(
            f"{descriptor}: the {what} {item!r} is an address; only files beside it are read. {STATE}"
        )
    folder = Path(os.path.realpath(descriptor.parent))
    target = Path(os.path.realpath(folder / item))
    unsafe = item.startswith(("/", "~", "$")) or ".." in Path(item).parts or "\\" in item or "\0" in item
    if unsafe or not target.is_relative_to(folder):
        raise UnsafeNameError(f"{descriptor}: the {what} {item!r} leads out of its folder. {STATE}")
    return folder / item


def _check_compression(path: Path) -> None:
    kind = path.suffix.lstrip(".").lower()
    if kind not in ARCHIVES and kind not in STREAMS:
        return
    from xinjiang_record.sources import unpack  # which plain text does not need

    if kind in ARCHIVES:
        with unpack.open_zip(path):
            return
    with contextlib.suppress(ReadError):  # a broken stream is Frictionless's to report
        for _ in unpack.decompressed(path, STREAMS[kind]):
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
    raise LimitError(f"{path}: nested deeper than {LIMITS.descriptor_depth} levels (descriptor_depth). {STATE}")


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
