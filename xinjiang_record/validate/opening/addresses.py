"""Recognize addresses and known profiles; give local copies for addresses that are mapped."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from xinjiang_record.errors import ReadError, UnsafeNameError, UsageError
from xinjiang_record.model import Finding, Place
from xinjiang_record.validate.descriptor_safety import read_descriptor
from xinjiang_record.validate.opening.yaml_descriptors import copy_unshared

if TYPE_CHECKING:
    from frictionless import Resource

SchemaSource = str | os.PathLike[str] | Mapping[str, Any]  # a path, or a descriptor
V2 = "https://datapackage.org/profiles/2.0/"
PACKAGE_V2 = f"{V2}datapackage.json"
_V1_HOSTS = ("specs.frictionlessdata.io", "frictionlessdata.io", "datapackage.org")
_NAMES = {
    "data-package": "data-package",
    "datapackage": "data-package",
    "tabular-data-package": "tabular-data-package",
    "data-resource": "data-resource",
    "dataresource": "data-resource",
    "tabular-data-resource": "tabular-data-resource",
}


def is_address(text: str) -> bool:
    """Return whether a path is an address: with a scheme, or on another host."""
    try:
        scheme = urlsplit(text).scheme
    except ValueError:
        return True
    return len(scheme) > 1 or text.startswith(("//", "\\\\"))


def find_local_path(text: str) -> str:
    """Return the path of what a user named: a file that exists, whatever its name, or no address.

    Raises:
        UsageError: It is an address.
    """
    if os.path.exists(text):
        return as_local_path(text)
    if is_address(text):
        raise UsageError(f"{text}: an address. Nothing is fetched: save a copy, and name it.")
    return text


def as_local_path(text: str) -> str:
    """Return the path of a local file as one that Frictionless takes for no address."""
    return f"./{text}" if ":" in text and text[0].isalpha() else text


def name_standard_profile(address: str) -> str:
    """Return the short name of one of the standard's own profiles; empty for another address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.hostname not in _V1_HOSTS or parts.scheme not in ("http", "https"):
        return ""
    return _NAMES.get(parts.path.rstrip("/").rpartition("/")[2].removesuffix(".json").lower(), "")


def read_mapped(
    address: str, maps: Mapping[str, Path], repeated: list[str] | None = None
) -> dict[str, Any] | None:
    """Return the JSON object in the local copy of an address; None if it is not mapped.

    Keys that are twice in one object are added to ``repeated``.

    The longest mapped address that the address begins with, up to a slash, may be a folder.

    Raises:
        ReadError: The local copy cannot be read as a JSON object.
        LimitError: It is over a limit.
    """
    path = maps.get(address)
    if path is None:
        for known in sorted(maps, key=len, reverse=True):
            if known.endswith("/") and address.startswith(known):
                rest = address[len(known) :]
                if ".." not in Path(rest).parts and not rest.startswith("/"):
                    path = maps[known] / rest
                    break
    if path is None:
        return None
    try:
        value = read_descriptor(path, repeated)
    except (ReadError, UnsafeNameError) as error:
        raise ReadError(f"the copy of {address}: {error}") from error
    if value is None:
        raise ReadError(f"{path}, the copy of {address}: expected a JSON object.")
    return value


def read_schema(
    schema: SchemaSource, maps: Mapping[str, Path], repeated: list[str] | None = None
) -> dict[str, Any]:
    """Return a Table Schema that was given as a descriptor or as a path.

    Keys that are twice in one object of its file are added to ``repeated``.
    """
    if isinstance(schema, Mapping):
        return copy_unshared(dict(schema))
    text = os.fspath(schema)
    if is_address(text):
        if text not in maps:
            raise UsageError(f"--schema {text}: an address. Save a copy, and name it.")
        text = str(maps[text])
    content = read_descriptor(Path(text), repeated)
    if content is None or not isinstance(content.get("fields"), list):
        raise ReadError(f"{text}: expected a Table Schema with a list of fields.")
    return copy_unshared(content)


def find_remote_error(item: Resource, shown: str) -> Finding | None:
    """Return an error for a resource that would be fetched: a second check, after preparation."""
    remote = item.remote or any(map(is_address, item.paths))
    if not remote and item.scheme in (None, "", "file", "multipart"):
        return None
    message = f"{item.path}: it was not fetched, since nothing is read from the network."
    return Finding("scheme-error", message, Place(shown), resource=item.name)
