"""Check a descriptor against the local copy of a JSON Schema profile; nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import jsonschema  # type: ignore[import-untyped]
from referencing import Registry, Resource
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT7, Schema

from xinjiang_record.untrusted.patterns import bound_json_schemas
from xinjiang_record.validate.opening.addresses import name_standard_profile, read_mapped

SHOWN = 20  # errors of one profile


class ProfileCheck:
    """Check descriptors against one profile; ``unread`` are what it refers to and is not here.

    Documents that the profile refers to are read from their mapped copies. The standard's own
    profiles are accepted by their addresses: Frictionless checks their rules. What is in another
    document is not checked.
    """

    def __init__(self, profile: dict[str, Any], address: str, maps: Mapping[str, Path]) -> None:
        self._profile = cast("dict[str, Any]", _mend_references(profile))
        self._address, self._maps = address, maps
        self.unread: list[str] = []

    def find_errors(self, item: Mapping[str, Any]) -> Iterator[str]:
        """Yield what a descriptor breaks of the profile.

        Raises:
            ReadError: The copy of a document cannot be read.
        """
        registry: Registry[Schema] = Registry(retrieve=self._retrieve)  # type: ignore[call-arg]
        shown = f"the profile {self._address}"
        bound_json_schemas()
        try:
            kind = jsonschema.validators.validator_for(self._profile, jsonschema.Draft7Validator)
            checker = kind(self._profile, registry=registry)
            for number, error in enumerate(checker.iter_errors(item)):
                if number == SHOWN:
                    yield f"{shown}: more errors are not shown."
                    return
                where = ".".join(map(str, error.absolute_path)) or "the descriptor"
                yield f"{shown}: {where}: {error.message[:200]}."
        except (Unresolvable, jsonschema.exceptions.RefResolutionError) as error:
            yield f"{shown}: a reference in it leads nowhere ({error})."
        except jsonschema.exceptions.SchemaError as error:
            yield f"{shown} is not a valid JSON Schema: {error.message[:200]}."

    def _retrieve(self, address: str) -> Resource[Schema]:
        content = read_mapped(address, self._maps)
        if content is None:
            if not name_standard_profile(address) and address not in self.unread:
                self.unread.append(address)
            content = {}
        return DRAFT7.create_resource(cast("dict[str, Any]", _mend_references(content)))


def _mend_references(node: object) -> object:
    """Return a JSON Schema in which ``#$defs/x`` is ``#/$defs/x``, as Camtrap DP 1.0 means it."""
    if isinstance(node, dict):
        return {
            key: value.replace("#$defs/", "#/$defs/", 1)
            if key == "$ref" and isinstance(value, str) and value.startswith("#$defs/")
            else _mend_references(value)
            for key, value in node.items()
        }
    return [_mend_references(item) for item in node] if isinstance(node, list) else node
