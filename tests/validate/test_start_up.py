"""Frictionless is imported without much of itself.

Whoever uses it afterwards finds all of it, and the same answers.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import frictionless
import pytest
from frictionless import Schema

from xinjiang_record.validate import frictionless_hooks
from xinjiang_record.validate.frictionless_hooks import descriptor_checks

FIRST = """
import sys
from xinjiang_record.validate import validate
validate(sys.argv[1])
"""


def in_another_process(code: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", FIRST + code, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def table(box: Callable[..., Path]) -> str:
    fields = [{"name": "a", "type": "string", "format": "uri"}, {"name": "b", "type": "integer"}]
    return str(box(b"a,b\nx:y,1\nz,no\n", fields, encoding="utf-8", dialect={"delimiter": ","}))


def test_a_small_file_needs_neither_arrow_nor_what_frictionless_seldom_uses(table: str) -> None:
    heavy = [
        "pyarrow",
        "numpy",
        "pandas",
        "pydantic",
        "jsonschema",
        "tabulate",
        "requests",
    ]
    assert (
        in_another_process(f"print([name for name in {heavy} if name in sys.modules])", table)
        == "[]"
    )


def test_what_was_left_out_is_there_when_it_is_used(table: str) -> None:
    code = """
import frictionless, tabulate, frictionless.portals.zenodo.models
from frictionless.formats import ExcelAdapter, PandasParser, SqlAdapter
from frictionless.portals import ZenodoAdapter, ZenodoControl
from frictionless.system import PublishResult
assert "type-error" in frictionless.validate(sys.argv[1]).to_summary()  # by tabulate
adapter = ZenodoAdapter(ZenodoControl(metafn="x"))
assert isinstance(adapter, ZenodoAdapter) and isinstance(adapter, frictionless.Adapter)
assert type(adapter) is sys.modules["frictionless.portals.zenodo.adapter"].ZenodoAdapter
assert PublishResult(url="u", context={}).model_dump() == {"url": "u", "context": {}}
class Own(SqlAdapter): pass
assert issubclass(Own, frictionless.Adapter) and issubclass(Own, SqlAdapter)
print([name for name, module in sys.modules.items() if type(module).__name__ == "StandIn"])
"""
    assert in_another_process(code, table) == "[]"


def test_copies_of_fields_share_nothing_and_are_those_of_frictionless() -> None:
    frictionless_hooks.install()
    bounds = {"minimum": 3, "enum": [3, 4]}
    field = {
        "name": "a",
        "type": "integer",
        "format": "fmt:default",
        "x": [1],
        "constraints": bounds,
    }
    first, second = (Schema.from_descriptor({"fields": [field]}).fields[0] for _ in range(2))
    for copy in (first.to_copy(), first.to_copy()):
        theirs = descriptor_checks.FRICTIONLESS_COPY(first)
        assert copy.to_descriptor() == theirs.to_descriptor() == second.to_descriptor()
        assert vars(copy) == vars(theirs) and type(copy) is type(theirs)
        assert copy.schema is None and copy.metadata_assigned == theirs.metadata_assigned
        copy.constraints["enum"].append(5)
        copy.custom["x"].append(2)
        copy.missing_values = ["-"]
        assert not copy.has_defined("title") and copy.has_defined("missing_values")
    assert first.to_descriptor() == second.to_descriptor()
    assert second.constraints["enum"] == [3, 4] and second.missing_values == [""]
    second.constraints["minLength"] = 1  # which an integer does not have
    with pytest.raises(frictionless.FrictionlessException):
        second.to_copy()


def test_names_are_made_as_by_frictionless() -> None:
    frictionless_hooks.install()
    for name in ("table", "t1", "Table", "a_b", "a-b", "état", "²", "1,000", "a&amp;b", "", "x.y"):
        for options in ({}, {"regex_pattern": r"[^-a-z0-9._/]"}):
            theirs = descriptor_checks.FRICTIONLESS_SLUGIFY(name, **options)
            assert frictionless.helpers.slugify(name, **options) == theirs


def test_descriptors_that_do_not_fit_are_told_as_by_jsonschema() -> None:
    frictionless_hooks.install()
    for descriptor in (
        {"fields": [{"name": 1, "type": "string"}]},
        {"fields": "x"},
        {"fields": [{"name": "a", "type": "string", "constraints": {"minLength": "3"}}]},
        {"fields": [{"name": "a", "type": "integer"}], "missingValues": [1]},
        {"fields": [{"name": "a", "type": "string", "format": "no"}]},
        {"fields": [{"name": "a", "type": "string"}], "primaryKey": ["b"]},
        {
            "fields": [{"name": "a", "type": "string", "constraints": {"required": 1}}],
            "fieldsMatch": "x",
        },
        {"name": "A B", "fields": []},
    ):
        own = [error.message for error in Schema.metadata_validate(descriptor)]
        theirs = [
            error.message for error in descriptor_checks.FRICTIONLESS_CHECK(Schema, descriptor)
        ]
        assert own[: len(theirs)] == theirs
        with pytest.raises(frictionless.FrictionlessException):
            Schema.from_descriptor(descriptor)
