"""Nothing that was not read is called ok: odd names, formats, archives, parts and schemas."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from xinjiang_record.errors import LimitError, ReadError, UnsafeNameError
from xinjiang_record.validate import Report, report_formats, validate

BAD = "a,b\n1,x\nq,y\n"  # with a text in the integer field a, in row 3
FIELDS = [{"name": "a", "type": "integer"}, {"name": "b", "type": "string"}]
SCHEMA = {"fields": FIELDS}
TABLE = pa.table({"a": ["1", "q"], "b": ["x", "y"]})
READ = ["type-error"]


def arrow_file() -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, TABLE.schema) as writer:
        writer.write_table(TABLE)
    return sink.getvalue()


def feather_file() -> bytes:
    sink = pa.BufferOutputStream()
    feather.write_feather(TABLE, sink)
    return bytes(sink.getvalue().to_pybytes())


def parquet_file() -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(TABLE, sink)
    return bytes(sink.getvalue().to_pybytes())


def zst(text: str) -> bytes:
    return bytes(pa.Codec("zstd").compress(text.encode(), asbytes=True))


def archive(*members: tuple[str, str]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as file:
        for name, text in members:
            file.writestr(name, text)
    return sink.getvalue()


def write(folder: Path, files: dict[str, Any], *resources: dict[str, Any]) -> Path:
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    target = folder / "datapackage.json"
    target.write_text(json.dumps({"name": "p", "resources": resources}))
    return target


def resource(path: Any, **more: Any) -> dict[str, Any]:
    return {"name": "t", "path": path, "schema": SCHEMA, **more}


def kinds(report: Report) -> list[str]:
    return sorted({error["type"] for _, error in report.errors()})


TWO = archive(("a.csv", "a,b\n1,x\n"), ("t.csv", BAD))
PARTS = {"a.csv": "a,b\n1,x\n", "b.csv": "a,b\nq,y\n"}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "no suffix": ({"data": BAD}, resource("data"), READ),
    "a suffix that says nothing": ({"t.xyz": BAD}, resource("t.xyz"), READ),
    "dat under gzip": ({"t.dat.gz": gzip.compress(BAD.encode())}, resource("t.dat.gz"), READ),
    "dat under zstd": ({"t.dat.zst": zst(BAD)}, resource("t.dat.zst"), READ),
    "csv under zstd": ({"t.csv.zst": zst(BAD)}, resource("t.csv.zst"), READ),
    "tabs under gzip": (
        {"t.tsv.gz": gzip.compress(BAD.replace(",", "\t").encode())},
        resource("t.tsv.gz"),
        READ,
    ),
    "capital letters": ({"T.CSV.GZ": gzip.compress(BAD.encode())}, resource("T.CSV.GZ"), READ),
    "a question mark": ({"t?.csv": BAD}, resource("t?.csv"), READ),
    "a number sign under gzip": (
        {"t#1.csv.gz": gzip.compress(BAD.encode())},
        resource("t#1.csv.gz"),
        READ,
    ),
    "a compression that is declared": (
        {"t.bin": gzip.compress(BAD.encode())},
        resource("t.bin", format="csv", compression="gz"),
        READ,
    ),
    "parts under zstd": (
        {"a.csv.zst": zst(PARTS["a.csv"]), "b.csv.zst": zst(PARTS["b.csv"])},
        resource(["a.csv.zst", "b.csv.zst"]),
        READ,
    ),
    "parts of another suffix": (
        {"a.txt": PARTS["a.csv"], "b.txt": PARTS["b.csv"]},
        resource(["a.txt", "b.txt"]),
        READ,
    ),
    "extra paths": (PARTS, resource("a.csv", extrapaths=["b.csv"]), READ),
    "a part that lacks": (
        {"a.csv": PARTS["a.csv"]},
        resource(["a.csv", "b.csv"]),
        ["scheme-error"],
    ),
    "arrow": ({"t.arrow": arrow_file()}, resource("t.arrow"), READ),
    "arrow by its other suffix": ({"t.ipc": arrow_file()}, resource("t.ipc"), READ),
    "arrow by its format": ({"t.bin": arrow_file()}, resource("t.bin", format="arrow"), READ),
    "text that is called arrow": ({"t.arrow": BAD}, resource("t.arrow", format="csv"), READ),
    "feather": ({"t.feather": feather_file()}, resource("t.feather"), READ),
    "parquet by its other suffix": ({"t.pq": parquet_file()}, resource("t.pq"), READ),
    "text that is called parquet": ({"t.parquet": BAD}, resource("t.parquet"), ["source-error"]),
    "parquet that is called csv": (
        {"t.csv": parquet_file()},
        resource("t.csv"),
        ["encoding-error"],
    ),
    "a media type": ({"t": BAD}, resource("t", mediatype="text/csv"), READ),
    "a media type of another kind": (
        {"t.csv": BAD},
        resource("t.csv", mediatype="application/vnd.apache.parquet"),
        READ,
    ),
    "geojson with a schema": (
        {"t.geojson": '{"type": "FeatureCollection", "features": []}'},
        resource("t.geojson"),
        ["format-error"],
    ),
    "a page with a schema": ({"t.html": "<p>a,b</p>"}, resource("t.html"), ["format-error"]),
    "a document with a schema": ({"t.pdf": "%PDF-1.4"}, resource("t.pdf"), ["format-error"]),
    "a document that is called a table": (
        {"t.pdf": "%PDF-1.4"},
        {"name": "t", "path": "t.pdf", "type": "table"},
        ["format-error"],
    ),
    "yaml with a schema": ({"t.yaml": "- {a: q}"}, resource("t.yaml"), ["format-error"]),
    "a format that is not known": (
        {"t.csv": BAD},
        resource("t.csv", format="shp"),
        ["format-error"],
    ),
    "utf-16 with a mark": ({"t.csv": BAD.encode("utf-16")}, resource("t.csv"), READ),
    "inline rows": ({}, {"name": "t", "data": [["a", "b"], ["q", "y"]], "schema": SCHEMA}, READ),
    "inline objects": ({}, {"name": "t", "data": [{"a": "q", "b": "y"}], "schema": SCHEMA}, READ),
    "an empty file": ({"t.csv": ""}, resource("t.csv"), ["source-error"]),
    "a file that lacks": ({}, resource("t.csv"), ["scheme-error"]),
    "a schema that lacks": (
        {"t.csv": BAD},
        {**resource("t.csv"), "schema": "s.json"},
        ["schema-error"],
    ),
    "an empty schema": ({"t.csv": BAD}, {**resource("t.csv"), "schema": {}}, ["schema-error"]),
}


@pytest.mark.parametrize("name", CASES)
def test_an_odd_table_is_read_or_is_an_error(name: str, tmp_path: Path) -> None:
    files, declared, wanted = CASES[name]
    report = validate(write(tmp_path, files, declared))
    assert kinds(report) == wanted
    assert "INVALID" in report_formats.write_text([report])
    rows = [error.get("rowNumber") for _, error in report.errors()]
    if wanted == READ:
        assert (2 if "inline" in name else 3) in rows


@pytest.mark.parametrize("name", ["t?.csv", "t[1].csv"])
def test_a_file_with_an_odd_name_alone(name: str, tmp_path: Path) -> None:
    """Frictionless reads nothing of the first, and takes the second for a pattern."""
    (tmp_path / name).write_text("a,b\n1,x,y\n")
    report = validate(tmp_path / name)
    assert kinds(report) == ["extra-cell"]


@pytest.mark.parametrize("name", ["t:1.csv", "http:x.csv", "d:1/t.csv", "d:1/t:1.csv", "d:1"])
def test_a_local_file_with_a_colon_in_its_name_is_no_address(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = Path(name if name.endswith(".csv") else f"{name}/t:2.csv")
    file.parent.mkdir(exist_ok=True)
    file.write_text("a,b\n1,x,y\n")
    assert kinds(validate(name)) == ["extra-cell"]
    file.write_text("a,b\n1,x\n")
    assert validate(name).valid


def test_a_file_of_an_archive_that_is_not_read_is_named(tmp_path: Path) -> None:
    target = write(tmp_path, {"t.zip": TWO}, resource("t.zip", format="csv"))
    report = validate(target)
    assert report.valid and "only a.csv was read" in " ".join(report.notes)
    assert kinds(validate(target, standard="v2")) == ["not-checked"]
    inner = write(tmp_path, {}, resource("t.zip", format="csv", innerpath="t.csv"))
    assert kinds(validate(inner, standard="v2")) == READ


@pytest.mark.parametrize("kind", ["file", "json", "text"])
def test_a_schema_that_is_not_used_is_an_error_by_the_standard(kind: str, tmp_path: Path) -> None:
    target = write(tmp_path, {"t.csv": BAD}, resource("t.csv", type=kind))
    report = validate(target)
    assert report.valid and not report.descriptor["stats"].get("rows")
    assert "no table was read" in report_formats.write_text([report])
    assert kinds(validate(target, standard="v2")) == ["not-checked"]


@pytest.mark.parametrize(
    "odd",
    [
        {"path": "../x.csv"},
        {"path": "folder"},
        {"path": "u.csv", "schema": "../s.json"},
        {"path": "u.csv.bz2"},
    ],
)
@pytest.mark.parametrize("standard", [None, "v2"])
def test_an_unsafe_resource_hides_no_other(
    odd: dict[str, Any], standard: str | None, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    files = {"t.csv": BAD, "u.csv": BAD, "u.csv.bz2": bz2.compress(BAD.encode())}
    target = write(tmp_path, files, resource("t.csv"), {"name": "u", **odd})
    assert kinds(validate(target, standard=standard))[0] == "type-error"
    assert set(kinds(validate(target, standard=standard))[1:]) <= {"unsafe-path", "limit"}
    alone = write(tmp_path, files, {"name": "u", **odd})
    if "bz2" not in odd["path"]:
        with pytest.raises(UnsafeNameError):
            validate(alone, standard=standard)


@pytest.mark.parametrize("kind", ["plain", "strict"])
@pytest.mark.parametrize(
    ("odd", "wanted"),
    [
        ({"name": [["t"]]}, "resource-error"),
        ({"format": "inline"}, "format-error"),
        (
            {"schema": {"fields": [{"name": "a", "type": "string", "constraints": 5}]}},
            "field-error",
        ),
        (
            {"schema": {"fields": [{"name": "a", "type": ["string"], "constraints": {}}]}},
            "field-error",
        ),
        ({"schema": {"fields": [{"name": "a"}], "uniqueKeys": [[["a"]]]}}, "schema-error"),
        (
            {
                "schema": {
                    "fields": [{"name": "a"}],
                    "foreignKeys": [
                        {"fields": [["a"]], "reference": {"resource": ["t"], "fields": [["a"]]}}
                    ],
                }
            },
            "schema-error",
        ),
    ],
)
def test_a_property_of_another_shape_is_an_error(
    odd: dict[str, Any], wanted: str, kind: str, tmp_path: Path
) -> None:
    """In its own form Frictionless passes some and fails on others, which the message says."""
    target = write(tmp_path, {"t.csv": BAD}, {**resource("t.csv"), **odd})
    if kind == "strict":
        assert wanted in kinds(validate(target, strict=True))
    else:
        with contextlib.suppress(ReadError):
            validate(target)


def test_a_workbook_that_says_it_is_large(tmp_path: Path) -> None:
    """All the cells that a sheet says it has would be laid out."""
    from tests.hostile.of_tables import SHEET, TEXT_CELL, workbook

    for reference, refused in (("A1:XFD1048576", True), ("B9:T900000", True), ("A1:A9", False)):
        book = workbook(SHEET.format(f'<dimension ref="{reference}"/>', TEXT_CELL))
        (tmp_path / "t.xlsx").write_bytes(book)
        report = validate(tmp_path / "t.xlsx") if not refused else None
        if refused:
            with pytest.raises(LimitError, match=r"xl/worksheets/sheet1\.xml: says that it has"):
                validate(tmp_path / "t.xlsx")
        assert report is None or report.valid


def test_the_standard_wants_a_resource(tmp_path: Path) -> None:
    report = validate(write(tmp_path, {}), standard="v2")
    assert kinds(report) == ["package-error"] and len(report.findings) == 1


def test_rows_that_ods_writes_once_with_a_count(tmp_path: Path) -> None:
    ezodf = pytest.importorskip("ezodf")
    book = ezodf.newdoc("ods", str(tmp_path / "t.ods"))
    sheet = ezodf.Sheet("S", size=(3, 2))
    book.sheets += sheet
    for row, cells in enumerate([("a", "b"), (1, "x"), (2, "y")]):
        for column, value in enumerate(cells):
            sheet[row, column].set_value(value)
    book.save()
    target = write(tmp_path, {}, resource("t.ods"))
    assert kinds(validate(target, standard="v2")) == []
    packed = {}
    with zipfile.ZipFile(tmp_path / "t.ods") as file:
        for name in file.namelist():
            packed[name] = file.read(name).decode("latin-1")
    before, row, after = packed["content.xml"].partition("<table:table-row")
    again = f'{row} table:number-rows-repeated="40"'.join(
        [before + row + after.partition(row)[0], after.partition(row)[2]]
    )
    packed["content.xml"] = again
    (tmp_path / "t.ods").write_bytes(archive(*packed.items()))
    report = validate(target)
    assert report.valid and "read as one" in " ".join(report.notes)
    assert kinds(validate(target, standard="v2")) == ["not-checked"]
