"""Check a descriptor against the local copy of a JSON Schema profile; nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
from referencing import Registry, Resource
from referencing.exceptions import NoSuchResource, Unresolvable
from referencing.jsonschema import DRAFT7, Schema

from xinjiang_record.untrusted.patterns import bound_json_schemas
from xinjiang_record.validate.opening.addresses import read_mapped, standard_profile

SHOWN = 20  # errors of one profile


def profile_errors(
    item: Mapping[str, Any], profile: dict[str, Any], address: str, maps: Mapping[str, Path]
) -> Iterator[str]:
    """Yield what a descriptor breaks of a profile.

    Other documents that the profile refers to are read from their mapped copies. The standard's own
    profiles are accepted by their addresses: Frictionless checks their rules.
    """

    def retrieve(uri: str) -> Resource[Schema]:
        content = read_mapped(uri, maps)
        if content is None and standard_profile(uri):
            content = {}
        if content is None:
            raise NoSuchResource(uri)
        return DRAFT7.create_resource(content)

    bound_json_schemas()
    registry: Registry[Schema] = Registry(retrieve=retrieve)  # type: ignore[call-arg]
    try:
        checker = jsonschema.validators.validator_for(profile, jsonschema.Draft7Validator)
        for number, error in enumerate(checker(profile, registry=registry).iter_errors(item)):
            if number == SHOWN:
                yield f"the profile {address}: more errors are not shown."
                return
            where = ".".join(map(str, error.absolute_path)) or "the descriptor"
            yield f"the profile {address}: {where}: {error.message[:200]}."
    except (Unresolvable, jsonschema.exceptions.RefResolutionError) as error:
        yield (
            f"the profile {address} refers to a document that was not fetched ({error}). "
            "Use --map with a local copy of it too."
        )
    except jsonschema.exceptions.SchemaError as error:
        yield f"the profile {address} is not a valid JSON Schema: {error.message[:200]}."
