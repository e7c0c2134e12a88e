"""Prepare a descriptor: decide for each resource whether it is read, so that one hides no other.

What Frictionless would fetch, or cannot read, is taken out of the descriptor that it gets. The
resource has an error of its own instead. Nothing is fetched, and no file outside of the
descriptor's folder is read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from xinjiang_record.errors import LimitError, ReadError, UnsafeNameError
from xinjiang_record.limits import LIMITS
from xinjiang_record.model import Finding, Place
from xinjiang_record.validate import descriptor_safety
from xinjiang_record.validate.opening import data_files
from xinjiang_record.validate.opening.addresses import (
    is_address,
    name_standard_profile,
    read_mapped,
)
from xinjiang_record.validate.opening.yaml_descriptors import copy_unshared

PATHS = ("path", "extrapaths", "url")
NOT_FETCHED = "it was not fetched, since nothing is read from the network"


@dataclass
class Prepared:
    """Hold what is read of a source.

    ``descriptor`` is for Frictionless; None if it reads the file itself. ``resources`` are the
    resources as declared, by name, with schemas and dialects in place. ``blocked`` are the errors
    of resources that are not read, ``findings`` other errors, ``notes`` what was not checked.
    """

    descriptor: dict[str, Any] | None = None
    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    blocked: dict[str, Finding] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def is_faultless(self) -> bool:
        """Return whether there is nothing to report so far."""
        return not (self.blocked or self.findings or self.notes)

    def note_repeated(self, shown: str, keys: Sequence[str], *, is_error: bool) -> None:
        """Say which is the first key that an object has twice, of which the last was taken."""
        if not keys:
            return
        message = f"the key {keys[0]!r} is there twice in one object, and only the last was read"
        if is_error:
            message = f"{message}. Remove the other one."
            self.findings.append(Finding("duplicate-key", message, Place(shown)))
        else:
            self.notes.append(message)


def prepare(
    path: Path,
    shown: str,
    descriptor: Mapping[str, Any],
    *,
    maps: Mapping[str, Path],
    in_place: bool = False,
    undeclared: Sequence[Finding] = (),
) -> Prepared:
    """Return what is read of a package or resource descriptor.

    Args:
        path: The descriptor's file.
        shown: Its name in messages.
        descriptor: Its content.
        maps: Local copies, by address.
        in_place: Put schemas and dialects of other files into the descriptor.
        undeclared: Why resources are not read, where nothing may be guessed.

    Raises:
        UnsafeNameError: A path leads out of the folder, or has an unknown shape.
        LimitError: The descriptor as a whole is over a limit.
    """
    return _Preparation(path, shown, maps, in_place, undeclared).run(descriptor)


class _Preparation:
    def __init__(
        self,
        path: Path,
        shown: str,
        maps: Mapping[str, Path],
        in_place: bool,
        undeclared: Sequence[Finding],
    ) -> None:
        self._path, self._shown, self._maps, self._in_place = path, shown, maps, in_place
        self._undeclared = undeclared
        self._found = Prepared()

    def run(self, descriptor: Mapping[str, Any]) -> Prepared:
        original = dict(descriptor)
        adapted = copy_unshared(original)
        is_package = isinstance(adapted.get("resources"), list)
        self._profiles(adapted, "" if is_package else str(adapted.get("name") or ""))
        items = adapted["resources"] if is_package else [adapted]
        for place, item in enumerate(items):
            if isinstance(item, str) and is_address(item):
                items[place] = item = {"name": f"resource-{place + 1}", "path": item}
            if isinstance(item, dict):
                try:
                    blocked = self._resource(item, is_package)
                except UnsafeNameError as error:
                    if len(items) < 2:
                        raise
                    blocked = self._refuse(item, error)
                if blocked is not None:
                    items[place] = blocked
        self._check_safety(adapted, items, is_package)
        for item in items:
            if isinstance(item, dict):
                self._foreign_keys(item)
        prepared = adapted if is_package else items[0]
        if prepared != original or self._path.suffix.lower() in (".yaml", ".yml"):
            self._found.descriptor = prepared
        return self._found

    def _resource(self, item: dict[str, Any], is_package: bool) -> dict[str, Any] | None:
        """Adapt one resource; return what replaces it if it is not read."""
        name = str(item.get("name") or "")
        if is_package:
            self._profiles(item, name)
        error = (
            self._address_error(item)
            or self._parts_error(item)
            or self._format_error(item)
            or self._undeclared_error(name)
        )
        self._found.resources[name] = copy_unshared(item)
        if error is None:
            self._set_format(item)
            _lower_hash(item)
            return None
        self._found.blocked[name] = error
        return _stand_in(item)

    def _finding(self, item: Mapping[str, Any], kind: str, message: str) -> Finding:
        name = str(item.get("name") or "")
        return Finding(kind, message, Place(self._shown), resource=name)

    def _address_error(self, item: Mapping[str, Any]) -> Finding | None:
        for address in descriptor_safety.list_texts(item, *PATHS):
            if is_address(address):
                message = f"the data are at the address {address}: {NOT_FETCHED}."
                return self._finding(item, "scheme-error", f"{message} Save a copy and name it.")
        scheme = item.get("scheme")
        if isinstance(scheme, str) and scheme not in ("", "file", "multipart"):
            return self._finding(
                item, "scheme-error", f"the scheme {scheme!r} needs a network: {NOT_FETCHED}."
            )
        return None

    def _parts_error(self, item: dict[str, Any]) -> Finding | None:
        """Put mapped schemas and dialects in place; return the error for one that is not here."""
        for name in descriptor_safety.PARTS:
            value = item.get(name)
            if not isinstance(value, str) or not value:
                continue
            repeated: list[str] = []
            if is_address(value):
                try:
                    mapped = read_mapped(value, self._maps, repeated)
                except (ReadError, LimitError) as error:
                    return self._finding(item, f"{name}-error", str(error))
                if mapped is None:
                    hint = f"Use --map {value}=FILE with a local copy"
                    message = f"the {name} is at the address {value}: {NOT_FETCHED}. {hint}."
                    return self._finding(item, "scheme-error", message)
                item[name] = mapped
            elif self._in_place:
                inner = descriptor_safety.resolve_inside(self._path, value, name)
                content = inner.exists() and descriptor_safety.read_descriptor(inner, repeated)
                item[name] = content if isinstance(content, dict) else value
            self._found.note_repeated(self._shown, repeated, is_error=self._in_place)
        return None

    def _format_error(self, item: Mapping[str, Any]) -> Finding | None:
        """Return the error for a table in a format that cannot be read here."""
        form, detected = data_files.get_format(item), ""
        if form == "inline" and "data" not in item:
            message = "the format 'inline' is for rows in `data`: expected them, got a path."
            return self._finding(item, "format-error", f"{message} Name the file's own format.")
        if data_files.is_declared_table(item) and "data" not in item:
            detected = data_files.choose_table_format(item)
            if not detected:
                known = ", ".join(sorted(data_files.TABLES - {"inline"}))
                message = f"a table of the format {form!r} cannot be read: expected one of {known}."
                return self._finding(item, "format-error", message)
        elif form in data_files.DETECTED and item.get("type") in (None, "", "table"):
            detected = form
        if module := data_files.find_missing_module(detected):
            message = explain_missing_module(module, detected)
            return self._finding(item, "format-error", message)
        return None

    def _undeclared_error(self, name: str) -> Finding | None:
        """Return the first thing that a resource does not declare; keep the others."""
        found = [item for item in self._undeclared if item.resource == name]
        self._found.findings += found[1:]
        return found[0] if found else None

    def _set_format(self, item: dict[str, Any]) -> None:
        """Declare a table as one where Frictionless would not take it for one."""
        first = data_files.get_first_path(item)
        if "data" in item or not first or not os.path.exists(self._path.parent / first):
            return
        form = data_files.get_format(item)
        converted = form in ("arrow", "feather") or (
            form in ("csv", "tsv") and data_files.split_suffixes(first)[1] == "zst"
        )
        if converted and item.get("type") in (None, "", "table"):
            item["type"] = "table"
        elif not data_files.is_declared_table(item):
            if form not in data_files.DETECTED and form in data_files.FOREIGN_TABLES:
                item["type"] = "file"
        elif (
            form not in data_files.DETECTED
            or item.get("format") not in (None, "", form)
            or data_files.ODD_NAME.intersection(first)
        ):
            chosen = data_files.choose_table_format(item)
            item["type"] = "table"
            if item.get("format") != chosen:
                item["format"] = chosen
            if packed := data_files.split_suffixes(first)[1]:
                item.setdefault("compression", packed)

    def _profiles(self, item: dict[str, Any], name: str) -> None:
        """Replace the standard's own profiles by their names; leave out others at addresses."""
        declared = dict(item)
        for key in ("profile", "profiles"):
            values = item.get(key)
            listed = values if isinstance(values, list) else [values]
            for value in listed:
                if not isinstance(value, str) or not is_address(value):
                    if value == "fiscal-data-package":
                        item.pop(key, None)
                        self._note_profile(value, name)
                    continue
                item.pop(key, None)
                known = name_standard_profile(value)
                if known == "tabular-data-resource":
                    item["profile"] = known
                elif not known:
                    self._check_profile(declared, value, name)
                break
        custom = item.get("$schema")
        if isinstance(custom, str) and is_address(custom) and not name_standard_profile(custom):
            self._check_profile(declared, custom, name)

    def _check_profile(self, item: Mapping[str, Any], address: str, name: str) -> None:
        """Check the descriptor against the local copy of its profile, if there is one."""
        try:
            profile = read_mapped(address, self._maps)
        except (ReadError, LimitError) as error:
            self._found.findings.append(Finding("package-error", str(error), Place(self._shown)))
            return
        if profile is None:
            self._note_profile(address, name)
            return
        from xinjiang_record.validate.opening.profiles import ProfileCheck  # deferred: start-up

        kind = "resource-error" if name else "package-error"
        check = ProfileCheck(profile, address, self._maps)
        self._found.findings += [
            Finding(kind, message, Place(self._shown), resource=name)
            for message in check.find_errors(item)
        ]
        for document in check.unread:
            self._note_profile(document, name)

    def _note_profile(self, address: str, name: str) -> None:
        whose = f"{name}: " if name else ""
        self._found.notes.append(
            f"{whose}the profile {address} was not fetched and not checked "
            f"(--map {address}=FILE checks it with a local copy)"
        )

    def _check_safety(self, adapted: Mapping[str, Any], items: list[Any], is_package: bool) -> None:
        """Check all paths; a limit that one resource breaks is an error of that resource."""
        blocked = self._found.blocked
        rest = {key: value for key, value in adapted.items() if key != "resources"}
        named = [
            item
            for item in items
            if not (isinstance(item, Mapping) and str(item.get("name") or "") in blocked)
        ]
        whole = {**rest, "resources": named} if is_package else adapted
        if not is_package and not named:
            return
        try:
            descriptor_safety.check_descriptor(self._path, whole)
        except (LimitError, UnsafeNameError):
            if len(items) < 2:
                raise
            before = len(blocked)
            for place, item in enumerate(items):
                if not is_package or not isinstance(item, Mapping):
                    continue
                try:
                    descriptor_safety.check_descriptor(self._path, {"resources": [item]})
                except (LimitError, UnsafeNameError) as error:
                    items[place] = self._refuse(item, error)
            if len(blocked) == before:
                raise

    def _refuse(
        self, item: Mapping[str, Any], error: LimitError | UnsafeNameError
    ) -> dict[str, Any]:
        """Note why a resource is not read; return what replaces it."""
        kind = "limit" if isinstance(error, LimitError) else "unsafe-path"
        message = add_limit_hint(str(error).replace("Nothing was read.", "It was not read."))
        name = str(item.get("name") or "")
        self._found.blocked[name] = self._finding(item, kind, message)
        self._found.resources.setdefault(name, dict(item))
        return _stand_in(item)

    def _foreign_keys(self, item: dict[str, Any]) -> None:
        """Take out foreign keys that cannot be checked, and say so."""
        schema = item.get("schema")
        keys = schema.get("foreignKeys") if isinstance(schema, dict) else None
        if not isinstance(keys, list):
            return
        kept = []
        for key in keys:
            reference = key.get("reference") if isinstance(key, Mapping) else None
            if not isinstance(reference, Mapping):
                kept.append(key)
            elif reference.get("package"):
                message = (
                    f"`package` in a reference is not supported: the foreign key "
                    f"{_names(key.get('fields'))} to {reference.get('resource')!r} of the package "
                    f"{reference['package']!r} was not checked. Add a copy of its table to "
                    "this package and refer to that, or remove the key."
                )
                self._found.findings.append(self._finding(item, "foreign-key", message))
            elif str(reference.get("resource") or "") in self._found.blocked:
                self._found.notes.append(
                    f"{item.get('name')}: the foreign key {_names(key.get('fields'))} was not "
                    f"checked, since {reference['resource']!r} was not read"
                )
            else:
                kept.append(key)
        if len(kept) != len(keys):
            item["schema"] = {**schema, "foreignKeys": kept}  # type: ignore[dict-item]
            if not kept:
                del item["schema"]["foreignKeys"]


def add_limit_hint(message: str) -> str:
    """Return the message of a limit with the setting that raises the limit."""
    if "XRECORD_LIMIT_" in message:
        return message
    names = [item.name for item in fields(LIMITS) if re.search(rf"\b{item.name}\b", message)]
    return f"{message} To allow it, set XRECORD_LIMIT_{names[0].upper()}." if names else message


def explain_missing_module(module: str, form: str) -> str:
    """Return what to install for a format whose module is missing."""
    return (
        f"a table of the format {form} was not read: the module {module} is not installed. "
        "Run: pip install 'xinjiang-record[excel]'."
    )


def _stand_in(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return a resource for one that is not read: it has nothing to open."""
    return {"name": item.get("name"), "type": "table", "path": "not-read"}


def _names(fields: object) -> str:
    return ", ".join(map(str, fields)) if isinstance(fields, list) else str(fields)


def _lower_hash(item: dict[str, Any]) -> None:
    """Write a hash in small letters: hexadecimal digits mean the same in both."""
    value = item.get("hash")
    if not isinstance(value, str):
        return
    algorithm, colon, digits = value.rpartition(":")
    if digits and all(character in "0123456789abcdefABCDEF" for character in digits):
        item["hash"] = f"{algorithm.lower()}{colon}{digits.lower()}"


def list_files(path: Path, item: Mapping[str, Any]) -> list[str]:
    """Return the local files of a resource, relative to the descriptor's folder."""
    return [os.path.join(path.parent, text) for text in descriptor_safety.list_texts(item, *PATHS)]
