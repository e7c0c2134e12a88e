"""Properties of descriptors by Data Package 2.0, and one odd resource that hides no other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from xinjiang_record.validate import Report, report_formats, validate

BAD = "a,b\n1,x\nq,y\n"  # with a text in the integer field a, in row 3


def write(folder: Path, descriptor: dict[str, Any] | str) -> Path:
    (folder / "t.csv").write_text(BAD)
    target = folder / "datapackage.json"
    target.write_text(descriptor if isinstance(descriptor, str) else json.dumps(descriptor))
    return target


def package(
    top: dict[str, Any] | None = None,
    resource: dict[str, Any] | None = None,
    dialect: dict[str, Any] | None = None,
    schema: dict[str, Any] | None = None,
    field: dict[str, Any] | None = None,
) -> dict[str, Any]:
    fields = [{"name": "a", "type": "integer"}, {"name": "b", "type": "string", **(field or {})}]
    table = {
        "name": "t",
        "path": "t.csv",
        "encoding": "utf-8",
        "dialect": dialect or {},
        "schema": {"fields": fields, **(schema or {})},
        **(resource or {}),
    }
    return {"name": "p", "resources": [table], **(top or {})}


def kinds(report: Report) -> list[str]:
    return sorted({error["type"] for _, error in report.errors()})


WRONG: dict[str, dict[str, Any]] = {
    "id": {"top": {"id": 7}},
    "image": {"top": {"image": "/x.png"}},
    "sources": {"top": {"sources": [{}]}},
    "contributors": {"top": {"contributors": [{}]}},
    "path": {"resource": {"path": ["t.csv", ".hidden/t.csv"]}},
    "hash": {"resource": {"hash": 5}},
    "headerRows": {"dialect": {"headerRows": [0, 1]}},
    "headerRows, a flag": {"dialect": {"headerRows": [True]}},
    "categories": {
        "field": {"categories": [{"value": "x", "label": "L"}, {"value": "y", "label": "L"}]}
    },
    "categories, mixed": {"field": {"categories": ["x", {"value": "y"}]}},
    "commentRows": {"dialect": {"commentRows": [1.5]}},
    "commentChar": {"dialect": {"commentChar": ""}},
    "quoteChar": {"dialect": {"quoteChar": "ab"}},
    "lineTerminator": {"dialect": {"lineTerminator": ";"}},
    "nullSequence": {"dialect": {"nullSequence": 5}},
    "itemType": {"dialect": {"itemType": "dict"}},
    "sheetNumber": {"dialect": {"sheetNumber": 0}},
    "missingValues": {"schema": {"missingValues": ["", "NA", "NA"]}},
    "format": {"field": {"type": "geopoint", "format": "latlon"}},
    "groupChar": {"field": {"type": "number", "groupChar": "."}},
    "decimalChar": {"field": {"type": "number", "decimalChar": ""}},
    "delimiter": {"field": {"type": "list", "delimiter": ""}},
    "minimum": {"field": {"type": "integer", "constraints": {"minimum": "low"}}},
    "maximum": {"field": {"type": "number", "constraints": {"maximum": True}}},
    "exclusiveMaximum": {
        "field": {"type": "number", "constraints": {"exclusiveMaximum": float("nan")}}
    },
    "enum": {"field": {"type": "integer", "constraints": {"enum": [1, "x"]}}},
    "enum, empty": {"field": {"constraints": {"enum": []}}},
    "foreignKeys": {"schema": {"foreignKeys": [{"fields": "a", "reference": "t"}]}},
    "foreignKeys, a text": {"schema": {"foreignKeys": ["a"]}},
}


@pytest.mark.parametrize("name", WRONG)
def test_a_property_with_a_wrong_value_is_named(name: str, tmp_path: Path) -> None:
    """It hides no error of the rows."""
    report = validate(write(tmp_path, package(**WRONG[name])), standard="v2")
    messages = [error["message"] for _, error in report.errors() if "rowNumber" not in error]
    name = name.partition(",")[0]
    assert any(f"{name}: " in message for message in messages), messages
    assert name == "path" or "type-error" in kinds(report)


def test_properties_that_the_standard_has_are_right(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    top = {
        "id": "x",
        "image": "https://example.org/x.png",
        "sources": [{"email": "a@example.org"}],
        "contributors": [{"title": "x", "roles": ["creator"]}],
        "namespace:other": [1],
    }
    given = package(
        top=top,
        resource={"path": "./t.csv"},
        dialect={"headerRows": [1], "commentChar": "//", "lineTerminator": "\n", "other": 1},
        schema={"missingValues": ["", "NA"]},
        field={"type": "date", "format": "%d/%m/%Y", "constraints": {"minimum": "01/02/2020"}},
    )
    target = write(tmp_path, given)
    (tmp_path / "t.csv").write_text("a,b\n1,03/02/2020\n")
    assert validate(target, standard="v2").valid


def test_strict_reads_the_tables_that_declare_all(tmp_path: Path) -> None:
    """What one table leaves open is an error of that table."""
    descriptor = package()
    descriptor["resources"].append({"name": "u", "path": "u.csv"})
    target = write(tmp_path, descriptor)
    (tmp_path / "u.csv").write_text("c;d\n1;2\n")
    report = validate(target, strict=True)
    assert kinds(report) == ["type-error", "undeclared-dialect", "undeclared-schema"]
    assert kinds(validate(target, strict=True, resource="t")) == ["type-error"]
    alone = validate(target, strict=True, descriptor_only=True)
    assert "u: no schema is declared" in report_formats.write_text([alone])
    assert kinds(validate(str(tmp_path / "u.csv"), strict=True))[0] == "undeclared-dialect"


def test_a_key_to_a_file_that_lacks_hides_no_rows(tmp_path: Path) -> None:
    reference = {"resource": "u", "fields": ["b"]}
    descriptor = package(schema={"foreignKeys": [{"fields": ["b"], "reference": reference}]})
    descriptor["resources"].append({**descriptor["resources"][0], "name": "u", "path": "u.csv"})
    report = validate(write(tmp_path, descriptor), standard="v2")
    assert kinds(report) == ["scheme-error", "type-error"]
    assert "the foreign key b was not checked, since 'u' was not read" in " ".join(report.notes)


@pytest.mark.parametrize("order", [("t", "u"), ("u", "t"), ("t",)], ids="-".join)
def test_the_table_that_a_key_refers_to_is_read_by_the_standard(
    order: tuple[str, ...], tmp_path: Path
) -> None:
    """Whichever is read first: a year of five digits is one by the standard alone."""
    year = {"name": "year", "type": "year"}
    reference = {"resource": order[-1] if len(order) > 1 else "", "fields": ["year"]}
    schema = {"fields": [{**year, "name": "since"}, year]}
    refers = {**schema, "foreignKeys": [{"fields": ["since"], "reference": reference}]}
    descriptor = package()
    table = descriptor["resources"][0]
    descriptor["resources"] = [
        {**table, "name": name, "schema": schema if number and len(order) > 1 else refers}
        for number, name in enumerate(order)
    ]
    target = write(tmp_path, descriptor)
    (tmp_path / "t.csv").write_text("since,year\n12020,12020\n")
    assert kinds(validate(target, standard="v2")) == []
    (tmp_path / "t.csv").write_text("since,year\n12021,12020\n")
    assert kinds(validate(target, standard="v2")) == ["foreign-key"]


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_a_key_that_is_there_twice(suffix: str, tmp_path: Path) -> None:
    """The last one counts, which may not be the one that was meant."""
    text = json.dumps(package()).replace('"fields": ', '"fields": [], "fields": ')
    if suffix == "yaml":
        text = text.replace('"fields"', "fields")
    write(tmp_path, package())
    target = tmp_path / f"datapackage.{suffix}"
    target.write_text(text)
    assert kinds(validate(target, strict=True)) == ["duplicate-key", "type-error"]
    report = validate(target)
    assert kinds(report) == ["type-error"]
    assert "the key 'fields' is there twice" in " ".join(report.notes)
    write(tmp_path, package(resource={"schema": "s.json"}))
    (tmp_path / "s.json").write_text('{"fields": [], "fields": [{"name": "a"}, {"name": "b"}]}')
    assert kinds(validate(tmp_path / "datapackage.json", standard="v2")) == ["duplicate-key"]
    given = validate(tmp_path / "t.csv", schema=str(tmp_path / "s.json"), standard="v2")
    assert kinds(given) == ["duplicate-key"]
    address = "https://example.org/s.json"
    target = write(tmp_path, package(resource={"schema": address}))
    mapped = validate(target, maps={address: tmp_path / "s.json"})
    assert mapped.valid and "the key 'fields' is there twice" in " ".join(mapped.notes)
    (tmp_path / "s.json").write_text("[" * 100_000)
    deep = validate(target, maps={address: tmp_path / "s.json"})
    assert "descriptor_depth" in "".join(error["message"] for _, error in deep.errors())


def test_a_line_without_cells_is_blank_and_a_key_with_a_null_has_no_equal(tmp_path: Path) -> None:
    target = write(tmp_path, package(schema={"uniqueKeys": [["a", "b"]]}))
    (tmp_path / "t.csv").write_text("a,b\n1,\n\n1,\n,\n2,x\n2,x\n")
    errors = [error for _, error in validate(target, standard="v2").errors()]
    found = [(error["rowNumber"], error["type"]) for error in errors]
    assert found == [(3, "blank-row"), (7, "unique-keys")]


def test_a_key_that_a_merge_in_yaml_replaces_is_there_once(tmp_path: Path) -> None:
    write(tmp_path, package())
    table = "{name: t, path: t.csv, schema: {fields: [{name: a}, {name: b}]}}"
    merged = f"x: &x {{<<: {{name: u}}, name: p}}\n<<: *x\nresources: [{table}]\n"
    (tmp_path / "datapackage.yaml").write_text(merged)
    assert validate(tmp_path / "datapackage.yaml", standard="v2").valid
