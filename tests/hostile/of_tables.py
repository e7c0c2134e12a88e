"""Tables, schemas and options from people nobody knows, for ``xrecord validate``.

Beside ``of_packages``: every keyword of a schema and a resource with values of other shapes, files
whose metadata lie, names of files, standard input, and the options of the command.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import re
import resource
import socket
import sqlite3
import struct
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Literal
from xml.dom import minidom

import pyarrow as pa
import pyarrow.parquet as pq

from tests.hostile.case import CANARY, Case, Ended
from tests.hostile.of_packages import field, package, write_package

Make = Callable[[Path], object]
Expect = Literal["refused", "accepted", "answered"]
COMMAND = ("validate", "datapackage.json", "--no-progress")
MARKS = [
    "\0",
    "\x1b[2J",
    "\u202e",
    "\ud800",
    "a\nb",
    "::error::x",
    "<img src=x>",
    "",
    " ",
    "\ufeff",
]
SHAPES: list[object] = [None, 5, -1, True, "x", "", [], ["x"], [["x"]], [None], {}, {"x": {}},
                        1e308, 10**60, MARKS, "a" * 90_000]  # fmt: skip


@contextlib.contextmanager
def prepared(top: Path) -> Iterator[Path]:
    """Write the file that no package may read, beside the folders of the cases."""
    (top / "outside.csv").write_text(f"id\n{CANARY}\n")
    yield top


def keywords() -> Iterator[tuple[str, Expect, object]]:
    """Yield descriptors with other shapes under every keyword: half of the shapes for each."""
    named = {
        "field": ("type", "format", "name", "title", "constraints", "missingValues", "categories",
                  "categoriesOrdered", "trueValues", "decimalChar", "groupChar", "bareNumber",
                  "delimiter", "itemType", "rdfType", "example"),
        "constraint": ("required", "unique", "minimum", "exclusiveMaximum", "minLength",
                       "maxLength", "pattern", "enum", "jsonSchema"),
        "schema": ("fields", "primaryKey", "foreignKeys", "uniqueKeys", "missingValues",
                   "fieldsMatch", "$schema"),
        "resource": ("name", "type", "encoding", "hash", "bytes", "mediatype", "sources", "rows",
                     "licenses", "title", "stats", "control", "layout", "detector"),
        "package": ("name", "id", "created", "contributors", "version", "keywords", "image"),
    }  # fmt: skip
    for place, keys in named.items():
        for row, key in enumerate(keys):
            for number in range(row % 2, len(SHAPES), 2):
                value = _with_keyword(place, key, SHAPES[number], ("string", "object")[row % 2])
                yield f"{place} {key} {number}", "answered", value


def _with_keyword(place: str, key: str, value: object, kind: str) -> object:
    if place == "package":
        return {**package(), key: value}
    if place == "resource":
        return package(**{key: value})
    name_and_type = {"name": "id", "type": kind}
    if place == "schema":
        return package(schema={"fields": [name_and_type], key: value})
    inner = {key: value} if place == "field" else {"constraints": {key: value}}
    return package(schema={"fields": [{**name_and_type, **inner}]})


def references() -> Iterator[tuple[str, Expect, object]]:
    """Yield foreign keys, categories and JSON schemas that lead elsewhere or contradict."""
    for name, key in {
        "another package": {"package": "../p/datapackage.json", "resource": "a", "fields": "id"},
        "a package at an address": {
            "package": "http://127.0.0.1:9/p.json", "resource": "a", "fields": "id"},
        "no such table": {"resource": "b", "fields": "id"},
        "no such field": {"resource": "", "fields": "no"},
        "more fields": {"resource": "", "fields": ["id", "id"]},
        "a path as table": {"resource": "../outside.csv", "fields": "id"},
        "a number as table": {"resource": 5, "fields": "id"},
        "a list as table": {"resource": ["a"], "fields": "id"},
        "no fields": {"resource": "a"},
        "fields in fields": {"resource": "a", "fields": [["id"]]},
        "a text": "a.id",
    }.items():  # fmt: skip
        fk = [{"fields": "id", "reference": key}]
        schema = {"fields": [{"name": "id", "type": "string"}], "foreignKeys": fk}
        expect: Expect = "answered" if name == "fields in fields" else "refused"
        yield f"reference to {name}", expect, package(schema=schema)
    for name, value in {
        "a file": {"$ref": "file:///etc/passwd"},
        "an address": {"$ref": "http://127.0.0.1:9/x.json"},
        "itself": {"$ref": "#"},
        "a ring": {"$ref": "#/a", "a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}},
        "the outside": {"$ref": "../outside.csv"},
        "a dynamic one": {"$dynamicRef": "http://127.0.0.1:9/x.json"},
        "another dialect": {"$schema": "http://127.0.0.1:9/x.json", "type": "object"},
        "a pattern": {"patternProperties": {"(x+)+y": {}}},
        "deep": json.loads('{"not":' * 20 + "{}" + "}" * 20),
        "wide": {"anyOf": [{"allOf": [{"const": n}] * 9} for n in range(9_000)]},
    }.items():
        table = package(schema={"fields": [{"name": "id", "type": "object",
                                            "constraints": {"jsonSchema": value}}]})  # fmt: skip
        yield f"JSON Schema: {name}", "answered", table
    for name, values in {
        "texts twice": ["1", "1"],
        "labels twice": [{"value": "1", "label": "x"}, {"value": "2", "label": "x"}],
        "no value": [{"label": "x"}],
        "90,000": [f"v{number}" for number in range(90_000)],
    }.items():
        yield f"categories: {name}", "answered", field(categories=values)
    for pattern in (r"(a|a?)+$", r"(?<=(x+)+)y", r"((x)+)+\1y", r"(x{1,30}){1,30}y", "x" * 60_000,
                    r"(?P<n>x+)+(?P=n)y", r"(?:x?){64}x{64}y", r"[\i-[:]]*y", "(?i)(ſ|s|x)+y",
                    r"(?#" + "(" * 9_000, "[", r"\p{L}+(x+x+)+y", "(?s:.*?(x.*?)*)y"):  # fmt: skip
        yield f"pattern {pattern[:20]}", "answered", field(constraints={"pattern": pattern})


def names() -> Iterator[tuple[str, Expect, object]]:
    """Yield paths that are other names of a file, on this system or another."""
    for path in ("A.CSV", "a.csv/", "a.csv ", " a.csv", "a.csv?x", "%61.csv", "a.csv::$DATA",
                 "CON", "nul.csv", "C:a.csv", "e\u0301.csv", "a.csv\u200b", "а.csv", "a.csv.",
                 "./../a.csv", "a.csv/../../outside.csv", "./link.csv", ".//folder/outside.csv",
                 "datapackage.json/../../outside.csv", "a\u2215b.csv", "\u2025/outside.csv",
                 "a" * 256, "/".join(["a"] * 3000), "-", "|id", "$(id)", "`id`", "a.csv;id",
                 "zip://x.zip", "x.zip#a.csv", "jar:file:///etc/passwd!/a", "\udcff.csv",
                 "http:a.csv", "file:a.csv", "FILE:///etc/passwd", "//etc/passwd", "///etc/passwd",
                 "http:\\\\127.0.0.1", "hTTp://127.0.0.1:9/a.csv", "http://[::1]:9/a.csv",
                 "stdin://", "buffer://", "memory://", "aws://", "filelike://", "stream://",
                 "remote://x", "text://id\n1"):  # fmt: skip
        yield f"path {path[:24]!r}", "refused", package(path=path)
    for form in ("sql", "gsheets", "github", "ckan", "zenodo", "bigquery", "pandas", "polars",
                 "spss", "html", "inline", "pickle", "erd", "gpkg", "db", "exe"):  # fmt: skip
        yield f"format {form}", "refused", package(format=form)
    for scheme in ("https", "ftp", "s3", "stream", "buffer", "local", "text", "stdin"):
        yield f"scheme {scheme}", "refused", package(scheme=scheme)
    yield "innerpath alone", "answered", package(innerpath="../../outside.csv")
    yield "compression", "refused", package(compression="zip")
    yield "both data and path", "answered", package(data=[["id"], ["1"]])
    for name, data in {
        "a number": 5, "deep": json.loads("[" * 25 + "]" * 25), "objects": [{"id": {"a": [1]}}] * 9,
        "mixed": [["id"], {"id": 1}, 5], "huge": [["id"], [10**90]], "texts": ["id", "1"],
        "an object": {"id": "1"}, "ragged": [["id"], [], [1, 2, 3]],
    }.items():  # fmt: skip
        value = package(data=data)
        del value["resources"][0]["path"]
        yield f"data: {name}", "answered", value


def descriptors() -> Iterator[tuple[str, Expect, bytes]]:
    """Yield descriptors whose bytes are odd."""
    text = json.dumps(package()).encode()
    yield "a byte order mark", "answered", b"\xef\xbb\xbf" + text
    yield "UTF-16", "refused", text.decode().encode("utf-16")
    yield "UTF-32", "refused", text.decode().encode("utf-32")
    yield "a second text", "refused", text + text
    yield "NUL at the end", "refused", text + b"\0"
    yield "a comment", "refused", b"// x\n" + text
    yield "a comma more", "refused", text.replace(b"}]}", b"},]}")
    yield "quotes of JavaScript", "refused", text.replace(b'"', b"'")
    yield "NaN", "answered", text.replace(b'"name": "p"', b'"name": "p", "x": NaN')
    yield "1e999", "answered", text.replace(b'"name": "p"', b'"name": "p", "x": 1e999')
    yield "a key twice", "answered", text.replace(b'"path"', b'"path": "/etc/passwd", "path"')
    yield "a key twice, the worse last", "refused", text.replace(
        b'"path": "a.csv"', b'"path": "a.csv", "path": "/etc/passwd"')  # fmt: skip
    yield "half a character", "answered", text.replace(b'"p"', b'"\\ud800"')
    yield "empty", "refused", b""
    yield "spaces", "refused", b" " * 900_000
    yield "a text", "refused", b'"x"'
    yield "escapes", "refused", text.replace(b"a.csv", b"\\u002e\\u002e/outside.csv")
    yield "prototype", "answered", text.replace(b'"name": "p"', b'"__proto__": {}, "__class__": {}')


def zstd(data: bytes) -> bytes:
    return bytes(pa.compress(data, codec="zstd", asbytes=True))


def arrow_file(table: pa.Table, **options: object) -> bytes:
    out = io.BytesIO()
    with pa.ipc.new_file(out, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table)
    return out.getvalue()


def parquet_file(table: pa.Table, **options: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def zip_file(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def database() -> bytes:
    with sqlite3.connect(":memory:") as made:
        made.execute("create table a (id)")
        return made.serialize()


def nested(levels: int) -> pa.Table:
    kind: pa.DataType = pa.int8()
    for _ in range(levels):
        kind = pa.list_(kind)
    return pa.table({"id": pa.array([None], kind)})


def workbook(sheet: str, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    from openpyxl import Workbook

    out, made = io.BytesIO(), Workbook()
    made.active.append(["id"])
    made.save(out)
    again = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(out.getvalue())) as old,
        zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for item in old.namelist():
            new.writestr(item, sheet if item == name else old.read(item))
    return again.getvalue()


SHEET = ('<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
         "{}<sheetData>{}</sheetData></worksheet>")  # fmt: skip
TEXT_CELL = '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row>'
FEW = pa.table({"id": ["1", "2"]})
TABLES: dict[str, tuple[str, Expect, Callable[[], bytes]]] = {
    # a.NAME, how it must end, its bytes
    "zst: a bomb": ("csv.zst", "refused", lambda: zstd(b"id\n" + b"\0" * 400_000_000)),
    "zst: cut": ("csv.zst", "refused", lambda: zstd(b"id\n" + os.urandom(99_999))[:-9]),
    "zst: a window of 3 TB": (
        "csv.zst", "refused", lambda: b"\x28\xb5\x2f\xfd\x00\xf8" + b"\x19\0\0id\n"),
    "zst: frames to skip": (
        "csv.zst", "answered", lambda: b"\x50\x2a\x4d\x18\x01\0\0\0x" * 90_000 + zstd(b"id\n1\n")),
    "zst: a frame to skip of 4 GB": (
        "csv.zst", "refused", lambda: b"\x50\x2a\x4d\x18\xff\xff\xff\xff" + zstd(b"id\n1\n")),
    "zst: not one": ("csv.zst", "refused", lambda: b"id\n1\n"),
    "gz: a name without end": ("csv.gz", "refused", lambda: b"\x1f\x8b\x08\x08" + b"x" * 9_000_000),
    "gz: another sum": ("csv.gz", "refused", lambda: gzip.compress(b"id\n1\n")[:-8] + b"\0" * 8),
    "gz: 90,000 members": ("csv.gz", "answered", lambda: gzip.compress(b"1\n") * 90_000),
    "gz: in gz": ("csv.gz", "refused", lambda: gzip.compress(gzip.compress(b"id\n1\n"))),
    "a tar": ("tar", "answered", lambda: b"a.csv".ljust(257, b"\0") + b"ustar\x0000"),
    "a zip of two tables": ("zip", "answered", lambda: zip_file({"a.csv": b"id\n", "b.csv": b""})),
    "a zip that climbs": ("zip", "refused", lambda: zip_file({"../outside.csv": b"id\n1\n"})),
    "a zip of nothing": ("zip", "refused", lambda: zip_file({})),
    "a zip bomb": ("zip", "refused", lambda: zip_file({"a.csv": b"id\n" + b"\0" * 300_000_000})),
    "a zip in a zip": ("zip", "answered", lambda: zip_file({"a.zip": zip_file({"a.csv": b""})})),
    "a database": ("db", "answered", database),
    "a database by another name": ("csv", "refused", database),
    "a pickle": ("pkl", "answered", lambda: b"cos\nsystem\n(S'id'\ntR."),
    "Parquet: one text of 1 MB, 100,000 times": (
        "parquet", "answered", lambda: parquet_file(pa.table(
            {"id": pa.DictionaryArray.from_arrays(pa.array([0] * 100_000), ["x" * 999_000])}))),
    "Parquet: 300 million zeros": (
        "parquet", "answered", lambda: parquet_file(pa.table(
            {"id": pa.array(memoryview(bytes(300_000_000)), pa.int8())}))),
    "Parquet: lists 90 deep": ("parquet", "answered", lambda: parquet_file(nested(90))),
    "Parquet: 9,000 columns": ("parquet", "refused", lambda: parquet_file(
        pa.table({f"f{number}": ["1"] for number in range(9_000)}))),
    "Parquet: 90,000 row groups": ("parquet", "answered", lambda: parquet_file(
        pa.table({"id": ["1"] * 9_000}), row_group_size=1)),
    "Parquet: another number of rows": ("parquet", "answered", lambda: parquet_file(
        FEW, compression=None).replace(b"\x16\x04\x19", b"\x16\x7e\x19")),
    "Parquet: changed": ("parquet", "refused", lambda: bytes(
        byte ^ (number == 9) for number, byte in enumerate(parquet_file(FEW)))),
    "Parquet: no pages": ("parquet", "refused", lambda: (lambda data: data[:4] + b"\xff" * (
        len(data) - 8 - struct.unpack("<I", data[-8:-4])[0] - 4) + data[
        -8 - struct.unpack("<I", data[-8:-4])[0]:])(parquet_file(FEW))),
    "Parquet: cut": ("parquet", "refused", lambda: parquet_file(FEW)[:-5]),
    "Parquet: encrypted": ("parquet", "refused", lambda: parquet_file(FEW)[:-4] + b"PARE"),
    "Parquet: names twice": ("parquet", "answered", lambda: parquet_file(
        pa.Table.from_arrays([["1"], ["2"]], ["id", "id"]))),
    "Arrow: lists 60 deep": ("arrow", "answered", lambda: arrow_file(nested(60))),
    "Arrow: a bomb": ("arrow", "answered", lambda: arrow_file(
        pa.table({"id": pa.array(memoryview(bytes(300_000_000)), pa.int8())}),
        compression="zstd")),
    "Arrow: cut": ("arrow", "refused", lambda: arrow_file(FEW)[:-90]),
    "Arrow: changed": ("arrow", "answered", lambda: arrow_file(FEW).replace(
        b"\x02\0\0\0\0\0\0\0", b"\xff\xff\xff\xff\xff\xff\xff\x7f")),
    "Arrow: a length below 0": ("arrow", "answered", lambda: arrow_file(FEW).replace(
        b"\x02\0\0\0\0\0\0\0", b"\xff\xff\xff\xff\xff\xff\xff\xff")),
    "Arrow: offsets beyond": ("arrow", "refused", lambda: arrow_file(FEW).replace(
        b"\0\0\0\0\1\0\0\0\2\0\0\0", b"\0\0\0\0\1\0\0\0\xff\xff\xff\x7f")),
    "Arrow: offsets that fall": ("arrow", "refused", lambda: arrow_file(FEW).replace(
        b"\0\0\0\0\1\0\0\0\2\0\0\0", b"\0\0\0\0\xff\0\0\0\2\0\0\0")),
    "Arrow: text that is none": ("arrow", "refused", lambda: arrow_file(
        pa.table({"id": ["qq"]})).replace(b"qq\0", b"\xff\xfe\0")),
    "Feather of 2016": ("feather", "refused", lambda: b"FEA1" + b"\0" * 50 + b"FEA1"),
    "Excel: a dimension that lies": ("xlsx", "answered", lambda: workbook(
        SHEET.format('<dimension ref="A1:XFD1048576"/>', TEXT_CELL))),
    "Excel: far corners": ("xlsx", "refused", lambda: workbook(SHEET.format("", TEXT_CELL +
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))),
    "Excel: no such shared text": ("xlsx", "refused", lambda: workbook(
        SHEET.format("", '<row><c t="s"><v>99999999</v></c></row>'))),
    "Excel: a cell beyond": ("xlsx", "answered", lambda: workbook(
        SHEET.format("", '<row r="99999999999"><c r="ZZZZZZ9"><v>1</v></c></row>'))),
    "Excel: a row of -1": ("xlsx", "answered", lambda: workbook(
        SHEET.format("", '<row r="-1"><c r="A-1"><v>1</v></c></row>'))),
    "Excel: entities": ("xlsx", "refused", lambda: workbook(
        '<!DOCTYPE x [<!ENTITY c SYSTEM "file:///etc/passwd">]>' + SHEET.format("", "&c;"))),
    "Excel: not XML": ("xlsx", "refused", lambda: workbook("<worksheet><")),
    "Excel: a number of 9,000 digits": ("xlsx", "answered", lambda: workbook(
        SHEET.format("", TEXT_CELL + "<row><c><v>" + "9" * 9_000 + "</v></c></row>"))),
    "Excel: a date beyond": ("xlsx", "answered", lambda: workbook(
        SHEET.format("", TEXT_CELL + '<row><c t="d"><v>99999-99-99</v></c></row>'))),
    "JSON lines: deep": ("jsonl", "refused", lambda: b'{"id": ' + b"[" * 90_000 + b"\n"),
    "JSON lines: not objects": ("jsonl", "refused", lambda: b"5\n" * 9),
    "JSON lines: lists and objects": ("jsonl", "answered", lambda: b'["id"]\n{"id": 1}\n["1"]\n'),
    "JSON lines: 300,000 empty": ("jsonl", "answered", lambda: b"{}\n" * 300_000),
    "JSON lines: other keys": ("jsonl", "answered", lambda: b"".join(
        b'{"k%d": 1}\n' % number for number in range(9_000))),
    "JSON lines: UTF-16": ("jsonl", "answered", lambda: '{"id": "1"}\n'.encode("utf-16")),
    "JSON lines: digits": ("jsonl", "answered", lambda: b'{"id": ' + b"9" * 90_000 + b"}\n"),
    "JSON lines: NaN": ("jsonl", "answered", lambda: b'{"id": NaN}\n{"id": 1e999}\n'),
    "JSON: an object": ("json", "answered", lambda: b'{"a": 1}'),
    "JSON: numbers": ("json", "answered", lambda: b"[1, 2, 3]"),
    "JSON: nothing": ("json", "answered", lambda: b""),
    "JSON: a list of nothing": ("json", "answered", lambda: b"[]"),
    "JSON: digits": ("json", "answered", lambda: b'[{"id": ' + b"9" * 90_000 + b"}]"),
    "JSON: half a character": ("json", "answered", lambda: b'[{"id": "\\ud800"}]'),
    "JSON: rows in rows": ("json", "answered", lambda: b'[["id"], [[["x"]]]]'),
    "GeoJSON": ("geojson", "answered", lambda: b'{"type": "FeatureCollection"}'),
    "HTML": ("html", "answered", lambda: b"<table>" * 90_000),
    "CSV: a header of nothing": ("csv", "answered", lambda: b"\n1\n"),
    "CSV: marks": ("csv", "refused", lambda: b'id,"\xe2\x80\xae",id\n1,2,3\n'),
    "CSV: only a quote": ("csv", "refused", lambda: b'"'),
    "CSV: a NUL after the header": ("csv", "answered", lambda: b"id\n\0"),
    "CSV: byte order marks": ("csv", "answered", lambda: b"\xef\xbb\xbf\xef\xbb\xbfid\n1\n"),
    "CSV: quotes without end": ("csv", "answered", lambda: b'id\n' + b'"a"b' * 200_000),
    "CSV: 3 million quotes": ("csv", "answered", lambda: b'id\n"' + b'""' * 1_500_000 + b'"\n'),
    "CSV: UTF-8 of five bytes": ("csv", "answered", lambda: b"id\n\xf8\x88\x80\x80\x80\n"),
    "CSV: half a character": ("csv", "answered", lambda: b"id\n\xed\xa0\x80\n"),
    "CSV: a letter cut at 64 KiB": (
        "csv", "accepted", lambda: b"id\n" + b"x" * 65_532 + "\u20ac\n".encode()),
    "TSV: escapes": ("tsv", "answered", lambda: b"id\n\\t\\n\\\n"),
}  # fmt: skip


def write_table(value: object, name: str, data: Callable[[], bytes], folder: Path) -> None:
    write_files({"datapackage.json": value, name: data()}, folder)


def write_files(files: dict[str, bytes | str | object], folder: Path) -> None:
    for name, content in files.items():
        data = content if isinstance(content, (bytes, str)) else json.dumps(content)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())


def bind_socket(folder: Path) -> None:
    here = os.getcwd()
    os.chdir(folder)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("a.csv")
    os.chdir(here)


def loop_of_links(folder: Path) -> None:
    (folder / "in").mkdir()
    (folder / "in/up").symlink_to("..")
    (folder / "in/a.csv").write_text("id\n1\n")


def deep_folders(folder: Path) -> None:
    path = folder
    for _ in range(400):
        path /= "d"
    path.mkdir(parents=True)
    (path / "a.csv").write_text("id\n1\n")


def things() -> Iterator[tuple[str, Expect, tuple[str, ...], Make]]:
    """Yield things that are no tables, as the path that the user gives."""
    nothing: Make = lambda folder: None  # noqa: E731
    csv: Make = partial(write_files, {"a.csv": "id\n1\n"})
    for path in ("", "/dev/zero", "/dev/urandom", "/dev/full", "/proc/self/mem", "/proc/kcore",
                 "/proc/self/fd/0", "/dev/fd/99", "/proc/1/root", "/sys", "a" * 5_000, "\udcff",
                 "a\nb.csv", "http://127.0.0.1:9/a.csv", "file:///etc/passwd", "a\0b", "~root",
                 "*.csv", "/", "s3://x/y.csv"):  # fmt: skip
        if path != "/":
            yield f"given {path[:20]!r}", "refused", (path,), nothing
    yield "a pipe", "refused", ("a.csv",), lambda folder: os.mkfifo(folder / "a.csv")
    yield "a socket", "refused", ("a.csv",), bind_socket
    yield "a link to itself", "refused", ("a.csv",), lambda f: (f / "a.csv").symlink_to("a.csv")
    yield "a link to zeros", "refused", ("a.csv",), lambda f: (f / "a.csv").symlink_to("/dev/zero")
    yield "folders in a ring", "answered", (".",), loop_of_links
    yield "folders 400 deep", "answered", (".",), deep_folders
    yield "an empty folder", "refused", ("in",), lambda folder: (folder / "in").mkdir()
    yield "a folder of a pipe", "refused", ("in",), lambda folder: (
        (folder / "in").mkdir(), os.mkfifo(folder / "in/a.csv"))  # fmt: skip
    yield "9,000 files", "answered", ("in",), partial(
        write_files, {f"in/{number}.txt": "" for number in range(9_000)})  # fmt: skip
    for name, options in {
        "map of nothing": ("--map", ""), "map of one word": ("--map", "x"),
        "map of an address alone": ("--map", "http://127.0.0.1:9/x="),
        "map to a device": ("--map", "http://127.0.0.1:9/x=/dev/zero"),
        "map to no file": ("--map", "http://127.0.0.1:9/x=no.json"),
        "schema: a device": ("--schema", "/dev/zero"), "schema: a folder": ("--schema", "."),
        "schema: an address": ("--schema", "http://127.0.0.1:9/s.json"),
        "schema: nothing": ("--schema", ""), "schema: the table": ("--schema", "a.csv"),
        "schema: not there": ("--schema", "no.json"), "schema: NUL": ("--schema", "a\0.json"),
        "checklist: a device": ("--checklist", "/dev/zero"),
        "checklist: not there": ("--checklist", "no.json"),
        "checks: unknown": ("--checks", "row-constraint,x"),
        "checks: a module": ("--checks", "os.system"),
        "errors: digits": ("--limit-errors", "9" * 5_000), "errors: none": ("--limit-errors", ""),
        "errors: Arabic": ("--limit-errors", "٣x"),
        "resource of a table": ("--resource", "../a"), "summary: a folder": ("--summary", "."),
        "summary: full": ("--summary", "/dev/full"), "pick: marks": ("--pick", "\x1b[2J"),
    }.items():  # fmt: skip
        expect: Expect = "answered" if name == "map to a device" else "refused"  # nothing asks
        yield f"option {name}", expect, ("a.csv", *options), csv
    for name, value in {
        "a list": [], "a text": "x", "a number": 5, "null": None, "empty": {}, "fields": {
            "fields": "id"}, "deep": json.loads("[" * 99 + "]" * 99), "digits": 10**200,
        "a package": package(), "a key twice": '{"fields": [], "fields": [{"name": "x"}]}',
        "brackets": "[" * 99_999, "a pattern": {"fields": [
            {"name": "id", "type": "string", "constraints": {"pattern": "(1+)+$"}}]},
    }.items():  # fmt: skip
        make = partial(write_files, {"a.csv": "id\n" + "1" * 60 + "x\n", "s.json": value})
        yield f"schema: {name}", "refused", ("a.csv", "--schema", "s.json"), make
    for name, check in {
        "a formula": {"type": "row-constraint", "formula": "9**9**9**9 > id"},
        "a long formula": {"type": "row-constraint", "formula": "1+" * 90_000 + "1"},
        "an import": {"type": "row-constraint", "formula": "__import__('os').system('id')"},
        "a text that grows": {"type": "row-constraint", "formula": "'x' * 10**9 > id"},
        "brackets": {"type": "row-constraint", "formula": "(" * 900},
        "an attribute": {"type": "row-constraint", "formula": "id.__class__.__mro__"},
        "another type": {"type": "os"}, "a list": ["x"], "no type": {}, "an average": {
            "type": "deviated-value", "fieldName": "no", "average": "x"},
        "a dimension": {"type": "table-dimensions", "minRows": "x"},
        "a word": {"type": "forbidden-value", "fieldName": "id", "values": [["1"]]},
    }.items():  # fmt: skip
        for key in ("checks", "pickErrors"):
            if key == "checks" or name == "another type":
                make = partial(write_files, {"a.csv": "id\n1\n2\n", "c.json": {key: [check]}})
                yield f"{key}: {name}", "answered", ("a.csv", "--checklist", "c.json"), make


def reports() -> Iterator[Case]:
    """Yield names and cells that must not become markup, commands or broken XML in a report."""
    bad = (
        'id\n"::error::x\r\n::set-output name=a::b"\n'
        '"<img src=x> | [x](javascript:x) `"\n\x0b\x1b]0;x\n'
    )
    value = package(schema={"fields": [{"name": "id", "type": "integer"}]})
    name = "a]]>&<b> ::error::\u202e.csv"
    value["resources"][0] |= {"path": name, "title": "<script>"}
    for form in ("text", "json", "github", "markdown", "junit"):
        yield Case(f"report as {form}", (*COMMAND, "--format", form), "refused",
                   partial(write_files, {"datapackage.json": value, name: bad}),
                   check=partial(report_problem, form), secrets=("\x1b",))  # fmt: skip


def report_problem(form: str, folder: Path, ended: Ended) -> str:
    try:
        if form == "junit":
            minidom.parseString(ended.said.encode())
        elif form == "json":
            json.loads(ended.said)
    except Exception as error:
        return f"is not {form}: {error}"
    lines = ended.said.splitlines()
    if form == "github" and any(not line.startswith(("::error ", "::warning ")) for line in lines
                                if line.startswith("::")):  # fmt: skip
        return "a cell became a command of the runner"
    if form == "markdown" and re.search(r"(?<!\\)<(img|script)", ended.said):
        return "a cell became markup"
    return ""


def streams() -> Iterator[Case]:
    """Yield standard inputs that are none, or have no end."""

    def opened(path: str, flags: int) -> None:
        os.dup2(os.open(path, flags), 0)

    def written(data: bytes) -> None:
        source, target = os.pipe()
        if not os.fork():
            with contextlib.suppress(OSError):
                os.write(target, data)
            os._exit(0)
        os.close(target)
        os.dup2(source, 0)

    for name, before, expect in (
        ("closed", partial(os.close, 0), "refused"),
        ("nothing", partial(opened, "/dev/null", os.O_RDONLY), "refused"),
        ("zeros", partial(opened, "/dev/zero", os.O_RDONLY), "refused"),
        ("noise", partial(opened, "/dev/urandom", os.O_RDONLY), "refused"),
        ("a folder", partial(opened, "/", os.O_RDONLY), "refused"),
        ("for writing only", partial(opened, "/dev/null", os.O_WRONLY), "refused"),
        ("the environment", partial(opened, "/proc/self/environ", os.O_RDONLY), "answered"),
        ("a table", partial(written, b"id\n1\n"), "accepted"),
        ("gzip", partial(written, gzip.compress(b"id\n1\n")), "answered"),
        ("Parquet", partial(written, parquet_file(FEW)), "answered"),
        ("a descriptor", partial(written, json.dumps(package(path="/etc/passwd")).encode()),
         "answered"),
    ):  # fmt: skip
        yield Case(f"standard input: {name}", ("validate", "-", "--no-progress"), expect,
                   before=before)  # type: ignore[arg-type]  # fmt: skip
    twice = ("validate", "-", "-", "--no-progress")
    yield Case("standard input: twice", twice, "answered", before=partial(written, b"id\n1\n"))


def small(what: int, most: int) -> None:
    resource.setrlimit(what, (most, most))


def cases(top: Path) -> Iterator[Case]:
    """Yield all tables."""
    for name, expect, value in (*keywords(), *references(), *names()):
        make = partial(write_package, value=value, table=b"id\n1\n" + b"x" * 40 + b"!\n")
        strictly = ("--strict",) if name[-1] in "2367" else ()
        yield Case(name, (*COMMAND, *strictly), expect, make)
    for name, expect, data in descriptors():
        make = partial(write_files, {"a.csv": "id\n1\n", "datapackage.json": data})
        yield Case(f"descriptor: {name}", COMMAND, expect, make)
    for name, (ending, expect, make_data) in TABLES.items():
        value = package(path=f"a.{ending}")
        del value["resources"][0]["schema"]
        make = partial(write_table, value, f"a.{ending}", make_data)
        yield Case(f"package {name}", COMMAND, expect, make)
        yield Case(f"file {name}", ("validate", f"a.{ending}", "--no-progress"), expect, make)
    for name, expect, arguments, made in things():
        yield Case(name, ("validate", *arguments, "--no-progress"), expect, made)
    yield from reports()
    yield from streams()
    csv = partial(write_files, {"a.csv": "id\n1\n"})
    few = Case("32 open files", ("validate", "a.csv", "--no-progress"), "accepted", csv,
               before=partial(small, resource.RLIMIT_NOFILE, 32))  # fmt: skip
    yield few
