"""Strangers' packages.

What leaves the folder, needs a network or explodes is refused before it is read.
"""

from __future__ import annotations

import functools
import gzip
import io
import json
import os
import re
import socket
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from xinjiang_record.cli.validate import validate as command
from xinjiang_record.errors import LimitError, UnsafeNameError
from xinjiang_record.limits import LIMITS
from xinjiang_record.validate import validate
from xinjiang_record.validate.descriptor_safety import resolve_inside
from xinjiang_record.validate.opening import data_files

STRANGE = ("link.json", "datapackage.json", "datapackage.yaml")
# Python's own audit hook sees what any library opens.
AUDITED = """
import sys
from xinjiang_record.errors import XRecordError
from xinjiang_record.validate import validate

def hear(event, arguments):
    is_data = event == "open" and str(arguments[0]).endswith(("passwd", ".csv"))
    if event.startswith("socket.") or is_data:
        print("event:", event, arguments, flush=True)

sys.addaudithook(hear)
for path in sys.argv[1:]:
    try:
        validate(path)
    except XRecordError as error:
        print("refused:", error, flush=True)
"""


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def assert_not_read(path: Path) -> None:
    """Refused, or an error of the resource; or a note, for a profile that is not fetched."""
    try:
        report = validate(path)
    except UnsafeNameError as error:
        assert "Nothing was read" in str(error)
    else:
        is_known = "datapackage.org/profiles" in path.read_text()
        noted = any("was not fetched" in note for note in report.notes)
        assert not report.valid or noted or is_known


def package(folder: Path, **resource: Any) -> Path:
    path = folder / "datapackage.json"
    path.write_text(
        json.dumps({"name": "x", "resources": [{"name": "t", "type": "table", **resource}]})
    )
    return path


@pytest.mark.parametrize(
    "resource",
    [
        {"path": "/etc/passwd"},
        {"path": "../secret.csv"},
        {"path": "sub/../../secret.csv"},
        {"path": "link.csv"},
        {"path": "folder/passwd"},
        {"path": ["t.csv", "/etc/passwd"]},
        {"path": "http://example.org/t.csv"},
        {"path": "file:///etc/passwd"},
        {"path": "s3://bucket/t.csv"},
        {"path": "//example.org/share"},
        {"path": "~/t.csv"},
        {"path": "t.csv", "schema": "https://example.org/schema.json"},
        {"path": "t.csv", "schema": "../schema.json"},
        {"path": "t.csv", "dialect": "http://example.org/dialect.json"},
        {"path": "t.csv", "profile": "https://example.org/profile.json"},
        {"path": "t.csv", "profile": "https://datapackage.org/profiles/1.0/dataresource.json"},
        {"path": "t.csv", "profile": "fiscal-data-package"},
        {"path": "t.csv", "profiles": ["https://example.org/profile.json"]},
        {"path": "t.csv", "profile": "fifo"},
        {"path": "HTTP://example.org/t.csv"},
        {"path": "http:example.org/t.csv"},
        {"path": " http://example.org/t.csv"},
        {"path": "\\\\example.org\\t.csv"},
        {"path": "http://[::1"},
        {"path": "t\0.csv"},
        {"path": "\ud800.csv"},
        {"path": "t.csv", "schema": "//[x"},
        {"path": "t.dat", "format": "SQL"},
        {"path": "t.csv", "scheme": "http"},
        {"path": "t.csv", "format": "sql"},
        {"path": "t.sqlite"},
    ],
    ids=str,
)
def test_what_leaves_the_folder_is_refused(resource: dict[str, Any], tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.csv").write_text("a\n1\n")
    (inside / "t.csv").write_text("a\n1\n")
    (inside / "t.sqlite").write_text("")
    (inside / "link.csv").symlink_to("/etc/passwd")
    (inside / "folder").symlink_to("/etc")
    os.mkfifo(inside / "fifo")
    assert_not_read(package(inside, **resource))


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        ({"path": 5}, "path: expected .*, got"),
        ({"path": ["t.csv", 5]}, "path: expected .*, got"),
        ({"path": [["t.csv"]]}, "path: expected .*, got"),
    ],
    ids=str,
)
def test_what_the_guard_itself_refuses(resource: dict[str, Any], said: str, tmp_path: Path) -> None:
    """Before Frictionless sees it, which would find another fault, or none."""
    (tmp_path / "t.csv").write_text("a\n1\n")
    done = CliRunner().invoke(command, [str(package(tmp_path, **resource)), "--no-progress"])
    assert done.exit_code == 1 and re.search(said, " ".join(done.output.split())), done.output


@pytest.mark.parametrize("name", ["a\\t.csv", "$HOME/t.csv", "~/t.csv", "a\0.csv"])
def test_a_name_that_some_program_reads_otherwise(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnsafeNameError, match="leads out of its folder"):
        resolve_inside(tmp_path / "datapackage.json", name, "path")


def test_resources_that_are_no_list_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "datapackage.json"
    path.write_text(json.dumps({"name": "x", "resources": {"name": "t", "path": "t.csv"}}))
    with pytest.raises(UnsafeNameError, match="resources: expected a list, got"):
        validate(path)


def test_a_descriptor_of_one_resource_is_not_a_list(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a\n1\n")
    path = tmp_path / "t.resource.json"
    path.write_text(json.dumps({"name": "t", "type": "table", "path": "t.csv"}))
    assert validate(path).valid
    path.write_text(json.dumps({"name": "t", "type": "table", "path": "t.csv", "resources": 5}))
    with pytest.raises(UnsafeNameError, match="resources: expected a list"):
        validate(path)


REMOTE = {"name": "t", "path": "https://example.org/t.csv"}
LIST = {"tasks": [{"path": "https://example.org/t.csv"}]}
INDENTED = json.dumps(
    {"name": "x", "resources": [REMOTE]}, indent="\t"
)  # no YAML, but JSON under every name


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "datapackage.json",
            {"name": "x", "resources": [], "profiles": ["https://example.org/profile.json"]},
        ),
        ("datapackage.json", {"name": "x", "resources": [], "profile": "own.json"}),
        ("datapackage.json", {"name": "x", "resources": ["r.txt"]}),
        ("datapackage.JSON", INDENTED),
        ("x.YAML", INDENTED),
        ("x.yml", INDENTED),
        ("x.json#.csv", INDENTED),
        ("x?format=json", INDENTED),
        ("r.Json", json.dumps(REMOTE, indent="\t")),
        ("inquiry.json", {"tasks": [{"path": "link.csv"}]}),
        ("x.json", LIST),
        ("my.inquiry.yaml", {**LIST, "resources": []}),
        (
            "catalog.json",
            {"name": "x", "datasets": [{"name": "y", "package": "https://example.org/p.json"}]},
        ),
        ("x.json", {"name": "x", "packages": [], "datasets": []}),
    ],
    ids=str,
)
def test_no_descriptor_leads_elsewhere(name: str, content: Any, tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to("/etc/passwd")
    (tmp_path / "own.json").write_text(
        '{"allOf": [{"\\u0024ref": "https://example.org/profile.json"}]}'
    )
    (tmp_path / "r.txt").write_text(json.dumps(REMOTE, indent="\t"))
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    assert_not_read(path)


@pytest.mark.parametrize(
    "missing", [{"schema": "no.json"}, {"dialect": "no.json"}, {"path": ""}, {"path": "x" * 300}]
)
def test_what_is_not_there_is_frictionless_own_to_report(
    missing: dict[str, Any], box: Callable[..., Path], same: Callable[..., Any]
) -> None:
    path = box(b"a\n1\n", [{"name": "a", "type": "string"}])
    descriptor = json.loads(path.read_text())
    descriptor["resources"].append({**descriptor["resources"][0], "name": "u", **missing})
    path.write_text(json.dumps(descriptor))
    assert not same(path).valid


def test_inline_data_may_say_so(tmp_path: Path, same: Callable[..., Any]) -> None:
    path = package(tmp_path, format="inline", data=[["a"], ["1"]])
    assert same(path).valid


@functools.cache
def bomb(compression: str) -> bytes:
    """100 MiB of one digit, compressed; made once, as that takes a while."""
    content = b"0" * (100 << 20)
    if compression == "gz":
        return gzip.compress(content)
    if compression == "zip":
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("t.csv", content)
        return file.getvalue()
    return b"never looked at"


@pytest.mark.parametrize("compression", ["gz", "zip", "bz2", "xz"])
@pytest.mark.parametrize("name", ["t.csv", "t", "t.{}", "T.CSV.{}", "t.{}?x", "t.{}#x"])
def test_a_bomb_under_another_name(name: str, compression: str, tmp_path: Path) -> None:
    path = tmp_path / name.format(compression)
    path.write_bytes(bomb(compression))
    declared = {} if "." in name[2:] else {"compression": compression}
    with pytest.raises(LimitError):
        validate(package(tmp_path, path=path.name, format="csv", **declared))


def test_a_spreadsheet_that_explodes_under_another_name(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.dat", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (100 << 20))
    with pytest.raises(LimitError):
        validate(package(tmp_path, path="t.dat", format="xlsx"))


def test_bzip2_and_xz_are_refused_where_the_user_names_them(tmp_path: Path) -> None:
    (tmp_path / "t.csv.bz2").write_bytes(b"")
    with pytest.raises(LimitError, match="bz2"):
        validate(tmp_path / "t.csv.bz2")


def test_a_yaml_bomb_that_is_a_table(tmp_path: Path) -> None:
    levels = [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    (tmp_path / "t.YAML").write_text("\n".join(["a0: &a0 [x, x]", *levels]))
    report = validate(package(tmp_path, path="t.YAML"))  # no format of tables: not parsed
    assert [error["type"] for _, error in report.errors()] == ["format-error"]
    with pytest.raises(LimitError, match="descriptor_values"):
        validate(package(tmp_path, path="t.csv", schema="t.YAML"))


def test_a_zip_bomb(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "t.csv.zip", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("t.csv", "w") as member,
    ):
        for _ in range(300):
            member.write(b"0" * (1 << 20))
    with pytest.raises(LimitError):
        validate(package(tmp_path, path="t.csv.zip"))


def test_a_zip_bomb_of_ten_gigabytes_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.zip"
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(64 << 20)) + packer.flush(
        zlib.Z_FULL_FLUSH
    )  # stands alone, so that it can be repeated
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("t.csv", block * 160 + packer.flush())
        (member,) = archive.infolist()
        member.compress_type, member.file_size = zipfile.ZIP_DEFLATED, 160 * (64 << 20)
    assert path.stat().st_size < 16 << 20
    with pytest.raises(LimitError, match=r"t\.csv\.zip"):
        validate(package(tmp_path, path="t.csv.zip"))


def test_strangers_packages_are_refused_before_a_byte_or_a_socket(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to("/etc/passwd")
    (tmp_path / "t.csv").write_text("a\n1\n")
    bomb = [
        "a0: &a0 [x, x]",
        *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)),
        "resources: []",
    ]
    (tmp_path / "datapackage.yaml").write_text("\n".join(bomb))
    link = json.dumps({"name": "x", "resources": [{"name": "t", "path": "link.csv"}]})
    (tmp_path / "link.json").write_text(link)
    package(tmp_path, path="t.csv", schema="https://example.org/schema.json")
    command = [sys.executable, "-c", AUDITED, *(str(tmp_path / name) for name in STRANGE)]
    heard = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    refused = [line for line in heard if line.startswith("refused: ")]
    assert len(refused) == 2 and all("Nothing was read" in line for line in refused), heard
    assert not [line for line in heard if line.startswith("event: ")]


def test_a_gzip_bomb(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "t.csv.gz", "wb") as stream:
        for _ in range(100):
            stream.write(b"0" * (1 << 20))
    with pytest.raises(LimitError, match="compression_ratio"):
        validate(package(tmp_path, path="t.csv.gz"))


def test_a_gzip_bomb_of_ten_gigabytes_is_given_up_at_its_beginning(tmp_path: Path) -> None:
    member = gzip.compress(bytes(64 << 20))
    with open(tmp_path / "t.csv.gz", "wb") as stream:
        stream.writelines([member] * 160)
    with pytest.raises(LimitError, match="compression_ratio"):
        validate(package(tmp_path, path="t.csv.gz"))


def test_a_yaml_bomb(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    path = tmp_path / "datapackage.yaml"
    path.write_text("\n".join([*lines, "resources: []"]))
    with pytest.raises(LimitError, match="alias"):
        validate(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &x [1]\nb: &x [*x]\nresources: []", "2: an alias inside of its own anchor"),
        (f"#{'x' * LIMITS.yaml_chars}\nresources: []", "yaml_chars"),
    ],
    ids=["an anchor that is there twice", "long"],
)
def test_yaml_that_is_refused(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "datapackage.yaml").write_text(text)
    with pytest.raises(LimitError, match=said):
        validate(tmp_path / "datapackage.yaml")


def test_a_deep_and_a_large_descriptor(tmp_path: Path) -> None:
    path = tmp_path / "datapackage.json"
    path.write_text("[" * 500 + "]" * 500)
    with pytest.raises(LimitError, match="descriptor_depth"):
        validate(path)
    many = ",".join(['{"name": "t", "path": "t.csv"}'] * (LIMITS.descriptor_resources + 1))
    path.write_text(f'{{"resources": [{many}]}}')
    with pytest.raises(LimitError, match="descriptor_resources"):
        validate(path)
    package(tmp_path, path=["t.csv"] * (LIMITS.descriptor_paths + 1))
    with pytest.raises(LimitError, match="descriptor_paths"):
        validate(path)
    path.write_text('{"resources": [], "x": "' + "x" * LIMITS.descriptor_bytes + '"}')
    with pytest.raises(LimitError, match="descriptor_bytes"):
        validate(path)


def test_a_first_record_over_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_files, "LIMITS", replace(LIMITS, row_bytes=1000))
    (tmp_path / "t.csv").write_text('a,b\n1,"' + "x\n" * 1000)
    with pytest.raises(LimitError, match="more than 1000 bytes"):
        data_files.check_first_records(tmp_path / "t.csv")


def test_a_huge_cell(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1,2\n" + "x" * (LIMITS.cell_chars + 1) + ",2\n")
    with pytest.raises(LimitError, match="cell_chars"):
        validate(package(tmp_path, path="t.csv", encoding="utf-8", dialect={"delimiter": ","}))


def test_the_command_says_all_of_it_and_goes_on(tmp_path: Path) -> None:
    bad, good = tmp_path / "bad", tmp_path / "good"
    for folder in (bad, good):
        folder.mkdir()
        (folder / "t.csv").write_text("a\n1\n")
    paths = [str(package(bad, path="/etc/passwd")), str(package(good, path="t.csv"))]
    result = CliRunner().invoke(command, paths)
    assert result.exit_code == 1
    assert "leads out of its folder" in result.output
    assert f"{paths[1]}: ok (1 table, 1 row" in result.output


def test_hints_are_kept_apart(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n=1+1,x\nx\u202ey,x\n", encoding="utf-8")
    report = validate(package(tmp_path, path="t.csv", encoding="utf-8", dialect={"delimiter": ","}))
    assert report.valid
    assert {(item.type, item.field) for item in report.warnings} == {
        ("formula-cell", "a"),
        ("bidi-control", "a"),
    }
