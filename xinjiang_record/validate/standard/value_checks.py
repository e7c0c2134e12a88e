"""Check constraints on values that Frictionless 5.21 ignores, refuses or has wrong."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time, timedelta, timezone
from typing import Any

from xinjiang_record.untrusted.patterns import bound_json_schemas, compile_pattern
from xinjiang_record.validate.standard.xml_patterns import PatternError, translate_pattern

Check = Callable[[Any], bool]
BOUNDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "minimum": operator.ge,
    "maximum": operator.le,
    "exclusiveMinimum": operator.gt,
    "exclusiveMaximum": operator.lt,
}
# XML Schema compares durations by adding them to these four moments.
_MOMENTS = (
    datetime(1696, 9, 1),
    datetime(1697, 2, 1),
    datetime(1903, 3, 1),
    datetime(1903, 7, 1),
)


class RuleError(ValueError):
    """Signal that a constraint in a schema cannot be used, and why."""


class HashableList(list[Any]):
    """Make a list that can be a key."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(repr(self))


class HashableDict(dict[str, Any]):
    """Make an object that can be a key; the order of its members does not matter."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(repr(sorted(self.items(), key=repr)))


def make_hashable(value: object) -> object:
    """Return an equal value that can be a key."""
    if isinstance(value, list):
        return HashableList(map(make_hashable, value))
    if isinstance(value, dict):
        return HashableDict((key, make_hashable(item)) for key, item in value.items())
    return value


def make_check(name: str, bound: object, read: Callable[[Any], Any]) -> Check:
    """Return the check of one constraint; ``read`` casts a text to a value of the field.

    Raises:
        RuleError: The constraint's value cannot be used.
    """
    if name == "pattern":
        return _pattern_check(bound)
    if name == "jsonSchema":
        return _json_schema_check(bound)
    if name in BOUNDS:
        return _bound_check(name, bound, read)
    if name == "enum":
        values = [read(item) for item in bound] if isinstance(bound, list) else []
        return lambda value: any(value == item for item in values if item is not None)
    if name in ("minLength", "maxLength"):
        if type(bound) is not int:
            raise RuleError(f"{name}: expected an integer, got {bound!r}")
        compare = operator.ge if name == "minLength" else operator.le
        return lambda value: not hasattr(value, "__len__") or compare(len(value), bound)
    raise RuleError(f"the constraint {name!r} is not one of the standard")


def _pattern_check(bound: object) -> Check:
    if not isinstance(bound, str):
        raise RuleError(f"pattern: expected a text, got {bound!r}")
    try:
        compiled = compile_pattern(translate_pattern(bound))
    except PatternError as error:
        message = f"the pattern {bound!r} is not one of XML Schema: {error}"
        raise RuleError(message) from error
    return lambda value: not isinstance(value, str) or bool(compiled.match(value))


def _json_schema_check(bound: object) -> Check:
    import jsonschema  # type: ignore[import-untyped]  # deferred: start-up
    from referencing import Registry  # deferred: start-up

    if not isinstance(bound, (dict, bool)):
        raise RuleError(f"jsonSchema: expected an object, got {bound!r}")
    bound_json_schemas()
    kind = jsonschema.validators.validator_for(bound, jsonschema.Draft202012Validator)
    try:
        kind.check_schema(bound)
    except jsonschema.exceptions.SchemaError as error:
        raise RuleError(f"jsonSchema is not a valid JSON Schema: {error.message[:200]}") from error
    checker = kind(bound, registry=Registry())
    return lambda value: bool(checker.is_valid(value))


def _bound_check(name: str, bound: object, read: Callable[[Any], Any]) -> Check:
    limit, compare = read(bound), BOUNDS[name]
    if limit is None or limit != limit:
        raise RuleError(f"{name}: {bound!r} is not a value of the type")

    def check(value: object) -> bool:
        pairs = _comparable(value, limit)
        return any(compare(first, second) for first, second in pairs)

    return check


def _comparable(value: object, limit: object) -> Iterator[tuple[Any, Any]]:
    """Yield pairs that can be compared; a duration and a time may have several."""
    if isinstance(value, (datetime, time)):
        yield _in_utc(value), _in_utc(limit)
    elif isinstance(value, timedelta) and isinstance(limit, timedelta):
        yield value, limit
    elif isinstance(value, timedelta) or hasattr(value, "tdelta"):
        for moment in _MOMENTS:
            yield operator.add(moment, value), operator.add(moment, limit)
    elif value == value:
        yield value, limit


def _in_utc(value: object) -> object:
    """Return a moment in UTC; one without a zone is taken to be in it."""
    if isinstance(value, time):
        value = datetime.combine(datetime(2000, 1, 1), value)
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=timezone.utc)  # noqa: UP017
    return value
