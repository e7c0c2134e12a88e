"""Check ``jsonSchema``: an array or an object must fit a JSON Schema. Frictionless ignores it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xinjiang_record.constraints.constraint import Check, Constraint, RuleError
from xinjiang_record.untrusted.patterns import bound_json_schemas


class JsonSchema(Constraint):
    """Check that a value fits a JSON Schema."""

    name = "jsonSchema"
    message = "which does not fit the jsonSchema"
    types = frozenset(("array", "object", "any", "geojson"))
    native = frozenset[str]()

    @classmethod
    def make_check(cls, bound: object, read: Callable[[Any], Any]) -> Check:
        """Return the check of arrays and objects."""
        import jsonschema  # type: ignore[import-untyped]  # deferred: start-up
        from referencing import Registry  # deferred: start-up

        if not isinstance(bound, (dict, bool)):
            raise RuleError(f"jsonSchema: expected an object, got {bound!r}")
        bound_json_schemas()
        kind = jsonschema.validators.validator_for(bound, jsonschema.Draft202012Validator)
        try:
            kind.check_schema(bound)
        except jsonschema.exceptions.SchemaError as error:
            text = f"jsonSchema is not a valid JSON Schema: {error.message[:200]}"
            raise RuleError(text) from error
        checker = kind(bound, registry=Registry())
        return lambda value: bool(checker.is_valid(value))
